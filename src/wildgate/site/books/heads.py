"""Is the database older than what was published? The signed heads of the chain know how far it was.

A restored backup is whole and holds in itself. Only what left the database before tells that something is missing:
the daily heads in the folder of lists, which partners and mirrors keep too (0049), or a head given by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import ChainHead, Event
from wildgate.seal import cbor
from wildgate.seal.claims import IAT, ISS
from wildgate.seal.envelope import open_envelope
from wildgate.seal.trust import Keyring
from wildgate.site.audit_export.verify import HEAD_CLAIM, HEAD_KIND
from wildgate.site.books.fault import Fault, told
from wildgate.site.books.head import LARGEST, Head, typed
from wildgate.site.books.lists import keyring

ACCEPTED: Final = "older-database-accepted"
"""The event by which somebody took responsibility for going on with an older database."""
DO: Final = ("Stop the service. Restore a newer backup; if there is none, go on with `wildgate audit accept "
             "--reason ...`, which is written into the chain, and enter again what is missing.")


def every_head(party: str, *, newest: int = 0) -> Iterator[Fault]:
    """Each published head is that of an event that is there; `newest`: only so many of the last days."""
    ring, settled = keyring(party), set(accepted_heads(party))
    folder = Path(settings.HOME, "status", party)
    files = [folder / "audit-head.cwt", *sorted((folder / "audit").glob("*.cwt"), reverse=True)[:newest or None]]
    for file in files:
        if not file.exists():
            continue
        head = read(file, party, ring)
        if isinstance(head, Refusal):
            yield Fault(f"head {file.name}", head.reason, "Compare it with the copy that a partner or mirror keeps.")
        elif head.hash not in settled:
            settled.add(head.hash)
            if fault := disagrees(head, party):
                yield fault


def disagrees(head: Head, party: str) -> Fault | None:
    """What is wrong with the database, seen from one head."""
    here = ChainHead.objects.filter(party=party).first()
    count = here.seq if here else 0
    if head.seq > count:
        return Fault(f"events of {party}", f"The database is older than what was published: it has {count} events, the "
                     f"head {head.where}{head.day} has {head.seq}. An old backup was restored; "
                     f"{head.seq - count} events are missing.", DO)
    link = Event.objects.filter(party=party, seq=head.seq).values_list("hash", flat=True).first()
    if link != head.hash:
        return Fault(f"events of {party}", f"Event {head.seq} is not the one of the head {head.where}{head.day}: "
                     "an old backup was restored and others went on from there, or the past was rewritten.", DO)
    return None


def read(file: Path, party: str, ring: Keyring | None) -> Head | Refusal:
    """A published head, when a status key of the Party signed it."""
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    envelope = open_envelope(data, LARGEST)
    unreadable = refuse("head-unreadable", "The head %(file)s is damaged or was not signed by this Party.",
                        file=file.name)
    if isinstance(envelope, Refusal) or envelope.header.kind != HEAD_KIND or ring is None:
        return unreadable
    found = ring.find(envelope.header.kid)
    if found is None or not envelope.verified_by(found[0].key):
        return unreadable
    try:
        claims = cbor.decode(envelope.payload)
        head = claims[HEAD_CLAIM]
        if claims[ISS] != party:
            return unreadable
        return Head(file.name, int(head[1]), bytes(head[2]).hex(), datetime.fromtimestamp(claims[IAT], UTC))
    except (cbor.NotDeterministic, KeyError, TypeError, ValueError):
        return unreadable


def given(text: str, party: str) -> Head | Refusal:
    """A head that somebody gives: a file as it was published, or NUMBER:HASH as `wildgate audit verify --json` says."""
    found = typed(text)
    return read(found, party, keyring(party)) if isinstance(found, Path) else found


def accepted_heads(party: str) -> frozenset[str]:
    """The heads that somebody went on without, and said why."""
    found = Event.objects.filter(party=party, kind=ACCEPTED)
    return frozenset(str(link) for event in found for link in told(event).get("heads", ()))


def accept(party: str, reason: str, at: datetime) -> tuple[Head, ...]:
    """Write into the chain that the installation goes on without what these heads knew; the heads."""
    from django.db import transaction
    ring, accepted = keyring(party), accepted_heads(party)
    folder = Path(settings.HOME, "status", party)
    files = (*sorted((folder / "audit").glob("*.cwt")), folder / "audit-head.cwt")
    heads = [read(file, party, ring) for file in files if file.exists()]
    missing = {head.hash: head for head in heads
               if isinstance(head, Head) and head.hash not in accepted and disagrees(head, party)}
    if missing:
        with transaction.atomic():
            events.append(ACCEPTED, "database", party=party, actor=events.SYSTEM, at=at, note=reason,
                          data={"heads": sorted(missing), "up_to": max(head.seq for head in missing.values())})
    return tuple(missing.values())
