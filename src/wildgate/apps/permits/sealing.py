"""The home Party's seal at work: tokens for a new permit, its place in the status list, and the published lists."""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.hsm import Hsm
from wildgate.kit.keybook import alone
from wildgate.kit.keys import KeyFault, KeyStore, Use
from wildgate.kit.numbering import catch_up, next_number
from wildgate.seal import status as lists
from wildgate.seal.companion import Companion
from wildgate.seal.files import write_atomically
from wildgate.seal.status import State
from wildgate.seal.status_index import (
    Change,
    ShardEntry,
    StatusIndex,
    build_delta,
    build_index,
    delta_path,
    index_path,
    read_index,
)
from wildgate.seal.token import permit_digest, seal_companion, seal_permit
from wildgate.seal.trust import Keyring, TrustList, read_trust_list
from wildgate.seal.trusted import archive

FULL = lists.SHARD * 3 // 4
"""Permits in a shard before the next one is begun: random places stay easy to find."""
MISSES = 200
"""Random places tried before the quarter is counted anew: in a shard that is three quarters full never needed."""
AHEAD = timedelta(minutes=2)
"""A file that is younger than now by more than this was signed while the clock was ahead."""
REFRESH = timedelta(minutes=10)
"""Lists are signed again before their 15 minutes are over, so that a quiet register stays green."""
STATES = {
    PermitState.VALID: State.VALID, PermitState.PARTLY_USED: State.PARTLY_USED,
    PermitState.EXPORTED: State.EXPORTED, PermitState.USED: State.USED,
    PermitState.SUSPENDED: State.SUSPENDED, PermitState.CANCELLED: State.CANCELLED,
    PermitState.REPLACED: State.REPLACED, PermitState.LOST: State.LOST,
}


@lru_cache(maxsize=4)
def key_store(home: Path) -> KeyStore:
    """The key store of a home; opened keys stay in memory."""
    hsm = Hsm(settings.PKCS11, settings.PKCS11_PIN) if settings.PKCS11 else None
    return KeyStore(home, settings.SECRET_KEY, hsm)


def keys() -> KeyStore:
    return key_store(settings.HOME)


def ready(party: str, at: datetime) -> Refusal | None:
    """Why nothing can be sealed on this installation at `at`, when that is so."""
    try:
        keys().signing_key(party, Use.PERMIT, at)
    except KeyFault as fault:
        return refuse("no-key", "Permits cannot be sealed on this installation: %(fault)s", fault=fault)
    return None


def free_slot(record: PermitRecord) -> tuple[str, int]:
    """The shard of the permit's quarter of expiry and a random free place in it. In the transaction that issues: the
    lock on the quarter's series keeps two permits from looking at the same place.

    How many there are is a number that is kept, not counted; the place itself is as random as the register is free.
    """
    quarter = quarter_of(record.valid_until)
    while True:
        used = next_number(record.party, series_of(quarter), record.valid_until.year) - 1
        number, inside = divmod(used, FULL)
        shard = f"{quarter}/{number}"
        places = min(lists.SHARD, lists.shard_size(2 * (inside + 1)))
        taken = Permit.objects.filter(party=record.party, shard=shard)
        for _try in range(MISSES):
            index = secrets.randbelow(places)
            if not taken.filter(status_index=index).exists():
                return shard, index
        catch_up(record.party, series_of(quarter), record.valid_until.year, Permit.objects.filter(
            party=record.party, shard__startswith=f"{quarter}/").count())


def quarter_of(day: date) -> str:
    """The quarter of a permit's end, as shards are named."""
    return f"{day.year % 100:02d}Q{(day.month + 2) // 3}"


def series_of(quarter: str) -> str:
    """The series that counts the permits of a quarter."""
    return f"slots {quarter}"


def seal(record: PermitRecord, shard: str, index: int) -> tuple[bytes, ...]:
    """One token for each printed page."""
    key = keys().signing_key(record.party, Use.PERMIT, record.issued_at)
    return seal_permit(record, key, status_uri=f"{record.party}/{shard}", status_index=index)


def seal_beside(companion: Companion, at: datetime) -> bytes:
    """The code of a paper beside a permit: a label, or a certificate that is not complete."""
    return seal_companion(companion, keys().signing_key(companion.party, Use.PERMIT, at))


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
    key = keys().signing_key(party, Use.STATUS, at)
    folder = settings.HOME / "status"
    signed = (lists.build_status_list(states, uri=uri, key=key, at=at),
              lists.build_digests(digests, uri=uri, key=key, at=at))
    for path, data in zip((lists.status_path(uri), lists.digests_path(uri)), signed, strict=True):
        write_atomically(folder / path, data)
    publish_index(party, {uri: ShardEntry.of(at, *signed)}, at)
    publish_trust(party, at)


def publish_index(party: str, changed: Mapping[str, ShardEntry], at: datetime) -> None:
    """Sign the Party's index of shards with these entries. One publisher at a time: none loses another's entry."""
    path = settings.HOME / "status" / index_path(party)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = read_index(path.read_bytes(), party, own_keys(party)) if path.exists() else None
        shards = dict(known.shards) if isinstance(known, StatusIndex) else {}
        now = (at + AHEAD).timestamp()  # an entry from the future was signed while the clock was ahead: it makes way
        shards |= {uri: entry for uri, entry in changed.items()
                   if uri not in shards or shards[uri].issued_at <= entry.issued_at or shards[uri].issued_at > now}
        key = keys().signing_key(party, Use.STATUS, at)
        write_atomically(path, build_index(shards, party=party, key=key, at=at))


def publish_delta(party: str, at: datetime) -> None:
    """Sign the changes of the day of `at` so far, for readers who hold this morning's lists."""
    start = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    rows = Permit.objects.filter(party=party, status__changed_at__gte=start).values_list(
        "shard", "status_index", "status__state", "tokens")
    changes = [Change(f"{party}/{shard}", index, STATES[PermitState(state)],
                      tuple(permit_digest(bytes.fromhex(token)) for token in tokens))
               for shard, index, state, tokens in rows]
    data = build_delta(changes, party=party, day=start.date(), key=keys().signing_key(party, Use.STATUS, at), at=at)
    write_atomically(settings.HOME / "status" / delta_path(party, start.date()), data)


def own_keys(party: str) -> Keyring:
    """The Party's status keys as a verifier would know them, to read back our own index."""
    entries = tuple(part.entry() for part in keys().parts(party) if part.use is Use.STATUS)
    past = datetime.fromtimestamp(0, UTC)
    return Keyring(TrustList(party, 0, past, past, timedelta(0), entries[0].key, entries, {}))


def publish_trust(party: str, at: datetime) -> Path:
    """Write the Party's trust list to `trust.cwt` and keep it for ever, when the one in place says something else
    than is true now or is half through its time. Its number always rises, whatever the clock does."""
    path: Path = settings.HOME / "trust.cwt"
    with alone(settings.HOME / "trust"):
        held = read_trust_list(path.read_bytes(), None) if path.exists() else None
        number = max(int(at.timestamp()), held.sequence + 1 if isinstance(held, TrustList) else 0)
        data = keys().trust_list(party, at, sequence=number)
        if not (isinstance(held, TrustList) and _says_the_same(held, data, at)):
            write_atomically(path, data)
            archive(settings.HOME, data)
    return path


def _says_the_same(held: TrustList, data: bytes, at: datetime) -> bool:
    """Whether the list in place need not be replaced by the one in `data`."""
    new = read_trust_list(data, None)
    return isinstance(new, TrustList) and held.issued_at - AHEAD < at < held.issued_at + held.ttl / 2 and (
        held.operator, held.roots, held.entries, held.parties) == (new.operator, new.roots, new.entries, new.parties)


def is_stale(path: Path, at: datetime) -> bool:
    """Whether a signed file is missing, about to look old to a verifier, or was signed while the clock was ahead."""
    if not path.exists():
        return True
    age = at - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return age > REFRESH or age < -AHEAD


def refresh(at: datetime) -> int:
    """Sign again every list of unexpired permits that is about to look stale; the number of lists."""
    shards = set(Permit.objects.filter(valid_until__gte=at.date() - timedelta(days=60)).values_list("party", "shard"))
    due = 0
    for party, shard in sorted(shards):
        if is_stale(settings.HOME / "status" / lists.status_path(f"{party}/{shard}"), at):
            publish(party, shard, at)
            due += 1
    for party in {party for party, _ in shards}:
        if is_stale(settings.HOME / "status" / delta_path(party, at.astimezone(UTC).date()), at):
            publish_delta(party, at)
    publish_trust(settings.PARTY, at)
    return due
