"""A small table that somebody pastes or hands in: comma-separated, its columns known, its limits before its meaning."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from wildgate.convention.refusal import Refusal, refuse

Line = tuple[int, list[str]]
"""The number of a line in the file, and its cells without the spaces around them."""


def lines_of(text: str, columns: Sequence[str], *, most_bytes: int, most_rows: int) -> list[Line] | Refusal:
    """The lines below the head, which must name just these columns in their order. Empty lines do not count.

    A line may have too few or too many cells: `too_odd` says so, so that the fault names its line.
    """
    if len(text.encode()) > most_bytes:
        return refuse("list-large", "The file is larger than %(most)s bytes.", most=most_bytes, field="file")
    if "\0" in text:  # no database keeps one in a text
        return refuse("list-not-csv", "This is no table of comma-separated values.", field="file")
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)]
    except csv.Error:
        return refuse("list-not-csv", "This is no table of comma-separated values.", field="file")
    if not lines or [cell.lower() for cell in lines[0][1]] != list(columns):
        return refuse("list-head", "The first line has to be: %(head)s", head=",".join(columns), field="file")
    if len(lines) - 1 > most_rows:
        return refuse("list-long", "The list has more than %(most)s lines: part it.", most=most_rows, field="file")
    return lines[1:]


def too_odd(cells: Sequence[str], columns: Sequence[str]) -> Refusal | None:
    """Whether a line has another number of cells than the head."""
    if len(cells) == len(columns):
        return None
    return refuse("list-cells", "There are %(there)s cells; there have to be %(needed)s.", there=len(cells),
                  needed=len(columns))
