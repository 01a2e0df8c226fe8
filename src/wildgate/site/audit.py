"""The auditor's desk: search the event chain, read a permit's whole story, prove that nothing was rewritten."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.models import Permit
from wildgate.kit import events
from wildgate.kit.models import ChainHead, Event

EVENTS_ON_A_PAGE = 50
MOST_IN_A_STORY = 1000
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Link:
    """An event as the auditor reads it: the template words `kind` and `data`; `hash` is its link in the chain."""

    seq: int
    at: datetime
    who: str
    actor: str
    kind: str
    subject: str
    data: dict[str, Any]
    note: str
    hash: str

    @property
    def about(self) -> str:
        """The kind of thing the event speaks of: `application`, `permit`, `foreign`, `person` ..."""
        return self.subject.partition(":")[0]

    @property
    def number(self) -> str:
        return self.subject.partition(":")[2].partition("/")[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the auditor searches for; anything that cannot be read is left out."""

    subject: str = ""
    actor: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, data: Any) -> Asked:
        def text(name: str) -> str:
            return str(data.get(name, "")).strip()[:LONGEST]

        return cls(text("subject"), text("actor"), text("kind"), _day(text("since")), _day(text("until")))

    def as_query(self, **more: object) -> str:
        """The search as the query part of an address."""
        given = {
            "subject": self.subject,
            "actor": self.actor,
            "kind": self.kind,
            "since": self.since,
            "until": self.until,
            **more,
        }
        return urlencode({key: value for key, value in given.items() if value})


def found(party: str, asked: Asked) -> QuerySet[Event]:
    """The events that the search matches, reads included, newest first."""
    matching = Event.objects.filter(party=party)
    if asked.subject:
        matching = matching.filter(subject__icontains=asked.subject)
    if asked.kind:
        matching = matching.filter(kind=asked.kind)
    if asked.actor:
        people = Person.objects.filter(Q(name__icontains=asked.actor) | Q(email__iexact=asked.actor)).values_list(
            "pk", flat=True
        )[:200]
        matching = matching.filter(Q(actor=asked.actor) | Q(actor__in=[f"person:{pk}" for pk in people]))
    if asked.since:
        matching = matching.filter(at__gte=_midnight(asked.since))
    if asked.until:
        matching = matching.filter(at__lt=_midnight(asked.until) + timedelta(days=1))
    return matching.order_by("-seq")


@role(Action.VIEW_AUDIT)
def search(request: Request) -> HttpResponse:
    """Events by subject, actor, kind and day; older ones page by page, by their number in the chain."""
    return _page(request, None)


@role(Action.VIEW_AUDIT)
def verify(request: Request) -> HttpResponse:
    """Walk the whole chain when asked to, and say what was found, over how many events and how long it took."""
    if request.method != "POST":
        return _page(request, None)
    begun = time.perf_counter()
    broken = events.verify(request.actor.party)
    seconds = time.perf_counter() - begun
    return _page(request, {"broken": broken, "seconds": seconds, "at": request.at})


def _page(request: Request, proof: dict[str, Any] | None) -> HttpResponse:
    party, asked = request.actor.party, Asked.of(request.GET)
    before = request.GET.get("before", "")
    matching = found(party, asked)
    if before.isascii() and before.isdigit() and len(before) < 19:
        matching = matching.filter(seq__lt=int(before))
    listed = list(matching.select_related("note")[: EVENTS_ON_A_PAGE + 1])
    shown, older = listed[:EVENTS_ON_A_PAGE], len(listed) > EVENTS_ON_A_PAGE
    return render(
        request,
        "audit/search.html",
        {
            "asked": asked,
            "links": links(shown),
            "kinds": kinds(party),
            "head": ChainHead.objects.filter(party=party).first(),
            "older": asked.as_query(before=shown[-1].seq) if older else "",
            "newest": asked.as_query() if before else None,
            "proof": proof,
        },
    )


def kinds(party: str) -> list[str]:
    """The kinds of events that there are, for the search form."""
    return list(Event.objects.filter(party=party).order_by("kind").values_list("kind", flat=True).distinct())


def links(found: Iterable[Event]) -> list[Link]:
    """Events with the names of who acted."""
    listed = list(found)
    names = names_of({event.actor for event in listed})
    return [
        Link(
            event.seq,
            event.at,
            names.get(event.actor, event.actor),
            event.actor,
            event.kind,
            event.subject,
            json.loads(event.data),
            event.note.text if hasattr(event, "note") else "",
            event.hash,
        )
        for event in listed
    ]


@role(Action.VIEW_AUDIT)
def story(request: Request, number: str) -> HttpResponse:
    """Everything that happened to a permit, from the first draft of its application: deeds and reads, oldest first."""
    permit: Permit | None = permits.permit(request.actor, number)
    if permit is None:
        raise Http404(_("There is no permit %(number)s.") % {"number": number[:30]})
    events.note_read(permit.subject, party=permit.party, actor=request.actor.label, at=request.at)
    told = (
        Event.objects.filter(party=permit.party, subject__in=[permit.subject, permit.application.subject])
        .select_related("note")
        .order_by("seq")[:MOST_IN_A_STORY]
    )
    every = links(told)
    return render(
        request,
        "audit/story.html",
        {
            "permit": permit,
            "links": every,
            "deeds": sum(link.kind != "read" for link in every),
            "readers": sorted({link.who for link in every if link.kind == "read"}),
        },
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
