"""The notification matrix as one table, and a row of it changed by two people."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.duties import selectors, services
from wildgate.apps.duties.forms import TermForm, as_typed
from wildgate.apps.duties.matrix import BY_CODE, SIDES
from wildgate.apps.duties.models import Term
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422


@role(Action.VIEW_DUTIES)
def matrix(request: Request) -> HttpResponse:
    """Who tells whom, of what, how, by when, and whether it is on."""
    rows = selectors.matrix(request.actor, request.at.date())
    groups = [(SIDES[one], SIDES[other], [row for row in rows if (row.duty.sender, row.duty.receiver) == (one, other)])
              for one, other in dict.fromkeys((row.duty.sender, row.duty.receiver) for row in rows)]
    return render(request, "duties/matrix.html", {
        "groups": groups, "waiting": [row for row in rows if row.waiting],
        "may_keep": can(request.actor, Action.KEEP_DUTIES).allowed, "reads": selectors.reads_notices(request.actor)})


@role(Action.VIEW_DUTIES)
def row(request: Request, code: str) -> HttpResponse:
    """One row: what holds, a form to propose a change, and every change there was."""
    duty = BY_CODE.get(code)
    if duty is None:
        raise Http404(_("There is no such row."))
    agreed = selectors.agreed(request.actor.party, duty, request.at.date())
    form = TermForm(duty, request.POST or None, initial={**as_typed(agreed), "since": request.at.date()})
    if request.method == "POST" and form.is_valid():
        done = services.propose(actor=request.actor, row=code, agreed=form.agreed, since=form.cleaned_data["since"],
                                at=request.at)
        if isinstance(done, Term):
            messages.success(request, _("Proposed. It counts once somebody else has confirmed it."))
            return redirect("duties")
        form.tell(done)
    return render(request, "duties/row.html", {
        "duty": duty, "agreed": agreed, "form": form, "sender": SIDES[duty.sender], "receiver": SIDES[duty.receiver],
        "history": selectors.history(request.actor, code), "may_keep": can(request.actor, Action.KEEP_DUTIES).allowed},
        status=REFUSED if form.errors else 200)


@role(Action.KEEP_DUTIES)
@require_POST
def decide(request: Request, term: int) -> HttpResponse:
    """Confirm or decline a change."""
    act = services.confirm if request.POST.get("do") == "confirm" else services.decline
    done = act(actor=request.actor, term=term, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    elif done.state == Term.State.CONFIRMED:
        messages.success(request, _("Confirmed."))
    else:
        messages.success(request, _("Declined."))
    return redirect("duties")
