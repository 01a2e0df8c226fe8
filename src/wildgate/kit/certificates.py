"""Certificates for signed PDF documents: a small authority of the Party, and the certificate that signs permits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Issued:
    """The document certificate and its authority's, PEM."""

    certificate: bytes
    authority: bytes


def issue_document_certificate(party: str, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime,
                               who: str = "CITES Management Authority") -> Issued:
    """Make an authority for `party` and let it certify `key` for signing documents (RFC 5280; ETSI EN 319 412).

    `who` signs with it; the name of the Party is put before it.

    The authority's own key signs this one certificate and is forgotten: what is not kept cannot be stolen.
    """
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name(party, "CITES document authority")
    authority_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        _draft(authority_name, authority_name, authority_key.public_key(), since, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(authority_id, critical=False)
        .sign(authority_key, hashes.SHA256()))
    certificate = (
        _draft(_name(party, who), authority_name, key, since, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False)
        .sign(authority_key, hashes.SHA256()))
    return Issued(certificate.public_bytes(serialization.Encoding.PEM),
                  authority.public_bytes(serialization.Encoding.PEM))


def _draft(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime,
           until: datetime) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer, subject_name=subject, public_key=key, serial_number=x509.random_serial_number(),
        not_valid_before=since, not_valid_after=until)


def _name(party: str, common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, party),
                      x509.NameAttribute(NameOID.COMMON_NAME, f"{party} {common}")])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)
