"""From a chart to its picture, in one of two widths: for a phone or a column, and for the whole page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString

from wildgate.kit.charts import lying, upright, world
from wildgate.kit.charts.canvas import Box, Canvas
from wildgate.kit.charts.shapes import Bars, Chart, Histogram, Multiples, Ranked, Trend, WorldMap

NARROW: Final = 300
WIDE: Final = 640


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture; where its words and bars stand, in its own units."""

    svg: SafeString
    width: float
    height: float
    words: tuple[Box, ...]
    bars: tuple[Box, ...]


HANDS: Final[dict[type[Chart], Callable[[Any, Canvas], int]]] = {
    Bars: upright.bars, Trend: upright.trend, Histogram: upright.histogram, Ranked: lying.ranked,
    Multiples: lying.multiples, WorldMap: world.world_map,
}
"""Who draws what. Each sets the height of the canvas and says how many patterns it used."""


def draw(chart: Chart, width: int = WIDE, *, rtl: bool = False) -> Drawing:
    """The picture of a chart; `rtl`: as people see it who read from the right."""
    kind = "wide" if width > NARROW else "narrow"
    canvas = Canvas(f"{chart.key}-{kind[0]}", width, 0, rtl)
    patterns = HANDS[type(chart)](chart, canvas)
    svg = canvas.svg(chart.title, chart.description, patterns=patterns, kind=f"chart-{kind}")
    return Drawing(svg, canvas.width, canvas.height, tuple(canvas.words), tuple(canvas.bars))
