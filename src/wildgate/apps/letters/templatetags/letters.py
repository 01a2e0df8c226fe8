"""Filters that put a letter into words in the reader's language."""

from __future__ import annotations

from django import template

from wildgate.apps.letters import wording
from wildgate.apps.letters.models import Letter

register = template.Library()


@register.filter
def letter_title(letter: Letter) -> str:
    return wording.title(letter)


@register.filter
def letter_text(letter: Letter) -> str:
    return wording.text(letter)
