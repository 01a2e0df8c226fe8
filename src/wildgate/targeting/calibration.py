"""Does a score mean what it says? Calibration, the reliability table, ranking figures and drift of what comes in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

PSI_WATCH, PSI_ALARM = 0.1, 0.25
"""The usual reading of the population stability index: below 0.1 stable, above 0.25 changed."""
FEWEST = 20
"""So many findings, and so many cases without one, are needed to calibrate."""


@dataclass(frozen=True, slots=True)
class Platt:
    """A straight line through the model's log-odds: keeps the order of cases, and the parts of a score still add up."""

    slope: float = 1.0
    shift: float = 0.0

    def logit(self, raw: float) -> float:
        return self.slope * raw + self.shift

    def share(self, raw: float) -> float:
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, self.logit(raw)))))


def platt(raw: Sequence[float], found: Sequence[bool]) -> Platt:
    """The line that fits best, by Newton's method; no change where there is too little to learn from."""
    positives = sum(found)
    if positives < FEWEST or len(found) - positives < FEWEST:
        return Platt()
    # Platt's targets keep the line finite where the cases are perfectly apart.
    target = [(positives + 1) / (positives + 2) if one else 1 / (len(found) - positives + 2) for one in found]
    slope, shift = 1.0, 0.0
    for _ in range(50):
        g1 = g0 = h11 = h10 = h00 = 0.0
        for x, wanted in zip(raw, target, strict=True):
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * x + shift))))
            w, miss = p * (1 - p), p - wanted
            g1, g0 = g1 + miss * x, g0 + miss
            h11, h10, h00 = h11 + w * x * x, h10 + w * x, h00 + w
        det = (h11 + 1e-9) * (h00 + 1e-9) - h10 * h10
        if det < 1e-12:
            break
        step1, step0 = ((h00 + 1e-9) * g1 - h10 * g0) / det, ((h11 + 1e-9) * g0 - h10 * g1) / det
        slope, shift = slope - max(-1.0, min(1.0, step1)), shift - max(-1.0, min(1.0, step0))
        if abs(step1) + abs(step0) < 1e-7:
            break
    return Platt(slope, shift) if slope > 0.05 and math.isfinite(shift) else Platt()


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose score lies in one tenth: what was said and what was found."""

    cases: int
    said: float
    found: float


def reliability(scores: Sequence[float], found: Sequence[bool]) -> tuple[Bin, ...]:
    """Ten bins by score; empty bins are left out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for score, one in zip(scores, found, strict=True):
        bins[min(9, int(score * 10))].append((score, one))
    return tuple(Bin(len(each), sum(score for score, _ in each) / len(each), sum(one for _, one in each) / len(each))
                 for each in bins if each)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well a score puts findings first: area under the curve, precision and recall in the top shares."""

    cases: int
    findings: int
    auc: float | None
    p1: float
    p5: float
    p10: float
    r10: float

    def as_json(self) -> dict[str, float | None]:
        return {name: None if value is None else round(value, 5) for name, value in asdict(self).items()}


def ranking(scores: Sequence[float], found: Sequence[bool]) -> Ranking:
    """Ties count half in the area and keep their order in the top shares."""
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    ranked = [found[place] for place in order]
    findings = sum(ranked)
    tops = [ranked[:max(1, round(len(ranked) * share))] for share in (0.01, 0.05, 0.1)]
    p1, p5, p10 = (sum(top) / len(top) if top else 0.0 for top in tops)
    recall = sum(tops[2]) / findings if findings else 0.0
    return Ranking(len(scores), findings, _auc(scores, found), p1, p5, p10, recall)


def _auc(scores: Sequence[float], found: Sequence[bool]) -> float | None:
    order = sorted(range(len(scores)), key=scores.__getitem__)
    positives = sum(found)
    if not 0 < positives < len(found):
        return None
    ranks, place = 0.0, 0
    while place < len(order):
        end = place
        while end < len(order) and scores[order[end]] == scores[order[place]]:
            end += 1
        ranks += sum(found[order[at]] for at in range(place, end)) * (place + end + 1) / 2
        place = end
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(found) - positives))


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of one column were spread in training: edges between tenths, and the part in each."""

    edges: tuple[float, ...]
    parts: tuple[float, ...]


def spread(values: Sequence[float]) -> Spread:
    known = sorted(value for value in values if not math.isnan(value))
    edges = tuple(sorted({known[len(known) * tenth // 10] for tenth in range(1, 10)})) if known else ()
    return Spread(edges, _parts(values, edges))


def _parts(values: Sequence[float], edges: Sequence[float]) -> tuple[float, ...]:
    """The part of values up to each edge, above the last, and unknown."""
    from bisect import bisect_left
    counts = [0] * (len(edges) + 2)
    for value in values:
        counts[-1 if math.isnan(value) else bisect_left(edges, value)] += 1
    return tuple(count / max(1, len(values)) for count in counts)


def psi(before: Spread, values: Sequence[float]) -> float:
    """The population stability index of new values against training."""
    now = _parts(values, before.edges)
    floor = 0.5 / max(1, len(values), 1000)
    return sum((max(b, floor) - max(a, floor)) * math.log(max(b, floor) / max(a, floor))
               for a, b in zip(before.parts, now, strict=True))
