"""Sentences of the engines in the page's language."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.kit.sentences import in_words

register = template.Library()


@register.filter
def worded(said: Any) -> str:
    """A refusal, a warning or a sentence, live or as it was kept, in the page's language."""
    return in_words(said)
