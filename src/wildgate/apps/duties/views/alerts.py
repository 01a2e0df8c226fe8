"""Alerts: what the authorities warn each other of, and a form for one more."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.duties import selectors, services
from wildgate.apps.duties.forms import AlertForm
from wildgate.apps.duties.matrix import SIDES, Side
from wildgate.apps.duties.models import Alert

ROWS_ON_A_PAGE = 50
REFUSED = 422


@role(Action.VIEW_DUTIES)
def alerts(request: Request) -> HttpResponse:
    """The newest first; whoever may warn the other side does it here."""
    form = AlertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.raise_alert(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(made, Alert):
            messages.success(request, _("The alert is raised. Its receipt is shown with the notices."))
            return redirect("alerts")
        form.tell(made)
    page = Paginator(selectors.alerts(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "duties/alerts.html", {
        "page": page, "rows": [(each, SIDES[Side(each.side)]) for each in page.object_list], "form": form,
        "reads": selectors.reads_notices(request.actor),
        "may_raise": can(request.actor, Action.RAISE_ALERT).allowed}, status=REFUSED if form.errors else 200)
