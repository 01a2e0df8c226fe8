"""What officers do to an issued permit: cancel, suspend, make valid again, replace. Asked once more, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import selectors, services
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.overtaken import of_the_permit
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.refusal import Refusal

REFUSED = 422


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its words. `done` takes the permit's number."""

    act: PermitAct
    service: Callable[..., Permit | Refusal]
    title: Any
    label: Any
    hint: Any
    button: Any
    done: Any
    danger: bool = True


CANCEL = Change(
    PermitAct.CANCELLED, services.cancel, gettext_lazy("Cancel permit"), gettext_lazy("Reason for cancelling"),
    gettext_lazy("Kept with the event. The number is never used again; customs and every verifier refuse the permit "
                 "from the next signed list on."), gettext_lazy("Cancel the permit"),
    gettext_lazy("Permit %(number)s is cancelled."))
SUSPEND = Change(
    PermitAct.SUSPENDED, services.suspend, gettext_lazy("Suspend permit"), gettext_lazy("Reason for suspending"),
    gettext_lazy("Customs hold the goods while the permit is suspended. What it has bound stays bound."),
    gettext_lazy("Suspend the permit"), gettext_lazy("Permit %(number)s is suspended."))
REINSTATE = Change(
    PermitAct.REINSTATED, services.reinstate, gettext_lazy("Make permit valid again"),
    gettext_lazy("What the inquiry found"), gettext_lazy("Kept with the event."),
    gettext_lazy("Make it valid again"), gettext_lazy("Permit %(number)s is valid again."), danger=False)


@role(Action.CANCEL)
def cancel(request: Request, number: str) -> HttpResponse:
    return _change(request, number, CANCEL)


@role(Action.SUSPEND)
def suspend(request: Request, number: str) -> HttpResponse:
    return _change(request, number, SUSPEND)


@role(Action.REINSTATE)
def reinstate(request: Request, number: str) -> HttpResponse:
    return _change(request, number, REINSTATE)


def _found(request: Request, number: str) -> Permit:
    permit = selectors.permit(request.actor, number)
    if permit is None:
        raise Http404(_("There is no such permit, or you may not see it."))
    return permit


def _change(request: Request, number: str, change: Change) -> HttpResponse:
    permit, fault = _found(request, number), None
    if request.method == "POST":
        outcome = change.service(actor=request.actor, number=number, reason=request.POST.get("reason", ""),
                                 at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, change.done % {"number": number})
            return redirect("case", permit.application.number) if can(request.actor, Action.VIEW_CASES) else redirect(
                "permit", number)
        fault, permit = outcome, _found(request, number)
    return render(request, "permits/case_change.html", {
        "permit": permit, "case": permit.application, "typed": request.POST, "change": change,
        **_closed(permit, change.act, fault)}, status=REFUSED if fault else 200)


def _closed(permit: Permit, act: PermitAct, fault: Refusal | None) -> dict[str, Refusal | None]:
    """Why the page has no form, said once; else what is wrong with what was typed."""
    closed = lifecycle.act(PermitState(permit.status.state), act)
    if isinstance(closed, Refusal):
        return {"closed": of_the_permit(closed), "fault": None}
    return {"closed": None, "fault": of_the_permit(fault)}


@role(Action.REPLACE)
def replace(request: Request, number: str) -> HttpResponse:
    """Begin the replacement of a lost or spoilt permit; the new case opens."""
    permit, fault = _found(request, number), None
    if request.method == "POST":
        outcome = services.replace(actor=request.actor, number=number, why=request.POST.get("why", ""),
                                   reason=request.POST.get("reason", ""), at=request.at)
        if isinstance(outcome, Application):
            messages.success(request, _("This case replaces permit %(number)s. Approve it, let it be countersigned and "
                                        "issue it.") % {"number": number})
            return redirect("case", outcome.number)
        fault = outcome
    return render(request, "permits/case_replace.html", {
        "permit": permit, "case": permit.application, "typed": request.POST,
        "whys": [choice for choice in Application.Replacing.choices if choice[0] != Application.Replacing.VARIATION],
        **_closed(permit, PermitAct.REPLACED, fault)}, status=REFUSED if fault else 200)
