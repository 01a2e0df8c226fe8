"""A declaration is withdrawn: what it had set aside on permits is free again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs.models import ForeignClaim
from wildgate.apps.customs.services import writing_off
from wildgate.apps.declarations.models import Declaration, DeclaredItem
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events


def withdraw(*, actor: Actor, reference: str, at: datetime) -> Mapping[str, Any] | Refusal:
    """Withdraw it. What was released already is taken back by the call for that: here it stops."""
    if refused := require(actor, Action.LODGE_DECLARATION):
        return refused
    with transaction.atomic():
        row = Declaration.objects.select_for_update().filter(party=actor.party, reference=reference[:70]).first()
        if row is None:
            return refuse("no-such-declaration", "There is no declaration %(reference)s.", reference=reference[:70],
                          field="reference")
        if row.sender_id != actor.own_id:
            return refuse("another-sender", "Somebody else lodged %(reference)s: only they withdraw it.",
                          reference=row.reference, field="reference")
        if row.state == Declaration.State.OPEN:
            if refused := _give_back(actor, row, at):
                return refused
            row.state, row.closed_at, row.changed_at = Declaration.State.WITHDRAWN, at, at
            row.save(update_fields=["state", "closed_at", "changed_at"])
            DeclaredItem.objects.filter(version__declaration=row, newest=True).update(newest=False)
            events.append("declaration-withdrawn", row.subject, party=row.party, actor=actor.label, at=at,
                          data={"version": row.version})
    return {"reference": row.reference, "version": row.version, "state": str(row.state)}


def _give_back(actor: Actor, row: Declaration, at: datetime) -> Refusal | None:
    claims = Claim.objects.filter(party=row.party, reference=row.reference).select_related(
        "balance__permit_line__permit").order_by("balance__permit_line__permit__number", "item")
    abroad = ForeignClaim.objects.filter(party=row.party, reference=row.reference, consumed__gt=0)
    if any(claim.consumed for claim in claims) or abroad.exists():
        return refuse("released-already", "Goods of %(reference)s were released: withdraw their write-off first.",
                      reference=row.reference, field="reference")
    for claim in claims:
        if not claim.reserved:
            continue
        line = claim.balance.permit_line
        outcome = writing_off.give_back(actor=actor, at=at, asked=WriteOff(
            number=line.permit.number, country=row.party, block=line.block, reference=row.reference, item=claim.item,
            version=claim.version))
        if isinstance(outcome, Refusal):
            return outcome
    return _give_back_foreign(actor, row, at)


def _give_back_foreign(actor: Actor, row: Declaration, at: datetime) -> Refusal | None:
    for claim in ForeignClaim.objects.filter(party=row.party, reference=row.reference, reserved__gt=0).select_related(
            "foreign").order_by("foreign", "item"):
        paper = claim.foreign
        outcome = writing_off.give_back(actor=actor, at=at, asked=WriteOff(
            number=paper.number, country=paper.country, issued_on=paper.issued_on, reference=row.reference,
            item=claim.item, version=claim.version))
        if isinstance(outcome, Refusal):
            return outcome
    return None
