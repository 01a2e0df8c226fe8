"""A file of online listings (CSV or JSON lines, also .gz and .xz), read row by row; a bad row is named by its line.

Columns: `id`, `text` (or `title`), and where known `description`, `price`, `currency`, `location`, `date`.
"""

from __future__ import annotations

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
from pathlib import Path
from typing import IO, Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.screening.advert import Advert

MOST_ROWS: Final = 5_000_000
MOST_TEXT: Final = 4_000_000_000
LONGEST_LINE: Final = 1_000_000
MOST_COLUMNS: Final = 500
LARGEST_PRICE: Final = 1e12
JSON_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".json"})
UNREADABLE: Final = (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)
GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


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
            raise Stopped(refuse("column-missing", "%(file)s has no column “%(column)s”; it needs `id` and `text`, or "
                                                   "name "
                                 "the columns with --text.", file=file.name, column=column,
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
    """Every row of a CSV or JSON-lines file."""
    try:
        with _open(file) as text:
            kind = Path(file.stem).suffix if file.suffix in {".gz", ".xz"} else file.suffix
            for number, row in enumerate((_json if kind in JSON_ENDINGS else _csv)(file.name, text)):
                if number >= MOST_ROWS:
                    raise Stopped(refuse("too-many-rows", "%(file)s has more than %(most)s rows; split it.",
                                         file=file.name,
                                         most=MOST_ROWS))
                yield row
    except UNREADABLE as fault:
        raise Stopped(refuse("file-unreadable", "%(file)s cannot be read as a listing file: %(fault)s. Write it as "
                                                "CSV or "
                             "JSON lines in UTF-8.", file=file.name, fault=str(fault)[:120])) from fault


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(file, "rb"), encoding="utf-8-sig", newline="")
    if file.suffix == ".xz":
        return io.TextIOWrapper(lzma.open(file, "rb"), encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


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
    reader = csv.reader(_lines(name, text), strict=True)
    head = [title.strip() for title in next(reader, [])]
    if not head or len(head) > MOST_COLUMNS or len(set(head)) != len(head):
        raise Stopped(refuse("head-unreadable", "%(file)s does not begin with a row of different column names such as "
                             "id,text,description.", file=name))
    while True:
        line = reader.line_num + 1
        row = next(reader, None)
        if row is None:
            return
        if not row:
            continue
        if len(row) != len(head):
            yield BadRow(line, say("%(cells)s cells where the head has %(columns)s; put texts with commas in quotes.",
                                   cells=len(row), columns=len(head)))
        else:
            yield Row(line, dict(zip(head, row, strict=True)))


def _json(name: str, text: IO[str]) -> Iterator[Row | BadRow]:
    for line, content in enumerate(_lines(name, text), 1):
        if not content.strip():
            continue
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            yield BadRow(line, say("this is no JSON object on one line."))
            continue
        if isinstance(found, dict) and len(found) <= MOST_COLUMNS:
            yield Row(line, {str(name): _cell(value) for name, value in found.items()})
        else:
            yield BadRow(line, say("this is no JSON object with a field `text`."))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
