"""Reads of charges and payments, cut to what the actor may see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.fees.models import Charge, Payment


def charge_of(party: str, subject: str) -> Charge | None:
    """The charge for an application, or None where nothing is asked for it."""
    return Charge.objects.filter(party=party, subject=subject).first()


def visible_to(actor: Actor) -> QuerySet[Charge]:
    """All charges of the Party for officers and auditors, those of their own organisations for traders."""
    found = Charge.objects.filter(party=actor.party).select_related("organisation").order_by("-made_at", "-pk")
    if can(actor, Action.RECORD_RECEIPT) or can(actor, Action.VIEW_AUDIT):
        return found
    return found.filter(organisation_id__in=actor.organisations) if can(actor, Action.VIEW_FEES) else found.none()


def charge(actor: Actor, key: int) -> Charge | None:
    return visible_to(actor).filter(pk=key).first()


def owed(charge: Charge) -> Decimal:
    """What is to be paid back: all that came in, without what went back and what is rightly kept."""
    paid = charge.payments.filter(state__in=(Payment.State.CONFIRMED, Payment.State.SURPLUS))
    kept = charge.amount if charge.state == Charge.State.PAID.value else Decimal(0)
    moved = {way: sum((each.amount for each in paid if each.way == way), Decimal(0)) for way in Payment.Way.values}
    return max(moved["in"] - moved["out"] - kept, Decimal(0)) if moved["in"] else Decimal(0)


def receipts(actor: Actor, on: date) -> QuerySet[Payment]:
    """What was received and paid back on one day, for the accountant."""
    return (Payment.objects.filter(party=actor.party, paid_on=on,
                                   state__in=(Payment.State.CONFIRMED, Payment.State.SURPLUS),
                                   charge__in=visible_to(actor).order_by())
            .select_related("charge__organisation").order_by("pk"))
