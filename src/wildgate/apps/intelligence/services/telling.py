"""Telling people inside: letters with a number and nothing of the content, to those who may read the thing itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.clearance import why_not
from wildgate.apps.intelligence.models import Mark, Report
from wildgate.apps.intelligence.selectors import members_of
from wildgate.apps.letters import services as letters


def readers(party: str, mark: Mark, at: datetime, *, authority: int | None = None,
            people: Iterable[int] | None = None) -> list[Actor]:
    """Contributors who may read what is so marked."""
    held = mark.value
    return [actor for actor, member in members_of(party, at, people, authority) if not why_not(member, held)]


def tell(kind: str, found: Report, mark: Mark, at: datetime, key: str, *, authority: int | None = None,
         people: Iterable[int] | None = None, but: Actor | None = None) -> int:
    """Write a letter to each reader of `mark`; the number of letters. The subject line names the report's number."""
    told = {actor.own_id for actor in readers(found.party, mark, at, authority=authority, people=people)}
    if but is not None:
        told.discard(but.own_id)
    return letters.tell(told, kind, found.subject, {"number": found.number}, at=at, party=found.party, key=key)
