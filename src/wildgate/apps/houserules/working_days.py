"""Working days: which days the authority works, how many lie between two, and the day after so many. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY_SUNDAY = frozenset({5, 6})
FRIDAY_SATURDAY = frozenset({4, 5})
LONGEST_WEEKEND = 3
"""A longer weekend is a slip; with at least four working days a week every count comes to an end."""


@dataclass(frozen=True, slots=True)
class Weekend:
    """The free days of the week (Monday is 0) from one day to another."""

    since: date
    free: frozenset[int]
    until: date = date.max


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays, and the weekends that were decided, the earliest first."""

    holidays: frozenset[date] = frozenset()
    weekends: tuple[Weekend, ...] = ()

    def weekend(self, day: date) -> frozenset[int]:
        """The free days of the week that `day` lies in; Saturday and Sunday where nothing else was decided."""
        held = [each.free for each in self.weekends if each.since <= day <= each.until]
        return held[-1] if held else SATURDAY_SUNDAY

    def works(self, day: date) -> bool:
        return day not in self.holidays and day.weekday() not in self.weekend(day)

    def between(self, since: date, until: date) -> int:
        """The working days after `since` up to and with `until`; below zero where `until` comes first."""
        if until < since:
            return -self.between(until, since)
        return sum(1 for n in range(1, (until - since).days + 1) if self.works(since + n * DAY))

    def after(self, start: date, days: int) -> date:
        """The day on which `days` working days after `start` are over; `start` itself for none."""
        day = start
        for _ in range(days):
            day += DAY
            while not self.works(day):
                day += DAY
        return day

