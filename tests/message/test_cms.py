"""The signature container of a PDF is what a general writer of CMS would have written, byte for byte."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import cms, core, pem, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.message.papers import certificate

from wildgate.kit.certificates import issue_document_certificate
from wildgate.message.cms import SET, container, der, names, signed_attributes, signed_by
from wildgate.message.signature import sign_pdf

DIGEST = hashlib.sha256(b"a permit").digest()


def chain(*who: str) -> tuple[bytes, ...]:
    return tuple(pem.unarmor(certificate(name)[1])[2] for name in who)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65_535, 65_536])
def test_lengths_are_in_shortest_form(size: int) -> None:
    data = der(0x04, bytes(size))

    assert data == core.OctetString(bytes(size)).dump()


@pytest.mark.parametrize("stamp", [b"", cms.ContentInfo({"content_type": "data", "content": b"time"}).dump()])
def test_a_general_reader_finds_every_part_and_writes_the_same_bytes(stamp: bytes) -> None:
    given = chain("Demoland Wildlife Authority", "Demoland document authority")
    own = names(given)
    signed = signed_attributes(DIGEST, own)
    data = container(signed, b"the signature", own, stamp)

    found = cms.ContentInfo.load(data, strict=True)
    body, signer = found["content"], found["content"]["signer_infos"][0]
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    mine = x509.Certificate.load(given[0])
    assert {each.chosen.dump() for each in body["certificates"]} == set(given)
    assert attributes["message_digest"][0].native == DIGEST
    assert (signer["sid"].chosen["issuer"], signer["sid"].chosen["serial_number"].native) == (
        mine.issuer, mine.serial_number)
    assert signer["signature"].native == b"the signature"
    assert len(signer["unsigned_attrs"]) == bool(stamp)
    assert cms.CMSAttributes(signer["signed_attrs"]).dump(force=True) == der(0x31, signed)
    assert cms.ContentInfo.load(data).dump(force=True) == data


def made(given: tuple[bytes, ...], key: ec.EllipticCurvePrivateKey) -> bytes:
    own = names(given)
    signed = signed_attributes(DIGEST, own)
    return container(signed, key.sign(der(SET, signed), ec.ECDSA(hashes.SHA256())), own)


def own_key(who: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(certificate(who)[0], None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def pins(*given: bytes) -> set[bytes]:
    return {hashlib.sha256(each).digest() for each in given}


def test_a_container_is_known_by_the_pinned_certificate_that_made_it() -> None:
    given = chain("Demoland Wildlife Authority", "Demoland document authority")
    data = made(given, own_key("Demoland Wildlife Authority"))

    assert signed_by(data + bytes(40), DIGEST, pins(given[0])).certificate == given[0]
    assert signed_by(data, DIGEST, pins(*given)).certificate == given[0]
    for contents, digest, among in (
            (data, DIGEST, pins(given[1])), (data, DIGEST, set()), (data, bytes(32), pins(*given)),
            (data.replace(b"\2\1\1", b"\2\1\3", 1), DIGEST, pins(*given)),
            (data + b"\0\1", DIGEST, pins(*given)), (data[:-1], DIGEST, pins(*given)), (b"", DIGEST, pins(*given)),
            (made(given, own_key("Somebody else")), DIGEST, pins(*given)),
            (made((given[1], given[0]), own_key("Demoland Wildlife Authority")), DIGEST, pins(*given))):
        with pytest.raises(ValueError, match="not one that a known|nsufficient data"):
            signed_by(contents, digest, among)


def test_a_container_with_two_certificates_of_one_number_is_for_the_general_judge() -> None:
    own = chain("Demoland Wildlife Authority")[0]
    twin = x509.Certificate.load(own)
    twin["signature_value"] = core.OctetBitString(b"another")
    both = (own, twin.dump(force=True))

    with pytest.raises(ValueError, match="not one that a known"):
        signed_by(made(both, own_key("Demoland Wildlife Authority")), DIGEST, pins(own))


def test_a_key_on_another_curve_is_for_the_general_judge() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    at = datetime(2027, 1, 1, tzinfo=UTC)
    issued = issue_document_certificate("QM", key.public_key(), at, at.replace(year=2030))
    own = pem.unarmor(issued.certificate)[2]

    with pytest.raises(ValueError, match="P-256"):
        signed_by(made((own,), key), DIGEST, pins(own))


def test_a_key_that_is_not_for_ecdsa_signs_nothing() -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    with pytest.raises(ValueError, match="not one for ECDSA"):
        sign_pdf(b"%PDF-1.7", other, [certificate()[1]])
