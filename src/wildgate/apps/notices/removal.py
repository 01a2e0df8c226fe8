"""How soon listings were gone after notice, from looks at single moments: what is known, what is not, and the middle.

A look says only that a listing was still there or gone at that moment. So the time of removal lies between the last
look that found it and the first that did not, and figures count as known only what a look proves. No Django here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import inf

EARLIEST, LATEST = 0.75, 1.5
"""House values: a look counts for a deadline from three quarters of its length on, and until half of it too late."""

MOMENT = timedelta(seconds=1)
"""Found and missed by two looks at the same time: it went between them."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a listing: how long after the notice went out, and whether it was gone."""

    after: timedelta
    gone: bool


@dataclass(frozen=True, slots=True)
class Within:
    """Of the listings of which it is known, how many were gone by a deadline."""

    removed: int
    known: int

    @property
    def share(self) -> float | None:
        """The part of the known ones; none where nothing is known."""
        return self.removed / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class Middle:
    """Half of the listings were gone between `low` and `high` after notice; `high` is None where none is known."""

    low: timedelta
    high: timedelta | None


def gone_by(looks: Iterable[Look], deadline: timedelta) -> bool | None:
    """Was it gone by the deadline? None where no look says so.

    Only a look about that time counts, whatever it finds: an earlier one that found it gone, or a later one that found
    it still there, would make known the one answer more often than the other.
    """
    about = [each for each in looks if deadline * EARLIEST <= each.after <= deadline * LATEST]
    return max(about, key=lambda each: each.after).gone if about else None


def within(listings: Iterable[Sequence[Look]], deadline: timedelta) -> Within:
    """Removed and known over listings."""
    answers = [gone_by(looks, deadline) for looks in listings]
    return Within(sum(each is True for each in answers), sum(each is not None for each in answers))


def span(looks: Iterable[Look]) -> tuple[timedelta, timedelta | None] | None:
    """Between which moments it went: the last look that found it (or the notice itself) and the first that did not.

    None where nobody looked. A listing that came back at its own address went at the first look that missed it.
    """
    ordered = sorted(looks, key=lambda each: each.after)
    if not ordered:
        return None
    there = timedelta(0)
    for each in ordered:
        if each.gone:
            return there, each.after
        there = max(there, each.after)
    return there, None


def middle(listings: Iterable[Sequence[Look]]) -> Middle | None:
    """Between which moments half of them were gone (Turnbull 1976, for times known by intervals only).

    None where nobody looked at any.
    """
    spans = [found for looks in listings if (found := span(looks)) is not None]
    ends = [(low.total_seconds(), inf if high is None else max(high, low + MOMENT).total_seconds())
            for low, high in spans]
    if not ends:
        return None
    cells = _cells(ends)
    shares = _settled([[low <= left and right <= high for left, right in cells] for low, high in ends], len(cells))
    reached = 0.0
    for (left, right), share in zip(cells, shares, strict=True):
        reached += share
        if reached >= 0.5 - 1e-9:
            return Middle(timedelta(seconds=left), None if right == inf else timedelta(seconds=right))
    return None


def _cells(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The innermost intervals: a left end with a right end next after it. All the weight lies in them."""
    marks = sorted({(low, 1) for low, _high in ends} | {(high, 0) for _low, high in ends})
    return [(a, b) for (a, is_left), (b, is_low) in pairwise(marks) if is_left and not is_low]


def _settled(inside: Sequence[Sequence[bool]], cells: int) -> list[float]:
    """The shares of the cells that agree with themselves, by expectation and maximisation."""
    shares = [1 / cells] * cells
    for _round in range(500):
        summed = [0.0] * cells
        for row in inside:
            whole = sum(share for share, held in zip(shares, row, strict=True) if held)
            for i, held in enumerate(row):
                if held:
                    summed[i] += shares[i] / whole
        after = [each / len(inside) for each in summed]
        if max(abs(a - b) for a, b in zip(after, shares, strict=True)) < 1e-9:
            return after
        shares = after
    return shares
