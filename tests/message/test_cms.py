"""The signature container of a PDF is what a general writer of CMS would have written, byte for byte."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms, core, pem, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.message.papers import certificate

from wildgate.message.cms import container, der, names, signed_attributes
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


def test_a_key_that_is_not_for_ecdsa_signs_nothing() -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    with pytest.raises(ValueError, match="not one for ECDSA"):
        sign_pdf(b"%PDF-1.7", other, [certificate()[1]])
