"""What an officer's device signed without a signal: read strictly, checked against the device's chain of records."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.keys import PublicKey

LIFETIME: Final = timedelta(days=30)
"""A device is enrolled again after this time (house rule)."""
WINDOW: Final = timedelta(hours=72)
"""How long a post may be without a signal before its records are no longer taken unasked (house rule)."""
SLACK: Final = timedelta(minutes=10)
"""By how much the clock of a device may be wrong."""
LONGEST_RECORD: Final = 8_000
MOST_LINES: Final = 100
MOST_PHOTOS: Final = 12
"""Photographs with one endorsement."""
VERSION: Final = 1
BASIS: Final = ("House rule: endorsement without a signal",)
_is_hex64: Final = re.compile("[0-9a-f]{64}").fullmatch
_is_signature: Final = re.compile("[0-9a-f]{128}").fullmatch
_KEYS: Final = frozenset({"version", "device", "sequence", "previous", "made", "permit", "number", "stage",
                          "quantities", "port", "transport_document", "packages", "lists_as_of"})
_PHOTOS: Final = "photographs"
"""Written only where photographs were taken: the SHA-256 of each, in order."""
_DEAD: Final = "dead"
"""Written only where animals or plants arrived dead: how many of each line, in the order of the lines."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read. `permit` is the permit digest in hexadecimal; `quantities` follow the permit's lines."""

    digest: str
    device: str
    sequence: int
    previous: str
    made_at: datetime
    permit: str
    number: str
    stage: str
    quantities: tuple[str, ...]
    port: str
    transport_document: str
    packages: int | None
    photographs: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()

    def died(self, blocks: Iterable[str]) -> dict[str, str]:
        """Of each block how many arrived dead, where any did."""
        return {block: amount for block, amount in zip(blocks, self.dead, strict=False) if amount.strip("0.")}


def public_key(raw: str) -> PublicKey | Refusal:
    """A device's P-256 key from its uncompressed point in hexadecimal."""
    try:
        point = bytes.fromhex(raw)
        if len(point) == 65 and point[0] == 4:
            return PublicKey.from_cose({1: 2, -1: 1, -2: point[1:33], -3: point[33:]})
    except ValueError:
        pass
    return refuse("device-key", "The key of this device cannot be used: it is not a point of P-256.", basis=BASIS)


def read_record(body: str) -> Record | Refusal:
    """A record from the text that was signed; a Refusal for anything that a device of ours would not have written."""
    try:
        found = json.loads(body) if len(body) <= LONGEST_RECORD else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.keys() - {_PHOTOS, _DEAD} != _KEYS or not _well_formed(found):
        return refuse("record-unreadable", "The record of the device cannot be read.", basis=BASIS)
    return Record(
        digest_of(body), found["device"], found["sequence"], found["previous"],
        datetime.fromisoformat(found["made"]), found["permit"], found["number"],
        found["stage"], tuple(found["quantities"]), found["port"], found["transport_document"], found["packages"],
        tuple(found.get(_PHOTOS, ())), tuple(found.get(_DEAD, ())))


def digest_of(body: str) -> str:
    """The name of a record: the SHA-256 of the text that was signed, in hexadecimal."""
    return hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()


def _well_formed(found: dict[str, Any]) -> bool:
    texts = ("device", "previous", "made", "permit", "number", "stage", "port", "transport_document")
    if not all(isinstance(found[name], str) and found[name].isprintable() for name in texts):
        return False
    if not _is_moment(found["made"]):
        return False
    amounts, packages = found["quantities"], found["packages"]
    return (
        found["version"] == VERSION
        and type(found["sequence"]) is int and found["sequence"] > 0
        and bool(_is_hex64(found["device"]) and _is_hex64(found["permit"]))
        and (found["previous"] == "" or bool(_is_hex64(found["previous"])))
        and _are_amounts(amounts) and len(amounts) >= 1
        and (_DEAD not in found or (found["stage"] == "import" and _are_amounts(found[_DEAD])
                                    and len(found[_DEAD]) == len(amounts)))
        and (packages is None or type(packages) is int)
        and len(found["number"]) <= 30
        and _are_photographs(found.get(_PHOTOS, []))
    )


def _are_amounts(given: Any) -> bool:
    return (isinstance(given, list) and len(given) <= MOST_LINES
            and all(isinstance(each, str) and len(each) <= 40 and each.isascii() for each in given))


def _are_photographs(given: Any) -> bool:
    return (isinstance(given, list) and len(given) <= MOST_PHOTOS
            and all(isinstance(each, str) and _is_hex64(each) for each in given) and len(set(given)) == len(given))


def _is_moment(text: str) -> bool:
    """Whole seconds of UTC in the one spelling that devices write: `2027-03-03T10:00:00Z`."""
    try:
        return len(text) == 20 and text[10] == "T" and text[19] == "Z" and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def signed(body: str, signature: str, raw_key: str) -> bool:
    """Whether the device's key signed exactly this text."""
    key = public_key(raw_key)
    return (isinstance(key, PublicKey) and bool(_is_signature(signature))
            and key.verify(bytes.fromhex(signature), body.encode()))


def out_of_order(record: Record, sequence: int, head: str) -> Refusal | None:
    """Why a record does not follow on the last one that arrived: one is missing, came twice, or was exchanged."""
    if record.sequence > sequence + 1:
        return refuse(
            "records-missing",
            "Record %(found)s arrived but record %(wanted)s is missing: records arrive in order, none may be left out.",
            found=record.sequence, wanted=sequence + 1, basis=BASIS)
    if record.sequence <= sequence:
        return refuse(
            "record-exchanged", "Record %(found)s of this device arrived before with another content.",
            found=record.sequence, basis=BASIS)
    if record.previous != head:
        return refuse(
            "record-unchained", "Record %(found)s does not follow on the record before it: one was changed or dropped.",
            found=record.sequence, basis=BASIS)
    return None


def wrong_clock(record: Record, *, since: datetime, until: datetime, last: datetime | None,
                at: datetime) -> Refusal | None:
    """Why the time on a record cannot be right: in the future, before the device was enrolled or before the record
    that it follows on, or longer ago than a post may be without a signal."""
    made = record.made_at
    if made > at + SLACK:
        why = refuse("clock-ahead", "The record says %(made)s, which is later than now: the clock of the device is "
                     "wrong. Ask the authority.", made=_moment(made), basis=BASIS)
    elif made < at - WINDOW:
        why = refuse("offline-too-long", "The record says %(made)s, more than %(hours)s hours ago. Ask the authority.",
                     made=_moment(made), hours=int(WINDOW.total_seconds() // 3600), basis=BASIS)
    elif made < since - SLACK or (last is not None and made < last - SLACK):
        why = refuse("clock-behind", "The record says %(made)s, before what this device did earlier: its clock is "
                     "wrong. Ask the authority.", made=_moment(made), basis=BASIS)
    elif made > until:
        why = refuse("device-expired", "The device was enrolled until %(until)s. Enrol it again.",
                     until=_moment(until), basis=BASIS)
    else:
        return None
    return why


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC"
