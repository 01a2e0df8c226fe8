"""The world map: countries in shades of what was measured, small ones as dots, flows as arrows in proportion.

Shapes lie in one file (`charts/world.svg`) that a browser keeps; a page says only which country has which shade.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import hypot, sqrt
from typing import Final

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wildgate.convention.tables import read_facts
from wildgate.kit.charts.canvas import Box, Canvas
from wildgate.kit.charts.frame import GAP, Key, legend
from wildgate.kit.charts.shapes import Flow, Number, Place, WorldMap
from wildgate.kit.charts.words import written

SIZE: Final = (2000, 869)
"""The units of `data/world_map.tsv`."""
FILE: Final = "charts/world.svg"
SHADES: Final = 5
SMALL: Final = 7.0
"""A country that would be less wide than so many pixels gets a dot as well."""
DOT: Final = 3.4
BROADEST, FINEST, FULL = 6.0, 0.8, 0.32
"""The largest flow in pixels where the map has its full scale, less on a phone; no flow is drawn finer than the second,
so the least ones look larger than they are."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a country stands on the map, and how much of it it covers; 0: it has no shape, only a dot."""

    x: int
    y: int
    area: int


@cache
def spots() -> dict[str, Spot]:
    """Every country on the map by its code."""
    return {row["code"]: Spot(int(row["x"]), int(row["y"]), int(row["area"])) for row in read_facts("world_map")}


def on_map(code: str) -> bool:
    """Whether the map shows it: not so for unknown countries, the high seas, former States."""
    return code in spots()


def breaks(values: Iterable[Number]) -> list[Decimal]:
    """Up to four round values (1, 2, 5 and their tens) that part the values into classes of about the same number."""
    ordered = sorted(Decimal(value) for value in values if value)
    found = {_round(ordered[len(ordered) * i // SHADES]) for i in range(1, SHADES)} if ordered else set()
    return sorted(value for value in found if value > ordered[0])


def _round(value: Decimal) -> Decimal:
    power = Decimal(10) ** value.adjusted()
    return max(step * power for step in (1, 2, 5) if step * power <= value)


def world_map(chart: WorldMap, canvas: Canvas) -> int:
    """The map over the whole width, its legend under it."""
    scale = canvas.width / SIZE[0]
    shown = [place for place in chart.places if place.value and on_map(place.code)]
    limits = breaks(place.value for place in shown)
    high = SIZE[1] * scale
    parts = [_land(scale), _shaded(shown, limits, scale), _dots(shown, limits, scale), _flows(chart.flows, scale)]
    canvas.inset(format_html_join("", "{}", ((part,) for part in parts)), Box(0, 0, canvas.width, high), SIZE)
    keys = [Key(name, "shade", shade_of(i, len(limits))) for i, name in enumerate(_ranges(limits, shown))]
    keys += [Key(_("largest flow: %(value)s") % {"value": written(max(flow.value for flow in chart.flows))}, "flow")
             ] if chart.flows else []
    canvas.height = legend(canvas, keys, high + GAP)
    return 1


def shade_of(kind: int, limits: int) -> int:
    """The shade of a class, from 1 to 5; a few classes lie as far apart as five would."""
    return round(1 + kind * (SHADES - 1) / limits) if limits else 3


def _ranges(limits: Sequence[Decimal], shown: Sequence[Place]) -> list[str]:
    if not shown:
        return []
    if not limits:
        return [written(max(place.value for place in shown))]
    between = [_("%(low)s to under %(high)s") % {"low": written(low), "high": written(high)}
               for low, high in pairwise(limits)]
    return [_("under %(high)s") % {"high": written(limits[0])}, *between,
            _("%(low)s or more") % {"low": written(limits[-1])}]


def _land(scale: float) -> SafeString:
    return format_html('<use class="c-land" stroke-width="{}" href="{}#world"/>', _n(0.5 / scale), static(FILE))


def _shaded(shown: Sequence[Place], limits: Sequence[Decimal], scale: float) -> SafeString:
    drawn = ((shade_of(bisect_right(limits, place.value), len(limits)), place) for place in shown
             if spots()[place.code].area)
    return format_html('<g class="c-shaded" stroke-width="{}">{}</g>', _n(0.5 / scale), format_html_join(
        "", '<use class="c-m{}" href="{}#{}"/>', ((shade, static(FILE), place.code) for shade, place in drawn)))


def _dots(shown: Sequence[Place], limits: Sequence[Decimal], scale: float) -> SafeString:
    """Dots for what would not be seen; the largest value lies on top."""
    small = [place for place in shown if sqrt(spots()[place.code].area) * scale < SMALL]
    return format_html('<g class="c-dots" stroke-width="{}">{}</g>', _n(0.7 / scale), format_html_join(
        "", '<circle class="c-m{}" cx="{}" cy="{}" r="{}"/>', (
            (shade_of(bisect_right(limits, place.value), len(limits)), spots()[place.code].x, spots()[place.code].y,
             _n(DOT / scale)) for place in sorted(small, key=lambda place: place.value))))


def _flows(flows: Sequence[Flow], scale: float) -> SafeString:
    """Arrows from country to country, the largest lowest; each on a halo, so that crossings can be told."""
    drawn = [flow for flow in flows if on_map(flow.start) and on_map(flow.end) and flow.start != flow.end]
    largest = max((flow.value for flow in flows), default=1) or 1
    return format_html_join("", "{}", ((_arrow(flow, float(Decimal(flow.value) / Decimal(largest)), scale),)
                                       for flow in sorted(drawn, key=lambda flow: -flow.value)))


def _arrow(flow: Flow, share: float, scale: float) -> SafeString:
    """A bow to the left of its way, so that there and back are two; its head at the end."""
    start, end = spots()[flow.start], spots()[flow.end]
    dx, dy = end.x - start.x, end.y - start.y
    long = hypot(dx, dy) or 1.0
    bend_x, bend_y = (start.x + end.x) / 2 + dy * 0.18, (start.y + end.y) / 2 - dx * 0.18
    wide = max(BROADEST * share * min(1.0, scale / FULL), FINEST) / scale
    ax, ay = end.x - bend_x, end.y - bend_y
    reach = hypot(ax, ay) or 1.0
    ux, uy = ax / reach, ay / reach
    head = min(max(wide * 1.6, 4.5 / scale), long / 2)
    foot_x, foot_y = end.x - ux * head, end.y - uy * head
    way = f"M{_n(start.x)} {_n(start.y)}Q{_n(bend_x)} {_n(bend_y)} {_n(foot_x)} {_n(foot_y)}"
    tip = (f"M{_n(end.x)} {_n(end.y)}L{_n(foot_x - uy * head * 0.55)} {_n(foot_y + ux * head * 0.55)} "
           f"{_n(foot_x + uy * head * 0.55)} {_n(foot_y - ux * head * 0.55)}Z")
    return format_html('<path class="c-halo" stroke-width="{}" d="{}"/><path class="c-flow" stroke-width="{}" d="{}"/>'
                       '<path class="c-tip" stroke-width="{}" d="{}"/>', _n(wide + 1.4 / scale), way, _n(wide), way,
                       _n(0.7 / scale), tip)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
