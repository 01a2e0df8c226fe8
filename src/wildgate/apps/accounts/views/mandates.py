"""Mandates given and held: who acts for whom."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import selectors, services
from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.forms import MandateForm
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.telling import sentence
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS_ON_A_PAGE = 20


@role(Action.VIEW_MANDATES)
def mandates(request: Request) -> HttpResponse:
    """What the actor's organisations gave and hold, and the code that they tell a client."""
    given = Paginator(selectors.mandates_given(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    held = Paginator(selectors.mandates_held(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("held"))
    return render(request, "accounts/mandates.html", {
        "given": given, "held": held, "firms": selectors.firms_of(request.actor), "today": request.at.date(),
        "may_give": bool(request.actor.manages), "manages": request.actor.manages})


@role(Action.GIVE_MANDATE)
def give(request: Request) -> HttpResponse:
    """Give a mandate to the organisation with a code."""
    form = MandateForm(request.POST or None, firms=selectors.firms_of(request.actor, managed=True),
                       initial={"since": request.at.date()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        done = services.give_mandate(
            actor=request.actor, client=typed["client"], agent_code=typed["agent"], kinds=typed["kinds"],
            since=typed["since"], until=typed["until"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("%(agent)s may now act for %(client)s.") % {"agent": done.agent.name,
                                                                                    "client": done.client.name})
            return redirect("mandates")
        form.tell([done])
    return render(request, "accounts/mandate_give.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.END_MANDATE)
@require_POST
def end(request: Request, mandate: int) -> HttpResponse:
    """Take a mandate back, or give it back: at once."""
    done = services.end_mandate(actor=request.actor, mandate=mandate, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, sentence(done))
    else:
        messages.success(request, _("The mandate has ended. It holds no more."))
    return redirect("mandates")
