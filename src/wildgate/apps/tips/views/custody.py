"""The custodian's page: requests to open identity boxes, answered by somebody who does not work on the tip."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.tips import selectors, services
from wildgate.apps.tips.boxes import Who
from wildgate.convention.refusal import Refusal

MOST = 100


@role(Action.OPEN_IDENTITY)
@never_cache
def boxes(request: Request) -> HttpResponse:
    """The requests, those that wait first. What is in a box is shown once, in the answer to its opening."""
    who: Who | None = None
    fault: Refusal | None = None
    if request.method == "POST":
        key = request.POST.get("opening", "")
        opening = int(key) if key.isascii() and key.isdecimal() and len(key) < 12 else 0
        if request.POST.get("do") == "refuse":
            refused = services.refuse_identity(actor=request.actor, opening=opening, at=request.at)
            if not isinstance(refused, Refusal):
                messages.success(request, _("The box stays shut."))
                return redirect("tip-boxes")
            fault = refused
        else:
            opened = services.open_identity(actor=request.actor, opening=opening, at=request.at)
            who, fault = (None, opened) if isinstance(opened, Refusal) else (opened, None)
    return render(request, "tips/boxes.html", {
        "openings": list(selectors.openings(request.actor)[:MOST]), "who": who, "fault": fault},
        status=422 if fault else 200)
