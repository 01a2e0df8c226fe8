"""Risk without a learnt model: rates of past findings on keys and combinations, by the standard library alone.

A score is the mean of the log-odds of all rates that have cases, each with the weight of its cases and of how closely
it describes the consignment. Without a single result a score says how unusual value and mass are for the code. Values
are kept as digests: no name is in a book.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from statistics import median

from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared

SMOOTHING = 4.0
UNUSUAL = math.log(10)
"""A ratio ten times above or below what is usual is as unusual as can be."""


@dataclass(slots=True)
class RateBook:
    """Cases and findings by combination and value, and the usual size of ratios."""

    columns: Columns
    cases: int = 0
    findings: int = 0
    counts: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    usual: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def base(self) -> float:
        return self.findings / self.cases if self.cases else 0.0

    def learn(self, rows: Declared) -> None:
        """Count every row that was looked at."""
        for found in rows.findings:
            if found is not None:
                self.cases += 1
                self.findings += found
        for name, values in _combined(self.columns, rows):
            table = self.counts.setdefault(name, {})
            for value, found in zip(values, rows.findings, strict=True):
                if found is not None:
                    count = table.setdefault(value, [0, 0])
                    count[0] += 1
                    count[1] += found
        for name, key in self.columns.medians.items():
            sizes: dict[str, list[float]] = {}
            keys = map(_digest, _texts(self.columns, rows, key))
            for value, size in zip(keys, ratio(self.columns, rows, name), strict=True):
                if not math.isnan(size):
                    sizes.setdefault(value, []).append(size)
            self.usual[name] = {value: median(found) for value, found in sizes.items()}

    def rate(self, combination: str, value: str) -> float:
        """The smoothed rate of findings; the general rate where nothing was seen."""
        cases, findings = self.counts.get(combination, {}).get(_digest(value), (0, 0))
        return (findings + self.base * SMOOTHING) / (cases + SMOOTHING)

    def score(self, rows: Declared) -> list[float]:
        """A score from 0 to 1 for each row."""
        if not self.findings:
            return self._unusual(rows)
        above, below = [0.0] * len(rows), [1e-9] * len(rows)
        start = _logit(min(max(self.base, 1e-4), 1 - 1e-4))
        for name, values in _combined(self.columns, rows):
            table = self.counts.get(name, {})
            closeness = float(sum(len(self.columns.lane) if part == "lane" else 1 for part in name.split("+"))) ** 2
            for place, value in enumerate(values):
                if value in table:
                    cases, findings = table[value]
                    weight = closeness * cases / (cases + SMOOTHING)
                    share = (findings + self.base * SMOOTHING) / (cases + SMOOTHING)
                    above[place] += weight * _logit(min(max(share, 1e-4), 1 - 1e-4))
                    below[place] += weight
        return [1 / (1 + math.exp(-(up + start * 0.5) / (down + 0.5))) for up, down in zip(above, below, strict=True)]

    def _unusual(self, rows: Declared) -> list[float]:
        out = [0.0] * len(rows)
        for name, key in self.columns.medians.items():
            usual = self.usual.get(name, {})
            for place, (value, size) in enumerate(zip(map(_digest, _texts(self.columns, rows, key)),
                                                      ratio(self.columns, rows, name), strict=True)):
                if value in usual and not math.isnan(size):
                    out[place] = max(out[place], min(1.0, abs(size - usual[value]) / UNUSUAL))
        return out


def ratio(columns: Columns, rows: Declared, name: str) -> list[float]:
    """A ratio or amount on a logarithmic scale; not a number where it is not known."""
    if name in rows.amounts:
        return [math.log1p(value) for value in rows.amounts[name]]
    above, below = columns.ratios[name]
    return [math.log((up + 1) / (down + 0.1) + 1) for up, down in zip(rows.amounts[above], rows.amounts[below],
                                                                       strict=True)]


def _combined(columns: Columns, rows: Declared) -> Iterator[tuple[str, list[str]]]:
    """Each combination with the digest of its value for every row."""
    lane = _glued([_texts(columns, rows, key) for key in columns.lane]) if columns.lane else []
    for combination in columns.rates:
        parts = [lane if key == "lane" else _texts(columns, rows, key) for key in combination]
        yield "+".join(combination), list(map(_digest, parts[0] if len(parts) == 1 else _glued(parts)))


def _digest(value: str) -> str:
    return blake2b(value.encode(), digest_size=8).hexdigest()


def _glued(parts: list[list[str]]) -> list[str]:
    return ["\x1f".join(values) for values in zip(*parts, strict=True)]


def _texts(columns: Columns, rows: Declared, key: str) -> list[str]:
    if key in rows.texts:
        return rows.texts[key]
    if key in columns.parts:
        of, first = columns.parts[key]
        return [cell[:first] for cell in rows.texts[of]]
    name = key.removesuffix("_class")
    return ["" if math.isnan(size) else str(math.floor(columns.classes[name] * size))
            for size in ratio(columns, rows, name)]


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
