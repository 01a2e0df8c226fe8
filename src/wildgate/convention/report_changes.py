"""What changed between two reports of one part and year: rows that came, went, or say another quantity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from wildgate.convention.report_row import ReportRow

Key = tuple[str, ...]


class Kind(str, Enum):
    """What became of a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after; one of them is missing where it came or went."""

    kind: Kind
    before: ReportRow | None
    after: ReportRow | None

    @property
    def row(self) -> ReportRow:
        """The row as it stands now, else as it stood."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of no row")
        return found


def changes(before: Iterable[ReportRow], after: Iterable[ReportRow]) -> list[Change]:
    """Row by row. Rows on the same papers, of the same specimens and countries, are one row with another quantity."""
    left, right = _by_key(before), _by_key(after)
    found: list[Change] = []
    for key in [*left, *(key for key in right if key not in left)]:
        found += _between(left.get(key, []), right.get(key, []))
    return found


def _between(old: list[ReportRow], new: list[ReportRow]) -> list[Change]:
    rest = list(new)
    gone = []
    for row in old:
        if (same := next((each for each in rest if each.quantity == row.quantity), None)) is not None:
            rest.remove(same)
        else:
            gone.append(row)
    both = min(len(gone), len(rest))
    return [*(Change(Kind.CHANGED, *pair) for pair in zip(gone, rest, strict=False)),
            *(Change(Kind.REMOVED, row, None) for row in gone[both:]),
            *(Change(Kind.ADDED, None, row) for row in rest[both:])]


def _by_key(rows: Iterable[ReportRow]) -> dict[Key, list[ReportRow]]:
    found: dict[Key, list[ReportRow]] = defaultdict(list)
    for row in rows:
        found[row.export_permit, row.import_permit, row.origin_permit, row.appendix, row.species, row.term, row.unit,
              row.partner, row.origin, row.purpose, row.source, row.year].append(row)
    return found
