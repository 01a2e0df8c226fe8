"""The authority's pages of the paper: offices and drawers, deliveries, hand-outs, who prints what, what is missing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.paper import selectors, services
from wildgate.apps.paper.forms import AssignForm, CarryForm, OfficeForm, ReceiveForm, TakeOutForm, Typed
from wildgate.apps.paper.stock import SheetAct
from wildgate.apps.paper.views.desk import REFUSED, counting
from wildgate.apps.paper.wording import said
from wildgate.convention.refusal import Refusal


@role(Action.VIEW_PAPER)
def overview(request: Request) -> HttpResponse:
    """Every drawer with its newest count, what holders ask for, and what does not agree."""
    party, actor = request.actor.party, request.actor
    reports = selectors.open_reports(actor)
    return render(request, "paper/overview.html", {
        "drawers": [selectors.drawer(party, place) for place in (None, *selectors.offices(party))],
        "asked": selectors.asked(party)[:100], "differences": selectors.differences(party),
        "missing": selectors.missing(party),
        "reports": [(each, bool(can(actor, Action.CONFIRM_SPOILT, each))) for each in reports],
        "keeps": bool(can(actor, Action.KEEP_PAPER)),
    })


@role(Action.KEEP_PAPER)
def receive(request: Request) -> HttpResponse:
    """Enter a delivery."""
    form = ReceiveForm(request.POST or None, initial={"received_on": request.at.date().isoformat()})
    done = services.receive(actor=request.actor, at=request.at, **form.cleaned_data) if _sent(request, form) else None
    return _answer(request, form, done, _("Enter a delivery"), _("Enter it"), _("Received."))


@role(Action.KEEP_PAPER)
def carry(request: Request) -> HttpResponse:
    """Hand sheets to an office, or take unused ones back."""
    form = CarryForm(request.POST or None, offices=selectors.offices(request.actor.party))
    done: Any = None
    if _sent(request, form):
        service = services.hand_out if form.cleaned_data["way"] == "out" else services.give_back
        done = service(actor=request.actor, sheets=form.cleaned_data["sheets"],
                       office=int(form.cleaned_data["office"]), at=request.at)
    return _answer(request, form, done, _("Hand out sheets"), _("Record it"), _("Recorded."))


@role(Action.KEEP_PAPER)
def add_office(request: Request) -> HttpResponse:
    """Let another office print."""
    form = OfficeForm(request.POST or None, party=request.actor.party)
    done: Any = None
    if _sent(request, form):
        given = form.cleaned_data
        done = services.open_office(actor=request.actor, name=given["name"], kind=given["kind"], at=request.at,
                                    organisation=int(given["organisation"] or 0), prints=given["prints"])
    return _answer(request, form, done, _("Let an office print"), _("Add the office"), _("The office may print."))


@role(Action.KEEP_PAPER)
def assign(request: Request) -> HttpResponse:
    """Give permits to an office to print."""
    form = AssignForm(request.POST or None, offices=selectors.offices(request.actor.party),
                      initial={"numbers": request.GET.get("number", "")[:30]})
    done: Any = None
    if _sent(request, form):
        done = services.assign(actor=request.actor, numbers=form.cleaned_data["numbers"].split(),
                               office=int(form.cleaned_data["office"]), at=request.at)
    return _answer(request, form, done, _("Give permits to an office"), _("Give them"), _("The office sees them now."))


@role(Action.KEEP_PAPER)
def take_out(request: Request) -> HttpResponse:
    """Sheets of the store that are void or lost."""
    form = TakeOutForm(request.POST or None)
    done: Any = None
    if _sent(request, form):
        done = services.take_out(actor=request.actor, sheets=form.cleaned_data["sheets"], at=request.at,
                                 act=SheetAct(form.cleaned_data["act"]), reason=form.cleaned_data["reason"])
    return _answer(request, form, done, _("Take sheets out of the store"), _("Take them out"),
                   _("Taken out of the stock."))


@role(Action.KEEP_PAPER)
def count(request: Request) -> HttpResponse:
    """Count the store."""
    return counting(request, None, reverse("paper"))


@role(Action.KEEP_PAPER)
@require_POST
def decide(request: Request, number: str) -> HttpResponse:
    """Accept that an office prints a permit, or not."""
    service = services.accept if request.POST.get("do") == "accept" else services.decline
    done = service(actor=request.actor, number=number, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Decided."))
    return redirect("paper")


@role(Action.APPLY)
@require_POST
def ask(request: Request, number: str) -> HttpResponse:
    """The holder asks for a permit to be printed at an office."""
    key = request.POST.get("office", "")
    done = services.ask(actor=request.actor, number=number, at=request.at,
                        office=int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Asked. The office prints it once the authority has accepted."))
    return redirect("permit", number)


def _sent(request: Request, form: Typed) -> bool:
    return request.method == "POST" and form.is_valid()


def _answer(request: Request, form: Typed, done: object, title: str, action: str, words: str) -> HttpResponse:
    """The form again with what is wrong, or the overview with what was done."""
    if isinstance(done, Refusal):
        form.tell(done)
    elif done is not None:
        messages.success(request, words)
        return redirect("paper")
    return render(request, "paper/form.html", {"form": form, "title": title, "action": action},
                  status=REFUSED if form.errors else 200)
