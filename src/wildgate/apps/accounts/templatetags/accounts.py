"""Words for templates about people and organisations: tags of states, kinds of a mandate, what a role may read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from wildgate.apps.accounts import fields
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Mandate, Organisation
from wildgate.apps.accounts.wording import ORGANISATION_TAGS, kinds_of

register = template.Library()


@register.filter
def organisation_tag(organisation: Organisation) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', ORGANISATION_TAGS[organisation.state],
                       organisation.get_state_display())


@register.filter
def mandate_kinds(kinds: list[str]) -> str:
    return kinds_of(kinds)


@register.filter
def mandate_tag(mandate: Mandate, today: date) -> SafeString:
    """Holds, begins later, has ended."""
    if mandate.holds(today):
        tone, word = "ok", gettext("Holds")
    elif mandate.revoked_at is None and mandate.since > today:
        tone, word = "info", gettext("Begins later")
    else:
        tone, word = "off", gettext("Ended")
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.filter
def shown_to(organisation: Organisation, actor: Actor) -> list[tuple[str, Any]]:
    """Label and value of each field of the organisation that the actor may read and that says something."""
    return fields.facts(organisation, actor)
