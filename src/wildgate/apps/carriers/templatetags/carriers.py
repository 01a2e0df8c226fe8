"""Answers about parcels as pages show them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wildgate.apps.carriers.wording import ANSWERS, REASONS, SAID, TONES

register = template.Library()


@register.filter
def answer_tag(answer: str) -> SafeString:
    """An answer as a tag with word and colour."""
    return format_html('<span class="tag {}">{}</span>', TONES.get(answer, "no"), ANSWERS.get(answer, answer))


@register.filter
def answer_word(answer: str) -> Any:
    return ANSWERS.get(answer, answer)


@register.filter
def answer_said(answer: str) -> Any:
    """What is to be done."""
    return SAID.get(answer, answer)


@register.filter
def reason_word(reason: str) -> Any:
    """Why a parcel is held, for customs."""
    return REASONS.get(reason, reason)
