"""The holder's stock: what there is of it, one entry with its ledger, declaring, converting, writing off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import organisations_of
from wildgate.apps.stock import intake, selectors, services
from wildgate.apps.stock.forms import ConvertForm, DeclareForm, LossForm
from wildgate.apps.stock.models import StockEntry
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import StockKind, StockState

REFUSED = 422
ROWS_ON_A_PAGE = 50


@role(Action.HOLD_STOCK)
def home(request: Request) -> HttpResponse:
    """All entries of the holder's firms, the newest first, with what is left of each."""
    page = Paginator(selectors.entries(request.actor, own=True), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "stock/home.html", {
        "page": page, "rows": [selectors.standing(each) for each in page.object_list],
        "windows": selectors.windows(request.actor.party, request.at.date()),
    })


@role(Action.VIEW_STOCK)
def entry(request: Request, number: str) -> HttpResponse:
    """One entry: its facts, where it stands, every line of its ledger, and what was made of it."""
    found = _entry(request, number)
    own = bool(can(request.actor, Action.HOLD_STOCK, found)) and found.state == StockState.RELEASED.value
    decision = can(request.actor, Action.RELEASE_STOCK, found)
    page = Paginator(selectors.lines(found), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "stock/entry.html", {
        "entry": found, "standing": selectors.standing(found), "page": page, "own": own,
        "decide": found.state == StockState.DECLARED.value and decision,
        "alike": selectors.alike(found) if decision else [],
        "products": found.products.order_by("pk")[:ROWS_ON_A_PAGE],
    })


@role(Action.HOLD_STOCK)
def declare(request: Request) -> HttpResponse:
    """Declare stock; it can be drawn from once the authority has released it."""
    firms, party = organisations_of(request.actor), request.actor.party
    form = DeclareForm(request.POST or None, home=party)
    if request.method == "POST" and form.is_valid():
        kind = StockKind(form.cleaned_data["kind"])
        new = intake.read(kind, form.cleaned_data, party=party, on=request.at.date())
        if isinstance(new, intake.NewStock):
            firm = request.POST.get("organisation", "")
            done = services.declare(actor=request.actor, organisation=int(firm)
                                    if firm.isdecimal() and len(firm) < 19 else 0, new=new,
                                    at=request.at)
            if isinstance(done, StockEntry):
                messages.success(request, _("Declared. It can be used once the authority has released it."))
                return redirect("stock-entry", done.number)
            new = (done,)
        form.tell(new)
    return render(request, "stock/declare.html", {
        "form": form, "organisations": firms, "windows": selectors.windows(party, request.at.date()),
    }, status=REFUSED if form.errors else 200)


@role(Action.HOLD_STOCK)
def convert(request: Request, number: str) -> HttpResponse:
    """Make another kind of specimen out of an entry, with a stated yield."""
    found = _own(request, number)
    form = ConvertForm(request.POST or None, initial={"unit": "NAR"})
    if request.method == "POST" and form.is_valid():
        given, quantity = form.amount("given"), form.amount("quantity")
        if given is not None and quantity is not None:
            done = services.convert(actor=request.actor, number=number, given=given, quantity=quantity,
                                    term=form.cleaned_data["term"], unit=form.cleaned_data["unit"], at=request.at)
            if isinstance(done, StockEntry):
                waits = done.state == StockState.DECLARED.value
                messages.success(request, _("The yield is unusual: the authority must release it first.") if waits
                                 else _("Converted. The new stock can be used."))
                return redirect("stock-entry", done.number)
            form.tell([done])
    return render(request, "stock/convert.html", {
        "form": form, "entry": found, "standing": selectors.standing(found)}, status=REFUSED if form.errors else 200)


@role(Action.HOLD_STOCK)
def write_off(request: Request, number: str) -> HttpResponse:
    """Tell what died, was lost, consumed or sold in the country."""
    found = _own(request, number)
    form = LossForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (quantity := form.amount("quantity")) is not None:
        done = services.write_off(actor=request.actor, number=number, quantity=quantity, why=form.cleaned_data["why"],
                                  note=form.cleaned_data["note"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("Written off."))
            return redirect("stock-entry", number)
        form.tell([done])
    return render(request, "stock/write_off.html", {
        "form": form, "entry": found, "standing": selectors.standing(found)}, status=REFUSED if form.errors else 200)


def _entry(request: Request, number: str) -> StockEntry:
    """The entry; one of another firm and one that does not exist are the same 404."""
    found = selectors.entry(request.actor, number)
    if found is None:
        raise Http404(_("There is no such stock entry, or you may not see it."))
    return found


def _own(request: Request, number: str) -> StockEntry:
    found = _entry(request, number)
    if not can(request.actor, Action.HOLD_STOCK, found):
        raise Http404(_("There is no such stock entry, or you may not see it."))
    return found
