"""The trust list: which keys speak for which Party, for what, and since when. Signed by whoever keeps the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final, NamedTuple

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal import cbor, shape
from wildgate.seal.claims import EXP, IAT
from wildgate.seal.envelope import Kind, open_envelope, seal
from wildgate.seal.keys import KID_BYTES, PublicKey, Purpose, SigningKey
from wildgate.seal.shape import Unfit

TTL, TRUST, NEXT_ROOT = 65534, -65539, 16
VERSION: Final = 1
LARGEST_LIST: Final = 1 << 20
MOST_ENTRIES: Final = 10_000
LIFETIME: Final = timedelta(days=30)
REFRESH: Final = timedelta(hours=24)


class KeyState(IntEnum):
    """Active keys sign; retired keys signed permits that still stand; a compromised key may have signed anything."""

    ACTIVE = 0
    RETIRED = 1
    COMPROMISED = 2


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One key of one Party for one purpose. `since` and `until` bound the issue time of what it signs (aware UTC)."""

    party: str
    purpose: Purpose
    key: PublicKey
    since: datetime
    until: datetime
    state: KeyState = KeyState.ACTIVE
    compromised_since: datetime | None = None

    @property
    def kid(self) -> bytes:
        return self.key.kid


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """What the list says of a Party beside its keys.

    `status_base` is the web address below which its status lists are served; `names` are by language;
    `legal_basis` is a web address; `advisory` a sentence (a recommendation to suspend trade is not a state of keys);
    `document_pins` are SHA-256 digests of the certificates that sign its PDF documents.
    """

    party: str
    status_base: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    legal_basis: str = ""
    advisory: str = ""
    document_pins: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustList:
    """A trust list as read. It should be renewed after `ttl` and says nothing after `expires_at`.

    `next_root` is the root key that will sign later lists; it is announced before it signs, so that those who hold
    this list can follow without comparing fingerprints again.
    """

    operator: str
    sequence: int
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    root: PublicKey
    entries: tuple[TrustEntry, ...]
    parties: Mapping[str, PartyEntry]
    next_root: PublicKey | None = None

    @property
    def roots(self) -> tuple[PublicKey, ...]:
        """The keys that may sign the list which follows this one."""
        return (self.root, self.next_root) if self.next_root else (self.root,)

    def speaking_for(self, parties: Iterable[str]) -> TrustList:
        """This list without what it says of other Parties than `parties`."""
        kept = frozenset(parties)
        return replace(self, entries=tuple(entry for entry in self.entries if entry.party in kept),
                       parties={code: who for code, who in self.parties.items() if code in kept})


def build_trust_list(entries: Sequence[TrustEntry], *, key: SigningKey, at: datetime, sequence: int,
                     operator: str = "", parties: Iterable[PartyEntry] = (), ttl: timedelta = REFRESH,
                     lifetime: timedelta = LIFETIME, next_root: PublicKey | None = None) -> bytes:
    """Sign a trust list with the root key. `sequence` must rise with every list: readers refuse a step back."""
    body: dict[int, Any] = {
        0: VERSION, 1: sequence, 2: [_entry(entry) for entry in entries],
        3: {who.party: _party(who) for who in parties}, 4: operator, 5: key.public.cose(),
    }
    if next_root:
        body[NEXT_ROOT] = next_root.cose()
    issued = int(at.timestamp())
    return seal(cbor.encode({EXP: issued + int(lifetime.total_seconds()), IAT: issued,
                             TTL: int(ttl.total_seconds()), TRUST: body}), Kind.TRUST_LIST, key)


def read_trust_list(data: bytes, root_keys: Iterable[PublicKey] | None, *,
                    newer_than: int = -1) -> TrustList | Refusal:
    """Read a trust list signed by one of `root_keys`.

    With None the root key inside the list is taken: then the caller vouches for the file itself, and the signature
    only shows that it is whole. A list with a sequence number below `newer_than` is refused.
    """
    envelope = open_envelope(data, LARGEST_LIST)
    if isinstance(envelope, Refusal):
        return refuse("trust-list", "The trust list cannot be read: %(why)s", why=envelope.reason)
    if envelope.header.kind != Kind.TRUST_LIST:
        return refuse("trust-list", "This file is signed, but it is not a trust list.")
    try:
        found = _read(cbor.decode(envelope.payload))
    except (Unfit, cbor.NotDeterministic) as fault:
        return refuse("trust-list", "The trust list cannot be read: %(why)s.", why=fault)
    roots = [found.root] if root_keys is None else [root for root in root_keys if root == found.root]
    if not any(root.kid == envelope.header.kid and envelope.verified_by(root) for root in roots):
        return refuse("trust-root", "The trust list is not signed by a root key that this program was told to trust.")
    if found.sequence < newer_than:
        return refuse("trust-rollback", "The trust list (number %(found)s) is older than the one used before "
                      "(number %(seen)s). Fetch the current list.", found=found.sequence, seen=newer_than)
    return found


def read_successor(data: bytes, held: TrustList) -> TrustList | Refusal:
    """Read the list that may take the place of `held`, which was accepted before.

    It is signed by the root of `held` or by the next root that `held` announced, of the same keeper, and not older.
    """
    found = read_trust_list(data, held.roots, newer_than=held.sequence)
    if isinstance(found, TrustList) and found.operator != held.operator:
        return refuse("trust-operator", "This is the trust list of %(found)s, not of %(held)s.",
                      found=found.operator or "nobody", held=held.operator or "nobody")
    return found


def _entry(entry: TrustEntry) -> list[Any]:
    out: list[Any] = [entry.party, entry.kid, int(entry.purpose), entry.key.cose(), int(entry.since.timestamp()),
                      int(entry.until.timestamp()), int(entry.state)]
    return [*out, int(entry.compromised_since.timestamp())] if entry.compromised_since else out


def _party(who: PartyEntry) -> list[Any]:
    return [who.status_base, dict(who.names), who.legal_basis, who.advisory, list(who.document_pins)]


_TOP_KEYS: Final = frozenset({EXP, IAT, TTL, TRUST})
_KEYS: Final = frozenset({*range(6), NEXT_ROOT})


def _read(claims: Any) -> TrustList:
    shape.known_keys(claims, _TOP_KEYS, "the list")
    issued, expires = shape.time(claims, IAT, "the time of issue"), shape.time(claims, EXP, "the end of validity")
    ttl = shape.time(claims, TTL, "the time to live")
    body = claims.get(TRUST)
    shape.known_keys(body, _KEYS, "the list")
    if shape.need(body, 0, int, "the version") != VERSION:
        raise Unfit("it is of another version")
    entries: list[Any] = shape.need(body, 2, list, "the list of keys")
    if len(entries) > MOST_ENTRIES:
        raise Unfit(f"it has more than {MOST_ENTRIES} keys")
    parties: dict[Any, Any] = shape.need(body, 3, dict, "the list of Parties")
    return TrustList(
        shape.need(body, 4, str, "the name of its keeper"), shape.need(body, 1, int, "the sequence number"),
        _moment(issued), _moment(expires), timedelta(seconds=ttl), _key(body.get(5)),
        tuple(_read_entry(entry) for entry in entries),
        {shape.party(code, "a Party"): _read_party(code, row) for code, row in parties.items()},
        _key(body[NEXT_ROOT]) if NEXT_ROOT in body else None)


def _read_entry(row: Any) -> TrustEntry:
    match row:
        case [str(party), bytes(kid), int(purpose), dict(cose), int(since), int(until), int(state), *rest] \
                if len(rest) <= 1 and all(type(part) is int for part in (purpose, since, until, state, *rest)):
            pass
        case _:
            raise Unfit("a key's entry is not complete")
    key = _key(cose)
    if len(kid) != KID_BYTES or kid != key.kid:
        raise Unfit("a key is not named by its thumbprint")
    if purpose not in Purpose.__members__.values() or state not in KeyState.__members__.values():
        raise Unfit("a key's purpose or state is unknown")
    if not all(0 <= moment < shape.LATEST_TIME for moment in (since, until, *rest)):
        raise Unfit("a key's time is out of range")
    return TrustEntry(shape.party(party, "a key's Party"), Purpose(purpose), key, _moment(since), _moment(until),
                      KeyState(state), _moment(rest[0]) if rest else None)


def _read_party(code: str, row: object) -> PartyEntry:
    match row:
        case [str(base), dict(names), str(basis), str(advisory), list(pins)]:
            pass
        case _:
            raise Unfit("a Party's entry is not complete")
    if not all(type(part) is str for pair in names.items() for part in pair):
        raise Unfit("a Party's names are not text by language")
    if not all(type(pin) is bytes and len(pin) == 32 for pin in pins):
        raise Unfit("a certificate's digest is not 32 bytes long")
    return PartyEntry(code, base, names, basis, advisory, tuple(pins))


def _key(cose: object) -> PublicKey:
    try:
        return PublicKey.from_cose(cose)
    except ValueError as fault:
        raise Unfit("a public key is not valid") from fault


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Moments(NamedTuple):
    """When a key may sign, and of what age its list is, in UTC seconds: asked of every code that is judged."""

    since: float
    until: float
    listed: float
    fresh_until: float
    expires: float


class Keyring:
    """The keys of one or several trust lists, found by their name.

    `conflicts` tells of keys on which the lists do not agree: nothing that such a key signed is accepted unasked.
    """

    def __init__(self, lists: TrustList | Sequence[TrustList]) -> None:
        self.lists: tuple[TrustList, ...] = (lists,) if isinstance(lists, TrustList) else tuple(lists)
        by_kid: dict[bytes, list[tuple[TrustEntry, TrustList]]] = {}
        for source in self.lists:
            for entry in source.entries:
                by_kid.setdefault(entry.kid, []).append((entry, source))
        # The strictest word on a key counts, whichever list says it.
        self._by_kid = {kid: max(found, key=lambda pair: pair[0].state) for kid, found in by_kid.items()}
        own = {source.operator: source for source in self.lists}
        self._parties: dict[str, PartyEntry] = {}
        for source in self.lists:
            for code, who in source.parties.items():
                if code not in self._parties or source.operator == code:
                    self._parties[code] = who
        self.moments: dict[bytes, Moments] = {
            kid: Moments(entry.since.timestamp(), entry.until.timestamp(), source.issued_at.timestamp(),
                         (source.issued_at + source.ttl).timestamp(), source.expires_at.timestamp())
            for kid, (entry, source) in self._by_kid.items()}
        self.conflicts: dict[bytes, Refusal] = {
            kid: doubt for kid, found in by_kid.items() if (doubt := _conflict(found, own))}

    def find(self, kid: bytes) -> tuple[TrustEntry, TrustList] | None:
        return self._by_kid.get(kid)

    def party(self, code: str) -> PartyEntry | None:
        """What is said of a Party: by its own list, else by the first of the others."""
        return self._parties.get(code)


def _conflict(found: list[tuple[TrustEntry, TrustList]], own: Mapping[str, TrustList]) -> Refusal | None:
    """Where the lists contradict each other on one key: whose it is, what for, or whether its Party has it at all."""
    first, source = found[0]
    for entry, other in found[1:]:
        if (entry.party, entry.purpose, entry.key) != (first.party, first.purpose, first.key):
            return refuse("trust-conflict", "The trust lists of %(one)s and %(other)s say different things of the key "
                          "that signed this code: ask both before the goods move.",
                          one=source.operator, other=other.operator)
    theirs = own.get(first.party)
    if theirs and not any(entry.kid == first.kid for entry in theirs.entries):
        return refuse("trust-not-own", "The key that signed this code is on the trust list of %(one)s, but not on that "
                      "of %(party)s itself: ask before the goods move.", one=source.operator, party=first.party)
    return None
