"""Where somebody is signed in, and signing out elsewhere."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.wording import device


@role(Action.SIGNED_IN)
def sessions(request: Request) -> HttpResponse:
    """The browsers in which the person is signed in; each other one can be ended, at once."""
    found = UserSession.objects.filter(user_id=request.actor.own_id)
    here = request.session.session_key
    if request.method == "POST":
        others = found.exclude(session_key=here)
        chosen = request.POST.get("session", "")
        for each in others.filter(pk=chosen) if chosen.isdecimal() else others:
            each.end()
        messages.success(request, _("Signed out there."))
        return redirect("sessions")
    UserSession.objects.create_from_request(request)
    listed = UserSession.objects.purge_and_list(request.user)
    listed.sort(key=lambda each: (each.session_key != here, -each.created_at.timestamp()))
    return render(request, "usersessions/sessions.html", {
        "rows": [{"pk": each.pk, "device": device(each.user_agent), "since": each.created_at,
                  "network": each.ip, "here": each.session_key == here} for each in listed]})
