"""Reads of permits under national law, cut to what the actor may see."""

from __future__ import annotations

from django.db.models import QuerySet

from wildgate.apps.accounts.access import OFFICIALS, Actor
from wildgate.apps.accounts.models import Role
from wildgate.apps.national.models import NationalPermit
from wildgate.apps.species.registry import law_of
from wildgate.convention.taxonomy import Unknown

READERS = tuple(role for role in OFFICIALS if role is not Role.ADMINISTRATOR)


def visible_to(actor: Actor) -> QuerySet[NationalPermit]:
    """Exactly those for which `can(actor, VIEW_PERMIT, permit)` says yes, the newest first."""
    found = (NationalPermit.objects.filter(party=actor.party).select_related("organisation", "decided_by")
             .order_by("-asked_at", "-pk"))
    if actor.has(*READERS, Role.CUSTOMS_SYSTEM):
        return found
    return found.filter(organisation_id__in=actor.organisations if actor.has(Role.TRADER) else [])


def permit(actor: Actor, number: str) -> NationalPermit | None:
    return visible_to(actor).filter(number=number).first()


def unknown_names(permit: NationalPermit) -> tuple[str, ...]:
    """Names on it that our law does not know: not known is not the same as not listed."""
    law = law_of(permit.party)
    return tuple(dict.fromkeys(item.name for item in permit.lines if isinstance(law.listings(item.name), Unknown)))
