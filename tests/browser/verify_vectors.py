"""The vectors of both verifiers: codes, who reads them when, and the lists at hand. Both answer all alike."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.seal import world
from tests.seal.world import AT, CUSTOMS, INDEX, PERMIT, ROOT, STATUS, STRANGER, URI, entry, record, resealed, token

from wildgate.convention.vocabulary import Appendix, DocumentKind
from wildgate.seal import cbor
from wildgate.seal.companion import Companion, Paper
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.envelope import open_envelope, seal
from wildgate.seal.keys import Alg, Purpose, SigningKey
from wildgate.seal.note import Note, NoteItem
from wildgate.seal.status import State, build_digests, build_status_list, digests_path, status_path
from wildgate.seal.text import to_cp1, to_digits, to_url
from wildgate.seal.token import permit_digest, seal_companion, seal_endorsement, seal_note, seal_permit
from wildgate.seal.trust import KeyState, PartyEntry, build_trust_list
from wildgate.seal.verdict import Role

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTES = SigningKey.generate()
EDDSA = SigningKey.generate(Alg.EDDSA)
OTHER_ROOT = SigningKey.generate()
KEYS = (entry(Purpose.PERMIT, PERMIT), entry(Purpose.ENDORSEMENT, CUSTOMS), entry(Purpose.STATUS, STATUS),
        entry(Purpose.PERMIT, EDDSA), entry(Purpose.PERMIT, STRANGER, "QZ"), entry(Purpose.NOTE, NOTES))


@dataclass
class Case:
    """A code, who reads it when, and the lists at hand."""

    name: str
    data: str | bytes
    role: Role = Role.IMPORT
    at: Any = AT
    state: int = 13
    trust: int | tuple[int, ...] = 0
    listed: bool | bytes = False
    lists_at: Any = None

    @property
    def lists(self) -> tuple[int, ...]:
        return self.trust if isinstance(self.trust, tuple) else (self.trust,)

    def files(self) -> dict[str, bytes]:
        if self.state < 0:
            return {}
        at = self.lists_at or AT
        found = {status_path(URI): _of_state(self.state, at)}
        if self.listed is not False:
            held = self.listed if isinstance(self.listed, bytes) else permit_digest(self.data)
            found[digests_path(URI)] = build_digests([None] * INDEX + [[held]], uri=URI, key=STATUS, at=at)
        return found


def _of_state(state: int, at: Any) -> bytes:
    """A list with `state` at the permit's place, also one that no program of ours would write."""
    known = build_status_list([1] * INDEX + [state if state in set(State) else 0], uri=URI, key=STATUS, at=at)
    if state in set(State):
        return known
    opened = open_envelope(known)
    claims = cbor.decode(opened.payload)
    packed = bytearray(zlib.decompress(claims[65533]["lst"]))
    packed[INDEX >> 1] |= state << (4 * (INDEX & 1))
    claims[65533]["lst"] = zlib.compress(bytes(packed), 9)
    return seal(cbor.encode(claims), opened.header.kind, STATUS)


STOLEN = (entry(Purpose.PERMIT, PERMIT, state=KeyState.COMPROMISED, compromised_since=AT - DAY), *KEYS[1:])
TRUST = [
    build_trust_list(KEYS, key=ROOT, at=AT, sequence=1, operator="QM",
                     parties=[PartyEntry("QM", advisory="Take care.")]),
    build_trust_list(STOLEN, key=ROOT, at=AT, sequence=2, operator="QM"),
    build_trust_list(KEYS, key=ROOT, at=AT - 40 * DAY, sequence=1, operator="QM"),
    build_trust_list(KEYS, key=ROOT, at=AT + DAY, sequence=1, operator="QM"),
    build_trust_list(KEYS[4:5], key=OTHER_ROOT, at=AT, sequence=5, operator="QZ",
                     parties=[PartyEntry("QZ", advisory="By QZ.")]),
    build_trust_list((entry(Purpose.PERMIT, PERMIT, "QZ"),), key=OTHER_ROOT, at=AT, sequence=6, operator="QZ"),
    build_trust_list((entry(Purpose.PERMIT, EDDSA, "QM"), KEYS[4]), key=OTHER_ROOT, at=AT, sequence=7, operator="world",
                     parties=[PartyEntry("QZ", advisory="By the world."), PartyEntry("QM", advisory="By it too.")]),
    build_trust_list((KEYS[0], *KEYS[2:3]), key=ROOT, at=AT, sequence=8, operator="QM"),
]


def cases() -> Iterator[Case]:
    plain = token()
    yield from (Case(f"{state.name} for {role.value}", plain, role, state=state) for state in State for role in Role)
    yield Case("an unknown state", plain, state=9)
    yield Case("no lists", plain, state=-1)
    yield Case("four lines", token(lines=4), Role.PUBLIC)
    yield Case("Ed25519", token(EDDSA), Role.PUBLIC)
    yield Case("an import permit", token(kind=DocumentKind.IMPORT_PERMIT), state=0)
    yield Case("an instrument", token(kind=DocumentKind.INSTRUMENT, valid_until=date(2030, 3, 1)), Role.EXPORT)
    yield Case("a fraction", token(lines=(world.line(quantity=Decimal("0.0625"), unit="KIL"),)))
    yield Case("a huge number", token(lines=(world.line(quantity=Decimal(2**63 + 1)),)))
    yield Case("marks and Arabic", token(lines=(world.line(marks=("ring 7", "خاتم")),)))
    digits = to_digits(plain)
    for form in (digits, to_cp1(plain), to_url("https://elsewhere.example", plain), f"\ufeff {digits}\n"):
        yield Case(f"as text {form[:12]!r}", form)
    for broken in ("", "7", "HC1:ABC", "CP1:A", "CP1:??", "hello", to_digits(plain)[:-1], "9" * 17, "1" * 5000,
                   "https://a.example/#", "٣" * 17, to_digits(plain)[:40] + "x" + to_digits(plain)[41:]):
        yield Case(f"broken text {broken[:12]!r}", broken)
    yield Case("a stale list", plain, at=AT + HOUR)
    yield Case("an expired list", plain, at=AT + 5 * DAY)
    yield Case("expired", plain, at=record().expires_at + timedelta(seconds=1), lists_at=record().expires_at)
    yield Case("issued after the list", plain, lists_at=AT - HOUR)
    yield Case("issued in future", token(issued_at=AT + HOUR))
    yield Case("issued in future, with a later trust list", plain, at=AT - HOUR, lists_at=AT - 2 * HOUR)
    yield Case("issued in future, with a later status list", plain, at=AT - HOUR, trust=2)
    yield Case("a clock of a year ago", plain, at=AT - 365 * DAY)
    yield Case("slack of a clock", plain, at=AT - 4 * MINUTE)
    yield Case("trust expired", plain, trust=2)
    yield Case("clock behind", plain, trust=3)
    yield Case("stolen, listed", plain, trust=1, listed=True)
    yield Case("stolen, not listed", plain, trust=1)
    yield Case("not in the register", plain, listed=bytes(32), lists_at=AT + MINUTE, at=AT + MINUTE)
    yield Case("register too old to tell", plain, listed=bytes(32))
    theirs, = seal_permit(record(party="QZ", number="QZ-E-1"), STRANGER, status_uri="QZ/27Q3/0", status_index=INDEX)
    yield Case("of a Party without keys here", theirs, trust=7)
    for name, lists in {"of two keepers": (7, 4), "of a keeper and the world": (4, 6),
                        "of the world and a keeper": (6, 4), "that disagree on a key": (7, 5),
                        "where a Party's own lacks the key": (7, 6)}.items():
        yield Case(f"lists {name}", plain, trust=lists)
        yield Case(f"lists {name}, another algorithm", token(EDDSA), trust=lists)
        yield Case(f"lists {name}, a permit of the other", theirs, trust=lists)
    yield Case("another Party's key", token(STRANGER))
    yield Case("a key of nobody", token(SigningKey.generate()))
    yield Case("customs signs a permit", token(CUSTOMS))
    yield Case("another kind", seal(open_envelope(plain).payload, 65001 + 900, PERMIT))
    sealed = Endorsement("QM", "QM-E-2027-00031", permit_digest(plain), Stage.EXPORT, "QMKIV", (Decimal(1150),), AT,
                         "020-44556677", 12, None)
    yield Case("an endorsement", seal_endorsement(sealed, CUSTOMS))
    yield Case("an endorsement by the MA", seal_endorsement(sealed, PERMIT))
    yield Case("an endorsement of years ago", seal_endorsement(replace(sealed, at=AT - 40 * DAY), CUSTOMS))
    note = Note("QM", "QM-N-2027-000007", AT, AT + 60 * DAY, "QM", "QZ", "luggage", "P", date(2025, 3, 6), (
        NoteItem("Hippocampus kuda", Appendix.II, "BOD", Decimal(3), "NAR", "QM", "personal-effects", "P03"),
        NoteItem("Vulpes vulpes", None, "SKI", Decimal("0.5"), "KGM", "XX", "not-listed")))
    told = seal_note(note, NOTES)
    yield Case("a note", told, Role.PUBLIC)
    yield Case("a note that ended", told, at=AT + 61 * DAY)
    yield Case("a note by the permit key", seal_note(note, PERMIT))
    yield from (Case(f"note: {name}", resealed_note(told, change)) for name, change in NOTE_CHANGES.items())
    for role in Role:
        yield Case(f"an instrument in use for {role.value}", instrument(), role, state=12)
        yield Case(f"the blank for {role.value}", seal_companion(BLANK, PERMIT), role)
    yield from (Case(f"the label of a {state.name} permit for {role.value}", seal_companion(LABEL, PERMIT), role,
                     state=state) for state in (State.VALID, State.EXPORTED, State.LOST) for role in Role)
    yield Case("the label without lists", seal_companion(LABEL, PERMIT), state=-1)
    yield Case("the label after its day", seal_companion(LABEL, PERMIT), at=AT + 91 * DAY, lists_at=AT + 90 * DAY)
    ended = seal_companion(BLANK._replace(expires_at=int((AT + DAY).timestamp())), PERMIT)
    yield Case("a blank after its day", ended, at=AT + 2 * DAY)
    yield Case("a blank by customs", seal_companion(BLANK, CUSTOMS))
    yield Case("a blank with a stolen key", seal_companion(BLANK, PERMIT), trust=1)
    yield from (Case(f"paper {which}: {name}", resealed_note(data, change, PERMIT))
                for which, data in enumerate(COMPANIONS) for name, change in PAPER_CHANGES.items())
    yield from (Case(f"claims: {name}", resealed(change)) for name, change in CHANGES.items())
    flips = range(0, len(plain) * 8, 29)
    yield from (Case(f"bit {bit}", flipped(plain, bit)) for bit in flips)


BLANK = Companion("QM", int(AT.timestamp()), int((AT + 200 * DAY).timestamp()), Paper.BLANK, "27QM000044R", 2)
LABEL = Companion("QM", int(AT.timestamp()) + 60, int((AT + 90 * DAY).timestamp()), Paper.LABEL, "27QM000031E", 1,
                  bytes(range(16)), URI, INDEX)
COMPANIONS = (seal_companion(BLANK, PERMIT), seal_companion(LABEL, PERMIT))


def instrument() -> bytes:
    return token(kind=DocumentKind.INSTRUMENT, valid_until=date(2030, 3, 1))


def _paper(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65543][key] = value
    return change


def _body(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65537][key] = value
    return change


def _top(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[key] = value
    return change


def _line(place: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65537][8][0][place] = value
    return change


CHANGES = {
    "a newer key": _body(16, "more"), "an unknown key": _body(13, "more"), "a text key": _body("x", 1),
    "another version": _body(0, 2), "kind 16": _body(2, 16), "purpose ?": _body(7, "?"), "no purpose": _body(7, None),
    "short digest": _body(9, bytes(31)), "page 3 of 2": _body(10, [3, 2]), "page 2 of 3": _body(10, [2, 3]),
    "related": _body(3, ["QZ-I-1"]), "nothing related": _body(3, []), "uses": _body(4, [True, 7]),
    "uses false": _body(4, [False]), "stamp": _body(11, "A-17"), "no number": _body(1, ""),
    "long number": _body(1, "N" * 65), "private": _body(5, [bytes(8), "QM"]), "check of 7": _body(6, [bytes(7), "QM"]),
    "nobody": _body(5, ["", ""]), "five lines": _body(8, [["A b", 2, "W", "SKI", 1, "NAR", "QM"]] * 5),
    "no lines": _body(8, []), "appendix 4": _line(1, 4), "source Z": _line(2, "Z"), "source IW": _line(2, "IW"),
    "source WI": _line(2, "WI"), "term ski": _line(3, "ski"), "quantity 0": _line(4, 0), "quantity -1": _line(4, -1),
    "quantity text": _line(4, "12"), "unit": _line(5, 7), "origin": _line(6, "QMM"), "boolean appendix": _line(1, True),
    "too long valid": _top(4, int((AT + 300 * DAY).timestamp())), "ends first": _top(4, 1), "no end": _top(4, "x"),
    "before its key": _top(6, int((AT - 40 * DAY).timestamp())), "small party": _top(1, "qm"),
    "list of another": _top(65535, {"status_list": {"idx": 41, "uri": "QZ/27Q3/0"}}),
    "index beyond": _top(65535, {"status_list": {"idx": 65536, "uri": URI}}),
    "index unused": _top(65535, {"status_list": {"idx": 63, "uri": URI}}),
    "index past the list": _top(65535, {"status_list": {"idx": 4000, "uri": URI}}),
    "extra in status": _top(65535, {"status_list": {"idx": 41, "uri": URI, "x": 1}}), "extra on top": _top(7, b"x"),
}


def _note(key: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65541][key] = value
    return change


def _item(place: int, value: Any) -> Any:
    def change(claims: Any) -> None:
        claims[-65541][7][0][place:place + 1] = [value] if value is not None else []
    return change


PAPER_CHANGES = {
    "another version": _paper(0, 2), "no number": _paper(1, ""), "kind 16": _paper(2, 16), "paper 3": _paper(3, 3),
    "label": _paper(3, 1), "blank": _paper(3, 2), "digest of 15": _paper(4, bytes(15)),
    "a digest": _paper(4, bytes(16)),
    "newer": _paper(16, 1), "unknown": _paper(5, 1), "for ever": _top(4, int(AT.timestamp()) * 2),
    "list of another": _top(65535, {"status_list": {"idx": 41, "uri": "QZ/27Q3/0"}}),
}
NOTE_CHANGES = {
    "carried 4": _note(4, 4), "carried 0": _note(4, 0), "purpose": _note(5, "?"), "day": _note(6, "2025-13-01"),
    "no day": _note(6, ""), "nothing": _note(7, []), "nine": _note(7, [["A b", 0, "SKI", 1, "NAR", "QM", 0]] * 9),
    "from": _note(2, "qm"), "newer": _note(16, 1), "unknown": _note(8, 1), "too long": _top(4, int(AT.timestamp()) * 2),
    "item: appendix": _item(1, 4), "item: reason": _item(6, 4), "item: rule": _item(7, "P3"),
    "item: no rule": _item(7, None), "item: quantity": _item(4, 0), "item: term": _item(2, "bo"),
}


def resealed_note(data: bytes, change: Any, key: SigningKey = NOTES) -> bytes:
    opened = open_envelope(data)
    claims = cbor.decode(opened.payload)
    change(claims)
    return seal(cbor.encode(claims), opened.header.kind, key)


def flipped(data: bytes, bit: int) -> bytes:
    out = bytearray(data)
    out[bit // 8] ^= 1 << (bit % 8)
    return bytes(out)
