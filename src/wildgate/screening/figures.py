"""How good is a score? Precision, recall, the part that must be read, calibration, and the threshold. No library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

TENTHS = 10
WANTED_RECALL = 0.95


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures on adverts that the model had not seen. `read95`: the part to read, best first, to find 95 in 100."""

    rows: int
    positive: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    read95: float
    ece: float

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def figures(scores: Sequence[float], predicted: Sequence[bool], truth: Sequence[bool]) -> Figures:
    """`scores` are shares from 0 to 1."""
    hits = sum(p and t for p, t in zip(predicted, truth, strict=True))
    said, there = sum(predicted), sum(truth)
    return Figures(len(truth), there, hits / said if said else 0.0, hits / there if there else 0.0,
                   2 * hits / (said + there) if said + there else 0.0, average_precision(scores, truth),
                   part_to_read(scores, truth), ece(scores, truth))


def average_precision(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """The mean precision at each find, rows of equal score taken together."""
    there = sum(truth)
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    hits, area, at = 0, 0.0, 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        found = sum(truth[place] for place in order[at:end])
        hits += found
        area += found * hits / end
        at = end
    return area / there if there else 0.0


def part_to_read(scores: Sequence[float], truth: Sequence[bool], recall: float = WANTED_RECALL) -> float:
    """The part of all rows that is read, best first, until `recall` of the finds are in."""
    wanted, hits = math.ceil(recall * sum(truth) - 1e-9), 0
    for count, place in enumerate(sorted(range(len(scores)), key=lambda place: -scores[place]), 1):
        hits += truth[place]
        if hits >= wanted:
            return count / len(scores)
    return 1.0 if scores else 0.0


def ece(shares: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error over ten equal bins."""
    said, found = [0.0] * TENTHS, [0] * TENTHS
    for share, one in zip(shares, truth, strict=True):
        place = min(TENTHS - 1, int(share * TENTHS))
        said[place] += share
        found[place] += one
    return sum(abs(a - b) for a, b in zip(said, found, strict=True)) / len(shares) if shares else 0.0


def best_threshold(scores: Sequence[float], truth: Sequence[bool], trust: float = 0.5) -> float:
    """The score from which on a "yes" gives the best F1: half way down to the next lower score.

    Scores are calibrated shares. Each row counts as a find partly by its label and partly (`trust`) by its share: with
    few finds the best cut by labels alone jumps about, and is a worse cut for adverts not yet seen.
    """
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    found = [(1 - trust) * one + trust * score for score, one in zip(scores, truth, strict=True)]
    there, hits, best, chosen = sum(found), 0.0, -1.0, 0.5
    for count, place in enumerate(order, 1):
        hits += found[place]
        following = scores[order[count]] if count < len(order) else 0.0
        f1 = 2 * hits / (count + there) if there else 0.0
        if scores[place] != following and f1 > best:
            best, chosen = f1, (scores[place] + following) / 2
    return chosen


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through log-odds (Platt): keeps the order, and a score means what it says."""

    slope: float = 1.0
    shift: float = 0.0

    def share(self, raw: float) -> float:
        return 1 / (1 + math.exp(-max(-35.0, min(35.0, self.slope * raw + self.shift))))


def line_through(raw: Sequence[float], truth: Sequence[bool]) -> Line:
    """The line that fits best, by Newton's method, with Platt's targets."""
    positive, negative = sum(truth), len(truth) - sum(truth)
    if not positive or not negative:
        return Line()
    high, low = (positive + 1) / (positive + 2), 1 / (negative + 2)
    slope, shift = 1.0, 0.0
    for _ in range(100):
        g1 = g0 = h11 = h10 = h00 = 1e-12
        for x, one in zip(raw, truth, strict=True):
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * x + shift))))
            weight, miss = p * (1 - p), p - (high if one else low)
            g1, g0 = g1 + miss * x, g0 + miss
            h11, h10, h00 = h11 + weight * x * x, h10 + weight * x, h00 + weight
        det = h11 * h00 - h10 * h10
        if abs(det) < 1e-12:
            break
        step1, step0 = (h00 * g1 - h10 * g0) / det, (h11 * g0 - h10 * g1) / det
        slope, shift = slope - max(-1.0, min(1.0, step1)), shift - max(-1.0, min(1.0, step0))
        if abs(step1) + abs(step0) < 1e-8:
            break
    return Line(slope, shift) if slope > 0.01 and math.isfinite(shift) else Line()
