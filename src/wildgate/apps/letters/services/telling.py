"""Writing letters: of an event, as the table says; or to people whom the caller names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.letters import audience, planning
from wildgate.apps.letters.audience import Happened
from wildgate.apps.letters.cover import AWAY, STAND_IN
from wildgate.apps.letters.gathering import ALONE, MORE, MOST
from wildgate.apps.letters.models import Letter, person_key
from wildgate.apps.letters.notices import ROLES, Who, rows_of
from wildgate.apps.letters.subjects import number_of, sees, split, things
from wildgate.kit.models import Event

NOT_MAILED = frozenset({"mail-failed"})
"""Kinds that cause no mail of their own: a mail server that is down would be told of itself without end."""


def tell_of(event: Event, *, at: datetime) -> int:
    """Write the letters of an event, one to a person; the number of new ones. Run again, there are none.

    Of the parts in which a person is told, the first row of the table counts. Nobody is told what they did themselves,
    unless the row is a receipt, or what they may not see.
    """
    thing = things(event.party, [event.subject]).get(event.subject)
    what = Happened(event.party, event.seq, event.kind, event.subject, thing, json.loads(event.data), at.date())
    doer = person_key(event.actor)
    letters: dict[int, Letter] = {}
    for row in rows_of(event.kind):
        found = audience.people(row.who, what) - letters.keys() - (set() if row.receipt else {doer})
        firm = audience.organisation_of(row.who, what)
        for actor in _actors(found, at):
            if may_read(actor, row.who.value, event.subject, thing):
                letters[actor.own_id] = Letter(
                    party=event.party, person_id=actor.own_id, cause=f"event:{event.seq}", kind=event.kind,
                    who=row.who.value, organisation_id=firm, subject=event.subject, params=_params(what), at=event.at)
    alone = [letter for letter in letters.values() if not _counted(letter, event.seq, at)]
    return _write(alone, event.party, at)


def _counted(letter: Letter, seq: int, at: datetime) -> bool:
    """Whether the reader has enough of this kind unread, so that it is counted in one letter with others instead."""
    more = MORE.get((letter.kind, letter.who))
    mine = Letter.objects.filter(party=letter.party, person=letter.person_id, who=letter.who)
    if more is None or mine.filter(kind=letter.kind, read_at=None)[:ALONE].count() < ALONE:
        return False
    planning.alone_for(letter.person_id)
    newest = mine.filter(kind=more).order_by("-pk").first()
    if mine.filter(cause=letter.cause).exists() or (newest is not None and seq in newest.params["events"]):
        return True
    if newest is None or newest.read_at is not None or newest.params["number"] >= MOST:
        newest = Letter(party=letter.party, person_id=letter.person_id, cause=f"more:{seq}", kind=more, who=letter.who,
                        subject="", params={"number": 0, "events": []})
    newest.params = {"number": newest.params["number"] + 1, "events": [*newest.params["events"], seq]}
    newest.at, newest.mail, newest.mailed_at = letter.at, None, None
    newest.save()
    planning.plan({letter.person_id}, party=letter.party, at=at)
    return True


def tell_of_absence(event: Event, *, at: datetime) -> int:
    """Write to the stand-in and to whoever is away, but not to the one who entered or ended it. Run again, there are
    none."""
    data, doer, away = json.loads(event.data), person_key(event.actor), person_key(event.subject)
    return sum(tell({person} - {doer}, event.kind + part, f"absence:{data.get('absence')}", {}, at=at,
                    party=event.party, key=f"event:{event.seq}")
               for person, part in ((away, AWAY), (data["stand_in"], STAND_IN)) if person is not None)


def tell(person_ids: Iterable[int], kind: str, subject: str, params: Mapping[str, Any], *, at: datetime, party: str,
         who: Who = Who.PERSON, key: str = "", silent: bool = False) -> int:
    """Tell these people; the number of letters. `kind` has its words in the table, `key` makes a second call harmless.

    `params` hold numbers and codes: no names, no taxa. A `silent` letter is in the inbox and never mailed.
    """
    thing = things(party, [subject]).get(subject)
    cause = key or f"{kind}:{subject}:{at.isoformat()}"
    letters = [Letter(party=party, person_id=actor.own_id, cause=cause[:120], kind=kind, who=who.value,
                      subject=subject, params=dict(params), at=at, silent=silent)
               for actor in _actors(set(person_ids), at) if may_read(actor, who.value, subject, thing)]
    return _write(letters, party, at)


def tell_administrators(kind: str, subject: str, params: Mapping[str, Any], *, at: datetime, party: str,
                        key: str = "") -> int:
    found = audience.holders(party, ROLES[Who.ADMINISTRATORS], at.date())
    return tell(found, kind, subject, params, at=at, party=party, who=Who.ADMINISTRATORS, key=key)


def may_read(actor: Actor, who: str, subject: str, thing: Any) -> bool:
    """Whether the part is still the actor's, and the subject theirs to see in it."""
    roles = ROLES.get(Who(who), frozenset())
    return (not roles or bool(roles & actor.roles)) and sees(actor, who, subject, thing)


def _actors(people: set[int], at: datetime) -> list[Actor]:
    return [actor_of(person, at.date()) for person in Person.objects.filter(pk__in=people, is_active=True)
            .order_by("pk")] if people else []


def _params(what: Happened) -> dict[str, Any]:
    """What the words and the link need: the number that people know the subject by, the case of a double use."""
    device = split(what.subject)[0] == "device"
    params: dict[str, Any] = {"number": "–" if device else number_of(what.subject, what.thing)}
    if isinstance(what.data.get("case"), int):
        params["case"] = what.data["case"]
    return params


def _write(letters: list[Letter], party: str, at: datetime) -> int:
    """Save them, and have them mailed to who wants that. Inside one transaction: no letter without its mail job."""
    if not letters:
        return 0
    with transaction.atomic():
        before = Letter.objects.filter(party=party, cause=letters[0].cause,
                                       person_id__in=[letter.person_id for letter in letters]).count()
        Letter.objects.bulk_create(letters, ignore_conflicts=True)
        if letters[0].kind not in NOT_MAILED and not letters[0].silent:
            planning.plan({letter.person_id for letter in letters}, party=party, at=at)
    return len(letters) - before
