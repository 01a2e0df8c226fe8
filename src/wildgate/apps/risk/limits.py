"""The house's values of risk control and the boxes each post can open: what holds at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wildgate.apps.risk.models import Capacity, Limits

ALL_DAY = "day"
BOXES, PAPERS = 12, 60


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of one day at one post, and what it can open."""

    post: str
    day: date
    name: str
    boxes: int
    papers: int


def limits_of(party: str) -> Limits:
    """The newest values, or those that come with the program."""
    found = Limits.objects.filter(party=party).order_by("-set_at", "-pk").first()
    return found or Limits(party=party)


def capacities(party: str) -> dict[str, list[Capacity]]:
    """The shifts of each post by their beginning; under an empty name those of every other post."""
    newest: dict[tuple[str, str], Capacity] = {}
    for row in Capacity.objects.filter(party=party).order_by("set_at", "pk"):
        newest[row.post, row.shift] = row
    found: dict[str, list[Capacity]] = {}
    for (post, _), row in sorted(newest.items()):
        if not row.closed:
            found.setdefault(post, []).append(row)
    return {post: sorted(rows, key=lambda row: row.begins) for post, rows in found.items()}


def shift_at(known: dict[str, list[Capacity]], post: str, at: datetime) -> Shift:
    """The shift that works then: the one that began last, that of the evening before where the night is not over."""
    rows = known.get(post) or known.get("") or []
    if not rows:
        return Shift(post, at.date(), ALL_DAY, BOXES, PAPERS)
    begun = [row for row in rows if row.begins <= at.hour]
    row = begun[-1] if begun else rows[-1]
    day = at.date() if begun else at.date() - timedelta(days=1)
    return Shift(post, day, row.shift, row.boxes, row.papers)

