"""The event chain: who did what to which subject, in an order that cannot be rewritten unseen.

Each event's hash covers the one before it, so a changed, missing or inserted event breaks the chain from there on.
`data` holds codes and values, no names or addresses: sentences are worded when read, and erasing a person's
row elsewhere never breaks the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from wildgate.convention.sentence import say
from wildgate.kit import jobs
from wildgate.kit.models import ChainHead, Event, EventNote
from wildgate.kit.prepared import Insert, Statement

SYSTEM = "system"
_subscribers: dict[str, list[str]] = {}
MARK: ContextVar[Mapping[str, Any] | None] = ContextVar("mark", default=None)
"""What each event of the request that runs carries in its data: that an emergency right was open."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    party: str
    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event to be appended. `note` is free text (a reason); it is kept beside the chain, which holds its SHA-256
    under `note`."""

    kind: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def append(kind: str, subject: str, *, party: str, actor: str, at: datetime, data: Mapping[str, Any] | None = None,
           note: str = "") -> Event:
    """Add an event to the Party's chain and enqueue a job for each subscriber. Call inside a transaction."""
    return append_each([Told(kind, subject, data or {}, note)], party=party, actor=actor, at=at)[0]


def append_each(told: Sequence[Told], *, party: str, actor: str, at: datetime,
                asked: Iterable[jobs.Wanted] = ()) -> list[Event]:
    """Add the events of one act, or of several together, in their order, under one lock of the chain, and enqueue a job
    for each subscriber and those that are `asked` for beside. Call inside a transaction, as late as can be: the lock is
    held to its end. Where subscribers of many events would be many jobs, one job asks for them."""
    line = transaction.get_connection()
    if not line.in_atomic_block:
        raise RuntimeError("events.append outside a transaction: state and event would not be saved together")
    found = _lock.rows(line, party)
    seq, previous = found[0] if found else _begun(party)
    made, mark = [], MARK.get() or {}
    for i, each in enumerate(told, 1):
        data = {**each.data, **mark}
        if each.note:
            data["note"] = hashlib.sha256(each.note.encode()).hexdigest()
        event = Event(party=party, seq=seq + i, at=at.astimezone(UTC), actor=actor, kind=each.kind,
                      subject=each.subject, data=json.dumps(data, sort_keys=True, separators=(",", ":"),
                                                            ensure_ascii=False), previous=previous)
        event.hash = previous = link_hash(event)
        made.append(event)
    _insert.save(made)
    if any(each.note for each in told):
        EventNote.objects.bulk_create([EventNote(event=event, text=each.note)
                                       for event, each in zip(made, told, strict=True) if each.note])
    _move.rows(line, seq + len(made), previous, party)
    wanted = _wanted_by(made, at)
    if len(wanted) > MOST_WANTED:
        wanted = [jobs.wanted(ask_subscribers, f"{made[0].seq}-{made[-1].seq}", due=at, party_code=party,
                              first=made[0].seq, last=made[-1].seq)]
    jobs.enqueue_all([*wanted, *asked], party=party)
    return made


MOST_WANTED: Final = 24
"""Jobs of subscribers that are asked for at once (house value); a single act has some ten."""


def _wanted_by(made: Iterable[Event], at: datetime) -> list[jobs.Wanted]:
    return [jobs.wanted(name, f"{event.subject}#{event.seq}", due=at, subject=event.subject, seq=event.seq)
            for event in made for name in _subscribers.get(event.kind, ())]


@jobs.job
def ask_subscribers(*, at: datetime, party_code: str, first: int, last: int) -> None:
    """Ask for the jobs of the subscribers of these events. Run again, they are asked for again, as each may be."""
    with transaction.atomic():
        jobs.enqueue_all(_wanted_by(Event.objects.filter(party=party_code, seq__range=(first, last)).order_by("seq"),
                                    at), party=party_code)


_insert: Final = Insert(Event)
_lock: Final = Statement("SELECT seq, hash FROM kit_chainhead WHERE party = %s", postgresql=" FOR UPDATE")
_move: Final = Statement("UPDATE kit_chainhead SET seq = %s, hash = %s WHERE party = %s")


def _begun(party: str) -> tuple[int, str]:
    head = lock_head(party)
    return head.seq, head.hash


def lock_head(party: str) -> ChainHead:
    """The end of the Party's chain under its lock; the first event of all begins one."""
    head = ChainHead.objects.select_for_update().filter(party=party).first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(party=party)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(party=party)
    return head


def link_hash(event: Event) -> str:
    """SHA-256 over the previous hash and the event's own fields, in hexadecimal."""
    fields = [event.previous, event.party, event.seq, event.at.astimezone(UTC).isoformat(timespec="microseconds"),
              event.actor, event.kind, event.subject, event.data]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def note_read(subject: str, *, party: str, actor: str, at: datetime) -> None:
    """Record that somebody read a case or permit; repeated looks within a quarter of an hour are one read."""
    with transaction.atomic():
        recent = Event.objects.filter(party=party, kind="read", subject=subject, actor=actor,
                                      at__gt=at - timedelta(minutes=15))
        if not recent.exists():
            append("read", subject, party=party, actor=actor, at=at)


def subscribe(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run the decorated function as a job after each event of this kind: `function(subject=..., seq=..., at=...)`."""
    def register(function: Callable[..., None]) -> Callable[..., None]:
        name = jobs.register(function)
        _subscribers.setdefault(kind, []).append(name)
        return function
    return register


def count(party: str) -> int:
    """How many events the Party's chain holds."""
    return ChainHead.objects.filter(party=party).values_list("seq", flat=True).first() or 0


def of(subject: str, *, party: str) -> Iterator[Event]:
    """The events of one subject, oldest first, without reads."""
    return Event.objects.filter(party=party, subject=subject).exclude(kind="read").order_by("seq").iterator()


def verify(party: str) -> Break | None:
    """Walk the Party's whole chain. None when every link holds and the head agrees."""
    previous, expected = "0" * 64, 1
    for event in Event.objects.filter(party=party).order_by("seq").iterator(chunk_size=2000):
        if event.seq != expected:
            return Break(party, expected, say("an event is missing"))
        if event.previous != previous:
            return Break(party, event.seq, say("the event does not continue the one before it"))
        if link_hash(event) != event.hash:
            return Break(party, event.seq, say("the event was changed after it was written"))
        previous, expected = event.hash, expected + 1
    head = ChainHead.objects.filter(party=party).first()
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected > 1:
        return Break(party, expected, say("the newest events are missing"))
    return None
