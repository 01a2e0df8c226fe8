"""Declarations as a table: read from CSV files or made from consignments, with every cell that is needed checked."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import IO

from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting.columns import Columns
from wildgate.targeting.consignment import Consignment, Item

MOST_ROWS = 2_000_000
MOST_TEXT = 600_000_000
LONGEST_LINE = 1_000_000
LARGEST_AMOUNT = 1e18


@dataclass(frozen=True, slots=True)
class Declared:
    """Rows by column. `days` are ordinals, 0 where no date is known; `findings` None where nobody looked."""

    columns: Columns
    ids: list[str]
    days: list[int]
    findings: list[bool | None]
    texts: dict[str, list[str]]
    """By the short name of a key."""
    amounts: dict[str, list[float]]
    """By the short name of an amount; not a number where it is empty."""

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, places: Sequence[int]) -> Declared:
        """Some of the rows, in the order asked for."""
        return Declared(self.columns, [self.ids[i] for i in places], [self.days[i] for i in places],
                        [self.findings[i] for i in places],
                        {name: [cells[i] for i in places] for name, cells in self.texts.items()},
                        {name: [cells[i] for i in places] for name, cells in self.amounts.items()})

    def by_day(self) -> Declared:
        """The rows in the order of their days, those of one day in the order of the file."""
        return self.part(sorted(range(len(self)), key=self.days.__getitem__))

    def blind(self, places: Iterable[int]) -> Declared:
        """The same rows, with results only at these places: what was not inspected is not known."""
        seen = set(places)
        return Declared(self.columns, self.ids, self.days,
                        [found if place in seen else None for place, found in enumerate(self.findings)],
                        self.texts, self.amounts)


class _Unreadable(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def read(files: Sequence[Path], columns: Columns, *, results: bool) -> Declared | Refusal:
    """All rows of some CSV files (`.gz` too). With `results` dates and findings are read; a file without the result
    column has rows that nobody looked at."""
    table = Declared(columns, [], [], [], {name: [] for name in columns.keys}, {name: [] for name in columns.amounts})
    try:
        for file in files:
            with _open(file) as text:
                _read(file.name, csv.reader(_lines(file.name, text), strict=True), table, results)
    except _Unreadable as fault:
        return fault.refusal
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as fault:
        return refuse("file-unreadable", "%(file)s is no readable CSV file: %(fault)s.", file=file.name,
                      fault=str(fault)[:120])
    if not table.ids:
        return refuse("file-empty", "%(file)s holds no row.", file=", ".join(file.name for file in files))
    return table


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(file, "rb"), encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _lines(name: str, text: IO[str]) -> Iterator[str]:
    total = 0
    while line := text.readline(LONGEST_LINE + 1):
        total += len(line)
        if len(line) > LONGEST_LINE or total > MOST_TEXT:
            raise _Unreadable(refuse("file-too-large", "%(file)s is too large, or has a line of more than %(most)s "
                                     "characters.", file=name, most=LONGEST_LINE))
        yield line


def _read(name: str, rows: Iterator[list[str]], table: Declared, results: bool) -> None:
    columns = table.columns
    head = next(rows, [])
    place = {title.strip(): number for number, title in enumerate(head)}
    if missing := [title for title in columns.needed if title not in place]:
        raise _Unreadable(refuse("column-missing", "%(file)s has no column “%(column)s” (mapping %(name)s).", file=name,
                                 column=missing[0], name=columns.name,
                                 suggestions=tuple(get_close_matches(missing[0], list(place), n=2))))
    named = {*columns.needed, columns.date, columns.label.column if columns.label else ""} - {""}
    if twice := [title for title, count in Counter(title.strip() for title in head).items()
                 if count > 1 and title in named]:
        raise _Unreadable(refuse("column-twice", "%(file)s has the column “%(column)s” twice: leave the right one.",
                                 file=name, column=twice[0]))
    at_date = place.get(columns.date, -1) if results else -1
    at_label = place.get(columns.label.column, -1) if results and columns.label else -1
    at_beside = place.get(columns.label.beside, -1) if results and columns.label else -1
    texts = [(table.texts[short].append, place[title]) for short, title in columns.keys.items()]
    amounts = [(table.amounts[short].append, place[title], title) for short, title in columns.amounts.items()]
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != len(head) or len(table.ids) >= MOST_ROWS:
            raise _Unreadable(refuse(
                "row-length", "%(file)s, row %(row)s: %(found)s cells where the head has %(head)s, or more than "
                "%(most)s rows.", file=name, row=number, found=len(row), head=len(head), most=MOST_ROWS))
        table.ids.append(row[place[columns.id]].strip())
        for add, at in texts:
            add(row[at].strip().upper())
        for keep, at, title in amounts:
            keep(_amount(row[at], name, number, title))
        table.days.append(_day(row[at_date], name, number) if at_date >= 0 else 0)
        beside = row[at_beside] if at_beside >= 0 else ""
        table.findings.append(columns.label.read(row[at_label], beside) if at_label >= 0 and columns.label else None)


def _amount(text: str, file: str, row: int, column: str) -> float:
    if not text.strip():
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if not math.isfinite(number) or abs(number) > LARGEST_AMOUNT:
        raise _Unreadable(refuse("bad-amount", "%(file)s, row %(row)s, %(column)s: “%(found)s” is no number.",
                                 file=file, row=row, column=column, found=text[:40]))
    return max(number, 0.0)


def _day(text: str, file: str, row: int) -> int:
    try:
        return date.fromisoformat(text.strip()[:10]).toordinal()
    except ValueError:
        raise _Unreadable(refuse("bad-date", "%(file)s, row %(row)s: “%(found)s” is no date; write 2027-03-31.",
                                 file=file, row=row, found=text[:40])) from None


def from_rows(rows: Iterable[Mapping[str, str]], columns: Columns) -> Declared:
    """Rows that a program holds already; a column that a row lacks is empty."""
    table = Declared(columns, [], [], [], {name: [] for name in columns.keys}, {name: [] for name in columns.amounts})
    for row in rows:
        table.ids.append(row.get(columns.id, ""))
        for short, title in columns.keys.items():
            table.texts[short].append(row.get(title, "").strip().upper())
        for short, title in columns.amounts.items():
            try:
                number = float(row.get(title, "") or "nan")
            except ValueError:
                number = math.nan
            table.amounts[short].append(max(number, 0.0) if math.isfinite(number) else math.nan)
        day = row.get(columns.date, "")[:10]
        table.days.append(date.fromisoformat(day).toordinal() if day else 0)
        table.findings.append(columns.label.read(row.get(columns.label.column, ""), row.get(columns.label.beside, ""))
                              if columns.label else None)
    return table


def row_of(consignment: Consignment, item: Item) -> dict[str, str]:
    """One item as a row of the `wildgate` mapping, without a result."""
    def number(value: object) -> str:
        return "" if value is None else str(value)

    return {
        "id": f"{consignment.reference}/{item.number}", "date": consignment.lodged_at.date().isoformat(),
        "direction": consignment.direction, "post": consignment.post, "mode": consignment.mode,
        "departure": consignment.departure, "destination": consignment.destination,
        "exporter": consignment.exporter.identifier or consignment.exporter.name,
        "importer": consignment.importer.identifier or consignment.importer.name,
        "declarant": consignment.declarant.identifier or consignment.declarant.name,
        "taxon": item.taxon, "genus": item.taxon.split(" ")[0], "term": item.term, "source": item.source,
        "purpose": item.purpose, "origin": item.origin, "hs": item.hs, "quantity": number(item.quantity),
        "unit": item.unit, "net_mass": number(item.net_mass), "value": number(item.value), "currency": item.currency,
    }
