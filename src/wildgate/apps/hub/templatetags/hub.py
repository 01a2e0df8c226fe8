"""The hub's words in templates."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.apps.hub.wording import OPERATIONS, PASSAGES, STATES

register = template.Library()


@register.filter
def node_word(state: str) -> Any:
    """How a Party's service is."""
    return STATES.get(state, state)


@register.filter
def passage_tone(state: str) -> str:
    return PASSAGES.get(state, "off")


@register.filter
def operation_word(operation: str) -> Any:
    """What was sent or asked."""
    return OPERATIONS.get(operation, operation)
