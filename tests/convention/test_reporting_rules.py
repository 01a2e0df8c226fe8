"""Each of the Trade Database's 26 rules finds its planted fault, a clean file has none; layouts, files of others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.convention.listing import law
from wildgate.convention.report_changes import Kind, changes
from wildgate.convention.report_layouts import ROWS_OF_A_PIECE, Layout, columns, pieces, table
from wildgate.convention.report_rules import RULES, Severity, rule
from wildgate.convention.reporting import Part, Report, ReportRow, check_rows, read_report, read_table, rows_to_csv
from wildgate.convention.taxonomy import Taxon

SKINS = ReportRow("II", "Crocodylus novaeguineae", "SKI", "1150", "", "QZ", "2027", "T", "W",
                  export_permit="27QM000031E")
CLEAN = (
    SKINS,
    replace(SKINS, species="Panthera leo", term="TRO", quantity="1", purpose="H", partner="US",
            export_permit="27QM000032E", description="skin and skull"),
    replace(SKINS, species="Aloe ferox", term="EXT", quantity="80.5", unit="KGM", source="A", partner="DE",
            export_permit="27QM000033E"),
    replace(SKINS, species="Python bivittatus", quantity="40", origin="VN", origin_permit="26VN01/E", partner="FR",
            source="C", export_permit="27QM000034R"),
)
RANGES = {"Crocodylus novaeguineae": frozenset({"QM", "PG"}), "Panthera leo": frozenset({"QM", "TZ"}),
          "Python bivittatus": frozenset({"VN"}), "Varanus salvator": frozenset({"ID"})}
PLANTED: dict[int, dict[str, str]] = {
    1: {"partner": ""}, 2: {"term": ""}, 3: {"species": ""}, 4: {"appendix": ""}, 5: {"quantity": ""}, 6: {"year": ""},
    7: {"quantity": "a dozen"}, 8: {"year": "last"}, 9: {"year": "127"}, 10: {"term": "QQQ"}, 11: {"source": "K"},
    12: {"purpose": "K"}, 13: {"unit": "CRATES"}, 14: {"partner": "QQ"}, 15: {"origin": "QQ"},
    16: {"species": "Nonexistus fictus"}, 17: {"appendix": "V"}, 18: {"appendix": "I"},
    19: {"unit": "LTR"}, 20: {"purpose": "B"}, 21: {"term": "LVS"}, 22: {"origin": "TH"},
    23: {"species": "Varanus salvator"},
    24: {"origin": "QM"}, 25: {"partner": "QM"}, 26: {"source": "A"},
    31: {"purpose": ""}, 32: {"source": ""}, 33: {"export_permit": ""}, 34: {"term": "HAN"}, 35: {"quantity": "2.5"},
    36: {"export_permit": "27QM;31"}, 38: {"source": "I", "export_permit": "-"},
}


def there(taxon: Taxon) -> frozenset[str] | None:
    return RANGES.get(taxon.name)


def numbers(*rows: ReportRow, **more: object) -> list[tuple[int, int]]:
    """Each finding as its row and its rule."""
    given = {"part": Part.EXPORTS, "party": "QM", "ranges": there, **more}
    return [(each.row, each.number) for each in check_rows(rows, law(), **given)]


def test_a_clean_file_has_no_finding() -> None:
    assert numbers(*CLEAN) == []


def test_the_rules_are_26_of_theirs_17_of_them_primary() -> None:
    assert [each.number for each in RULES if each.theirs] == list(range(1, 27))
    assert sum(each.primary for each in RULES) == 17
    assert set(PLANTED) | {37} == {each.number for each in RULES}


@pytest.mark.parametrize("number", sorted(PLANTED))
def test_each_rule_finds_its_planted_fault_in_its_row(number: int) -> None:
    found = numbers(CLEAN[2], replace(SKINS, **PLANTED[number]), CLEAN[3])

    assert (3, number) in found
    assert {row for row, _number in found} == {3}
    assert all(rule(each).columns for _row, each in found)


def test_the_same_row_twice_is_asked_about() -> None:
    assert numbers(SKINS, SKINS) == [(3, 37)]


def test_a_range_that_is_not_known_is_not_held_against_a_row() -> None:
    assert numbers(replace(SKINS, origin="TH"), ranges=lambda _taxon: None) == []
    assert numbers(replace(SKINS, origin="TH"), ranges=None) == []
    assert numbers(replace(SKINS, origin="XX")) == []
    assert numbers(replace(SKINS, origin="TH", source="C")) == []


def test_wild_imports_are_held_to_the_range_of_the_exporter() -> None:
    assert numbers(replace(SKINS, partner="TH"), part=Part.IMPORTS) == [(2, 23)]
    assert numbers(replace(SKINS, partner="PG"), part=Part.IMPORTS) == []
    assert numbers(replace(SKINS, partner="ZZ", ifs_permit="1"), part=Part.IMPORTS) == []


FAULTS_OF_SAMPLES = {
    "sample_export_by_permit.csv": {1},
    "sample_import_by_permit.csv": {16},
    "sample_export_summary.csv": set(),
    "sample_import_summary.csv": set(),
}


@pytest.mark.parametrize("file", sorted(FAULTS_OF_SAMPLES))
def test_the_four_sample_reports_are_judged(shared_data: Path, file: str) -> None:
    report = read_report((shared_data / "reports" / file).read_text(encoding="utf-8-sig"))

    assert isinstance(report, Report)
    assert report.layout is (Layout.SUMMARY if "summary" in file else Layout.PERMIT)
    found = check_rows(report.rows, law(), part=report.part, columns=report.columns)
    assert {each.number for each in found if each.severity is Severity.ERROR} == FAULTS_OF_SAMPLES[file]


def spoilt(text: str) -> Iterator[str]:
    rows = list(csv.reader(io.StringIO(text)))
    yield "\ufeff" + text
    yield text.lower().replace("ii,", "2,")
    for sign in ";\t":
        out = io.StringIO()
        csv.writer(out, delimiter=sign).writerows(rows)
        yield out.getvalue()
    yield "\n\n".join(text.splitlines())


@pytest.mark.parametrize("layout", [Layout.PERMIT, Layout.UPLOAD])
@pytest.mark.parametrize("part", list(Part))
def test_files_are_read_in_any_spelling(layout: Layout, part: Part) -> None:
    text = rows_to_csv(CLEAN, part, layout)

    for each in [text, *spoilt(text)]:
        report = read_report(each)
        assert isinstance(report, Report)
        assert (report.part, report.layout, len(report.rows)) == (part, layout, len(CLEAN))
        assert [(row.term, row.quantity, row.partner, row.appendix) for row in report.rows] == [
            (row.term, row.quantity, row.partner, row.appendix) for row in CLEAN]


def test_a_sheet_is_read_as_a_table() -> None:
    cells = list(csv.reader(io.StringIO(rows_to_csv(CLEAN, Part.EXPORTS))))
    report = read_table(list(enumerate(cells, 1)))

    assert isinstance(report, Report)
    assert [row.species for row in report.rows] == [row.species for row in CLEAN]
    assert read_table([])[0].code == "file-empty"


def test_a_permit_cell_never_holds_a_sign_at_which_it_would_be_split() -> None:
    row = replace(SKINS, export_permit="27QM:31; a, b", origin="PG", origin_permit="PG,7")

    for layout in (Layout.PERMIT, Layout.UPLOAD):
        written = read_report(rows_to_csv([row], Part.EXPORTS, layout))
        assert isinstance(written, Report)
        assert (written.rows[0].export_permit, written.rows[0].origin_permit) == ("27QM 31 a b", "PG 7")


def test_a_summary_adds_within_one_term_and_unit_and_counts_documents() -> None:
    more = replace(SKINS, quantity="50.5"), replace(SKINS, quantity="7", unit="KGM"), replace(
        SKINS, quantity="9", export_permit="27QM000099E")
    text = rows_to_csv([SKINS, *more], Part.EXPORTS, Layout.SUMMARY)

    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == columns(Part.EXPORTS, Layout.SUMMARY)
    assert [(row[4], row[5], row[10], row[11]) for row in rows] == [
        ("1209.5", "", "2 export permits", "2027"), ("7", "KGM", "1 export permit", "2027")]


CELLS = st.one_of(st.text(max_size=6), st.sampled_from((
    "", "II", "-", "-5", "=1+1", "@x", "+1", "\t", "\r", "\n", "\r\n", '"', ",", "a,b", "26QM1;2", "26QM1:2", " 26QM1 ",
    "'", "naïve\u2028x")))
ROWS = st.lists(st.lists(CELLS, min_size=16, max_size=16).map(lambda cells: ReportRow(*cells)), max_size=5)


@given(ROWS, st.sampled_from(tuple(Part)), st.sampled_from(tuple(Layout)))
@settings(max_examples=150, deadline=None)
def test_pieces_are_what_the_csv_module_writes(rows: list[ReportRow], part: Part, layout: Layout) -> None:
    mixed = [row for each in rows for row in (SKINS, each)]
    beside = io.StringIO()
    csv.writer(beside).writerows(table(mixed, part, layout))

    assert "".join(pieces(mixed, part, layout)) == beside.getvalue() == rows_to_csv(mixed, part, layout)


def test_a_piece_ends_after_a_hundred_rows_and_no_row_is_lost_between_two() -> None:
    many = [replace(SKINS, quantity=str(count)) for count in range(1, 2 * ROWS_OF_A_PIECE + 2)]

    heading, *found = pieces(iter(many), Part.EXPORTS)

    assert heading.startswith("App.,") and [piece.count("\r\n") for piece in found] == [100, 100, 1]
    assert [row[4] for row in csv.reader(io.StringIO("".join(found)))] == [row.quantity for row in many]


def test_a_row_with_a_cell_that_csv_quotes_does_not_make_its_neighbours_another_text() -> None:
    odd = replace(SKINS, remarks='said "2,5"', export_permit="27QM1;2", description="=1")

    text = "".join(pieces([SKINS, odd, SKINS], Part.EXPORTS)).split("\r\n")

    assert text[1] == text[3] == "II,Crocodylus novaeguineae,,SKI,1150,,QZ,27QM000031E,,,T,W,2027,"
    assert text[2] == 'II,Crocodylus novaeguineae,\'=1,SKI,1150,,QZ,27QM1 2,,,T,W,2027,"said ""2,5"""'


def test_changes_are_rows_with_another_quantity_new_ones_and_gone_ones() -> None:
    before = [SKINS, CLEAN[1], CLEAN[2]]
    after = [replace(SKINS, quantity="900", remarks="corrected"), CLEAN[2], CLEAN[3]]

    found = changes(before, after)

    assert [(each.kind, each.row.species) for each in found] == [
        (Kind.CHANGED, SKINS.species), (Kind.REMOVED, "Panthera leo"), (Kind.ADDED, "Python bivittatus")]
    assert [(each.before.quantity, each.after.quantity) for each in found[:1] if each.before and each.after] == [
        ("1150", "900")]
    assert changes(before, before) == []
