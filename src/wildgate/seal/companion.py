"""What the seal of a paper beside a permit says: the label on a parcel, or a certificate not completed yet.

Neither is a permit, and no reader may take one for it: they are sealed as a kind of their own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

from wildgate.seal import cbor, shape
from wildgate.seal.claims import EXP, IAT, ISS, KIND_NAMES, STATUS, read_place
from wildgate.seal.shape import Unfit

COMPANION: Final = -65543
VERSION: Final = 1
DIGEST_BYTES: Final = 16
LONGEST_LIFE: Final = 1131 * 86400
"""Three years and a month: no document lives longer, and no permission to complete certificates does."""
_LABEL_KEYS: Final = frozenset({ISS, EXP, IAT, STATUS, COMPANION})
_BLANK_KEYS: Final = frozenset({ISS, EXP, IAT, COMPANION})
_KEYS: Final = frozenset(range(5))


class Paper(IntEnum):
    """Which paper it is."""

    LABEL = 1
    BLANK = 2


class Companion(NamedTuple):
    """The label of the permit `number`, or the pre-signed certificate that will bear it. It names nobody.

    A label names the permit by the first 16 bytes of its digest and has its place in the status list; a blank has
    neither, for there is no permit. `kind` is a number of `claims.KIND_NAMES`; times are UTC seconds.
    """

    party: str
    issued_at: int
    expires_at: int
    paper: Paper
    number: str
    kind: int
    permit_digest: bytes = b""
    status_uri: str = ""
    status_index: int = 0


def companion_payload(companion: Companion) -> bytes:
    """The claims as deterministic CBOR."""
    body: dict[int, Any] = {0: VERSION, 1: companion.number, 2: companion.kind, 3: int(companion.paper)}
    claims: dict[int, Any] = {ISS: companion.party, EXP: companion.expires_at, IAT: companion.issued_at,
                              COMPANION: body}
    if companion.paper is Paper.LABEL:
        body[4] = companion.permit_digest[:DIGEST_BYTES]
        claims[STATUS] = {"status_list": {"idx": companion.status_index, "uri": companion.status_uri}}
    return cbor.encode(claims)


def read_companion(claims: Any) -> Companion:
    """Check decoded claims against the profile. Raises Unfit with what is wrong."""
    label = type(claims) is dict and STATUS in claims
    shape.known_keys(claims, _LABEL_KEYS if label else _BLANK_KEYS, "the code")
    party = shape.party(claims.get(ISS), "the issuing Party")
    issued, expires = shape.time(claims, IAT, "the time of issue"), shape.time(claims, EXP, "the last day of validity")
    if not issued < expires <= issued + LONGEST_LIFE:
        raise Unfit("it is valid longer than three years, or for no time")
    body = claims.get(COMPANION)
    shape.known_keys(body, _KEYS, "the paper")
    if shape.need(body, 0, int, "the version") != VERSION:
        raise Unfit("it is of another version")
    kind, paper = shape.need(body, 2, int, "the type of the permit"), shape.need(body, 3, int, "the kind of paper")
    if kind not in KIND_NAMES:
        raise Unfit("the type of the permit is unknown")
    if paper not in Paper.__members__.values() or (paper == Paper.LABEL) != label:
        raise Unfit("the kind of paper is unknown, or its place in the status list is wrong")
    number = shape.text(body.get(1), shape.NUMBER_BYTES, "the permit number")
    if not label:
        if 4 in body:
            raise Unfit("a certificate that is not complete names no permit")
        return Companion(party, issued, expires, Paper.BLANK, number, kind)
    digest: bytes = shape.need(body, 4, bytes, "the digest of the permit")
    if len(digest) != DIGEST_BYTES:
        raise Unfit(f"a digest is not {DIGEST_BYTES} bytes long")
    return Companion(party, issued, expires, Paper.LABEL, number, kind, digest, *read_place(claims[STATUS], party))
