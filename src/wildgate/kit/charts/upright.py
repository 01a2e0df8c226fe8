"""Upright charts: bars that stand on one another, lines with a band, histograms with their quantiles."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from wildgate.kit.charts.canvas import Canvas, Point
from wildgate.kit.charts.frame import GAP, ROW, Key, Plot, field, foot, legend
from wildgate.kit.charts.scale import scale_for
from wildgate.kit.charts.shapes import Bars, Histogram, Trend, Values
from wildgate.kit.charts.table import span_of
from wildgate.kit.charts.words import fitting, width_of, written

HEIGHT = 160
FULLNESS = 0.72
"""How much of its place a bar takes."""


def bars(chart: Bars, canvas: Canvas) -> int:
    """Bars from zero, series on series, the sum above where all sums have room."""
    several = len(chart.series) > 1
    keys = [Key(each.name, "fill", i) for i, each in enumerate(chart.series, 1)] if several else []
    keys += [Key(f"{chart.mark.name}: {written(chart.mark.value)}", "mark")] if chart.mark else []
    sums = [sum((Decimal(each.values[i] or 0) for each in chart.series), Decimal(0)) for i in range(len(chart.labels))]
    scale = scale_for([*sums, chart.mark.value if chart.mark else None])
    plot = field(canvas, scale, legend(canvas, keys), unit=chart.unit, height=HEIGHT)
    slot = plot.slot(len(chart.labels))
    wide = min(slot * FULLNESS, 56)
    for i in range(len(chart.labels)):
        base = Decimal(0)
        for number, each in enumerate(chart.series, 1):
            value = Decimal(each.values[i] or 0)
            if value:
                top, low = plot.y(base + value), plot.y(base)
                canvas.bar(plot.centre(i, len(chart.labels)) - wide / 2, top, wide, low - top, series=number)
            base += value
    if all(width_of(written(total)) + 4 <= slot for total in sums):
        for i, total in enumerate(sums):
            if not total:
                continue
            canvas.text(plot.centre(i, len(sums)), plot.y(total) - 4, written(total), anchor="middle", kind="value")
    if chart.mark:
        y = plot.y(chart.mark.value)
        canvas.line((plot.left, y), (plot.right, y), "limit")
    foot(canvas, plot, [(plot.centre(i, len(chart.labels)), label) for i, label in enumerate(chart.labels)])
    return len(chart.series)


def trend(chart: Trend, canvas: Canvas) -> int:
    """Lines with a point for each value; a line breaks where there is none."""
    keys = [Key(each.name, "line", i) for i, each in enumerate(chart.series, 1)]
    keys += [Key(chart.band.name, "band")] if chart.band else []
    given = [value for each in chart.series for value in each.values]
    given += [*chart.band.low, *chart.band.high] if chart.band else []
    plot = field(canvas, scale_for(given), legend(canvas, keys), unit=chart.unit, height=HEIGHT)
    if chart.band:
        low, high = chart.band.low, chart.band.high
        for run in _runs([None if high[i] is None else value for i, value in enumerate(low)]):
            there = [(x, plot.y(high[i] or 0)) for i, x in _places(run, plot, len(low))]
            back = [(x, plot.y(low[i] or 0)) for i, x in _places(run, plot, len(low))]
            canvas.path([*there, *reversed(back)], "band", closed=True)
    for number, each in enumerate(chart.series, 1):
        for run in _runs(each.values):
            points: list[Point] = [(x, plot.y(each.values[i] or 0)) for i, x in _places(run, plot, len(each.values))]
            canvas.path(points, f"line c-l{number}")
            for x, y in points:
                canvas.point(x, y, number)
    foot(canvas, plot, [(plot.centre(i, len(chart.labels)), label) for i, label in enumerate(chart.labels)])
    return 1


def histogram(chart: Histogram, canvas: Canvas) -> int:
    """Bars that touch, and each quantile as a line with its name in a row of its own above."""
    top = 0.0
    rows = []
    for mark in chart.marks:
        rows.append((mark, top + ROW))
        top += ROW
    plot = field(canvas, scale_for(chart.counts), top + (GAP if rows else 0), unit=chart.unit or chart.counted,
                 height=HEIGHT)
    slot = plot.slot(len(chart.counts))
    for i, count in enumerate(chart.counts):
        if count:
            canvas.bar(plot.left + i * slot + 0.5, plot.y(count), slot - 1, plot.bottom - plot.y(count), series=1)
    first, last = Decimal(chart.edges[0]), Decimal(chart.edges[-1])
    whole = bool(chart.counts) and (last - first) / len(chart.counts) == 1
    for mark, foot_of_word in rows:
        place = Decimal(mark.value) + (Decimal("0.5") if whole else 0)
        share = float((min(max(place, first), last) - first) / (last - first))
        x = plot.left + share * (plot.right - plot.left)
        words = fitting(f"{mark.name}: {written(mark.value)}", canvas.width)
        half = width_of(words) / 2
        canvas.line((x, plot.top - GAP), (x, plot.bottom), "limit")
        canvas.text(min(max(x, half), canvas.width - half), foot_of_word, words, anchor="middle", kind="value")
    labels = [span_of(*chart.edges[i:i + 2]) if whole else written(edge)
              for i, edge in enumerate(chart.edges[:-1] if whole else chart.edges)]
    foot(canvas, plot, [(plot.left + (i + (0.5 if whole else 0)) * slot, label) for i, label in enumerate(labels)])
    return 1


def _runs(values: Values | list[object]) -> Iterator[list[int]]:
    """The stretches without a gap, as positions."""
    run: list[int] = []
    for i, value in enumerate(values):
        if value is not None:
            run.append(i)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _places(run: list[int], plot: Plot, count: int) -> Iterator[tuple[int, float]]:
    return ((i, plot.centre(i, count)) for i in run)
