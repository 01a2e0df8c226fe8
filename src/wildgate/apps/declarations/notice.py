"""Prior notice: how many hours before the goods move they are to be declared; late is flagged, never blocked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from wildgate.targeting.consignment import Consignment

HOURS: Final = {"LIV": 24, "EGL": 24}
"""House values, for live specimens at every post; a Party sets its own by group and post."""
Source = Callable[[str, str, str, str, date], int | None]
_sources: list[Source] = []


@dataclass(frozen=True, slots=True)
class Notice:
    """What is asked for and how it stands. `late` in whole hours; 0: in time."""

    hours: int
    due_at: datetime
    late: int


def source(function: Source) -> Source:
    """Register where a Party keeps its own rules: `function(party, post, taxon, term, on)` gives hours, 0 for none, or
    None where it has no rule."""
    _sources.append(function)
    return function


def hours_for(said: Consignment, on: date) -> int:
    """The longest notice that any item asks for."""
    return max((_hours(said.party, said.post, item.taxon, item.term, on) for item in said.items), default=0)


def _hours(party: str, post: str, taxon: str, term: str, on: date) -> int:
    for own in _sources:
        if (found := own(party, post, taxon, term, on)) is not None:
            return found
    return HOURS.get(term, 0)


def standing(said: Consignment, moves_at: datetime | None) -> Notice | None:
    """Notice against the hour of lodging; None where none is asked for or nobody said when the goods move."""
    hours = hours_for(said, said.lodged_at.date())
    if not hours or moves_at is None:
        return None
    due = moves_at - timedelta(hours=hours)
    late = max(said.lodged_at - due, timedelta())
    return Notice(hours, due, -(-int(late.total_seconds()) // 3600))
