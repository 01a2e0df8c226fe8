"""Hours, days of the week and dates of events by the authority's own clock, worked out by the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Func, Q

from wildgate.apps.controls.hours import Hours


class _ByOwnClock(Func):
    """A part of a time, so many minutes east of UTC. SQLite's own functions, not Django's in Python."""

    arity = 1
    sqlite_part = postgres_part = ""

    def __init__(self, expression: str, *, minutes: int) -> None:
        super().__init__(expression)
        self.minutes = minutes

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = f"{self.sqlite_part}, %(expressions)s, '{self.minutes:+d} minutes'){self.closing}"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        own = f"((%(expressions)s) AT TIME ZONE 'UTC' + INTERVAL '{self.minutes:d} minutes')"
        return super().as_sql(compiler, connection, template=self.postgres_part.replace("OWN", own), **more)

    closing = ""


class Hour(_ByOwnClock):
    """0 to 23."""

    output_field = models.IntegerField()
    sqlite_part, closing, postgres_part = "CAST(strftime('%%%%H'", " AS INTEGER)", "EXTRACT(HOUR FROM OWN)::int"


class Weekday(_ByOwnClock):
    """0 is Sunday, as both databases count."""

    output_field = models.IntegerField()
    sqlite_part, closing, postgres_part = "CAST(strftime('%%%%w'", " AS INTEGER)", "EXTRACT(DOW FROM OWN)::int"


class Day(_ByOwnClock):
    """The date as text: 2026-11-22."""

    output_field = models.CharField()
    sqlite_part, postgres_part = "strftime('%%%%Y-%%%%m-%%%%d'", "to_char(OWN, 'YYYY-MM-DD')"


def offset(zone: str, at: datetime) -> int:
    """Minutes east of UTC in that zone at that time."""
    return int((at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds() // 60)


def between_hours(low: int, high: int) -> Q:
    """From the full hour `low` to before `high`; over midnight where `high` is not the later."""
    if low < high:
        return Q(hour__gte=low, hour__lt=high)
    return Q(hour__gte=low) | Q(hour__lt=high)


def out_of_hours(hours: Hours) -> Q:
    """Outside working hours, at weekends and on holidays."""
    free = [(day + 1) % 7 for day in hours.calendar.weekend(hours.today)]
    holidays = [day.isoformat() for day in sorted(hours.calendar.holidays)]
    return ~between_hours(hours.opens, hours.closes) | Q(weekday__in=free) | Q(day__in=holidays)
