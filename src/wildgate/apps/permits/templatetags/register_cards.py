"""The part of a case page that shows what the registers hold: {% register_cards case %}."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from wildgate.apps.permits import register_cards as cards
from wildgate.apps.permits.models import Application

register = template.Library()


@register.inclusion_tag("permits/case_registers.html")
def register_cards(case: Application) -> dict[str, Any]:
    """The operations that a case names, as they stand today, and the marks of its lines."""
    return {"cards": cards.operation_cards(case, timezone.now().date()), "marks": cards.marks_cards(case)}
