"""The proof that a notice was received: by a person of the other side, by its system, or by the link in a mail."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.duties.matrix import ABOVE, ROLES
from wildgate.apps.duties.models import Notice
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.audience import holders
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import Event

RECEIVED, TAKEN, OVERDUE = "notice-received", "notice-taken", "notice-overdue"
BASIS = ("House rule: notices are received by the other authority",)
NO_NOTICE = refuse("no-such-notice", "There is no such notice.")


def receive(*, actor: Actor, notice: int, at: datetime) -> Notice | Refusal:
    """"I have received it": said once, by somebody of the receiving authority. Said again, the first time stands."""
    if refused := require(actor, Action.ACKNOWLEDGE):
        return refused
    with transaction.atomic():
        found = Notice.objects.select_for_update().filter(party=actor.party, pk=notice).first()
        if found is None:
            return NO_NOTICE
        if not actor.has(*ROLES[found.duty.receiver]):
            return refuse("not-the-receiver", "It is for the other authority to say that it has received the notice.",
                          basis=BASIS)
        if found.received_at is None:
            found.received_by_id = actor.own_id
            _close(found, "page", at)
            events.append(RECEIVED, found.subject, party=found.party, actor=actor.label, at=at, data=_told(found))
    return found


def taken(event: Event, *, at: datetime) -> Notice | None:
    """The other side's system took the machine notice: that is a receipt, if the system is the receiver's."""
    key = event.subject.partition(":")[2]
    if not key.isdecimal():
        return None
    with transaction.atomic():
        found = Notice.objects.select_for_update().filter(party=event.party, pk=int(key), received_at=None).first()
        if found is None or json.loads(event.data).get("side") != found.duty.receiver.value:
            return None
        return _close(found, event.actor, event.at)


def received_by_link(notice: Notice, at: datetime) -> Notice:
    """Somebody without an account opened the link of the mail and said so. Inside a transaction."""
    found = Notice.objects.select_for_update().get(pk=notice.pk)
    if found.received_at is None:
        _close(found, "link", at)
        events.append(RECEIVED, found.subject, party=found.party, actor="link", at=at, data=_told(found))
    return found


def escalate(notice: int, *, at: datetime) -> bool:
    """Tell who stands above, once, that nobody has received a notice in time. False: it was, or they know already."""
    with transaction.atomic():
        found = Notice.objects.select_for_update().filter(pk=notice, received_at=None, escalated_at=None).first()
        if found is None or found.due_at is None or at < found.due_at:
            return False
        found.escalated_at = at
        found.save(update_fields=["escalated_at"])
        events.append(OVERDUE, found.subject, party=found.party, actor=events.SYSTEM, at=at, data=_told(found))
        above = holders(found.party, frozenset({ABOVE[found.duty.receiver]}), at.date())
        letters.tell(above, "duty-overdue", found.subject, {"number": found.number}, at=at, party=found.party,
                     key=f"overdue:{found.pk}")
    return True


def _close(notice: Notice, how: str, at: datetime) -> Notice:
    notice.received_at, notice.received_how = at, how
    notice.save(update_fields=["received_at", "received_how", "received_by"])
    return notice


def _told(notice: Notice) -> dict[str, object]:
    return {"row": notice.row, "of": notice.seq}
