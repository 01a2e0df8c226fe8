"""X.509 certificates of partners' programs: read at the door, compared, and judged for a moment. No database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wildgate.convention.refusal import Refusal, refuse

LARGEST: Final = 20_000
PEM: Final = b"-----BEGIN CERTIFICATE-----"
BASIS: Final = ("House rule: certificates of partners",)
UNREADABLE: Final = refuse("certificate-unreadable", "This is no certificate, or there is more than one in "
                           "it: ask for a file with one certificate.", field="file", basis=BASIS)
UNFIT = (ValueError, TypeError, KeyError, UnsupportedAlgorithm, x509.DuplicateExtension,
         x509.UnsupportedGeneralNameType, x509.InvalidVersion)


@dataclass(frozen=True, slots=True)
class Read:
    """A certificate as read. `country` is the one country of its subject, upper case; empty: none, or several."""

    certificate: x509.Certificate
    der: bytes
    fingerprint: str
    name: str
    issuer: str
    country: str
    not_before: datetime
    not_after: datetime
    is_authority: bool
    for_clients: bool


def read(data: bytes) -> Read | Refusal:
    """One certificate, PEM or DER."""
    if not data or len(data) > LARGEST or data.count(PEM) > 1:
        return UNREADABLE
    try:
        return _read(x509.load_pem_x509_certificate(data) if PEM in data else x509.load_der_x509_certificate(data))
    except UNFIT:
        return UNREADABLE


def _read(found: x509.Certificate) -> Read:
    der = found.public_bytes(Encoding.DER)
    found.public_key()
    countries = {str(each.value).upper() for each in found.subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)}
    return Read(found, der, hashlib.sha256(der).hexdigest(), found.subject.rfc4514_string()[:300],
                found.issuer.rfc4514_string()[:300], countries.pop() if len(countries) == 1 else "",
                found.not_valid_before_utc, found.not_valid_after_utc, _is_authority(found), _for_clients(found))


def _is_authority(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _for_clients(found: x509.Certificate) -> bool:
    """A certificate that names its uses must name this one."""
    try:
        uses = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in uses


def issued_by(found: Read, authority: bytes) -> bool:
    """Whether that authority (DER) signed the certificate itself, and is one that may."""
    by = read(authority)
    if isinstance(by, Refusal) or not by.is_authority:
        return False
    try:
        found.certificate.verify_directly_issued_by(by.certificate)
    except (InvalidSignature, *UNFIT):
        return False
    return True


def fits(found: Read, country: str, at: datetime) -> Refusal | None:
    """Why this certificate of a partner from `country` opens nothing at that moment, wherever it came from."""
    if found.country != country:
        return refuse("certificate-country", "The certificate is made out to the country %(found)s, not to %(wanted)s.",
                      found=found.country or "–", wanted=country, field="file", basis=BASIS)
    if at < found.not_before:
        return refuse("certificate-not-yet", "The certificate is valid from %(day)s on.", day=found.not_before.date(),
                      field="file", basis=BASIS)
    if at > found.not_after:
        return refuse("certificate-expired", "The certificate ended on %(day)s.", day=found.not_after.date(),
                      field="file", basis=BASIS)
    if not found.for_clients:
        return refuse("certificate-use", "The certificate is not made for programs that call others.", field="file",
                      basis=BASIS)
    return None


def pem(der: bytes) -> bytes:
    """The same certificate in letters."""
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def groups(fingerprint: str) -> str:
    """A fingerprint to read aloud: sixteen groups of four."""
    return " ".join(fingerprint[at:at + 4].upper() for at in range(0, len(fingerprint), 4))


def short(fingerprint: str) -> str:
    """Its first and last groups: enough to tell one from another, not enough to compare by."""
    found = groups(fingerprint)
    return f"{found[:9]} … {found[-9:]}"


def same(fingerprint: str, typed: str) -> bool:
    """Whether `typed` is this fingerprint; spaces, colons and case do not matter."""
    return "".join(each for each in typed if each.isalnum()).lower() == fingerprint


def named(text: str) -> list[tuple[str, date]]:
    """Whose certificates these are, PEM, and the last day of each; empty where they cannot be read."""
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except UNFIT:
        return []
    return [(each.subject.rfc4514_string(), each.not_valid_after_utc.date()) for each in found]


def readable_chain(text: str) -> bool:
    """Whether this is one or more certificates of authorities, PEM: what a partner's server is checked by."""
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except UNFIT:
        return False
    return bool(found) and len(text) <= LARGEST
