"""The officers' pages: the register of operations, one operation with its history, and specimens to be confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.registers import forms, selectors, services, wording
from wildgate.apps.registers.checking import put_out
from wildgate.apps.registers.deeds import Deed, Offered, offered, perform
from wildgate.apps.registers.models import Operation, Specimen, SpecimenHold
from wildgate.convention.operations import OperationState
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE: Final = 30
REFUSED: Final = 422
ACTIVE, SUSPENDED, WITHDRAWN = OperationState.ACTIVE, OperationState.SUSPENDED, OperationState.WITHDRAWN


def _state(state: OperationState) -> Any:
    def call(request: Request, key: int, typed: Mapping[str, Any]) -> Operation | Refusal:
        return services.set_state(actor=request.actor, operation=key, state=state, why=typed["why"], at=request.at)
    return call


def _renew(request: Request, key: int, typed: Mapping[str, Any]) -> Operation | Refusal:
    return services.renew(actor=request.actor, operation=key, at=request.at, **typed)


def _inspect(request: Request, key: int, typed: Mapping[str, Any]) -> Operation | Refusal:
    return services.inspect(actor=request.actor, operation=key, at=request.at, **typed)


OPERATION_DEEDS: Final = {deed.slug: deed for deed in (
    Deed("renew", _("Renew"), forms.RenewForm, _renew, _("The registration is renewed.")),
    Deed("inspect", _("Note an inspection"), forms.InspectForm, _inspect, _("The inspection is noted.")),
    Deed("suspend", _("Suspend"), forms.WhyForm, _state(SUSPENDED), _("The registration is suspended."), "danger"),
    Deed("reinstate", _("Let it stand again"), forms.WhyForm, _state(ACTIVE), _("The registration stands again.")),
    Deed("withdraw", _("Withdraw"), forms.WhyForm, _state(WITHDRAWN), _("The registration is withdrawn."), "danger"),
)}
POSSIBLE: Final = {ACTIVE.value: ["renew", "inspect", "suspend", "withdraw"],
                   SUSPENDED.value: ["renew", "inspect", "reinstate", "withdraw"], WITHDRAWN.value: []}


@role(Action.VIEW_REGISTERS)
def operations(request: Request) -> HttpResponse:
    """The register: all operations, by kind and part of a number, name or taxon."""
    text, kind = request.GET.get("q", "")[:selectors.LONGEST_SEARCH], request.GET.get("kind", "")
    found = selectors.operations(request.actor.party, text=text, kind=kind if kind in wording.KINDS else "")
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    today = request.at.date()
    return render(request, "registers/operations.html", {
        "q": text, "kind": kind, "kinds": wording.KINDS.items(), "page": page, "today": today,
        "rows": [(row, selectors.standing(row, today)) for row in page.object_list],
        "waiting": selectors.declared(request.actor.party).count(),
        "may_keep": can(request.actor, Action.KEEP_REGISTERS).allowed})


@role(Action.VIEW_REGISTERS)
def operation(request: Request, key: int) -> HttpResponse:
    return _show_operation(request, _operation(request.actor, key))


def _operation(actor: Actor, key: int) -> Operation:
    row = selectors.operation(actor.party, key)
    if row is None:
        raise Http404(_("There is no such operation in the register."))
    return row


def _show_operation(request: Request, row: Operation, tried: Offered | None = None,
                    fault: Refusal | None = None) -> HttpResponse:
    today = request.at.date()
    may_keep = can(request.actor, Action.KEEP_REGISTERS, row).allowed
    deeds = offered(OPERATION_DEEDS, POSSIBLE[row.state] if may_keep else [], {})
    return render(request, "registers/operation.html", {
        "row": row, "standing": selectors.standing(row, today), "may_keep": may_keep, "fault": fault,
        "bad": tried.form if tried else None,
        "overdue": row.next_inspection is not None and row.next_inspection < today,
        "taxa": [(one, put_out(row, one.taxon, today.year)) for one in row.taxa.all()], "year": today.year,
        "deeds": [tried if tried and tried.deed is each.deed else each for each in deeds],
        "history": selectors.history_of(row), "act_url": "register-operation-deed", "key": row.pk,
    }, status=REFUSED if tried else 200)


@role(Action.KEEP_REGISTERS)
@require_POST
def operation_deed(request: Request, key: int, deed: str) -> HttpResponse:
    row = _operation(request.actor, key)
    if deed not in OPERATION_DEEDS:
        raise Http404
    tried, fault, done = perform(OPERATION_DEEDS[deed], request, key, {})
    if not done:
        return _show_operation(request, row, tried, fault)
    messages.success(request, OPERATION_DEEDS[deed].done)
    return redirect("register-operation", key)


@role(Action.KEEP_REGISTERS)
def new_operation(request: Request) -> HttpResponse:
    """Enter an operation."""
    form = forms.OperationForm(request.POST or None, organisations=_firms(request.actor),
                               initial={"country": request.actor.party, "registered_on": request.at.date()})
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        new = form.new()
        outcome = new if isinstance(new, Refusal) else services.register_operation(actor=request.actor, new=new,
                                                                                  at=request.at)
        if isinstance(outcome, Operation):
            messages.success(request, _("The operation is registered."))
            return redirect("register-operation", outcome.pk)
        fault = outcome
    return _form(request, form, fault, _("Register an operation"))


@role(Action.KEEP_REGISTERS)
def change_operation(request: Request, key: int) -> HttpResponse:
    """Correct an entry."""
    row = _operation(request.actor, key)
    form = forms.OperationForm(request.POST or None, initial=forms.typed_of(row), changing=True,
                               organisations=_firms(request.actor) if row.country == row.party else ())
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        new = form.new()
        outcome = new if isinstance(new, Refusal) else services.change_operation(
            actor=request.actor, operation=key, new=new, at=request.at)
        if isinstance(outcome, Operation):
            messages.success(request, _("The entry is changed."))
            return redirect("register-operation", key)
        fault = outcome
    return _form(request, form, fault, _("Change entry %(number)s") % {"number": row.number}, key)


def _form(request: Request, form: Any, fault: Refusal | None, title: Any, key: int | None = None) -> HttpResponse:
    refused = fault is not None or (form.is_bound and not form.is_valid())
    return render(request, "registers/form.html", {"form": form, "fault": fault, "title": title, "key": key},
                  status=REFUSED if refused else 200)


def _firms(actor: Actor) -> list[tuple[int, str]]:
    return list(Organisation.objects.filter(party=actor.party, country=actor.party).order_by("name")
                .values_list("pk", "name"))


def _confirm(request: Request, key: str, typed: Mapping[str, Any]) -> Specimen | Refusal:
    return services.confirm(actor=request.actor, specimen=key, note=typed["note"], at=request.at)


def _left(gone: bool) -> Any:
    def call(request: Request, key: str, typed: Mapping[str, Any]) -> Specimen | Refusal:
        return services.settle_unclear(actor=request.actor, specimen=key, gone=gone, at=request.at)
    return call


SPECIMEN_DEEDS: Final = {deed.slug: deed for deed in (
    Deed("confirm", _("Confirm"), forms.NoteForm, _confirm, _("The specimen is confirmed.")),
    Deed("gone", _("It left the country"), forms.SureForm, _left(True), _("The specimen is exported.")),
    Deed("stayed", _("It stayed"), forms.SureForm, _left(False), _("The specimen is back in the account.")),
)}


@role(Action.VIEW_REGISTERS)
def waiting(request: Request) -> HttpResponse:
    """Specimens that wait for an officer."""
    page = Paginator(selectors.declared(request.actor.party), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "registers/waiting.html", {"page": page, "rows": page.object_list})


@role(Action.VIEW_REGISTERS)
def specimen(request: Request, number: str) -> HttpResponse:
    return _show_specimen(request, _specimen(request.actor, number))


def _specimen(actor: Actor, number: str) -> Specimen:
    row = selectors.specimen(actor, number)
    if row is None:
        raise Http404(_("There is no such specimen, or you may not see it."))
    return row


def _show_specimen(request: Request, row: Specimen, tried: Offered | None = None,
                   fault: Refusal | None = None) -> HttpResponse:
    hold = selectors.open_hold(row)
    slugs = [] if row.confirmed or row.state != Specimen.State.ALIVE else ["confirm"]
    if hold is not None and hold.state == SpecimenHold.State.UNCLEAR:
        slugs += ["gone", "stayed"]
    deeds = offered(SPECIMEN_DEEDS, slugs if can(request.actor, Action.KEEP_REGISTERS, row) else [], {})
    return render(request, "registers/specimen.html", {
        "row": row, "hold": hold, "fault": fault, "bad": tried.form if tried else None, "marks": list(row.marks.all()),
        "deeds": [tried if tried and tried.deed is each.deed else each for each in deeds], "official": True,
        "history": selectors.life_of(row, request.actor), "act_url": "register-specimen-deed", "key": row.number,
        "attorneys": list(row.attorneys.filter(revoked_on=None)),
    }, status=REFUSED if tried else 200)


@role(Action.KEEP_REGISTERS)
@require_POST
def specimen_deed(request: Request, number: str, deed: str) -> HttpResponse:
    row = _specimen(request.actor, number)
    if deed not in SPECIMEN_DEEDS:
        raise Http404
    tried, fault, done = perform(SPECIMEN_DEEDS[deed], request, number, {})
    if not done:
        return _show_specimen(request, row, tried, fault)
    messages.success(request, SPECIMEN_DEEDS[deed].done)
    return redirect("register-specimen", number)
