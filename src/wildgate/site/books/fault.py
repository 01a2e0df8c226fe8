"""What the books find wrong with one thing, and how they turn the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

from wildgate.kit.models import Event

Row = TypeVar("Row", bound=Model)
PAGE: Final = 500
"""Rows that are held at once: memory stays the same however many there are."""
RESTORE: Final = ("Somebody changed the database past the program: keep a copy of it as it is, find out who had its "
                  "password, and compare with a backup.")
"""What to do where only a hand on the tables can have done it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not true: which, what is wrong with it in a sentence, and what to do."""

    thing: str
    says: str
    do: str = RESTORE


def pages(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """All rows in the order of their keys, a page at a time."""
    last: Any = None
    while page := list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:PAGE]):
        yield page
        last = page[-1].pk


def events_of(party: str, subjects: list[str], kinds: list[str]) -> dict[str, list[Event]]:
    """The events of these kinds by subject, in the order of the chain."""
    found: dict[str, list[Event]] = {subject: [] for subject in subjects}
    for event in Event.objects.filter(party=party, subject__in=subjects, kind__in=kinds).order_by("seq"):
        found[event.subject].append(event)
    return found


def event_pages(party: str, kinds: list[str]) -> Iterator[list[Event]]:
    """All events of these kinds, in the order of the chain, a page at a time."""
    found = Event.objects.filter(party=party, kind__in=kinds).order_by("seq").iterator(chunk_size=PAGE)
    while page := list(islice(found, PAGE)):
        yield page


def told(event: Event) -> dict[str, Any]:
    """What an event says; nothing where it cannot be read, which the chain tells already."""
    try:
        data = json.loads(event.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
