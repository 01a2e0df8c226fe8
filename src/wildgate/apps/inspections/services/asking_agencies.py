"""Customs ask another agency about a consignment; its own people answer and correct; or customs need it no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.inspections import numbers, words
from wildgate.apps.inspections.codes import Agency
from wildgate.apps.inspections.models import AgencyRequest, AgencyResult, Inspection
from wildgate.apps.inspections.services.agencies import read, write
from wildgate.apps.inspections.services.planning import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.models import Event

LONGEST = timedelta(days=30)
OVERDUE = "agency-overdue"


@dataclass(frozen=True, slots=True)
class Told:
    """What an agency says of one line, as typed. Without a quantity it did not look at the line."""

    quantity: str = ""
    unit: str = ""
    in_order: str = ""
    remark: str = ""


def ask_agency(*, actor: Actor, number: str, agency: str, question: str, due_at: datetime | None, at: datetime,
               note: str = "") -> AgencyRequest | Refusal:
    """Ask an agency that has people here. It has one open question about an inspection at a time."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT, found) or _unfit(found, agency, at):
            return refused
        if due_at is None or not at < due_at <= at + LONGEST:
            return refuse("bad-day", "Say by when: a time after now and within 30 days.", field="due_at")
        asked = words.text(question, "question", "the question", 500)
        more = words.text(note, "note", "the note", 500, needed=False)
        if fault := words.first_refusal(asked, more):
            return fault
        made = AgencyRequest.objects.create(
            party=found.party, number=numbers.next_of(found.party, numbers.AGENCY, at.year), inspection=found,
            agency=agency, question=str(asked), note=str(more), due_at=due_at, asked_by_id=actor.own_id, asked_at=at)
        _tell("agency-asked", actor, made, at, due_at=made.due_at.isoformat())
        jobs.enqueue("inspections.look_at_request", made.number, party=made.party, at=made.due_at, request=made.pk)
    return made


def tell_overdue(request: int, *, at: datetime) -> None:
    """The time of a request is over: the agency and who asked are told once, unless it was answered or withdrawn."""
    with transaction.atomic():
        asked = AgencyRequest.objects.select_for_update(of=("self",)).select_related("inspection").get(pk=request)
        told = Event.objects.filter(party=asked.party, subject=asked.subject, kind=OVERDUE).exists()
        if asked.state != AgencyRequest.State.OPEN or told:
            return
        events.append(OVERDUE, asked.subject, party=asked.party, actor=events.SYSTEM, at=at, data={
            "inspection": asked.inspection.number, "agency": asked.agency, "due_at": asked.due_at.isoformat()})


def _unfit(found: Inspection, agency: str, at: datetime) -> Refusal | None:
    if found.state == Inspection.State.CLOSED:
        return refuse("concluded-already", "%(number)s was concluded already.", number=found.number)
    if not found.lines.exists():
        return refuse("no-line-yet", "The checklist has no line yet that an agency could look at: record the result "
                      "first.")
    if agency not in Agency.values:
        return refuse("missing", "Choose the agency.", field="agency")
    if agency not in agencies_here(found.party, at.date()):
        return refuse("agency-not-here", "Nobody of this agency has a log-in here. Ask by phone, and type in what you "
                      "are told.", field="agency")
    if other := found.agency_requests.filter(agency=agency, state=AgencyRequest.State.OPEN).first():
        return refuse("asked-already", "This agency was asked already: %(number)s is open.", number=other.number,
                      field="agency")
    return None


def agencies_here(party: str, on: date) -> frozenset[str]:
    """The agencies of which somebody can be asked today."""
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party, role=Role.AGENCY, person__is_active=True)
    return frozenset(posts.values_list("authority__agency", flat=True)) - {""}


def withdraw_request(*, actor: Actor, number: str, why: str, at: datetime) -> AgencyRequest | Refusal:
    """The agency need not look any more. What was answered stays."""
    with transaction.atomic():
        asked = _locked_request(actor, number)
        if isinstance(asked, Refusal):
            return asked
        if refused := require(actor, Action.INSPECT, asked) or _open(asked):
            return refused
        reason = words.text(why, "why", "why", 300)
        if isinstance(reason, Refusal):
            return reason
        asked.state, asked.why = AgencyRequest.State.WITHDRAWN, reason
        asked.withdrawn_by_id, asked.withdrawn_at = actor.own_id, at
        asked.save(update_fields=["state", "why", "withdrawn_by", "withdrawn_at"])
        _tell("agency-withdrawn", actor, asked, at)
    return asked


def answer_request(*, actor: Actor, number: str, lines: Mapping[int, Told], at: datetime) -> AgencyRequest | Refusal:
    """What the agency verified, line by line. Answered again it is a correction: what is new is kept beside the old.

    Which agency it is, the request says, and that it is the actor's own, the rule: no form is asked.
    """
    with transaction.atomic():
        asked = _locked_request(actor, number)
        if isinstance(asked, Refusal):
            return asked
        if refused := require(actor, Action.ANSWER_AGENCY_REQUEST, asked) or _withdrawn(asked):
            return refused
        said = _read(asked, lines)
        if isinstance(said, Refusal):
            return said
        first = asked.state == AgencyRequest.State.OPEN
        said = said if first else _new(asked, said)
        if not said:
            return refuse("answered-already", "%(number)s was answered already.", number=asked.number)
        if first:
            asked.state, asked.answered_by_id, asked.answered_at = AgencyRequest.State.ANSWERED, actor.own_id, at
            asked.save(update_fields=["state", "answered_by", "answered_at"])
        _tell("agency-answered" if first else "agency-corrected", actor, asked, at)
        write(actor, asked.inspection, asked.agency, said, at, asked)
    return asked


def _open(asked: AgencyRequest) -> Refusal | None:
    if asked.state == AgencyRequest.State.ANSWERED:
        return refuse("answered-already", "%(number)s was answered already.", number=asked.number)
    return _withdrawn(asked)


def _withdrawn(asked: AgencyRequest) -> Refusal | None:
    if asked.state != AgencyRequest.State.WITHDRAWN:
        return None
    return refuse("request-withdrawn", "Customs withdrew %(number)s: nothing is asked any more.", number=asked.number)


def _read(asked: AgencyRequest, lines: Mapping[int, Told]) -> list[AgencyResult] | Refusal:
    said = []
    for line in asked.inspection.lines.all():
        given = lines.get(line.position, Told())
        if not given.quantity.strip():
            continue
        field = f"lines[{line.position}]"
        if given.in_order not in ("yes", "no"):
            return refuse("missing", "Say of line %(line)s whether it is in order.", line=line.position,
                          field=f"{field}.in_order")
        one = read(line, given.quantity, given.unit, given.in_order == "yes", given.remark, f"{field}.")
        if isinstance(one, Refusal):
            return one
        said.append(one)
    return said or refuse("missing", "Write the verified amount of at least one line.", field="lines[1].quantity")


def _new(asked: AgencyRequest, said: list[AgencyResult]) -> list[AgencyResult]:
    """Of a second answer what differs from the first; the same once more is no correction."""
    kept = {each.position: _said(each) for each in AgencyResult.objects.filter(
        inspection_id=asked.inspection_id, agency=asked.agency).order_by("at", "pk")}
    return [each for each in said if kept.get(each.position) != _said(each)]


def _said(each: AgencyResult) -> tuple[object, ...]:
    return each.quantity, each.unit, each.in_order, each.remark


def _locked_request(actor: Actor, number: str) -> AgencyRequest | Refusal:
    """The request with its inspection, both locked: the inspection first, as whoever records or concludes does."""
    seen = AgencyRequest.objects.filter(party=actor.party, number=number).first()
    if seen is None or not can(actor, Action.VIEW_AGENCY_REQUEST, seen):
        return refuse("no-such-request", "There is no such request, or you may not see it.")
    inspection = Inspection.objects.select_for_update().get(pk=seen.inspection_id)
    asked = AgencyRequest.objects.select_for_update().get(pk=seen.pk)
    asked.inspection = inspection
    return asked


def _tell(kind: str, actor: Actor, asked: AgencyRequest, at: datetime, **more: str) -> None:
    events.append(kind, asked.subject, party=asked.party, actor=actor.label, at=at, data={
        "inspection": asked.inspection.number, "agency": asked.agency, **more})
