"""Cases of double use for the authority and the border, and the devices that may endorse without a signal."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.customs import selectors, services
from wildgate.apps.customs.models import DoubleUse
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422


@role(Action.VIEW_DOUBLE_USE)
def cases(request: Request) -> HttpResponse:
    """All cases, the open ones first."""
    return render(request, "customs/double_uses.html", {"cases": selectors.double_uses(request.actor)})


@role(Action.VIEW_DOUBLE_USE)
def case(request: Request, case: int) -> HttpResponse:
    """Both records side by side; customs say that they saw it, the authority closes it with its finding."""
    return _show(request, _case(request, case))


def _show(request: Request, found: DoubleUse, fault: Refusal | None = None) -> HttpResponse:
    ringing = [each.pk for each in selectors.alarms(request.actor)]
    return render(request, "customs/double_use.html", {
        "case": found, "first": selectors.first_record(found), "second": selectors.second_record(found),
        "ringing": found.pk in ringing, "fault": fault, "faults": [("id_reason", said(fault))] if fault else [],
        "typed": request.POST.get("reason", ""),
        "may_close": found.state == DoubleUse.State.OPEN and can(request.actor, Action.CLOSE_DOUBLE_USE).allowed,
    }, status=REFUSED if fault else 200)


def _case(request: Request, case: int) -> DoubleUse:
    found = selectors.double_use(request.actor, case)
    if found is None:
        raise Http404(_("There is no such case."))
    return found


@role(Action.ENDORSE)
@require_POST
def acknowledge(request: Request, case: int) -> HttpResponse:
    """The post saw the alarm."""
    outcome = services.acknowledge(actor=request.actor, case=case, at=request.at)
    if isinstance(outcome, Refusal):
        raise Http404(said(outcome))
    return redirect("double-use", case)


@role(Action.CLOSE_DOUBLE_USE)
@require_POST
def close(request: Request, case: int) -> HttpResponse:
    """The authority closes the case."""
    outcome = services.close(actor=request.actor, case=case, reason=request.POST.get("reason", ""), at=request.at)
    if isinstance(outcome, Refusal):
        return _show(request, _case(request, case), outcome)
    messages.success(request, _("The case is closed."))
    return redirect("double-uses")


@role(Action.VIEW_DEVICES)
def devices(request: Request) -> HttpResponse:
    """Enrolled devices: an officer's own, all for the administrator."""
    found = selectors.devices(request.actor)
    return render(request, "customs/devices.html", {
        "devices": [(each, can(request.actor, Action.REVOKE_DEVICE, each).allowed and each.revoked_at is None)
                    for each in found],
        "now": request.at})


@role(Action.REVOKE_DEVICE)
@require_POST
def revoke(request: Request, device: int) -> HttpResponse:
    """A device was lost: nothing that it did not send yet is taken any more."""
    outcome = services.revoke(actor=request.actor, device=device, at=request.at)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        messages.success(request, _("The device is revoked."))
    return redirect("devices")
