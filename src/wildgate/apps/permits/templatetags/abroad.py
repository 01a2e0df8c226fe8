"""What is known of another Party's permit, on a case page: {% case_abroad case %}; elsewhere: {% abroad_cards … %}."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from wildgate.apps.permits import abroad
from wildgate.apps.permits.models import Application

register = template.Library()


@register.inclusion_tag("permits/abroad_cards.html", takes_context=True)
def case_abroad(context: Any, case: Application) -> dict[str, Any]:
    """The permits of other countries that the case rests on."""
    actor = context["request"].actor
    wanted = abroad.of_case(case, {each.kind for each in context["findings"]})
    return {"cards": abroad.cards(actor, wanted, timezone.now()), "request": context["request"]}


@register.inclusion_tag("permits/abroad_cards.html", takes_context=True)
def abroad_cards(context: Any, wanted: abroad.Wanted) -> dict[str, Any]:
    """What is known of one permit."""
    return {"cards": abroad.cards(context["request"].actor, [wanted], timezone.now()), "request": context["request"]}
