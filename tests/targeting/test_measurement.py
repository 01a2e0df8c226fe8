"""Figures for the risk manager: intervals, compliance measurement, hit rates and what they suggest."""

from __future__ import annotations

from datetime import date

import pytest

from wildgate.targeting.intervals import clopper_pearson, weighted, wilson
from wildgate.targeting.measurement import Advice, Result, compliance, standing, workload, yields
from wildgate.targeting.profiles import Profile, profile_of
from wildgate.targeting.selection import DrawnBy, Lane

DAY = date(2027, 3, 1)


def profile(**more: object) -> Profile:
    made = profile_of(code="late", title="Late", when="declaration.hours_before < 4", points=20, **more)  # type: ignore[arg-type]
    assert isinstance(made, Profile)
    return made


def results(found: int, of: int) -> list[Result]:
    return [Result(f"D{n}", Lane.RED, DrawnBy.RISK, finding=n < found, profiles=("late",)) for n in range(of)]


def test_intervals_are_those_of_the_books() -> None:
    share = wilson(10, 100)
    assert (share.low, share.high) == (pytest.approx(0.05523, abs=1e-4), pytest.approx(0.17437, abs=1e-4))
    exact = clopper_pearson(0, 30)
    assert (exact.low, exact.high) == (0.0, pytest.approx(0.11570, abs=1e-4))
    exact = clopper_pearson(5, 50)
    assert (exact.low, exact.high) == (pytest.approx(0.03328, abs=1e-4), pytest.approx(0.21814, abs=1e-4))
    assert wilson(3, 20, population=20).high == 0.15
    assert wilson(3, 20, population=30).high < wilson(3, 20).high
    assert (wilson(0, 0).rate, wilson(0, 0).high) == (None, 1.0)


def test_unequal_chances_are_weighed() -> None:
    share = weighted([(True, 0.01), (False, 0.01), *[(False, 0.1)] * 20])

    assert share.rate == pytest.approx(100 / 400)
    assert (share.found, share.of) == (1, 22)


def test_the_random_sample_alone_measures_the_trade() -> None:
    chosen = [Result(f"R{n}", Lane.RED, DrawnBy.RISK, finding=True, otherwise=Lane.RED) for n in range(50)]
    drawn = [Result(f"Z{n}", Lane.RED, DrawnBy.RANDOM, sampled=True, chance=0.1, finding=n < 6,
                    otherwise=Lane.RED if n < 4 else Lane.GREEN) for n in range(104)]

    told = compliance([*chosen, *drawn], population=1040, passed=1000)

    assert (told.sampled, told.looked_at) == (104, 104)
    assert told.wrong.rate == pytest.approx(6 / 104)
    assert told.missed == pytest.approx(20)
    assert told.missed_low < 20 < told.missed_high < 70


def test_yields_and_workload() -> None:
    found = [Result("A", Lane.RED, DrawnBy.RISK, finding=True, post="kivu-2", day=DAY, minutes=40),
             Result("B", Lane.RED, DrawnBy.RANDOM, finding=False, post="kivu-2", day=DAY, minutes=20),
             Result("C", Lane.YELLOW, DrawnBy.RISK, post="kivu-2", day=DAY), Result("D", Lane.GREEN, DrawnBy.NOTHING)]

    assert {key: (share.found, share.of) for key, share in yields(found, by="drawn_by").items()} == {
        "random": (0, 1), "risk": (1, 1)}
    load, = workload(found, {"kivu-2": 1})
    assert (load.week, load.opened, load.papers, load.minutes, load.crowded) == ("2027-W09", 2, 1, 60, True)


@pytest.mark.parametrize(("found", "of", "base", "advice"), [
    (0, 5, 0.2, Advice.WAIT), (0, 40, 0.02, Advice.RETIRE), (1, 40, 0.2, Advice.RETIRE), (20, 40, 0.2, Advice.KEEP),
    (1, 25, None, Advice.KEEP),
])
def test_a_useless_profile_is_suggested_for_retirement(found: int, of: int, base: float | None, advice: Advice) -> None:
    told = standing(profile(), results(found, of), base=base, on=DAY)

    assert told.advice is advice
    assert str(of) in told.why.english


def test_without_a_review_for_twelve_months_it_is_on_watch() -> None:
    late = profile(review=date(2026, 3, 1))

    assert standing(late, results(20, 40), base=0.1, on=DAY).advice is Advice.WATCH
    assert standing(late, results(20, 40), base=0.1, on=date(2027, 2, 27)).advice is Advice.KEEP
