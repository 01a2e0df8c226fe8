"""Bar charts drawn on the server: SVG in the colours of the page, with words for whoever cannot see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 220
LEFT, TOP, BOTTOM = 44, 14, 28
GRID_LINES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands under it and how high it is (never negative)."""

    label: str
    value: Decimal


def bars(values: Sequence[Bar], *, title: str, description: str) -> SafeString:
    """An SVG of counts as bars from the left, over round numbers. The same figures belong in a table beside it.

    Colours come from classes of the style sheet (`chart-bar`, `chart-grid`, `chart-word`), so both themes fit.
    """
    top = top_of_scale(max((bar.value for bar in values), default=Decimal(0)))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="chart-title chart-words" '
        'xmlns="http://www.w3.org/2000/svg"><title id="chart-title">{}</title><desc id="chart-words">{}</desc>'
        "{}{}</svg>",
        WIDTH,
        HEIGHT,
        title,
        description,
        _grid(top),
        _bars(values, top),
    )


def top_of_scale(highest: Decimal) -> Decimal:
    """Where the scale ends: four steps of 1, 2 or 5 times a power of ten, each a whole number at least."""
    step = max(highest / GRID_LINES, Decimal(1))
    power = Decimal(10) ** math.floor(step.log10())
    return GRID_LINES * next(
        size * power for size in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if step <= size * power
    )


def _height(value: Decimal, top: Decimal) -> float:
    return float(value / top) * (HEIGHT - TOP - BOTTOM)


def _grid(top: Decimal) -> SafeString:
    steps = [top * i / GRID_LINES for i in range(GRID_LINES + 1)]
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="chart-word" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, WIDTH, y, y, LEFT - 8, f"{base - _height(step, top) + 4:.1f}", f"{step:,.0f}")
            for base in (HEIGHT - BOTTOM,)
            for step in steps
            for y in (f"{base - _height(step, top):.1f}",)
        ),
    )


def _bars(values: Sequence[Bar], top: Decimal) -> SafeString:
    slot = (WIDTH - LEFT) / max(1, len(values))
    base = HEIGHT - BOTTOM
    return format_html_join(
        "",
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text class="chart-word" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                f"{LEFT + i * slot + slot * 0.18:.1f}",
                f"{base - _height(bar.value, top):.1f}",
                f"{slot * 0.64:.1f}",
                f"{_height(bar.value, top):.1f}",
                f"{LEFT + (i + 0.5) * slot:.1f}",
                HEIGHT - 8,
                bar.label,
            )
            for i, bar in enumerate(values)
        ),
    )
