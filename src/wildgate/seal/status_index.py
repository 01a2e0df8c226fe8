"""What there is to fetch of a Party's status lists: a signed index of its shards, and the changes of each day.

A post with a poor line reads the index (a few hundred bytes), fetches what changed, or takes the day's delta: for
10 million permits that is 111 kB instead of 2 MB. Neither changes what a shard says; both are signed by the status key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal import shape
from wildgate.seal.claims import EXP, IAT, is_status_uri
from wildgate.seal.envelope import Kind
from wildgate.seal.keys import SigningKey
from wildgate.seal.shape import Unfit
from wildgate.seal.status import (
    LIFETIME,
    REFRESH,
    SHARD,
    SLOT_BYTES,
    SUB,
    Digests,
    State,
    StatusList,
    open_list,
    sign_list,
)
from wildgate.seal.trust import TTL, Keyring

INDEX, DELTA = -65542, -65543
LARGEST_INDEX: Final = 1 << 20
LARGEST_DELTA: Final = 4 << 20
MOST_SHARDS: Final = 10_000
_STATES: Final = frozenset(int(state) for state in State)


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """One shard as published: when it was signed (UTC seconds) and the SHA-256 of its list and of its digest file."""

    issued_at: int
    list_digest: bytes
    digests_digest: bytes

    @classmethod
    def of(cls, issued_at: datetime, status_list: bytes, digests: bytes) -> ShardEntry:
        return cls(int(issued_at.timestamp()), hashlib.sha256(status_list).digest(), hashlib.sha256(digests).digest())


@dataclass(frozen=True, slots=True)
class StatusIndex:
    """The shards of `party` by name (`QM/27Q3/0`), as of `issued_at`, UTC seconds."""

    party: str
    issued_at: int
    expires_at: int
    shards: Mapping[str, ShardEntry]


@dataclass(frozen=True, slots=True)
class Change:
    """A permit whose state changed: its place, its state now, and 8 bytes of its digest for each page."""

    uri: str
    index: int
    state: int
    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """Every change of `party` on one day (UTC), as of `issued_at`: of each permit the newest state only."""

    party: str
    day: date
    issued_at: int
    expires_at: int
    ttl: int
    changes: Mapping[str, tuple[Change, ...]]


def index_path(party: str) -> str:
    """Where the index of a Party is kept below the folder of lists."""
    return f"{party}/index.cwt"


def delta_path(party: str, day: date) -> str:
    return f"{party}/delta/{day.isoformat()}.cwt"


def build_index(shards: Mapping[str, ShardEntry], *, party: str, key: SigningKey, at: datetime) -> bytes:
    """Sign the index of a Party's shards."""
    rows = {uri: [entry.issued_at, entry.list_digest, entry.digests_digest] for uri, entry in shards.items()}
    return sign_list({SUB: party, INDEX: {0: 1, 1: rows}}, Kind.STATUS_INDEX, key, at, REFRESH, LIFETIME)


def read_index(data: bytes, party: str, keys: Keyring) -> StatusIndex | Refusal:
    """Read the index of `party`, signed by its status key."""
    claims = open_list(data, party, keys, Kind.STATUS_INDEX, LARGEST_INDEX)
    if isinstance(claims, Refusal):
        return claims
    try:
        shape.known_keys(claims, frozenset({SUB, IAT, EXP, TTL, INDEX}), "the index")
        body = claims.get(INDEX)
        shape.known_keys(body, frozenset(range(2)), "the index")
        rows: dict[Any, Any] = shape.need(body, 1, dict, "the list of shards")
        if len(rows) > MOST_SHARDS:
            raise Unfit(f"it names more than {MOST_SHARDS} shards")
        return StatusIndex(party, shape.time(claims, IAT, "its time"), shape.time(claims, EXP, "its end"),
                           {_uri(uri, party): _shard(row) for uri, row in rows.items()})
    except Unfit as fault:
        return _unreadable(party, str(fault))


def _uri(uri: object, party: str) -> str:
    if type(uri) is not str or not is_status_uri(uri) or uri[:2] != party:
        raise Unfit("it names a list of another Party")
    return uri


def _shard(row: object) -> ShardEntry:
    match row:
        case [int(issued), bytes(listed), bytes(digests)] if 0 <= issued < shape.LATEST_TIME \
                and len(listed) == len(digests) == 32:
            return ShardEntry(issued, listed, digests)
    raise Unfit("a shard's entry is not complete")


def build_delta(changes: Iterable[Change], *, party: str, day: date, key: SigningKey, at: datetime) -> bytes:
    """Sign the changes of one day. Each permit stands once, with its newest state."""
    rows: dict[str, list[Any]] = {}
    for change in sorted(changes, key=lambda one: (one.uri, one.index)):
        slots = b"".join(digest[:SLOT_BYTES] for digest in change.digests)
        rows.setdefault(change.uri, []).append([change.index, change.state, slots])
    body = {0: 1, 1: day.isoformat(), 2: rows}
    return sign_list({SUB: party, DELTA: body}, Kind.STATUS_DELTA, key, at, REFRESH, LIFETIME)


def read_delta(data: bytes, party: str, keys: Keyring) -> Delta | Refusal:
    """Read a delta of `party`, signed by its status key."""
    claims = open_list(data, party, keys, Kind.STATUS_DELTA, LARGEST_DELTA)
    if isinstance(claims, Refusal):
        return claims
    try:
        shape.known_keys(claims, frozenset({SUB, IAT, EXP, TTL, DELTA}), "the delta")
        body = claims.get(DELTA)
        shape.known_keys(body, frozenset(range(3)), "the delta")
        rows: dict[Any, Any] = shape.need(body, 2, dict, "the list of changes")
        if not all(type(changes) is list for changes in rows.values()):
            raise Unfit("a shard's changes are not a list")
        return Delta(party, _day(shape.need(body, 1, str, "the day")), shape.time(claims, IAT, "its time"),
                     shape.time(claims, EXP, "its end"), shape.time(claims, TTL, "its time to live"),
                     {_uri(uri, party): tuple(_change(uri, row) for row in found) for uri, found in rows.items()})
    except Unfit as fault:
        return _unreadable(party, str(fault))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit("its day is not a date") from None


def _change(uri: str, row: object) -> Change:
    match row:
        case [int(index), int(state), bytes(slots)] if 0 <= index < SHARD and state in _STATES \
                and slots and len(slots) % SLOT_BYTES == 0 and type(index) is type(state) is int:
            return Change(uri, index, state, tuple(slots[at:at + SLOT_BYTES]
                                                   for at in range(0, len(slots), SLOT_BYTES)))
    raise Unfit("a change is not complete")


def advanced(listed: StatusList, digests: Digests, delta: Delta) -> tuple[StatusList, Digests] | Refusal:
    """A shard brought forward by a day's changes. It must have been signed on that day or be complete up to its start.

    The delta tells every change since the day began, so a shard of the day before that is older than midnight may lack
    changes: then fetch the shard.
    """
    start = int(datetime.fromisoformat(f"{delta.day}T00:00:00+00:00").timestamp())
    if listed.issued_at < start or digests.issued_at < start:
        return refuse("delta-gap", "The list on this device is of before %(day)s: fetch the list itself.",
                      day=delta.day)
    if delta.issued_at <= listed.issued_at:
        return listed, digests
    changes = delta.changes.get(listed.uri, ())
    packed, slots, annex = bytearray(listed.packed), bytearray(digests.slots), dict(digests.annex)
    for change in changes:
        _grow(packed, slots, change.index)
        shift = (change.index & 1) << 2
        packed[change.index >> 1] = packed[change.index >> 1] & (0xF0 >> shift) | change.state << shift
        slots[change.index * SLOT_BYTES:(change.index + 1) * SLOT_BYTES] = change.digests[0]
        if len(change.digests) > 1:
            annex[change.index] = b"".join(change.digests[1:])
    return (replace(listed, packed=bytes(packed), issued_at=delta.issued_at, expires_at=delta.expires_at,
                    ttl=delta.ttl),
            replace(digests, slots=bytes(slots), annex=annex, issued_at=delta.issued_at))


def _grow(packed: bytearray, slots: bytearray, index: int) -> None:
    """Room for a place beyond the shard as it was; unused places read CANCELLED."""
    while index >= len(packed) * 2:
        packed.extend(bytes((State.CANCELLED | State.CANCELLED << 4,)) * len(packed))
        slots.extend(bytes(len(slots)))


def outdated(index: StatusIndex, held: Mapping[str, Sequence[bytes]]) -> list[str]:
    """The shards to fetch: those whose list or digest file (as held, in this order) is not the one of the index."""
    def current(uri: str, entry: ShardEntry) -> bool:
        files = held.get(uri, ())
        wanted = (entry.list_digest, entry.digests_digest)
        return len(files) == 2 and tuple(hashlib.sha256(data).digest() for data in files) == wanted
    return [uri for uri, entry in index.shards.items() if not current(uri, entry)]


def _unreadable(party: str, why: str) -> Refusal:
    return refuse("status-unreadable", "The status list %(uri)s cannot be used: %(why)s.", uri=party, why=why)
