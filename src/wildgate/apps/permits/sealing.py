"""The home Party's seal at work: tokens for a new permit, its place in the status list, and the published lists."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.keys import KeyFault, KeyStore, Use
from wildgate.seal import status as lists
from wildgate.seal.files import write_atomically
from wildgate.seal.status import State
from wildgate.seal.token import permit_digest, seal_permit

FULL = lists.SHARD * 3 // 4
"""Permits in a shard before the next one is begun: random places stay easy to find."""
REFRESH = timedelta(minutes=10)
"""Lists are signed again before their 15 minutes are over, so that a quiet register stays green."""
STATES = {
    PermitState.VALID: State.VALID, PermitState.EXPORTED: State.EXPORTED, PermitState.USED: State.USED,
    PermitState.SUSPENDED: State.SUSPENDED, PermitState.CANCELLED: State.CANCELLED,
    PermitState.REPLACED: State.REPLACED, PermitState.LOST: State.LOST,
}


@lru_cache(maxsize=4)
def key_store(home: Path) -> KeyStore:
    """The key store of a home; opened keys stay in memory."""
    return KeyStore(home, settings.SECRET_KEY)


def keys() -> KeyStore:
    return key_store(settings.HOME)


def ready(party: str) -> Refusal | None:
    """Why nothing can be sealed on this installation, when that is so."""
    try:
        keys().signing_key(party, Use.PERMIT)
    except KeyFault as fault:
        return refuse("no-key", "Permits cannot be sealed on this installation: %(fault)s", fault=fault)
    return None


def free_slot(record: PermitRecord) -> tuple[str, int]:
    """The shard of the permit's quarter of expiry and a random free place in it. Call where numbers are given out:
    the lock on the number series keeps two permits from looking at the same place."""
    quarter = f"{record.valid_until.year % 100:02d}Q{(record.valid_until.month + 2) // 3}"
    used = Permit.objects.filter(party=record.party, shard__startswith=f"{quarter}/").count()
    number, inside = divmod(used, FULL)
    shard = f"{quarter}/{number}"
    places = min(lists.SHARD, lists.shard_size(2 * (inside + 1)))
    while True:
        index = secrets.randbelow(places)
        if not Permit.objects.filter(party=record.party, shard=shard, status_index=index).exists():
            return shard, index


def seal(record: PermitRecord, shard: str, index: int) -> tuple[bytes, ...]:
    """One token for each printed page."""
    key = keys().signing_key(record.party, Use.PERMIT)
    return seal_permit(record, key, status_uri=f"{record.party}/{shard}", status_index=index)


def seal_digest(token: bytes) -> str:
    """The permit's name in ledgers: SHA-256 of what was signed, in hexadecimal."""
    return permit_digest(token).hex()


def publish(party: str, shard: str, at: datetime) -> None:
    """Sign the shard's states and issued digests as they are committed now, and put the files in place."""
    uri = f"{party}/{shard}"
    rows = list(Permit.objects.filter(party=party, shard=shard).values_list("status_index", "status__state", "tokens"))
    size = lists.shard_size(max((index for index, _, _ in rows), default=0) + 1)
    states = [State.CANCELLED] * size
    digests: list[bytes | list[bytes] | None] = [None] * size
    for index, state, tokens in rows:
        states[index] = STATES[PermitState(state)]
        digests[index] = [permit_digest(bytes.fromhex(token)) for token in tokens]
    key = keys().signing_key(party, Use.STATUS)
    folder = settings.HOME / "status"
    write_atomically(folder / lists.status_path(uri), lists.build_status_list(states, uri=uri, key=key, at=at))
    write_atomically(folder / lists.digests_path(uri), lists.build_digests(digests, uri=uri, key=key, at=at))
    publish_trust(party, at)


def publish_trust(party: str, at: datetime) -> Path:
    """Write the Party's trust list to `trust.cwt`, when the one in place is missing or older than its refresh time."""
    path: Path = settings.HOME / "trust.cwt"
    if is_stale(path, at):
        write_atomically(path, keys().trust_list(party, at))
    return path


def is_stale(path: Path, at: datetime) -> bool:
    """Whether a signed file is missing or about to look old to a verifier."""
    return not path.exists() or at - datetime.fromtimestamp(path.stat().st_mtime, UTC) > REFRESH


def refresh(at: datetime) -> int:
    """Sign again every list of unexpired permits that is about to look stale; the number of lists."""
    shards = set(Permit.objects.filter(valid_until__gte=at.date() - timedelta(days=60)).values_list("party", "shard"))
    due = 0
    for party, shard in sorted(shards):
        if is_stale(settings.HOME / "status" / lists.status_path(f"{party}/{shard}"), at):
            publish(party, shard, at)
            due += 1
    publish_trust(settings.PARTY, at)
    return due
