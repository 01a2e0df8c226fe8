"""Demoland's seal in a test: a permit of Lacuna Hides Ltd, keys for each purpose, a trust list and status lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.seal import cbor
from wildgate.seal.envelope import open_envelope, seal
from wildgate.seal.keys import Purpose as KeyPurpose
from wildgate.seal.keys import SigningKey
from wildgate.seal.status import StatusLists, build_digests, build_status_list, digests_path, status_path
from wildgate.seal.token import permit_digest, seal_permit
from wildgate.seal.trust import TrustEntry, TrustList, build_trust_list, read_trust_list
from wildgate.seal.verdict import Verifier

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
URI = "QM/27Q3/0"
INDEX = 41
PERMIT, CUSTOMS, STATUS, ROOT, STRANGER = (
    SigningKey.from_private(ec.derive_private_key(number, ec.SECP256R1())) for number in range(2001, 2006))
"""The same in every run, and so is every signature by them: what a test changes in one is changed for certain."""


def line(block: str = "A", **changed: Any) -> PermitLine:
    facts: dict[str, Any] = {
        "block": block, "taxon": "Crocodylus novaeguineae", "common_name": "New Guinea crocodile", "term": "SKI",
        "description": "skins", "appendix": Appendix.II, "source": Source.CAPTIVE_BRED, "quantity": Decimal(1200),
        "unit": "NAR", "origin": Reference("QM")}
    return PermitLine(**facts | changed)


def record(lines: int | tuple[PermitLine, ...] = 1, **changed: Any) -> PermitRecord:
    facts: dict[str, Any] = {
        "party": "QM", "number": "QM-E-2027-00031", "kind": DocumentKind.EXPORT_PERMIT, "issued_at": AT,
        "valid_until": date(2027, 9, 2), "importer": Address("Orlo SA", "1 Quay, Port Q", "QZ"),
        "exporter": Address("Lacuna Hides Ltd", "7 Mill Road, Demo City", "QM"), "purpose": Purpose.COMMERCIAL,
        "authority": Address("Management Authority", "Demo City", "QM"), "place": "Demo City",
        "official": "Amina Keita",
        "lines": lines if isinstance(lines, tuple) else tuple(line("ABCDEFGHIJ"[place]) for place in range(lines))}
    return PermitRecord(**facts | changed)


def token(key: SigningKey = PERMIT, **changed: Any) -> bytes:
    return seal_permit(record(**changed), key, status_uri=URI, status_index=INDEX)[0]


def resealed(change: Any, key: SigningKey = PERMIT, **changed: Any) -> bytes:
    """A permit whose claims are changed by `change(claims)` and signed again."""
    opened = open_envelope(token(key, **changed))
    claims = cbor.decode(opened.payload)
    claims = change(claims) or claims
    return seal(cbor.encode(claims), opened.header.kind, key)


def entry(purpose: KeyPurpose, key: SigningKey, party: str = "QM", **changed: Any) -> TrustEntry:
    facts: dict[str, Any] = {"since": AT - timedelta(days=30), "until": AT + timedelta(days=700)}
    return TrustEntry(party, purpose, key.public, **facts | changed)


def trust(*entries: TrustEntry, at: datetime = AT, **more: Any) -> TrustList:
    found = entries or (entry(KeyPurpose.PERMIT, PERMIT), entry(KeyPurpose.ENDORSEMENT, CUSTOMS),
                        entry(KeyPurpose.STATUS, STATUS))
    answer = read_trust_list(build_trust_list(found, key=ROOT, at=at, sequence=1, operator="QM", **more), [ROOT.public])
    assert isinstance(answer, TrustList)
    return answer


def lists(state: int = 0, *, at: datetime = AT, digests: Sequence[bytes] | None = None) -> StatusLists:
    states = [1] * INDEX + [state]
    files = {status_path(URI): build_status_list(states, uri=URI, key=STATUS, at=at)}
    if digests is not None:
        slots: list[Any] = [None] * INDEX + [[permit_digest(one) for one in digests]]
        files[digests_path(URI)] = build_digests(slots, uri=URI, key=STATUS, at=at)
    return StatusLists(files)


def verifier(state: int = 0, **more: Any) -> Verifier:
    return Verifier(trust(), lists(state, **more))
