"""What can be drawn: charts as values. A chart that could mislead (a negative bar, a ragged series) cannot be made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

Number = Decimal | int
Values = tuple[Number | None, ...]
KEY = re.compile(r"[a-z][a-z0-9-]{0,60}")
MOST_SERIES = 6
"""As many as there are patterns that can be told apart."""


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that was measured, a value for each label; None where nothing was."""

    name: str
    values: Values


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with a name of its own on the scale: a limit, a median."""

    name: str
    value: Number


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two series: from the median to the slowest tenth."""

    name: str
    low: Values
    high: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What every chart has. `key` is unique on its page; `heading` says what labels are; `unit` what is counted."""

    key: str
    title: str
    description: str = ""
    heading: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError(f"a chart's key is a short word of lower-case letters, digits and hyphens: {self.key!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Chart):
    """Upright bars over short labels such as months; several series stand on one another."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    mark: Mark | None = None

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        _even(self.labels, self.series)
        _not_negative(value for each in self.series for value in each.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked(Chart):
    """Lying bars beside long labels such as species. `limits` are marks, one for each label, where there is one."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    limits: Values = ()
    limit_name: str = ""

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        _even(self.labels, self.series)
        if self.limits and len(self.limits) != len(self.labels):
            raise ValueError("a limit for each label, or none at all")
        _not_negative((*self.limits, *(value for each in self.series for value in each.values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(Chart):
    """Lines over labels in the order of time, with a band behind them where the spread matters."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    band: Band | None = None

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        _even(self.labels, self.series)
        if self.band and not len(self.band.low) == len(self.band.high) == len(self.labels):
            raise ValueError("a band has two values for each label")
        edges = (*self.band.low, *self.band.high) if self.band else ()
        _not_negative((*edges, *(value for each in self.series for value in each.values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram(Chart):
    """How often each value came: `counts[i]` from `edges[i]` up to `edges[i + 1]`, with quantiles as marks."""

    edges: tuple[Number, ...]
    counts: tuple[int, ...]
    marks: tuple[Mark, ...] = ()
    counted: str = ""

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        steps = {Decimal(b) - Decimal(a) for a, b in pairwise(self.edges)}
        if len(self.edges) != len(self.counts) + 1 or len(steps) > 1 or any(step <= 0 for step in steps):
            raise ValueError("edges go up by even steps, one more than counts")
        _not_negative(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiples(Chart):
    """Many small charts on one scale, so that they can be compared."""

    labels: tuple[str, ...]
    panels: tuple[Series, ...]

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        for panel in self.panels:
            if len(panel.values) != len(self.labels):
                raise ValueError(f"{panel.name}: a value for each label")
        _not_negative(value for each in self.panels for value in each.values)


@dataclass(frozen=True, slots=True)
class Place:
    """A country by its code, as readers call it, and what was measured of it."""

    code: str
    name: str
    value: Number


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one country to another; `name` tells both."""

    start: str
    end: str
    name: str
    value: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldMap(Chart):
    """Countries shaded by what was measured of them, and flows between them. `measured` and `moved` name the values."""

    places: tuple[Place, ...]
    measured: str
    flows: tuple[Flow, ...] = ()
    moved: str = ""

    def __post_init__(self) -> None:
        Chart.__post_init__(self)
        if len({place.code for place in self.places}) < len(self.places):
            raise ValueError("a country has one value on a map")
        _not_negative([place.value for place in self.places] + [flow.value for flow in self.flows])


def _even(labels: tuple[str, ...], series: tuple[Series, ...]) -> None:
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"1 to {MOST_SERIES} series can be told apart")
    for each in series:
        if len(each.values) != len(labels):
            raise ValueError(f"{each.name}: a value for each label")


def _not_negative(values: Iterable[Number | None]) -> None:
    for value in values:
        if value is not None and not Decimal(value) >= 0:
            raise ValueError(f"these charts begin at zero; {value} lies below")
