"""The Scientific Authority's desk: cases that wait for its opinion, and the opinion (Articles III.2(a), IV.2(a))."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import casefile, quota_cards, selectors, services, standing
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services.casework import SCIENTIFIC
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

REFUSED = 422
CASES_ON_A_PAGE = 50


@role(Action.VIEW_SCIENCE)
def desk(request: Request) -> HttpResponse:
    """Cases that wait for the opinion of one's own authority, by its clock, and the newest opinions given."""
    waiting: Any = casefile.AskedOf(request.actor, request.at)
    page = Paginator(waiting, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "permits/science_queue.html", {
        "page": page, "rows": page.object_list,
        "given": casefile.newest_opinions(request.actor)})


@role(Action.VIEW_SCIENCE)
def case(request: Request, number: str) -> HttpResponse:
    """One case as the Scientific Authority needs it; the form is there while the case is with it."""
    found = _found(request, number)
    if request.method != "POST":
        return _show(request, found, None)
    outcome = _opine(request, number)
    if isinstance(outcome, Refusal):
        return _show(request, _found(request, number), outcome)
    messages.success(request, _("Your opinion is recorded; the case is back with the Management Authority.")
                     if outcome.case_state is not CaseState.WITH_SCIENTIST else
                     _("Your opinion is recorded; another Scientific Authority still has to answer."))
    return redirect("science")


def _opine(request: Request, number: str) -> Application | Refusal:
    answer = request.POST.get("positive", "")
    if answer not in ("yes", "no"):
        return refuse("missing", "Choose whether the opinion is positive or negative.", field="positive")
    return services.give_opinion(
        actor=request.actor,
        case=number,
        positive=answer == "yes",
        text=request.POST.get("text", ""),
        conditions=request.POST.get("conditions", ""),
        at=request.at,
    )


def _show(request: Request, case: Application, fault: Refusal | None) -> HttpResponse:
    events.note_read(case.subject, party=case.party, actor=request.actor.label, at=request.at)
    asked = casefile.consultations_of(case, request.at)
    own = next((each for each in asked if each.row.opinion_id is None
                and each.row.authority_id in request.actor.authorities), None)
    waits = case.case_state is CaseState.WITH_SCIENTIST
    return render(request, "permits/science_case.html", {
        "case": case, "fault": fault, "typed": request.POST, "consultations": asked, "own": own,
        "open": waits and (own is not None or not asked), "others": waits and own is None and bool(asked),
        "specimens": casefile.specimens(case), "bases": standing.bases(case, request.at.date()),
        "findings": list(case.findings.filter(by=SCIENTIFIC).select_related("person").order_by("pk")),
        "opinions": list(case.opinions.select_related("person", "authority").order_by("-at")),
        "attachments": selectors.attachments(case), "quotas": quota_cards.cards(case, request.at.date()),
        "questions": list(case.questions.select_related("asked_by", "answered_by").order_by("asked_at")),
        "earlier": casefile.earlier_opinions(case, request.actor), "similar": casefile.similar(case, request.actor),
    }, status=REFUSED if fault else 200)


def _found(request: Request, number: str) -> Application:
    case = selectors.application(request.actor, number)
    if case is None or case.case_state is CaseState.DRAFT:
        raise Http404(_("There is no such case, or you may not see it."))
    return case
