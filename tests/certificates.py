"""Certificate authorities for tests: they answer requests, and make pairs that are wrong in one thing."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from wildgate.kit import tls


class Authority:
    """A certificate authority of a country, for as long as a test lasts."""

    def __init__(self, country: str, at: datetime) -> None:
        self.at = at
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = tls.subject(country, [f"{country} test authority {secrets.token_hex(4)}"])
        self.certificate = (
            x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=self.key.public_key(),
                                    serial_number=x509.random_serial_number(), not_valid_before=at - timedelta(days=1),
                                    not_valid_after=at + timedelta(days=4000))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(
                digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False),
                critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256()))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def answer(self, request: bytes, until: datetime | None = None) -> bytes:
        """The certificate for a request, as asked."""
        asked = x509.load_pem_x509_csr(request)
        names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return (
            x509.CertificateBuilder(subject_name=asked.subject, issuer_name=self.certificate.subject,
                                    public_key=asked.public_key(), serial_number=x509.random_serial_number(),
                                    not_valid_before=self.at, not_valid_after=until or self.at + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(tls.usage(), critical=True)
            .add_extension(tls.PURPOSES, critical=False)
            .add_extension(names, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(asked.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())).public_bytes(Encoding.PEM)

    def pair(self, home: Path, country: str, until: datetime | None = None) -> Path:
        """A key with its certificate for 127.0.0.1 below `home`; the file that holds both."""
        made = self.answer(tls.request(home, country, ["127.0.0.1"]), until)
        waiting = tls.folder(home) / "next.pem"
        file = tls.folder(home) / "identity.pem"
        file.write_bytes(made + waiting.read_bytes())
        waiting.unlink()
        return file
