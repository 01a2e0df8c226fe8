"""The TLS identity of an installation: the key and certificates that it shows to partners, kept in `home/tls`.

`identity.pem` holds the certificate chain and its key, so that the two change in one step; `next.pem` holds a key that
waits for its certificate. Both are readable by their owner only. It is another key than those that seal permits.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wildgate.convention.refusal import Refusal, refuse
from wildgate.seal.files import write_atomically

SOON: Final = timedelta(days=60)
OWNER_ONLY: Final = 0o600
NO_TIME_CHECK: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME."""
PEM: Final = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class Identity:
    """What this installation shows to partners. `file` holds the chain and the key; `chain` begins with its own."""

    file: Path
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @property
    def public_pem(self) -> bytes:
        """What is handed to partners: certificates only."""
        return b"".join(each.public_bytes(PEM) for each in self.chain)

    def key(self) -> ec.EllipticCurvePrivateKey:
        """The private key, to sign with."""
        return _key(self.file)


def folder(home: Path) -> Path:
    return Path(home) / "tls"


def identity(home: Path) -> Identity | None:
    """The identity in use; None before one was made."""
    file = folder(home) / "identity.pem"
    if not file.exists():
        return None
    return Identity(file, tuple(x509.load_pem_x509_certificates(file.read_bytes())))


def make(home: Path, party: str, names: Sequence[str], *, at: datetime, days: int = 365) -> Identity:
    """A key and a certificate that it signs itself: for tests, and between Parties that pin each other's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = subject(party, names)
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key(),
                                serial_number=x509.random_serial_number(), not_valid_before=at - timedelta(minutes=5),
                                not_valid_after=at + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(), critical=True)
        .add_extension(PURPOSES, critical=False)
        .add_extension(alternative(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256()))
    return _keep(home, (certificate,), key)


def request(home: Path, party: str, names: Sequence[str]) -> bytes:
    """A new key that waits in `next.pem`, and the request for its certificate, to be sent to a certificate authority.

    The identity in use stays until the certificate comes. Asked again, the same key makes the request.
    """
    waiting = folder(home) / "next.pem"
    if not waiting.exists():
        _write(waiting, _key_pem(ec.generate_private_key(ec.SECP256R1())))
    draft = x509.CertificateSigningRequestBuilder(subject_name=subject(party, names))
    draft = draft.add_extension(alternative(names), critical=False)
    return draft.sign(_key(waiting), hashes.SHA256()).public_bytes(PEM)


def take(home: Path, pem: bytes, party: str, *, at: datetime) -> Identity | Refusal:
    """Take the certificate, and those above it, that an authority made for the waiting key or for the one in use."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        return refuse("tls-unreadable", "This is no file of certificates in PEM.")
    files = [file for name in ("next.pem", "identity.pem") if (file := folder(home) / name).exists()]
    keys = {_spki(key.public_key()): key for key in map(_key, files)}
    own = next((each for each in found if _spki(each.public_key()) in keys), None)
    if own is None:
        return refuse("tls-other-key", "The certificate is for another key than the one that waits here. "
                                       "Make a request with: wildgate tls request")
    if country_of(own) != party:
        return refuse("tls-country", "The certificate names the country %(found)s, but this installation serves "
                                     "%(party)s.", found=country_of(own) or "-", party=party)
    if not own.not_valid_before_utc <= at < own.not_valid_after_utc:
        return refuse("tls-not-in-force", "The certificate is in force from %(since)s to %(until)s, not now.",
                      since=f"{own.not_valid_before_utc:%Y-%m-%d}", until=f"{own.not_valid_after_utc:%Y-%m-%d}")
    chain = (own, *(each for each in found if each is not own))
    kept = _keep(home, chain, keys[_spki(own.public_key())])
    (folder(home) / "next.pem").unlink(missing_ok=True)
    return kept


def warning(found: Identity | None, at: datetime) -> Refusal | None:
    """What an operator must know about the identity: that it has ended, or ends soon."""
    if found is None:
        return refuse("tls-none", "There is no TLS certificate. Make one with: wildgate tls make, or wildgate tls "
                                  "request")
    if at >= found.until:
        return refuse("tls-ended", "The TLS certificate ended on %(until)s: partners refuse it.",
                      until=f"{found.until:%Y-%m-%d}")
    if at + SOON >= found.until:
        return refuse("tls-ends-soon", "The TLS certificate ends on %(until)s. Renew it with: wildgate tls request",
                      until=f"{found.until:%Y-%m-%d}")
    return None


def country_of(certificate: x509.Certificate) -> str:
    """The country in the subject; empty where there is none or more than one."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)
    return str(found[0].value).upper() if len(found) == 1 else ""


def client_context(home: Path, server_ca: bytes = b"") -> ssl.SSLContext:
    """How a partner is called: our certificate is shown; theirs must rest on `server_ca` (PEM: an authority, or their
    very certificate), and name the host that is called. Without `server_ca`, on the authorities of this machine."""
    context = ssl.create_default_context(cadata=server_ca.decode("ascii")) if server_ca else (
        ssl.create_default_context())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    if found := identity(home):
        context.load_cert_chain(found.file)
    return context


def server_context(found: Identity, trusted: Iterable[bytes]) -> ssl.SSLContext:
    """How partners come in: each shows a certificate that is one of `trusted` (PEM) or was made by one of them.

    Its time is left to the application, which refuses an ended certificate in words and writes it down.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(found.file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VerifyFlags(ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | NO_TIME_CHECK)
    for pem in trusted:
        context.load_verify_locations(cadata=pem.decode("ascii"))
    return context


def subject(party: str, names: Sequence[str]) -> x509.Name:
    """The country first: partners ask whose certificate it is."""
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, party),
                      x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CITES Management Authority"),
                      x509.NameAttribute(NameOID.COMMON_NAME, names[0])])


def alternative(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """The host names and addresses under which this installation is called."""
    return x509.SubjectAlternativeName([_general(name) for name in names])


def usage() -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=True, content_commitment=False, key_encipherment=False,
                         data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                         encipher_only=False, decipher_only=False)


PURPOSES: Final = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _keep(home: Path, chain: tuple[x509.Certificate, ...], key: ec.EllipticCurvePrivateKey) -> Identity:
    file = folder(home) / "identity.pem"
    _write(file, b"".join(each.public_bytes(PEM) for each in chain) + _key_pem(key))
    return Identity(file, chain)


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(file, data, mode=OWNER_ONLY)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _key(file: Path) -> ec.EllipticCurvePrivateKey:
    text = file.read_bytes()
    key = serialization.load_pem_private_key(text[text.index(b"-----BEGIN PRIVATE"):], None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file} holds a key of another kind than was made here.")
    return key


def _spki(key: object) -> bytes:
    made: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return made
