"""One case on the officer's desk: all that a decision rests on, and the steps of its review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import flags
from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Role
from wildgate.apps.houserules.cover import nobody_countersigns
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.permits import casefile, checklist, queues, quota_cards, selectors, services, standing, stock_cards
from wildgate.apps.permits.grounds import GROUNDS
from wildgate.apps.permits.models import Application, Finding, Question
from wildgate.apps.permits.overtaken import in_officers_words
from wildgate.apps.permits.services.appeals import took_part
from wildgate.apps.permits.services.casework import SCIENTIFIC
from wildgate.apps.permits.services.deciding import library, unmade
from wildgate.apps.permits.services.moving import in_hand
from wildgate.apps.permits.views.queue import key_of, tell_handed
from wildgate.apps.permits.wording import EXCUSE_WORDS
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CLOSED, CaseState, Step
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

REFUSED = 422
ACTION_OF = {
    Step.TAKE: Action.WORK_CASE,
    Step.ASK: Action.WORK_CASE,
    Step.ASK_OPINION: Action.WORK_CASE,
    Step.APPROVE: Action.WORK_CASE,
    Step.REFUSE: Action.WORK_CASE,
    Step.COUNTERSIGN: Action.COUNTERSIGN,
    Step.SEND_BACK: Action.SEND_BACK,
    Step.ISSUE: Action.ISSUE,
    Step.UPHOLD: Action.WORK_CASE,
}
"""The right behind each step that an officer can take; the other steps are the applicant's and the scientist's."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that the case's state allows now: `allowed` for this officer, or `why` not."""

    step: Step
    allowed: bool
    why: str


def deeds(case: Application, actor: Actor, interest: Refusal | None = None) -> dict[str, Deed]:
    """By the step's name in lower case: what lifecycle and rights together leave open. Readers, and officers with an
    interest in the applicant, see none."""
    if not actor.has(Role.OFFICER, Role.COUNTERSIGNER) or interest is not None:
        return {}
    open_now = lifecycle.steps_from(case.case_state)
    found = {}
    for step, action in ACTION_OF.items():
        if step in open_now:
            decision = can(actor, action, case)
            found[step.name.lower()] = Deed(step, decision.allowed, "" if decision else decision.reason)
    return found


@role(Action.VIEW_CASES)
def case(request: Request, number: str) -> HttpResponse:
    """One case with all that a decision rests on."""
    return show(request, found_case(request.actor, number))


def show(request: Request, case: Application, fault: Refusal | None = None) -> HttpResponse:
    """The case page; with the refusal of the last step on top and what was typed still in its form."""
    events.note_read(case.subject, party=case.party, actor=request.actor.label, at=request.at)
    prefetch_related_objects(
        [case], Prefetch("findings", Finding.objects.select_related("person").order_by("by", "pk")),
        Prefetch("questions", Question.objects.select_related("asked_by", "answered_by").order_by("asked_at")))
    people = _people(request, case)
    return render(request, "permits/case.html", {
        "case": case, "fault": in_officers_words(fault, case, people["timeline"]), "typed": request.POST,
        "scientific": SCIENTIFIC, **_basis(request, case), **people,
    }, status=REFUSED if fault else 200)


def _beside_science(case: Application, actor: Actor, conflict: Refusal | None) -> bool:
    """Goods that spoil: the officer makes findings while the Scientific Authority has the case."""
    return conflict is None and in_hand(case) and can(actor, Action.WORK_CASE, case).allowed


def _basis(request: Request, case: Application) -> dict[str, Any]:
    """What the law, the books and the checklist say, and what this officer can do."""
    on, actor = request.at.date(), request.actor
    quotas, stock, rulings = quota_cards.cards(case, on), stock_cards.cards(case), casefile.rulings_of(case)
    facts = checklist.facts_of(case, actor, request.at, cards=quotas, stock=stock)
    points = checklist.points(facts)
    todo = deeds(case, actor, facts.conflict)
    reviews, over = "approve" in todo, case.case_state in CLOSED
    return {
        "deeds": todo, "points": [] if over else points, "interest": facts.conflict, "reviews": reviews,
        "blocked": (unmade(case) or checklist.unsettled(points)) if reviews else None, "quotas": facts.quotas,
        "stock": stock,
        "rulings": rulings, "today": casefile.today(case, on, rulings), "specimens": casefile.specimens(case),
        "findings": list(case.findings.all()),
        "bases": standing.bases(case, on), "outlook": facts.outlook,
        "may_find": reviews or _beside_science(case, actor, facts.conflict),
        "library": library(case, on) if reviews else [], "grounds": GROUNDS.values(),
        "excuses": EXCUSE_WORDS.items(), "left_typed": _left(request, case),
        "overrides": [(each.label, each.override) for each in points if each.override] if over else [],
        "no_appeal": took_part(actor, case) if case.case_state is CaseState.APPEALED else None,
    }


def _left(request: Request, case: Application) -> Mapping[str, str]:
    """What the form on goods that left already holds: what was typed, else what is recorded."""
    kept = case.retrospective or {}
    return request.POST if "happened" in request.POST else {**kept, "happened": kept.get("reason", "")}


def _people(request: Request, case: Application) -> dict[str, Any]:
    """Who did and does what: the clock, questions, opinions, the holder's past, what happened."""
    permit = getattr(case, "permit", None)
    subjects = [case.subject] + ([permit.subject] if permit else [])
    works = can(request.actor, Action.ASSIGN).allowed and case.case_state not in CLOSED
    row = queues.row_of(case, request.at, calendar_of(case.party))
    return {
        "desk": can(request.actor, Action.WORK_CASE).allowed,
        "flags": flags.of_case(case.organisation, (case.officer_id, case.decided_by_id, request.actor.person_id)),
        "permit": permit, "days": row.days, "clock": row.clock, "works": works,
        "officers": queues.officer_choices(case.party, request.at.date()) if works else [],
        "unsigned": works and case.case_state is CaseState.APPROVED and nobody_countersigns(
            case.party, request.at.date()),
        "questions": list(case.questions.all()),
        "opinions": list(case.opinions.select_related("person", "authority").order_by("-at")),
        "consultations": casefile.consultations_of(case, request.at),
        "appeals": list(case.appeals.select_related("decided_by", "lodged_by").order_by("-pk")),
        "attachments": selectors.attachments(case), "linked": casefile.linked(case, request.actor),
        "history": casefile.history_of(case, request.actor), "similar": casefile.similar(case, request.actor),
        "timeline": selectors.timeline(subjects, case.party),
        "acts": casefile.acts_on(permit, request.actor) if permit else {},
    }


def found_case(actor: Actor, number: str) -> Application:
    case = selectors.application(actor, number)
    if case is None or case.case_state is CaseState.DRAFT:
        raise Http404(_("There is no such case, or you may not see it."))
    return case


def done(request: Request, number: str, outcome: object, sentence: str) -> HttpResponse:
    """After a step: back to the case with a word of confirmation, or the case with the refusal on top."""
    if isinstance(outcome, Refusal):
        return show(request, found_case(request.actor, number), outcome)
    messages.success(request, sentence)
    return redirect("case", number)


@role(Action.WORK_CASE)
@require_POST
def take(request: Request, number: str) -> HttpResponse:
    outcome = services.take(actor=request.actor, case=number, at=request.at)
    return done(request, number, outcome, _("The case is yours."))


@role(Action.ASSIGN)
@require_POST
def assign(request: Request, number: str) -> HttpResponse:
    """Give the case to an officer; the case page of somebody who may not see it is not shown."""
    outcome = services.assign(actor=request.actor, cases=[number], to=key_of(request.POST.get("to", "")),
                              at=request.at)
    if isinstance(outcome, services.Handed):
        if outcome.kept:
            return done(request, number, outcome.kept[0][1], "")
        tell_handed(request, outcome)
        return redirect("case", number)
    return done(request, number, outcome, "")


@role(Action.WORK_CASE)
@require_POST
def ask(request: Request, number: str) -> HttpResponse:
    outcome = services.ask(actor=request.actor, case=number, text=request.POST.get("question", ""), at=request.at)
    return done(request, number, outcome, _("The question went to the applicant."))


@role(Action.WORK_CASE)
@require_POST
def ask_opinion(request: Request, number: str) -> HttpResponse:
    outcome = services.consult(actor=request.actor, case=number, at=request.at)
    return done(request, number, outcome, _("The case is with the Scientific Authority."))


@role(Action.WORK_CASE)
@require_POST
def finding(request: Request, number: str, kind: str) -> HttpResponse:
    """One of the authority's own findings; neither made nor not made is no answer."""
    made = request.POST.get("made", "")
    outcome: Finding | Refusal = refuse("missing", "Choose whether the finding is made.", field=f"note-{kind[:32]}")
    if made in ("yes", "no"):
        outcome = services.record_finding(
            actor=request.actor, case=number, kind=kind, at=request.at, made=made == "yes",
            text=request.POST.get("note", ""), seen=request.POST.get("seen"))
    return done(request, number, outcome, _("The finding is recorded."))


@role(Action.WORK_CASE)
@require_POST
def override(request: Request, number: str, point: str) -> HttpResponse:
    outcome = services.override(actor=request.actor, case=number, point=point, reason=request.POST.get("reason", ""),
                                at=request.at)
    return done(request, number, outcome, _("The point is passed over; the reason stands with the case."))
