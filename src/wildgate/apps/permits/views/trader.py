"""The trader's desk: what waits for me first, my applications and permits, one application from draft to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import organisations_of
from wildgate.apps.permits import forms, selectors, services, whereabouts, wording
from wildgate.apps.permits.line_rows import rows_of
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.panel import panel_of
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views import kept
from wildgate.apps.permits.views.answers_to_forms import faults_of
from wildgate.apps.permits.views.answers_to_pages import for_applicant, own_application, sections_of, tasks_of
from wildgate.apps.permits.views.kept import keeps_typed
from wildgate.apps.quotas.selectors import shares_of
from wildgate.apps.species.registry import law_of
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, Step
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Outcome

ROWS_ON_A_PAGE = 20
MOST_PERMITS = 10
REFUSED = 422


@dataclass(frozen=True, slots=True)
class Row:
    """An application in the list: what it is about, and whose turn it is."""

    case: Application
    subject: str
    turn: str


@role(Action.APPLY)
def home(request: Request) -> HttpResponse:
    """What waits for me, my applications and permits; the button starts a new application."""
    fault = ""
    if request.method == "POST":
        organisation = _number(request.POST.get("organisation", ""))
        outcome = selectors.just_started(request.actor, organisation, request.at) or services.start(
            actor=request.actor, organisation=organisation, at=request.at)
        if isinstance(outcome, Application):
            return redirect("application-step", outcome.number, forms.ROUTE)
        fault = said(outcome)
    organisations = organisations_of(request.actor)
    wanted = _number(request.GET.get("for", ""))
    waiting, due = selectors.waiting_for_me(request.actor, wanted)
    others = selectors.own_applications(request.actor, wanted).exclude(state__in=selectors.WAITING)
    page = Paginator(others.exclude(number__in=[case.number for case in waiting]), ROWS_ON_A_PAGE).get_page(
        request.GET.get("page"))
    permits = selectors.permits(request.actor)
    if wanted in request.actor.organisations:
        permits = permits.filter(organisation_id=wanted)
    cases = list(_under_one_law([*waiting, *page.object_list], request.actor.party))
    return render(request, "permits/trader_home.html", {
        "organisations": organisations,
        "wanted": wanted,
        "page": page,
        "fault": fault,
        "waiting": [row_of(case, request, due=case.number in due) for case in cases[:len(waiting)]],
        "rows": [row_of(case, request) for case in cases[len(waiting):]],
        "permits": [(permit, selectors.state_of(permit.status, permit.valid_until, request.at.date()))
                    for permit in permits.prefetch_related("lines")[:MOST_PERMITS]],
    }, status=REFUSED if fault else 200)


def _under_one_law(cases: Iterable[Application], party: str) -> Iterator[Application]:
    """The cases of a list share the law, so that it is asked for once."""
    law = law_of(party)
    for case in cases:
        case.law = law
        yield case


def row_of(case: Application, request: Request, *, due: bool = False) -> Row:
    taxa = [str(line.get("taxon", "")) for line in forms.lines_of(case.answers) if line.get("taxon")]
    more = len(taxa) - 1
    subject = taxa[0] if taxa else ""
    if more > 0:
        subject = ngettext("%(first)s and %(more)s more line", "%(first)s and %(more)s more lines", more) % {
            "first": subject, "more": more}
    turn = str(wording.state_word(case.state).turn)
    if case.case_state is CaseState.DRAFT:
        turn = draft_turn(case, request)
    elif due:
        turn = _("Your turn: pay the fee.")
    return Row(case, subject, turn)


def draft_turn(case: Application, request: Request) -> str:
    """What a draft waits for: parts that are missing, a change that the law makes necessary, or its submission."""
    on = request.at.date()
    left = len({fault.step for fault in faults_of(case, on)})
    if left:
        words = ngettext("Your turn: %(left)s part is missing.", "Your turn: %(left)s parts are missing.", left)
        return words % {"left": left}
    panel = panel_of(case, on)
    if panel.nothing_to_issue:
        return _("No permit of this authority is needed: discard the draft.")
    if panel.obstacles or panel.ruling is None or panel.ruling.decision is Outcome.REFUSE:
        return _("Your turn: it cannot be submitted as it stands.")
    return _("Your turn: check your answers and submit.")


@role(Action.APPLY)
def balances(request: Request) -> HttpResponse:
    """What my firms may still export: their shares of quotas; the stock has pages of its own."""
    shares = shares_of(request.actor.party, request.actor.firms, request.at.date())
    return render(request, "permits/trader_balances.html", {"shares": shares})


@role(Action.APPLY)
def application(request: Request, number: str) -> HttpResponse:
    """The task list of a draft; where an application stands once it is submitted."""
    found = own_application(request.actor, number)
    if found.case_state is CaseState.DRAFT:
        return render(request, "permits/trader_tasks.html", {
            "case": found,
            "tasks": tasks_of(found, faults_of(found, request.at.date())),
            "documents": selectors.attachments(found),
            "can_add": len(forms.lines_of(found.answers)) < forms.MOST_LINES,
        })
    return show(request, found)


def show(request: Request, case: Application, fault: Refusal | None = None, answer: str = "") -> HttpResponse:
    """The status page; with the answer still in its box when it was refused or the session had ended."""
    permit = getattr(case, "permit", None)
    subjects = [case.subject, *([permit.subject] if permit else [])]
    questions = list(case.questions.order_by("-asked_at"))
    steps = lifecycle.steps_from(case.case_state)
    question = next((each for each in questions if each.answered_at is None), None) if Step.ANSWER in steps else None
    where, word = whereabouts.of(case, question, request.at), wording.state_word(case.state)
    return render(request, "permits/trader_status.html", {
        "case": case,
        "permit": permit,
        "word": word,
        "turn": _("Your turn: pay the fee.") if where.fee_due and question is None else word.turn,
        "fault": fault,
        "typed": answer or kept.typed_at(request, _status_address(case.number)).get("answer", ""),
        "where": where,
        "open_question": question,
        "answered": [each for each in questions if each.answered_at],
        "appeals": list(case.appeals.order_by("-lodged_at")),
        "documents": selectors.attachments(case),
        "findings": [each for each in case.findings.order_by("pk")
                     if each.made is not None or case.case_state not in lifecycle.CLOSED],
        "can_withdraw": Step.WITHDRAW in steps,
        "timeline": for_applicant(selectors.timeline(subjects, case.party)),
        "sections": sections_of(case, changeable=False),
        "lines": rows_of(case),
    }, status=REFUSED if fault else 200)


def _status_address(number: str) -> str:
    return reverse("application", args=[number])


@keeps_typed(_status_address)
@role(Action.APPLY)
def answer(request: Request, number: str) -> HttpResponse:
    """Answer the authority's question."""
    found, text = own_application(request.actor, number), request.POST.get("answer", "").replace("\x00", "")
    if request.method != "POST":
        return redirect("application", number)
    outcome = services.answer(actor=request.actor, case=number, text=text, at=request.at)
    if isinstance(outcome, Refusal):
        return show(request, found, outcome, text)
    kept.forget(request, _status_address(number))
    messages.success(request, _("Your answer went to the authority."))
    return redirect("application", number)


@keeps_typed(_status_address)
@role(Action.APPLY)
def withdraw(request: Request, number: str) -> HttpResponse:
    """Ask once more, then take the application back."""
    found = own_application(request.actor, number)
    fault = None
    if request.method == "POST":
        if found.case_state is CaseState.WITHDRAWN:
            return redirect("trader")
        outcome = services.withdraw(actor=request.actor, case=number, at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The application is withdrawn."))
            return redirect("trader")
        fault = outcome
    return render(request, "permits/trader_withdraw.html", {"case": found, "fault": fault},
                  status=REFUSED if fault else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
