"""Working hours: when a notice has to be received, and how long it took, by the house's calendar. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wildgate.apps.houserules.working_days import DAY, Calendar

OPENS: Final = time(8)
CLOSES: Final = time(16)
"""The office hours in which a notice's clock runs: a house value."""
HOURS_A_DAY: Final = CLOSES.hour - OPENS.hour
LONGEST: Final = 30 * HOURS_A_DAY


def due(start: datetime, hours: int, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The moment at which so many working hours after `start` are over; in UTC as it was given."""
    left, at = timedelta(hours=hours), start.astimezone(zone)
    while True:
        opens, closes = _day(at, zone)
        if calendar.works(at.date()) and at < closes:
            begins = max(at, opens)
            if closes - begins >= left:
                return (begins + left).astimezone(start.tzinfo)
            left -= closes - begins
        at = datetime.combine(at.date() + DAY, time(0), zone)


def hours_between(start: datetime, end: datetime, calendar: Calendar, zone: ZoneInfo) -> float:
    """The working hours from one moment to another; none where the second comes first."""
    spent, at, until = timedelta(0), start.astimezone(zone), end.astimezone(zone)
    while at < until:
        opens, closes = _day(at, zone)
        if calendar.works(at.date()):
            spent += max(min(until, closes) - max(at, opens), timedelta(0))
        at = datetime.combine(at.date() + DAY, time(0), zone)
    return spent / timedelta(hours=1)


def _day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(at.date(), OPENS, zone), datetime.combine(at.date(), CLOSES, zone)
