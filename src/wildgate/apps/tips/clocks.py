"""The clocks of a tip: first look and hand-over, with the moments at which somebody is reminded.

Appendix I or a live animal: four hours and twenty-four, by day and night. Everything else: three working days of the
house's calendar for the first look, five days for the hand-over.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from wildgate.apps.houserules.calendar import after_working_days

FIRST_LOOK: Final = timedelta(hours=4)
FIRST_LOOK_DAYS: Final = 3
HAND_OVER: Final = timedelta(hours=24)
HAND_OVER_DAYS: Final = timedelta(days=5)


def first_look(party: str, at: datetime, *, urgent: bool) -> datetime:
    """When somebody must have looked at it."""
    if urgent:
        return at + FIRST_LOOK
    day = after_working_days(party, at.date(), FIRST_LOOK_DAYS)
    return datetime.combine(day, time(at.hour, at.minute, at.second), at.tzinfo)


def hand_over(at: datetime, *, urgent: bool) -> datetime:
    """When the hand-over must have been confirmed."""
    return at + (HAND_OVER if urgent else HAND_OVER_DAYS)


def half(since: datetime, due: datetime) -> datetime:
    """The moment of the first reminder."""
    return since + (due - since) / 2
