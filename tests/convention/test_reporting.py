"""The annual report: exact headings, every layout read back, the Trade Database's checks on each row."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.convention.listing import law
from wildgate.convention.reporting import (
    EXPORT_COLUMNS,
    EXPORTER_UPLOAD_COLUMNS,
    IMPORT_COLUMNS,
    UPLOAD_COLUMNS,
    Part,
    Report,
    ReportRow,
    check_rows,
    read_report,
    rows_to_csv,
    rows_to_upload,
)

SKINS = ReportRow(
    "II",
    "Crocodylus novaeguineae",
    "SKI",
    "1150",
    "NAR",
    "QZ",
    "2027",
    "T",
    "C",
    export_permit="27QM000031AA",
    remarks="tags QM-2026-NOV-000001 to 001150",
)


def findings(row: ReportRow, **kw: object) -> set[tuple[str, str, str]]:
    return {
        (f.column, f.code, f.severity.value)
        for f in check_rows([row], law(), **{"part": Part.EXPORTS, "party": "QM", **kw})
    }


def rows_of(text: str) -> tuple[ReportRow, ...]:
    report = read_report(text)
    assert isinstance(report, Report), report
    return report.rows


@pytest.mark.parametrize(
    ("file", "columns"),
    [("sample_export_by_permit.csv", EXPORT_COLUMNS), ("sample_import_by_permit.csv", IMPORT_COLUMNS)],
)
def test_headings_are_those_of_the_official_samples(shared_data: Path, file: str, columns: tuple[str, ...]) -> None:
    with (shared_data / "reports" / file).open(encoding="utf-8-sig") as sample:
        headings = next(csv.reader(sample))

    # The sample of exports misspells "certificate"; domain-2.md 4.1 gives the heading that we write.
    assert [name.replace("cerificate", "certificate") for name in headings] == list(columns)


@pytest.mark.parametrize(
    ("file", "part"), [("sample_export_by_permit.csv", Part.EXPORTS), ("sample_import_by_permit.csv", Part.IMPORTS)]
)
def test_official_samples_are_read_whole(shared_data: Path, file: str, part: Part) -> None:
    text = (shared_data / "reports" / file).read_text(encoding="utf-8-sig")
    report = read_report(text)

    assert isinstance(report, Report)
    assert report.part is part
    assert len(report.rows) == len(list(csv.reader(text.splitlines()))) - 1
    assert all(row.species and row.term and row.year == "2011" for row in report.rows)


def test_the_trade_database_upload_sample_is_read(shared_data: Path) -> None:
    text = (shared_data / "trade" / "sapi_annual_report_upload_importer_sample.csv").read_text(encoding="utf-8-sig")
    report = read_report(text)

    assert isinstance(report, Report)
    assert report.part is Part.IMPORTS
    assert report.rows[0].appendix == "II"
    assert report.rows[0].species == "Acipenser baerii"


@pytest.mark.parametrize("part", list(Part))
def test_what_is_written_is_read_back(part: Part) -> None:
    row = replace(SKINS, import_permit="27QZ1" if part is Part.IMPORTS else "", origin="PG", origin_permit="26PG1")

    assert rows_of(rows_to_csv([row], part)) == (replace(row, number=2),)
    upload = rows_of(rows_to_upload([row], part))[0]
    assert (upload.species, upload.quantity, upload.partner) == (row.species, row.quantity, row.partner)


def test_upload_layouts_differ_by_the_import_permit_only() -> None:
    assert set(UPLOAD_COLUMNS) - set(EXPORTER_UPLOAD_COLUMNS) == {"import_permit"}
    assert rows_to_upload([], Part.EXPORTS).strip() == ",".join(EXPORTER_UPLOAD_COLUMNS)


@pytest.mark.parametrize("remark", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_no_spreadsheet_takes_a_remark_for_a_formula(remark: str) -> None:
    text = rows_to_csv([replace(SKINS, remarks=remark)], Part.EXPORTS)

    assert next(iter(csv.DictReader(text.splitlines())))["Remarks"].startswith("'")
    assert rows_of(text)[0].remarks == remark


def test_a_missing_number_stays_a_dash() -> None:
    assert rows_of(rows_to_csv([replace(SKINS, export_permit="-")], Part.EXPORTS))[0].export_permit == "-"


def test_a_right_row_has_no_findings() -> None:
    assert findings(SKINS) == set()
    assert findings(replace(SKINS, unit="", quantity="3")) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"partner": ""}, ("partner", "missing", "error")),
        ({"term": ""}, ("term", "missing", "error")),
        ({"species": ""}, ("species", "missing", "error")),
        ({"appendix": ""}, ("appendix", "missing", "error")),
        ({"quantity": ""}, ("quantity", "missing", "error")),
        ({"year": ""}, ("year", "missing", "error")),
        ({"quantity": "many"}, ("quantity", "quantity-not-a-number", "error")),
        ({"quantity": "0"}, ("quantity", "quantity-not-positive", "error")),
        ({"year": "27"}, ("year", "year-wrong", "error")),
        ({"year": "1900"}, ("year", "year-wrong", "error")),
        ({"term": "ZZZ"}, ("term", "term-unknown", "error")),
        ({"term": "HAN"}, ("term", "term-historic", "warning")),
        ({"unit": "BARREL"}, ("unit", "unit-unknown", "error")),
        ({"partner": "QQ"}, ("partner", "country-unknown", "error")),
        ({"purpose": "K"}, ("purpose", "purpose-unknown", "error")),
        ({"source": "K"}, ("source", "source-unknown", "error")),
        ({"appendix": "IV"}, ("appendix", "appendix-unknown", "error")),
        ({"species": "Nonexistus fictus"}, ("species", "taxon-unknown", "error")),
        ({"appendix": "I"}, ("appendix", "appendix-not-of-taxon", "error")),
        ({"appendix": "N"}, ("appendix", "appendix-not-of-taxon", "error")),
        ({"term": "LIV", "unit": "LTR", "quantity": "2"}, ("unit", "term-unit", "warning")),
        ({"term": "LVS"}, ("term", "taxon-term", "error")),
        ({"origin": "QM"}, ("origin", "origin-is-exporter", "error")),
        ({"partner": "QM"}, ("partner", "exporter-is-importer", "error")),
        ({"source": "A"}, ("source", "source-not-of-kingdom", "error")),
        ({"export_permit": ""}, ("export_permit", "missing", "warning")),
    ],
)
def test_each_fault_is_found_in_its_column(change: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert expected in findings(replace(SKINS, **change))


def test_importer_and_exporter_change_places_in_the_import_report() -> None:
    assert ("origin", "origin-is-exporter", "error") in findings(replace(SKINS, origin="QZ"), part=Part.IMPORTS)


def test_findings_name_the_row_of_the_file() -> None:
    text = rows_to_csv([SKINS, replace(SKINS, quantity="none")], Part.EXPORTS)
    found = check_rows(rows_of(text), law(), part=Part.EXPORTS, party="QM")

    assert [(finding.row, finding.column) for finding in found] == [(3, "quantity")]


@pytest.mark.parametrize(
    "text", ["", "a,b,c\n1,2,3\n", "App.,App.,Species\n", "App.\0", "appendix,species_name\nI,x\n"]
)
def test_files_of_another_kind_are_refused(text: str) -> None:
    refusals = read_report(text)

    assert isinstance(refusals, tuple)
    assert refusals[0].reason.endswith(".")


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    read_report(text)
    report = read_report(",".join(EXPORT_COLUMNS) + "\n" + text)
    if isinstance(report, Report):
        check_rows(report.rows, law())
