"""From holder to holder in two steps: an offer, and its answer. There is one offer at a time, and one owner ever."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.registers.models import Attorney, Specimen
from wildgate.apps.registers.services.telling import Happened, at_hand, locked, own, tell
from wildgate.convention.refusal import Refusal, refuse


def offer(*, actor: Actor, specimen: str, to: str, document: str, at: datetime) -> Specimen | Refusal:
    """Offer a specimen to the holder of that exact name; the register of holders is not for browsing."""
    with transaction.atomic():
        row = own(actor, specimen)
        if isinstance(row, Refusal):
            return row
        if no := at_hand(row):
            return no
        found = list(Organisation.objects.filter(party=actor.party, name__iexact=to.strip())[:2])
        if len(found) != 1:
            return refuse("no-such-holder", "There is no one holder of the name %(name)s: write it as it is "
                          "registered.", name=to.strip()[:80] or "–", field="to")
        if found[0].pk == row.organisation_id:
            return refuse("own-already", "The specimen is in this account already.", field="to")
        row.offered_to = found[0]
        row.save(update_fields=["offered_to"])
        tell(row, Happened.OFFERED, actor=actor.label, at=at, sender=row.organisation_id, receiver=found[0].pk,
             document=document.strip())
    return row


def withdraw_offer(*, actor: Actor, specimen: str, at: datetime) -> Specimen | Refusal:
    """Take the offer back before it is answered."""
    with transaction.atomic():
        row = own(actor, specimen)
        if isinstance(row, Refusal):
            return row
        if row.offered_to_id is None:
            return _no_offer(row.number)
        _close(row, Happened.OFFER_WITHDRAWN, actor, at)
    return row


def accept(*, actor: Actor, specimen: str, at: datetime) -> Specimen | Refusal:
    """Take over what was offered: from now on it is in the account of the one who accepts, with its marks and past."""
    with transaction.atomic():
        row = _offered(actor, specimen)
        if isinstance(row, Refusal):
            return row
        before, after = row.organisation_id, row.offered_to_id
        if after is None:
            return _no_offer(row.number)
        Attorney.objects.filter(specimen=row, revoked_on=None).update(revoked_on=at.date())
        row.organisation_id, row.offered_to = after, None
        row.acquired, row.acquired_on = Specimen.Acquired.BOUGHT.value, at.date()
        row.save(update_fields=["organisation", "offered_to", "acquired", "acquired_on"])
        tell(row, Happened.ACCEPTED, actor=actor.label, at=at, sender=before, receiver=after)
    return row


def decline(*, actor: Actor, specimen: str, at: datetime) -> Specimen | Refusal:
    """Refuse an offer; the specimen stays where it is."""
    with transaction.atomic():
        row = _offered(actor, specimen)
        if isinstance(row, Refusal):
            return row
        _close(row, Happened.REFUSED, actor, at)
    return row


def _offered(actor: Actor, number: str) -> Specimen | Refusal:
    if no := require(actor, Action.KEEP_SPECIMENS):
        return no
    row = locked(actor.party, number)
    if isinstance(row, Refusal) or row.offered_to_id not in actor.organisations:
        return _no_offer(number)
    return row


def _close(row: Specimen, kind: Happened, actor: Actor, at: datetime) -> None:
    receiver = row.offered_to_id
    row.offered_to = None
    row.save(update_fields=["offered_to"])
    tell(row, kind, actor=actor.label, at=at, sender=row.organisation_id, receiver=receiver)


def _no_offer(number: str) -> Refusal:
    return refuse("no-offer", "There is no open offer of specimen %(number)s.", number=number[:24])
