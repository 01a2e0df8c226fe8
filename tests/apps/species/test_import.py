"""Importing downloads: what is stored, what a second import changes, what a bad row costs."""

from __future__ import annotations

import gzip
import json
import lzma
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.species.downloads import BOA, CHECKLIST, PYTHON, checklist, written

from wildgate.apps.species import registry
from wildgate.apps.species.imports import cells, stream
from wildgate.apps.species.imports.reading import Download, read
from wildgate.apps.species.imports.rows import Fault
from wildgate.apps.species.models import ImportRun, Taxon, TaxonListing, TaxonName, TaxonRange, Wording
from wildgate.apps.species.services import FileReport, ImportReport, import_files
from wildgate.convention.taxonomy import Taxon as Placed
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def take_in(at: datetime, *paths: Path, all_or_nothing: bool = False) -> ImportReport:
    return import_files(paths, party="QM", by="operator", at=at, all_or_nothing=all_or_nothing)


def one(at: datetime, path: Path) -> FileReport:
    return take_in(at, path).files[0]


def stored() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in
                 (ImportRun, Taxon, TaxonName, TaxonRange, TaxonListing, Wording, Event))


def test_a_row_becomes_taxon_names_range_and_listing(at: datetime, tmp_path: Path) -> None:
    report = one(at, checklist(tmp_path, PYTHON, BOA))

    taxon = Taxon.objects.get(party="QM", source_id="5467")
    assert (report.added, report.refused, report.added_lines) == (2, 0, [[2, 3]])
    assert (taxon.name, taxon.author, taxon.rank, taxon.family, taxon.standard) == (
        "Python regius", "(Shaw, 1802)", "species", "Pythonidae", True)
    assert set(taxon.names.values_list("kind", "language", "name", "author")) == {
        ("synonym", "", "Python bellii", "Gray, 1842"), ("synonym", "", "Boa regia", "Shaw, 1802"),
        ("common", "en", "Ball Python", ""), ("common", "en", "Royal Python", ""), ("common", "es", "Pitón real", ""),
        ("common", "fr", "Python royal", "")}
    assert set(taxon.listings.values_list("appendix", "under", "current")) == {("II", "Pythonidae spp.", True)}
    boa = Taxon.objects.get(source_id="900001")
    assert set(boa.ranges.values_list("country", "certainty")) == {("BR", "native"), ("TW", "extinct"),
                                                                    ("HK", "present")}


def test_the_import_is_an_event_of_the_chain(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))

    event = Event.objects.get(kind="species-imported")
    assert (event.party, event.actor, event.subject) == ("QM", "operator", f"taxa/{ImportRun.objects.get().pk}")
    assert json.loads(event.data)["added"] == 1


def test_the_same_file_again_changes_nothing(at: datetime, tmp_path: Path) -> None:
    path = checklist(tmp_path, PYTHON, BOA)
    one(at, path)
    before = stored()

    again = take_in(at, path)

    assert (again.changes, again.files[0].unchanged) == (0, 2)
    assert stored() == before


def test_a_newer_download_changes_what_differs_and_says_where(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON, BOA))
    newer = PYTHON | {"CurrentListing": "I", "FullAnnotationEnglish": "Appendix I: ", "FrenchNames": "Python boule",
                      "All_DistributionISOCodes": "BJ", "All_DistributionFullNames": "Benin",
                      "NativeDistributionFullNames": "Benin"}

    report = one(at, checklist(tmp_path, newer, BOA, name="newer.csv"))

    assert report.changed_rows == [(2, "Python regius", ("appendices", "names", "range", "listings"))]
    taxon = Taxon.objects.get(source_id="5467")
    assert taxon.appendices == "I"
    assert list(taxon.ranges.values_list("country", flat=True)) == ["BJ"]
    assert list(taxon.names.filter(language="fr").values_list("name", flat=True)) == ["Python boule"]
    assert list(taxon.listings.values_list("appendix", flat=True)) == ["I"]


def test_columns_that_a_download_leaves_out_are_left_alone(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    narrow = [c for c in CHECKLIST if not c.startswith(("Spanish", "French", "Synonyms", "All_", "Native"))]

    report = one(at, checklist(tmp_path, PYTHON, name="narrow.csv", columns=narrow))

    assert (report.changed, report.unchanged) == (0, 1)
    assert TaxonName.objects.filter(language="es").exists()


BAD = {
    "shifted": (PYTHON | {"Kingdom": "Chordata", "Phylum": "Reptilia"}, "Kingdom"),
    "no number": (PYTHON | {"TaxonId": "Animalia"}, "TaxonId"),
    "rank": (PYTHON | {"RankName": "II"}, "RankName"),
    "listing": (PYTHON | {"CurrentListing": "Appendix 2"}, "CurrentListing"),
    "genus": (PYTHON | {"Genus": "Boa"}, "Genus"),
    "name": (PYTHON | {"FullName": "(Shaw, 1802)"}, "FullName"),
    "yes": (PYTHON | {"CitesAccepted": "BJ, TG"}, "CitesAccepted"),
    "country": (PYTHON | {"All_DistributionISOCodes": "Benin, Togo"}, "All_DistributionISOCodes"),
    "lists": (PYTHON | {"All_DistributionISOCodes": "BJ"}, "All_DistributionFullNames"),
    "place": (PYTHON | {"Extinct_Distribution": "Atlantis"}, "Extinct_Distribution"),
    "mojibake": (PYTHON | {"SpanishNames": "PitÃ³n real"}, "SpanishNames"),
    "nul": (PYTHON | {"EnglishNames": "Ball\x00Python"}, "EnglishNames"),
    "endless": (PYTHON | {"FullAnnotationEnglish": "x" * 70_000}, "FullAnnotationEnglish"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_row_is_refused_by_line_and_column_and_the_rest_is_taken(case: str, at: datetime, tmp_path: Path) -> None:
    row, column = BAD[case]

    report = one(at, checklist(tmp_path, BOA, row))

    assert [(fault.line, fault.column) for fault in report.faults] == [(3, column)]
    assert column in report.faults[0].reason
    assert list(Taxon.objects.values_list("name", flat=True)) == ["Boa constrictor"]


def test_lines_are_those_of_the_file_when_cells_hold_line_ends(at: datetime, tmp_path: Path) -> None:
    tall = BOA | {"FullAnnotationEnglish": "Appendix II:First line.\n<p>Second line.\n\nThird line."}

    report = one(at, checklist(tmp_path, tall, PYTHON | {"RankName": "?"}))

    assert [fault.line for fault in report.faults] == [6]
    assert Wording.objects.get().text == "First line.\nSecond line.\nThird line."


def test_a_row_too_long_or_too_short_is_refused(at: datetime, tmp_path: Path) -> None:
    path = checklist(tmp_path, BOA)
    path.write_text(path.read_text() + "1,Animalia,Chordata\n" + ",".join(["x"] * 40) + "\n")

    report = one(at, path)

    assert [(fault.line, fault.code) for fault in report.faults] == [(3, "wrong-width"), (4, "wrong-width")]
    assert report.added == 1


def test_a_second_row_of_the_same_number_is_refused(at: datetime, tmp_path: Path) -> None:
    report = one(at, checklist(tmp_path, PYTHON, BOA, PYTHON | {"EnglishNames": "Another"}))

    assert [(f.line, f.column, f.code) for f in report.faults] == [(4, "TaxonId", "duplicate")]
    assert "line 2" in report.faults[0].reason
    assert not TaxonName.objects.filter(name="Another").exists()


def test_mixed_encodings_name_the_cell(at: datetime, tmp_path: Path) -> None:
    good = checklist(tmp_path, BOA, PYTHON).read_bytes()

    report = one(at, written(tmp_path, good.replace("Pitón".encode(), "Pitón".encode("windows-1252")), "mixed.csv"))

    assert [(f.line, f.column, f.code) for f in report.faults] == [(3, "SpanishNames", "encoding")]
    assert report.added == 1


def test_markup_in_cells_is_taken_off(at: datetime, tmp_path: Path) -> None:
    dressed = PYTHON | {"FullName": "<i>Python regius</i>", "EnglishNames": "<b>Ball</b> Python&nbsp;x",
                        "FullAnnotationEnglish": "Appendix II:<p>See <i>Boa</i>&amp; <script>alert(1)</script>more. "}

    one(at, checklist(tmp_path, dressed))

    assert Taxon.objects.get().name == "Python regius"
    assert TaxonName.objects.get(language="en").name == "Ball Python x"
    assert Wording.objects.get().text == "See Boa& more."


@pytest.mark.parametrize("bad", ["row", "file"])
def test_all_or_nothing_rolls_everything_back(bad: str, at: datetime, tmp_path: Path) -> None:
    good = checklist(tmp_path, BOA)
    other = (checklist(tmp_path, PYTHON | {"RankName": "?"}, name="bad.csv") if bad == "row"
             else written(tmp_path, "no,such,layout\n", "bad.csv"))
    before = stored()

    report = take_in(at, good, other, all_or_nothing=True)

    assert not report.kept
    assert stored() == before


def test_a_file_that_breaks_off_leaves_nothing_of_itself(at: datetime, tmp_path: Path) -> None:
    many = [PYTHON | {"TaxonId": str(n), "EnglishNames": f"Name {n * 7919}"} for n in range(1, 3000)]
    whole = lzma.compress(checklist(tmp_path, *many).read_bytes())

    report = one(at, written(tmp_path, whole[:-200], "cut.csv.xz"))

    assert report.refusal
    assert report.refusal.code == "damaged"
    assert not Taxon.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_told_by_their_content(pack: object, at: datetime, tmp_path: Path) -> None:
    data = pack(checklist(tmp_path, PYTHON).read_bytes())  # type: ignore[operator]

    assert one(at, written(tmp_path, data, "download")).added == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b\x08broken", b"\xfd7zXZ\x00broken", b"{", b"[]",
                                  b"null", b'{"taxon_concepts": 3}', b"a,b\n", b"\xff\xfeb\x00", b"[" * 100_000,
                                  b'{"x": ' * 50_000])
def test_what_is_no_download_is_refused_in_one_sentence(data: bytes, at: datetime, tmp_path: Path) -> None:
    report = one(at, written(tmp_path, data, "file.csv"))

    assert report.refusal
    assert "\n" not in report.refusal.reason
    assert report.rows == 0


def test_a_file_that_unpacks_beyond_measure_is_stopped(at: datetime, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LARGEST_UNPACKED", 200_000)
    head = checklist(tmp_path, PYTHON).read_bytes()

    report = one(at, written(tmp_path, gzip.compress(head + b"\n" * 2_000_000), "bomb.csv.gz"))

    assert report.refusal
    assert report.refusal.code == "too-large"
    assert not Taxon.objects.exists()


HISTORY = "taxon_concept_id,appendix,change_type,effective_at,party,annotation,id,is_current\n"


def test_a_history_needs_its_taxon_and_ends_after_it_begins(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    rows = ("5467,III,+,1976-02-26,GH,,1,False\n" "5467,III,-,1977-02-04,GH,,2,False\n"
            "5467,II,+,1977-02-04,,,3,True\n" "5467,I,R-,1980-01-01,NA,,4,False\n" "5467,I,R+,1990-01-01,NA,,5,False\n"
            "77,II,+,1990-01-01,,,6,True\n" "5467,II,+,1990-02-30,,,7,True\n" "5467,II,?,1990-02-20,,,8,True\n")

    report = one(at, written(tmp_path, HISTORY + rows, "history.csv"))

    assert sorted((f.line, f.column, f.code) for f in report.faults) == [
        (5, "effective_at", "end-before-start"), (7, "taxon_concept_id", "unknown-taxon"),
        (8, "effective_at", "not-a-day"), (9, "change_type", "unknown-value")]
    ghana = TaxonListing.objects.get(origin="history", source_id="1")
    assert (ghana.listed_by, str(ghana.since), str(ghana.until)) == ("GH", "1976-02-26", "1977-02-04")
    assert TaxonListing.objects.filter(origin="current").count() == 1


def test_a_shorter_history_does_not_forget_the_longer_one(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    rows = "5467,III,+,1976-02-26,GH,,1,False\n5467,II,+,1977-02-04,,,3,True\n"
    one(at, written(tmp_path, HISTORY + rows, "long.csv"))

    one(at, written(tmp_path, HISTORY + "5467,II,+,1977-02-05,,,3,True\n", "short.csv"))

    days = TaxonListing.objects.filter(origin="history").order_by("since").values_list("since", flat=True)
    assert [str(day) for day in days] == ["1976-02-26", "1977-02-05"]


def test_a_history_in_the_words_of_the_checklist_is_the_same(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    head = "TaxonId,Appendix,ChangeType,EffectiveAt,IsCurrent,Party,FullAnnotationEnglish\n"
    rows = ("5467,III,ADDITION,26/02/1976,FALSE,GH,\n5467,III,DELETION,04/02/1977,FALSE,GH,\n"
            "5467,II,ADDITION,04/02/1977,TRUE,,Included in Pythonidae spp.\n5467,II,AMENDMENT,01/01/2000,TRUE,,\n"
            "5467,II,RESERVATION,18/03/1991,FALSE,NA,\n5467,II,RESERVATION_WITHDRAWAL,18/09/1997,TRUE,NA,\n")

    first = one(at, written(tmp_path, head + rows, "words.csv"))
    again = one(at, written(tmp_path, head + rows, "words.csv"))

    assert (first.layout, first.changed, first.refused) == ("listing-history", 6, 0)
    assert (again.changed, again.unchanged) == (0, 6)
    held = TaxonListing.objects.get(change="reservation")
    assert (held.listed_by, str(held.since), str(held.until)) == ("NA", "1991-03-18", "1997-09-18")


def test_a_change_with_the_number_of_another_is_refused(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    party = '"{""iso_code2"": ""GH"", ""name"": ""Ghana"", ""type"": ""COUNTRY""}"'

    report = one(at, written(tmp_path, HISTORY + f"5467,III,+,1976-02-26,{party},,1,False\n"
                             "5467,II,+,1977-02-04,,Seulement la population du Bénin,1,True\n", "twice.csv"))

    assert [(f.line, f.column, f.code) for f in report.faults] == [(3, "id", "duplicate")]
    assert TaxonListing.objects.get(origin="history").listed_by == "GH"


RESERVATIONS = "start_date,end_date,taxon_name,taxon_concept_id,rank,iso_code2,notes,Internal Notes \n"


def test_reservations_are_taken_by_line_and_a_bad_row_is_refused(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON, BOA))
    rows = ("18/03/1991,18/09/1997,Python regius,5467,SPECIES,NA, ,\n"
            "31/10/1976,07/03/1976,Python regius,5467,SPECIES,GB, ,\n"
            "18/03/1991,,Python regius,5467,SPECIES,NA, ,\n"
            "18/03/1991,,Python regius,900001,SPECIES,NA, ,\n"
            "18/03/1991,,Boa constrictor,77,SPECIES,NA, ,\n"
            "31/02/1991,,Python regius,5467,SPECIES,NA, ,\n"
            ",,Python regius,5467,SPECIES,NA, ,\n"
            "01/01/2001,,Python regius,5467,SPECIES,Namibia, ,\n")

    report = one(at, written(tmp_path, RESERVATIONS + rows, "reservations.csv"))

    assert sorted((f.line, f.column, f.code) for f in report.faults) == [
        (3, "end_date", "end-before-start"), (4, "start_date", "duplicate"), (5, "taxon_name", "names-differ"),
        (6, "taxon_concept_id", "unknown-taxon"), (7, "start_date", "not-a-day"), (8, "start_date", "not-a-day"),
        (9, "iso_code2", "not-a-country")]
    assert (report.changed, report.refused) == (1, 7)
    held = TaxonListing.objects.get(change="reservation")
    assert (held.listed_by, held.appendix, str(held.until)) == ("NA", "", "1997-09-18")


def test_a_newer_list_of_reservations_changes_the_day_of_withdrawal(at: datetime, tmp_path: Path) -> None:
    one(at, checklist(tmp_path, PYTHON))
    row = "18/03/1991,{until},Python regius,5467,SPECIES,NA,\"On behalf of an island.\",\n"
    one(at, written(tmp_path, RESERVATIONS + row.format(until=""), "old.csv"))
    law_then = registry.law_of("QM")

    one(at, written(tmp_path, RESERVATIONS + row.format(until="18/09/1997"), "new.csv"))

    python = law_then.resolve("Python regius")
    assert isinstance(python, Placed)
    assert [r.note for r in law_then.reservations(python, "NA", date(2000, 1, 1))] == ["On behalf of an island."]
    assert registry.law_of("QM").reservations(python, "NA", date(2000, 1, 1)) == ()
    assert TaxonListing.objects.filter(origin="history").count() == 1


@pytest.mark.parametrize(("cell", "names"), [
    ("Python bellii Gray, 1842, Enygrus regius (Shaw, 1802), Boa regia Shaw, 1802",
     ["Python bellii", "Enygrus regius", "Boa regia"]),
    ("Trochilus tzacatl de la Llave, 1833", ["Trochilus tzacatl"]),
    ("Hyla nana Barbosa de Souza, Caldwell, Barbosa de Melo & Summers, 2011", ["Hyla nana"]),
    ("Anguloa virginalis var. turneri (B.S.Williams) Oakeley", ["Anguloa virginalis var. turneri"]),
    ("Habenaria hauman-mercki Hicken", ["Habenaria hauman-mercki"]),
    ("Scaphiophryne (scaphiophryne) gottlebei Grosjean, 2007", ["Scaphiophryne gottlebei"]),
    ("", []),
])
def test_synonyms_are_told_from_their_authors(cell: str, names: list[str]) -> None:
    assert [name for name, _ in cells.synonyms(cell)] == names


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHECKLIST), max_size=4), st.text(max_size=60), st.binary(max_size=200))
def test_no_content_raises(tmp_path: Path, columns: list[str], cell: str, noise: bytes) -> None:
    row = PYTHON | dict.fromkeys(columns, cell.replace("\r", " "))
    download = read(checklist(tmp_path, row))
    assert isinstance(download, Download)
    assert len(list(download.rows)) >= 1

    other = read(written(tmp_path, noise, "noise.csv"))
    if isinstance(other, Download):
        assert all(isinstance(row, Fault) for row in other.rows)
