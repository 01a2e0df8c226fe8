"""What is read of the ledger: where a line stands, a permit's movements, open reservations, corrections, outages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.balances.asking import Standing
from wildgate.apps.balances.finding import OPEN
from wildgate.apps.balances.models import Balance, Claim, Movement, Outage
from wildgate.apps.permits.selectors import state_of
from wildgate.convention import writeoff

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit, PermitLine


def sums_of(line: PermitLine) -> writeoff.Balance:
    """Where a line stands; all of it is free while nobody asked for any."""
    row = Balance.objects.filter(permit_line=line).first()
    return row.sums if row is not None else writeoff.Balance(line.quantity)


def standing_of(line: PermitLine, *, usable: bool, sums: writeoff.Balance | None = None) -> Standing:
    """A line as programs and pages are told of it; `sums` where they are known already."""
    return _standing(line, sums_of(line) if sums is None else sums, usable)


def _standing(line: PermitLine, sums: writeoff.Balance, usable: bool) -> Standing:
    return Standing(line.block, line.taxon, line.term, line.unit, sums.authorised, sums.reserved, sums.consumed,
                    sums.overridden, sums.free if usable else Decimal(0))


def standings(actor: Actor, permit: Permit, at: datetime) -> list[Standing]:
    """All lines of a permit; an empty list for who may not see its balance."""
    if not can(actor, Action.VIEW_BALANCES, permit):
        return []
    usable = state_of(permit.status, permit.valid_until, at.date()) in OPEN
    rows = {row.permit_line_id: row.sums for row in Balance.objects.filter(permit_line__permit=permit)}
    return [_standing(line, rows.get(line.pk, writeoff.Balance(line.quantity)), usable) for line in permit.lines.all()]


def movements(actor: Actor, permit: Permit) -> QuerySet[Movement]:
    """The permit's ledger, the newest movement first."""
    found = Movement.objects.filter(balance__permit_line__permit=permit)
    if not can(actor, Action.VIEW_BALANCES, permit):
        return found.none()
    return found.select_related("balance__permit_line").order_by("-pk")


def reservations(actor: Actor, permit: Permit) -> list[Claim]:
    """What declarations have set aside on a permit now."""
    if not can(actor, Action.VIEW_BALANCES, permit):
        return []
    return list(Claim.objects.filter(balance__permit_line__permit=permit, reserved__gt=0)
                .select_related("balance__permit_line").order_by("pk"))


def open_reservations(actor: Actor) -> QuerySet[Claim]:
    """All that is set aside at the Party, what runs out first on top; nothing for who may not see it."""
    found = Claim.objects.filter(party=actor.party, reserved__gt=0)
    if not can(actor, Action.WRITE_OFF) and not can(actor, Action.VIEW_PROCEDURES):
        return found.none()
    return found.select_related("balance__permit_line__permit").order_by("until", "pk")


def overrides(actor: Actor) -> QuerySet[Movement]:
    """All overrides of the Party, the newest first."""
    found = Movement.objects.filter(party=actor.party, kind=writeoff.Kind.OVERRIDE.value)
    if not can(actor, Action.VIEW_PROCEDURES):
        return found.none()
    return found.select_related("balance__permit_line__permit").order_by("-at", "-pk")


def overridden(permit: Permit, at: datetime) -> list[Movement]:
    """What was let pass against the permit's balance at that moment, with its reason and the authority that was asked.

    Who may see it asks for the permit first.
    """
    return list(Movement.objects.filter(balance__permit_line__permit=permit, kind=writeoff.Kind.OVERRIDE.value, at=at)
                .select_related("balance__permit_line").order_by("pk"))


def agrees(balance: Balance) -> bool:
    """Do the movements lead to the balance as it stands?"""
    return writeoff.fold(row.move for row in balance.movements.order_by("pk")) == balance.sums


def outage_now(party: str, at: datetime) -> Outage | None:
    """The announced outage that is on, or the next one of the coming week: what the banner says."""
    found = Outage.objects.filter(party=party, ends_at__gt=at) | Outage.objects.filter(party=party, ends_at=None)
    return found.order_by("begins_at").first()


def outages(party: str) -> QuerySet[Outage]:
    """All outages, the newest first."""
    return Outage.objects.filter(party=party).select_related("announced_by", "reconciled_by").order_by("-begins_at")
