"""The holder's pages: own specimens, offers of others, a new one, a birth, and what may be done with each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import organisations_of
from wildgate.apps.registers import forms, selectors, services
from wildgate.apps.registers.deeds import Deed, Offered, offered, perform
from wildgate.apps.registers.models import Specimen
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE: Final = 30
REFUSED: Final = 422
State, Sex = Specimen.State, Specimen.Sex


def _call(service: Any) -> Any:
    """A service of one specimen as a deed: what was typed are its arguments."""
    def call(request: Request, key: str, typed: Mapping[str, Any]) -> Any:
        return service(actor=request.actor, specimen=key, at=request.at, **typed)
    return call


def _revoke(request: Request, key: str, typed: Mapping[str, Any]) -> Any:
    number = request.POST.get("attorney", "")
    return services.revoke(actor=request.actor, attorney=int(number)
                           if number.isdecimal() and len(number) < 19 else 0, at=request.at)


DEEDS: Final = {deed.slug: deed for deed in (
    Deed("accept", _("Take it over"), forms.SureForm, _call(services.accept), _("The specimen is in your account.")),
    Deed("decline", _("Refuse the offer"), forms.SureForm, _call(services.decline), _("The offer is refused.")),
    Deed("offer", _("Hand over to another holder"), forms.OfferForm, _call(services.offer),
         _("The specimen is offered; it stays in your account until the offer is accepted.")),
    Deed("withdraw", _("Withdraw the offer"), forms.SureForm, _call(services.withdraw_offer),
         _("The offer is withdrawn.")),
    Deed("mark", _("Replace a mark"), forms.RemarkForm, _call(services.remark),
         _("The new mark is registered; an officer confirms it.")),
    Deed("end", _("Report death or loss"), forms.EndForm, _call(services.end), _("It is noted."), "danger"),
    Deed("empower", _("Give a power of attorney"), forms.EmpowerForm, _call(services.empower),
         _("The power of attorney is registered.")),
    Deed("revoke", _("Revoke"), forms.SureForm, _revoke, _("The power of attorney is revoked.")),
)}


@role(Action.KEEP_SPECIMENS)
def account(request: Request) -> HttpResponse:
    """Own specimens, and what others offer."""
    text = request.GET.get("q", "")[:selectors.LONGEST_SEARCH]
    page = Paginator(selectors.account(request.actor, text), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "registers/account.html", {
        "q": text, "page": page, "rows": page.object_list, "offers": selectors.offers(request.actor)})


@role(Action.KEEP_SPECIMENS)
def new(request: Request) -> HttpResponse:
    """Declare a specimen."""
    form = forms.SpecimenForm(request.POST or None, initial={"origin": request.actor.party},
                              organisations=[(each.pk, each.name) for each in organisations_of(request.actor)])
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        outcome = services.register_specimen(actor=request.actor, organisation=form.cleaned_data["organisation"],
                                             new=form.new(), at=request.at)
        if isinstance(outcome, Specimen):
            messages.success(request, _("The specimen is registered as declared; an officer confirms it."))
            return redirect("specimen", outcome.number)
        fault = outcome
    return _form(request, form, fault, _("Register a specimen"))


@role(Action.KEEP_SPECIMENS)
def birth(request: Request) -> HttpResponse:
    """Report a birth from own parents."""
    mothers, fathers = _parents(request.actor)
    form = forms.BirthForm(request.POST or None, mothers=mothers, fathers=fathers)
    fault: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        outcome = services.birth(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(outcome, Specimen):
            messages.success(request, _("The birth is registered as declared; an officer confirms it."))
            return redirect("specimen", outcome.number)
        fault = outcome
    return _form(request, form, fault, _("Report a birth"))


def _parents(actor: Actor) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Own specimens that may be mothers, and those that may be fathers; the dead too, for births told late."""
    rows = selectors.account(actor).exclude(state=State.EXPORTED)
    named = [(row.sex, (row.number, f"{row.number} · {row.taxon} · {', '.join(map(str, row.marks.all()))}"))
             for row in rows]
    return ([choice for sex, choice in named if sex != Sex.MALE],
            [choice for sex, choice in named if sex != Sex.FEMALE])


def _form(request: Request, form: Any, fault: Refusal | None, title: Any) -> HttpResponse:
    refused = fault is not None or (form.is_bound and not form.is_valid())
    return render(request, "registers/specimen_form.html", {"form": form, "fault": fault, "title": title},
                  status=REFUSED if refused else 200)


@role(Action.KEEP_SPECIMENS)
def specimen(request: Request, number: str) -> HttpResponse:
    return _show(request, _found(request.actor, number))


def _found(actor: Actor, number: str) -> Specimen:
    row = selectors.specimen(actor, number)
    if row is None:
        raise Http404(_("There is no such specimen, or you may not see it."))
    return row


def _possible(row: Specimen, actor: Actor, held: bool) -> list[str]:
    """The deeds that the specimen's state leaves open to this actor."""
    if not selectors.may_keep(actor, row):
        return ["accept", "decline"] if row.offered_to_id in actor.organisations else []
    if row.offered_to_id is not None:
        return ["withdraw"]
    return [] if held or row.state != State.ALIVE else ["offer", "mark", "empower", "end"]


def _needs(row: Specimen) -> dict[str, dict[str, Any]]:
    """What the forms of a specimen's deeds are made with."""
    return {"mark": {"marks": [(mark.value, mark.value) for mark in row.marks.all() if mark.in_use]}}


def _show(request: Request, row: Specimen, tried: Offered | None = None, fault: Refusal | None = None) -> HttpResponse:
    hold, own = selectors.open_hold(row), selectors.may_keep(request.actor, row)
    deeds = offered(DEEDS, _possible(row, request.actor, hold is not None), _needs(row))
    return render(request, "registers/specimen.html", {
        "row": row, "hold": hold if own else None, "fault": fault, "bad": tried.form if tried else None,
        "marks": [mark for mark in row.marks.all() if own or mark.in_use], "own": own, "official": False,
        "deeds": [tried if tried and tried.deed is each.deed else each for each in deeds],
        "history": selectors.life_of(row, request.actor) if own else [], "act_url": "specimen-deed", "key": row.number,
        "attorneys": list(row.attorneys.filter(revoked_on=None)) if own else [],
    }, status=REFUSED if tried or fault else 200)


@role(Action.KEEP_SPECIMENS)
@require_POST
def deed(request: Request, number: str, deed: str) -> HttpResponse:
    """Do what the button says; then the specimen, or the account when it is no longer one's own."""
    row = _found(request.actor, number)
    if deed not in DEEDS:
        raise Http404
    tried, fault, done = perform(DEEDS[deed], request, number, _needs(row).get(deed, {}))
    if not done:
        return _show(request, row, tried, fault)
    messages.success(request, DEEDS[deed].done)
    return redirect("specimens") if deed == "decline" else redirect("specimen", number)
