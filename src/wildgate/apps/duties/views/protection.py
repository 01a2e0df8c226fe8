"""Data protection between the authorities: duties with their clocks, and the register of recipients."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.duties import recipients, selectors, services
from wildgate.apps.duties.forms import IncidentForm
from wildgate.apps.duties.models import Incident
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE = 50
REFUSED = 422


@role(Action.VIEW_DUTIES)
def protection(request: Request) -> HttpResponse:
    """What is open and by when, a form for more, and who receives what."""
    form = IncidentForm(request.POST or None, initial={"noticed_at": request.at})
    if request.method == "POST" and form.is_valid():
        made = services.open_incident(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(made, Incident):
            messages.success(request, _("The clock runs."))
            return redirect("data-protection")
        form.tell(made)
    page = Paginator(selectors.incidents(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "duties/protection.html", {
        "page": page, "rows": page.object_list, "form": form, "at": request.at,
        "recipients": recipients.register(request.actor.party, request.at.date()),
        "may_keep": can(request.actor, Action.KEEP_DUTIES).allowed}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_DUTIES)
@require_POST
def done(request: Request, key: int) -> HttpResponse:
    """The duty is done."""
    finished = services.finish_incident(actor=request.actor, incident=key, outcome=request.POST.get("outcome", ""),
                                        at=request.at)
    if isinstance(finished, Refusal):
        messages.error(request, said(finished))
    else:
        messages.success(request, _("Done."))
    return redirect("data-protection")
