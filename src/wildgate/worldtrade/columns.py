"""What a file of trade rows is: its columns, its kind, what sets its cells apart, and whether NA means blank in it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from wildgate.convention.refusal import Refusal, refuse
from wildgate.worldtrade.words import room_table

MOST_COLUMNS = 80
LONGEST_LINE = 100_000
TRIED_ROWS = 20_000
DELIMITERS = (",", ";", "\t")
SHIPMENTS, TABULATION, OWN = "shipments", "tabulation", "own"
_NEEDED = ("year", "taxon", "term", "importer", "exporter")
_NEVER_NA = ("appendix", "class", "order", "family", "genus", "unit", "purpose", "source", "id", "term")
_GAPS = re.compile(r"[\s._\-]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of one file. `columns` names each cell in order; "" is a column that is not used."""

    kind: str
    columns: tuple[str, ...]
    delimiter: str
    na_is_blank: bool = False

    def place(self, column: str) -> int | None:
        return self.columns.index(column) if column in self.columns else None


def column_of(heading: str) -> str:
    """What a heading stands for; empty when it is none of ours."""
    return _headings().get(_GAPS.sub(" ", heading.strip().strip("\ufeff").casefold()).strip(), "")


def layout_of_headings(headings: list[str], delimiter: str = ",") -> Layout | Refusal:
    """The layout that these headings tell, or which column is missing."""
    if len(headings) > MOST_COLUMNS:
        return refuse("too-many-columns", "The heading has %(found)s columns; a download has at most %(most)s.",
                      found=len(headings), most=MOST_COLUMNS)
    columns: list[str] = []
    for heading in headings:
        column = column_of(heading)
        columns.append("" if column in columns else column)
    if missing := [name for name in _NEEDED if name not in columns]:
        return refuse("columns-missing", "The heading lacks %(missing)s: give a Trade Database download, one row a "
                      "shipment or the comparative tabulation.", missing=", ".join(missing))
    if "import_quantity" in columns and "export_quantity" in columns:
        return Layout(TABULATION, tuple(columns), delimiter)
    if "quantity" in columns and "reporter" in columns:
        return Layout(SHIPMENTS, tuple(columns), delimiter)
    return refuse("columns-missing", "The heading has neither quantity and reporter type nor the quantities that "
                  "importer and exporter reported.")


def layout_of(path: Path) -> Layout | Refusal:
    """The layout of a plain CSV file, told by its heading and its first rows."""
    with path.open("rb") as file:
        head = file.readline(LONGEST_LINE + 1)
    if not head.strip():
        return refuse("empty", "The file is empty.")
    if len(head) > LONGEST_LINE:
        return refuse("line-too-long", "Line 1: it is longer than %(most)s bytes.", most=LONGEST_LINE)
    text = head.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    if "\r" in text:
        return refuse("line-breaks", "Line 1: it holds a lone carriage return; save the file as CSV again.")
    best: Layout | Refusal | None = None
    for delimiter in DELIMITERS:
        found = layout_of_headings(next(csv.reader([text], delimiter=delimiter), []), delimiter)
        if isinstance(found, Layout):
            return Layout(found.kind, found.columns, delimiter, _writes_na(path, found))
        best = best or found
    return best or refuse("empty", "The file is empty.")


def _writes_na(path: Path, layout: Layout) -> bool:
    """Does the file write NA where it means blank? Namibia's code is NA too, so only columns in which NA is no code
    are asked, in the first rows."""
    places = [place for name in _NEVER_NA if (place := layout.place(name)) is not None]
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=layout.delimiter)
        try:
            return any(place < len(row) and row[place] == "NA" for row in islice(rows, 1, TRIED_ROWS)
                       for place in places)
        except csv.Error:
            return False


@cache
def _headings() -> dict[str, str]:
    return {row["heading"]: row["column"] for row in room_table("columns")}
