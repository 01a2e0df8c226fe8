"""Reminders of the clocks, and each day: boxes whose time is over, old puzzles, and the count of all tips."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.audience import holders
from wildgate.apps.letters.notices import Who
from wildgate.apps.tips import selectors
from wildgate.apps.tips.models import SpentPuzzle, Tip
from wildgate.apps.tips.services import custody, handing_over
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job
from wildgate.kit.models import Event

HOUR: Final = 4
"""UTC."""
HALF: Final = "tip-clock-half"
LATE: Final = "tip-clock-over"
UNBALANCED: Final = "tips-out-of-balance"
ROLES: Final = frozenset({Role.INVESTIGATOR, Role.AUDITOR})
"""Who is told of a clock: whoever of them may see the tip."""
OUT_OF_BALANCE: Final = "tips:balance"
RECEIVED: Final = ("hand-over-acknowledged", "hand-over-accepted")
"""What the intelligence space says when the other side has a report."""


def begin(party: str, at: datetime) -> None:
    """Ask for the next day's run; one that waits already is enough."""
    enqueue_daily(each_day, "daily", HOUR, party=party, at=at)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Tidy up, count, and ask for the next day."""
    begin(party_code, at)
    SpentPuzzle.objects.filter(party=party_code, until__lt=at).delete()
    custody.erase_due(party=party_code, at=at)
    check(party_code, at)


def check(party: str, at: datetime) -> selectors.Balance:
    """Tips are those assessed and those open. A count that does not come out is an event and a letter to auditors."""
    found = selectors.balance(party)
    if not found.holds:
        with transaction.atomic():
            events.append(UNBALANCED, OUT_OF_BALANCE, party=party, actor=events.SYSTEM, at=at,
                          data={"numbered": found.numbered, "assessed": found.assessed, "open": found.open})
            letters.tell(holders(party, frozenset({Role.AUDITOR}), at.date()), UNBALANCED, "", {}, at=at, party=party,
                         who=Who.PERSON, key=f"{UNBALANCED}:{at:%Y-%m-%d}")
    return found


@job
def look_again(*, at: datetime, party_code: str, number: str, clock: str, share: int) -> None:
    """Half or all of a clock is over: tell who may see the tip, once, unless it was done by then."""
    with transaction.atomic():
        tip = Tip.objects.select_for_update().filter(party=party_code, number=number).first()
        if tip is None or not _runs(tip, clock):
            return
        kind = HALF if share < 100 else LATE
        events.append(kind, tip.subject, party=tip.party, actor=events.SYSTEM, at=at, data={"clock": clock})
        people = Person.objects.filter(pk__in=holders(tip.party, ROLES, at.date()), is_active=True)
        told = [person.pk for person in people if can(actor_of(person, at.date()), Action.VIEW_TIPS, tip)]
        letters.tell(told, kind, tip.subject, {"number": tip.number}, at=at, party=tip.party,
                     key=f"{kind}:{clock}:{tip.number}")


def hear(*, subject: str, seq: int, at: datetime) -> None:
    """In the intelligence space a report was received by its other side: perhaps it is that of a tip."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind__in=RECEIVED):
        handing_over.taken_over(party=event.party, report=subject.partition(":")[2], at=at)


for kind in RECEIVED:
    events.subscribe(kind)(hear)


def _runs(tip: Tip, clock: str) -> bool:
    """Is what the clock waits for still to be done?"""
    if clock == "look":
        return tip.looked_at is None
    return tip.state == Tip.State.FORWARDED and tip.handed_over_at is None
