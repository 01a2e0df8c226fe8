"""Trends: exact rates, slopes whose intervals hold the truth as often as they say, and no line across a change."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from wildgate.convention.refusal import Refusal
from wildgate.screening.trends import (
    Break,
    Count,
    Coverage,
    Slope,
    Unseen,
    breaks,
    rate,
    t_quantile,
    trend,
    unseen,
)

NARROW = Coverage(platforms=("bazaar",), species=("Python regius",))
WIDE = Coverage(platforms=("bazaar", "wall"), species=("Python regius",))


def poisson(random: Random, mean: float) -> int:
    count, product, end = 0, random.random(), exp(-mean)
    while product > end:
        count, product = count + 1, product * random.random()
    return count


def series(random: Random, slope: float, *, scatter: float = 0, widened: float = 1, periods: int = 30) -> list[Count]:
    """Counts about a known slope; `scatter` above chance (negative binomial), and a wider coverage half-way."""
    made = []
    for month in range(periods):
        late = widened != 1 and month >= periods // 2
        effort = random.choice((2.0, 3.0, 4.0))
        mean = 2 * effort * exp(slope * month) * (widened if late else 1)
        if scatter:
            mean *= random.gammavariate(1 / scatter, scatter)
        made.append(Count(month, poisson(random, mean), effort, WIDE if late else NARROW))
    return made


@pytest.mark.parametrize(("scatter", "widened", "slope"), [(0, 1, 0.03), (0.4, 1, -0.02), (0.4, 5, 0.0)])
def test_the_interval_holds_a_known_slope_in_93_to_97_of_100_series(scatter, widened, slope):
    random = Random(20260)

    found = [trend(series(random, slope, scatter=scatter, widened=widened)) for _ in range(600)]

    share = sum(each.slope.low <= slope <= each.slope.high for each in found) / len(found)
    assert 0.93 <= share <= 0.97
    assert abs(sum(each.slope.value for each in found) / len(found) - slope) < 0.004


def test_counts_that_scatter_more_than_by_chance_widen_the_interval():
    by_chance = [trend(series(Random(n), 0.02)) for n in range(30)]
    more = [trend(series(Random(n), 0.02, scatter=1.0)) for n in range(30)]

    def width(found):
        return sum(each.slope.high - each.slope.low for each in found)

    assert width(more) > 1.5 * width(by_chance)
    assert sum(each.dispersion for each in more) > 2 * sum(each.dispersion for each in by_chance)


def test_a_wider_coverage_alone_makes_no_trend_but_would_as_a_raw_line():
    counted = series(Random(3), 0.0, widened=6)
    blind = [Count(each.period, each.count, each.effort) for each in counted]

    by_coverage, raw = trend(counted), trend(blind)

    assert isinstance(by_coverage, Slope) and isinstance(raw, Slope)
    assert (by_coverage.direction, raw.direction) == ("none", "up")
    assert by_coverage.breaks == (Break(15, ("platforms",)),)
    assert [(len(each.periods), each.used) for each in by_coverage.stretches] == [(15, True), (15, True)]


def test_a_false_trend_by_coverage_alone_is_no_more_frequent_than_the_interval_says():
    random = Random(11)

    wrong = sum(trend(series(random, 0.0, widened=8)).direction != "none" for _ in range(300))

    assert wrong <= 300 * 0.07


def test_the_slope_does_not_depend_on_the_unit_of_effort():
    counted = series(Random(5), 0.04)
    in_minutes = [Count(each.period, each.count, each.effort * 60, each.coverage) for each in counted]

    hours, minutes = trend(counted), trend(in_minutes)

    assert hours.slope.value == pytest.approx(minutes.slope.value)
    assert hours.change.value == pytest.approx(exp(hours.slope.value) - 1)


def test_all_that_is_counted_twice_as_often_each_period_is_a_hundred_percent_more():
    found = trend([Count(month, 3 * 2 ** month, 1.0) for month in range(8)])

    assert found.change.value == pytest.approx(1.0)
    assert found.direction == "up"


@pytest.mark.parametrize("counted", [
    [Count(0, 3, 1.0), Count(1, 4, 1.0), Count(2, 4, 1.0)],
    [Count(month, 3, 0.0) for month in range(12)],
    [Count(month, 0, 1.0) for month in range(12)],
    [Count(month, 4, 1.0, Coverage(terms=(str(month),))) for month in range(12)],
])
def test_without_enough_periods_of_equal_coverage_there_is_no_trend(counted):
    refused = trend(counted)

    assert isinstance(refused, Refusal) and refused.code == "trend-short"


def test_a_period_without_effort_is_no_zero():
    counted = series(Random(9), 0.05)
    idle = [*counted, Count(30, 0, 0.0, NARROW)]

    assert trend(idle) == trend(counted)
    assert breaks(idle) == ()


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390),
                                                    (100, 81.36, 121.63)])
def test_rates_have_the_exact_interval_of_the_tables(count, low, high):
    found = rate(count, 2.0)

    assert (found.value, found.low * 2, found.high * 2) == (
        count / 2, pytest.approx(low, abs=0.005), pytest.approx(high, abs=0.005))
    assert rate(count, 0) is None


def test_students_quantiles_are_those_of_the_tables():
    assert [round(t_quantile(n, 0.975), 3) for n in (1, 2, 10, 30)] == [12.706, 4.303, 2.228, 2.042]


def test_two_who_search_apart_tell_how_much_both_missed():
    random, held = Random(7), 0
    for _round in range(300):
        seen = [(random.random() < 0.6, random.random() < 0.5) for _ in range(120)]
        found = unseen(sum(a for a, _b in seen), sum(b for _a, b in seen), sum(a and b for a, b in seen))
        held += found.total.low <= 120 <= found.total.high

    assert 0.9 <= held / 300 <= 0.98


def test_what_both_found_bounds_what_is_missing():
    all_seen, none_shared = unseen(8, 8, 8), unseen(5, 4, 0)
    some = unseen(20, 15, 10)

    assert isinstance(all_seen, Unseen) and all_seen.total.high == all_seen.seen == 8
    assert isinstance(none_shared, Refusal) and none_shared.code == "observers-apart"
    assert isinstance(unseen(3, 4, 5), Refusal)
    assert some.seen == 25 and some.total.value == pytest.approx(21 * 16 / 11 - 1)
    assert some.seen < some.total.low < some.total.value < some.total.high
