"""Keeping the keys of an installation: each change is an event, and the lists that tell of it are published at once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.permits import sealing
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.keys import KeyPart, Use
from wildgate.kit.models import Event
from wildgate.seal.trusted import Held, admit

MADE: Final = "key-made"
PUBLISHED: Final = "trust-published"
IMPORTED: Final = "trust-imported"


def rotate(party: str, use: Use, *, by: str, at: datetime, since: datetime | None = None) -> KeyPart:
    """Make the next key of a use; the one before is retired when it comes into force. Raises KeyFault."""
    made = sealing.keys().rotate(party, use, at, since=since, by=by)
    tell(party, by=by, at=at, lists_too=use is Use.STATUS)
    return made


def retire(party: str, use: Use, number: int, *, by: str, at: datetime) -> KeyPart:
    """End the use of one key. Raises KeyFault."""
    retired = sealing.keys().retire(party, use, number, at, by=by)
    tell(party, by=by, at=at, lists_too=use is Use.STATUS)
    return retired


def report_stolen(party: str, use: Use, number: int | None, *, by: str, at: datetime,
                  since: datetime | None = None) -> tuple[KeyPart, KeyPart]:
    """Mark a key as stolen; the key that signs from now on comes with it. Raises KeyFault.

    All status lists are signed again: what a stolen status key signed is worth nothing from now on, and of a stolen
    permit key every reader needs the newest register.
    """
    pair = sealing.keys().report_stolen(party, use, number, at, since=since, by=by)
    tell(party, by=by, at=at, lists_too=True)
    return pair


def import_list(data: bytes, *, by: str, at: datetime, fingerprint: str = "",
                speaks_for: tuple[str, ...] = ()) -> Held | Refusal:
    """Take a partner's trust list, or say why not."""
    taken = admit(settings.HOME, data, at, fingerprint=fingerprint, speaks_for=speaks_for)
    if isinstance(taken, Held) and taken.list:
        with transaction.atomic():
            events.append(IMPORTED, f"trust:{taken.keeper}", party=settings.PARTY, actor=by, at=at, data={
                "sequence": taken.list.sequence, "root": taken.list.root.thumbprint.hex(),
                "sha256": hashlib.sha256(data).hexdigest()})
    return taken


def tell(party: str, *, by: str, at: datetime, lists_too: bool = False) -> None:
    """Publish the trust list and enter every change of a key into the chain that is not there yet.

    The journal of the keys is written first: a change whose event was lost to a crash is entered the next time.
    """
    path = sealing.publish_trust(party, at)
    if _untold(party, at):
        with transaction.atomic():
            events.lock_head(party)
            for kind, subject, actor, when, facts in _untold(party, at):
                events.append(kind, subject, party=party, actor=actor or by, at=when, data=facts)
            data = path.read_bytes()
            events.append(PUBLISHED, "trust", party=party, actor=by, at=at,
                          data={"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})
    if lists_too:
        for shard in sorted(set(Permit.objects.filter(party=party).values_list("shard", flat=True))):
            sealing.publish(party, shard, at)


def _untold(party: str, at: datetime) -> list[tuple[str, str, str, datetime, dict[str, Any]]]:
    """Kind, subject, who, when and facts of each change of the Party's keys without an event, oldest first."""
    store = sealing.keys()
    parts = {(part.use, part.number): part for part in store.parts(party)}
    found = [(MADE, part.subject, "", min(part.since, at), _facts(part)) for part in parts.values()]
    for row in store.rows(party):
        part = parts[row.use, row.number]
        found.append((row.fate.value, part.subject, row.by, row.at,
                      _facts(part) | {"since": row.since.astimezone(UTC).isoformat()}))
    known = set(Event.objects.filter(party=party, kind__startswith="key-").values_list("kind", "subject"))
    return sorted((change for change in found if change[:2] not in known), key=lambda change: change[3])


def _facts(part: KeyPart) -> dict[str, Any]:
    return {"use": part.use.value, "number": part.number, "thumbprint": part.public.thumbprint.hex()}
