"""Every read of the registers, cut down to what the actor may see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.registers.models import Operation, Specimen, SpecimenHold
from wildgate.convention.operations import OperationState
from wildgate.kit.models import Event

LAPSED = "lapsed"
LONGEST_SEARCH = 80
SEES_ALL = (Role.OFFICER, Role.COUNTERSIGNER, Role.SCIENTIST, Role.AUDITOR)


def operations(party: str, *, country: str = "", kind: str = "", text: str = "") -> QuerySet[Operation]:
    """Operations by country, kind, and part of a number, name or taxon; the home register first."""
    found = Operation.objects.filter(party=party).prefetch_related("taxa")
    if country:
        found = found.filter(country=country)
    if kind:
        found = found.filter(kind=kind)
    if text := text.strip()[:LONGEST_SEARCH]:
        found = found.filter(Q(number__icontains=text) | Q(name__icontains=text)
                             | Q(taxa__taxon__icontains=text)).distinct()
    return found.order_by("country", "number")


def operation(party: str, key: int) -> Operation | None:
    return Operation.objects.filter(party=party, pk=key).select_related("organisation").prefetch_related("taxa").first()


def standing(row: Operation, on: date) -> str:
    """Active, suspended, withdrawn; or lapsed, where an active one is past its last day."""
    if row.state == OperationState.ACTIVE.value and row.valid_until is not None and row.valid_until < on:
        return LAPSED
    return str(row.state)


def specimens_visible_to(actor: Actor) -> QuerySet[Specimen]:
    """Own specimens for a holder, all for those who keep the registers or look after them."""
    everything = Specimen.objects.filter(party=actor.party).select_related("organisation", "operation", "offered_to")
    if actor.has(*SEES_ALL):
        return everything
    return everything.filter(organisation_id__in=actor.organisations if actor.has(Role.TRADER) else ())


def account(actor: Actor, text: str = "") -> QuerySet[Specimen]:
    """The holder's own specimens: the living first, then the newest."""
    own = Specimen.objects.filter(party=actor.party, organisation_id__in=actor.organisations)
    if text := text.strip()[:LONGEST_SEARCH]:
        own = own.filter(Q(number__icontains=text) | Q(taxon__icontains=text)
                         | Q(marks__value__icontains=text)).distinct()
    return own.select_related("offered_to").prefetch_related("marks").order_by("state", "-id")


def offers(actor: Actor) -> list[Specimen]:
    """What other holders have offered to the actor's organisations."""
    return list(Specimen.objects.filter(party=actor.party, offered_to_id__in=actor.organisations)
                .select_related("organisation").prefetch_related("marks").order_by("id"))


def declared(party: str) -> QuerySet[Specimen]:
    """What holders have declared and no officer has confirmed, and what left in part; the oldest first."""
    waiting = Q(confirmed=False, state=Specimen.State.ALIVE) | Q(holds__state=SpecimenHold.State.UNCLEAR)
    return (Specimen.objects.filter(waiting, party=party).distinct().select_related("organisation")
            .prefetch_related("marks").order_by("id"))


def specimen(actor: Actor, number: str) -> Specimen | None:
    """One specimen that the actor may see, or that is offered to them."""
    offered = Specimen.objects.filter(party=actor.party, offered_to_id__in=actor.organisations)
    found = specimens_visible_to(actor).filter(number=number).first()
    return found or offered.filter(number=number).select_related("organisation", "operation", "offered_to").first()


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history; the template words `kind`."""

    kind: str
    at: datetime
    on: date | None
    who: str
    document: str
    note: str
    data: dict[str, Any]
    sender: str = ""
    receiver: str = ""


def history_of(row: Operation) -> list[Told]:
    """What was done about an operation, newest first."""
    found = list(Event.objects.filter(party=row.party, subject=row.subject).exclude(kind="read")
                 .select_related("note").order_by("-seq")[:200])
    names = names_of({event.actor for event in found})
    return [Told(event.kind, event.at, None, names.get(event.actor, event.actor), "",
                 event.note.text if hasattr(event, "note") else "", json.loads(event.data)) for event in found]


def life_of(row: Specimen, actor: Actor) -> list[Told]:
    """What happened to a specimen, newest first. Other holders' names are for officials only."""
    found = list(row.events.select_related("sender", "receiver").order_by("-id")[:200])
    names = names_of({event.actor for event in found}) if actor.official else {}
    return [Told(event.kind, event.at, event.on, names.get(event.actor, ""), event.document, event.note, {},
                 _name(event.sender, actor), _name(event.receiver, actor)) for event in found]


def _name(holder: Any, actor: Actor) -> str:
    return holder.name if holder is not None and (actor.official or holder.pk in actor.organisations) else ""


def may_keep(actor: Actor, row: Specimen) -> bool:
    return can(actor, Action.KEEP_SPECIMENS, row).allowed


def open_hold(row: Specimen) -> SpecimenHold | None:
    """The permit or application that the specimen is on."""
    return row.holds.filter(state__in=[SpecimenHold.State.BOUND, SpecimenHold.State.UNCLEAR]).first()
