"""The outage switch: announce, end, and work off afterwards what was done without the system."""

from __future__ import annotations

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
from wildgate.apps.balances import outages as service
from wildgate.apps.balances.asking import Notice
from wildgate.apps.balances.selectors import outages as all_outages
from wildgate.apps.customs import selectors
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS = 50


class OutageForm(forms.Form):
    """An outage to announce. Times are UTC."""

    planned = forms.BooleanField(label=gettext_lazy("Planned"), required=False)
    begins_at = forms.DateTimeField(label=gettext_lazy("Begins (UTC)"), help_text="2027-03-01 22:00")
    ends_at = forms.DateTimeField(label=gettext_lazy("Ends (UTC)"), required=False)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)


@role(Action.VIEW_PROCEDURES)
def outages(request: Request) -> HttpResponse:
    """All outages, the newest first; who may announces one."""
    may = can(request.actor, Action.ANNOUNCE_OUTAGE).allowed
    form = OutageForm(request.POST or None, initial={"begins_at": f"{request.at:%Y-%m-%d %H:%M}"})
    if request.method == "POST" and may and form.is_valid():
        made = service.announce(actor=request.actor, notice=Notice(**form.cleaned_data), at=request.at)
        if not isinstance(made, Refusal):
            messages.success(request, _("The outage is announced."))
            return redirect("outage", made.pk)
        form.add_error(made.field if made.field in form.fields else None, said(made))
    page = Paginator(all_outages(request.actor.party), ROWS).get_page(request.GET.get("page"))
    return render(request, "customs/outages.html", {"page": page, "form": form, "may": may, "now": request.at},
                  status=REFUSED if form.errors else 200)


@role(Action.VIEW_PROCEDURES)
def outage(request: Request, key: int) -> HttpResponse:
    """One outage and, once it is over, the list of what was done meanwhile."""
    found = all_outages(request.actor.party).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such outage."))
    ends = found.ends_at or request.at
    return render(request, "customs/outage.html", {
        "outage": found, "now": request.at, "may": can(request.actor, Action.ANNOUNCE_OUTAGE).allowed,
        "over": found.ends_at is not None and found.ends_at <= request.at,
        **selectors.after_outage(request.actor.party, found.begins_at, ends)})


@role(Action.ANNOUNCE_OUTAGE)
@require_POST
def end_outage(request: Request, key: int) -> HttpResponse:
    """The system is back, or the list is worked off: the button says which."""
    deed = service.reconcile if "reconciled" in request.POST else service.end
    done = deed(actor=request.actor, outage=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    return redirect("outage", key)
