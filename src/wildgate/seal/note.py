"""What the seal of a note says: the authority's answer that these goods need no CITES document on this way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from wildgate.convention.vocabulary import Appendix, Purpose
from wildgate.seal import cbor, shape
from wildgate.seal.claims import APPENDICES, EXP, IAT, ISS
from wildgate.seal.shape import Unfit

NOTE: Final = -65541
VERSION: Final = 1
MOST_ITEMS: Final = 8
LONGEST_LIFE: Final = 366 * 86400
REASONS: Final = ("not-listed", "not-covered", "personal-effects", "exempt")
"""Why no document is needed: in no Appendix; left out by an annotation; Article VII.3; another exemption."""
CARRIED: Final = ("", "luggage", "household", "sent")
_TOP_KEYS: Final = frozenset({ISS, EXP, IAT, NOTE})
_KEYS: Final = frozenset(range(8))
_NUMBERS: Final[dict[Appendix | None, int]] = {None: 0} | {each: number for number, each in APPENDICES.items()}
_are_codes: Final = re.compile("[A-Z]{3} [A-Z]{3} [A-Z]{2}").fullmatch
_is_rule: Final = re.compile("[A-Z][0-9]{2}").fullmatch


@dataclass(frozen=True, slots=True)
class NoteItem:
    """One kind of goods. `appendix` is None for a taxon in no Appendix; `rule` the rule of the exemption, if one is.

    `origin` is the country where the specimen was taken or bred (XX unknown).
    """

    taxon: str
    appendix: Appendix | None
    term: str
    quantity: Decimal
    unit: str
    origin: str
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note of `party`: no CITES document is needed for these items from `sender` to `receiver`.

    `law` is the day of the listing data that answered. Times are aware; whole seconds are carried. It names nobody.
    """

    party: str
    number: str
    issued_at: datetime
    expires_at: datetime
    sender: str
    receiver: str
    carried: str
    purpose: str
    law: date
    items: tuple[NoteItem, ...]


def note_payload(note: Note) -> bytes:
    """The claims as deterministic CBOR. Raises Unfit when they cannot be carried."""
    body: dict[int, Any] = {
        0: VERSION, 1: note.number, 2: note.sender, 3: note.receiver, 4: CARRIED.index(note.carried), 5: note.purpose,
        6: note.law.isoformat(), 7: [_carry(item) for item in note.items],
    }
    return cbor.encode({ISS: note.party, EXP: int(note.expires_at.timestamp()), IAT: int(note.issued_at.timestamp()),
                        NOTE: body})


def _carry(item: NoteItem) -> list[Any]:
    return [shape.cut(item.taxon, 64), _NUMBERS[item.appendix], item.term, shape.number_to_carry(item.quantity),
            item.unit, item.origin, REASONS.index(item.reason), *([item.rule] if item.rule else [])]


def read_note(claims: Any) -> Note:
    """Check decoded claims against the profile of notes. Raises Unfit with what is wrong."""
    shape.known_keys(claims, _TOP_KEYS, "the code")
    party = shape.party(claims.get(ISS), "the issuing Party")
    issued, expires = shape.time(claims, IAT, "the time of issue"), shape.time(claims, EXP, "the last day of validity")
    if not issued < expires <= issued + LONGEST_LIFE:
        raise Unfit("it is valid longer than a year, or for no time")
    body = claims.get(NOTE)
    shape.known_keys(body, _KEYS, "the note")
    if shape.need(body, 0, int, "the version") != VERSION:
        raise Unfit("it is of another version")
    carried, purpose = shape.need(body, 4, int, "the way of carrying"), shape.need(body, 5, str, "the purpose")
    if not 1 <= carried < len(CARRIED) or purpose not in {each.value for each in Purpose}:
        raise Unfit("the way of carrying or the purpose is unknown")
    items = body.get(7)
    if type(items) is not list or not 1 <= len(items) <= MOST_ITEMS:
        raise Unfit(f"it does not carry 1 to {MOST_ITEMS} items")
    return Note(party, shape.text(body.get(1), shape.NUMBER_BYTES, "the number"), datetime.fromtimestamp(issued, UTC),
                datetime.fromtimestamp(expires, UTC), shape.party(body.get(2), "the country of departure"),
                shape.party(body.get(3), "the country of destination"), CARRIED[carried], purpose, _day(body.get(6)),
                tuple(_read_item(item) for item in items))


def _read_item(item: object) -> NoteItem:
    if type(item) is not list or not 7 <= len(item) <= 8:
        raise Unfit("an item is not complete")
    taxon, appendix, term, amount, unit, origin, why = item[:7]
    shape.text(taxon, 64, "a scientific name")
    if type(appendix) is not int or not 0 <= appendix <= len(APPENDICES):
        raise Unfit("an Appendix is not 0, 1, 2 or 3")
    if not _are_codes(f"{term} {unit} {origin}"):
        raise Unfit("a term, unit or country of origin is not a code")
    if type(why) is not int or not 0 <= why < len(REASONS):
        raise Unfit("the reason is unknown")
    rule = item[7] if len(item) == 8 else ""
    if len(item) == 8 and (type(rule) is not str or not _is_rule(rule)):
        raise Unfit("the rule is unknown")
    return NoteItem(taxon, APPENDICES.get(appendix), term, shape.quantity(amount), unit, origin, REASONS[why], rule)


def _day(value: object) -> date:
    try:
        return date.fromisoformat(shape.text(value, 10, "the day of the law"))
    except ValueError:
        raise Unfit("the day of the law is not a date") from None
