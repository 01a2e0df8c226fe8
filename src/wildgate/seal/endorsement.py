"""What the seal of an endorsement says: customs saw this permit, and this much moved (box 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final

from wildgate.seal import cbor, shape
from wildgate.seal.claims import IAT, ISS
from wildgate.seal.shape import Unfit

ENDORSEMENT: Final = -65538
VERSION: Final = 1
DIGEST_BYTES: Final = 16
MOST_LINES: Final = 100
_TOP_KEYS: Final = frozenset({ISS, IAT, ENDORSEMENT})
_KEYS: Final = frozenset(range(9))
_is_locode: Final = re.compile("[A-Z]{2}[A-Z0-9]{3}").fullmatch


class Stage(IntEnum):
    """At which control the permit was endorsed."""

    EXPORT = 1
    RE_EXPORT = 2
    IMPORT = 3
    TRANSIT = 4
    REFUSAL = 5


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One endorsement by customs of `party` at `locode` (UN/LOCODE, five characters).

    `permit_digest` is the digest of the permit's token (of its first page) and `previous` that of the endorsement
    before this one; 16 bytes of each are carried. `quantities` follow the lines of the whole permit, zero where
    nothing moved. `at` is aware; whole seconds are carried.
    """

    party: str
    number: str
    permit_digest: bytes
    stage: Stage
    locode: str
    quantities: tuple[Decimal, ...]
    at: datetime
    transport_document: str = ""
    packages: int | None = None
    previous: bytes | None = None


def endorsement_payload(endorsement: Endorsement) -> bytes:
    """The claims as deterministic CBOR. Raises Unfit when they cannot be carried."""
    body: dict[int, Any] = {
        0: VERSION, 1: endorsement.number, 2: endorsement.permit_digest[:DIGEST_BYTES], 3: int(endorsement.stage),
        4: endorsement.locode, 5: [shape.number_to_carry(amount) for amount in endorsement.quantities],
    }
    if endorsement.transport_document:
        body[6] = shape.cut(endorsement.transport_document)
    if endorsement.packages is not None:
        body[7] = endorsement.packages
    if endorsement.previous is not None:
        body[8] = endorsement.previous[:DIGEST_BYTES]
    return cbor.encode({ISS: endorsement.party, IAT: int(endorsement.at.timestamp()), ENDORSEMENT: body})


def read_endorsement(claims: Any) -> Endorsement:
    """Check decoded claims against the endorsement profile. Raises Unfit with what is wrong."""
    shape.known_keys(claims, _TOP_KEYS, "the code")
    party = shape.party(claims.get(ISS), "the endorsing Party")
    at = shape.time(claims, IAT, "the time of endorsement")
    body = claims.get(ENDORSEMENT)
    shape.known_keys(body, _KEYS, "the endorsement")
    if shape.need(body, 0, int, "the version") != VERSION:
        raise Unfit("it is of another version")
    stage = shape.need(body, 3, int, "the stage")
    if stage not in Stage.__members__.values():
        raise Unfit("the stage is unknown")
    if not _is_locode(locode := shape.text(body.get(4), 5, "the place")):
        raise Unfit("the place is not a UN/LOCODE")
    packages = body.get(7)
    if packages is not None and (type(packages) is not int or not 0 <= packages < 1 << 32):
        raise Unfit("the number of packages is out of range")
    return Endorsement(
        party, shape.text(body.get(1), shape.NUMBER_BYTES, "the permit number"), _digest(body, 2), Stage(stage), locode,
        _quantities(body.get(5)), datetime.fromtimestamp(at, UTC),
        shape.text(body[6], shape.NAME_BYTES, "the transport document") if 6 in body else "", packages,
        _digest(body, 8) if 8 in body else None)


def _digest(body: dict[Any, Any], key: int) -> bytes:
    value: bytes = shape.need(body, key, bytes, "a digest")
    if len(value) != DIGEST_BYTES:
        raise Unfit(f"a digest is not {DIGEST_BYTES} bytes long")
    return value


def _quantities(value: object) -> tuple[Decimal, ...]:
    if type(value) is not list or not 1 <= len(value) <= MOST_LINES:
        raise Unfit(f"it does not carry the quantities of 1 to {MOST_LINES} lines")
    return tuple(shape.quantity(amount, zero=True) for amount in value)
