"""Whether two monthly series go together, at which lag, and how often chance alone would show as much.

Series of trade go up and down slowly, so neighbours are alike and a plain test finds links everywhere. Here one series
is cut into blocks as long as its memory, the blocks are put into another order many times, and each time the strongest
link over all lags is noted: the share that is as strong as the real one is the p-value, with the search over lags paid
for. Effort, season and a steady rise can be taken out of both series first. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from operator import mul
from random import Random
from typing import Final

from wildgate.convention.refusal import Refusal, refuse

ROUNDS: Final = 999
SHORTEST: Final = 24
"""House value: two years of months; fewer say nothing of a link with a lag."""
FEWEST_BLOCKS: Final = 6
MEMORY: Final = 4
"""A block is so many times as long as the memory of the series."""


@dataclass(frozen=True, slots=True)
class AtLag:
    """The correlation of the first series with the second one `lag` periods later, and how many pairs it rests on."""

    lag: int
    r: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Limit:
    """One sentence on what the result does not say: an English template and its values."""

    code: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values


@dataclass(frozen=True, slots=True)
class Correlation:
    """What goes with what: each lag, the strongest of them, and the share of chance series that show as much."""

    lags: tuple[AtLag, ...]
    best: AtLag
    p: float
    length: int
    rounds: int
    block: int
    controls: tuple[str, ...] = ()

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What has to be said beside the number, whatever it is."""
        said = [
            Limit("no-cause", "That two series go together does not say that one causes the other: both may follow a "
                              "third."),
            Limit("lags", "%(lags)s lags were looked at; the p-value counts the strongest of all of them.",
                  {"lags": str(len(self.lags))}),
            Limit("length", "The series have %(length)s periods in common; blocks of %(block)s were put into another "
                            "order %(rounds)s times.",
                  {"length": str(self.length), "block": str(self.block), "rounds": str(self.rounds)})]
        if self.length < 2 * SHORTEST:
            said.append(Limit("short", "The series are short: only a strong link would show, and none shown is no "
                                       "proof of none."))
        if not self.controls:
            said.append(Limit("bare", "Nothing was held constant: effort, season and a steady rise in both series can "
                                      "make such a link."))
        return tuple(said)


def season(months: Sequence[int]) -> dict[str, list[float]]:
    """Controls that hold the season constant: one for each month of the year but the first that occurs."""
    return {f"month-{month}": [float(each == month) for each in months] for month in sorted(set(months))[1:]}


def correlate(first: Sequence[float], second: Sequence[float], *, most_lag: int = 6,
              controls: Mapping[str, Sequence[float]] | None = None, steady: bool = False, rounds: int = ROUNDS,
              seed: int = 0) -> Correlation | Refusal:
    """The cross-correlation of two series of the same periods over lags to both sides, after taking out `controls`.

    `steady` takes out a straight rise or fall as well. The same input and seed give the same p-value.
    """
    length = len(first)
    if length != len(second) or any(len(each) != length for each in (controls or {}).values()):
        return refuse("correlation-uneven", "All series must have the same periods.")
    if length < SHORTEST:
        return refuse("correlation-short", "A correlation takes %(least)s periods in common; there are %(there)s.",
                      least=SHORTEST, there=length, basis=("House rule: monitoring",))
    most_lag = max(0, min(most_lag, length // 4))
    known = [[1.0] * length, *(list(each) for each in (controls or {}).values())]
    if steady:
        known.append([float(i) for i in range(length)])
    left, right = _standard(_freed(first, known)), _standard(_freed(second, known))
    if left is None or right is None:
        return refuse("correlation-flat", "One of the series does not vary, or only as what is held constant does.")
    lags = tuple(AtLag(lag, _at(left, right, lag), length - abs(lag)) for lag in range(-most_lag, most_lag + 1))
    best = max(lags, key=lambda each: (abs(each.r), -abs(each.lag)))
    block = max(1, min(MEMORY * max(_memory(left), _memory(right)), length // FEWEST_BLOCKS))
    as_strong = _chance(left, right, most_lag, block, abs(best.r), rounds, Random(seed))  # noqa: S311  (no secret)
    names = tuple(controls or ()) + (("steady",) if steady else ())
    return Correlation(lags, best, (1 + as_strong) / (1 + rounds), length, rounds, block, names)


def _chance(left: list[float], right: list[float], most_lag: int, block: int, strongest: float, rounds: int,
            random: Random) -> int:
    """How many of the reordered series reach the strength of the real one at their own best lag."""
    length, reached = len(left), 0
    for _round in range(rounds):
        turn = random.randrange(length)
        turned = left[turn:] + left[:turn]
        starts = list(range(0, length, block))
        random.shuffle(starts)
        mixed = [value for start in starts for value in turned[start:start + block]]
        if any(abs(_at(mixed, right, lag)) >= strongest for lag in range(-most_lag, most_lag + 1)):
            reached += 1
    return reached


def _at(left: Sequence[float], right: Sequence[float], lag: int) -> float:
    """Cross-correlation as in Box and Jenkins: over the whole length, so that few pairs weigh little."""
    pairs: Iterator[float] = map(mul, left, right[lag:]) if lag >= 0 else map(mul, left[-lag:], right)
    return sum(pairs) / len(left)


def _memory(series: list[float]) -> int:
    """The lag from which on a series is no longer like itself; 0 for one without memory."""
    limit = 2 / sqrt(len(series))
    for lag in range(1, len(series) // FEWEST_BLOCKS + 1):
        if _at(series, series, lag) < limit:
            return lag - 1
    return len(series) // FEWEST_BLOCKS


def _standard(series: Sequence[float]) -> list[float] | None:
    """With mean 0 and spread 1; none for a series that does not vary."""
    mean = sum(series) / len(series)
    spread = sqrt(sum((each - mean) ** 2 for each in series) / len(series))
    scale = max(abs(each) for each in series) or 1.0
    return None if spread <= 1e-9 * max(scale, 1e-9) or spread < 1e-12 else [(each - mean) / spread for each in series]


def _freed(series: Sequence[float], known: Sequence[Sequence[float]]) -> list[float]:
    """What is left of a series when all that goes with the known ones is taken out, by Gram and Schmidt."""
    basis: list[list[float]] = []
    for column in known:
        rest = _without(list(column), basis)
        long = sqrt(sum(map(mul, rest, rest)))
        if long > 1e-9 * (sqrt(sum(map(mul, column, column))) or 1.0):
            basis.append([each / long for each in rest])
    kept = _without(list(map(float, series)), basis)
    whole = sqrt(sum(each * each for each in series)) or 1.0
    return [0.0] * len(kept) if sqrt(sum(map(mul, kept, kept))) < 1e-9 * whole else kept


def _without(column: list[float], basis: Sequence[Sequence[float]]) -> list[float]:
    for each in basis:
        share = sum(map(mul, column, each))
        column = [value - share * part for value, part in zip(column, each, strict=True)]
    return column
