"""What people decide about the post and about differences."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.exchange import outbox
from wildgate.apps.exchange.models import Difference, Line, Message
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

NO_MESSAGE = refuse("no-such-message", "There is no such message.")
NO_DIFFERENCE = refuse("no-such-difference", "There is no such difference.")
UNDELIVERED = (Message.State.DEAD, Message.State.REJECTED, Message.State.GIVEN_UP)


def retry(*, actor: Actor, key: str, at: datetime) -> Message | Refusal:
    """Put a message that was not delivered in line again, under its own key and in its own place."""
    with transaction.atomic():
        found = _locked(actor, key)
        if isinstance(found, Refusal):
            return found
        if found.state not in UNDELIVERED:
            return refuse("message-in-line", "This message is in line or was delivered already.")
        found.state, found.error, found.again_at = Message.State.QUEUED, "", at
        found.closed_at = found.closed_by = None
        found.save(update_fields=["state", "error", "again_at", "closed_at", "closed_by"])
        Line.objects.filter(party=found.party, partner=found.partner).update(next_at=None)
        events.append("exchange-retried", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"number": found.number, "partner": found.partner})
        outbox.wake(found.partner, at=at)
    return found


def give_up(*, actor: Actor, key: str, why: str, at: datetime) -> Message | Refusal:
    """Say that a message need not be delivered any more, and why: by telephone, overtaken, no such partner."""
    with transaction.atomic():
        found = _locked(actor, key)
        if isinstance(found, Refusal):
            return found
        if found.state in (Message.State.ACCEPTED, Message.State.WARNED, Message.State.GIVEN_UP):
            return refuse("message-done", "This message was delivered or given up already.")
        if not why.strip():
            return refuse("missing", "Write %(what)s.", what="why", field="why")
        found.state, found.closed_at, found.closed_by_id = Message.State.GIVEN_UP, at, actor.own_id
        found.closed_why = why.strip()[:500]
        found.save(update_fields=["state", "closed_at", "closed_by", "closed_why"])
        events.append("exchange-given-up", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"number": found.number, "partner": found.partner}, note=found.closed_why)
    return found


def _locked(actor: Actor, key: str) -> Message | Refusal:
    if refused := require(actor, Action.WORK_EXCHANGE):
        return refused
    return Message.objects.select_for_update().filter(party=actor.party, key=key).first() or NO_MESSAGE


def close_difference(*, actor: Actor, difference: int, note: str, at: datetime) -> Difference | Refusal:
    """An officer found out why both sides counted another quantity. Neither figure is changed."""
    with transaction.atomic():
        found = Difference.objects.select_for_update().filter(party=actor.party, pk=difference).first()
        if found is None or require(actor, Action.VIEW_DIFFERENCES):
            return NO_DIFFERENCE
        if refused := require(actor, Action.CLOSE_DIFFERENCE):
            return refused
        if found.state != Difference.State.OPEN:
            return refuse("difference-closed", "This difference was closed already.")
        if not note.strip():
            return refuse("missing", "Write %(what)s.", what="why", field="note")
        found.state, found.closed_at, found.closed_by_id = Difference.State.CLOSED, at, actor.own_id
        found.note = note.strip()[:500]
        found.save(update_fields=["state", "closed_at", "closed_by", "note"])
        events.append("exchange-difference-closed", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"number": found.number, "block": found.block}, note=found.note)
    return found
