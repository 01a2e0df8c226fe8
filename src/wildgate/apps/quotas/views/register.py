"""Quotas: the list, one with its ledger, setting, changing and sharing them. Suspensions: the list and one measure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.quotas import selectors, services
from wildgate.apps.quotas.forms import (
    AmountForm,
    FilterForm,
    MeasureFilterForm,
    QuotaForm,
    ShareForm,
    refuse,
    terms,
    with_pick,
)
from wildgate.apps.quotas.models import Quota, QuotaBalance
from wildgate.apps.quotas.subjects import links
from wildgate.apps.species.bulk import check_names
from wildgate.apps.species.selectors import search
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE = 50
MOST_OFFERED = 6
REFUSED = 422
PAGES = (("quotas", Action.VIEW_QUOTAS), ("suspensions", Action.VIEW_QUOTAS), ("imports", Action.IMPORT))


def tabs(actor: Actor, now: str) -> list[dict[str, Any]]:
    """The registers that this person may open."""
    words = {"quotas": _("Quotas"), "suspensions": _("Suspensions"), "imports": _("Imports")}
    return [{"label": words[name], "url": reverse(name), "current": name == now, "count": None}
            for name, action in PAGES if can(actor, action)]


@role(Action.VIEW_QUOTAS)
def listing(request: Request) -> HttpResponse:
    """Quotas of a country, taxon, year and kind, with what is used, bound and free of those that we keep."""
    form = FilterForm(request.GET or {"year": str(request.at.year)})
    found = selectors.quotas(request.actor.party, country=form.asked("country") or "", year=form.asked("year"),
                             taxon=(form.asked("taxon") or "").strip())
    if form.asked("kind"):
        found = found.filter(kind=form.asked("kind"))
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "quotas/list.html", {
        "form": form, "page": page, "rows": selectors.standing(page.object_list), "tabs": tabs(request.actor, "quotas"),
        "may_set": can(request.actor, Action.SET_QUOTAS).allowed})


@role(Action.VIEW_QUOTAS)
def quota(request: Request, key: int) -> HttpResponse:
    """One quota: its bar, the shares, the ledger with links to what the reader may see."""
    return _show(request, _found(request.actor, key))


def _show(request: Request, found: Quota, *, amount: AmountForm | None = None,
          share: ShareForm | None = None) -> HttpResponse:
    rows = list(QuotaBalance.objects.filter(quota=found).select_related("organisation").order_by("pk"))
    page = Paginator(selectors.ledger(found).order_by("-pk"), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    where = links(request.actor, (line.subject for line in lines))
    who = names_of({line.actor for line in lines})
    may_set = can(request.actor, Action.SET_QUOTAS, found).allowed
    wrong = next((form for form in (amount, share) if form is not None and form.errors), None)
    return render(request, "quotas/quota.html", {
        "quota": found, "balance": selectors.total(rows), "shares": rows if len(rows) > 1 else [], "page": page,
        "lines": [(line, where.get(line.subject, ()), who.get(line.actor, line.actor)) for line in lines],
        "may_set": may_set, "wrong": wrong, "tabs": tabs(request.actor, "quotas"),
        "amount_form": amount or AmountForm(),
        "share_form": (share or ShareForm(party=found.party)) if may_set and rows else None,
    }, status=REFUSED if wrong else 200)


@role(Action.SET_QUOTAS)
def new(request: Request) -> HttpResponse:
    """Set a quota; a name that no list holds as it is written brings, once, the taxa that may be meant."""
    if request.method != "POST":
        year = request.at.year
        return _ask(request, QuotaForm(initial={
            "country": request.actor.party, "taxon": request.GET.get("taxon", "")[:120], "unit": "NAR",
            "start": date(year, 1, 1), "end": date(year, 12, 31)}))
    form = QuotaForm(with_pick(request.POST))
    if request.POST.get("do") == "find":
        return _ask(request, QuotaForm(initial=_typed(request)), find=request.POST.get("taxon", ""))
    if not form.is_valid():
        return _ask(request, form)
    typed = form.cleaned_data["taxon"]
    if request.POST.get("searched", "") != request.POST.get("taxon", "").strip() and _doubtful(request.actor, typed):
        form.add_error("taxon", _("No list holds this name as it is written. Pick the one that you mean, or go on."))
        return _ask(request, form, find=typed)
    outcome = services.register(actor=request.actor, new=form.new(), at=request.at)
    if isinstance(outcome, Refusal):
        refuse(form, outcome)
        return _ask(request, form, find=form.cleaned_data.get("taxon") or request.POST.get("taxon", "")
                    if outcome.field == "taxon" else "")
    messages.success(request, _("The quota is set."))
    return redirect("quota", outcome.pk)


def _doubtful(actor: Actor, name: str) -> bool:
    """Does the name need a look? Whoever has seen what it is like and goes on keeps it."""
    checked = next(check_names([name], party=actor.party))
    return checked.needs_person or "misspelling" in checked.how


def _typed(request: Request) -> dict[str, Any]:
    """What was typed so far, to be shown again unjudged."""
    return {name: request.POST.getlist(name) if name in ("sources", "purposes") else request.POST.get(name, "")
            for name in QuotaForm.base_fields}


def _ask(request: Request, form: QuotaForm, *, find: str = "") -> HttpResponse:
    matches = search(find.strip(), MOST_OFFERED, party=request.actor.party) if find.strip() else None
    return render(request, "quotas/new.html", {
        "form": form, "matches": matches, "searched": find.strip(), "terms": terms(),
        "tabs": tabs(request.actor, "quotas")}, status=REFUSED if form.errors else 200)


@role(Action.SET_QUOTAS)
@require_POST
def change(request: Request, key: int) -> HttpResponse:
    """Another amount."""
    found, form = _found(request.actor, key), AmountForm(request.POST)
    if not form.is_valid():
        return _show(request, found, amount=form)
    outcome = services.set_amount(actor=request.actor, quota=key, amount=form.cleaned_data["amount"], at=request.at)
    return _done(request, outcome, found, form, _("The amount is changed."))


@role(Action.SET_QUOTAS)
@require_POST
def share(request: Request, key: int) -> HttpResponse:
    """A share for a firm or a region."""
    found = _found(request.actor, key)
    form = ShareForm(request.POST, party=found.party)
    if not form.is_valid():
        return _show(request, found, share=form)
    kept = form.cleaned_data
    outcome = services.share(
        actor=request.actor, quota=key, amount=kept["amount"], at=request.at, region=kept["region"].strip(),
        organisation=int(kept["organisation"]) if kept["organisation"] else None)
    return _done(request, outcome, found, form, _("The share is given."))


def _done(request: Request, outcome: object, found: Quota, form: forms.Form, sentence: str) -> HttpResponse:
    if isinstance(outcome, Refusal):
        refuse(form, outcome)
        return _show(request, found, amount=form if isinstance(form, AmountForm) else None,
                     share=form if isinstance(form, ShareForm) else None)
    messages.success(request, sentence)
    return redirect("quota", found.pk)


@role(Action.VIEW_QUOTAS)
def suspensions(request: Request) -> HttpResponse:
    """Measures in force on a day, by country and taxon."""
    form = MeasureFilterForm(request.GET or {"on": request.at.date().isoformat()})
    found = selectors.suspensions(request.actor.party, country=form.asked("country") or "", on=form.asked("on"))
    if text := (form.asked("taxon") or "").strip():
        found = found.filter(taxon__icontains=text)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "quotas/suspensions.html", {
        "form": form, "page": page, "on": form.asked("on"), "tabs": tabs(request.actor, "suspensions")})


@role(Action.VIEW_QUOTAS)
def measure(request: Request, key: int) -> HttpResponse:
    """One suspension, stricter measure or exemption, in full."""
    found = selectors.suspensions(request.actor.party).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such measure here."))
    today = request.at.date()
    return render(request, "quotas/measure.html", {
        "measure": found, "stands": found.current and found.measure.stands(today),
        "tabs": tabs(request.actor, "suspensions")})


def _found(actor: Actor, key: int) -> Quota:
    found = Quota.objects.filter(party=actor.party, pk=key).first()
    if found is None:
        raise Http404(_("There is no such quota here."))
    return found
