"""Real seals on made-up permits, by a key that lives as long as the page: no trust list outside training knows it.

The training list names keys of a made-up Party; the installation's own lists never do, so a training code that gets
out is refused by every real verifier.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from wildgate.apps.controls.training.exercises import OTHER, Exercise, Paper
from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.seal.keys import Purpose as KeyPurpose
from wildgate.seal.keys import SigningKey
from wildgate.seal.token import seal_permit
from wildgate.seal.trust import TrustEntry, TrustList, build_trust_list, read_trust_list
from wildgate.seal.verdict import Role, Verifier

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many private keys P-256 has, and one more."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanner shows: whether a known key signed the code, and what the code says."""

    genuine: bool
    reason: str
    facts: dict[str, Any]

    @property
    def line(self) -> dict[str, Any]:
        lines = self.facts.get("lines") or [{}]
        return dict(lines[0])


def scan(one: Exercise, seed: str) -> Scan:
    """Seal the exercise and read the code with the training list, as the border's scanner does."""
    at = datetime(one.presented_on.year, one.presented_on.month, one.presented_on.day, 12, tzinfo=UTC)
    verdict = Verifier(_trust(seed, at)).verdict(token(one, seed), Role.IMPORT, at)
    return Scan(verdict.genuine, verdict.reasons[0].reason if verdict.reasons else "", verdict.facts)


def token(one: Exercise, seed: str) -> bytes:
    """The code on the paper."""
    key = _key(seed, "party" if one.known_key else "stranger")
    return seal_permit(_record(one.sealed), key, status_uri=f"{OTHER}/26Q1/0", status_index=one.number)[0]


def _trust(seed: str, at: datetime) -> TrustList:
    root, party = _key(seed, "root"), _key(seed, "party")
    entry = TrustEntry(OTHER, KeyPurpose.PERMIT, party.public, at - timedelta(days=800), at + timedelta(days=800))
    found = read_trust_list(build_trust_list([entry], key=root, at=at, sequence=1, operator=OTHER), [root.public])
    if isinstance(found, Refusal):
        raise ValueError(found.reason)
    return found


def _key(seed: str, name: str) -> SigningKey:
    """A key out of the seed: the same on each page of a run, stored nowhere."""
    number = int.from_bytes(hashlib.sha512(f"wildgate training {seed} {name}".encode()).digest()) % (ORDER - 1) + 1
    return SigningKey.from_private(ec.derive_private_key(number, ec.SECP256R1()))


def _record(paper: Paper) -> PermitRecord:
    issued = datetime(paper.issued_on.year, paper.issued_on.month, paper.issued_on.day, 9, tzinfo=UTC)
    line = PermitLine("A", paper.taxon, "", paper.term, "", Appendix(paper.appendix), Source(paper.source),
                      paper.quantity, paper.unit, Reference(OTHER))
    return PermitRecord(
        party=OTHER, number=paper.number, kind=DocumentKind.EXPORT_PERMIT, issued_at=issued,
        valid_until=paper.valid_until, importer=Address("Training Imports", "1 Practice Road", paper.importer),
        exporter=Address("Training Exports", "1 Practice Road", paper.exporter), purpose=Purpose.COMMERCIAL,
        authority=Address("Training Authority", "1 Practice Road", OTHER), place="Practice", official="Nobody",
        lines=(line,))
