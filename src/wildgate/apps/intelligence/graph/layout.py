"""Where the points of a graph stand: springs between what is joined, distance between all (Fruchterman, Reingold 1991).

Pure and without chance: the same graph is the same picture, on every machine. Its cost grows with the square of the
points, and so there is a most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 80
STEPS: Final = 90
GOLDEN: Final = math.pi * (3 - math.sqrt(5))
PULL: Final = 0.06
"""Towards the middle, so that parts that are joined to nothing stay in sight."""
CLOSEST: Final = 0.01


ROOM: Final = 1.7
"""Cells for each point: with fewer, points stand far from where the springs want them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A place for each point, and how large the paper is."""

    places: Mapping[str, tuple[float, float]]
    width: float
    height: float


def laid_out(points: Sequence[str], joins: Iterable[tuple[str, str]], *, width: float, cell: tuple[float, float],
             ) -> Layout:
    """A cell of its own for each point, so that no word covers another. Raises ValueError above the most."""
    if len(points) > MOST:
        raise ValueError(f"a picture shows {MOST} points at most, not {len(points)}")
    index = {point: at for at, point in enumerate(points)}
    pairs = sorted({(min(index[a], index[b]), max(index[a], index[b])) for a, b in joins if a != b})
    xs, ys = _settled(_spiral(len(points), pairs), pairs)
    across = max(1, int(width / cell[0] - 0.5))
    down = max(1, math.ceil(len(points) * ROOM / across))
    wished = [(_stretched(xs[at], min(xs), max(xs), across - 1), _stretched(ys[at], min(ys), max(ys), down - 1))
              for at in range(len(points))]
    taken = _cells(wished, across, down)
    return Layout({point: _centre(taken[at], cell) for point, at in index.items()}, width, down * cell[1])


def _cells(wished: Sequence[tuple[float, float]], across: int, down: int) -> list[tuple[int, int]]:
    """The nearest free cell for each; those in the middle of the picture choose first."""
    free = {(column, row) for row in range(down) for column in range(across)}
    taken: dict[int, tuple[int, int]] = {}
    for at in sorted(range(len(wished)), key=lambda at: (
            round(math.hypot(wished[at][0] - (across - 1) / 2, wished[at][1] - (down - 1) / 2), 6), at)):
        x, y = wished[at]
        taken[at] = min(free, key=lambda cell: (round((cell[0] - x) ** 2 + (cell[1] - y) ** 2, 6), cell))
        free.remove(taken[at])
    return [taken[at] for at in range(len(wished))]


def _centre(cell: tuple[int, int], size: tuple[float, float]) -> tuple[float, float]:
    """Every second row stands half a cell aside: fewer lines run through a third point."""
    column, row = cell
    return (column + 0.5 + (row % 2) / 2) * size[0], (row + 0.5) * size[1]


def _spiral(count: int, pairs: Sequence[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """Where points begin: on a spiral, those with most joins innermost."""
    joins = [0] * count
    for a, b in pairs:
        joins[a] += 1
        joins[b] += 1
    xs, ys = [0.0] * count, [0.0] * count
    for turn, at in enumerate(sorted(range(count), key=lambda at: (-joins[at], at))):
        radius = math.sqrt((turn + 0.5) / count)
        xs[at], ys[at] = radius * math.cos(turn * GOLDEN), radius * math.sin(turn * GOLDEN)
    return xs, ys


def _settled(begun: tuple[list[float], list[float]],
             pairs: Sequence[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """Let the springs work, in ever smaller steps."""
    xs, ys = begun
    count = len(xs)
    if count < 2:
        return xs, ys
    rest = 1.6 / math.sqrt(count)
    for step in range(STEPS):
        fx, fy = _pushed(xs, ys, rest * rest)
        for a, b in pairs:
            dx, dy = xs[a] - xs[b], ys[a] - ys[b]
            force = math.hypot(dx, dy) / rest
            fx[a] -= dx * force
            fy[a] -= dy * force
            fx[b] += dx * force
            fy[b] += dy * force
        longest = 0.25 * (1 - step / STEPS) + CLOSEST
        for at in range(count):
            x, y = fx[at] - xs[at] * PULL, fy[at] - ys[at] * PULL
            length = math.hypot(x, y) or 1.0
            share = min(length, longest) / length
            xs[at] += x * share
            ys[at] += y * share
    return xs, ys


def _pushed(xs: Sequence[float], ys: Sequence[float], strength: float) -> tuple[list[float], list[float]]:
    """How every point pushes every other away, each pair once."""
    count = len(xs)
    fx, fy = [0.0] * count, [0.0] * count
    for a in range(count):
        ax, ay, sx, sy = xs[a], ys[a], 0.0, 0.0
        for b in range(a + 1, count):
            dx, dy = ax - xs[b], ay - ys[b]
            force = strength / (dx * dx + dy * dy + 1e-6)
            dx *= force
            dy *= force
            sx += dx
            sy += dy
            fx[b] -= dx
            fy[b] -= dy
        fx[a] += sx
        fy[a] += sy
    return fx, fy


def _stretched(value: float, low: float, high: float, most: int) -> float:
    """From 0 to `most`: a wide page is used to its width."""
    return most / 2 if high - low < CLOSEST else (value - low) / (high - low) * most
