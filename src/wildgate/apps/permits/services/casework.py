"""The Management Authority at work on a case: take it, ask the applicant, make its findings, hand it on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.permits.books import findings as standing
from wildgate.apps.permits.models import Application, Finding, Question
from wildgate.apps.permits.services.conflicts import declared, related
from wildgate.apps.permits.services.moving import admitted, locked, move, under_review, written
from wildgate.convention.lifecycle import CLOSED, CaseState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.vocabulary import By, FindingKind
from wildgate.kit import events

SCIENTIFIC = By.SCIENTIFIC.value
MOST_ASSIGNED = 500
LONGEST_GROUNDS = 1000
BOOKED = frozenset({FindingKind.QUOTA.value, FindingKind.NO_SUSPENSION.value})
"""Findings that the books themselves answer: made, they need no words."""


def take(*, actor: Actor, case: str, at: datetime) -> Application | Refusal:
    """Begin the review; the officer who takes a case is shown as working on it."""
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.TAKE)
        if isinstance(found, Refusal):
            return found
        found[0].officer_id = actor.person_id
        standing.refresh(found[0], at)
        return move(*found, Step.TAKE, actor=actor, at=at)


def ask(*, actor: Actor, case: str, text: str, at: datetime) -> Application | Refusal:
    """Ask the applicant a question; the case waits for the answer."""
    kept = written(text, field="question", what=say("your question"))
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = admitted(actor, Action.WORK_CASE, case, Step.ASK)
        if isinstance(found, Refusal):
            return found
        Question.objects.create(application=found[0], text=kept, asked_by_id=actor.own_id, asked_at=at)
        return move(*found, Step.ASK, actor=actor, at=at)


def record_finding(*, actor: Actor, case: str, kind: str, made: bool, text: str, at: datetime,
                   seen: str | None = None) -> Finding | Refusal:
    """The Management Authority makes one of its findings, or finds that it does not hold, and says what that rests on.

    `seen` is the finding as the officer had it in view (`Finding.version`): what somebody else wrote since is not
    written over.
    """
    place = f"note-{kind[:32]}"
    kept: str | Refusal = ""
    if text.strip() or not (made and kind in BOOKED):
        kept = written(text, field=place, what=say("what the finding rests on"), longest=LONGEST_GROUNDS)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        application = under_review(actor, case)
        if isinstance(application, Refusal):
            return application
        finding = application.findings.exclude(by=SCIENTIFIC).filter(kind=kind).first()
        if finding is None:
            return refuse("no-such-finding", "The ruling asks for no finding %(kind)s from the Management Authority.",
                          kind=kind[:32])
        if seen is not None and seen != finding.version:
            return refuse("finding-changed", "%(name)s wrote on this finding after you opened the page: read it, then "
                          "record yours.", name=finding.person.name if finding.person else "", field=place)
        finding.rests.all().delete()
        finding.made, finding.note, finding.person_id, finding.at = made, kept, actor.person_id, at
        finding.save()
        events.append("finding", application.subject, party=application.party, actor=actor.label, at=at,
                      data={"kind": kind, "made": made, **actor.signed})
    return finding


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of cases that were to be given to somebody: those that went, and why the others stayed."""

    given: tuple[str, ...]
    kept: tuple[tuple[str, Refusal], ...] = ()


def assign(*, actor: Actor, cases: Collection[str], to: int, at: datetime) -> Handed | Refusal:
    """Give open cases to an officer, oneself or another; each by itself, so that one refusal keeps no other back."""
    if refused := require(actor, Action.ASSIGN):
        return refused
    if not cases or len(cases) > MOST_ASSIGNED:
        return refuse("choose-cases", "Choose from 1 to %(most)s cases.", most=MOST_ASSIGNED, field="cases")
    person = Person.objects.filter(pk=to).first()
    officer = actor_of(person, at.date()) if person else None
    if officer is None or require(officer, Action.WORK_CASE) or officer.party != actor.party:
        return refuse("no-such-officer", "Choose somebody who works on cases here.", field="to")
    given, kept = [], []
    for number in cases:
        no = _give(actor, number, officer, at)
        if no is None:
            given.append(number)
        else:
            kept.append((number, no))
    return Handed(tuple(given), tuple(kept))


def _give(actor: Actor, number: str, officer: Actor, at: datetime) -> Refusal | None:
    with transaction.atomic():
        case = locked(actor.party, number)
        if isinstance(case, Refusal):
            return case
        if case.case_state in CLOSED or case.case_state is CaseState.DRAFT:
            return refuse("case-closed", "Case %(number)s is closed.", number=number)
        if refused := declared(actor, case.organisation_id) or declared(officer, case.organisation_id):
            return refused
        if related(officer.person_id, case.organisation_id):
            return refuse("conflict-of-interest", "%(name)s holds or held a post in the applicant's firm or in one "
                          "that acted for it: choose another officer.", name=officer.name, field="to")
        if case.officer_id == officer.person_id:
            return None
        before, case.officer_id = case.officer_id, officer.person_id
        case.save(update_fields=["officer"])
        events.append("assigned", case.subject, party=case.party, actor=actor.label, at=at,
                      data={"from": f"person:{before}" if before else None, "to": officer.label})
    return None


def hand_over(*, actor: Actor, person: int, to: int, at: datetime) -> Handed | Refusal:
    """Give all open cases of one officer to another: before a leave, after somebody went."""
    if refused := require(actor, Action.ASSIGN):
        return refused
    mine = Application.objects.filter(party=actor.party, officer_id=person).exclude(
        state__in=[CaseState.DRAFT.value, *(state.value for state in CLOSED)])
    numbers = list(mine.order_by("pk").values_list("number", flat=True)[:MOST_ASSIGNED])
    if not numbers:
        return refuse("no-open-cases", "This officer has no open cases.", field="of")
    return assign(actor=actor, cases=numbers, to=to, at=at)
