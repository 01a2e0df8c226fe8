"""The inbox: what a person has been told, marked as read when opened, and how they want to be written to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.letters import selectors, services, wording
from wildgate.apps.letters.forms import PreferenceForm
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE = 25
REFUSED = 422


@role(Action.SIGNED_IN)
def inbox(request: Request) -> HttpResponse:
    """The letters, newest first; all, or the unread only."""
    unread_only = request.GET.get("show") == "unread"
    found = selectors.inbox(request.actor, unread_only=unread_only)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = selectors.shown(request.actor, page.object_list)
    return render(request, "letters/inbox.html", {
        "page": page, "rows": rows, "unread_only": unread_only, "newest": rows[0].letter.pk if rows else 0,
        "tabs": _tabs(request, unread_only)})


def _tabs(request: Request, unread_only: bool) -> list[dict[str, Any]]:
    here = reverse("inbox")
    return [{"label": _("All"), "url": here, "current": not unread_only},
            {"label": _("Unread"), "url": f"{here}?show=unread", "current": unread_only}]


@role(Action.SIGNED_IN)
@require_POST
def open_letter(request: Request, letter: int) -> HttpResponse:
    """Mark a letter as read and go to what it is about; with `stay`, back to the inbox."""
    done = services.mark_read(actor=request.actor, letter=letter, at=request.at)
    if isinstance(done, Refusal):
        raise Http404(_("There is no such message to you."))
    seen = selectors.shown(request.actor, [done])
    if not seen:
        raise Http404(_("There is no such message to you."))
    if request.POST.get("do") == "stay" or not seen[0].url:
        return redirect(f"{reverse('inbox')}?show=unread" if request.POST.get("show") == "unread" else "inbox")
    return redirect(seen[0].url)


@role(Action.SIGNED_IN)
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark all as read up to the newest one that the page showed."""
    until = request.POST.get("until", "")
    if until.isdecimal() and len(until) < 19:
        services.mark_all_read(actor=request.actor, until=int(until), at=request.at)
    return redirect("inbox")


@role(Action.SIGNED_IN)
def settings(request: Request) -> HttpResponse:
    """When and in which language this person is written to."""
    kept = selectors.preference_of(request.actor.own_id)
    form = PreferenceForm(request.POST or None, initial={"mail": kept.mail, "language": kept.language})
    if request.method == "POST" and form.is_valid():
        done = services.set_preference(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect("inbox-settings")
        form.add_error(done.field or None, wording.said(done))
    return render(request, "letters/settings.html", {"form": form}, status=REFUSED if form.errors else 200)
