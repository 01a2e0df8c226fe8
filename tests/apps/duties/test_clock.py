"""Working hours: nights, weekends and holidays do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.duties import clock
from wildgate.apps.houserules.working_days import Calendar

CALENDAR = Calendar(frozenset({date(2026, 12, 25)}))
HERE = ZoneInfo("UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("start", "hours", "due"), [
    ("2026-12-21 09:00", 4, "2026-12-21 13:00"),
    ("2026-12-21 15:00", 4, "2026-12-22 11:00"),
    ("2026-12-21 05:00", 8, "2026-12-21 16:00"),
    ("2026-12-24 15:30", 1, "2026-12-28 08:30"),
    ("2026-12-26 12:00", 2, "2026-12-28 10:00"),
])
def test_the_clock_runs_in_office_hours_only(start, hours, due):
    assert clock.due(at(start), hours, CALENDAR, HERE) == at(due)


@settings(max_examples=25, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(1, clock.LONGEST),
       st.sampled_from(["UTC", "Africa/Nairobi", "America/Lima"]))
def test_what_is_due_after_so_many_hours_took_so_many(moment, hours, zone):
    start = moment.replace(tzinfo=UTC)
    due = clock.due(start, hours, CALENDAR, ZoneInfo(zone))
    assert clock.hours_between(start, due, CALENDAR, ZoneInfo(zone)) == pytest.approx(hours)
    assert clock.hours_between(start, due - timedelta(minutes=1), CALENDAR, ZoneInfo(zone)) < hours
