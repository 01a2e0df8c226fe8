"""The audit pages. Who searches is seen as well: each search and each file is an event, with codes and no names."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.figures.files import harmless
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.models import Permit
from wildgate.kit import events, notes
from wildgate.kit.models import ChainHead, Event
from wildgate.kit.sorting import Sorted
from wildgate.site.audit.asked import Asked, Cursor, Search
from wildgate.site.audit.asked import search as search_for
from wildgate.site.audit.told import Link, kinds, links

EVENTS_ON_A_PAGE = 50
MOST_IN_A_STORY = 1000
MOST_IN_A_FILE = 20_000
SEARCHED, EXPORTED = "audit-searched", "audit-exported"
SAME_SEARCH = timedelta(minutes=15)
HOURS = tuple(range(25))


@role(Action.VIEW_AUDIT)
def search(request: Request) -> HttpResponse:
    """Events by permit or case, firm, person, kind, day and hour; older ones page by page."""
    asked = Asked.of(request.GET)
    found = search_for(request.actor.party, asked, request.at)
    cursor = Cursor.read(request.GET.get("after", ""))
    if not asked.empty and cursor is None:
        note_search(request, found)
    return _page(request, asked, found, cursor, None)


@role(Action.VIEW_AUDIT)
def verify(request: Request) -> HttpResponse:
    """Walk the whole chain when asked to, and say what was found, over how many events and how long it took."""
    asked, proof = Asked(), None
    if request.method == "POST":
        begun = time.perf_counter()
        broken = events.verify(request.actor.party) or notes.verify(request.actor.party)
        proof = {"broken": broken, "seconds": time.perf_counter() - begun, "at": request.at}
    return _page(request, asked, search_for(request.actor.party, asked, request.at), None, proof)


@role(Action.VIEW_AUDIT)
def export(request: Request) -> HttpResponse:
    """What a search finds as a file, the newest first."""
    asked = Asked.of(request.GET)
    found = search_for(request.actor.party, asked, request.at)
    listed = links(found.events.select_related("note")[:MOST_IN_A_FILE])
    with transaction.atomic():
        events.append(EXPORTED, "audit", party=request.actor.party, actor=request.actor.label, at=request.at,
                      data={**found.codes, "events": len(listed)})
    return HttpResponse(_file(listed), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="events.csv"', "Cache-Control": "private, no-store"})


def _file(listed: Iterable[Link]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["seq", "at", "actor", "name", "kind", "subject", "data", "note", "hash"])
    for each in listed:
        writer.writerow([each.seq, each.at.isoformat(), each.actor, harmless(each.who), each.kind, each.subject,
                         harmless(json.dumps(each.data, ensure_ascii=False)), harmless(each.note), each.hash])
    return "\ufeff" + out.getvalue()


def note_search(request: Request, found: Search) -> None:
    """Record what was searched for, in codes; the same question within a quarter of an hour is one search."""
    party, actor = request.actor.party, request.actor.label
    with transaction.atomic():
        told = json.dumps(found.codes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        recent = Event.objects.filter(party=party, kind=SEARCHED, actor=actor, data=told,
                                      at__gt=request.at - SAME_SEARCH)
        if not recent.exists():
            events.append(SEARCHED, "audit", party=party, actor=actor, at=request.at, data=found.codes)


def _page(request: Request, asked: Asked, found: Search, cursor: Cursor | None,
          proof: dict[str, Any] | None) -> HttpResponse:
    matching = found.events.filter(cursor.beyond(found.when)) if cursor else found.events
    listed = list(matching.select_related("note")[:EVENTS_ON_A_PAGE + 1])
    shown, older = listed[:EVENTS_ON_A_PAGE], len(listed) > EVENTS_ON_A_PAGE
    return render(request, "audit/search.html", {
        "asked": asked, "found": found, "links": links(shown), "kinds": kinds(), "hours": HOURS, "proof": proof,
        "head": ChainHead.objects.filter(party=request.actor.party).first(),
        "older": asked.as_query(after=Cursor(shown[-1].at, shown[-1].seq)) if older else "",
        "newest": asked.as_query() if cursor else None, "most": MOST_IN_A_FILE})


@role(Action.VIEW_AUDIT)
def story(request: Request, number: str) -> HttpResponse:
    """Everything that happened to a permit, from the first draft of its application: deeds and reads, oldest first."""
    permit: Permit | None = permits.permit(request.actor, number)
    if permit is None:
        raise Http404(_("There is no permit %(number)s.") % {"number": number[:30]})
    events.note_read(permit.subject, party=permit.party, actor=request.actor.label, at=request.at)
    return _story(request, "audit/story.html", [permit.subject, permit.application.subject], permit=permit)


@role(Action.VIEW_AUDIT)
def case_story(request: Request, number: str) -> HttpResponse:
    """Everything that happened to an application, whether it became a permit or not."""
    case = permits.application(request.actor, number)
    if case is None:
        raise Http404(_("There is no such case, or you may not see it."))
    events.note_read(case.subject, party=case.party, actor=request.actor.label, at=request.at)
    permit = getattr(case, "permit", None)
    return _story(request, "audit/case_story.html", [case.subject, *([permit.subject] if permit else [])], case=case,
                  permit=permit)


def _story(request: Request, template: str, subjects: list[str], **more: Any) -> HttpResponse:
    told = (Event.objects.filter(party=request.actor.party, subject__in=subjects).select_related("note")
            .order_by(Sorted("seq"))[:MOST_IN_A_STORY])
    every = links(told)
    return render(request, template, {
        **more, "links": every, "deeds": sum(link.kind != "read" for link in every),
        "readers": sorted({link.who for link in every if link.kind == "read"})})
