"""Trends of what is offered: counts with the effort behind them, never a line across a change of what was looked at.

A count says nothing without the effort of finding it, and two counts by different protocols say nothing about change.
So rates are per unit of effort, and a trend is estimated within equal coverage only: each coverage has a level of its
own, and all share one slope. The interval allows for counts that scatter more than chance alone (quasi-Poisson).
Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Final

from wildgate.convention.refusal import Refusal, refuse

LEVEL: Final = 0.95
FEWEST_PERIODS: Final = 5
"""House value: fewer periods within equal coverage give a slope that nobody should read."""
ROUNDS: Final = 60
CLOSE: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between its two ends, 95 % unless said otherwise."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at and by what rules: two counts compare only where all of it is equal."""

    platforms: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    searchers: tuple[str, ...] = ()
    counting: str = ""

    def changed(self, other: Coverage) -> tuple[str, ...]:
        """The names of what differs, in the order of the protocol."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name))


@dataclass(frozen=True, slots=True)
class Count:
    """What one period gave: `period` is its place in time (a month's number), `effort` in one unit throughout."""

    period: int
    count: int
    effort: float
    coverage: Coverage = Coverage()


@dataclass(frozen=True, slots=True)
class Break:
    """The coverage changed before `period`: what lies left and right of it cannot be compared."""

    period: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The periods of one coverage. `used` is whether they say anything about the slope."""

    coverage: Coverage
    periods: tuple[int, ...]
    count: int
    effort: float
    used: bool


@dataclass(frozen=True, slots=True)
class Slope:
    """A trend: `slope` is the change of the logarithm of the rate from one period to the next.

    `dispersion` is 1 where counts scatter as by chance alone. `breaks` are where no line may be drawn across.
    """

    slope: Interval
    dispersion: float
    freedom: int
    stretches: tuple[Stretch, ...]
    breaks: tuple[Break, ...]

    @property
    def change(self) -> Interval:
        """The same as a share: 0.05 is five percent more from one period to the next."""
        return Interval(*(exp(each) - 1 for each in (self.slope.value, self.slope.low, self.slope.high)))

    @property
    def direction(self) -> str:
        """`up`, `down` or `none`: whether zero lies outside the interval."""
        return "up" if self.slope.low > 0 else "down" if self.slope.high < 0 else "none"


@dataclass(frozen=True, slots=True)
class Unseen:
    """What two people who searched apart let one expect: `seen` by either, `total` with its interval.

    `first` and `second` are the shares of all that each of them found.
    """

    seen: int
    total: Interval
    first: float
    second: float


def rate(count: int, effort: float, level: float = LEVEL) -> Interval | None:
    """A rate per unit of effort with its exact interval (Garwood 1936); none without effort."""
    if effort <= 0 or count < 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else gamma_quantile(count, tail)
    return Interval(count / effort, low / effort, gamma_quantile(count + 1, 1 - tail) / effort)


def breaks(series: Sequence[Count]) -> tuple[Break, ...]:
    """Where the coverage changes, in the order of time."""
    ordered = _ordered(series)
    return tuple(Break(after.period, after.coverage.changed(before.coverage))
                 for before, after in pairwise(ordered) if after.coverage != before.coverage)


def trend(series: Sequence[Count], level: float = LEVEL) -> Slope | Refusal:
    """The slope common to all stretches of equal coverage, each at a level of its own; why there is none."""
    ordered = _ordered(series)
    stretches = _stretches(ordered)
    used = {each.coverage for each in stretches if each.used}
    rows = [each for each in ordered if each.coverage in used]
    freedom = len(rows) - len(used) - 1
    if len(rows) < FEWEST_PERIODS or freedom < 1:
        return refuse("trend-short", "A trend takes %(least)s periods with effort and equal coverage; there are "
                      "%(there)s.", least=FEWEST_PERIODS, there=len(rows), basis=("House rule: monitoring",))
    fitted = _fit(rows, [each.coverage for each in stretches if each.used])
    if fitted is None:
        return refuse("trend-none", "The counts fit no trend: too few of the periods have any.",
                      basis=("House rule: monitoring",))
    slope, by_chance, as_it_is, dispersion = fitted
    tail = 1 - (1 - level) / 2
    half = max(NormalDist().inv_cdf(tail) * by_chance, t_quantile(freedom, tail) * as_it_is)
    return Slope(Interval(slope, slope - half, slope + half), dispersion, freedom, stretches, breaks(ordered))


def unseen(first: int, second: int, both: int, level: float = LEVEL) -> Unseen | Refusal:
    """What two who searched the same at the same time, apart, missed together (Lincoln-Petersen after Chapman 1951).

    The interval is that of the unseen ones on the scale of logarithms, so it never falls below what was seen.
    """
    if both < 0 or both > min(first, second):
        return refuse("observers-counts", "What both found cannot be more than either of them found.", field="both")
    if not both:
        return refuse("observers-apart", "The two have nothing in common, so what both missed cannot be estimated.",
                      basis=("Chapman 1951",))
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    hidden = total - seen
    if hidden <= 0:
        return Unseen(seen, Interval(seen, seen, seen), first / seen, second / seen)
    factor = exp(NormalDist().inv_cdf(1 - (1 - level) / 2) * sqrt(log(1 + spread / hidden ** 2)))
    return Unseen(seen, Interval(total, seen + hidden / factor, seen + hidden * factor), first / total, second / total)


def _ordered(series: Sequence[Count]) -> list[Count]:
    return sorted((each for each in series if each.effort > 0), key=lambda each: each.period)


def _stretches(ordered: Sequence[Count]) -> tuple[Stretch, ...]:
    """Equal coverages together, in the order they began. One period, or nothing found, says nothing about a slope."""
    found: dict[Coverage, list[Count]] = {}
    for each in ordered:
        found.setdefault(each.coverage, []).append(each)
    return tuple(Stretch(coverage, tuple(each.period for each in rows), sum(each.count for each in rows),
                         sum(each.effort for each in rows),
                         len({each.period for each in rows}) > 1 and any(each.count for each in rows))
                 for coverage, rows in found.items())


def _fit(rows: Sequence[Count], coverages: Sequence[Coverage]) -> tuple[float, float, float, float] | None:
    """Slope, its two errors and the dispersion: log-linear, by iteratively reweighted least squares.

    Levels are eliminated exactly in each step, so that only the slope is iterated, however many coverages there are.
    """
    middle = sum(each.period for each in rows) / len(rows)
    groups = [[each for each in rows if each.coverage == coverage] for coverage in coverages]
    slope = 0.0
    for _round in range(ROUNDS):
        fitted = [point for group in groups for point in _points(group, slope, middle)]
        information = sum(each.expected * each.away ** 2 for each in fitted)
        if information <= 0:
            return None
        step = max(-1.0, min(1.0, sum(each.over * each.away for each in fitted) / information))
        if abs(step) < CLOSE:
            return slope, *_errors(fitted, information, len(rows) - len(groups) - 1)
        slope += step
    return None


@dataclass(frozen=True, slots=True)
class _Point:
    """One period under a slope: what is expected of it, how far above that it lies, its distance from the middle of
    its stretch, and its share of the stretch."""

    expected: float
    over: float
    away: float
    share: float


def _points(group: Sequence[Count], slope: float, middle: float) -> list[_Point]:
    """The level of a stretch is that at which as many are expected as were counted."""
    weights = [each.effort * exp(slope * (each.period - middle)) for each in group]
    whole = sum(weights)
    level = sum(each.count for each in group) / whole
    mean = sum(weight * each.period for weight, each in zip(weights, group, strict=True)) / whole
    return [_Point(level * weight, each.count - level * weight, each.period - mean, weight / whole)
            for weight, each in zip(weights, group, strict=True)]


def _errors(fitted: Sequence[_Point], information: float, freedom: int) -> tuple[float, float, float]:
    """The slope's error if counts scattered by chance alone, its error as they do scatter, and Pearson's dispersion.

    The second one (HC3, MacKinnon and White 1985) needs no law of the scatter: counts of a busy stretch may scatter
    far more than those of a quiet one.
    """
    spread = 0.0
    for each in fitted:
        lever = each.share + each.expected * each.away ** 2 / information
        spread += (each.over * each.away / max(1 - lever, 0.05)) ** 2
    dispersion = sum(each.over ** 2 / each.expected for each in fitted) / freedom
    return 1 / sqrt(information), sqrt(spread) / information, dispersion


@cache
def gamma_quantile(shape: int, share: float) -> float:
    """Where the gamma distribution of a whole shape and scale 1 reaches `share`."""
    low, high = 0.0, shape + 20 + 10 * sqrt(shape)
    for _round in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _gamma_share(shape, middle) < share else (low, middle)
    return (low + high) / 2


def _gamma_share(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function: by series below, by continued fraction above."""
    if x <= 0:
        return 0.0
    front = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        for step in range(1, 2000):
            term *= x / (shape + step)
            total += term
            if term < total * 1e-14:
                break
        return front * total
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    result = d
    for step in range(1, 2000):
        a = -step * (step - shape)
        b += 2
        d = 1 / (a * d + b or 1e-300)
        c = b + a / c or 1e-300
        result *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return 1 - front * result


@cache
def t_quantile(freedom: int, share: float) -> float:
    """Student's quantile for a share above one half."""
    low, high = 0.0, 700.0
    for _round in range(80):
        middle = (low + high) / 2
        inside = 1 - _beta_share(freedom / 2, 0.5, freedom / (freedom + middle * middle)) / 2
        low, high = (middle, high) if inside < share else (low, middle)
    return (low + high) / 2


def _beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function by its continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or 1e-300)
    result = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + even * d or 1e-300)
        c = 1 + even / c or 1e-300
        result *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + odd * d or 1e-300)
        c = 1 + odd / c or 1e-300
        result *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * result
