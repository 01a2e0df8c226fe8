"""Filters that put codes of the registers into words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.registers import wording
from wildgate.apps.registers.wording import Word

register = template.Library()


@register.filter
def operation_kind(kind: object) -> Any:
    return wording.KINDS.get(str(kind), kind)


@register.filter
def register_tag(state: object) -> SafeString:
    """A state of the registers as a tag: colour, dot and word."""
    found = wording.STANDINGS.get(str(state), Word(state))
    return format_html('<span class="tag {}">{}</span>', found.tag, found.label)


@register.filter
def register_event(kind: object) -> Any:
    return wording.EVENTS.get(str(kind), kind)


@register.filter
def sex_word(sex: object) -> Any:
    return wording.SEXES.get(str(sex), sex)


@register.filter
def acquired_word(way: object) -> Any:
    return wording.ACQUIRED.get(str(way), way)


@register.filter
def mark_word(kind: object) -> Any:
    return wording.MARKS.get(str(kind), kind)
