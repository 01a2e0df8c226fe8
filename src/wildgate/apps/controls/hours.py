"""When the authority works: its hours by its own clock, its week and its holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from wildgate.apps.controls.models import Limits
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.houserules.working_days import Calendar


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours as they stand at a time."""

    opens: int
    closes: int
    zone: str
    calendar: Calendar
    at: datetime

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    def works(self, at: datetime) -> bool:
        """Did the authority work at that time?"""
        own = at.astimezone(ZoneInfo(self.zone))
        return self.opens <= own.hour < self.closes and self.calendar.works(own.date())


def limits_of(party: str, at: datetime) -> Limits:
    """The limits that held at that time; the program's own where nobody had set any."""
    found = Limits.objects.filter(party=party, set_at__lte=at).order_by("-set_at", "-pk").first()
    return found or Limits(party=party, set_at=at)


def hours_of(party: str, at: datetime) -> Hours:
    found = limits_of(party, at)
    return Hours(found.opens, found.closes, found.zone, calendar_of(party), at)
