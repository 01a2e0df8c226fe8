"""The Management Authority's desk: the queue, one case with its decisions, issue, and the cancelling of a permit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Role
from wildgate.apps.permits import casefile, quota_cards, selectors, services, standing, stock_cards
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.services.casework import SCIENTIFIC, unmade
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, PermitAct, PermitState, Step
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ROWS_ON_A_PAGE = 25
REFUSED = 422
ACTION_OF = {
    Step.TAKE: Action.WORK_CASE,
    Step.ASK: Action.WORK_CASE,
    Step.ASK_OPINION: Action.WORK_CASE,
    Step.APPROVE: Action.WORK_CASE,
    Step.REFUSE: Action.WORK_CASE,
    Step.COUNTERSIGN: Action.COUNTERSIGN,
    Step.SEND_BACK: Action.COUNTERSIGN,
    Step.ISSUE: Action.ISSUE,
}
"""The right behind each step that an officer can take; the other steps are the applicant's and the scientist's."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that the case's state allows now: `allowed` for this officer, or `why` not."""

    step: Step
    allowed: bool
    why: str


def deeds(case: Application, actor: Actor) -> dict[str, Deed]:
    """By the step's name in lower case: what lifecycle and rights together leave open. Readers see none."""
    if not actor.has(Role.OFFICER, Role.COUNTERSIGNER):
        return {}
    open_now = lifecycle.steps_from(case.case_state)
    found = {}
    for step, action in ACTION_OF.items():
        if step in open_now:
            decision = can(actor, action, case)
            found[step.name.lower()] = Deed(step, decision.allowed, "" if decision else decision.reason)
    return found


@role(Action.VIEW_CASES)
def queue(request: Request) -> HttpResponse:
    """Cases by what they wait for. Counts and page are cut to the search."""
    text, tab = request.GET.get("q", "").strip()[: casefile.LONGEST_SEARCH], casefile.tab_of(request.GET.get("tab", ""))
    counts = casefile.counts(request.actor, text)
    pages = Paginator(casefile.cases_in(tab, request.actor, text), ROWS_ON_A_PAGE)
    pages.count = counts[tab.slug]
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "permits/queue.html",
        {
            "q": text,
            "tab": tab,
            "tabs": [(each, counts[each.slug]) for each in casefile.TABS],
            "page": page,
            "rows": [casefile.row_of(case, request.at) for case in page.object_list],
        },
    )


@role(Action.VIEW_CASES)
def case(request: Request, number: str) -> HttpResponse:
    """One case with all that a decision rests on."""
    return show(request, found_case(request.actor, number))


def show(request: Request, case: Application, fault: Refusal | None = None) -> HttpResponse:
    """The case page; with the refusal of the last step on top and what was typed still in its form."""
    events.note_read(case.subject, party=case.party, actor=request.actor.label, at=request.at)
    todo = deeds(case, request.actor)
    permit = getattr(case, "permit", None)
    subjects = [case.subject] + ([permit.subject] if permit else [])
    rulings = casefile.rulings_of(case)
    return render(
        request,
        "permits/case.html",
        {
            "case": case,
            "permit": permit,
            "deeds": todo,
            "fault": fault,
            "typed": request.POST,
            "blocked": unmade(case) if "approve" in todo else None,
            "specimens": casefile.specimens(case),
            "quotas": quota_cards.cards(case, request.at.date()),
            "stock": stock_cards.cards(case),
            "rulings": rulings,
            "today": casefile.today(case, request.at.date(), rulings),
            "findings": list(case.findings.select_related("person").order_by("by", "pk")),
            "bases": standing.bases(case, request.at.date()),
            "scientific": SCIENTIFIC,
            "may_find": case.case_state is CaseState.IN_REVIEW and can(request.actor, Action.WORK_CASE, case).allowed,
            "questions": list(case.questions.select_related("asked_by", "answered_by").order_by("asked_at")),
            "opinions": list(case.opinions.select_related("person").order_by("-at")),
            "history": casefile.history_of(case, request.actor),
            "similar": casefile.similar(case, request.actor),
            "timeline": selectors.timeline(subjects, case.party),
            "days": casefile.row_of(case, request.at).days,
            "may_cancel": permit is not None and may_cancel(request.actor, permit),
        },
        status=REFUSED if fault else 200,
    )


def may_cancel(actor: Actor, permit: Permit) -> bool:
    """Whether rights and the permit's state allow it to be cancelled now."""
    after = lifecycle.act(PermitState(permit.status.state), PermitAct.CANCELLED)
    return can(actor, Action.CANCEL, permit).allowed and not isinstance(after, Refusal)


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
    return done(
        request, number, services.take(actor=request.actor, case=number, at=request.at), _("The case is yours.")
    )


@role(Action.WORK_CASE)
@require_POST
def ask(request: Request, number: str) -> HttpResponse:
    outcome = services.ask(actor=request.actor, case=number, text=request.POST.get("question", ""), at=request.at)
    return done(request, number, outcome, _("The question went to the applicant."))


@role(Action.WORK_CASE)
@require_POST
def ask_opinion(request: Request, number: str) -> HttpResponse:
    outcome = services.ask_opinion(actor=request.actor, case=number, at=request.at)
    return done(request, number, outcome, _("The case is with the Scientific Authority."))


@role(Action.WORK_CASE)
@require_POST
def finding(request: Request, number: str, kind: str) -> HttpResponse:
    outcome = services.record_finding(
        actor=request.actor,
        case=number,
        kind=kind,
        made=request.POST.get("made") == "yes",
        text=request.POST.get("note", ""),
        at=request.at,
    )
    return done(request, number, outcome, _("The finding is recorded."))


@role(Action.WORK_CASE)
@require_POST
def approve(request: Request, number: str) -> HttpResponse:
    outcome = services.approve(
        actor=request.actor, case=number, conditions=request.POST.get("conditions", ""), at=request.at
    )
    return done(request, number, outcome, _("Approved. A second officer must countersign."))


@role(Action.WORK_CASE)
@require_POST
def refuse(request: Request, number: str) -> HttpResponse:
    outcome = services.refuse_case(
        actor=request.actor,
        case=number,
        reason=request.POST.get("reason", ""),
        basis=request.POST.get("basis", ""),
        at=request.at,
    )
    return done(request, number, outcome, _("The application is refused; the applicant sees the reason."))


@role(Action.COUNTERSIGN)
@require_POST
def countersign(request: Request, number: str) -> HttpResponse:
    outcome = services.countersign(actor=request.actor, case=number, at=request.at)
    return done(request, number, outcome, _("Countersigned. The permit can be issued."))


@role(Action.COUNTERSIGN)
@require_POST
def send_back(request: Request, number: str) -> HttpResponse:
    outcome = services.send_back(actor=request.actor, case=number, text=request.POST.get("text", ""), at=request.at)
    return done(request, number, outcome, _("The case went back to review."))


@role(Action.ISSUE)
def issue(request: Request, number: str) -> HttpResponse:
    """Say what issuing will do; on the button, do it."""
    case = found_case(request.actor, number)
    if request.method != "POST":
        return _confirm(request, case, None)
    outcome = services.issue(actor=request.actor, case=number, at=request.at)
    if isinstance(outcome, Refusal):
        return _confirm(request, found_case(request.actor, number), outcome)
    messages.success(request, _("Permit %(number)s is issued.") % {"number": outcome.number})
    return redirect("case", number)


def _confirm(request: Request, case: Application, fault: Refusal | None) -> HttpResponse:
    outlook = casefile.outlook(case, request.at.date())
    if fault is None and isinstance(outlook, Refusal):
        fault = outlook
    step = deeds(case, request.actor).get("issue")
    context: Mapping[str, Any] = {
        "case": case,
        "fault": fault,
        "step": step,
        "outlook": None if isinstance(outlook, Refusal) else outlook,
        "specimens": casefile.specimens(case),
        "may_issue": fault is None and step is not None and step.allowed,
    }
    return render(
        request, "permits/case_issue.html", context, status=REFUSED if fault and request.method == "POST" else 200
    )


@role(Action.CANCEL)
def cancel_permit(request: Request, number: str) -> HttpResponse:
    """Cancel an issued permit: asked once more, with the reason."""
    permit = selectors.permit(request.actor, number)
    if permit is None:
        raise Http404(_("There is no such permit, or you may not see it."))
    if request.method != "POST":
        return _ask_reason(request, permit, None)
    outcome = services.cancel(actor=request.actor, number=number, reason=request.POST.get("reason", ""), at=request.at)
    if isinstance(outcome, Refusal):
        return _ask_reason(request, permit, outcome)
    messages.success(request, _("Permit %(number)s is cancelled.") % {"number": number})
    return redirect("case", permit.application.number)


def _ask_reason(request: Request, permit: Permit, fault: Refusal | None) -> HttpResponse:
    state = PermitState(permit.status.state)
    closed = lifecycle.act(state, PermitAct.CANCELLED)
    return render(
        request,
        "permits/case_cancel.html",
        {
            "permit": permit,
            "case": permit.application,
            "fault": fault,
            "typed": request.POST,
            "closed": closed if isinstance(closed, Refusal) else None,
        },
        status=REFUSED if fault else 200,
    )
