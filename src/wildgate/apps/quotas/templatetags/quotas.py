"""Filters that put the codes of quotas, ledgers, suspensions and imports into words."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.apps.quotas import wording

register = template.Library()


@register.filter
def quota_kind(kind: str) -> Any:
    return wording.KIND_WORDS.get(kind, kind)


@register.filter
def entry_word(kind: str) -> Any:
    return wording.ENTRY_WORDS.get(kind, kind)


@register.filter
def why_word(why: str) -> Any:
    return wording.WHY_WORDS.get(why, why)


@register.filter
def effect_word(effect: str) -> Any:
    return wording.EFFECT_WORDS.get(effect, effect)


@register.filter
def effect_tone(effect: str) -> str:
    return wording.EFFECT_TONES.get(effect, "off")


@register.filter
def way_word(way: str) -> Any:
    return wording.WAY_WORDS.get(way, way)


@register.filter
def register_word(name: str) -> Any:
    return wording.REGISTERS.get(name, name)
