"""Writing an application: page after page, saved as typed, the law's answer beside it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import forms, picking, services
from wildgate.apps.permits.forms import Page
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.panel import panel_of
from wildgate.apps.permits.services import Clash
from wildgate.apps.permits.stock_lines import filled, stocks_of, with_stock
from wildgate.apps.permits.views import kept
from wildgate.apps.permits.views.answers_to_forms import Fault, fault_of, faults_on
from wildgate.apps.permits.views.answers_to_pages import own_application, title_of
from wildgate.apps.permits.views.clashes import Kept, clash_page, resolved
from wildgate.apps.permits.views.kept import keeps_typed
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.refusal import Refusal

REFUSED = 422
Post = Mapping[str, str]


def _step_address(number: str, step: str) -> str:
    return reverse("application-step", args=[number, step])


@keeps_typed(_step_address)
@role(Action.APPLY)
def step(request: Request, number: str, step: str) -> HttpResponse:
    """One page of a draft. What is typed is saved before it is judged."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    if request.method != "POST":
        return _show(request, case, _page(case, step), waiting=kept.typed_at(request))
    page = _page(case, step, beyond=bool(request.POST.get("version")))
    post = resolved(request.POST, page, case.answers) if request.POST.get("do") == "choose" else request.POST.dict()
    opened = post.get("version", "")[:16] or forms.print_of(page.step, case.answers)
    outcome = save(request, case, page, post)
    if isinstance(outcome, Clash):
        return clash_page(request, case, outcome, title_of(page.step, case))
    kept.forget(request)
    if request.POST.get("do") == "find":
        return _show(request, case, _page(case, step, beyond=True), find=True)
    page = _page(case, step, beyond=True)
    faults = [fault_of(outcome)] if isinstance(outcome, Refusal) else faults_on(page, case, request.at.date())
    if isinstance(outcome, Refusal):
        return _show(request, case, page.with_values(forms.as_typed(page, post)), faults, opened=opened)
    if not faults and (doubt := misspelt(page, post, case)):
        faults = [doubt]
    if faults:
        return _show(request, case, page.with_values(forms.unread(page, post)), faults)
    return _onward(request, case, step)


def _onward(request: Request, case: Application, step: str) -> HttpResponse:
    if request.POST.get("do") == "later":
        return redirect("application", case.number)
    if (after := forms.after(step, case.answers)) != forms.CHECK:
        return redirect("application-step", case.number, after)
    return redirect("application-check", case.number)


def save(request: Request, case: Application, page: Page, post: Post) -> Kept:
    """Keep the posted page. `case` carries what is saved now, or what was typed when it could not be kept."""
    typed = forms.given(page, post)
    outcome = services.save_page(
        actor=request.actor, case=case.number, step=page.step, typed=typed, at=request.at,
        seen=post.get("version", "")[:16], tab=post.get("tab", ""), also=filled)
    if isinstance(outcome, Application):
        case.answers = outcome.answers
    elif isinstance(outcome, Refusal):
        case.answers = {**case.answers, **forms.merged(page.step, typed, case.answers)}
    return outcome


def misspelt(page: Page, post: Post, case: Application) -> Fault | None:
    """Ask once when a species reads like a slip of the pen; whoever has seen the list and goes on keeps the name."""
    if "taxon" not in page.names or page.line is None or post.get("pick"):
        return None
    name = str(forms.line_of(case.answers, page.line).get("taxon", ""))
    if post.get("searched", "").strip() == name:
        return None
    if not picking.near_names(name, case):
        return None
    return Fault(page.step, "taxon", _("Did you mean another name? Choose it, or go on to keep the name as it is."))


@keeps_typed(_step_address)
@role(Action.APPLY)
@require_POST
def panel(request: Request, number: str, step: str) -> HttpResponse:
    """Save the page as it stands and answer with what the law says now."""
    case = own_application(request.actor, number)
    unsaved = ""
    if case.case_state is CaseState.DRAFT:
        outcome = save(request, case, _page(case, step, beyond=True), request.POST.dict())
        if isinstance(outcome, Refusal):
            unsaved = fault_of(outcome).sentence
        elif isinstance(outcome, Clash):
            unsaved = _("This page was changed in another window. Press Save and continue to see both texts and "
                        "choose.")
    version = request.POST.get("version", "")[:16] if unsaved else forms.print_of(step, case.answers)
    return render(request, "permits/trader_panel.html", {
        "case": case, "panel": panel_of(case, request.at.date()), "saved_at": None if unsaved else request.at,
        "unsaved": unsaved, "version": version})


@role(Action.APPLY)
def species(request: Request, number: str, step: str) -> HttpResponse:
    """The matches for a name while it is typed: radio buttons, or one card when the name is complete."""
    case = own_application(request.actor, number)
    text = request.GET.get("taxon", "").replace("\x00", "").strip()[:picking.LONGEST_NAME]
    picked = request.GET.get("pick", "") if request.GET.get("searched", "").strip() == text else ""
    found = picking.offers(text, case, request.GET.dict()) if text else None
    return render(request, "permits/species_found.html", {"searched": text, "picked": picked, "matches": found})


def _tasks_address(number: str, **_rest: Any) -> str:
    return reverse("application", args=[number])


@keeps_typed(_tasks_address)
@role(Action.APPLY)
@require_POST
def add_line(request: Request, number: str) -> HttpResponse:
    """One more line, empty."""
    case = own_application(request.actor, number)
    lines = [dict(line) for line in forms.lines_of(case.answers)] or [{}]
    if case.case_state is not CaseState.DRAFT or len(lines) >= forms.MOST_LINES:
        return redirect("application", number)
    outcome = services.save_answers(actor=request.actor, case=number, answers={"lines": [*lines, {}]}, at=request.at)
    if isinstance(outcome, Refusal):
        return redirect("application", number)
    return redirect("application-step", number, f"line-{len(lines) + 1}")


@keeps_typed(_tasks_address)
@role(Action.APPLY)
def remove_line(request: Request, number: str, line: int) -> HttpResponse:
    """Ask once more, then take a line out."""
    case = own_application(request.actor, number)
    lines = forms.lines_of(case.answers)
    if case.case_state is not CaseState.DRAFT or not 1 <= line <= len(lines):
        raise Http404(_("There is no such line."))
    if request.method != "POST":
        return render(request, "permits/trader_remove_line.html", {
            "case": case, "line": line, "answers": lines[line - 1]})
    left = [each for place, each in enumerate(lines, start=1) if place != line]
    services.save_answers(actor=request.actor, case=number, answers={"lines": left}, at=request.at)
    return redirect("application", number)


def _page(case: Application, step: str, *, beyond: bool = False) -> Page:
    page = forms.page(step, case.answers, case.party, beyond=beyond)
    if page is None:
        raise Http404(_("The application has no such page."))
    return with_stock(page, case, stocks_of(case))


def _show(request: Request, case: Application, page: Page, faults: list[Fault] | None = None, *, find: bool = False,
          waiting: Post | None = None, opened: str = "") -> HttpResponse:
    """The page. `opened`: the print it was opened with, when what was posted could not be kept."""
    faults, waiting = faults or [], waiting or {}
    if waiting:
        page = page.with_values(forms.as_typed(page, waiting))
    order = forms.steps(case.answers)
    now = order.index(page.step) if page.step in order else len(order) - 1
    line = {each.name: each.value for each in page.inputs}
    taxon = line.get("taxon", "")
    wanted = bool(taxon) and (find or any(fault.name == "taxon" for fault in faults))
    posted = request.POST if request.method == "POST" else waiting
    return render(request, "permits/trader_step.html", {
        "case": case,
        "page": page.with_errors({fault.name: fault.sentence for fault in reversed(faults)}),
        "errors": [(fault.id, fault.sentence) for fault in faults],
        "panel": panel_of(case, request.at.date()),
        "now": now + 1,
        "names": [title_of(each, case) for each in order],
        "total": len(order),
        "name": title_of(page.step, case),
        "back": _before(case, order, now),
        "searched": taxon if wanted else "",
        "matches": picking.offers(taxon, case, line) if wanted else None,
        "find": find,
        "waited": bool(waiting),
        "version": opened or waiting.get("version") or forms.print_of(page.step, case.answers),
        "tab": posted.get("tab", "")[:16] or secrets.token_hex(6),
        "several": len(forms.lines_of(case.answers)) > 1,
        "last_of_lines": page.step == f"details-{max(1, len(forms.lines_of(case.answers)))}",
    }, status=REFUSED if faults else 200)


def _before(case: Application, order: list[str], place: int) -> str:
    return (reverse("application-step", args=[case.number, order[place - 1]]) if place
            else reverse("application", args=[case.number]))
