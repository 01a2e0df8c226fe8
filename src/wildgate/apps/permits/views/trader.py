"""The trader's desk: my applications and permits, one application from its draft to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import organisations_of
from wildgate.apps.permits import forms, selectors, services, wording
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.panel import panel_of
from wildgate.apps.permits.selectors import Entry
from wildgate.apps.permits.stock_lines import stocks_of, with_stock
from wildgate.apps.permits.views.answers_to_forms import Fault, faults_of
from wildgate.apps.species.registry import law_of
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import CaseState, PermitAct, Step
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Outcome

ROWS_ON_A_PAGE = 20
MOST_PERMITS = 10
REFUSED = 422
TOLD_TO_APPLICANT = frozenset({act.value for act in PermitAct})
"""Events whose note (a reason) is for the holder's eyes; the authority's notes to itself are not."""


@dataclass(frozen=True, slots=True)
class Task:
    """A page of the application in its task list."""

    label: str
    url: str
    hint: str
    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class Row:
    """An application in the list: what it is about, and whose turn it is."""

    case: Application
    subject: str
    turn: str


@role(Action.APPLY)
def home(request: Request) -> HttpResponse:
    """My applications and permits; the button starts a new application."""
    fault = ""
    if request.method == "POST":
        outcome = services.start(
            actor=request.actor, organisation=_number(request.POST.get("organisation", "")), at=request.at
        )
        if isinstance(outcome, Application):
            return redirect("application-step", outcome.number, forms.ROUTE)
        fault = outcome.reason
    page = Paginator(selectors.own_applications(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    permits = list(selectors.permits(request.actor).prefetch_related("lines")[:MOST_PERMITS])
    return render(
        request,
        "permits/trader_home.html",
        {
            "organisations": organisations_of(request.actor),
            "page": page,
            "fault": fault,
            "rows": [row_of(case, request) for case in _under_one_law(page.object_list, request.actor.party)],
            "permits": [
                (permit, selectors.state_of(permit.status, permit.valid_until, request.at.date())) for permit in permits
            ],
        },
        status=REFUSED if fault else 200,
    )


def _under_one_law(cases: Iterable[Application], party: str) -> Iterator[Application]:
    """The cases of a list share the law, so that it is asked for once."""
    law = law_of(party)
    for case in cases:
        case.law = law
        yield case


def row_of(case: Application, request: Request) -> Row:
    taxa = [str(line.get("taxon", "")) for line in forms.lines_of(case.answers) if line.get("taxon")]
    more = len(taxa) - 1
    subject = taxa[0] if taxa else ""
    if more > 0:
        subject = ngettext("%(first)s and %(more)s more line", "%(first)s and %(more)s more lines", more) % {
            "first": subject,
            "more": more,
        }
    turn = str(wording.state_word(case.state).turn)
    if case.case_state is CaseState.DRAFT:
        turn = draft_turn(case, request)
    return Row(case, subject, turn)


def draft_turn(case: Application, request: Request) -> str:
    """What a draft waits for: parts that are missing, a change that the law makes necessary, or its submission."""
    on = request.at.date()
    left = len({fault.step for fault in faults_of(case, on)})
    if left:
        words = ngettext("Your turn: %(left)s part is missing.", "Your turn: %(left)s parts are missing.", left)
        return words % {"left": left}
    panel = panel_of(case, on)
    if panel.obstacles or panel.ruling is None or panel.ruling.decision is Outcome.REFUSE:
        return _("Your turn: it cannot be submitted as it stands.")
    return _("Your turn: check your answers and submit.")


@role(Action.APPLY)
def application(request: Request, number: str) -> HttpResponse:
    """The task list of a draft; where an application stands once it is submitted."""
    found = own_application(request.actor, number)
    if found.case_state is CaseState.DRAFT:
        return render(
            request,
            "permits/trader_tasks.html",
            {
                "case": found,
                "tasks": tasks_of(found, faults_of(found, request.at.date())),
                "can_add": len(forms.lines_of(found.answers)) < forms.MOST_LINES,
            },
        )
    return show(request, found)


def show(request: Request, case: Application, fault: Refusal | None = None, answer: str = "") -> HttpResponse:
    """The status page; with the answer still in its box when it was refused."""
    permit = getattr(case, "permit", None)
    subjects = [case.subject, *([permit.subject] if permit else [])]
    questions = list(case.questions.order_by("-asked_at"))
    return render(
        request,
        "permits/trader_status.html",
        {
            "case": case,
            "permit": permit,
            "word": wording.state_word(case.state),
            "fault": fault,
            "typed": answer,
            "open_question": next((each for each in questions if each.answered_at is None), None),
            "answered": [each for each in questions if each.answered_at],
            "findings": list(case.findings.order_by("pk")),
            "can_withdraw": Step.WITHDRAW in lifecycle.steps_from(case.case_state),
            "timeline": for_applicant(selectors.timeline(subjects, case.party)),
            "sections": sections_of(case, changeable=False),
        },
        status=REFUSED if fault else 200,
    )


@role(Action.APPLY)
@require_POST
def answer(request: Request, number: str) -> HttpResponse:
    """Answer the authority's question."""
    found, text = own_application(request.actor, number), request.POST.get("answer", "").replace("\x00", "")
    outcome = services.answer(actor=request.actor, case=number, text=text, at=request.at)
    if isinstance(outcome, Refusal):
        return show(request, found, outcome, text)
    messages.success(request, _("Your answer went to the authority."))
    return redirect("application", number)


@role(Action.APPLY)
def withdraw(request: Request, number: str) -> HttpResponse:
    """Ask once more, then take the application back."""
    found = own_application(request.actor, number)
    fault = None
    if request.method == "POST":
        outcome = services.withdraw(actor=request.actor, case=number, at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The application is withdrawn."))
            return redirect("trader")
        fault = outcome
    return render(
        request, "permits/trader_withdraw.html", {"case": found, "fault": fault}, status=REFUSED if fault else 200
    )


def own_application(actor: Actor, number: str) -> Application:
    """The actor's own application; one of another firm and one that does not exist are the same 404."""
    found = selectors.application(actor, number)
    if found is None or not can(actor, Action.EDIT_APPLICATION, found):
        raise Http404(_("There is no such application, or you may not see it."))
    return found


def tasks_of(case: Application, faults: list[Fault]) -> list[Task]:
    """The pages of a draft: done, begun, or to do."""
    found = []
    for step in forms.steps(case.answers):
        page = forms.page(step, case.answers, case.party)
        if page is None:
            continue
        wrong = [fault for fault in faults if fault.step == step]
        begun = any(each.value for each in page.inputs if each.name != "origin")
        if wrong:
            tone, word = ("hold", _("Incomplete")) if begun else ("off", _("To do"))
        else:
            tone, word = ("ok", _("Done")) if begun else ("off", _("Optional"))
        found.append(
            Task(
                title_of(page, case),
                reverse("application-step", args=[case.number, step]),
                wrong[0].sentence if wrong and begun else "",
                tone,
                word,
            )
        )
    return found


def title_of(page: forms.Page, case: Application) -> str:
    """A page's name in lists: what is asked, and for which line."""
    names = {
        forms.ROUTE: _("Direction and purpose"),
        forms.OTHER: _("The other party"),
        forms.TRANSPORT: _("Transport and remarks"),
    }
    if page.line is None:
        return names[page.step]
    taxon = forms.line_of(case.answers, page.line).get("taxon", "")
    what = _("Line %(line)s: specimens") if page.step.startswith("line") else _("Line %(line)s: description and marks")
    return what % {"line": page.line + 1} + (f" ({taxon[:60]})" if taxon and page.step.startswith("line") else "")


def sections_of(case: Application, *, changeable: bool) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """All answers in words, page by page, each with the address that changes it while it can be changed."""
    sections: list[tuple[str, list[Mapping[str, Any]]]] = []
    stocks = stocks_of(case)
    for step in forms.steps(case.answers):
        page = forms.page(step, case.answers, case.party)
        if page is None:
            continue
        page = with_stock(page, case, stocks)
        rows: list[Mapping[str, Any]] = []
        for each in page.inputs:
            address = reverse("application-step", args=[case.number, step]) + f"#{each.id}" if changeable else ""
            rows.append({"label": each.label, "value": each.shown or "–", "url": address})
        sections.append((title_of(page, case), rows))
    return sections


def for_applicant(entries: list[Entry]) -> list[Mapping[str, Any]]:
    """The events in words. What officers wrote to each other stays with them."""
    return [
        {
            "title": wording.word(wording.EVENT_WORDS, entry.kind),
            "at": entry.at,
            "who": entry.who,
            "note": entry.note if entry.kind in TOLD_TO_APPLICANT else "",
            "tone": "no" if entry.kind in BAD_NEWS else "",
        }
        for entry in entries
    ]


BAD_NEWS = frozenset({Step.REFUSE.value, PermitAct.CANCELLED.value, PermitAct.SUSPENDED.value, PermitAct.LOST.value})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
