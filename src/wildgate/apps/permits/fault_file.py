"""The file that somebody sent, given back with one more column that says what is wrong in each line.

Same format, same order of lines, nothing left out: it is put right in the spreadsheet it came from and sent again.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from wildgate.apps.species.spreadsheet import read_rows
from wildgate.convention.refusal import Refusal

CSV, XLSX = "csv", "xlsx"
TYPES: Final = {CSV: "text/csv; charset=utf-8",
                XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
HEADINGS: Final = ("stock", "taxon", "term", "quantity", "unit", "source", "origin", "origin permit",
                   "origin permit date", "description", "marks")
FAULT: Final = "fault"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def ending_of(data: bytes) -> str:
    """Which of the two formats the bytes are."""
    return XLSX if data.startswith(b"PK") else CSV


def with_faults(data: bytes, file_name: str, faults: Mapping[int, Sequence[str]]) -> bytes:
    """The file with a column of faults behind the others; `faults` are sentences by number of line."""
    rows = read_rows(data, file_name)
    if isinstance(rows, Refusal):
        raise ValueError("only a file that could be read is given back")
    width = max(len(cells) for _, cells in rows)
    old = next((place for place, cell in enumerate(rows[0][1]) if cell.strip().casefold() == FAULT), width)
    by_number = dict(rows)
    told = []
    for number in range(1, max(by_number) + 1):
        cells = [*by_number.get(number, []), *[""] * width][:max(width, old + 1)]
        cells[old:old + 1] = [FAULT if number == 1 else _plain(" ".join(faults.get(number, ())))]
        told.append(cells)
    return xlsx(told) if ending_of(data) == XLSX else _csv(told, _delimiter(data))


def empty(ending: str) -> bytes:
    """A file to start from: the headings that are read."""
    return xlsx([list(HEADINGS)]) if ending == XLSX else _csv([list(HEADINGS)], ",")


def _plain(text: str) -> str:
    """Our own words never begin like a formula."""
    return f" {text}" if text.startswith(FORMULA) else text


def _delimiter(data: bytes) -> str:
    head = data.partition(b"\n")[0]
    return max(",;\t", key=lambda sign: head.count(sign.encode()))


def _csv(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet of texts."""
    sheet = "".join(f'<row r="{number}">' + "".join(
        f'<c r="{_letters(place)}{number}" t="inlineStr">{_cell(text)}</c>' for place, text in enumerate(cells) if text)
        + "</row>" for number, cells in enumerate(rows, 1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _parts(sheet):
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return out.getvalue()


def _parts(sheet: str) -> Iterable[tuple[str, str]]:
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield "[Content_Types].xml", (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>')
    yield "_rels/.rels", (f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
                          f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    yield "xl/_rels/workbook.xml.rels", (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATIONS}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>')
    yield "xl/workbook.xml", (f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="Lines" '
                              'sheetId="1" r:id="rId1"/></sheets></workbook>')
    yield "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>'


def _cell(text: str) -> str:
    return f'<is><t xml:space="preserve">{escape(_printable(text))}</t></is>'


def _letters(place: int) -> str:
    """The letters of a column: A to Z, AA ..."""
    first, second = divmod(place, 26)
    return (_letters(first - 1) if first else "") + chr(65 + second)


def _printable(text: str) -> str:
    """Without the signs that XML cannot carry."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")
