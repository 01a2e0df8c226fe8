"""Relations as pages show them."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.apps.intelligence.relations import word

register = template.Library()


@register.filter
def relation_word(kind: str) -> Any:
    """What joins two entities."""
    return word(kind)
