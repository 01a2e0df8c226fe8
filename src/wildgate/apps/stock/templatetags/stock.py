"""Words for stock in templates: kinds, states as tags, ledger lines."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.stock import wording

register = template.Library()


@register.filter
def stock_kind(kind: object) -> str:
    return str(wording.KIND_WORDS.get(str(kind), kind))


@register.filter
def stock_tag(state: object) -> SafeString:
    """The state as a tag with its colour and word."""
    tone, word = wording.STATE_WORDS.get(str(state), ("off", state))
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.filter
def line_word(kind: object) -> str:
    return str(wording.LINE_WORDS.get(str(kind), kind))


@register.filter
def why_word(why: object) -> str:
    return str(wording.WHY_WORDS.get(str(why), why))


@register.filter
def subject_number(subject: object) -> str:
    """The number in the name of a subject: `application:QM-A-2026-000001` is shown without its kind."""
    return str(subject).partition(":")[2] or str(subject)
