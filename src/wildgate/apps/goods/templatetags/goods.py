"""Customs codes and their answers as pages show them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from wildgate.targeting.goods import spaced

register = template.Library()
register.filter("hs", spaced)


@register.filter
def worded(told: Any) -> str:
    """A sentence with its values in the reader's language: of a fit, an oddity, a difference."""
    return str(gettext(told.template) % told.values)
