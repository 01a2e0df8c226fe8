"""Correlation of a campaign with another series: common months only, effort and coverage held, limits said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from wildgate.apps.campaigns.going_together import Outcome, Question, ask, series_of
from wildgate.apps.campaigns.models import Coverage
from wildgate.apps.campaigns.results import Month, label, period_of
from wildgate.convention.refusal import Refusal

START = 2023 * 12


def months(rates, *, widened_at=None):
    """A campaign of two hours a month."""
    coverages = [Coverage(version=1, platforms=["bazaar"], counting="One."),
                 Coverage(version=2, platforms=["bazaar", "wall"], counting="One.")]
    return SimpleNamespace(months=[
        Month(START + n, coverages[widened_at is not None and n >= widened_at], searches=4, minutes=120,
              seen=500, matching=round(rate)) for n, rate in enumerate(rates)])


def test_a_planted_lag_is_found_and_named():
    random = Random(3)
    long = [random.randint(20, 80) for _ in range(40)]

    outcome = ask(months(long[2:38]), {START + n: float(long[n]) for n in range(36)}, Question(effort=False),
                  rounds=199)

    assert isinstance(outcome, Outcome)
    assert outcome.found.best.lag == 2 and outcome.found.p <= 0.01
    assert (outcome.first, outcome.last) == ("2023-01", "2025-12")


def test_a_step_by_a_wider_coverage_makes_no_link():
    random = Random(4)
    ads = [random.randint(20, 30) + 100 * (n >= 18) for n in range(36)]
    seized = {START + n: random.randint(2, 4) + 10.0 * (n >= 18) for n in range(36)}

    blind = ask(months(ads), seized, Question(), rounds=99)
    outcome = ask(months(ads, widened_at=18), seized, Question(), rounds=199)

    assert blind.found.best.r > 0.8
    assert outcome.found.p > 0.05 and outcome.breaks == 1


def test_only_months_without_a_gap_that_both_have_are_compared():
    random = Random(5)
    other = {START + n: random.random() for n in range(-5, 60) if n != 6}

    outcome = ask(months([random.randint(1, 60) for _ in range(40)]), other, Question(), rounds=19)

    assert (outcome.first, outcome.last, outcome.found.length) == ("2023-08", "2026-04", 33)


def test_no_common_month_and_too_few_are_refused():
    made = months([5] * 40)

    apart = ask(made, {1: 1.0}, Question())
    few = ask(made, {START + n: float(n) for n in range(10)}, Question())

    assert [each.code for each in (apart, few) if isinstance(each, Refusal)] == ["together-none", "correlation-short"]


def test_a_series_is_read_or_every_fault_told_with_its_line():
    good = series_of("month,value\n2027-01,12\n2027-02,3.5\n")
    faults = series_of("month,value\n2027-13,1\n2027-01,many\n2027-01,1\n2027-01,2\n2027-02\n2027-03,nan\n")
    no_head = series_of("2027-01,12\n")

    assert good == {2027 * 12: 12.0, 2027 * 12 + 1: 3.5}
    assert [line for line, _why in faults] == [2, 3, 5, 6, 7]
    assert isinstance(no_head, Refusal) and no_head.code == "list-head"


@pytest.mark.parametrize(("moment", "month"), [
    (datetime(2027, 1, 31, 23, 30, tzinfo=UTC), "2027-01"),
    (datetime(2027, 12, 31, 23, 30, tzinfo=UTC) + timedelta(hours=1), "2028-01")])
def test_months_are_those_of_utc(moment, month):
    assert label(period_of(moment)) == month
