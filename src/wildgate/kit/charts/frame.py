"""What upright charts share: the legend, the grid with its numbers, the labels along the foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wildgate.kit.charts.canvas import Canvas
from wildgate.kit.charts.scale import Scale
from wildgate.kit.charts.shapes import Number
from wildgate.kit.charts.words import SIZE, fitting, width_of, written

ROW = 20
GAP = 6
FOOT = 24
EDGE = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: what stands for the name is a `fill`, a `line` with its point, a `mark`, a `band`, a
    `shade` of a map or a `flow` on it."""

    name: str
    kind: str
    series: int = 1


@dataclass(frozen=True, slots=True)
class Plot:
    """The field between the axes, in places from the left."""

    left: float
    top: float
    right: float
    bottom: float
    scale: Scale

    def y(self, value: Number) -> float:
        return self.bottom - self.scale.share(value) * (self.bottom - self.top)

    def slot(self, count: int) -> float:
        return (self.right - self.left) / max(1, count)

    def centre(self, i: int, count: int) -> float:
        return self.left + (i + 0.5) * self.slot(count)


def legend(canvas: Canvas, keys: Sequence[Key], top: float = 0) -> float:
    """Draw the legend in as many rows as it takes; where the rest may begin."""
    x, y = 0.0, top
    for key in keys:
        name = fitting(key.name, canvas.width - 24)
        wide = 22 + width_of(name)
        if x and x + wide > canvas.width:
            x, y = 0.0, y + ROW
        _sample(canvas, key, x, y + ROW / 2)
        canvas.text(x + 22, y + ROW / 2 + SIZE * 0.35, name)
        x += wide + 14
    return y + ROW + GAP if keys else top


def _sample(canvas: Canvas, key: Key, x: float, y: float) -> None:
    if key.kind == "fill":
        canvas.fill(x, y - 6, 15, 12, series=key.series)
    elif key.kind == "shade":
        canvas.shade(x, y - 6, 15, 12, key.series)
    elif key.kind == "flow":
        canvas.line((x, y), (x + 16, y), "flow-key")
    elif key.kind == "band":
        canvas.path(((x, y - 6), (x + 15, y - 6), (x + 15, y + 6), (x, y + 6)), "band", closed=True)
    else:
        canvas.line((x, y), (x + 16, y), f"line c-l{key.series}" if key.kind == "line" else "limit")
        if key.kind == "line":
            canvas.point(x + 8, y, key.series)


def field(canvas: Canvas, scale: Scale, top: float, *, unit: str, height: float) -> Plot:
    """Draw grid and numbers, the unit above them, and set the height of the canvas."""
    numbers = [written(tick) for tick in scale.ticks]
    left = max(width_of(number) for number in numbers) + EDGE
    if unit:
        canvas.text(0, top + SIZE, fitting(unit, canvas.width), kind="unit")
        top += ROW
    plot = Plot(left, top + SIZE + GAP, canvas.width - EDGE, top + SIZE + GAP + height, scale)
    for tick, number in zip(scale.ticks, numbers, strict=True):
        y = plot.y(tick)
        canvas.line((left, y), (plot.right, y), "grid" if tick else "axis")
        canvas.text(left - EDGE, y + SIZE * 0.35, number, anchor="end")
    canvas.height = plot.bottom + FOOT
    return plot


def foot(canvas: Canvas, plot: Plot, places: Sequence[tuple[float, str]]) -> None:
    """Write labels under the axis: every one, or every second, third ... so that none touches the next."""
    for x, label in shown(places, canvas.width):
        canvas.text(x, plot.bottom + SIZE + GAP, label, anchor="middle")


def shown(places: Sequence[tuple[float, str]], width: float) -> Iterator[tuple[float, str]]:
    """The labels there is room for, evenly thinned; one that would stick out is moved in."""
    fitted = [(x, fitting(label, width)) for x, label in places]
    for every in range(1, len(fitted) + 1):
        kept = [_inside(x, label, width) for x, label in fitted[::every]]
        ends = [(x - width_of(label) / 2, x + width_of(label) / 2) for x, label in kept]
        if all(right + GAP <= left for (_, right), (left, _) in pairwise(ends)):
            yield from kept
            return


def _inside(x: float, label: str, width: float) -> tuple[float, str]:
    half = width_of(label) / 2
    return min(max(x, half), width - half), label
