"""How sure a share is: intervals for findings among inspections, also of a small trade and with unequal chances."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval: `found` of `of`, or an estimate from unequal chances. `rate` is None without cases."""

    found: float
    of: float
    rate: float | None
    low: float
    high: float
    level: float = 0.95


def wilson(found: float, of: float, *, population: int | None = None, level: float = 0.95) -> Share:
    """Wilson's interval; with a `population` it narrows as the sample becomes the whole of it."""
    if of <= 0:
        return Share(found, of, None, 0.0, 1.0, level)
    rate = found / of
    if population is not None and of >= population:
        return Share(found, of, rate, rate, rate, level)
    size = of * (population - 1) / (population - of) if population else of
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (rate + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * math.sqrt(rate * (1 - rate) / size + z * z / (4 * size * size))
    return Share(found, of, rate, max(0.0, middle - half), min(1.0, middle + half), level)


def clopper_pearson(found: int, of: int, *, level: float = 0.95) -> Share:
    """The exact interval, never too narrow; for the few cases of a rare finding."""
    if of <= 0:
        return Share(found, of, None, 0.0, 1.0, level)
    tail = (1 - level) / 2
    low = 0.0 if found == 0 else _root(lambda p: _at_most(found - 1, of, p) - (1 - tail))
    high = 1.0 if found == of else _root(lambda p: _at_most(found, of, p) - tail)
    return Share(found, of, found / of, low, high, level)


def weighted(cases: Iterable[tuple[bool, float]], *, population: int | None = None, level: float = 0.95) -> Share:
    """A share from cases that were drawn with unequal, known chances: each counts for 1 / chance (Hájek), and the
    interval is Wilson's on the size of an equal sample that would tell as much (Kish)."""
    counted = [(found, 1 / chance) for found, chance in cases if chance > 0]
    total = sum(weight for _, weight in counted)
    if not total:
        return Share(0, 0, None, 0.0, 1.0, level)
    rate = sum(weight for found, weight in counted if found) / total
    size = total ** 2 / sum(weight ** 2 for _, weight in counted)
    told = wilson(rate * size, size, population=population, level=level)
    return Share(sum(found for found, _ in counted), len(counted), rate, told.low, told.high, level)


def _at_most(found: int, of: int, share: float) -> float:
    """How likely at most so many findings are."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 0.0 if found < of else 1.0
    log, log_not = math.log(share), math.log1p(-share)
    whole = math.lgamma(of + 1)
    return min(1.0, math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * log + (of - k) * log_not)
        for k in range(found + 1)))


def _root(falling: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
