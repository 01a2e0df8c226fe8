"""Watch lists and intelligence, with reason, source and end; a name counts when a second person confirmed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Role
from wildgate.apps.risk.models import Intelligence, WatchEntry
from wildgate.apps.risk.parties import SHORTEST, plain_name
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ADDED, CONFIRMED, ENDED = "watch-added", "watch-confirmed", "watch-ended"
HEARD, DROPPED = "intelligence-added", "intelligence-ended"
LONGEST = timedelta(days=2 * 365)
BASIS = ("House rule: two people put a name on the watch list",)
PERSONS = ("House rule: natural persons are watched by investigators only",)


def watch(*, actor: Actor, given: Mapping[str, Any], at: datetime) -> WatchEntry | Refusal:
    """Enter a name. A natural person only by an investigator; nationality has no field."""
    if refused := require(actor, Action.KEEP_WATCH_LISTS):
        return refused
    plain = plain_name(str(given["name"]))
    if len(plain) < SHORTEST:
        return refuse("name-short", "The name has too few letters to be told from others.", field="name")
    if given.get("natural_person") and not actor.has(Role.INVESTIGATOR):
        return refuse("natural-person", "Only an investigator puts a natural person on the list.",
                      field="natural_person", basis=PERSONS)
    if (late := _end(given["expires_on"], at)) is not None:
        return late
    with transaction.atomic():
        row = WatchEntry.objects.create(party=actor.party, plain=plain[:200], added_by_id=actor.own_id, added_at=at,
                                        **{name: given[name] for name in ("name", "country", "natural_person", "reason",
                                                                          "source", "expires_on")})
        events.append(ADDED, row.subject, party=row.party, actor=actor.label, at=at,
                      data={"until": row.expires_on.isoformat(), "person": row.natural_person}, note=row.reason)
    return row


def confirm_watch(*, actor: Actor, entry: int, at: datetime) -> WatchEntry | Refusal:
    """A second person agrees; from now on the entry counts."""
    if refused := require(actor, Action.KEEP_WATCH_LISTS):
        return refused
    with transaction.atomic():
        row = WatchEntry.objects.select_for_update().filter(party=actor.party, pk=entry, ended_at=None).first()
        if row is None or row.confirmed_at is not None:
            return refuse("no-such-entry", "There is no such entry that waits for a second person.")
        if row.natural_person and not actor.has(Role.INVESTIGATOR):
            return refuse("natural-person", "Only an investigator puts a natural person on the list.", basis=PERSONS)
        if row.added_by_id == actor.person_id:
            return refuse("own-entry", "Nobody confirms what they entered themselves.", basis=BASIS)
        row.confirmed_by_id, row.confirmed_at = actor.own_id, at
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        events.append(CONFIRMED, row.subject, party=row.party, actor=actor.label, at=at)
    return row


def end_watch(*, actor: Actor, entry: int, why: str, at: datetime) -> WatchEntry | Refusal:
    """Take a name off the list before its end, with the reason."""
    if refused := require(actor, Action.KEEP_WATCH_LISTS):
        return refused
    if not why.strip():
        return refuse("reason-missing", "Say why, so that others know.", field="why")
    with transaction.atomic():
        row = WatchEntry.objects.select_for_update().filter(party=actor.party, pk=entry, ended_at=None).first()
        if row is None or (row.natural_person and not actor.has(Role.INVESTIGATOR)):
            return refuse("no-such-entry", "There is no such entry on the list.")
        row.ended_at, row.ended_why = at, why.strip()[:300]
        row.save(update_fields=["ended_at", "ended_why"])
        events.append(ENDED, row.subject, party=row.party, actor=actor.label, at=at, note=row.ended_why)
    return row


def hear(*, actor: Actor, given: Mapping[str, Any], at: datetime) -> Intelligence | Refusal:
    """Enter something heard, graded, with its scope and end."""
    if refused := require(actor, Action.KEEP_INTELLIGENCE):
        return refused
    scope = {name: given.get(name) or "" for name in ("taxon", "term", "departure", "destination", "firm")}
    if not any(scope.values()):
        return refuse("no-scope", "Say what it is about: a taxon, a term, a way or a firm.", field="taxon")
    if not (scope["taxon"] or scope["term"] or scope["firm"]):
        return refuse("country-alone", "A country alone selects nobody: add a taxon, a term or a firm.", field="taxon",
                      basis=("WTO Trade Facilitation Agreement, Article 7.4.2",))
    if not given["points"]:
        return refuse("no-points", "Say by how many points it raises or lowers.", field="points")
    if (late := _end(given["expires_on"], at)) is not None:
        return late
    with transaction.atomic():
        row = Intelligence.objects.create(
            party=actor.party, text=given["text"], reliability=given["reliability"], content=int(given["content"]),
            points=given["points"], expires_on=given["expires_on"], plain_firm=plain_name(scope["firm"])[:200],
            added_by_id=actor.own_id, added_at=at, **scope)
        events.append(HEARD, row.subject, party=row.party, actor=actor.label, at=at, data={
            "grade": f"{row.reliability}{row.content}", "points": row.points, "until": row.expires_on.isoformat()})
    return row


def drop(*, actor: Actor, item: int, at: datetime) -> Intelligence | Refusal:
    """End an item of intelligence before its time."""
    if refused := require(actor, Action.KEEP_INTELLIGENCE):
        return refused
    with transaction.atomic():
        row = Intelligence.objects.select_for_update().filter(party=actor.party, pk=item, ended_at=None).first()
        if row is None:
            return refuse("no-such-item", "There is no such item in force.")
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        events.append(DROPPED, row.subject, party=row.party, actor=actor.label, at=at)
    return row


def _end(last: Any, at: datetime) -> Refusal | None:
    if last <= at.date():
        return refuse("over-already", "The last day must be later than today.", field="expires_on")
    if last > at.date() + LONGEST:
        return refuse("too-long-in-force", "It holds for two years at most; enter it again then.", field="expires_on")
    return None
