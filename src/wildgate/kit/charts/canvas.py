"""The paper that charts are drawn on: marks go in at places from the left, and come out as SVG, mirrored where asked.

Everything that comes from data is escaped. Colours are classes of the style sheet: no inline style (our CSP).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wildgate.kit.charts.words import SIZE, width_of

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands, from the top left of the drawing as it is seen."""

    left: float
    top: float
    width: float
    height: float
    text: str = ""

    def covers(self, other: Box) -> bool:
        return (self.left < other.left + other.width and other.left < self.left + self.width
                and self.top < other.top + other.height and other.top < self.top + self.height)


@dataclass(slots=True)
class Canvas:
    """`rtl` mirrors places, never letters. `words` and `bars` keep the boxes of what was drawn."""

    key: str
    width: float
    height: float
    rtl: bool = False
    parts: list[SafeString] = field(default_factory=list)
    words: list[Box] = field(default_factory=list)
    bars: list[Box] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, anchor: Anchor = "start", kind: str = "word",
             size: int = SIZE) -> None:
        """Words whose foot is at `y`. The page's direction turns `start` and `end` around with the places."""
        wide = width_of(text, size)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self.words.append(Box(self._left(left, wide), y - size * 0.8, wide, float(size), text))
        self._add("text", text, x=self._x(x), y=_n(y), **{"text-anchor": anchor, "class": f"c-{kind}"})

    def bar(self, x: float, y: float, width: float, height: float, *, series: int) -> None:
        """A bar in the pattern of a series (from 1), with its box kept."""
        self.bars.append(Box(self._left(x, width), y, width, height, str(series)))
        self.fill(x, y, width, height, series=series)

    def fill(self, x: float, y: float, width: float, height: float, *, series: int) -> None:
        more = {} if series == 1 else {"fill": f"url(#{self.key}-p{series})"}
        self._add("rect", x=_n(self._left(x, width)), y=_n(y), width=_n(width), height=_n(height),
                  **{"class": f"c-s{series}"}, **more)

    def shade(self, x: float, y: float, width: float, height: float, shade: int) -> None:
        """A sample of a shade of maps, from 1 (little) to 5 (much)."""
        self._add("rect", x=_n(self._left(x, width)), y=_n(y), width=_n(width), height=_n(height),
                  **{"class": f"c-m{shade} c-edge"})

    def inset(self, picture: SafeString, box: Box, size: tuple[int, int]) -> None:
        """A picture of its own size, which is not mirrored: east is right for every reader."""
        self.parts.append(format_html(
            '<svg x="{}" y="{}" width="{}" height="{}" viewBox="0 0 {} {}">{}</svg>',
            *map(_n, (self._left(box.left, box.width), box.top, box.width, box.height)), *size, picture))

    def line(self, start: Point, end: Point, kind: str) -> None:
        self._add("line", x1=self._x(start[0]), y1=_n(start[1]), x2=self._x(end[0]), y2=_n(end[1]),
                  **{"class": f"c-{kind}"})

    def path(self, points: Iterable[Point], kind: str, *, closed: bool = False) -> None:
        steps = " L".join(f"{self._x(x)} {_n(y)}" for x, y in points)
        self._add("path", d=f"M{steps}{'Z' if closed else ''}", **{"class": f"c-{kind}"})

    def point(self, x: float, y: float, series: int) -> None:
        """A mark in a shape of its own for each series: circle, square, triangle, diamond."""
        shapes = {1: ((0, -4), (2.8, -2.8), (4, 0), (2.8, 2.8), (0, 4), (-2.8, 2.8), (-4, 0), (-2.8, -2.8)),
                  2: ((-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)),
                  3: ((0, -4.5), (4.5, 3.5), (-4.5, 3.5)), 4: ((0, -5), (5, 0), (0, 5), (-5, 0))}
        self.path(((x + dx, y + dy) for dx, dy in shapes[(series - 1) % 4 + 1]), f"dot c-l{series}", closed=True)

    def svg(self, title: str, description: str, *, patterns: int, kind: str) -> SafeString:
        """The picture with its name and description for whoever cannot see it."""
        direction = flatatt({"direction": "rtl"} if self.rtl else {})
        return format_html(
            '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"{}>'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}</svg>',
            kind, _n(self.width), _n(self.height), self.key, self.key, direction,
            self.key, title, self.key, description, pattern_defs(self.key, patterns),
            format_html_join("", "{}", ((part,) for part in self.parts)))

    def _add(self, name: str, text: str = "", **attributes: str) -> None:
        self.parts.append(format_html("<{}{}>{}</{}>", name, flatatt(attributes), text, name))

    def _left(self, left: float, width: float) -> float:
        return self.width - left - width if self.rtl else left

    def _x(self, x: float) -> str:
        return _n(self.width - x if self.rtl else x)


PATTERNS = {
    2: '<pattern id="{0}-p2" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
       '<rect class="c-g2" width="6" height="6"/><rect class="c-k2" width="3" height="6"/></pattern>',
    3: '<pattern id="{0}-p3" width="6" height="6" patternUnits="userSpaceOnUse">'
       '<rect class="c-g3" width="6" height="6"/><circle class="c-k3" cx="3" cy="3" r="1.7"/></pattern>',
    4: '<pattern id="{0}-p4" width="5" height="5" patternUnits="userSpaceOnUse">'
       '<rect class="c-g4" width="5" height="5"/><rect class="c-k4" width="5" height="2"/></pattern>',
    5: '<pattern id="{0}-p5" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
       '<rect class="c-g5" width="7" height="7"/><rect class="c-k5" width="7" height="1.6"/>'
       '<rect class="c-k5" width="1.6" height="7"/></pattern>',
    6: '<pattern id="{0}-p6" width="9" height="9" patternUnits="userSpaceOnUse">'
       '<rect class="c-g6" width="9" height="9"/></pattern>',
}
"""How the second to sixth series are filled, so that they can be told apart without colour; the first is solid."""


def pattern_defs(key: str, count: int) -> SafeString:
    """The patterns of series 2 to `count`, with names of this drawing's own."""
    if count < 2:
        return format_html("")
    return format_html("<defs>{}</defs>", format_html_join("", "{}", (
        (format_html(PATTERNS[number], key),) for number in range(2, count + 1))))


def _n(number: float) -> str:
    """A place with a tenth of a unit: the same digits on every machine, whatever the reader's language."""
    return f"{number:.1f}".removesuffix(".0")
