"""Filters that put the codes of duties into words."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.apps.accounts.models import Role
from wildgate.apps.duties.matrix import ONLY_WORDS, WAY_WORDS, Only, Way

register = template.Library()


@register.filter
def way_word(code: str) -> Any:
    return WAY_WORDS.get(Way(code), code)


@register.filter
def only_word(only: Only) -> Any:
    return ONLY_WORDS[only]


@register.filter
def role_word(code: str) -> Any:
    return Role(code).label
