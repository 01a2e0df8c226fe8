"""Pages of the ledger: one permit's movements, what is set aside, overrides, and the procedure table."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.balances import procedures, selectors
from wildgate.apps.balances.models import ProcedureRow
from wildgate.apps.permits import wording
from wildgate.apps.permits.selectors import permit as permit_seen
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind

REFUSED = 422
ROWS = 50
MOVES = {
    "authorised": gettext_lazy("Authorised"), "reserved": gettext_lazy("Set aside"),
    "consumed": gettext_lazy("Written off"), "released-back": gettext_lazy("Given back"),
    "amended": gettext_lazy("Amended"), "withdrawn": gettext_lazy("Withdrawn"),
    "override": gettext_lazy("Override"),
}
TONES = {"authorised": "info", "reserved": "hold", "consumed": "ok", "released-back": "off", "amended": "hold",
         "withdrawn": "off", "override": "no"}


class RowForm(forms.Form):
    """A row of the procedure table to be proposed."""

    procedure = forms.CharField(label=gettext_lazy("Procedure code, or how it begins"), max_length=10)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of document"), required=False, choices=lambda: [
        ("", _("every kind")), *((kind.value, wording.word(wording.DOCUMENT_WORDS, kind.value))
                                 for kind in DocumentKind)])
    state = forms.ChoiceField(label=gettext_lazy("State of the document"), required=False, choices=lambda: [
        ("", _("every state")), *((state.value, wording.permit_state_word(state.value).label)
                                  for state in PermitState)])
    allowed = forms.BooleanField(label=gettext_lazy("May be used"), required=False)
    managed = forms.BooleanField(label=gettext_lazy("Quantities are counted"), required=False)
    several = forms.BooleanField(label=gettext_lazy("May be written off in several consignments"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Endorsement"), required=False, choices=[
        ("", gettext_lazy("none")), ("export", gettext_lazy("Export")), ("import", gettext_lazy("Import"))])
    start = forms.DateField(label=gettext_lazy("First day"))
    end = forms.DateField(label=gettext_lazy("Last day"), required=False)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def row(self) -> procedures.NewRow:
        return procedures.NewRow(**self.cleaned_data)


def _moved(rows: Any) -> list[dict[str, Any]]:
    return [{"row": row, "word": MOVES[row.kind], "tone": TONES[row.kind],
             "line": row.balance.permit_line} for row in rows]


@role(Action.VIEW_BALANCES)
def balance(request: Request, number: str) -> HttpResponse:
    """The ledger of one permit: where each line stands, what is set aside, every movement."""
    permit = permit_seen(request.actor, number)
    if permit is None or not can(request.actor, Action.VIEW_BALANCES, permit):
        raise Http404(_("There is no permit %(number)s.") % {"number": number[:30]})
    page = Paginator(selectors.movements(request.actor, permit), ROWS).get_page(request.GET.get("page"))
    return render(request, "balances/balance.html", {
        "permit": permit, "lines": selectors.standings(request.actor, permit, request.at), "page": page,
        "held": selectors.reservations(request.actor, permit), "moved": _moved(page.object_list),
        "official": request.actor.official})


@role(Action.WRITE_OFF)
def reservations(request: Request) -> HttpResponse:
    """What declarations have set aside, what runs out first on top."""
    page = Paginator(selectors.open_reservations(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "balances/reservations.html", {"page": page, "now": request.at})


@role(Action.VIEW_PROCEDURES)
def overrides(request: Request) -> HttpResponse:
    """Every override, the newest first."""
    page = Paginator(selectors.overrides(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "balances/overrides.html", {"page": page})


@role(Action.VIEW_PROCEDURES)
def procedure_table(request: Request) -> HttpResponse:
    """The procedure table: the house's rows, those that wait for a second person, and the shipped ones."""
    may = can(request.actor, Action.KEEP_PROCEDURES).allowed
    form = RowForm(request.POST or None, initial={"start": request.at.date().isoformat(), "allowed": True})
    if request.method == "POST" and may and form.is_valid():
        made = procedures.propose(actor=request.actor, new=form.row(), at=request.at)
        if not isinstance(made, Refusal):
            messages.success(request, _("Proposed. Somebody else confirms it."))
            return redirect("procedures")
        form.add_error(made.field if made.field in form.fields else None, said(made))
    rows, shipped = procedures.table(request.actor, request.at.date())
    return render(request, "balances/procedures.html", {
        "rows": [_row(row, request) for row in rows], "shipped": shipped, "form": form, "may": may},
        status=REFUSED if form.errors else 200)


def _row(row: ProcedureRow, request: Request) -> dict[str, Any]:
    today: date = request.at.date()
    over = row.end is not None and row.end < today
    return {"row": row, "over": over, "waits": row.confirmed_at is None and not over,
            "may_confirm": row.confirmed_at is None and row.proposed_by_id != request.actor.person_id}


@role(Action.KEEP_PROCEDURES)
@require_POST
def decide(request: Request, row: int) -> HttpResponse:
    """Confirm a proposed row, or let one end."""
    deed = procedures.confirm if request.POST.get("deed") == "confirm" else procedures.end
    done = deed(actor=request.actor, row=row, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    return redirect("procedures")
