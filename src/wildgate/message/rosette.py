"""The fine-line rosettes of the printed form, the ornament of security paper: drawn once as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

STEP = 4
"""Degrees between two points of a curve."""


@cache
def rosettes() -> Mapping[str, str]:
    """By name: `pale` behind the heading, `seal` for the place of the authority's seal."""
    return {"pale": _rosette(12, 0.5, "#b9d0c5"), "seal": _rosette(18, 0.72, "#6f9c8a")}


def _rosette(lobes: int, inner: float, colour: str) -> str:
    """Three turns of a curve with so many lobes, between `inner` and 1 of the radius."""
    curves = "".join(_curve(lobes, inner, turn * 120) for turn in range(3))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'
            f'<path fill="none" stroke="{colour}" stroke-width="0.6" d="{curves}"/></svg>')


def _curve(lobes: int, inner: float, turned: int) -> str:
    points = []
    for degree in range(0, 360, STEP):
        reach = inner + (1 - inner) * (0.5 + 0.5 * math.cos(math.radians(lobes * degree + turned)))
        x, y = (100 + 100 * reach * trig(math.radians(degree)) for trig in (math.cos, math.sin))
        points.append(f"{x:.1f} {y:.1f}")
    return f"M{'L'.join(points)}z"
