"""The annual report (Art. VIII.7(a)) as a file: written and read in the layouts that the Trade Database takes.

The layouts themselves stand in `report_layouts.py`, the checks of rows in `report_checks.py`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_checks import ReportFinding, Severity, check_each, check_rows
from wildgate.convention.report_layouts import (
    EXPORT_COLUMNS,
    EXPORTER_UPLOAD_COLUMNS,
    FIELDS,
    IMPORT_COLUMNS,
    UPLOAD_COLUMNS,
    Layout,
    key,
    write,
)
from wildgate.convention.report_row import Basis, Part, ReportRow

__all__ = [
    "EXPORTER_UPLOAD_COLUMNS", "EXPORT_COLUMNS", "IMPORT_COLUMNS", "UPLOAD_COLUMNS", "Basis", "Layout", "Part",
    "Report", "ReportFinding", "ReportRow", "Severity", "check_each", "check_rows", "read_report", "read_table",
    "rows_to_csv", "rows_to_upload",
]

LARGEST_FILE = 100_000_000
MOST_ROWS = 1_000_000
LONGEST_CELL = 2_000

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NEEDED = ("appendix", "species", "term", "quantity", "partner")
_UPPER = {"appendix", "term", "unit", "partner", "origin", "purpose", "source"}
_NUMERALS = {"1": "I", "2": "II", "3": "III"}
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read: its part (None where the layout does not tell), its rows, and the columns that it has."""

    part: Part | None
    rows: tuple[ReportRow, ...]
    columns: frozenset[str] = frozenset()
    layout: Layout = Layout.PERMIT


def rows_to_csv(rows: Iterable[ReportRow], part: Part, layout: Layout = Layout.PERMIT) -> str:
    """The rows in a layout of `part`: comma separated, one heading line, CRLF line ends (RFC 4180)."""
    out = io.StringIO()
    write(out, rows, part, layout)
    return out.getvalue()


def rows_to_upload(rows: Iterable[ReportRow], part: Part) -> str:
    """The rows in the Trade Database's upload layout; the exporter's file has no column of import permits."""
    return rows_to_csv(rows, part, Layout.UPLOAD)


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
        return _read(headings, enumerate(reader, start=2))
    except csv.Error as error:
        return (refuse("not-csv", "The file cannot be read as CSV: %(error)s.", error=error),)


def read_table(rows: Sequence[tuple[int, list[str]]]) -> Report | tuple[Refusal, ...]:
    """Read a report from the rows of a spreadsheet, each with its number; the first holds the headings."""
    if not rows:
        return (refuse("file-empty", "The sheet is empty: the first row holds the headings."),)
    return _read(rows[0][1], rows[1:])


def _read(headings: list[str], rows: Iterable[tuple[int, list[str]]]) -> Report | tuple[Refusal, ...]:
    columns = [FIELDS.get(key(heading), "") for heading in headings]
    return _heading_faults(columns) or _read_rows(rows, columns, headings)


def _heading_faults(columns: list[str]) -> tuple[Refusal, ...]:
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        return (refuse("columns-missing", "The headings lack %(missing)s: use the layout of the annual report, one "
                       "row per permit line.", missing=", ".join(missing)),)
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        return (refuse("columns-twice", "The heading for %(twice)s stands twice.", twice=", ".join(sorted(twice))),)
    return ()


def _read_rows(found: Iterable[tuple[int, list[str]]], columns: list[str],
               headings: list[str]) -> Report | tuple[Refusal, ...]:
    rows: list[ReportRow] = []
    for number, cells in found:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MOST_ROWS:
            return (refuse("rows-too-many", "The file has more than %(most)s rows.", most=MOST_ROWS),)
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns):]):
            return (refuse("row-too-wide", "Row %(row)s has more cells than there are headings.",
                           field=f"row {number}", row=number),)
        values = {name: _clean(name, cell) for name, cell in zip(columns, cells, strict=False) if name}
        rows.append(_report_row(values, number))
    names = frozenset(name for name in columns if name)
    return Report(_part(columns, headings), tuple(rows), names, _layout(names, headings))


def _report_row(values: Mapping[str, str], number: int) -> ReportRow:
    needed = {name: values.get(name, "") for name in (*_NEEDED, "unit", "year")}
    return ReportRow(**{**needed, **values}, number=number)


def _part(columns: list[str], headings: list[str]) -> Part | None:
    keys = {key(heading) for heading in headings}
    if "countryofdestination" in keys:
        return Part.EXPORTS
    if "countryofexportorreexport" in keys or "import_permit" in columns:
        return Part.IMPORTS
    return Part.EXPORTS if "export_permit" in columns else None


def _layout(names: frozenset[str], headings: list[str]) -> Layout:
    if "export_permit" not in names and "import_permit" not in names:
        return Layout.SUMMARY
    keys = {key(heading) for heading in headings}
    return Layout.UPLOAD if keys & {"tradingpartner", "tradingpartnerid"} else Layout.PERMIT


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(_SEPARATORS, key=first.count) if first else ","


def _clean(name: str, cell: str) -> str:
    text = cell.strip()[:LONGEST_CELL]
    if text.startswith("'") and text[1:2] in _FORMULA:
        text = text[1:]
    if name in _UPPER:
        text = text.upper()
    return _NUMERALS.get(text, text) if name == "appendix" else text
