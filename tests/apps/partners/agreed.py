"""A partner as two people agreed on it, and certificates of its programs, for tests of this room and of those above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.remembering import remembered

from wildgate.apps.accounts.access import Actor
from wildgate.apps.partners import services
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.rights import KINDS, Operation
from wildgate.convention.refusal import Refusal

EVERYTHING = tuple(each.value for each in Operation)


def agree(cast: dict[str, Actor], at: datetime, code: str = "QZ", *, operations: Sequence[str] = EVERYTHING,
          kinds: Sequence[str] = KINDS, **way: Any) -> Partner:
    """A live partner with these rights: Sam proposes, Amina confirms."""
    return Partner.objects.get(pk=remembered("agree", (cast, at, code, operations, kinds, way),
                                             lambda: _agree(cast, at, code, operations, kinds, **way).pk))


def _agree(cast: dict[str, Actor], at: datetime, code: str, operations: Sequence[str], kinds: Sequence[str],
           *, name: str = "", **way: Any) -> Partner:
    sam, amina = cast["sam"], cast["amina"]
    done(services.add_partner(actor=sam, code=code, at=at, name=name, is_hub=bool(way.get("is_hub"))))
    given = {"tier": "live", "adapter": "rest", "endpoint": "https://qz.example/", **way}
    link = done(services.propose_link(actor=sam, code=code, given=given, at=at))
    done(services.confirm_link(actor=amina, link=link.pk, at=at))
    for operation in operations:
        right = done(services.propose_right(actor=sam, code=code, operation=operation, kinds=kinds, since=at.date(),
                                            legal_basis="Exchange of letters of 2026", at=at))
        done(services.confirm_right(actor=amina, right=right.pk, at=at))
    return Partner.objects.get(code=code)


def take_up(cast: dict[str, Actor], at: datetime, code: str, data: bytes, *, fingerprint: str,
            kind: str = "pin") -> Any:
    """A certificate that Sam proposes and Amina confirms, or the first refusal."""
    made = services.propose_certificate(actor=cast["sam"], code=code, data=data, fingerprint=fingerprint, kind=kind,
                                        at=at)
    return made if isinstance(made, Refusal) else services.confirm_certificate(
        actor=cast["amina"], code=code, certificate=made.pk, fingerprint=fingerprint, at=at)


def pinned(cast: dict[str, Actor], at: datetime, code: str, der: bytes) -> bytes:
    """The same certificate, which was taken up."""
    remembered("pinned", (cast, at, code, der),
               lambda: done(take_up(cast, at, code, der, fingerprint=fingerprint(der))).pk)
    return der


def give_account(cast: dict[str, Actor], at: datetime, code: str, email: str, name: str) -> Any:
    """An account for an officer of a partner, which Sam proposes and Amina confirms."""
    made = services.propose_officer(actor=cast["sam"], code=code, email=email, name=name, at=at)
    return made if isinstance(made, Refusal) else services.confirm_officer(actor=cast["amina"], admission=made.pk,
                                                                           at=at)


def done(outcome: Any) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def name(country: str, common: str = "CITES exchange") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else []
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, f"{country} {common}")])


class Issuer:
    """A small authority, of a partner or of a stranger."""

    def __init__(self, country: str, at: datetime, days: int = 700) -> None:
        self.key, self.at = ec.generate_private_key(ec.SECP256R1()), at
        self.name = name(country, "authority")
        self.certificate = _signed(self.name, self.name, self.key.public_key(), self.key, at - timedelta(days=1),
                                   at + timedelta(days=days), authority=True)
        self.der = self.certificate.public_bytes(Encoding.DER)

    def issue(self, country: str, *, since: int = -1, days: int = 365, use: Any = ExtendedKeyUsageOID.CLIENT_AUTH,
              ) -> bytes:
        """A client certificate, DER, from `since` days on for `days` days."""
        start = self.at + timedelta(days=since)
        key = ec.generate_private_key(ec.SECP256R1())
        return _signed(name(country), self.name, key.public_key(), self.key, start, start + timedelta(days=days),
                       use=use).public_bytes(Encoding.DER)


@cache
def certificate_of(code: str, at: datetime) -> bytes:
    """That of a partner's program, DER. Keys are chance: one for all tests, so what comes after it is remembered."""
    return Issuer(code, at).issue(code)


def _signed(subject: x509.Name, issuer: x509.Name, public: Any, key: Any, since: datetime, until: datetime, *,
            authority: bool = False, use: Any = None) -> x509.Certificate:
    draft = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
             .serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
             .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
    if use is not None:
        draft = draft.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    return draft.sign(key, hashes.SHA256())


def fingerprint(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex()
