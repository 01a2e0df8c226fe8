"""Status lists: the state of every permit of a Party as small signed files that any verifier can hold offline.

IETF Token Status List as CWT, 4 bits a permit. On purpose unlike the draft, an unused place reads CANCELLED: a
forger with a stolen key then cannot point at one and read VALID. A companion file holds 8 bytes of the digest of
each issued permit.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal import cbor, shape
from wildgate.seal.claims import EXP, IAT, is_status_uri
from wildgate.seal.envelope import STATUS_LIST, Kind, open_envelope, seal
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.seen import Seen
from wildgate.seal.shape import Unfit
from wildgate.seal.trust import TTL, Keyring, KeyState

SUB, LIST, DIGESTS = 2, 65533, -65540
BITS: Final = 4
SHARD: Final = 65_536
SMALLEST_SHARD: Final = 64
SLOT_BYTES: Final = 8
LARGEST_STATUS_FILE: Final = 40_960
LARGEST_DIGESTS_FILE: Final = 1 << 20
MOST_KEPT: Final = 1024
REFRESH: Final = timedelta(minutes=15)
ROLLBACK_SECONDS: Final = 300
"""Two publishers' clocks may differ by so much; a list that is older than the one before by more is an old one."""
LIFETIME: Final = timedelta(hours=72)
"""A border post without signal keeps yesterday's list over a week-end; after that it must ask."""


class State(IntEnum):
    """The state of a permit as stored; EXPIRED is never stored, it follows from the date."""

    VALID = 0
    CANCELLED = 1
    SUSPENDED = 2
    REPLACED = 3
    PARTLY_USED = 12
    EXPORTED = 13
    USED = 14
    LOST = 15

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list as read: two permits in each byte of `packed`. Times are UTC seconds."""

    uri: str
    issued_at: int
    expires_at: int
    ttl: int
    packed: bytes

    def __len__(self) -> int:
        return len(self.packed) * 2

    def value(self, index: int) -> int:
        """The 4 bits at `index`; raises IndexError beyond the list."""
        return self.packed[index >> 1] >> ((index & 1) << 2) & 15


@dataclass(frozen=True, slots=True)
class Digests:
    """The companion file: the first 8 bytes of each issued permit's digest, by index; annex pages in `annex`."""

    uri: str
    issued_at: int
    slots: bytes
    annex: dict[int, bytes]

    def holds(self, index: int, page: int, digest: bytes) -> bool:
        """Whether page `page` of the permit at `index` was issued with `digest`."""
        slots, place = (self.slots, index) if page == 1 else (self.annex.get(index, b""), page - 2)
        return slots[place * SLOT_BYTES:(place + 1) * SLOT_BYTES] == digest[:SLOT_BYTES]


def build_status_list(states: Sequence[int], *, uri: str, key: SigningKey, at: datetime, ttl: timedelta = REFRESH,
                      lifetime: timedelta = LIFETIME) -> bytes:
    """Sign the states of one shard, in order of index. The list is rounded up to a power of two with CANCELLED."""
    size = shard_size(len(states))
    values = bytes(states).ljust(size, bytes((State.CANCELLED,)))
    if unknown := set(values) - set(State):
        raise ValueError(f"No permit can be in state {min(unknown)}.")
    packed = bytes(low | high << 4 for low, high in zip(values[::2], values[1::2], strict=True))
    listed = {"bits": BITS, "lst": zlib.compress(packed, 9)}
    return _sign_shard({SUB: uri, LIST: listed}, STATUS_LIST, key, at, ttl, lifetime)


def build_digests(digests: Sequence[bytes | Sequence[bytes] | None], *, uri: str, key: SigningKey, at: datetime,
                  ttl: timedelta = REFRESH, lifetime: timedelta = LIFETIME) -> bytes:
    """Sign the companion of a status list: for each index a permit digest, one for each page, or None if unused."""
    slots = bytearray(shard_size(len(digests)) * SLOT_BYTES)
    annex: dict[int, bytes] = {}
    for index, found in enumerate(digests):
        pages = [found] if isinstance(found, bytes) else list(found or ())
        if pages:
            slots[index * SLOT_BYTES:(index + 1) * SLOT_BYTES] = pages[0][:SLOT_BYTES]
        if len(pages) > 1:
            annex[index] = b"".join(page[:SLOT_BYTES] for page in pages[1:])
    body = {0: 1, 1: bytes(slots), 2: annex}
    return _sign_shard({SUB: uri, DIGESTS: body}, Kind.DIGESTS, key, at, ttl, lifetime)


def shard_size(used: int) -> int:
    """Places in a shard that has `used` ones: the next power of two, at least 64, at most 65,536."""
    if used > SHARD:
        raise ValueError(f"A shard holds {SHARD} permits, not {used}.")
    return max(SMALLEST_SHARD, 1 << max(0, used - 1).bit_length())


def status_path(uri: str) -> str:
    """Where the list of `uri` is kept below the folder of lists."""
    return f"{uri}.cwt"


def digests_path(uri: str) -> str:
    folder, _, shard = uri.rpartition("/")
    return f"{folder}/digests/{shard}.cwt"


def _sign_shard(claims: dict[int, Any], kind: int | str, key: SigningKey, at: datetime, ttl: timedelta,
                lifetime: timedelta) -> bytes:
    if not is_status_uri(claims[SUB]):
        raise ValueError(f"{claims[SUB]} is not the name of a status list, such as QM/27Q3/0.")
    return sign_list(claims, kind, key, at, ttl, lifetime)


def sign_list(claims: dict[int, Any], kind: int | str, key: SigningKey, at: datetime, ttl: timedelta,
              lifetime: timedelta) -> bytes:
    """Sign the claims of a list with its times."""
    issued = int(at.timestamp())
    times = {IAT: issued, EXP: issued + int(lifetime.total_seconds()), TTL: int(ttl.total_seconds())}
    return seal(cbor.encode(claims | times), kind, key)


def read_status_list(data: bytes, uri: str, keys: Keyring) -> StatusList | Refusal:
    """Read the list named `uri`, signed by a status key of that Party."""
    claims = open_list(data, uri, keys, STATUS_LIST, LARGEST_STATUS_FILE)
    if isinstance(claims, Refusal):
        return claims
    try:
        shape.known_keys(claims, frozenset({SUB, IAT, EXP, TTL, LIST}), "the list")
        packed = _inflate(claims.get(LIST))
        return StatusList(uri, shape.time(claims, IAT, "its time"), shape.time(claims, EXP, "its end"),
                          shape.time(claims, TTL, "its time to live"), packed)
    except Unfit as fault:
        return _unreadable(uri, str(fault))


def read_digests(data: bytes, uri: str, keys: Keyring) -> Digests | Refusal:
    """Read the companion file of the list named `uri`."""
    claims = open_list(data, uri, keys, Kind.DIGESTS, LARGEST_DIGESTS_FILE)
    if isinstance(claims, Refusal):
        return claims
    try:
        shape.known_keys(claims, frozenset({SUB, IAT, EXP, TTL, DIGESTS}), "the list")
        body = claims.get(DIGESTS)
        shape.known_keys(body, frozenset(range(3)), "the list")
        slots: bytes = shape.need(body, 1, bytes, "the list of digests")
        annex: dict[Any, Any] = shape.need(body, 2, dict, "the list of annex pages")
        if len(slots) % SLOT_BYTES or not all(type(part) is bytes for part in annex.values()):
            raise Unfit("a digest is not 8 bytes long")
        return Digests(uri, shape.time(claims, IAT, "its time"), slots, annex)
    except Unfit as fault:
        return _unreadable(uri, str(fault))


def open_list(data: bytes, uri: str, keys: Keyring, kind: int | str, limit: int) -> Any:
    """The claims of a signed list, when a status key of the Party that `uri` begins with signed it under that name."""
    envelope = open_envelope(data, limit)
    if isinstance(envelope, Refusal):
        return _unreadable(uri, "it is damaged or too large")
    found = keys.find(envelope.header.kid)
    if envelope.header.kind != kind or found is None:
        return _unreadable(uri, "it is of another kind or signed with an unknown key")
    entry, _ = found
    if entry.purpose is not Purpose.STATUS or entry.party != uri[:2] or entry.state is KeyState.COMPROMISED:
        return _unreadable(uri, "its key may not sign the status lists of this Party")
    if not envelope.verified_by(entry.key):
        return _unreadable(uri, "its signature is wrong")
    try:
        claims = cbor.decode(envelope.payload)
    except cbor.NotDeterministic as fault:
        return _unreadable(uri, str(fault))
    if type(claims) is not dict or claims.get(SUB) != uri:
        return _unreadable(uri, "it is the list of another name")
    issued = claims.get(IAT)
    if type(issued) is not int or not entry.since.timestamp() <= issued <= entry.until.timestamp():
        return _unreadable(uri, "it was signed when its key was not in force")
    return claims


def _inflate(listed: object) -> bytes:
    """The packed states, at most one shard of them: a hostile list cannot fill the memory."""
    if type(listed) is not dict or listed.keys() != {"bits", "lst"} or listed["bits"] != BITS:
        raise Unfit("it does not hold 4 bits for each permit")
    if type(listed["lst"]) is not bytes:
        raise Unfit("it does not hold a compressed list")
    machine = zlib.decompressobj()
    try:
        packed = machine.decompress(listed["lst"], SHARD * BITS // 8 + 1)
    except zlib.error:
        raise Unfit("it cannot be decompressed") from None
    if len(packed) > SHARD * BITS // 8 or not machine.eof or machine.unused_data or not packed:
        raise Unfit("it holds more or less than one shard")
    return packed


def rolled_back(uri: str, found: int, seen: int) -> Refusal:
    """An old list was put in the place of a newer one."""
    return refuse("status-rollback", "The status list %(uri)s (%(found)s) is older than the one used before "
                  "(%(seen)s): an old list was put in its place. Fetch the current one.", uri=uri, found=_when(found),
                  seen=_when(seen))


def _when(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _unreadable(uri: str, why: str) -> Refusal:
    return refuse("status-unreadable", "The status list %(uri)s cannot be used: %(why)s.", uri=uri, why=why)


class Freshness(Enum):
    """How far an answer can be relied on."""

    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The state of one permit as a list has it. `as_of` is when the list was signed, UTC seconds.

    `state` is None without a usable list, or when the list holds a value of a newer profile.
    """

    state: State | None
    freshness: Freshness
    as_of: int | None = None
    problem: Refusal | None = None


class StatusLists:
    """The status lists at hand: a folder `{root}/{Party}/{yyQn}/{shard}.cwt`, or the same paths in a mapping.

    Lists are read when first asked for and again when their file changes. A file that takes the place of a newer one is
    refused, and `seen` remembers what was read for other processes and the next start. Safe to share between threads.
    """

    def __init__(self, source: Path | str | Mapping[str, bytes], seen: Seen | None = None) -> None:
        self._memory = source if isinstance(source, Mapping) else None
        self._root = "" if isinstance(source, Mapping) else os.fspath(source)
        self._kept: dict[str, tuple[object, Keyring, Any]] = {}
        self._shards: dict[str, _Shard] = {}
        self._seen, self._registers_seen = seen or Seen(), Seen()

    def lookup(self, party: str, uri: str, index: int, at: datetime | float, keys: Keyring) -> StatusAnswer:
        """The state at `index` of the list named `uri`, at the moment `at` (aware, or UTC seconds)."""
        now = at if type(at) is float else at.timestamp() if isinstance(at, datetime) else float(at)
        shard = self._shards.get(uri)
        if shard is None or shard.keys is not keys or shard.party != party or shard.stamp != self._stamp(shard.path):
            opened = self._open(party, uri, keys, now)
            if isinstance(opened, StatusAnswer):
                return opened
            shard = opened
        value = shard.packed[index >> 1] >> ((index & 1) << 2) & 15 if 0 <= index < shard.places else State.CANCELLED
        if now <= shard.fresh_until:
            return shard.fresh[value]
        return shard.stale[value] if now <= shard.expires_at else shard.expired[value]

    def _open(self, party: str, uri: str, keys: Keyring, now: float) -> _Shard | StatusAnswer:
        """The shard of `uri`, read anew; or the answer when there is none that can be used."""
        if not is_status_uri(uri) or uri[:2] != party:
            return StatusAnswer(None, Freshness.UNREADABLE,
                                problem=_unreadable(uri, f"it is not the name of a list of {party}"))
        path = status_path(uri)
        stamp = self._stamp(path)
        found: StatusList | Refusal | None = self._load(path, uri, keys, read_status_list, self._seen, now)
        if found is None:
            return StatusAnswer(None, Freshness.MISSING)
        if isinstance(found, Refusal):
            return StatusAnswer(None, Freshness.UNREADABLE, problem=found)
        if len(self._shards) >= MOST_KEPT:
            self._shards.clear()
        shard = self._shards[uri] = _Shard(party, path, stamp, keys, found)
        return shard

    def digests(self, uri: str, keys: Keyring) -> Digests | None:
        """The companion file of the list named `uri`, or None when it is not at hand or cannot be used."""
        found = self._load(digests_path(uri), uri, keys, read_digests, self._registers_seen, math.inf)
        return found if isinstance(found, Digests) else None

    def _load(self, path: str, uri: str, keys: Keyring, read: Callable[[bytes, str, Keyring], Any],
              seen: Seen, now: float) -> Any:
        """What is at `path`, read again when it has changed, or why it is not used.

        A list of the future, by a clock that was wrong for a moment, is remembered as one of now: otherwise no later
        list would be taken until that day.
        """
        stamp = self._stamp(path)
        if stamp is None:
            self._kept.pop(path, None)
            return None
        kept = self._kept.get(path)
        if kept is not None and kept[0] == stamp and kept[1] is keys:
            return kept[2]
        content = stamp
        if not isinstance(content, bytes):
            try:
                with open(f"{self._root}/{path}", "rb") as file:
                    content = file.read(LARGEST_DIGESTS_FILE + 1)
            except OSError:
                return None
        found = read(content, uri, keys)
        if not isinstance(found, Refusal):
            if found.issued_at < (newest := seen.newest(path)) - ROLLBACK_SECONDS:
                found = rolled_back(uri, found.issued_at, newest)
            else:
                seen.note(path, int(min(found.issued_at, now + ROLLBACK_SECONDS)))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[path] = (stamp, keys, found)
        return found

    def _stamp(self, path: str) -> object:
        """What tells one version of a file from the next: its content where that costs nothing; None without one."""
        if self._memory is not None:
            return self._memory.get(path)
        try:
            seen = os.stat(f"{self._root}/{path}")
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino


class _Shard:
    """A list as it is asked a hundred thousand times a second: every answer that it can give is made beforehand."""

    __slots__ = ("expired", "expires_at", "fresh", "fresh_until", "keys", "packed", "party", "path", "places", "stale",
                 "stamp")

    def __init__(self, party: str, path: str, stamp: object, keys: Keyring, found: StatusList) -> None:
        self.party, self.path, self.stamp, self.keys = party, path, stamp, keys
        self.packed, self.places = found.packed, len(found)
        self.fresh_until, self.expires_at = min(found.issued_at + found.ttl, found.expires_at), found.expires_at
        self.fresh, self.stale, self.expired = (
            tuple(StatusAnswer(_STATES.get(value), freshness, found.issued_at) for value in range(1 << BITS))
            for freshness in (Freshness.FRESH, Freshness.STALE, Freshness.EXPIRED))


_STATES: Final = {state.value: state for state in State}
