"""What becomes of the consignment: released, released with reservation, held, sent back; the reservation settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.codes import GRAVE, NO_FAULT, Outcome
from wildgate.apps.inspections.models import AgencyRequest, Inspection
from wildgate.apps.inspections.services.planning import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

LONGEST_RESERVATION = timedelta(days=366)
HERE = frozenset({Outcome.RELEASE.value, Outcome.RESERVED.value, Outcome.HOLD.value, Outcome.SEND_BACK.value})
LETS_GO = frozenset({Outcome.RELEASE.value, Outcome.RESERVED.value})


def conclude(*, actor: Actor, number: str, outcome: str, at: datetime, why: str = "",
             follow_up_on: date | None = None) -> Inspection | Refusal:
    """Decide on the goods after the result. Held goods are decided on again; everything else is final."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT, found) or undecided(found):
            return refused
        reason = words.text(why, "why", "why", 1000, needed=outcome != Outcome.RELEASE)
        if isinstance(reason, Refusal):
            return reason
        if refused := _unfit(found, outcome, follow_up_on, at):
            return refused
        found.outcome, found.outcome_at, found.outcome_by_id = outcome, at, actor.own_id
        found.follow_up_on = follow_up_on if outcome == Outcome.RESERVED else None
        found.state = Inspection.State.RECORDED if outcome == Outcome.HOLD else Inspection.State.CLOSED
        found.save(update_fields=["outcome", "outcome_at", "outcome_by", "follow_up_on", "state"])
        events.append("inspection-concluded", found.subject, party=found.party, actor=actor.label, at=at, note=reason,
                      data={"outcome": outcome, "reference": found.reference,
                            "follow_up_on": found.follow_up_on.isoformat() if found.follow_up_on else ""})
    return found


def undecided(found: Inspection) -> Refusal | None:
    """Only a recorded inspection that is open or held is decided on."""
    if found.state == Inspection.State.PLANNED:
        return refuse("no-result", "Record the result of %(number)s first.", number=found.number)
    if found.state == Inspection.State.CLOSED:
        return refuse("concluded-already", "%(number)s was concluded already.", number=found.number)
    return None


def _unfit(found: Inspection, outcome: str, follow_up_on: date | None, at: datetime) -> Refusal | None:
    if outcome not in HERE:
        return refuse("missing", "Choose what becomes of the goods.", field="outcome")
    results = {line.holds for line in found.lines.prefetch_related("recounts")}
    if outcome in LETS_GO and results & GRAVE:
        return refuse("release-with-grave-finding", "Goods with such findings are not released: hold them, send them "
                      "back or seize them.", field="outcome", basis=("Art. VIII.1",))
    if outcome in LETS_GO and found.retained:
        return refuse("retained", "Another agency's amount differs from ours: the goods stay until both agree.",
                      field="outcome")
    if outcome in LETS_GO and (asked := found.agency_requests.filter(state=AgencyRequest.State.OPEN).first()):
        return refuse("agency-not-answered", "Another agency was asked and has not answered yet: wait for %(number)s, "
                      "or withdraw it and say why.", number=asked.number, field="outcome")
    if outcome == Outcome.RELEASE and results - NO_FAULT:
        return refuse("release-with-fault", "Faults were found: release with reservation and say by when they are put "
                      "right, or hold the goods.", field="outcome")
    if outcome == Outcome.RESERVED:
        if follow_up_on is None:
            return refuse("missing", "Say by which day the fault is to be put right.", field="follow_up_on")
        if not at.date() < follow_up_on <= at.date() + LONGEST_RESERVATION:
            return refuse("bad-day", "The day lies after today and within a year.", field="follow_up_on")
    return None


def follow_up(*, actor: Actor, number: str, at: datetime, note: str = "") -> Inspection | Refusal:
    """The reservation is settled: what was missing came in."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.PLAN_INSPECTIONS, found):
            return refused
        said = words.text(note, "note", "what came in", 1000)
        if isinstance(said, Refusal):
            return said
        if found.follow_up_on is None or found.followed_up_at is not None:
            return refuse("no-reservation", "%(number)s has no open reservation.", number=found.number)
        found.followed_up_at = at
        found.save(update_fields=["followed_up_at"])
        events.append("reservation-settled", found.subject, party=found.party, actor=actor.label, at=at, note=said)
    return found
