"""Notices with their clocks, and the receipt for one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.duties import selectors, services
from wildgate.apps.duties.matrix import SIDES
from wildgate.apps.duties.models import Notice
from wildgate.apps.permits.templatetags.permits import said
from wildgate.kit import events

ROWS_ON_A_PAGE = 50
SHOWS = ("", "overdue", "all")


@role(Action.VIEW_DUTIES)
def notices(request: Request) -> HttpResponse:
    """Those that wait for a receipt, the earliest due on top."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    page = Paginator(selectors.notices(request.actor, show, at=request.at), ROWS_ON_A_PAGE).get_page(
        request.GET.get("page"))
    return render(request, "duties/notices.html", {
        "page": page, "rows": [_row(each, request) for each in page.object_list], "show": show, "tabs": _tabs(show),
        "reads": selectors.reads_notices(request.actor)})


def _row(notice: Notice, request: Request) -> dict[str, Any]:
    return {"notice": notice, "duty": notice.duty, "to": SIDES[notice.duty.receiver],
            "state": notice.state(request.at)}


def _tabs(show: str) -> list[dict[str, Any]]:
    here, words = reverse("notices"), {"": _("Waiting for a receipt"), "overdue": _("Overdue"), "all": _("All")}
    return [{"label": words[each], "url": f"{here}?show={each}" if each else here, "current": each == show}
            for each in SHOWS]


@role(Action.VIEW_DUTIES)
def notice(request: Request, key: int) -> HttpResponse:
    """What is told, the facts that the reader may see, and "I have received it"."""
    found = selectors.notice(request.actor, key)
    if found is None:
        raise Http404(_("There is no such notice, or you may not see it."))
    may = selectors.may_receive(request.actor, found) and found.received_at is None
    if request.method == "POST":
        done = services.receive(actor=request.actor, notice=key, at=request.at)
        if isinstance(done, Notice):
            messages.success(request, _("Your receipt is kept, with your name and the time."))
        else:
            messages.error(request, said(done))
        return redirect("notice", key)
    events.note_read(found.about, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "duties/notice.html", {
        **_row(found, request), "sender": SIDES[found.duty.sender], "about": selectors.about(request.actor, found),
        "may": may, "relay": getattr(found, "relay", None)})
