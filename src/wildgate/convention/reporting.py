"""Rows of the annual report (Art. VIII.7(a)): written and read in the layouts that the Trade Database takes.

Layouts: "by permit" for exports and imports (CITES annual report upload site, samples of the 2011 Guidelines) and
the Trade Database's own columns. Checks of rows are in `report_checks.py`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_checks import ReportFinding, Severity, check_rows
from wildgate.convention.report_row import Part, ReportRow

__all__ = [
    "EXPORTER_UPLOAD_COLUMNS",
    "EXPORT_COLUMNS",
    "IMPORT_COLUMNS",
    "UPLOAD_COLUMNS",
    "Part",
    "Report",
    "ReportFinding",
    "ReportRow",
    "Severity",
    "check_rows",
    "read_report",
    "rows_to_csv",
    "rows_to_upload",
]

EXPORT_COLUMNS = (
    "App.",
    "Species",
    "Description of specimen",
    "Term Code",
    "Quantity",
    "Unit",
    "Country of destination",
    "Number of export permit or re-export certificate",
    "Country of origin of re-exports",
    "Number of country of origin permit",
    "Purpose",
    "Source",
    "Year",
    "Remarks",
)
IMPORT_COLUMNS = (
    "App.",
    "Species",
    "Description of specimen",
    "Term code",
    "Quantity",
    "Unit",
    "Country of export or re-export",
    "Number of export permit or re-export certificate",
    "Country of origin of re-exports",
    "Number of country of origin permit",
    "Number of import permit",
    "Purpose",
    "Source",
    "Year",
    "Remarks",
)
UPLOAD_COLUMNS = (
    "appendix",
    "species_name",
    "term_code",
    "quantity",
    "unit_code",
    "trading_partner",
    "country_of_origin",
    "import_permit",
    "export_permit",
    "origin_permit",
    "ifs_permit",
    "purpose_code",
    "source_code",
    "year",
)
EXPORTER_UPLOAD_COLUMNS = tuple(name for name in UPLOAD_COLUMNS if name != "import_permit")
LARGEST_FILE = 100_000_000
MOST_ROWS = 1_000_000
LONGEST_CELL = 2_000
NO_NUMBER = "-"

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIELDS = {
    "app": "appendix",
    "appendix": "appendix",
    "species": "species",
    "speciesname": "species",
    "scientificname": "species",
    "descriptionofspecimen": "description",
    "description": "description",
    "termcode": "term",
    "quantity": "quantity",
    "unit": "unit",
    "unitcode": "unit",
    "countryofdestination": "partner",
    "countryofexportorreexport": "partner",
    "tradingpartner": "partner",
    "tradingpartnerid": "partner",
    "numberofexportpermitorreexportcertificate": "export_permit",
    "numberofexportpermitorreexportcerificate": "export_permit",
    "exportpermit": "export_permit",
    "exportpermitid": "export_permit",
    "countryoforiginofreexports": "origin",
    "countryoforigin": "origin",
    "origincountryid": "origin",
    "numberofcountryoforiginpermit": "origin_permit",
    "originpermit": "origin_permit",
    "originpermitid": "origin_permit",
    "numberofimportpermit": "import_permit",
    "importpermit": "import_permit",
    "importpermitid": "import_permit",
    "ifspermit": "ifs_permit",
    "purpose": "purpose",
    "purposecode": "purpose",
    "source": "source",
    "sourcecode": "source",
    "year": "year",
    "remarks": "remarks",
}
_NEEDED = ("appendix", "species", "term", "quantity", "partner", "year")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read: its part (None where the layout does not tell) and its rows."""

    part: Part | None
    rows: tuple[ReportRow, ...]


def rows_to_csv(rows: Iterable[ReportRow], part: Part) -> str:
    """The rows in the "by permit" layout of `part`: comma separated, one heading line, CRLF line ends (RFC 4180)."""
    columns = EXPORT_COLUMNS if part is Part.EXPORTS else IMPORT_COLUMNS
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(getattr(row, _FIELDS[_key(column)])) for column in columns])
    return out.getvalue()


def rows_to_upload(rows: Iterable[ReportRow], part: Part) -> str:
    """The rows in the Trade Database's upload layout; the exporter's file has no column of import permits."""
    columns = EXPORTER_UPLOAD_COLUMNS if part is Part.EXPORTS else UPLOAD_COLUMNS
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(getattr(row, _FIELDS[_key(column)])) for column in columns])
    return out.getvalue()


def read_report(text: str) -> Report | tuple[Refusal, ...]:
    """Read a report in any of the layouts, told apart by its headings. Codes are trimmed and upper-cased."""
    if len(text) > LARGEST_FILE:
        return (refuse("file-too-large", "The file is larger than %(most)s characters.", most=LARGEST_FILE),)
    if "\0" in text:
        return (refuse("not-csv", "The file holds binary data: save the table as CSV in UTF-8."),)
    try:
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text))
        headings = next(reader, None)
        if headings is None:
            return (refuse("file-empty", "The file is empty: the first line holds the headings."),)
        columns = [_FIELDS.get(_key(heading), "") for heading in headings]
        faults = _heading_faults(columns)
        return faults or _read_rows(reader, columns, headings)
    except csv.Error as error:
        return (refuse("not-csv", "The file cannot be read as CSV: %(error)s.", error=error),)


def _heading_faults(columns: list[str]) -> tuple[Refusal, ...]:
    missing = [name for name in _NEEDED if name not in columns and name != "year"]
    if missing:
        return (
            refuse(
                "columns-missing",
                "The headings lack %(missing)s: use the layout of the annual report, one row per permit line.",
                missing=", ".join(missing),
            ),
        )
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        return (refuse("columns-twice", "The heading for %(twice)s stands twice.", twice=", ".join(sorted(twice))),)
    return ()


def _read_rows(reader: Iterable[list[str]], columns: list[str], headings: list[str]) -> Report | tuple[Refusal, ...]:
    rows: list[ReportRow] = []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MOST_ROWS:
            return (refuse("rows-too-many", "The file has more than %(most)s rows.", most=MOST_ROWS),)
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            return (
                refuse(
                    "row-too-wide",
                    "Row %(row)s has more cells than there are headings.",
                    field=f"row {number}",
                    row=number,
                ),
            )
        values = {name: _clean(name, cell) for name, cell in zip(columns, cells, strict=False) if name}
        rows.append(_report_row(values, number))
    return Report(_part(columns, headings), tuple(rows))


def _report_row(values: Mapping[str, str], number: int) -> ReportRow:
    def cell(name: str) -> str:
        return values.get(name, "")

    return ReportRow(
        appendix=cell("appendix"),
        species=cell("species"),
        term=cell("term"),
        quantity=cell("quantity"),
        unit=cell("unit"),
        partner=cell("partner"),
        year=cell("year"),
        purpose=cell("purpose"),
        source=cell("source"),
        origin=cell("origin"),
        export_permit=cell("export_permit"),
        import_permit=cell("import_permit"),
        origin_permit=cell("origin_permit"),
        ifs_permit=cell("ifs_permit"),
        description=cell("description"),
        remarks=cell("remarks"),
        number=number,
    )


def _part(columns: list[str], headings: list[str]) -> Part | None:
    keys = {_key(heading) for heading in headings}
    if "countryofdestination" in keys:
        return Part.EXPORTS
    if "countryofexportorreexport" in keys or "import_permit" in columns:
        return Part.IMPORTS
    return Part.EXPORTS if "export_permit" in columns else None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count) if first else ","


def _key(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


_UPPER = {"appendix", "term", "unit", "partner", "origin", "purpose", "source"}
_NUMERALS = {"1": "I", "2": "II", "3": "III"}


def _clean(name: str, cell: str) -> str:
    text = cell.strip()[:LONGEST_CELL]
    if text.startswith("'") and text[1:2] in _FORMULA:
        text = text[1:]
    if name in _UPPER:
        text = text.upper()
    return _NUMERALS.get(text, text) if name == "appendix" else text


def _cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe leads it. A lone "-" is a missing number."""
    if value.startswith(_FORMULA) and value != NO_NUMBER and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "'" + value
    return value
