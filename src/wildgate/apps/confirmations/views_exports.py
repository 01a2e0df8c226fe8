"""Pages of missing export endorsements: one paper with its question, and the countries counted."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.confirmations import exports, services
from wildgate.apps.confirmations.exports import Asked
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.wording import POINT_WORDS, SAY_WORDS, TONES
from wildgate.apps.customs import services as customs
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

LINKS = "confirmation-links"


@role(Action.VIEW_DOUBLE_USE)
def endorsement(request: Request, country: str, number: str, issued_on: str) -> HttpResponse:
    """A foreign paper without the export endorsement: ask in one click, follow the clock, take over the answer."""
    found = _found(request, country, number, issued_on)
    if request.method == "POST":
        if isinstance(fault := _act(request, found), Refusal):
            messages.error(request, said(fault))
        elif fault:
            return redirect("confirmation", fault)
        return redirect("confirmation-endorsement", country, number, issued_on)
    question = found.question
    return render(request, "confirmations/endorsement.html", {
        "found": found, "paper": found.paper, "missing": found.missing, "question": question,
        "answers": [(POINT_WORDS[point.value], SAY_WORDS[word], TONES[word]) for point in question.asked
                    if (word := question.points.get(point.value))] if question else [],
        "today": request.at.date(), "outcome": exports.outcome_of(question) if question else None,
        "may_open": can(request.actor, Action.ENDORSE).allowed, "may_ask": can(request.actor,
                                                                              Action.ASK_AUTHORITY).allowed})


def _act(request: Request, found: Asked) -> Refusal | str | None:
    """One of the page's buttons. The number of a question: its own page comes next."""
    do = request.POST.get("do")
    paper = found.paper
    if do == "ask":
        done = customs.ask_exporter(actor=request.actor, foreign=(paper.country, paper.number, paper.issued_on),
                                    port=request.actor.station or request.POST.get("port", ""), at=request.at)
        return done if isinstance(done, Refusal) else None
    if do == "mail" and found.question is not None:
        token = services.fresh_link(actor=request.actor, number=found.question.number, at=request.at)
        if isinstance(token, Refusal):
            return token
        request.session[LINKS] = {found.question.number: token}
        return found.question.number
    if do == "take" and found.question is not None:
        closed = exports.close_by(found.question, actor=request.actor, at=request.at)
        return closed if isinstance(closed, Refusal) else None
    if do == "silent" and found.missing is not None:
        closed = customs.close_question(actor=request.actor, question=found.missing.pk, state="no-answer",
                                        outcome=_no_answer(found.question), at=request.at)
        return closed if isinstance(closed, Refusal) else None
    return None


def _no_answer(question: Question | None) -> str:
    return question.number if question else "–"


@role(Action.VIEW_DOUBLE_USE)
def endorsements(request: Request) -> HttpResponse:
    """How often each country's papers came without the endorsement, and what its authority answered."""
    return render(request, "confirmations/endorsements.html", {
        "rows": exports.by_country(request.actor, request.at.date())})


def _found(request: Request, country: str, number: str, issued_on: str) -> Asked:
    try:
        day = date.fromisoformat(issued_on)
    except ValueError:
        raise Http404(_("There is no such paper, or you may not see it.")) from None
    found = exports.about(request.actor, country, number, day)
    if found is None:
        raise Http404(_("There is no such paper, or you may not see it."))
    return found
