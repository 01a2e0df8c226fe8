"""Which way a line of the graph takes: straight, or in a bow around points that it has nothing to do with. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

Spot = tuple[float, float]
CLEAR: Final = 18.0
"""A line keeps so far from the middle of a third point: its outline and a little air."""
BOWS: Final = (0.0, 36.0, -36.0, 60.0, -60.0, 84.0, -84.0, 120.0, -120.0, 168.0, -168.0)
"""How far aside the middle of the line is pulled, the least first."""
PIECES: Final = 16


def around(start: Spot, end: Spot, others: Iterable[Spot], *, width: float, height: float) -> Spot | None:
    """Where a quadratic curve from `start` to `end` is pulled so that it clears the others; None: it runs straight.

    Where no bow clears all and stays on the paper, the one that keeps farthest from them.
    """
    reach = max(map(abs, BOWS)) + CLEAR
    near = [spot for spot in others if _apart(spot, start, end) < reach]
    best, farthest = None, -1.0
    for bow in BOWS:
        pull = _pulled(start, end, bow)
        course = _course(start, pull, end) if bow else [start, end]
        if not all(0 <= x <= width and 0 <= y <= height for x, y in course):
            continue
        apart = min((_apart(spot, a, b) for spot in near for a, b in pairwise(course)),
                    default=CLEAR)
        if apart >= CLEAR:
            return pull if bow else None
        if apart > farthest:
            best, farthest = (pull if bow else None), apart
    return best


def _pulled(start: Spot, end: Spot, bow: float) -> Spot:
    """The curve's middle lies half as far aside as the point that pulls it."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = 2 * bow / (math.hypot(dx, dy) or 1.0)
    return (start[0] + end[0]) / 2 - dy * share, (start[1] + end[1]) / 2 + dx * share


def _course(start: Spot, pull: Spot, end: Spot) -> Sequence[Spot]:
    def at(share: float) -> Spot:
        one, two, three = (1 - share) ** 2, 2 * share * (1 - share), share ** 2
        return (one * start[0] + two * pull[0] + three * end[0], one * start[1] + two * pull[1] + three * end[1])
    return [at(piece / PIECES) for piece in range(PIECES + 1)]


def _apart(spot: Spot, a: Spot, b: Spot) -> float:
    """How far a spot is from the nearest point of a piece of line."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = dx * dx + dy * dy
    share = max(0.0, min(1.0, ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / long)) if long else 0.0
    return math.hypot(spot[0] - a[0] - share * dx, spot[1] - a[1] - share * dy)
