"""Filters that put the codes of the annual report into words."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.apps.reports.annual_reading import Standing
from wildgate.apps.reports.wording import BASES, CORRECTIONS, PARTS, STAGES
from wildgate.convention.report_row import Basis, Part

register = template.Library()


@register.filter
def stage_word(standing: Standing) -> Any:
    return STAGES[standing.stage][1]


@register.filter
def stage_tone(standing: Standing) -> str:
    return STAGES[standing.stage][0]


@register.filter
def part_word(part: Part | str) -> Any:
    return PARTS[Part(part)]


@register.filter
def basis_word(basis: Basis | str) -> Any:
    return BASES[Basis(basis)]


@register.filter
def correction_word(why: str) -> Any:
    return CORRECTIONS.get(why, why)
