"""Stock in a spreadsheet: rows under headings in anybody's order, each fault with its line and its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wildgate.apps.species import figures
from wildgate.apps.species.spreadsheet import read_rows
from wildgate.convention.permit import plain
from wildgate.convention.quantity import parse_quantity, spelt
from wildgate.convention.refusal import Refusal, refuse

MOST_ROWS = 20_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation", "organization", "holder", "firm", "company"),
    "stock": ("stock", "stock entry", "stock number", "entry"),
    "taxon": ("taxon", "species", "scientific name", "name"),
    "term": ("term", "term code", "description of specimen", "code"),
    "quantity": ("quantity", "amount", "number", "qty"),
    "unit": ("unit", "unit code"),
    "source": ("source", "source code"),
    "second_source": ("second source", "second_source"),
    "origin": ("origin", "country of origin", "origin country"),
    "origin_permit": ("origin permit", "origin_permit", "import permit", "permit of origin", "permit no",
                      "number of country of origin permit"),
    "origin_permit_date": ("origin permit date", "origin_permit_date", "permit date", "import permit date"),
    "last_country": ("last country", "last_country", "country of last re-export"),
    "last_permit": ("last permit", "last_permit", "certificate of last re-export"),
    "last_permit_date": ("last permit date", "last_permit_date"),
    "acquired": ("acquired", "date of acquisition", "acquired on"),
    "operation": ("operation", "registered operation"),
    "reference": ("reference", "document", "note"),
    "description": ("description", "remarks"),
    "marks": ("marks", "tags"),
}
"""Headings by field, in lower case."""
DATES = frozenset({"origin_permit_date", "last_permit_date", "acquired"})
FIRST_DAY, LAST_DAY = 20_000, 80_000
EPOCH = date(1899, 12, 30)
"""Workbooks count days from here; 20 000 to 80 000 are 1954 to 2119."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number, and its text by field."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line and under which heading of the file; `column` is empty for the line as a whole."""

    line: int
    column: str
    refusal: Refusal

    @property
    def reason(self) -> str:
        return self.refusal.reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that could be read. `headings` says how the file calls each field."""

    rows: Sequence[Row]
    headings: Mapping[str, str]

    def fault(self, row: int, refusal: Refusal, field: str = "") -> Fault:
        """A refusal at its place; `field` stands in where the refusal names none."""
        name = (refusal.field or field).rpartition(".")[2]
        return Fault(row, self.headings.get(name, name.replace("_", " ")), refusal)


def read(data: bytes, file_name: str, *, needed: Sequence[str]) -> Sheet | Refusal:
    """The rows under known headings; unknown columns are left alone."""
    if not data.strip():
        return refuse("empty", "%(name)s is empty.", name=file_name)
    rows = read_rows(data, file_name)
    if isinstance(rows, Refusal):
        return rows
    head = rows[0][1] if rows else []
    places = _places(head)
    missing = [name for name in needed if name not in places]
    if missing:
        return refuse("columns-missing", "%(name)s has no column %(columns)s; the first line holds the headings.",
                      name=file_name, columns=", ".join(name.replace("_", " ") for name in missing))
    if len(rows) - 1 > MOST_ROWS:
        return refuse("too-many", "%(name)s holds %(count)s lines; at most %(limit)s are read at once.",
                      name=file_name, count=len(rows) - 1, limit=MOST_ROWS)
    found = [Row(number, {name: _text(name, cells[place]) for name, place in places.items() if place < len(cells)})
             for number, cells in rows[1:] if any(cell.strip() for cell in cells)]
    if not found:
        return refuse("no-rows", "%(name)s holds no lines below its headings.", name=file_name)
    return Sheet(found, {name: head[place].strip() for name, place in places.items()})


def _places(head: Sequence[str]) -> dict[str, int]:
    """The place of each field; the first column that bears one of its headings counts."""
    told = [cell.strip().casefold() for cell in head]
    return {name: min(told.index(each) for each in words if each in told)
            for name, words in COLUMNS.items() if any(each in told for each in words)}


def _text(name: str, cell: str) -> str:
    """The cell as typed; days that a workbook keeps as a number become dates, whole numbers lose an idle `.0`."""
    text = cell.strip()
    if name in DATES and text.partition(".")[0].isdigit() and FIRST_DAY <= int(text.partition(".")[0]) <= LAST_DAY:
        return (EPOCH + timedelta(days=int(text.partition(".")[0]))).isoformat()
    if name in DATES:
        return figures.day(text)
    if name != "quantity":
        return text
    written = parse_quantity(text)  # a workbook's own number: its point is for decimals
    return figures.number(text) if isinstance(written, Refusal) else spelt(*plain(written).split("."))
