"""The wall: who is suspected. Officers hand names in and never see them again; investigators read, each look on record.

No list, page, address, event, log, report or export outside this module holds what is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.models import Suspect
from wildgate.apps.inspections.services.seizing import locked_seizure
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST = 50


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody suspected, as an investigator reads it."""

    name: str
    identifiers: str
    role: str
    at: datetime

    def __repr__(self) -> str:
        return "Named(…)"  # whatever logs or raises this must not spell the name


def hand_in(*, actor: Actor, number: str, name: str, at: datetime, identifiers: str = "",
            role: str = "") -> int | Refusal:
    """Put a name behind the wall; the answer is how many stand there."""
    with transaction.atomic():
        found = locked_seizure(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.SEIZE, found):
            return refused
        who = words.text(name, "name", "the name", 200)
        known = words.text(identifiers, "identifiers", "the identifiers", 300, needed=False)
        part = words.text(role, "role", "the role", 80, needed=False)
        if fault := words.first_refusal(who, known, part):
            return fault
        kept = Suspect.objects.filter(seizure=found)
        if kept.count() >= MOST:
            return refuse("too-many", "Name up to %(most)s.", most=MOST, field="name")
        Suspect.objects.create(party=found.party, seizure=found, name=str(who), identifiers=str(known),
                               role=str(part), by_id=actor.own_id, at=at)
        events.append("suspect-handed-in", found.wall, party=found.party, actor=actor.label, at=at)
        return kept.count()


def behind_the_wall(*, actor: Actor, number: str, at: datetime) -> tuple[Named, ...] | Refusal:
    """Everybody suspected in a seizure, for investigators. The look is an event before anything is told."""
    with transaction.atomic():
        found = locked_seizure(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.VIEW_OFFENDERS, found):
            return refused
        events.note_read(found.wall, party=found.party, actor=actor.label, at=at)
        return tuple(Named(each.name, each.identifiers, each.role, each.at)
                     for each in Suspect.objects.filter(seizure=found).order_by("pk"))
