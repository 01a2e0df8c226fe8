"""The pages of signals: the list, one signal with its picture and grounds, the values of the search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.figures.files import bare, csv_answer
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.signals import drawing, searching, selectors, services, wording
from wildgate.apps.signals.forms import MarkForm, ValueForm
from wildgate.apps.signals.models import OwnValue, Signal
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Table

ON_A_PAGE, REFUSED = 40, 422
MOST_IN_A_FILE = 10_000


@role(Action.VIEW_SIGNALS)
def index(request: Request) -> HttpResponse:
    """What waits, by kind; the filter stands in the address."""
    asked = selectors.Asked.of(request.GET, Signal.State, Signal.Kind.values)
    page = Paginator(selectors.signals(request.actor, asked), ON_A_PAGE).get_page(request.GET.get("page"))
    counts, put = selectors.counts(request.actor)
    return render(request, "signals/index.html", {
        "page": page, "rows": [_row(each) for each in page], "asked": asked, "query": request.GET.urlencode(),
        "run": searching.newest(request.actor.party), "states": Signal.State.choices,
        "kinds": [(code, word, counts.get(code, 0), wording.KIND_SAYS[code]) for code, word in Signal.Kind.choices],
        "waiting": sum(counts.values()), "put": put, "may_search": can(request.actor, Action.WORK_SIGNALS).allowed,
        "may_gaps": can(request.actor, Action.VIEW_GAPS).allowed})


def _row(each: Signal) -> dict[str, Any]:
    return {"it": each, "sentence": wording.sentence(each), "tone": wording.TONES[each.state]}


@role(Action.VIEW_SIGNALS)
def index_csv(request: Request) -> HttpResponse:
    """The filtered list as a file, each with its numbers and grounds."""
    asked = selectors.Asked.of(request.GET, Signal.State, Signal.Kind.values)
    head = ("key", "kind", "year", "taxon", "term", "unit", "source", "exporter", "importer", "origin", "value",
            "expected", "low", "high", "records", "state", "reason", "sentence", "ground", "basis")
    rows = tuple((each.key, each.kind, str(each.year), each.taxon, each.term, each.unit, each.source, each.exporter,
                  each.importer, each.origin, bare(each.value), each.words.get("expected", ""),
                  each.words.get("low", ""), each.words.get("high", ""), each.words.get("records", ""), each.state,
                  each.reason, wording.sentence(each), wording.ground(each), wording.basis(each))
                 for each in selectors.signals(request.actor, asked)[:MOST_IN_A_FILE])
    return csv_answer(Table(head, rows), "trade-signals")


@role(Action.VIEW_SIGNALS)
def signal(request: Request, key: str) -> HttpResponse:
    """One signal: sentence, numbers, picture, ground, basis, what is not known, permits; and what became of it."""
    row = selectors.signal(request.actor, key)
    if row is None:
        raise Http404(_("There is no such signal."))
    form = MarkForm(request.POST or None, initial={"state": row.state})
    if request.method == "POST" and form.is_valid():
        done = services.mark(actor=request.actor, key=key, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Noted."))
            return redirect("trade-signal", key)
        form.tell(done)
    explored = {name: value for name, value in (
        ("taxon", row.taxon), ("exporter", row.exporter), ("importer", row.importer),
        ("term", row.term if "," not in row.term else ""), ("unit", row.unit)) if value}
    return render(request, "signals/signal.html", {
        **_row(row), "form": form, "chart": drawing.chart(row), "ground": wording.ground(row),
        "basis": wording.basis(row), "unknown": wording.unknown(row), "kind_says": wording.KIND_SAYS[row.kind],
        "permits": selectors.permits_of(request.actor, row), "explore": f"{reverse('trade')}?{urlencode(explored)}",
        "may": can(request.actor, Action.WORK_SIGNALS).allowed,
        "may_alert": can(request.actor, Action.RAISE_ALERT).allowed}, status=REFUSED if form.errors else 200)


@role(Action.WORK_SIGNALS)
@require_POST
def search(request: Request) -> HttpResponse:
    """Have a search made now; from then on it is made each night."""
    refused = searching.ask_to_search(actor=request.actor, at=request.at)
    if refused is None:
        messages.success(request, _("The search begins. This page shows when it was made."))
    else:
        messages.error(request, said(refused))
    return redirect("trade-signals")


@role(Action.VIEW_SIGNALS)
def values(request: Request) -> HttpResponse:
    """The values by which signals are found, each with why it is what it is; whoever may sets another one."""
    party, form = request.actor.party, ValueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.set_value(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(done, OwnValue):
            messages.success(request, _("It holds from the next search on."))
            return redirect("trade-signal-values")
        form.tell(done)
    own = searching.limits_of(party).own
    return render(request, "signals/values.html", {
        "rows": wording.value_rows(own), "form": form, "wrong": request.POST.get("name", "") if form.errors else "",
        "given": request.POST, "may": can(request.actor, Action.SET_SIGNALS).allowed,
        "may_gaps": can(request.actor, Action.VIEW_GAPS).allowed,
        "history": OwnValue.objects.filter(party=party).select_related("set_by").order_by("-pk")[:30]},
        status=REFUSED if form.errors else 200)
