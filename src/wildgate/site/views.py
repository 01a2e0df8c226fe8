"""The shell's own pages: the start page, the answers when something is refused, and the operator's checks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import public
from wildgate.apps.accounts.models import Role
from wildgate.site import first_run, profiles, tour, unable

DESKS = (
    (Role.CUSTOMS, "border"), (Role.SUPERVISOR, "border"), (Role.OFFICER, "cases"), (Role.COUNTERSIGNER, "cases"),
    (Role.SCIENTIST, "science"), (Role.TRADER, "trader"), (Role.AUDITOR, "audit"), (Role.RISK_MANAGER, "risk"),
    (Role.INVESTIGATOR, "seizures"), (Role.EXPERT, "identifications"), (Role.CARRIER, "carriers"),
    (Role.ADMINISTRATOR, "first-run"), (Role.PRINT_OFFICE, "printing"),
    (Role.FOREIGN, "partner-desk"), (Role.AGENCY, "agency-requests"))
"""The page on which each role begins."""

HIDDEN_FIELDS = frozenset({"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code", "do",
                           "version", "tab", "next"})
"""What is not shown again when a form was too old: secrets, and what nobody typed."""


@public
def home(request: HttpRequest) -> HttpResponse:
    """The public start page, or the desk of whoever is signed in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    for role, desk in DESKS:
        if actor.has(role) and profiles.shows(desk):
            return redirect(desk)
    if actor.person_id is not None:
        return redirect("firm")
    shown = {"may_apply": can(actor, Action.APPLY).allowed}
    shown |= tour.shown(actor) if settings.DEMO else {"empty": first_run.is_empty()}
    return render(request, "home.html", shown)


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can work: the database answers, and what is sent can be saved. Pages may be readable all the same."""
    trouble = unable.now()
    return JsonResponse({"status": trouble.value}, status=503) if trouble else JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was too old or came from elsewhere: say what to do, lose nothing that the browser still holds."""
    typed = [value for name, value in request.POST.items() if len(value) > 1 and name not in HIDDEN_FIELDS]
    return render(request, "403_csrf.html", {"typed": typed[:40]}, status=403)
