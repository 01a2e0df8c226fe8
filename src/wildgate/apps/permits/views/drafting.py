"""Writing an application: page after page, saved as typed, the law's answer beside it; then check and submit."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import forms, services
from wildgate.apps.permits.forms import Page
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.panel import panel_of
from wildgate.apps.permits.stock_lines import filled, stocks_of, with_stock
from wildgate.apps.permits.views.answers_to_forms import Fault, fault_of, faults_of, faults_on
from wildgate.apps.permits.views.trader import own_application, sections_of, title_of
from wildgate.apps.species.selectors import Match, search, suggest
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Outcome

REFUSED = 422
MOST_MATCHES = 8
EXACT = 100.0
"""The score of a name that is in the lists."""
NEARLY = 0.92
"""How alike two names are, from 0 to 1, when one is probably a slip of the pen."""


@role(Action.APPLY)
def step(request: Request, number: str, step: str) -> HttpResponse:
    """One page of a draft. What is typed is saved before it is judged."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    page = _page(case, step)
    if request.method != "POST":
        return _show(request, case, page)
    given = filled(typed(page, request.POST, case.answers), case)
    refused = save(request, case, given)
    if request.POST.get("do") == "find":
        return _show(request, case, _page(case, step), find=True)
    page = _page(case, step)
    faults = [fault_of(refused)] if refused else faults_on(page, case, request.at.date())
    if not faults and (doubt := misspelt(page, request.POST, case)):
        faults = [doubt]
    if faults:
        return _show(request, case, page, faults)
    if request.POST.get("do") == "later":
        return redirect("application", number)
    return (
        redirect("application-step", number, after)
        if (after := forms.after(step, case.answers)) != forms.CHECK
        else redirect("application-check", number)
    )


def typed(page: Page, post: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The posted fields, with the chosen species in the place of what was searched for."""
    given = {name: post.get(name, "").replace("\x00", "") for name in (*page.names, "pick", "searched")}
    if "taxon" in page.names:
        given["taxon"] = forms.chosen_species(given)
    return forms.typed(page, given, answers)


def misspelt(page: Page, post: Mapping[str, str], case: Application) -> Fault | None:
    """Ask once when a species reads like a slip of the pen; whoever has seen the list and goes on keeps the name."""
    if "taxon" not in page.names or page.line is None or post.get("pick"):
        return None
    name = str(forms.line_of(case.answers, page.line).get("taxon", ""))
    if post.get("searched", "").strip() == name:
        return None
    if not near_names(name, case):
        return None
    return Fault(page.step, "taxon", _("Did you mean another name? Choose it, or go on to keep the name as it is."))


def near_names(name: str, case: Application) -> list[Match]:
    """Species that were probably meant, when the name itself is not in the lists but its genus is."""
    if any(match.score == EXACT for match in search(name, 1, party=case.party)):
        return []
    near = [
        each
        for each in dict.fromkeys((*case.law.suggest(name[:200]), *suggest(name[:200], party=case.party)))
        if each != name and SequenceMatcher(None, each.casefold(), name.casefold()).ratio() >= NEARLY
    ]
    return [match for each in near for match in search(each, 1, party=case.party)]


def look_up(name: str, case: Application) -> list[Match]:
    """What to offer for a name as typed."""
    found = {each.accepted: each for each in (*near_names(name, case), *search(name, MOST_MATCHES, party=case.party))}
    return list(found.values())


def save(request: Request, case: Application, given: Mapping[str, Any]) -> Refusal | None:
    """Keep what was typed. `case` carries it even when it could not be kept, so that the page shows it again."""
    outcome = services.save_answers(actor=request.actor, case=case.number, answers=given, at=request.at)
    case.answers = {**case.answers, **given}
    return outcome if isinstance(outcome, Refusal) else None


@role(Action.APPLY)
@require_POST
def panel(request: Request, number: str, step: str) -> HttpResponse:
    """Save the page as it stands and answer with what the law says now."""
    case = own_application(request.actor, number)
    refused = None
    if case.case_state is CaseState.DRAFT:
        refused = save(request, case, filled(typed(_page(case, step), request.POST, case.answers), case))
    return render(
        request,
        "permits/trader_panel.html",
        {
            "case": case,
            "panel": panel_of(case, request.at.date()),
            "saved_at": None if refused else request.at,
            "unsaved": fault_of(refused).sentence if refused else "",
        },
    )


@role(Action.APPLY)
@require_POST
def add_line(request: Request, number: str) -> HttpResponse:
    """One more line, empty."""
    case = own_application(request.actor, number)
    lines = [dict(line) for line in forms.lines_of(case.answers)] or [{}]
    if case.case_state is not CaseState.DRAFT or len(lines) >= forms.MOST_LINES:
        return redirect("application", number)
    refused = save(request, case, {"lines": [*lines, {}]})
    if refused:
        return redirect("application", number)
    return redirect("application-step", number, f"line-{len(lines) + 1}")


@role(Action.APPLY)
def remove_line(request: Request, number: str, line: int) -> HttpResponse:
    """Ask once more, then take a line out."""
    case = own_application(request.actor, number)
    lines = forms.lines_of(case.answers)
    if case.case_state is not CaseState.DRAFT or not 1 <= line <= len(lines):
        raise Http404(_("There is no such line."))
    if request.method != "POST":
        return render(
            request, "permits/trader_remove_line.html", {"case": case, "line": line, "answers": lines[line - 1]}
        )
    save(request, case, {"lines": [each for place, each in enumerate(lines, start=1) if place != line]})
    return redirect("application", number)


@role(Action.APPLY)
def check(request: Request, number: str) -> HttpResponse:
    """All answers to read back, the whole ruling, the declaration, and the button that submits."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    if request.method != "POST":
        return _check(request, case)
    if request.POST.get("declared") != forms.YES:
        return _check(
            request, case, [Fault(forms.CHECK, "declared", _("Confirm that your answers are true and complete."))]
        )
    found = faults_of(case, request.at.date())
    if found:
        return _check(request, case, found)
    outcome = services.submit(actor=request.actor, case=number, at=request.at)
    if isinstance(outcome, Application):
        return redirect("application-submitted", number)
    return _check(request, case, [fault_of(refusal) for refusal in outcome])


def _check(request: Request, case: Application, faults: list[Fault] | None = None) -> HttpResponse:
    on = request.at.date()
    open_faults = faults_of(case, on)
    panel = panel_of(case, on)
    refused = panel.ruling is not None and panel.ruling.decision is Outcome.REFUSE
    return render(
        request,
        "permits/trader_check.html",
        {
            "case": case,
            "sections": sections_of(case, changeable=True),
            "panel": panel,
            "full": True,
            "errors": [
                (fault.id if fault.step == forms.CHECK else address_of(case, fault), fault.sentence)
                for fault in faults or ()
            ],
            "open": [(address_of(case, fault), fault.sentence, _page_name(case, fault.step)) for fault in open_faults],
            "can_submit": not (open_faults or refused or panel.obstacles),
            "declared": request.POST.get("declared") == forms.YES,
            "undeclared": any(fault.name == "declared" for fault in faults or ()),
        },
        status=REFUSED if faults else 200,
    )


@role(Action.APPLY)
def submitted(request: Request, number: str) -> HttpResponse:
    """The confirmation: the number to quote and what happens next."""
    case = own_application(request.actor, number)
    if case.case_state is CaseState.DRAFT:
        return redirect("application", number)
    return render(request, "permits/trader_submitted.html", {"case": case})


def address_of(case: Application, fault: Fault) -> str:
    """Where a fault can be put right."""
    page = forms.page(fault.step, case.answers, case.party)
    if page is None:
        return ""
    return reverse("application-step", args=[case.number, fault.step]) + (f"#{fault.id}" if fault.id else "")


def _page_name(case: Application, step: str) -> str:
    page = forms.page(step, case.answers, case.party)
    return title_of(page, case) if page else ""


def _page(case: Application, step: str) -> Page:
    page = forms.page(step, case.answers, case.party)
    if page is None:
        raise Http404(_("The application has no such page."))
    return with_stock(page, case, stocks_of(case))


def _show(
    request: Request, case: Application, page: Page, faults: list[Fault] | None = None, *, find: bool = False
) -> HttpResponse:
    faults = faults or []
    order = forms.steps(case.answers)
    taxon = next((each.value for each in page.inputs if each.kind == "species"), "")
    wanted = bool(taxon) and (find or any(fault.name == "taxon" for fault in faults))
    return render(
        request,
        "permits/trader_step.html",
        {
            "case": case,
            "page": page.with_errors({fault.name: fault.sentence for fault in reversed(faults)}),
            "errors": [(fault.id, fault.sentence) for fault in faults],
            "panel": panel_of(case, request.at.date()),
            "now": order.index(page.step) + 1,
            "names": [_page_name(case, each) for each in order],
            "total": len(order),
            "name": title_of(page, case),
            "back": _before(case, page.step),
            "searched": taxon if wanted else "",
            "matches": look_up(taxon, case) if wanted else None,
            "find": find,
            "several": len(forms.lines_of(case.answers)) > 1,
            "last_of_lines": page.step == f"details-{max(1, len(forms.lines_of(case.answers)))}",
        },
        status=REFUSED if faults else 200,
    )


def _before(case: Application, step: str) -> str:
    order = forms.steps(case.answers)
    place = order.index(step)
    return (
        reverse("application-step", args=[case.number, order[place - 1]])
        if place
        else reverse("application", args=[case.number])
    )
