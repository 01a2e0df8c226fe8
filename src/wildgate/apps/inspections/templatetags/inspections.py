"""Filters that put codes of inspections and seizures into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from wildgate.apps.inspections import codes, wording
from wildgate.apps.inspections.selectors.controls import Clock

register = template.Library()
CHOICES: dict[str, dict[str, Any]] = {
    name: dict(getattr(codes, name).choices)
    for name in ("Agency", "Behind", "Cause", "Confidence", "Detection", "Found", "Kind", "Lane", "Method", "Mode",
                 "Outcome", "Reason")}


@register.filter
def said_as(code: object, table: str) -> Any:
    """The word for a code of one of the tables: `line.result|said_as:"Found"`."""
    return CHOICES[table].get(str(code), code)


@register.filter
def point(said: Mapping[str, Any]) -> str:
    return wording.point(said)


@register.filter
def outcome_tone(outcome: object) -> str:
    return wording.outcome_tone(str(outcome))


@register.filter
def lane_tone(lane: object) -> str:
    return wording.lane_tone(str(lane))


@register.filter
def found_tone(result: object) -> str:
    return wording.found_tone(str(result))


@register.filter
def clock_words(clock: Clock) -> str:
    return wording.left(clock.left, clock.unit)
