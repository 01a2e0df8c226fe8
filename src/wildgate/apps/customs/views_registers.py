"""What another Party's register has not confirmed, or refused: asked again, or settled with its authority."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.customs import selectors, services
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS = 50


@role(Action.VIEW_DOUBLE_USE)
def draws(request: Request) -> HttpResponse:
    """The list to be worked off: what is open first, the oldest on top."""
    page = Paginator(selectors.register_draws(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "customs/register_draws.html", {"page": page})


@role(Action.VIEW_DOUBLE_USE)
def draw(request: Request, key: int) -> HttpResponse:
    """One of them; the button says whether the register is asked again or a person settled it."""
    found = selectors.register_draws(request.actor).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such draw."))
    fault = None
    if request.method == "POST":
        again = "again" in request.POST
        done = services.close_draw(actor=request.actor, draw=key, again=again, note=request.POST.get("note", ""),
                                   at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The register is asked again.") if again else _("It is written down."))
            return redirect("register-draw", key)
        fault = done
    return render(request, "customs/register_draw.html", {
        "draw": found, "fault": fault, "typed": request.POST,
        "faults": [(f"id_{fault.field or 'note'}", said(fault))] if fault else []}, status=REFUSED if fault else 200)
