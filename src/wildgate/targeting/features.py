"""What history and amounts say about a declaration, as numbers: the columns that the model learns from.

For each key and combination of keys: the smoothed rate of past findings, and how many cases it rests on. In training
the rows of one stretch of days see only the days before it, so no result speaks of itself and nothing comes from the
future. Keys are kept as 64-bit digests: a model's file holds no names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Digests = npt.NDArray[np.uint64]
    Floats = npt.NDArray[np.float64]

STRETCHES = 12
"""Parts into which the days of training are cut."""
SMOOTHING = 4.0
"""A rate begins as if so many cases of the general rate had been seen."""
MOST_REMEMBERED = 300_000


@dataclass(frozen=True, slots=True)
class Table:
    """Cases and findings by digest, sorted by it."""

    digests: Digests
    cases: Floats
    findings: Floats

    def look(self, wanted: Digests) -> tuple[Floats, Floats]:
        """Cases and findings of each digest; none for one that was not seen."""
        import numpy as np
        if not len(self.digests):
            return np.zeros(len(wanted)), np.zeros(len(wanted))
        place = np.minimum(self.digests.searchsorted(wanted), len(self.digests) - 1)
        known = self.digests[place] == wanted
        return self.cases[place] * known, self.findings[place] * known


@dataclass(slots=True)
class History:
    """All tables of a model: counts by combination, medians of ratios by key, and the general rate."""

    columns: Columns
    base: float = 0.0
    tables: dict[str, Table] = field(default_factory=dict)
    medians: dict[str, Table] = field(default_factory=dict)
    """`cases` holds the median, `findings` how many it is of."""
    _known: _Remembered = field(default_factory=lambda: _Remembered())

    @property
    def names(self) -> list[str]:
        """The columns of `matrix`, in order."""
        rates = [name for combination in self.columns.rates for name in (f"rate:{_called(combination)}",
                                                                          f"seen:{_called(combination)}")]
        return [*rates, *(f"log:{name}" for name in (*self.columns.amounts, *self.columns.ratios)),
                *(f"against:{name}" for name in self.columns.medians)]

    def newness(self, rows: Declared) -> dict[str, Floats]:
        """For each combination 1 where a row's value was never seen."""
        digests = self._digests(rows, _amounts(self.columns, rows))
        return {f"new:{_called(each)}": (self.tables[_called(each)].look(_joined(digests, each, self.columns))[0] == 0)
                .astype(float) for each in self.columns.rates}

    @property
    def monotone(self) -> list[int]:
        """1 where more may never lower the risk: the rates of past findings."""
        return [int(name.startswith("rate:")) for name in self.names]

    def matrix(self, rows: Declared) -> Floats:
        """One line a row, by the tables as they are."""
        import numpy as np
        amounts = _amounts(self.columns, rows)
        digests = self._digests(rows, amounts)
        parts: list[Floats] = []
        for combination in self.columns.rates:
            cases, findings = self.tables[_called(combination)].look(_joined(digests, combination, self.columns))
            parts += [(findings + self.base * SMOOTHING) / (cases + SMOOTHING), np.log1p(cases)]
        return np.column_stack([*parts, *self._sizes(digests, amounts)])

    def learn(self, rows: Declared) -> tuple[Floats, Floats]:
        """Fill the tables from rows in the order of their days; the matrix of the rows that were looked at, each as it
        was seen before its own stretch of days, and their findings."""
        import numpy as np
        amounts = _amounts(self.columns, rows)
        digests = self._digests(rows, amounts)
        looked = np.array([found is not None for found in rows.findings])
        found = np.array([bool(finding) for finding in rows.findings], dtype=float)[looked]
        self.base = float(found.mean()) if len(found) else 0.0
        stretch = _stretches(np.array(rows.days)[looked])
        parts: list[Floats] = []
        for combination in self.columns.rates:
            mine = _joined(digests, combination, self.columns)[looked]
            self.tables[_called(combination)], rate, seen = _counted(mine, found, stretch, self.base)
            parts += [rate, seen]
        for name, key in self.columns.medians.items():
            self.medians[name] = _medians(_joined(digests, (key,), self.columns), amounts[name])
        sizes = [values[looked] for values in self._sizes(digests, amounts)]
        return np.column_stack([*parts, *sizes]), found

    def _sizes(self, digests: Mapping[str, Digests], amounts: Mapping[str, Floats]) -> list[Floats]:
        """Amounts and ratios on a logarithmic scale, and ratios against the median of their key."""
        import numpy as np
        parts = [np.log1p(values) for values in amounts.values()]
        for name, key in self.columns.medians.items():
            usual, known = self.medians[name].look(_joined(digests, (key,), self.columns))
            parts.append(np.where(known > 0, np.log1p(amounts[name]) - usual, np.nan))
        return parts

    def _digests(self, rows: Declared, amounts: Mapping[str, Floats]) -> dict[str, Digests]:
        """Digests of each key, part and class, by short name."""
        import numpy as np
        out: dict[str, Digests] = {}
        for name, cells in rows.texts.items():
            out[name] = self._digest(cells)
        for name, (of, first) in self.columns.parts.items():
            out[name] = self._digest([cell[:first] for cell in rows.texts[of]])
        for name, steps in self.columns.classes.items():
            size = np.floor(np.nan_to_num(steps * np.log1p(amounts[name]), nan=-1.0))
            out[f"{name}_class"] = _mixed(size.astype(np.int64).astype(np.uint64))
        return out

    def _digest(self, cells: Sequence[str]) -> Digests:
        import numpy as np
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        return np.fromiter(map(self._known.__getitem__, cells), dtype=np.uint64, count=len(cells))


class _Remembered(dict[str, int]):
    """Digests that were needed before."""

    def __missing__(self, cell: str) -> int:
        self[cell] = digest = int.from_bytes(hashlib.blake2b(cell.encode(), digest_size=8).digest(), "big")
        return digest


def _called(combination: tuple[str, ...]) -> str:
    return "+".join(combination)


def _amounts(columns: Columns, rows: Declared) -> dict[str, Floats]:
    import numpy as np
    out = {name: np.array(values, dtype=float) for name, values in rows.amounts.items()}
    for name, (above, below) in columns.ratios.items():
        out[name] = (out[above] + 1) / (out[below] + 0.1)
    return out


def _joined(digests: Mapping[str, Digests], combination: tuple[str, ...], columns: Columns) -> Digests:
    """One digest for several keys; `lane` stands for all keys of the lane."""
    names = [name for part in combination for name in (columns.lane if part == "lane" else (part,))]
    out = digests[names[0]]
    for name in names[1:]:
        out = _mixed(out) ^ digests[name]
    return out


def _mixed(digests: Digests) -> Digests:
    """A step that spreads every bit (the finaliser of SplitMix64), so that the order of keys matters."""
    import numpy as np
    out = digests + np.uint64(0x9E3779B97F4A7C15)
    out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return out ^ (out >> np.uint64(31))


def _stretches(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """To which stretch each row belongs. Rows are sorted by day; no day is cut in two, unless all have the same."""
    import numpy as np
    count = len(days)
    if not count or days[0] == days[-1]:
        return np.arange(count) * STRETCHES // max(1, count)
    starts = np.searchsorted(days, days[np.arange(1, STRETCHES) * count // STRETCHES], side="left")
    return np.searchsorted(starts, np.arange(count), side="right")


def _counted(digests: Digests, found: Floats, stretch: npt.NDArray[np.int64],
             base: float) -> tuple[Table, Floats, Floats]:
    """The whole table; and for each row the rate and the cases of what came before its stretch."""
    import numpy as np
    unique, code = np.unique(digests, return_inverse=True)
    cases, findings = np.zeros(len(unique)), np.zeros(len(unique))
    rate, seen = np.empty(len(code)), np.empty(len(code))
    for part in range(STRETCHES):
        mine = stretch == part
        at = code[mine]
        rate[mine] = (findings[at] + base * SMOOTHING) / (cases[at] + SMOOTHING)
        seen[mine] = np.log1p(cases[at])
        cases += np.bincount(at, minlength=len(unique))
        findings += np.bincount(at, weights=found[mine], minlength=len(unique))
    return Table(unique, cases, findings), rate, seen


def _medians(digests: Digests, values: Floats) -> Table:
    """The median logarithm of an amount for each key."""
    import numpy as np
    known = ~np.isnan(values)
    order = np.lexsort((values[known], digests[known]))
    keys, sizes = digests[known][order], np.log1p(values[known][order])
    unique, first, count = np.unique(keys, return_index=True, return_counts=True)
    middle = (sizes[first + (count - 1) // 2] + sizes[first + count // 2]) / 2 if len(keys) else sizes
    return Table(unique, middle, count.astype(float))
