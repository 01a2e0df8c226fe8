"""Loading: every layout, what a row becomes, what is left out and why, and a store that is whole at each moment."""

from __future__ import annotations

import fcntl
import gzip
import lzma
import os
import signal
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from tests.worldtrade.conftest import AT, COSTA_RICA, PLANTS

from wildgate.convention.refusal import Refusal
from wildgate.worldtrade import engine, intake
from wildgate.worldtrade.columns import Layout, layout_of, layout_of_headings
from wildgate.worldtrade.store import Loaded, OwnRow, Store

HEADING = ("Id,Year,Appendix,Taxon,Class,Order,Family,Genus,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,"
           "Source,Reporter.type")
TABULATION = ("Year,App.,Taxon,Class,Order,Family,Genus,Importer,Exporter,Origin,Importer reported quantity,"
              "Exporter reported quantity,Term,Unit,Purpose,Source")


def shipment(number: int, **cells: object) -> str:
    row = {"Id": number, "Year": 2015, "Appendix": "II", "Taxon": "Python regius", "Class": "Reptilia",
           "Order": "Serpentes", "Family": "Pythonidae", "Genus": "Python", "Term": "live", "Quantity": 10, "Unit": "",
           "Importer": "US", "Exporter": "TG", "Origin": "", "Purpose": "T", "Source": "R", "Reporter.type": "E"}
    return ",".join(str(cell) for cell in (row | cells).values())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "trade")


@pytest.fixture
def download(tmp_path: Path):
    def write(*rows: str, name: str = "download.csv", heading: str = HEADING) -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join((heading, *rows, "")).encode("utf-8", errors="surrogateescape"))
        return path
    return write


def load(store: Store, path: Path, **more: str) -> Loaded:
    outcome = store.load(path, at=AT, **more)
    assert isinstance(outcome, Loaded), outcome
    return outcome


def refused(store: Store, path: Path, **more: str) -> Refusal:
    outcome = store.load(path, at=AT, **more)
    assert isinstance(outcome, Refusal), outcome
    return outcome


def test_a_row_of_a_tabulation_becomes_a_report_of_each_side(store, download):
    path = download("2010,II,Aquila chrysaetos,Aves,Falconiformes,Accipitridae,Aquila,US,CA,,3,5,live,,P,W",
                    "2010,II,Aquila chrysaetos,Aves,Falconiformes,Accipitridae,Aquila,US,MX,,,2,feathers,,P,W",
                    heading=TABULATION)

    loaded = load(store, path)

    assert (loaded.kind, loaded.rows, loaded.bad) == ("tabulation", 3, 0)
    assert store.query("SELECT exporter, reporter, quantity FROM trade ORDER BY ALL") == [
        ("CA", "E", 5), ("CA", "I", 3), ("MX", "E", 2)]


UNITS = {"KIL": ("KGM", "10"), "kg": ("KGM", "10"), "GRM": ("KGM", "0.01"), "mg": ("KGM", "0.00001"),
         "TON": ("KGM", "10000"), "OUN": ("KGM", "0.28349523125"), "": ("NAR", "10"),
         "Number of specimens": ("NAR", "10"), "pairs": ("NAR", "20"), "SQF": ("MTK", "0.9290304"),
         "CCM": ("MTQ", "0.00001"), "flasks": ("FLA", "10"), "BOX": ("BOX", "10"), "hornback skins": ("HRN", "10"),
         "crates": ("crates", "10")}


def test_a_unit_is_converted_where_that_is_exact_and_kept_where_it_is_not(store, download):
    load(store, download(*(shipment(number, Unit=unit) for number, unit in enumerate(UNITS, 1))))

    rows = store.query("SELECT given_unit, unit, quantity, given_quantity FROM trade")
    assert {given: (unit, quantity) for given, unit, quantity, _ in rows} == {
        given: (unit, Decimal(quantity)) for given, (unit, quantity) in UNITS.items()}
    assert {given_quantity for *_, given_quantity in rows} == {10}


def test_what_would_be_rounded_stays_as_it_was_given(store, download):
    load(store, download(shipment(1, Unit="OUN", Quantity="0.123456789")))

    assert store.query("SELECT unit, quantity FROM trade") == [("OUN", Decimal("0.123456789"))]


def test_terms_keep_the_code_that_they_had(store, download):
    words = {"live": "LIV", "skins": "SKI", "shoes": "SHO", "leather products (small)": "LPS", "fins": "FIN",
             "jewellery - ivory ": "IJW", "SKP": "SKP", "coral sand": "coral sand"}

    load(store, download(*(shipment(number, Term=word) for number, word in enumerate(words, 1))))

    assert dict(store.query("SELECT given_term, term FROM trade")) == {word.strip(): code
                                                                       for word, code in words.items()}


def test_bad_rows_are_listed_by_line_and_the_good_ones_load(store, download):
    path = download(shipment(1), shipment(2, Year="20l5"), shipment(3, Quantity="1 200"), '4,2015,"II', 'still"',
                    shipment(5, **{"Reporter.type": "X"}), shipment(6, Taxon=" "), shipment(7, Importer="USA"),
                    shipment(8, Taxon="Python\udcff"), shipment(9, Quantity="-1"), "", shipment(10))

    loaded = load(store, path)

    assert (loaded.rows, loaded.bad) == (2, 8)
    assert [(row.line, row.column) for row in loaded.bad_rows] == [
        (3, "year"), (4, "quantity"), (5, ""), (7, "reporter"), (8, "taxon"), (9, "importer"), (10, ""),
        (11, "quantity")]
    assert loaded.bad_rows[0].reason == "The year '20l5' is not a year from 1975 to 2100: write four digits."
    assert loaded.bad_rows[2].reason == "The line has 3 cells but the heading has 17."
    assert sorted(store.query("SELECT id FROM trade")) == [(1,), (10,)]


def test_a_file_of_nothing_but_bad_rows_changes_nothing(store, download):
    loaded = load(store, download(shipment(1, Year="")))

    assert (loaded.rows, loaded.bad, store.sets()) == (0, 1, ())


def test_older_headings_are_understood():
    old = layout_of_headings(["id", "year", "appendix", "taxon", "class", "ord", "family", "genus", "term", "quantity",
                              "unit", "importer", "exporter", "origin", "purpose", "source", "reporter_type",
                              "import_permit_randomid"])
    spaced = layout_of_headings(["", "Shipment Year", "App.", "Taxon", "Imp.", "Exp.", "Term Code", "Qty", "Unit Code",
                                 "Reporter type"])

    assert isinstance(old, Layout)
    assert old.columns[5] == "order"
    assert isinstance(spaced, Layout)
    assert spaced.columns == ("", "year", "appendix", "taxon", "importer", "exporter", "term", "quantity", "unit",
                              "reporter")


def test_na_is_blank_in_a_file_that_writes_na_for_blank_and_namibia_elsewhere(store, download):
    load(store, download(shipment(1, Exporter="NA", Origin="NA"), name="plain.csv"))
    load(store, download(shipment(2, Exporter='"NA"', Origin="NA", Unit="NA", Class="NA"),
                         shipment(3, Exporter='"NA"', Origin='"NA"', Unit="NA"), name="from-r.csv"))

    assert store.query("SELECT id, exporter, origin, unit, class_name FROM trade ORDER BY id") == [
        (1, "NA", "NA", "NAR", "Reptilia"), (2, "NA", "", "NAR", ""), (3, "NA", "NA", "NAR", "Reptilia")]


def test_na_for_blank_in_the_real_download_of_plants(world):
    rows = world.query("SELECT count(*), count(*) FILTER (origin = 'NA'), count(*) FILTER (unit = 'NAR') FROM trade "
                       "WHERE set_name = $name", {"name": PLANTS})

    assert rows == [(6062, 0, 6062)]


@pytest.mark.parametrize("packed", ["plain", "gz", "xz", "zip", "parquet"])
def test_the_same_table_loads_from_every_packing(packed, store, download, tmp_path):
    rows = [shipment(number, Unit="kg", Quantity=number) for number in range(1, 6)]
    path = download(*rows)
    if packed == "gz":
        path = tmp_path / "a.csv.gz"
        path.write_bytes(gzip.compress((tmp_path / "download.csv").read_bytes()))
    elif packed == "xz":
        path = tmp_path / "a.csv.xz"
        path.write_bytes(lzma.compress((tmp_path / "download.csv").read_bytes()))
    elif packed == "zip":
        path = tmp_path / "years.zip"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("2014.csv", "\n".join([HEADING, *rows[:2]]))
            zipped.writestr("more/2015.csv", "\n".join([HEADING, *rows[2:]]))
            zipped.writestr("README.txt", "about the years")
    elif packed == "parquet":
        import duckdb
        path = tmp_path / "a.parquet"
        duckdb.connect().execute(f"COPY (FROM read_csv('{tmp_path}/download.csv')) TO '{path}'")

    loaded = load(store, path)

    assert (loaded.rows, loaded.bad) == (5, 0)
    assert store.query("SELECT sum(quantity), min(unit) FROM trade") == [(15, "KGM")]
    assert [one.name for one in store.folder.glob("aside/*")] == []


@pytest.mark.parametrize("damaged", [lzma.compress(b"x" * 9000)[:-20], gzip.compress(b"x" * 9000, mtime=0)[:-20],
                                     b"PK\x03\x04 no zip at all", b"", b"a,b\n1,2\n", b"PAR1 no"])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(damaged, store, tmp_path):
    path = tmp_path / "damaged"
    path.write_bytes(damaged)

    assert refused(store, path).reason.endswith(".")
    assert store.sets() == ()


def test_the_same_file_again_changes_nothing(store, download):
    path = download(shipment(1))
    load(store, path)
    before = store.stamp()

    again = load(store, path, name="under another name")

    assert (again.unchanged, again.rows) == (True, 0)
    assert store.stamp() == before


def test_shipments_whose_id_is_there_and_rows_of_a_tabulation_that_are_there_come_once(store, download):
    row = "2010,II,Aquila chrysaetos,Aves,,,Aquila,US,CA,,3,5,live,,P,W"
    load(store, download(shipment(1), shipment(2), shipment(2), name="first.csv"))
    load(store, download(row, name="tabulation.csv", heading=TABULATION))

    newer = load(store, download(shipment(2), shipment(3), shipment(1, Year=2014), name="second.csv"))
    wider = load(store, download(row, row.replace("CA", "MX"), name="wider.csv", heading=TABULATION))

    assert (newer.rows, newer.already) == (2, 1)
    assert (wider.rows, wider.already) == (2, 2)
    assert store.query("SELECT kind, count(*) FROM trade GROUP BY kind ORDER BY kind") == [
        ("shipments", 4), ("tabulation", 4)]


def test_rows_come_once_also_where_they_are_looked_at_in_parts(store, download, monkeypatch):
    monkeypatch.setattr(engine, "BUCKET", 2)
    load(store, download(*(shipment(number) for number in (1, 2, 3, 4, 4, 5)), name="first.csv"))
    row = "2010,II,Aquila chrysaetos,Aves,,,Aquila,US,CA,,3,5,live,,P,W"
    others = [row.replace("2010", str(year)) for year in range(2011, 2015)]
    load(store, download(row, *others[:2], others[0], name="tabulation.csv", heading=TABULATION))

    newer = load(store, download(*(shipment(number) for number in (4, 5, 6, 7, 7)), shipment(8, Year="soon"),
                                 name="second.csv"))
    wider = load(store, download(row, *others, name="wider.csv", heading=TABULATION))

    assert (newer.rows, newer.already, newer.bad) == (2, 3, 1)
    assert (wider.rows, wider.already) == (4, 6)
    assert store.query("SELECT count(*), count(DISTINCT id) FROM trade WHERE kind = 'shipments'") == [(7, 7)]


def test_a_load_that_finds_no_memory_is_refused_and_the_store_is_as_before(store, download):
    load(store, download(shipment(1), name="before.csv"))
    before = store.stamp()
    poor = Store(store.folder, memory="4MB")

    outcome = refused(poor, download(*(shipment(number) for number in range(2, 400)), name="after.csv"))

    assert (outcome.code, outcome.reason.endswith("The store is as it was.")) == ("too-much-memory", True)
    assert "4MB" in outcome.reason
    assert (store.stamp(), list(store.folder.glob("aside/*"))) == (before, [])


def test_a_file_flows_past_the_words_and_is_not_held_in_memory(download, tmp_path):
    path = download(*(shipment(number) for number in range(20)))
    layout = layout_of(path)
    assert isinstance(layout, Layout)
    read = intake.typed(intake.csv_source([path], layout), layout)
    rows = intake.all_good(intake.stored(read, layout.kind, "a"))
    with engine.opened(tmp_path / "spill") as connection:
        intake.lay_words(connection, {})
        with engine.streaming(connection):
            plan = connection.execute(f"EXPLAIN (FORMAT json) {rows}").fetchall()[0][1]

    assert plan.count('"Join Type": "LEFT"') == 2
    assert '"Join Type": "RIGHT"' not in plan


def test_a_set_takes_the_place_of_another_and_a_set_is_dropped(store, download):
    load(store, download(shipment(1), shipment(2), name="2024.csv"))
    load(store, download(shipment(2, Quantity=99), name="2025.csv"), replacing="2024.csv")

    assert [one.name for one in store.sets()] == ["2025.csv"]
    assert store.query("SELECT id, quantity FROM trade") == [(2, 99)]
    assert refused(store, download(shipment(5), name="2025.csv")).code == "name-taken"
    assert refused(store, download(shipment(5), name="6.csv"), replacing="2019.csv").code == "no-such-set"
    assert store.drop("2025.csv").name == "2025.csv"
    assert store.query("SELECT count(*) FROM trade") == [(0,)]


def test_a_file_without_a_good_row_takes_nobodys_place(store, download):
    load(store, download(shipment(1), name="2024.csv"))

    loaded = load(store, download(shipment(2, Year="soon"), name="2025.csv"), replacing="2024.csv")

    assert (loaded.rows, loaded.bad) == (0, 1)
    assert [one.name for one in store.sets()] == ["2024.csv"]


def test_the_own_rows_are_replaced_as_a_whole_and_know_their_month(store):
    def own(month: int, quantity: str) -> OwnRow:
        return OwnRow(2027, month, "II", "Python regius", "Reptilia", "Serpentes", "Pythonidae", "Python", "SKI",
                      Decimal(quantity), "NAR", "QZ", "QM", "", "T", "C", "E")

    store.append([own(1, "5"), own(1, "5"), own(2, "7.5")], at=AT)
    again = store.append([own(1, "5"), own(1, "5"), own(2, "7.5")], at=AT)
    less = store.append([own(3, "1")], at=AT)

    assert isinstance(again, Loaded)
    assert again.unchanged
    assert isinstance(less, Loaded)
    assert store.query('SELECT kind, "month", quantity FROM trade') == [("own", 3, 1)]
    gone = store.append([], at=AT)
    assert isinstance(gone, Loaded)
    assert store.sets() == ()


def test_one_load_at_a_time(store, download):
    path = download(shipment(1))
    store.folder.mkdir()
    with (store.folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refused(store, path).code == "busy"

    assert load(store, path).rows == 1


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from wildgate.worldtrade.store import Store
def progress(text):
    if "making it count" in text:
        os.kill(os.getpid(), signal.SIGKILL)
Store(Path(sys.argv[1])).load(Path(sys.argv[2]), at=datetime.now(UTC), progress=progress)
"""


@pytest.mark.processes
def test_a_load_that_is_killed_leaves_the_store_as_before(store, download):
    load(store, download(shipment(1), name="before.csv"))
    before = store.stamp()
    path = download(*(shipment(number) for number in range(2, 200)), name="after.csv")

    done = subprocess.run([sys.executable, "-c", KILLED, str(store.folder), str(path)], check=False,
                          env={**os.environ, "PYTHONPATH": "src"}, cwd=Path(__file__).parents[2])

    assert done.returncode == -signal.SIGKILL
    assert store.stamp() == before
    assert store.query("SELECT count(*) FROM trade") == [(1,)]
    assert len(list(store.folder.glob("aside/*"))) == 1
    assert load(store, path).rows == 198
    assert list(store.folder.glob("aside/*")) == []


def test_a_set_that_was_written_but_never_listed_is_swept(store, download):
    load(store, download(shipment(1), name="a.csv"))
    stray = store.folder / "rows" / "kind=shipments" / "set=stray"
    stray.mkdir()
    (stray / "part-001.parquet").write_bytes(b"half")

    load(store, download(shipment(2), name="b.csv"))

    assert not stray.exists()
    assert store.query("SELECT count(*) FROM trade") == [(2,)]


def test_a_reader_sees_a_new_load_without_being_told(store, download):
    reader = Store(store.folder)
    assert reader.query("SELECT count(*) FROM trade") == [(0,)]

    load(store, download(shipment(1)))

    assert reader.query("SELECT count(*) FROM trade") == [(1,)]


def test_the_layouts_of_the_shared_downloads_load_without_a_bad_row(world, shared_data):
    assert COSTA_RICA in {one.name for one in world.sets()}
    sample = shared_data / "trade" / "sapi_annual_report_upload_importer_sample.csv"

    assert "lacks taxon, term, importer, exporter" in refused(Store(world.folder.parent / "empty"), sample).reason


def test_a_lone_carriage_return_in_the_heading_is_told(store, tmp_path):
    (tmp_path / "old.csv").write_bytes(b"a\rb,c\n1,2\n")

    assert "a lone carriage return" in refused(store, tmp_path / "old.csv").reason


@pytest.mark.parametrize("most", [300, 3])
def test_a_parquet_file_says_the_same_whether_its_words_become_a_list_or_are_too_many(most, store, download, tmp_path,
                                                                                      monkeypatch):
    import duckdb
    monkeypatch.setattr(engine, "MOST_WORDS", most)
    lines = download(*(shipment(number, Term=term, Unit=unit, Source=source, Importer=importer, Quantity="2.5")
                       for number, (term, unit, source, importer) in enumerate([
                           ("live", "", "W", "US"), (" skins ", "g", "C", "NA"), ("coral sand", "crates", "", "DE"),
                           ("LIV", "kg", "D", "FR"), ("caviar", "boxes", "R", "JP")], 1)))
    path = tmp_path / "a.parquet"
    duckdb.connect().execute(f"COPY (FROM read_csv('{lines}', all_varchar = true)) TO '{path}'")

    loaded = load(store, path)

    assert (loaded.rows, loaded.bad) == (5, 0)
    assert store.query("SELECT term, quantity, unit, source, importer, given_term, given_unit FROM trade "
                       "ORDER BY id") == [
        ("LIV", Decimal("2.5"), "NAR", "W", "US", "live", ""),
        ("SKI", Decimal("0.0025"), "KGM", "C", "NA", "skins", "g"),
        ("coral sand", Decimal("2.5"), "crates", "", "DE", "coral sand", "crates"),
        ("LIV", Decimal("2.5"), "KGM", "D", "FR", "LIV", "kg"),
        ("CAV", Decimal("2.5"), "BOX", "R", "JP", "caviar", "boxes")]


def test_bad_rows_of_a_parquet_file_are_listed_by_row_and_the_good_ones_load(store, download, tmp_path):
    import duckdb
    lines = download(shipment(1), shipment(2, Importer="USA"), shipment(3, **{"Reporter.type": "x"}), shipment(4))
    path = tmp_path / "a.parquet"
    duckdb.connect().execute(f"COPY (FROM read_csv('{lines}')) TO '{path}'")

    loaded = load(store, path)

    assert (loaded.rows, loaded.bad) == (2, 2)
    assert [(row.line, row.column) for row in loaded.bad_rows] == [(3, "importer"), (4, "reporter")]
    assert store.query("SELECT id FROM trade ORDER BY id") == [(1,), (4,)]


def test_a_question_has_a_place_to_spill_to(store, download):
    load(store, download(shipment(1)))

    scratch = Path(store.query("SELECT current_setting('temp_directory')")[0][0])

    assert scratch.parent.is_dir()
    assert store.folder in scratch.parents
