"""A file of online listings (CSV, JSON lines, one JSON array; also .gz and .xz); a bad row is named by its line.

Columns: `id`, `text` (or `title`), and where known `description`, `price`, `currency`, `location`, `date`.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import lzma
import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.screening.advert import Advert

if TYPE_CHECKING:
    from _csv import Reader

MOST_ROWS: Final = 5_000_000
MOST_TEXT: Final = 4_000_000_000
LONGEST_LINE: Final = 1_000_000
LARGEST_ARRAY: Final = 10_000_000
"""Characters of one JSON array, which is read whole."""
MOST_COLUMNS: Final = 500
PIECE: Final = 65_536
LARGEST_PRICE: Final = 1e12
JSON_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".json"})
UNREADABLE: Final = (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)
GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
DECIMAL_COMMA: Final = re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}")
"""1.200,50 and 12,5, as much of the world writes a price; 1,250 is a thousand and more."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be judged, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its cells by column and where it stood."""

    line: int
    cells: Mapping[str, str]


class Stopped(Exception):
    """Nothing more of the file can be read."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def adverts(file: Path, *, text: Sequence[str] = ()) -> Iterator[Advert | BadRow]:
    """The listings of a file in its order. `text` names the columns with title and descriptions, if not the usual ones.

    Raises `Stopped` where the file itself cannot be read."""
    columns: tuple[str, ...] | None = None
    for row in rows(file):
        if isinstance(row, BadRow):
            yield row
            continue
        if columns is None:
            columns = text_columns(file, row.cells, text)
        yield advert_of(row, columns)


def text_columns(file: Path, cells: Mapping[str, str], asked: Sequence[str]) -> tuple[str, ...]:
    """The columns whose texts are judged: the title first."""
    chosen = tuple(asked) or tuple(filter(cells.__contains__, ("text" if "text" in cells else "title", "description")))
    for column in chosen or ("text",):
        if column not in cells or not chosen:
            raise Stopped(refuse("column-missing", "%(file)s has no column “%(column)s”: its first line must name `id` "
                                 "and `text`, or name the columns with --text.", file=file.name, column=column,
                                 suggestions=tuple(get_close_matches(column, list(cells), n=2))))
    return chosen


def advert_of(row: Row, columns: Sequence[str]) -> Advert | BadRow:
    cells = row.cells
    title, *more = (cells.get(column, "") for column in columns)
    if not title.strip() and not any(map(str.strip, more)):
        return BadRow(row.line, say("there is no text; write what the listing says into its text column."))
    price, on = _price(cells.get("price", "")), _day(cells.get("date", ""))
    if price is None:
        return BadRow(row.line, say("“%(cell)s” is no price; write a number such as 12.50, or leave it empty.",
                                    cell=cells["price"][:40]))
    if on is None:
        return BadRow(row.line, say("“%(cell)s” is no day; write it as 2026-03-01, or leave it empty.",
                                    cell=cells["date"][:40]))
    return Advert(cells.get("id", "").strip() or str(row.line), title, "\n".join(filter(None, more)),
                  None if math.isnan(price) else price, cells.get("currency", "").strip(),
                  cells.get("location", "").strip(), on if on != date.min else None, row.line)


def _price(text: str) -> float | None:
    """Not a number where there is none; None where it cannot be read."""
    text = text.strip()
    if not text:
        return math.nan
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= LARGEST_PRICE else None


def _day(text: str) -> date | None:
    """The first day of all where there is none; None where it cannot be read."""
    text = text.strip()
    if not text:
        return date.min
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def rows(file: Path) -> Iterator[Row | BadRow]:
    """Every row of a file. An array is told by its first sign, other JSON by the file's ending."""
    try:
        with _open(file) as text:
            kind = Path(file.stem).suffix if file.suffix in {".gz", ".xz"} else file.suffix
            form = _array if text.read(64).lstrip()[:1] == "[" else _json if kind in JSON_ENDINGS else _csv
            text.seek(0)
            for number, row in enumerate(form(file.name, text)):
                if number >= MOST_ROWS:
                    raise Stopped(refuse("too-many-rows", "%(file)s has more than %(most)s rows; split it.",
                                         file=file.name,
                                         most=MOST_ROWS))
                yield row
    except UnicodeDecodeError as fault:
        raise Stopped(refuse("file-not-utf-8", "%(file)s is no text in UTF-8 (line %(line)s); save the list as CSV or "
                             "JSON lines in UTF-8.", file=file.name, line=_undecodable(file))) from fault
    except UNREADABLE as fault:
        raise Stopped(refuse("file-unreadable", "%(file)s cannot be read as a listing file: %(fault)s. Write it as "
                                                "CSV or "
                             "JSON lines in UTF-8.", file=file.name, fault=str(fault)[:120])) from fault


def _undecodable(file: Path) -> int:
    """The first line that is no UTF-8: text is decoded far ahead of the row that is read."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with _open(file) as text:
        while piece := text.buffer.read(PIECE):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as fault:
                return line + bytes(fault.object)[:fault.start].count(b"\n")
            line += bytes(piece).count(b"\n")
    return line


def _open(file: Path) -> io.TextIOWrapper:
    if file.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(file, "rb"), encoding="utf-8-sig", newline="")
    if file.suffix == ".xz":
        return io.TextIOWrapper(lzma.open(file, "rb"), encoding="utf-8-sig", newline="")
    return io.TextIOWrapper(file.open("rb"), encoding="utf-8-sig", newline="")


def _lines(name: str, text: IO[str]) -> Iterator[str]:
    total = 0
    while line := text.readline(LONGEST_LINE + 1):
        total += len(line)
        if len(line) > LONGEST_LINE or total > MOST_TEXT:
            raise Stopped(refuse("file-too-large", "%(file)s is too large, or has a line of more than %(most)s "
                                                   "characters; "
                                 "split it.", file=name, most=LONGEST_LINE))
        yield line.replace("\0", "")


def _csv(name: str, text: IO[str]) -> Iterator[Row | BadRow]:
    csv.field_size_limit(LONGEST_LINE)
    lines = _lines(name, text)
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), strict=True, delimiter=_delimiter(first))
    found = _record(name, reader)
    head = [title.strip() for title in found] if isinstance(found, list) else []
    if not head or len(head) > MOST_COLUMNS or len(set(head)) != len(head):
        raise Stopped(refuse("head-unreadable", "%(file)s does not begin with a row of different column names such as "
                             "id,text,description.", file=name))
    while True:
        line = reader.line_num + 1
        row = _record(name, reader)
        if row is None:
            return
        if isinstance(row, BadRow):
            yield row
        elif not row:
            continue
        elif len(row) != len(head):
            yield BadRow(line, say("%(cells)s cells where the head has %(columns)s; put texts with commas in quotes.",
                                   cells=len(row), columns=len(head)))
        else:
            yield Row(line, dict(zip(head, row, strict=True)))


def _delimiter(head: str) -> str:
    """What stands between cells: spreadsheets of half the world write semicolons, and copied tables tabs."""
    return next((sign for sign in ",;\t" if sign in head), ",")


def _record(name: str, reader: Reader) -> list[str] | BadRow | None:
    """The next record. A quote in the wrong place spoils its row; one that nothing closes, the rest of the file."""
    line = reader.line_num + 1
    try:
        return next(reader, None)
    except csv.Error as fault:
        if reader.line_num > line or "end of data" in str(fault):
            raise Stopped(refuse("quote-open", "%(file)s cannot be read as a listing file from line %(line)s on: a "
                                 "quote opens there and is not closed. Write a quote within a text twice.", file=name,
                                 line=line)) from fault
        return BadRow(line, say("a quote stands where none can; put the whole text in quotes, and write a quote within "
                                "it twice."))


def _json(name: str, text: IO[str]) -> Iterator[Row | BadRow]:
    for line, content in enumerate(_lines(name, text), 1):
        if not content.strip():
            continue
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            yield BadRow(line, say("this is no JSON object on one line."))
            continue
        yield _object(line, found)


def _array(name: str, text: IO[str]) -> Iterator[Row | BadRow]:
    """The objects of one array; their number stands for the line."""
    content = text.read(LARGEST_ARRAY + 1)
    if len(content) > LARGEST_ARRAY:
        raise Stopped(refuse("array-too-large", "%(file)s is one JSON array of more than %(most)s MB; write one object "
                             "on each line.", file=name, most=LARGEST_ARRAY // 1_000_000, field="file"))
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise Stopped(refuse("json-unreadable", "%(file)s is no JSON that can be read (line %(line)s).", file=name,
                             line=getattr(fault, "lineno", 1), field="file")) from None
    yield from (_object(number, each) for number, each in enumerate(found, 1))


def _object(line: int, found: Any) -> Row | BadRow:
    if isinstance(found, dict) and len(found) <= MOST_COLUMNS:
        return Row(line, {_cell(name): _cell(value) for name, value in found.items()})
    return BadRow(line, say("this is no JSON object with a field `text`."))


def _cell(value: Any) -> str:
    """A value as text. Half of a sign, as a title that was cut off ends with, is shown as one that cannot be read."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "")
