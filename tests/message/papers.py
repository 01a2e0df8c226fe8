"""Keys, certificates and sealed papers for the tests of PDF files and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wildgate.convention.permit import PermitRecord
from wildgate.message.pdf import write_pdf
from wildgate.message.signature import sign_pdf
from wildgate.message.xml import write_v2
from wildgate.seal.keys import Purpose, SigningKey
from wildgate.seal.status import State, StatusLists, build_status_list, status_path
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit
from wildgate.seal.trust import PartyEntry, TrustEntry, TrustList, build_trust_list, read_trust_list
from wildgate.seal.verdict import Verifier


@cache
def certificate(name: str = "Demoland Wildlife Authority") -> tuple[bytes, bytes]:
    """A key and its self-signed certificate, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, key_encipherment=False,
                                     data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                                     encipher_only=False, decipher_only=False), critical=True)
        .sign(key, hashes.SHA256()))
    return (key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()),
            made.public_bytes(serialization.Encoding.PEM))


URI, AT, BASE = "QM/27Q3/0", datetime(2027, 3, 4, 12, 0, tzinfo=UTC), "https://permits.demoland.example"
KEYS = {use: SigningKey.from_private(ec.derive_private_key(number, ec.SECP256R1()))
        for number, use in enumerate(("root", *Purpose), start=3001)}
"""The same in every run."""


def seals(record: PermitRecord, index: int = 0) -> tuple[bytes, ...]:
    return seal_permit(record, KEYS[Purpose.PERMIT], status_uri=URI, status_index=index)


def lists(states: Sequence[State] = (State.VALID,), pins: Sequence[bytes] = ()) -> tuple[bytes, dict[str, bytes]]:
    """A trust list and the status list of Demoland."""
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    entries = [TrustEntry("QM", use, KEYS[use].public, since, until) for use in Purpose]
    trust = build_trust_list(entries, key=KEYS["root"], at=AT, sequence=1, operator="QM",
                             parties=[PartyEntry("QM", document_pins=tuple(pins))])
    return trust, {status_path(URI): build_status_list(states, uri=URI, key=KEYS[Purpose.STATUS], at=AT)}


def verifier(states: Sequence[State] = (State.VALID,), pins: Sequence[bytes] = ()) -> Verifier:
    trust, status = lists(states, pins)
    found = read_trust_list(trust, None)
    assert isinstance(found, TrustList)
    return Verifier(found, StatusLists(status))


def text_of(record: PermitRecord) -> str:
    return "\n".join(to_url(BASE, token) for token in seals(record))


def pin() -> bytes:
    return x509.load_pem_x509_certificate(certificate()[1]).fingerprint(hashes.SHA256())


@cache
def paper(record: PermitRecord) -> bytes:
    """The signed PDF of a permit."""
    tokens = seals(record)
    xml = write_v2(record, "\n".join(to_url(BASE, token) for token in tokens))
    key, mine = certificate()
    return sign_pdf(write_pdf(record, tokens, base_url=BASE, xml=xml), key, [mine])
