"""What every page of the space begins with: the member behind the request, or the page that says how to become one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.intelligence import services
from wildgate.apps.intelligence.forms import ReasonForm
from wildgate.apps.intelligence.models import Alert, Report
from wildgate.apps.intelligence.selectors import member_of
from wildgate.convention.refusal import Refusal

REFUSED = 422


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view: strangers to the space see who lets people in, and nothing else, whatever the address."""
    @role(Action.ENTER_INTELLIGENCE)
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request.actor, request.at)
        if member is None:
            return how_to_enter(request)
        answer = view(request, member, *args, **kwargs)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    return guarded


def how_to_enter(request: Request) -> HttpResponse:
    """Whom to ask: those who propose contributors, by the name of their authority."""
    keepers = (Role.INVESTIGATOR, Role.SUPERVISOR, Role.COUNTERSIGNER, Role.AUDITOR)
    posts = (Post.objects.filter(party=request.actor.party, role__in=keepers, until=None, person__is_active=True)
             .exclude(person_id=request.actor.own_id).select_related("person", "authority")
             .order_by("authority__name", "person__name"))
    asked = dict.fromkeys((post.authority.name if post.authority else "", post.person.name) for post in posts)
    return render(request, "intelligence/enter.html", {
        "asked": list(asked), "may_keep": can(request.actor, Action.KEEP_CONTRIBUTORS).allowed})


def not_found() -> Http404:
    """The one answer for what is not there and for what is not to be seen."""
    return Http404("There is no such page.")


def ask_why(request: Request, found: Report | Alert) -> HttpResponse:
    """The page before what is marked RED: the reason first, then the same address again."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.give_reason(actor=request.actor, found=found, at=request.at,
                                    reason=form.cleaned_data["reason"])
        if not isinstance(done, Refusal):
            return redirect(request.path)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("Why do you open it?"), "submit": _("Open it"), "back_name": "intelligence",
        "over": found.number if isinstance(found, Report) else "",
        "lead": _("It is marked TLP:RED. Your reason is kept, and it is open for a quarter of an hour.")},
        status=REFUSED if form.errors else 200)
