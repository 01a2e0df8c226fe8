"""An event as the auditor reads it: who, what, about what, with the way to its story."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.permits.wording import EVENT_WORDS
from wildgate.kit.models import Event

STORIES = {"permit": "audit-permit", "application": "audit-case"}


@dataclass(frozen=True, slots=True)
class Link:
    """One event; `hash` is its link in the chain."""

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

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What was recorded: a fact may itself be called `items`, which a template would mistake for the method."""
        return list(self.data.items())

    @property
    def what(self) -> str:
        """The event in words."""
        return word_of(self.kind)

    @property
    def story(self) -> str:
        """Where the whole story of its subject is told; empty for other things."""
        name = STORIES.get(self.about)
        return reverse(name, args=[self.number]) if name and self.number and "/" not in self.number else ""


def word_of(kind: str) -> str:
    """A kind of event in words; the code where there are none."""
    return _("Read") if kind == "read" else str(EVENT_WORDS.get(kind, kind))


def kinds() -> list[tuple[str, str]]:
    """Every kind of event with its words, by words: known without asking the chain."""
    return sorted(((kind, word_of(kind)) for kind in (*EVENT_WORDS, "read")), key=lambda pair: pair[1].casefold())


def links(found: Iterable[Event]) -> list[Link]:
    """Events with the names of who acted."""
    listed = list(found)
    names = names_of({event.actor for event in listed})
    return [Link(event.seq, event.at, names.get(event.actor, event.actor), event.actor, event.kind, event.subject,
                 json.loads(event.data), event.note.text if hasattr(event, "note") else "", event.hash)
            for event in listed]
