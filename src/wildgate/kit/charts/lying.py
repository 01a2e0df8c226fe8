"""Lying bars for long names, and many small charts on one scale."""

from __future__ import annotations

from decimal import Decimal

from wildgate.kit.charts.canvas import Canvas
from wildgate.kit.charts.frame import EDGE, GAP, ROW, Key, legend, shown
from wildgate.kit.charts.scale import Scale, scale_for
from wildgate.kit.charts.shapes import Multiples, Ranked, Series
from wildgate.kit.charts.words import SIZE, fitting, width_of, written

THICK = 16
PANEL = 84
GUTTER = 14


def ranked(chart: Ranked, canvas: Canvas) -> int:
    """A name, its bar under it, the sum at the bar's end; a limit is a line across the bar."""
    several = len(chart.series) > 1 or bool(chart.limits)
    keys = [Key(each.name, "fill", i) for i, each in enumerate(chart.series, 1)] if several else []
    keys += [Key(chart.limit_name, "mark")] if chart.limits else []
    sums = [sum((Decimal(each.values[i] or 0) for each in chart.series), Decimal(0)) for i in range(len(chart.labels))]
    scale = scale_for([*sums, *chart.limits])
    right = canvas.width - max((width_of(written(total)) for total in sums), default=0) - GAP - 2
    y = legend(canvas, keys)
    names = []
    for i, label in enumerate(chart.labels):
        names.append((y + SIZE, label))
        _row(canvas, chart, i, y + SIZE + GAP, right, scale)
        if chart.limits and (limit := chart.limits[i]) is not None:
            x = scale.share(limit) * right
            canvas.line((x, y + SIZE + 2), (x, y + SIZE + GAP + THICK + 4), "limit")
        y += SIZE + GAP + THICK + 12
    _axis(canvas, scale, y, right, chart.unit)
    for foot, label in names:
        canvas.text(0, foot, fitting(label, canvas.width), kind="name")
    return len(chart.series)


def _row(canvas: Canvas, chart: Ranked, i: int, y: float, right: float, scale: Scale) -> None:
    base = Decimal(0)
    canvas.line((0, y - 3), (0, y + THICK + 3), "axis")
    for number, each in enumerate(chart.series, 1):
        value = Decimal(each.values[i] or 0)
        if value:
            canvas.bar(scale.share(base) * right, y, scale.share(value) * right, THICK, series=number)
        base += value
    end, limit = scale.share(base) * right, scale.share((chart.limits[i] if chart.limits else 0) or 0) * right
    if end - 2 <= limit < end + width_of(written(base)) + 2 * GAP:  # the number goes behind a limit that it would cover
        end = max(end, limit)
    canvas.text(end + GAP, y + THICK / 2 + SIZE * 0.35, written(base), kind="value")


def _axis(canvas: Canvas, scale: Scale, bottom: float, right: float, unit: str) -> None:
    places = []
    for tick in scale.ticks:
        x = scale.share(tick) * right
        canvas.line((x, bottom - 2), (x, bottom + 3), "axis")
        places.append((x, written(tick)))
    canvas.line((0, bottom), (right, bottom), "axis")
    for x, number in shown(places, canvas.width):
        canvas.text(x, bottom + SIZE + 5, number, anchor="middle")
    canvas.height = bottom + SIZE + 5 + EDGE
    if unit:
        canvas.text(0, canvas.height + SIZE, fitting(unit, canvas.width), kind="unit")
        canvas.height += ROW


def multiples(chart: Multiples, canvas: Canvas) -> int:
    """Panels side by side; the top of the one scale is written beside each row of them."""
    columns = 2 if canvas.width < 400 else 4
    scale = scale_for([value for panel in chart.panels for value in panel.values], steps=2)
    numbers = [written(tick) for tick in scale.ticks]
    left = max(width_of(number) for number in numbers) + EDGE
    room = (canvas.width - left - GUTTER * (columns - 1)) / columns
    top = 0.0
    if chart.unit:
        canvas.text(0, SIZE, fitting(chart.unit, canvas.width), kind="unit")
        top = ROW
    high = ROW + PANEL + ROW + GUTTER
    for i, panel in enumerate(chart.panels):
        row, column = divmod(i, columns)
        x, y = left + column * (room + GUTTER), top + row * high
        _panel(canvas, chart, panel, x, y, room, scale)
        if column == 0:
            for tick, number in zip(scale.ticks, numbers, strict=True):
                foot = y + ROW + PANEL - scale.share(tick) * PANEL
                canvas.text(left - EDGE, foot + SIZE * 0.35, number, anchor="end")
    canvas.height = top + -(-len(chart.panels) // columns) * high
    return 1


def _panel(canvas: Canvas, chart: Multiples, panel: Series, x: float, y: float, room: float, scale: Scale) -> None:
    canvas.text(x, y + SIZE, fitting(panel.name, room), kind="name")
    base = y + ROW + PANEL
    for tick in scale.ticks:
        at = base - scale.share(tick) * PANEL
        canvas.line((x, at), (x + room, at), "grid" if tick else "axis")
    slot = room / max(1, len(chart.labels))
    for i, value in enumerate(panel.values):
        if value:
            tall = scale.share(value) * PANEL
            canvas.bar(x + i * slot + slot * 0.12, base - tall, slot * 0.76, tall, series=1)
    ends = [chart.labels[0], chart.labels[-1]] if len(chart.labels) > 1 else list(chart.labels)
    if sum(width_of(label) for label in ends) + GAP <= room:
        for label, anchor, at in zip(ends, ("start", "end"), (x, x + room), strict=False):
            canvas.text(at, base + SIZE + 3, label, anchor="start" if anchor == "start" else "end")
