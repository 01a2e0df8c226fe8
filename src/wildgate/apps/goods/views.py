"""Customs codes: which code for this species, what may hide in this code, and changes by those who keep the table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.goods import selectors, services
from wildgate.apps.goods.forms import CodeForm, SearchForm
from wildgate.apps.goods.models import CodeRow
from wildgate.convention.refusal import Refusal
from wildgate.convention.taxonomy import Taxon
from wildgate.targeting.goods import Row, digits, six

ON_A_PAGE, REFUSED = 50, 422


@role(Action.VIEW_GOODS)
def codes(request: Request) -> HttpResponse:
    """The table by code; or the answer to a question: which code for this species, what is in this code."""
    form = SearchForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "term": "", "description": ""}
    text, term = asked["q"].strip(), asked["term"].strip().upper()
    ours = request.GET.get("tab") == "ours"
    taxon = None if not text or digits(text).isdigit() else selectors.placed(text, party=request.actor.party)
    rows = _found(request, text, term, taxon, ours)
    return render(request, "goods/codes.html", {
        "form": form, "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")), "text": text, "term": term,
        "taxon": taxon, "unplaced": text if text and taxon is None and not digits(text).isdigit() else "",
        "hidden": selectors.table(request.actor.party).around(text) if digits(text).isdigit() else (), "ours": ours,
        "mentions": selectors.words(asked["description"], party=request.actor.party), "described": asked["description"],
        "may_keep": can(request.actor, Action.KEEP_GOODS)})


def _found(request: Request, text: str, term: str, taxon: Taxon | None, ours: bool) -> list[Row]:
    """The rows that answer a question; all of them when nothing is asked."""
    rows = selectors.rows(request.actor, ours=ours)
    if not text:
        return rows
    if digits(text).isdigit():
        return [row for row in rows if row.hs.startswith(digits(text)[:6])]
    if taxon is None:
        return [row for row in rows if text.casefold() in row.goods.casefold()]
    return selectors.table(request.actor.party).codes_for(taxon.lineage, term)


@role(Action.VIEW_GOODS)
def code(request: Request, hs: str) -> HttpResponse:
    """One code: its goods, what may hide in it, what was accepted under it, what the authority changed."""
    table = selectors.table(request.actor.party)
    row, history = table.rows.get(hs), list(selectors.history(request.actor, hs)[:ON_A_PAGE])
    if row is None and not history:
        raise Http404(_("The table has no code %(hs)s.") % {"hs": hs[:6]})
    return _code(request, hs, row, history, CodeForm(initial=_initial(hs, row)))


def _code(request: Request, hs: str, row: Row | None, history: list[CodeRow], form: CodeForm) -> HttpResponse:
    table = selectors.table(request.actor.party)
    return render(request, "goods/code.html", {
        "hs": hs, "row": row, "history": history, "form": form, "hidden": table.hidden(hs),
        "accepted": selectors.accepted(request.actor, hs), "needs_statement": table.needs_statement(hs),
        "strength": CodeRow.Strength(row.strength).label if row else "",
        "scope": CodeRow.Scope(row.scope).label if row else "",
        "may_keep": can(request.actor, Action.KEEP_GOODS)}, status=REFUSED if form.errors else 200)


def _initial(hs: str, row: Row | None) -> dict[str, Any]:
    if row is None:
        return {"hs": hs, "strength": "P", "scope": "part"}
    return {"hs": hs, "goods": row.goods, "taxa": ", ".join(row.taxa), "terms": ", ".join(row.terms),
            "strength": row.strength, "scope": row.scope}


@role(Action.KEEP_GOODS)
def add(request: Request) -> HttpResponse:
    """A code that the table lacks."""
    form = CodeForm(request.POST or None, initial=_initial("", None))
    if request.method == "POST" and form.is_valid():
        made = services.set_code(actor=request.actor, change=form.change, at=request.at)
        if not isinstance(made, Refusal):
            messages.success(request, _("The code is in the table."))
            return redirect("goods-code", made.hs)
        _add_fault(form, made)
    return render(request, "goods/add.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_GOODS)
@require_POST
def change(request: Request, hs: str) -> HttpResponse:
    """Change a code, take it out, or let the shipped row hold again."""
    act, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    form = CodeForm({**request.POST.dict(), "hs": six(hs)})
    outcome: CodeRow | Refusal | None = None
    if act == "remove":
        outcome = services.remove_code(actor=request.actor, hs=hs, reason=reason, at=request.at)
    elif act == "restore":
        outcome = services.restore_code(actor=request.actor, hs=hs, reason=reason, at=request.at)
    elif form.is_valid():
        outcome = services.set_code(actor=request.actor, change=form.change, at=request.at)
    if isinstance(outcome, CodeRow):
        messages.success(request, _("The change holds from now on."))
        return redirect("goods-code", hs)
    form.is_valid()
    if isinstance(outcome, Refusal):
        _add_fault(form, outcome)
    table = selectors.table(request.actor.party)
    return _code(request, hs, table.rows.get(hs), list(selectors.history(request.actor, hs)[:ON_A_PAGE]), form)


def _add_fault(form: CodeForm, fault: Refusal) -> None:
    sentence = _(fault.template) % fault.values
    if fault.suggestions:
        sentence += " " + _("Perhaps: %(names)s.") % {"names": ", ".join(fault.suggestions)}
    if fault.field not in form.errors:
        form.add_error(fault.field if fault.field in form.fields else None, sentence)
