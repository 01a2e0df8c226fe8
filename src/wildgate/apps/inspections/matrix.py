"""The check matrix as arithmetic: which check an item gets, by the rows that fit it and one drawn number. Pure.

The shares that ship are house values: no source gives them. An authority sets its own, dated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from wildgate.apps.inspections.codes import DEPTH, Kind


@dataclass(frozen=True, slots=True)
class Row:
    """For such goods, going that way, so deep a check for `share` percent. Empty: any."""

    kind: str
    share: int
    taxon: str = ""
    term: str = ""
    appendix: str = ""
    live: bool | None = None
    direction: str = ""
    since: date = date(2000, 1, 1)
    key: int = 0

    @property
    def goods(self) -> tuple[str, str, str, bool | None, str, str]:
        """What the row is about: a later row about the same takes its place."""
        return self.taxon, self.term, self.appendix, self.live, self.direction, self.kind

    @property
    def exactness(self) -> int:
        """How closely the row names its goods: the closest row of a kind decides."""
        named = 8 * bool(self.taxon) + 4 * bool(self.term) + 2 * bool(self.appendix)
        return named + 2 * (self.live is not None) + bool(self.direction)


@dataclass(frozen=True, slots=True)
class Goods:
    """An item as the matrix sees it. `lineage` holds the taxon's own name and those above it."""

    lineage: Collection[str]
    term: str
    appendix: str
    live: bool
    direction: str


@dataclass(frozen=True, slots=True)
class Check:
    """The check an item gets, and the share under which it was drawn."""

    kind: str
    share: int


HOUSE: Final = (
    Row("document", 100),
    Row("identity", 10),
    Row("physical", 2),
    Row("identity", 100, live=True),
    Row("physical", 25, live=True),
    Row("physical", 100, live=True, direction="import"),
    Row("identity", 100, appendix="I"),
    Row("physical", 50, appendix="I"),
    Row("physical", 100, appendix="I", direction="import"),
    Row("identity", 20, direction="import"),
    Row("physical", 5, direction="import"),
    Row("identity", 0, direction="transit"),
    Row("physical", 1, direction="transit"),
)
"""What holds until the authority has set its own: house values."""


def in_force(rows: Iterable[Row], on: date) -> list[Row]:
    """The rows that hold on a day: of those about the same goods and kind, the one that began last."""
    held: dict[tuple[str, str, str, bool | None, str, str], Row] = {}
    for row in sorted(rows, key=lambda each: (each.since, each.key)):
        if row.since <= on:
            held[row.goods] = row
    return list(held.values())


def fits(row: Row, goods: Goods) -> bool:
    return ((not row.taxon or row.taxon in goods.lineage) and row.term in ("", goods.term)
            and row.appendix in ("", goods.appendix) and row.live in (None, goods.live)
            and row.direction in ("", goods.direction))


def shares(rows: Iterable[Row], goods: Goods) -> dict[str, int]:
    """For each kind of check the share of the closest row that fits; of equally close ones, the higher share."""
    best: dict[str, tuple[int, int]] = {}
    for row in rows:
        if fits(row, goods):
            best[row.kind] = max(best.get(row.kind, (-1, -1)), (row.exactness, row.share))
    return {kind: share for kind, (_close, share) in best.items()}


def ticket(secret: str, reference: str, item: int) -> Decimal:
    """The number that an item draws, 0 to below 100 with four places: anybody with the day's seed computes it again."""
    digest = hashlib.sha256(f"{secret}|{reference}|{item}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8]) % 1_000_000) / 10_000


def check(found: dict[str, int], drawn: Decimal) -> Check:
    """The deepest check whose share the number falls under; the papers are always looked at."""
    for kind in sorted(DEPTH, key=DEPTH.__getitem__, reverse=True):
        if drawn < found.get(kind, 0):
            return Check(kind, found[kind])
    return Check(Kind.DOCUMENT.value, found.get(Kind.DOCUMENT.value, 0))
