"""The daily count: what lies in the drawer beside what the ledger expects, counted by two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.paper import ledger
from wildgate.apps.paper.models import CountCheck, DayCount
from wildgate.apps.paper.selectors import newest_count, offices
from wildgate.apps.paper.services.sheets import keeper
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS = ("House rule: four eyes",)


def count(*, actor: Actor, office: int | None, counted: int, explanation: str = "", at: datetime) -> DayCount | Refusal:
    """Enter the count of an office's drawer, or of the store; a difference must be explained."""
    place = offices(actor.party).filter(pk=office).first() if office else ledger.STORE
    if refused := keeper(actor, place):
        return refused
    why = " ".join(explanation.split())[:500]
    with transaction.atomic():
        events.lock_head(actor.party)
        expected = ledger.balance(actor.party, place)
        if counted != expected and not why:
            return refuse("difference-unexplained", "The ledger expects %(expected)s sheets, you counted %(counted)s: "
                          "count again, or write down what explains the difference.", expected=expected,
                          counted=counted, field="explanation")
        made = DayCount.objects.create(
            party=actor.party, office=place, day=at.date(), counted=counted, expected=expected,
            difference=counted - expected, explanation=why, counted_by_id=actor.own_id, at=at)
        events.append("sheets-counted", made.subject, party=actor.party, actor=actor.label, at=at, note=why,
                      data={"counted": counted, "expected": expected})
        return made


def check_count(*, actor: Actor, office: int | None, counted: int, at: datetime) -> CountCheck | Refusal:
    """The second person counts the same drawer, without being shown the first figure.

    What was used since the first count is taken into account: the difference must be the same.
    """
    place = offices(actor.party).filter(pk=office).first() if office else ledger.STORE
    if refused := keeper(actor, place):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)
        first = newest_count(actor.party, place)
        if first is None or hasattr(first, "check_made"):
            return refuse("nothing-to-check", "No count waits for a second person here.")
        if first.counted_by_id == actor.person_id:
            return refuse("same-person", "A second person counts: nobody checks their own count.", basis=BASIS)
        if counted - ledger.balance(actor.party, place) != first.difference:
            return refuse("counts-differ", "Your count does not agree with the first one: count again together.",
                          field="counted", basis=BASIS)
        made = CountCheck.objects.create(count=first, counted_by_id=first.counted_by_id, checked_by_id=actor.own_id,
                                         at=at)
        events.append("sheets-count-checked", first.subject, party=actor.party, actor=actor.label, at=at,
                      data={"counted": counted})
        return made
