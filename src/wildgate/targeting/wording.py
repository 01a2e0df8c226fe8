"""What made a score, in words: one part of the model's sum as a code, values and an English sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from wildgate.targeting.columns import Columns

TEMPLATES: Mapping[str, str] = {
    "part-start": "where every score starts",
    "part-rate": "%(what)s: %(findings)s findings in %(cases)s cases",
    "part-rate-none": "%(what)s: not seen before",
    "part-seen": "%(what)s: seen %(cases)s times",
    "part-size": "%(what)s: %(value)s",
    "part-size-unknown": "%(what)s: not known",
    "part-against": "%(what)s: %(value)s times what is usual for its %(key)s",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One column's part of a score, in log-odds: above 0 it raises the risk."""

    column: str
    weight: float
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def english(self) -> str:
        return TEMPLATES[self.code] % self.values


def part_of(columns: Columns, name: str, at: Mapping[str, float], weight: float) -> Part:
    """Word one column of `targeting.features`; `at` holds the values of all columns of the row."""
    kind, _, rest = name.partition(":")
    what = called(columns, rest)
    if kind in {"rate", "seen"}:
        cases = max(0, round(math.expm1(at[f"seen:{rest}"])))
        if kind == "seen":
            return Part(name, weight, "part-seen", {"what": what, "cases": str(cases)})
        if not cases:
            return Part(name, weight, "part-rate-none", {"what": what})
        return Part(name, weight, "part-rate", {"what": what, "cases": str(cases),
                                                "findings": _findings(at[name], cases, at)})
    if math.isnan(at[name]):
        return Part(name, weight, "part-size-unknown", {"what": what})
    if kind == "log":
        return Part(name, weight, "part-size", {"what": what, "value": f"{math.expm1(at[name]):.4g}"})
    key = called(columns, columns.medians[rest])
    return Part(name, weight, "part-against", {"what": what, "key": key, "value": f"{math.exp(at[name]):.2g}"})


def _findings(rate: float, cases: int, at: Mapping[str, float]) -> str:
    """The findings behind a smoothed rate."""
    from wildgate.targeting.rates import SMOOTHING
    return str(max(0, round(rate * (cases + SMOOTHING) - at.get("base", 0.0) * SMOOTHING)))


def called(columns: Columns, names: str) -> str:
    """A combination in the trade's words."""
    return " and ".join(columns.words.get(name, name.replace("_", " ").removesuffix(" class"))
                        for name in names.split("+"))


def sentence(parts: list[Part], *, most: int = 3) -> str:
    """The weightiest parts that raise a score, in one line."""
    raising = [part for part in parts if part.weight > 0 and part.column != "start"][:most]
    return "; ".join(f"{part.english} ({part.weight:+.1f})" for part in raising)
