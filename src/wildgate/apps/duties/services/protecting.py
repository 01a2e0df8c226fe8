"""Duties of data protection: opened with their clock, done with what was done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.duties.models import Incident
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.houserules.working_days import DAY, Calendar
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BREACH: Final = timedelta(hours=48)
MISSENT: Final = timedelta(days=3)
AHEAD: Final = 5
"""Working days before the contract with a processor."""
LONGEST: Final = 500
BASIS = ("Regulation (EU) 2024/2145, Arts. 12-19, as a model",)


def open_incident(*, actor: Actor, kind: str, what: str, noticed_at: datetime, at: datetime,
                  contract_on: date | None = None) -> Incident | Refusal:
    """Begin the clock at the moment in which somebody noticed, not in which it was written down."""
    if refused := require(actor, Action.KEEP_DUTIES):
        return refused
    if kind not in Incident.Kind.values:
        return refuse("no-such-kind", "Choose what it is.", field="kind")
    if not what.strip() or len(what) > LONGEST:
        return refuse("what", "Say which data it is about, without names, in at most %(most)s characters.",
                      most=LONGEST, field="what")
    if noticed_at > at:
        return refuse("noticed-later", "It cannot have been noticed after now.", field="noticed_at")
    if kind == Incident.Kind.PROCESSOR and contract_on is None:
        return refuse("contract-day", "Give the day of the contract.", field="contract_on")
    with transaction.atomic():
        made = Incident.objects.create(
            party=actor.party, kind=kind, what=" ".join(what.split()), noticed_at=noticed_at, opened_at=at,
            contract_on=contract_on if kind == Incident.Kind.PROCESSOR else None, opened_by_id=actor.own_id,
            due_at=due(kind, noticed_at, contract_on, calendar_of(actor.party)))
        events.append("incident-opened", made.subject, party=actor.party, actor=actor.label, at=at,
                      data={"kind": kind, "due": made.due_at.isoformat(timespec="seconds")})
    return made


def finish_incident(*, actor: Actor, incident: int, outcome: str, at: datetime) -> Incident | Refusal:
    """The duty is done: who was told, and when."""
    if refused := require(actor, Action.KEEP_DUTIES):
        return refused
    if not outcome.strip() or len(outcome) > LONGEST:
        return refuse("outcome", "Say what was done, in at most %(most)s characters.", most=LONGEST, field="outcome")
    with transaction.atomic():
        found = Incident.objects.select_for_update().filter(party=actor.party, pk=incident, done_at=None).first()
        if found is None:
            return refuse("not-open", "There is no such open duty.")
        found.done_at, found.done_by_id, found.outcome = at, actor.own_id, " ".join(outcome.split())
        found.save(update_fields=["done_at", "done_by", "outcome"])
        events.append("incident-done", found.subject, party=actor.party, actor=actor.label, at=at,
                      data={"kind": found.kind, "in_time": at <= found.due_at})
    return found


def due(kind: str, noticed_at: datetime, contract_on: date | None, calendar: Calendar) -> datetime:
    if kind == Incident.Kind.PROCESSOR and contract_on is not None:
        return datetime.combine(before(contract_on, AHEAD, calendar), time(0), UTC)
    return noticed_at + (BREACH if kind == Incident.Kind.BREACH else MISSENT)


def before(day: date, days: int, calendar: Calendar) -> date:
    """The last day from which so many working days lie ahead of `day`."""
    while days:
        day -= DAY
        days -= calendar.works(day)
    return day
