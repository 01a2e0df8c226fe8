"""Spreadsheets: the rows of a CSV or XLSX file, or its column of names, within limits, nothing of it ever run."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.parsing import open_xml

LARGEST = 20_000_000
MOST_NAMES = 100_000
MOST_PARTS = 500
HEADINGS = ("scientific name", "taxon", "species", "name", "full name", "fullname", "accepted name", "latin name",
            "nom scientifique", "espèce", "espece", "taxon name", "nombre científico", "nombre cientifico", "especie")
SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
CELL = re.compile(r"([A-Z]{1,3})\d+")


@dataclass(frozen=True, slots=True)
class Named:
    """A name as the spreadsheet has it and the row it stands in, the first row being 1."""

    row: int
    name: str


def read_names(data: bytes, file_name: str) -> list[Named] | Refusal:
    """The names of a CSV (comma, semicolon or tab; UTF-8 or Windows-1252) or XLSX file (its first sheet).

    The column is the one headed "scientific name", "taxon", "species" or alike; without such a heading the first one.
    """
    rows = read_rows(data, file_name)
    if isinstance(rows, Refusal):
        return rows
    column, headed = _column(rows)
    found = [Named(number, row[column].strip()) for number, row in rows
             if len(row) > column and row[column].strip()][1 if headed else 0:]
    if not found:
        return refuse("no-names", "%(name)s holds no names; put them in a column headed Scientific name.",
                      name=file_name)
    if len(found) > MOST_NAMES:
        return refuse("too-many", "%(name)s holds %(count)s names; at most %(limit)s are checked at once.",
                      name=file_name, count=len(found), limit=MOST_NAMES)
    return found


Rows = list[tuple[int, list[str]]]
"""Rows that hold something, each with its number in the file (the first is 1) and its cells as text."""


def read_rows(data: bytes, file_name: str) -> Rows | Refusal:
    """The rows of a CSV (comma, semicolon or tab; UTF-8 or Windows-1252) or XLSX file (its first sheet)."""
    if len(data) > LARGEST:
        return refuse("too-large", "%(name)s has more than %(limit)s MB; split it.", name=file_name,
                      limit=LARGEST // 1_000_000)
    return _xlsx(data, file_name) if data.startswith(b"PK") else _csv(data, file_name)


def _column(rows: Rows) -> tuple[int, bool]:
    """The place of the column of names, and whether the first row is its heading."""
    heads = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    return next(((heads.index(heading), True) for heading in HEADINGS if heading in heads), (0, False))


def _csv(data: bytes, file_name: str) -> Rows | Refusal:
    text = _decoded(data)
    if "\x00" in text:
        return refuse("not-a-spreadsheet", "%(name)s is neither CSV nor XLSX; save the spreadsheet as one of them.",
                      name=file_name)
    head = text[:text.find("\n") if "\n" in text else None]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1))
    except csv.Error as error:
        return refuse("broken-csv", "%(name)s is not whole CSV: %(why)s.", name=file_name, why=error)
    return [(number, row) for number, row in rows if row]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", errors="replace")


def _xlsx(data: bytes, file_name: str) -> Rows | Refusal:
    """The first sheet of a workbook. Formulas are not run: a cell gives the value that was saved with it."""
    broken = refuse("broken-xlsx", "%(name)s is not a whole XLSX workbook; save it again, or as CSV.", name=file_name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.namelist()
            sheets = sorted((int(found[1]), part) for part in parts if (found := SHEET.fullmatch(part)))
            if not sheets or len(parts) > MOST_PARTS:
                return broken
            strings = _part(book, "xl/sharedStrings.xml") if "xl/sharedStrings.xml" in parts else None
            sheet = _part(book, sheets[0][1])
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError,
            OSError, struct.error):  # a directory with places before the file, names in no alphabet, lengths cut off
        return broken
    if isinstance(strings, Refusal) or isinstance(sheet, Refusal):
        return refuse("broken-xlsx", "%(name)s cannot be read: %(why)s", name=file_name,
                      why=strings.reason if isinstance(strings, Refusal) else
                      sheet.reason if isinstance(sheet, Refusal) else "")
    for number, item in enumerate(sheet.iterfind("{*}sheetData/{*}row"), 1):
        if any(not cell.findtext("{*}v") and cell.get("t") != "str" for cell in item.iterfind("{*}c[{*}f]")):
            return refuse("no-values", "%(name)s holds formulas without values in row %(row)s: open it in a "
                          "spreadsheet program and save it, or save it as CSV.", name=file_name,
                          row=item.get("r", "") or number)
    shared = [_text(item) for item in strings.iterfind("{*}si")] if strings is not None else []
    return [row for row in (_row(place, item, shared) for place, item in
                            enumerate(sheet.iterfind("{*}sheetData/{*}row"), 1)) if row[1]]


def _part(book: zipfile.ZipFile, name: str) -> etree._Element | Refusal:
    """One XML part of the workbook, unpacked no further than is read."""
    with book.open(name) as part:
        return open_xml(part.read(LARGEST + 1))


def _row(place: int, item: etree._Element, shared: list[str]) -> tuple[int, list[str]]:
    number = item.get("r", "")
    cells: dict[int, str] = {}
    for cell in item.iterfind("{*}c"):
        at = CELL.fullmatch(cell.get("r", ""))
        cells[_letters(at[1]) if at else len(cells)] = _value(cell, shared)
    width = min(max(cells, default=-1) + 1, 1000)
    return int(number) if number.isdecimal() and len(number) < 8 else place, [cells.get(i, "") for i in range(width)]


def _value(cell: etree._Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_text(item) for item in cell.iterfind("{*}is"))
    value = cell.findtext("{*}v") or ""
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and len(value) < 9 and int(value) < len(shared) else ""
    return value


def _text(item: etree._Element) -> str:
    """The text of a string, its runs joined, without the reading aids of Japanese names."""
    return "".join(part.text or "" for part in item.iterfind(".//{*}t")
                   if etree.QName(part.getparent()).localname != "rPh")


def _letters(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number - 1
