"""Working days, for any calendar: counting and stepping undo each other, and free days never count."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.houserules.working_days import FRIDAY_SATURDAY, LONGEST_WEEKEND, SATURDAY_SUNDAY, Calendar, Weekend

DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
CALENDARS = st.builds(
    lambda holidays, weeks: Calendar(holidays, tuple(Weekend(*each) for each in sorted(weeks, key=lambda w: w[0]))),
    st.frozensets(DAYS, max_size=20),
    st.lists(st.tuples(DAYS, st.frozensets(st.integers(0, 6), max_size=LONGEST_WEEKEND)), max_size=3))
FEW = settings(max_examples=40, deadline=None)


@FEW
@given(CALENDARS, DAYS, st.integers(0, 60))
def test_so_many_working_days_later_are_so_many_working_days_apart(calendar, start, days):
    end = calendar.after(start, days)

    assert calendar.between(start, end) == days
    assert calendar.between(end, start) == -days
    assert days == 0 or calendar.works(end)


@FEW
@given(CALENDARS, DAYS, DAYS, DAYS)
def test_counts_add_up_and_a_working_day_adds_one(calendar, a, b, c):
    a, b, c = sorted([a, b, c])

    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(a, a + timedelta(days=1)) == int(calendar.works(a + timedelta(days=1)))


def test_a_holiday_and_the_week_of_the_country_are_skipped():
    friday = date(2026, 12, 18)
    christmas = Calendar(frozenset({date(2026, 12, 25)}))

    assert Calendar().after(friday, 5) == date(2026, 12, 25)
    assert christmas.after(friday, 5) == date(2026, 12, 28)
    assert Calendar(weekends=(Weekend(date(2026, 1, 1), FRIDAY_SATURDAY),)).after(friday, 1) == date(2026, 12, 20)


def test_a_new_week_counts_from_its_first_day_and_one_for_a_time_ends():
    change = date(2026, 6, 1)
    calendar = Calendar(weekends=(Weekend(change, FRIDAY_SATURDAY, date(2026, 6, 30)),))

    assert calendar.weekend(date(2026, 5, 31)) == calendar.weekend(date(2026, 7, 1)) == SATURDAY_SUNDAY
    assert calendar.weekend(change) == calendar.weekend(date(2026, 6, 30)) == FRIDAY_SATURDAY
