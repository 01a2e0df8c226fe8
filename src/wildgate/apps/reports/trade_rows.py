"""Rows of the CITES Trade Database, read from a download: one row a shipment, or the comparative tabulation.

A file is read once, line by line, within limits; what concerns one Party and year is kept. Cells stay text here.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

from django.utils.translation import gettext_noop

from wildgate.convention.agreement import Record
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_row import Part

if TYPE_CHECKING:
    from _csv import Reader

T = TypeVar("T")
LONGEST_LINE: Final = 100_000
MOST_LINES: Final = 40_000_000
TOO_LONG: Final = gettext_noop("Line %(line)s: it is longer than %(most)s bytes.")
TOO_MANY: Final = gettext_noop("Line %(line)s: the file has more than %(most)s lines.")
NOT_TEXT: Final = gettext_noop("Line %(line)s: it is not UTF-8 text.")
"""The whole Trade Database held some 24 million rows in 2020."""
MOST_KEPT: Final = 500_000
_BLANK: Final = frozenset({"", "NA"})
_TABULATION: Final = ("importer reported quantity", "exporter reported quantity")
_NEEDED: Final = ("year", "appendix", "taxon", "term", "unit", "importer", "exporter", "origin", "purpose", "source")
_SPELLINGS: Final = {
    "app.": "appendix",
    "app": "appendix",
    "reporter.type": "reporter",
    "reporter_type": "reporter",
    "reporter type": "reporter",
}


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One reported shipment as text. `line` is its line in the file; `part` says which of the two sides reported it."""

    line: int
    id: str
    part: Part
    appendix: str
    taxon: str
    term: str
    quantity: str
    unit: str
    importer: str
    exporter: str
    origin: str
    purpose: str
    source: str
    origin_unclear: bool = False
    """The file writes NA both for a blank and for Namibia, so this origin could be either."""

    @property
    def number(self) -> str:
        """The number by which the foreign paper of this shipment goes here: downloads carry no permit numbers."""
        return f"TDB-{self.id or self.line}"


def select(path: Path, *, party: str, year: int) -> list[TradeRow] | Refusal:
    """The rows that `party` reported for `year`, in the order of the file, or why the file cannot be read."""
    return _read(path, lambda reader: _selected(reader, party, str(year)))


def records(path: Path, years: range) -> Counter[Record] | Refusal:
    """What the rows of these years say of a taxon's Appendix, each with the number of rows that say it."""
    return _read(path, lambda reader: _recorded(reader, frozenset(map(str, years))))


def _read(path: Path, take: Callable[[Reader], T | Refusal]) -> T | Refusal:
    lines = _Lines(path)
    try:
        return take(csv.reader(lines))
    except _UnfitError as unfit:
        return refuse("unreadable", unfit.template, line=unfit.line, most=unfit.most)
    except csv.Error as error:
        return refuse("not-csv", "Line %(line)s cannot be read as CSV: %(error)s.", line=lines.number, error=error)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        told = "The file cannot be unpacked: it is cut off or damaged after line %(line)s."
        return refuse("not-unpacked", told, line=lines.number)


def _selected(reader: Reader, party: str, year: str) -> list[TradeRow] | Refusal:
    columns = _columns(next(reader, []))
    if isinstance(columns, Refusal):
        return columns
    kept: list[TradeRow] = []
    width, when = len(columns), _place(columns, "year")
    for cells in reader:
        if not cells:
            continue
        if len(cells) != width:
            told = "Line %(line)s has %(cells)s cells but the heading has %(columns)s."
            return refuse("row-width", told, line=reader.line_num, cells=len(cells), columns=width)
        if cells[when] != year:
            continue
        kept.extend(_rows(dict(zip(columns, cells, strict=True)), reader.line_num, party))
        if len(kept) > MOST_KEPT:
            told = "More than %(most)s rows concern %(party)s in %(year)s; split the file."
            return refuse("too-many-rows", told, most=MOST_KEPT, party=party, year=year)
    return kept


def _recorded(reader: Reader, years: frozenset[str]) -> Counter[Record] | Refusal:
    columns = _columns(next(reader, []))
    if isinstance(columns, Refusal):
        return columns
    width, when = len(columns), _place(columns, "year")
    said: Counter[tuple[str, ...]] = Counter()
    for cells in reader:
        if len(cells) == width and cells[when] in years:
            row = dict(zip(columns, cells, strict=True))
            country = row["exporter"] if _origin_unclear(row) else row["origin"] or row["exporter"]
            said[row["taxon"], row["year"], row["appendix"], country, row["term"], row["purpose"], row["source"]] += 1
    found: Counter[Record] = Counter()
    for (taxon, year, *rest), rows in said.items():
        appendix, country, term, purpose, source = map(str.strip, rest)
        found[Record(taxon.strip(), int(year), appendix, country, term, purpose, source)] += rows
    return found


def _place(columns: list[str], name: str) -> int:
    """Of two columns of the same name the last one counts."""
    return len(columns) - 1 - columns[::-1].index(name)


def _origin_unclear(row: Mapping[str, str]) -> bool:
    """Does the file write NA for a blank, so that this NA need not be Namibia?"""
    return row["origin"] == "NA" and "NA" in (row["unit"], row["purpose"], row["source"], row.get("class"))


def _rows(row: Mapping[str, str], line: int, party: str) -> Iterator[TradeRow]:
    """The reports of `party` in this row: a shipment has one reporter, a tabulation up to two quantities."""
    reporter = row.get("reporter")
    if reporter is not None:
        exports, imports = row["quantity"] if reporter == "E" else "", row["quantity"] if reporter == "I" else ""
    else:
        imports, exports = (row[name] for name in _TABULATION)
    if row["exporter"] == party and exports not in _BLANK:
        yield _row(row, line, Part.EXPORTS, exports)
    if row["importer"] == party and imports not in _BLANK:
        yield _row(row, line, Part.IMPORTS, imports)


def _row(row: Mapping[str, str], line: int, part: Part, amount: str) -> TradeRow:
    def cell(name: str) -> str:
        text = row.get(name, "").strip()
        return "" if text == "NA" else text

    return TradeRow(
        line,
        cell("id"),
        part,
        cell("appendix"),
        cell("taxon"),
        cell("term"),
        amount.strip(),
        cell("unit"),
        row["importer"].strip(),
        row["exporter"].strip(),
        row["origin"].strip(),
        cell("purpose"),
        cell("source"),
        _origin_unclear(row),
    )


def _columns(headings: list[str]) -> list[str] | Refusal:
    columns = [_SPELLINGS.get(name.strip().lower(), name.strip().lower()) for name in headings]
    by_reporter = "reporter" in columns and "quantity" in columns
    if missing := [name for name in _NEEDED if name not in columns]:
        return refuse(
            "columns-missing",
            "The heading lacks %(missing)s: give a Trade Database download, one row a shipment or the "
            "comparative tabulation.",
            missing=", ".join(missing),
        )
    if not by_reporter and not all(name in columns for name in _TABULATION):
        return refuse(
            "columns-missing",
            "The heading has neither quantity and reporter type nor the quantities that importer and "
            "exporter reported.",
        )
    return columns


class _UnfitError(ValueError):
    """A line that is no text of a table."""

    def __init__(self, line: int, template: str, most: int = 0) -> None:
        super().__init__(template)
        self.line, self.template, self.most = line, template, most


class _Lines:
    """The lines of a plain, gzip or xz file as text, each within its limit."""

    def __init__(self, path: Path) -> None:
        self.number = 0
        self._lines = self._read(path)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read(self, path: Path) -> Iterator[str]:
        with _opened(path) as file:
            while data := file.readline(LONGEST_LINE + 1):
                self.number += 1
                if len(data) > LONGEST_LINE:
                    raise _UnfitError(self.number, TOO_LONG, most=LONGEST_LINE)
                if self.number > MOST_LINES:
                    raise _UnfitError(self.number, TOO_MANY, most=MOST_LINES)
                try:
                    yield data.decode("utf-8-sig" if self.number == 1 else "utf-8")
                except UnicodeDecodeError:
                    raise _UnfitError(self.number, NOT_TEXT) from None


def _opened(path: Path) -> BinaryIO:
    """Told by the first bytes, not by the name. Buffered, since neither module gives lines quickly."""
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return io.BufferedReader(cast(io.RawIOBase, gzip.open(path)), 1 << 16)
    if start.startswith(b"\xfd7zXZ"):
        return io.BufferedReader(cast(io.RawIOBase, lzma.open(path)), 1 << 16)
    return path.open("rb")
