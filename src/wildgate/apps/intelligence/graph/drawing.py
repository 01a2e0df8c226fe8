"""A graph as SVG: a shape and a colour for each kind, words under every point, a legend of the kinds that are there.

Everything that comes from data is escaped; colours are classes of the style sheet. For readers from the right places
are mirrored, letters never.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wildgate.apps.intelligence.graph.layout import Layout, laid_out
from wildgate.apps.intelligence.graph.lines import around
from wildgate.kit.charts.words import fitting, width_of

WIDTH: Final = 960
CELL: Final = (132.0, 84.0)
LETTERS: Final = 12
RADIUS: Final = 13.0
ROW: Final = 26
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Around a word whose direction may be another than the page's."""
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Somebody or something in the graph; `address` leads to its page. `title`: what is said where there is room."""

    key: str
    kind: str
    label: str
    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """What is said of two points. A report joins those whom it names with a thin line."""

    start: str
    end: str
    says: str
    thin: bool = False


def draw(points: Sequence[Point], joins: Sequence[Join], names: Mapping[str, str], *, title: str, description: str,
         rtl: bool = False) -> SafeString:
    """The picture of at most `layout.MOST` points. `names`: how the reader calls each kind."""
    layout = laid_out([point.key for point in points], [(join.start, join.end) for join in joins], width=WIDTH,
                      cell=CELL)
    kinds = [(kind, name) for kind, name in names.items() if any(point.kind == kind for point in points)]
    legend, top = _legend(kinds, rtl=rtl)
    paper = _Paper(layout, top, rtl)
    return format_html(
        '<svg class="graph-svg" viewBox="0 0 {} {}" width="{}" role="group" aria-labelledby="graph-t graph-d"{}>'
        '<title id="graph-t">{}</title><desc id="graph-d">{}</desc>{}{}{}</svg>',
        WIDTH, _n(top + layout.height), WIDTH, format_html(' direction="rtl"') if rtl else "", title, description,
        legend, format_html_join("", "{}", ((paper.join(join),) for join in joins)),
        format_html_join("", "{}", ((paper.point(point, names),) for point in points)))


@dataclass(frozen=True, slots=True)
class _Paper:
    layout: Layout
    top: float
    rtl: bool

    def join(self, join: Join) -> SafeString:
        start, end = self._at(join.start), self._at(join.end)
        others = (self._at(key) for key in self.layout.places if key not in (join.start, join.end))
        pull = around(start, end, others, width=WIDTH, height=self.top + self.layout.height)
        course = ["M", *map(_n, start), *(("Q", *map(_n, pull)) if pull else "L"), *map(_n, end)]
        return format_html('<path class="{}" d="{}"><title>{}</title></path>',
                           "g-thin" if join.thin else "g-join", " ".join(course), join.says)

    def point(self, point: Point, names: Mapping[str, str]) -> SafeString:
        x, y = self._at(point.key)
        said = fitting(point.label, CELL[0] - 8, LETTERS)
        return format_html(
            '<a class="g-point" href="{}"><title>{}: {}</title>{}'
            '<text x="{}" y="{}" text-anchor="middle">{}</text></a>',
            point.address, names.get(point.kind, point.kind), point.title or point.label, _shape(point.kind, x, y),
            _n(x), _n(y + RADIUS + LETTERS + 3), f"{ISOLATE}{said}{END_ISOLATE}")

    def _at(self, key: str) -> tuple[float, float]:
        x, y = self.layout.places[key]
        return (WIDTH - x if self.rtl else x), self.top + y - LETTERS / 2


def _legend(kinds: Iterable[tuple[str, str]], *, rtl: bool) -> tuple[SafeString, float]:
    """One sample for each kind in as many rows as it takes, and where the picture begins."""
    parts, x, y = [], 0.0, 0.0
    for kind, name in kinds:
        wide = 2 * RADIUS + 8 + width_of(name, LETTERS)
        if x and x + wide > WIDTH:
            x, y = 0.0, y + ROW
        middle, foot = x + RADIUS, y + ROW / 2
        words = x + 2 * RADIUS + 6
        parts.append(format_html('{}<text x="{}" y="{}">{}</text>',
                                 _shape(kind, WIDTH - middle if rtl else middle, foot, 0.7),
                                 _n(WIDTH - words if rtl else words), _n(foot + 4), name))
        x += wide + 14
    return format_html("<g>{}</g>", format_html_join("", "{}", ((part,) for part in parts))), y + ROW + 10


def _regular(corners: int, turned: float = 0.0) -> Outline:
    """A polygon of even sides; the first corner is on top."""
    return tuple((math.sin(2 * math.pi * (i + turned) / corners), -math.cos(2 * math.pi * (i + turned) / corners))
                 for i in range(corners))


def _star(corners: int, inner: float) -> Outline:
    return tuple((math.sin(math.pi * i / corners) * (inner if i % 2 else 1.0),
                  -math.cos(math.pi * i / corners) * (inner if i % 2 else 1.0)) for i in range(2 * corners))


SHAPES: Final[Mapping[str, Outline]] = {
    "person": _regular(24), "organisation": ((-1, -.7), (1, -.7), (1, .7), (-1, .7)),
    "account": _regular(5), "phone": ((-.55, -1), (.55, -1), (.55, 1), (-.55, 1)), "email": _regular(4),
    "address": ((0, -1), (1, -.2), (.8, .9), (-.8, .9), (-1, -.2)),
    "vehicle": ((-.6, -.7), (.6, -.7), (1, .7), (-1, .7)),
    "vessel": ((-1, -.6), (1, -.6), (.55, .8), (-.55, .8)), "taxon": _regular(6), "permit": _regular(8, .5),
    "declaration": ((-.6, -.8), (1, -.8), (.6, .8), (-1, .8)), "seizure": _star(5, .45),
    "listing": ((0, 1), (-1, -.75), (1, -.75)), "place": ((0, -1), (1, .75), (-1, .75)),
    "report": ((-.7, -1), (.3, -1), (.8, -.45), (.8, 1), (-.7, 1)),
}
"""The outline of each kind, within one unit around its middle: kinds are told apart by it first, by colour second."""
PLAIN: Final = _regular(3, .5)
COLOURS: Final[Mapping[str, int]] = {
    "person": 1, "organisation": 1, "account": 2, "phone": 2, "email": 2, "address": 3, "place": 3, "vehicle": 4,
    "vessel": 4, "taxon": 5, "permit": 6, "declaration": 6, "seizure": 7, "listing": 7, "report": 8,
}


def _shape(kind: str, x: float, y: float, size: float = 1.0) -> SafeString:
    corners = " ".join(f"{_n(x + dx * RADIUS * size)},{_n(y + dy * RADIUS * size)}"
                       for dx, dy in SHAPES.get(kind, PLAIN))
    return format_html('<polygon class="g-k{}" points="{}"/>', COLOURS.get(kind, 8), corners)


def _n(number: float) -> str:
    """A tenth of a unit: the same digits on every machine, whatever the reader's language."""
    return f"{number:.1f}".removesuffix(".0")
