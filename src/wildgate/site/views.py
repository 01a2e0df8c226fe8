"""The shell's own pages: the start page, the answers when something is refused, and the operator's checks."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import public
from wildgate.apps.accounts.models import Role

DESKS = ((Role.CUSTOMS, "border"), (Role.OFFICER, "cases"), (Role.COUNTERSIGNER, "cases"), (Role.SCIENTIST, "science"),
         (Role.TRADER, "trader"), (Role.AUDITOR, "audit"), (Role.ADMINISTRATOR, "imports"),
         (Role.PRINT_OFFICE, "printing"))


@public
def home(request: HttpRequest) -> HttpResponse:
    """The public start page, or the desk of whoever is signed in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    for role, desk in DESKS:
        if actor.has(role):
            return redirect(desk)
    people = demo_people() if settings.DEMO else []
    return render(request, "home.html", {"demo_people": people, "may_apply": can(actor, Action.APPLY).allowed})


def demo_people() -> list[dict[str, str]]:
    from wildgate.site.demo.cast import CAST, PASSWORD
    return [{"name": person.name, "email": person.email, "role": person.title, "password": PASSWORD} for person in CAST]


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was too old or came from elsewhere: say what to do, lose nothing that the browser still holds."""
    return render(request, "403_csrf.html", status=403)
