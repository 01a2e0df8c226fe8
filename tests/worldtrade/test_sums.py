"""Sums beside the rows: they say what the rows say, and nothing depends on their being there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.worldtrade.conftest import AT
from tests.worldtrade.test_store import HEADING, load, shipment

from wildgate.worldtrade import questions, sums
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import Loaded, Store

SAID = ('kind, reporter, "year", appendix, taxon, class_name, order_name, family, genus, term, unit, importer, '
        "exporter, origin, purpose, source")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "trade")


@pytest.fixture
def download(tmp_path: Path):
    def write(*rows: str, name: str = "download.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((HEADING, *rows, "")))
        return path
    return write


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets of one row have sums, too."""
    monkeypatch.setattr(sums, "LEAST_ROWS", 1)


def test_the_sums_of_the_real_downloads_are_those_of_their_rows_to_the_last_digit(world):
    of_rows = (f"SELECT {SAID}, SUM(quantity), COUNT(*) FROM trade GROUP BY ALL")
    of_sums = (f"SELECT {SAID}, {questions.AMOUNT}, {questions.MANY} FROM summed GROUP BY ALL")

    summed, rows = world.sums()

    assert len(summed) == 2
    assert len(rows) == 3
    assert world.query(f"({of_rows}) EXCEPT ({of_sums})") == world.query(f"({of_sums}) EXCEPT ({of_rows})") == []
    cells, many = world.query("SELECT COUNT(*), SUM(many) FROM sums")[0]
    assert cells < many / 2


def test_parts_that_come_to_more_than_one_are_carried_and_nothing_unlike_is_added(store, download, small):
    load(store, download(*(shipment(number, Quantity="0.7") for number in (1, 2, 3)), shipment(4, Unit="kg"),
                         shipment(5, **{"Reporter.type": "I"}), shipment(6, Term="skins")))

    assert store.query("SELECT term, unit, reporter, whole, part, many FROM sums ORDER BY ALL") == [
        ("LIV", "KGM", "E", 10, 0, 1), ("LIV", "NAR", "E", 2, Decimal("0.1"), 3), ("LIV", "NAR", "I", 10, 0, 1),
        ("SKI", "NAR", "E", 10, 0, 1)]


def test_a_store_of_an_older_version_answers_from_its_rows_and_has_sums_after_the_next_load(store, download,
                                                                                           monkeypatch):
    path = download(shipment(1), shipment(2), shipment(3, Year=2016))
    load(store, path)  # too few rows for sums: as a store that knew of none
    before = questions.trend(store, Question(taxon="Python regius"))
    assert store.sums() == ((), store.files())
    monkeypatch.setattr(sums, "LEAST_ROWS", 1)

    again = load(store, path)

    assert again.unchanged
    assert store.sums() == (tuple(store.folder.glob("sums/kind=shipments/set=*.parquet")), ())
    assert store.query("SELECT COUNT(*) FROM sums") == [(2,)]
    assert questions.trend(store, Question(taxon="Python regius")) == before


def test_the_nightly_own_rows_bring_sums_too_and_are_asked_as_rows(store, download, monkeypatch):
    load(store, download(shipment(1)))
    monkeypatch.setattr(sums, "LEAST_ROWS", 1)

    assert isinstance(store.append([], at=AT), Loaded)

    assert [len(files) for files in store.sums()] == [1, 0]


def test_where_no_sums_can_be_made_the_load_says_so_and_the_rows_answer(store, download, small):
    (store.folder / "sums").mkdir(parents=True)
    (store.folder / "sums" / "kind=shipments").write_text("in the way")

    loaded = load(store, download(shipment(1), shipment(2)))

    assert loaded.rows == 2
    assert loaded.notes[0].startswith("download.csv could not be summed up; questions of it take longer.")
    assert questions.count(store, Question(taxon="Python regius")) == 2
    assert list(store.folder.glob("aside/*")) == []


def test_sums_go_with_their_set(store, download, small):
    load(store, download(shipment(1), name="2024.csv"))
    load(store, download(shipment(2), name="2025.csv"), replacing="2024.csv")
    store.drop("2025.csv")
    assert questions.count(store, Question(taxon="Python regius")) == 0

    load(store, download(shipment(3), name="2026.csv"))

    assert len(list(store.folder.glob("sums/*/*"))) == 1
    assert questions.count(store, Question(taxon="Python regius")) == 1


def test_all_parts_of_a_picture_are_what_each_question_by_itself_answers(world):
    q = Question(taxon="Pythonidae", rank="family", term="LIV", unit="NAR", kind="tabulation")

    parts = questions.parts(world, q, limit=7)

    def found(name: str, *keys: str) -> list[tuple[object, ...]]:
        return [(*(getattr(each, key) for key in keys), each.reporter, each.quantity, each.rows)
                for each in parts if each.part == name]
    assert sorted(found("mix", "year", "source")) == sorted(
        (each.year, each.source, each.reporter, each.quantity, each.rows) for each in questions.sources(world, q))
    assert found("flows", "exporter", "importer") == [
        (each.exporter, each.importer, each.reporter, each.quantity, each.rows)
        for each in questions.flows(world, q, 7)]
    for name, by in (("exporters", "exporter"), ("importers", "importer"), ("taxa", "taxon")):
        assert found(name, by) == [(each.value, each.reporter, each.quantity, each.rows)
                                   for each in questions.top(world, q, by, 7)]


def test_cells_of_a_taxon_lie_by_what_is_added_up(store, download, small):
    load(store, download(shipment(1, Term="skins", Year="2001"), shipment(2, Year="2003"),
                         shipment(3, Term="skins", Year="2000"), shipment(4, Year="2002")))

    assert store.query('SELECT term, "year" FROM sums') == [
        ("LIV", 2002), ("LIV", 2003), ("SKI", 2000), ("SKI", 2001)]
