"""Handing out a permit's PDF: every time is an event with its number. The file itself stays the same, byte for byte.

Which print is "the original" cannot stand in a file that everybody can print again. It is the paper that customs
endorse first: the register counts the use, whatever the number of prints.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.permits import documents
from wildgate.apps.permits.models import Permit, PermitStatus
from wildgate.apps.permits.selectors import HANDED_OUT, state_of
from wildgate.convention.lifecycle import PermitState
from wildgate.kit import events
from wildgate.kit.models import Event

PAPER = "pdf"
"""The form that is printed; the others are data."""


@dataclass(frozen=True, slots=True)
class HandOut:
    """One time that the PDF was fetched: its number, when, and by whom."""

    number: int
    at: datetime
    who: str


def hand_out(permit: Permit, form: str, *, actor: Actor, at: datetime) -> bytes:
    """A document of the permit. That somebody took the PDF, and the how manieth time it was, is an event."""
    document = documents.read(permit, form)
    if form == PAPER:
        note_handed_out(permit, actor=actor, at=at)
    return document


def note_handed_out(permit: Permit, *, actor: Actor, at: datetime) -> None:
    """Somebody took what is printed: the how manieth time it was."""
    with transaction.atomic():
        events.lock_head(permit.party)
        number = _taken(permit).count() + 1
        events.append(HANDED_OUT, permit.subject, party=permit.party, actor=actor.label, at=at,
                      data={"number": number})


def handed_out(permit: Permit) -> list[HandOut]:
    """Every time that the PDF was fetched, the first at the top."""
    taken = list(_taken(permit).order_by("seq"))
    names = names_of({event.actor for event in taken})
    return [HandOut(int(json.loads(event.data)["number"]), event.at, names.get(event.actor, event.actor))
            for event in taken]


def state_locked(permit: Permit, on: date) -> PermitState:
    """Where the permit stands, under its lock: until the transaction ends nothing happens to it. Call in one."""
    return state_of(PermitStatus.objects.select_for_update().get(permit=permit), permit.valid_until, on)


def _taken(permit: Permit) -> QuerySet[Event]:
    return Event.objects.filter(party=permit.party, subject=permit.subject, kind=HANDED_OUT)
