"""What is this? Asked with pictures and a clock, answered by the Scientific Authority or a named expert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.inspections import numbers, words
from wildgate.apps.inspections.codes import Confidence
from wildgate.apps.inspections.models import Inspection, Request, Seizure
from wildgate.apps.inspections.services.cards import learn
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.models import Event

DAYS, LIVE_DAYS = 2, 1
"""Working days for an answer, and for live specimens: house values."""
OVERDUE = "identification-overdue"


@dataclass(frozen=True, slots=True)
class Question:
    """A request as it is asked. Without an expert the Scientific Authority answers."""

    question: str
    declared: str = ""
    term: str = ""
    inspection: str = ""
    seizure: str = ""
    expert: int | None = None


def ask(*, actor: Actor, asked: Question, at: datetime) -> Request | Refusal:
    """Ask what something is."""
    if refused := require(actor, Action.ASK_IDENTIFICATION):
        return refused
    text = words.text(asked.question, "question", "the question", 1000)
    declared = words.taxon(asked.declared, law_of(actor.party), "declared") if asked.declared.strip() else ""
    term = words.term(asked.term, "term") if asked.term.strip() else ""
    if fault := words.first_refusal(text, declared, term):
        return fault
    if asked.expert is not None and not experts(actor.party).filter(person_id=asked.expert).exists():
        return refuse("no-such-expert", "Choose an expert of the list.", field="expert")
    joined = _joined(actor, asked)
    if isinstance(joined, Refusal):
        return joined
    days = LIVE_DAYS if term == "LIV" else DAYS
    with transaction.atomic():
        made = Request.objects.create(
            party=actor.party, number=numbers.next_of(actor.party, numbers.IDENTIFICATION, at.year),
            inspection=joined[0], seizure=joined[1], question=str(text), declared=str(declared), term=str(term),
            expert_id=asked.expert, asked_by_id=actor.own_id, asked_at=at,
            due_on=calendar_of(actor.party).after(at.date(), days))
        _tell("identification-asked", actor, made, at)
        _look_when_over(made)
    return made


def _joined(actor: Actor, asked: Question) -> tuple[Inspection | None, Seizure | None] | Refusal:
    inspection = Inspection.objects.filter(party=actor.party, number=asked.inspection).first()
    if asked.inspection and (inspection is None or not can(actor, Action.VIEW_INSPECTIONS, inspection)):
        return refuse("no-such-inspection", "There is no such inspection, or you may not see it.", field="inspection")
    seizure = Seizure.objects.filter(party=actor.party, number=asked.seizure).first()
    if asked.seizure and (seizure is None or not can(actor, Action.VIEW_SEIZURES, seizure)):
        return refuse("no-such-seizure", "There is no such seizure, or you may not see it.", field="seizure")
    return inspection, seizure


def experts(party: str) -> QuerySet[Post]:
    """The posts of those who can be asked by name."""
    return Post.objects.filter(party=party, role__in=(Role.EXPERT, Role.SCIENTIST), until=None)


def answer(*, actor: Actor, number: str, at: datetime, taxon: str = "", confidence: str = "", grounds: str = "",
           wanted: str = "") -> Request | Refusal:
    """Say what it is, how sure, and why; or, without a taxon, what must be sent to say it."""
    with transaction.atomic():
        found = locked_request(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.ANSWER_IDENTIFICATION, found):
            return refused
        if found.state != Request.State.OPEN:
            return refuse("answered-already", "%(number)s was answered already.", number=found.number)
        read = _read(actor.party, taxon, confidence, grounds, wanted)
        if isinstance(read, Refusal):
            return read
        found.taxon, found.confidence, found.grounds, found.wanted = read
        found.state = Request.State.ANSWERED if found.taxon else Request.State.UNCLEAR
        found.answered_by_id, found.answered_at = actor.own_id, at
        found.save(update_fields=["taxon", "confidence", "grounds", "wanted", "state", "answered_by", "answered_at"])
        if found.taxon and found.confidence != Confidence.POSSIBLE:
            learn(found.party, found.declared, found.taxon, found.term, at)
        _tell("identification-answered", actor, found, at)
    return found


def _read(party: str, taxon: str, confidence: str, grounds: str, wanted: str) -> tuple[str, str, str, str] | Refusal:
    if not taxon.strip():
        more = words.text(wanted, "wanted", "the species, or what must be sent to tell it", 500)
        why = words.text(grounds, "grounds", "the grounds", 2000, needed=False)
        return words.first_refusal(more, why) or ("", "", str(why), str(more))
    name = words.taxon(taxon, law_of(party), "taxon")
    why = words.text(grounds, "grounds", "the grounds: which characters you saw", 2000)
    more = words.text(wanted, "wanted", "what must be sent", 500, needed=False)
    if fault := words.first_refusal(name, why, more):
        return fault
    if confidence not in Confidence.values:
        return refuse("missing", "Choose how sure you are.", field="confidence")
    return str(name), confidence, str(why), str(more)


def send_more(*, actor: Actor, number: str, at: datetime, note: str) -> Request | Refusal:
    """What was wanted was sent: the question is open again with a new clock."""
    with transaction.atomic():
        found = locked_request(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.ASK_IDENTIFICATION, found):
            return refused
        said = words.text(note, "note", "what was sent", 500)
        if isinstance(said, Refusal):
            return said
        if found.state != Request.State.UNCLEAR:
            return refuse("nothing-wanted", "Nothing more is wanted for %(number)s.", number=found.number)
        days = LIVE_DAYS if found.term == "LIV" else DAYS
        found.state, found.due_on = Request.State.OPEN, calendar_of(found.party).after(at.date(), days)
        found.save(update_fields=["state", "due_on"])
        _tell("identification-asked", actor, found, at, note=said)
        _look_when_over(found)
    return found


def _look_when_over(made: Request) -> None:
    """Look at it when its last day is over (UTC). A question asked again has a later day, and a look of its own."""
    over = datetime.combine(made.due_on + timedelta(days=1), time(), UTC)
    jobs.enqueue("inspections.look_at_identification", f"{made.number} {made.due_on}", party=made.party, at=over,
                 request=made.pk, due_on=made.due_on.isoformat())


def tell_overdue(request: int, due_on: str, *, at: datetime) -> None:
    """The last day of a question is over: who asked and who was asked are told once, unless it was answered, or sent
    again with a later day."""
    with transaction.atomic():
        asked = Request.objects.select_for_update(of=("self",)).get(pk=request)
        told = Event.objects.filter(party=asked.party, subject=asked.subject, kind=OVERDUE,
                                    data__contains=due_on)
        if asked.state != Request.State.OPEN or asked.due_on.isoformat() != due_on or told.exists():
            return
        events.append(OVERDUE, asked.subject, party=asked.party, actor=events.SYSTEM, at=at, data={
            "due_on": due_on, "expert": f"person:{asked.expert_id}" if asked.expert_id else ""})


def locked_request(actor: Actor, number: str) -> Request | Refusal:
    """The request, locked until the transaction ends; for those who ask and those who answer it."""
    found = Request.objects.select_for_update().filter(party=actor.party, number=number).first()
    if found is None or not sees(actor, found):
        return refuse("no-such-request", "There is no such request, or you may not see it.")
    return found


def sees(actor: Actor, request: Request) -> bool:
    """Those who ask see every request, those who answer the ones they may answer."""
    return bool(can(actor, Action.ASK_IDENTIFICATION, request) or can(actor, Action.ANSWER_IDENTIFICATION, request))


def _tell(kind: str, actor: Actor, made: Request, at: datetime, note: str = "") -> None:
    events.append(kind, made.subject, party=made.party, actor=actor.label, at=at, note=note, data={
        "inspection": made.inspection.number if made.inspection else "", "due_on": made.due_on.isoformat(),
        "seizure": made.seizure.number if made.seizure else "", "declared": made.declared, "taxon": made.taxon,
        "confidence": made.confidence, "unclear": made.state == Request.State.UNCLEAR,
        "expert": f"person:{made.expert_id}" if made.expert_id else ""})
