"""On a permit's page: which permit took its place, or whose place it takes."""

from __future__ import annotations

from dataclasses import dataclass

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.page_cards import Card, card
from wildgate.convention.lifecycle import PermitState


@dataclass(frozen=True, slots=True)
class Succession:
    """The number of the permit before and of the one after; empty where there is none."""

    before: str
    after: str


@card
def succession_card(actor: Actor, permit: Permit) -> Card | None:
    """Asked of the database only where there is something to tell."""
    after = ""
    if PermitState(permit.status.state) is PermitState.REPLACED:
        heir = Permit.objects.filter(application__replaces=permit).order_by("-pk").first()
        after = heir.number if heir else ""
    before = permit.record.replaces
    return Card("permits/succession_card.html", Succession(before, after)) if before or after else None
