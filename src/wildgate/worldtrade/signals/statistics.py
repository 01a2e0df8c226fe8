"""How sure a signal is: what earlier years let one expect, how far two shares lie apart, how rare something new is.

Standard library only. Every function says from how little it still answers; with less it gives None, and there is no
signal.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

TO_SIGMA = 1.4826
"""The median distance from the median, times this, is the standard deviation where values are normal."""
FEWEST_YEARS = 4


@dataclass(frozen=True, slots=True)
class Expected:
    """What one more year should bring: the middle, and between which values it lies with the wanted probability."""

    middle: float
    low: float
    high: float
    years: int


def expected(before: Sequence[float], *, sure: float, floor: float) -> Expected | None:
    """An interval for the next year from the years before, by median and median deviation of the logarithms.

    One odd year moves neither much. `sure`, in percent, is how often the next year stays below `high` where nothing
    changes; `floor` is the least spread of the logarithm, so that a very even series does not cry at every wave. The
    quantile is Student's, and the width that of a prediction, since a few years say little about the next.
    """
    if len(before) < FEWEST_YEARS:
        return None
    logs = [math.log1p(max(0.0, value)) for value in before]
    middle = median(logs)
    spread = max(TO_SIGMA * median(abs(value - middle) for value in logs), floor)
    reach = student(sure / 100, len(logs) - 1) * spread * math.sqrt(1 + 1 / len(logs))
    return Expected(math.expm1(middle), max(0.0, math.expm1(middle - reach)), math.expm1(min(middle + reach, 600.0)),
                    len(logs))


def student(share: float, freedom: int) -> float:
    """The quantile of Student's distribution, by the expansion in 1/freedom; from 3 on within a hundredth."""
    z = NormalDist().inv_cdf(share)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))


@dataclass(frozen=True, slots=True)
class Moved:
    """Two shares and how far they lie apart at least and at most, each 0 to 1."""

    was: float
    now: float
    least: float
    most: float


def moved(was: tuple[int, int], now: tuple[int, int], *, sure: float) -> Moved | None:
    """The difference of two shares, each (of these, of so many), with Newcombe's interval from two of Wilson's."""
    if not was[1] or not now[1]:
        return None
    z = NormalDist().inv_cdf(0.5 + sure / 200)
    first, second = was[0] / was[1], now[0] / now[1]
    low_1, high_1 = wilson(*was, z)
    low_2, high_2 = wilson(*now, z)
    gap = second - first
    return Moved(first, second, gap - math.hypot(second - low_2, high_1 - first),
                 gap + math.hypot(high_2 - second, first - low_1))


def wilson(of_these: int, all_: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a share."""
    share, square = of_these / all_, z * z
    centre = (share + square / (2 * all_)) / (1 + square / all_)
    reach = z / (1 + square / all_) * math.sqrt(share * (1 - share) / all_ + square / (4 * all_ * all_))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def chance_of_new(once: int, all_: int) -> float:
    """How often the next record shows something never seen (Good and Turing): the part of records that stand alone.

    Where nothing stands alone it is taken as one half of a record, so that "never" is not claimed from a few.
    """
    return min(1.0, max(once, 0.5) / all_) if all_ else 1.0


def placed(value: float, counts: Mapping[int, int], *, steps: int) -> float | None:
    """Which part of a population lies below `value`; the population as counts by `floor(log(value) * steps)`."""
    if value <= 0 or not counts:
        return None
    names = sorted(counts)
    below = sum(counts[name] for name in names[:bisect_right(names, math.floor(math.log(value) * steps) - 1)])
    return below / sum(counts.values())
