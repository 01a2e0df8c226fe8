"""Declarations on screen: the list, one of them beside its permits, files, and messages as they came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.declarations import page, selectors, services
from wildgate.apps.declarations.findings import worded
from wildgate.apps.declarations.forms import UploadForm, kind_of
from wildgate.apps.declarations.models import Answer, Declaration, DeclaredMessage
from wildgate.apps.declarations.reading.faults import Fault
from wildgate.apps.declarations.reading.table import COLUMNS, fault_file
from wildgate.apps.declarations.services import Incoming, Taken
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.risk.models import Lane
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words, read_back

ROWS_ON_A_PAGE = 50
REFUSED = 422
RECENT = timedelta(days=90)
ON_LINE, IN_TABLE = gettext_noop("line %(line)s"), gettext_noop("line %(line)s, column %(column)s")
"""Places of faults, as `reading` writes them."""
TYPES = {"json": "application/json", "csv": "text/csv", "xml": "application/xml"}


@role(Action.VIEW_DECLARATIONS)
def declarations(request: Request) -> HttpResponse:
    """All declarations, the newest first, by answer, lane, post and state."""
    asked = {name: request.GET.get(name, "").strip()[:70] for name in ("text", "answer", "lane", "post", "state")}
    found = Paginator(selectors.declarations(request.actor, **asked), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "declarations/list.html", {
        "page": found, "rows": found.object_list, "asked": asked, "answers": Answer.choices, "lanes": Lane.choices,
        "states": Declaration.State.choices, "posts": selectors.posts(request.actor, request.at - RECENT),
        "now": request.at, "may_lodge": can(request.actor, Action.LODGE_DECLARATION)})


@role(Action.VIEW_DECLARATIONS)
def declaration(request: Request, reference: str) -> HttpResponse:
    """One declaration in the order of the officer's questions: real, usable, fitting, what to look at."""
    row = selectors.declaration(request.actor, reference)
    if row is None:
        raise Http404(_("There is no such declaration."))
    return render(request, "declarations/declaration.html", page.of(row, request.actor, request.at))


@role(Action.LODGE_DECLARATION)
def new(request: Request) -> HttpResponse:
    """Upload a file of declarations."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "declarations/new.html", {"form": form, "columns": COLUMNS},
                      status=REFUSED if form.errors else 200)
    file = form.cleaned_data["file"]
    data = file.read()
    taken = services.take(actor=request.actor, at=request.at, incoming=Incoming(
        kind_of(data), data, name=file.name or "", single=_is_single(data)))
    if isinstance(taken, Refusal):
        form.add_error("file", said(taken))
        return render(request, "declarations/new.html", {"form": form, "columns": COLUMNS}, status=REFUSED)
    return _message(request, taken.message, taken)


def _is_single(data: bytes) -> bool:
    """JSON with one declaration, not a batch."""
    return kind_of(data) == "json" and b'"declarations"' not in data[:2000]


@role(Action.VIEW_DECLARATIONS)
def messages(request: Request) -> HttpResponse:
    """Messages that were refused as a whole."""
    found = Paginator(selectors.refused_messages(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "declarations/messages.html", {"page": found, "rows": found.object_list})


@role(Action.VIEW_DECLARATIONS)
def message(request: Request, key: int) -> HttpResponse:
    """One message: when it came, from whom, what was answered."""
    return _message(request, key, None)


def _message(request: Request, key: int, taken: Taken | None) -> HttpResponse:
    found = _found(request, key)
    answer = found.answer
    rows = answer.get("declarations", [] if found.code else [answer])
    return render(request, "declarations/message.html", {
        "message": found, "rows": [{**each, "found": [worded(one) for one in each.get("findings", ())],
                                    "faults": _placed(each)} for each in rows], "fresh": taken is not None,
        "faults": _placed(answer),
        "some_faults": any(each.get("faults") for each in rows) or bool(answer.get("faults"))},
        status=REFUSED if taken is not None and taken.refused else 200)


def _placed(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The faults of an answer, each with its place in the page's language."""
    return [{"field": "", **each, "place": _place(each.get("place", ""))} for each in answer.get("faults", ())]


def _place(said: str) -> str:
    return in_words(read_back(said, IN_TABLE if "," in said else ON_LINE))


@role(Action.VIEW_DECLARATIONS)
def body(request: Request, key: int) -> HttpResponse:
    """The message byte for byte, to be saved: a browser must not open what others wrote."""
    found = _found(request, key)
    if found.body is None:
        raise Http404(_("The message was too large to be kept."))
    return _file(bytes(found.body), "application/octet-stream", f"message-{found.pk}.{found.kind}")


@role(Action.VIEW_DECLARATIONS)
def faults(request: Request, key: int) -> HttpResponse:
    """The faults of a message as a table."""
    found = _found(request, key)
    rows: list[dict[str, Any]] = list(found.answer.get("faults", []))
    rows += [fault for each in found.answer.get("declarations", []) for fault in each.get("faults", [])]
    told = tuple(Fault(each.get("code", ""), each.get("reason", "").replace("%", "%%"), {}, each.get("field", ""),
                       each.get("place", "")) for each in rows)
    return _file(fault_file(b"", told), "text/csv; charset=utf-8", f"message-{found.pk}-faults.csv")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store"})


def _found(request: Request, key: int) -> DeclaredMessage:
    found = selectors.message(request.actor, key)
    if found is None:
        raise Http404(_("There is no such message."))
    return found
