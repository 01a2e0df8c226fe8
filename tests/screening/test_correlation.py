"""Correlation: even p-values where nothing goes together, the planted lag where something does, and its limits."""

from __future__ import annotations

from math import sqrt
from random import Random

import pytest

from wildgate.convention.refusal import Refusal
from wildgate.screening.correlation import Correlation, correlate, season


def slow(random: Random, length: int, memory: float) -> list[float]:
    """A series that remembers: each value a share of the one before and news."""
    made = [random.gauss(0, 1)]
    for _ in range(length + 20):
        made.append(memory * made[-1] + random.gauss(0, 1))
    return made[-length:]


@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_p_values_are_even_where_nothing_goes_together(memory):
    random = Random(314)

    found = sorted(correlate(slow(random, 60, memory), slow(random, 60, memory), most_lag=4, rounds=99, seed=n).p
                   for n in range(240))

    # Kolmogorov and Smirnov against the even distribution, 1 % limit
    apart = max(max((i + 1) / 240 - p, p - i / 240) for i, p in enumerate(found))
    assert apart < 1.63 / sqrt(240)


@pytest.mark.parametrize("planted", [-3, 0, 2])
def test_a_planted_lag_is_found(planted):
    random = Random(planted + 10)
    long = slow(random, 72, 0.3)
    first = long[6:66]
    second = [long[6 + t - planted] + random.gauss(0, 0.5) for t in range(60)]

    found = correlate(first, second, rounds=199)

    assert isinstance(found, Correlation)
    assert found.best.lag == planted and found.best.r > 0.6 and found.p <= 0.01
    assert len(found.lags) == 13 and found.best.pairs == 60 - abs(planted)


def test_a_link_through_effort_alone_goes_when_effort_is_held_constant():
    random = Random(8)
    effort = slow(random, 60, 0.5)
    ads = [each + random.gauss(0, 0.4) for each in effort]
    seizures = [each + random.gauss(0, 0.4) for each in effort]

    bare, held = correlate(ads, seizures, rounds=199), correlate(ads, seizures, controls={"effort": effort}, rounds=199)

    assert bare.p <= 0.01 and held.p > 0.05
    assert held.controls == ("effort",)


def test_a_season_and_a_steady_rise_make_no_link_when_they_are_held_constant():
    random = Random(21)
    months = [t % 12 + 1 for t in range(60)]
    rising = [t / 6 + 5 * (m in (6, 7)) + random.gauss(0, 1) for t, m in enumerate(months)]
    also = [t / 5 + 4 * (m in (6, 7)) + random.gauss(0, 1) for t, m in enumerate(months)]

    bare = correlate(rising, also, rounds=199)
    held = correlate(rising, also, controls=season(months), steady=True, rounds=199)

    assert abs(bare.best.r) > 0.7 and held.p > 0.05
    assert "bare" in {each.code for each in bare.limits}
    assert "bare" not in {each.code for each in held.limits}


def test_the_result_says_its_limits_in_words_with_its_own_figures():
    random = Random(2)

    found = correlate(slow(random, 30, 0.2), slow(random, 30, 0.2), most_lag=3, rounds=49)

    said = " ".join(map(str, found.limits))
    assert "does not say that one causes the other" in said
    assert "7 lags were looked at" in said and "30 periods" in said and "49 times" in said
    assert "no proof of none" in said


def test_what_cannot_be_correlated_is_refused():
    short, flat = correlate([1, 2, 3], [3, 2, 1]), correlate([4.0] * 30, [float(n % 5) for n in range(30)])
    uneven = correlate([1.0] * 30, [1.0] * 29)
    only_effort = correlate([float(n) for n in range(30)], [float(n % 7) for n in range(30)],
                            controls={"effort": [2.0 * n for n in range(30)]})

    assert [each.code for each in (short, flat, uneven, only_effort) if isinstance(each, Refusal)] == [
        "correlation-short", "correlation-flat", "correlation-uneven", "correlation-flat"]


def test_the_same_series_give_the_same_p_value():
    random = Random(4)
    first, second = slow(random, 40, 0.3), slow(random, 40, 0.3)

    assert correlate(first, second, rounds=99, seed=5) == correlate(first, second, rounds=99, seed=5)
