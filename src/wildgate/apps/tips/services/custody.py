"""The identity box: an investigator asks and says why, an auditor who does not work on the tip opens it or says no."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.tips import boxes
from wildgate.apps.tips.models import Identity, Opening, Tip
from wildgate.apps.tips.services import desk
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, holds

ASKED: Final = "tip-identity-asked"
OPENED: Final = "tip-identity-opened"
REFUSED: Final = "tip-identity-refused"
ERASED: Final = "tip-identity-erased"
NO_BOX: Final = refuse("no-identity", "The teller left no name, or its time is over and it was erased.")
NO_REQUEST: Final = refuse("no-such-request", "There is no such request, or it was answered already.")


def ask_for_identity(*, actor: Actor, number: str, reason: str, at: datetime) -> Opening | Refusal:
    """Ask the custodian to open the box of a tip that one works on."""
    why = desk.whole_reason(reason)
    if isinstance(why, Refusal):
        return why
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if not Identity.objects.filter(tip=tip, erased_at=None).exists():
            return NO_BOX
        if tip.openings.filter(state=Opening.State.ASKED).exists():
            return refuse("identity-asked", "The custodian was asked already and has not answered.")
        made = Opening.objects.create(party=tip.party, tip=tip, asked_by_id=actor.own_id, asked_at=at, reason=why)
        desk.note_act(tip, "ask-identity", actor=actor, at=at, reason=why)
        events.append(ASKED, tip.subject, party=tip.party, actor=actor.label, at=at, data=actor.signed, note=why)
    return made


def open_identity(*, actor: Actor, opening: int, at: datetime) -> boxes.Who | Refusal:
    """Open the box, once for each request; what is in it is told to the custodian who opens, and not kept."""
    with transaction.atomic():
        asked = _asked(actor, opening)
        if isinstance(asked, Refusal):
            return asked
        box = Identity.objects.select_for_update().filter(tip=asked.tip, erased_at=None).first()
        who = boxes.opened(bytes(box.box), asked.tip.subject) if box is not None and box.box is not None else None
        if who is None:
            return NO_BOX
        _answer(asked, Opening.State.OPENED, OPENED, actor, at)
    return who


def refuse_identity(*, actor: Actor, opening: int, at: datetime) -> Opening | Refusal:
    """Leave the box shut: the reason that was given is not enough."""
    with transaction.atomic():
        asked = _asked(actor, opening)
        if isinstance(asked, Refusal):
            return asked
        _answer(asked, Opening.State.REFUSED, REFUSED, actor, at)
    return asked


def erase_due(*, party: str, at: datetime) -> int:
    """Empty the boxes whose time is over and that nothing holds; how many."""
    erased = 0
    due = Identity.objects.filter(party=party, erased_at=None, erase_at__lte=at)
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            box = Identity.objects.select_for_update().select_related("tip").get(pk=key)
            if box.erased_at is None and not holds.held(party, box.tip.subject):
                box.box, box.erased_at = None, at
                box.save(update_fields=["box", "erased_at"])
                events.append(ERASED, box.tip.subject, party=party, actor=events.SYSTEM, at=at)
                erased += 1
    return erased


def _asked(actor: Actor, opening: int) -> Opening | Refusal:
    """A request that waits, under the lock of its tip, for somebody who may answer it."""
    if refused := require(actor, Action.OPEN_IDENTITY):
        return refused
    row = Opening.objects.filter(party=actor.party, pk=opening).first()
    if row is None:
        return NO_REQUEST
    tip = Tip.objects.select_for_update().get(pk=row.tip_id)
    asked = Opening.objects.select_for_update().get(pk=opening)
    asked.tip = tip
    if asked.state != Opening.State.ASKED:
        return NO_REQUEST
    return require(actor, Action.OPEN_IDENTITY, tip) or asked


def _answer(asked: Opening, state: str, kind: str, actor: Actor, at: datetime) -> None:
    asked.state, asked.answered_by_id, asked.answered_at = state, actor.own_id, at
    asked.save(update_fields=["state", "answered_by", "answered_at"])
    events.append(kind, asked.tip.subject, party=asked.party, actor=actor.label, at=at,
                  data={"asked-by": f"person:{asked.asked_by_id}", **actor.signed})
