"""The log of imports: one page to log one, the list with its downloads, and the files that went to the authority."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.customs.forms import code_lists
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.duties import files, selectors, services
from wildgate.apps.duties.forms import ImportForm, SoughtForm
from wildgate.apps.duties.models import Relay
from wildgate.apps.duties.services import relaying
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE = 50
REFUSED, GONE = 422, 410
MOST_ROWS = 5000
TYPES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml; charset=utf-8"}
OFFERED = {**TYPES, "xlsx": files.SHEET}
"""The log is offered in one form more than the files that were sent."""


@role(Action.VIEW_DUTIES)
def imports(request: Request) -> HttpResponse:
    """The imports, newest first, with a filter; below, the files that went out."""
    form = SoughtForm(request.GET)
    asked = form.sought
    found = selectors.imports(request.actor, asked)
    wanted = request.GET.get("as", "")
    if wanted in OFFERED:
        return _file(request, list(found[:MOST_ROWS]), wanted)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "duties/imports.html", {
        "page": page, "rows": page.object_list, "form": form, "relays": selectors.relays(request.actor),
        "query": query.urlencode(), "lists": code_lists(), "at": request.at,
        "may_log": can(request.actor, Action.RELAY_IMPORTS).allowed})


def _file(request: Request, found: list[Endorsement], wanted: str) -> HttpResponse:
    lines, day = files.lines_of(found), request.at.date()
    body: str | bytes = files.as_message(lines, party=request.actor.party, day=day)
    if wanted != "xml":
        body = files.as_table(lines) if wanted == "csv" else files.as_sheet(lines)
    return _download(body, f"imports-{request.actor.party}-{request.at.date().isoformat()}", wanted)


def _download(body: str | bytes, name: str, wanted: str) -> HttpResponse:
    return HttpResponse(body, content_type=OFFERED[wanted], headers={
        "Content-Disposition": f'attachment; filename="{name}.{wanted}"', "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff"})


@role(Action.RELAY_IMPORTS)
def log(request: Request) -> HttpResponse:
    """Log one import: the paper and what arrived, on one page."""
    form = ImportForm(request.POST or None, post=request.actor.station)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        done = services.log_import(actor=request.actor, head=form.head.cleaned_data, items=form.items(),
                                   arrival=form.arrival(), at=request.at)
        if isinstance(done, Endorsement):
            messages.success(request, _("The import is logged. It goes to the Management Authority with the file of "
                                        "this evening."))
            return redirect("imports-log")
        form.refuse(done)
    faults = form.faults if request.method == "POST" and "more" not in request.POST else []
    return render(request, "duties/log.html", {"paper": form, "faults": faults, "lists": code_lists()},
                  status=REFUSED if faults else 200)


@role(Action.RELAY_IMPORTS)
@require_POST
def send(request: Request) -> HttpResponse:
    """Do not wait for the evening."""
    done = services.relay_now(actor=request.actor, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("The file is made and on its way."))
    return redirect("imports-log")


@role(Action.VIEW_DUTIES)
def relay(request: Request, key: int) -> HttpResponse:
    """One file as it was sent."""
    found = selectors.relay(request.actor, key)
    if found is None:
        raise Http404(_("There is no such file."))
    wanted = request.GET.get("as", "")
    if wanted in TYPES:
        return _download(found.table if wanted == "csv" else found.message,
                         f"imports-{found.party}-{found.day.isoformat()}-{found.pk}", wanted)
    return render(request, "duties/relay.html", {"relay": found, **_receipt(found, request)})


@public
@never_cache
def by_link(request: Request, token: str) -> HttpResponse:
    """The Management Authority says without an account that the file arrived. The page shows no more than the mail."""
    found = relaying.by_link(token)
    if found is None:
        return render(request, "confirmations/gone.html", status=GONE)
    if request.method == "POST":
        services.receive_by_link(token, at=request.at)
        return redirect("relay-link", token)
    response = render(request, "duties/relay_link.html", {"relay": found, **_receipt(found, request)})
    response["X-Robots-Tag"] = "noindex"
    return response


def _receipt(found: Relay, request: Request) -> dict[str, Any]:
    return {"notice": found.notice, "state": found.notice.state(request.at) if found.notice else "told"}
