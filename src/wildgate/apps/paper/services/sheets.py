"""Sheets on their way: a delivery received, sheets handed to an office and back, sheets void or lost."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.paper import ledger
from wildgate.apps.paper.models import PrintOffice, Sheet, SheetMove, SheetRange
from wildgate.apps.paper.selectors import offices
from wildgate.apps.paper.stock import SheetAct, SheetState, compressed, read_numbers
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

UNUSABLE = (SheetAct.VOID, SheetAct.LOST)
"""How an unused sheet leaves the stock."""


def receive(*, actor: Actor, sheets: str, received_on: date, supplier_ref: str = "",
            at: datetime) -> SheetRange | Refusal:
    """Enter a delivery into the store: one range, each number once in the life of the installation."""
    if refused := require(actor, Action.KEEP_PAPER):
        return refused
    numbers = read_numbers(sheets)
    if isinstance(numbers, Refusal):
        return numbers
    if "," in (written := compressed(numbers)):
        return refuse("one-range", "Enter a delivery as one range, for example 0071001-0071500; %(sheets)s are "
                      "several.", sheets=written[:80], field="sheets")
    if received_on > at.date():
        return refuse("future-day", "A delivery is entered once it is there.", field="received_on")
    with transaction.atomic():
        known = Sheet.objects.filter(party=actor.party, number__gte=numbers[0], number__lte=numbers[-1])
        if again := sorted(set(known.values_list("number", flat=True)) & set(numbers)):
            return refuse("sheets-known", "Sheet %(sheets)s was received before.", sheets=compressed(again),
                          field="sheets")
        delivery = SheetRange.objects.create(
            party=actor.party, first=numbers[0], last=numbers[-1], many=len(numbers), received_on=received_on,
            supplier_ref=supplier_ref.strip()[:80], received_by_id=actor.own_id, at=at)
        made = Sheet.objects.bulk_create([
            Sheet(party=actor.party, number=number, delivery=delivery, state=SheetState.IN_STORE.value)
            for number in numbers], batch_size=ledger.BATCH)
        SheetMove.objects.bulk_create([SheetMove(sheet=sheet, kind=SheetAct.RECEIVED.value, actor=actor.label, at=at)
                                       for sheet in made], batch_size=ledger.BATCH)
        events.append("sheets-received", delivery.subject, party=actor.party, actor=actor.label, at=at,
                      data={"sheets": written})
        return delivery


def hand_out(*, actor: Actor, sheets: str, office: int, at: datetime) -> int | Refusal:
    """Hand sheets from the store to an office; how many."""
    return _carry(actor, sheets, office, SheetAct.HANDED_OUT, at)


def give_back(*, actor: Actor, sheets: str, office: int, at: datetime) -> int | Refusal:
    """Take unused sheets of an office back into the store; how many."""
    return _carry(actor, sheets, office, SheetAct.GIVEN_BACK, at)


def _carry(actor: Actor, sheets: str, office: int, act: SheetAct, at: datetime) -> int | Refusal:
    if refused := require(actor, Action.KEEP_PAPER):
        return refused
    place = offices(actor.party).filter(pk=office).first()
    if place is None:
        return refuse("no-such-office", "Choose an office.", field="office")
    numbers = read_numbers(sheets)
    if isinstance(numbers, Refusal):
        return numbers
    with transaction.atomic():
        found = ledger.locked(actor.party, numbers)
        if isinstance(found, Refusal):
            return found
        if refused := ledger.held(found, place if act is SheetAct.GIVEN_BACK else ledger.STORE):
            return refused
        ledger.move(found, act, place=place, actor=actor.label, at=at)
        events.append(f"sheets-{act.value}", place.subject, party=actor.party, actor=actor.label, at=at,
                      data={"sheets": compressed(numbers)})
        return len(found)


def take_out(*, actor: Actor, sheets: str, act: SheetAct, reason: str, office: int | None = None,
             at: datetime) -> int | Refusal:
    """Write off unused sheets of an office, or of the store: void (torn, misfed, destroyed) or lost. How many."""
    if act not in UNUSABLE:
        return refuse("act-unknown", "An unused sheet is void or lost.", field="act")
    place = offices(actor.party).filter(pk=office).first() if office else ledger.STORE
    if refused := keeper(actor, place):
        return refused
    why = " ".join(reason.split())[:300]
    if not why:
        return refuse("reason-missing", "Write down what happened to the sheets.", field="reason")
    numbers = read_numbers(sheets)
    if isinstance(numbers, Refusal):
        return numbers
    with transaction.atomic():
        found = ledger.locked(actor.party, numbers)
        if isinstance(found, Refusal):
            return found
        if refused := ledger.held(found, place):
            return refused
        ledger.move(found, act, place=place, actor=actor.label, at=at, note=why)
        events.append(f"sheets-{act.value}", place.subject if place else "paper-store", party=actor.party,
                      actor=actor.label, at=at, data={"sheets": compressed(numbers)}, note=why)
        return len(found)


def keeper(actor: Actor, place: PrintOffice | None) -> Refusal | None:
    """Why the actor does not keep this drawer: its office's people do, and the authority's officers everywhere."""
    if place is not None and can(actor, Action.PRINT, place):
        return None
    return require(actor, Action.KEEP_PAPER, place)
