"""The check matrix, the rules of prior notice, and the log of draws."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.declarations import notice as declared
from wildgate.apps.inspections import forms, services
from wildgate.apps.inspections.matrix import HOUSE, Row
from wildgate.apps.inspections.selectors import controls
from wildgate.apps.inspections.services.matrixing import rows_of
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422
ON_A_PAGE = 50


@role(Action.VIEW_INSPECTIONS)
def matrix(request: Request) -> HttpResponse:
    """What gets which check for which share today; who plans may set rows for a day to come."""
    may = can(request.actor, Action.PLAN_INSPECTIONS).allowed
    today = {"since": request.at.date()}
    which = request.POST.get("form", "") if may else ""
    row = forms.MatrixForm(request.POST if which == "row" else None, initial=today)
    notice = forms.NoticeForm(request.POST if which == "notice" else None, initial=today)
    if which == "row" and row.is_valid():
        outcome: object = services.set_row(actor=request.actor, row=Row(**row.cleaned_data), at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The row holds from that day on."))
            return redirect("check-matrix")
        row.refuse(outcome, said(outcome))
    if which == "notice" and notice.is_valid():
        outcome = services.set_notice(actor=request.actor, at=request.at, **notice.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The rule of prior notice holds from that day on."))
            return redirect("check-matrix")
        notice.refuse(outcome, said(outcome))
    kept = sorted(rows_of(request.actor.party, request.at.date()), key=lambda each: (-each.exactness, each.goods[:3]))
    return render(request, "inspections/matrix.html", {
        "rows": [(each, each in HOUSE) for each in kept], "form": row, "notice": notice, "may": may,
        "notices": controls.notice_rules(request.actor), "live_hours": declared.HOURS["LIV"],
        "lists": forms.code_lists() if may else {},
    }, status=REFUSED if row.errors or notice.errors else 200)


@role(Action.VIEW_INSPECTIONS)
def draws(request: Request) -> HttpResponse:
    """What was drawn, with the commitment of each day and, once it is over, its seed."""
    page = Paginator(controls.draws(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "inspections/draws.html", {"page": page, "today": request.at.date()})
