"""The signature that goes into a PDF: CMS SignedData (RFC 5652) as PAdES wants it (ETSI EN 319 142-1), written in DER.

Written by hand: a builder of general CMS takes longer for this one shape than the whole form takes to be set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from asn1crypto import algos, cms, parser, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

SEQUENCE, SET, OCTETS, INTEGER, CONTEXT_0, CONTEXT_1, CONTEXT_4 = 0x30, 0x31, 0x04, 0x02, 0xA0, 0xA1, 0xA4
OID: Final = {name: bytes.fromhex(f"06{len(digits) // 2:02x}{digits}") for name, digits in {
    "data": "2a864886f70d010701", "signed data": "2a864886f70d010702", "content type": "2a864886f70d010903",
    "message digest": "2a864886f70d010904", "signing certificate": "2a864886f70d010910022f",
    "time stamp": "2a864886f70d010910020e", "sha256": "608648016503040201", "ecdsa": "2a8648ce3d040302"}.items()}


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    width = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + size.to_bytes(width) + body


SHA256: Final = der(SEQUENCE, OID["sha256"], b"\x05\x00")
ECDSA: Final = der(SEQUENCE, OID["ecdsa"])


class Names(NamedTuple):
    """What every signature by one certificate says of it."""

    all: bytes
    """Its own and those that certified it."""
    serial: bytes
    """Issuer and serial number."""
    said: bytes
    """The signed attribute with its digest."""


class Made(NamedTuple):
    """A signature in a container: the signer's certificate (DER), its value, and its time stamp (DER) or nothing."""

    certificate: bytes
    signature: bytes
    stamp: bytes


class Signer(signers.Signer):
    """`sign` gives the DER signature (ECDSA, SHA-256) of the bytes it is given, wherever the key is kept.

    `chain` holds DER certificates, the signer's own first.
    """

    def __init__(self, sign: Callable[[bytes], bytes], chain: Sequence[bytes]) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        own, *others = map(x509.Certificate.load, chain)
        registry.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=registry,
                         signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}))
        self._sign, self._names = sign, names(tuple(chain))

    async def async_sign(self, data_digest: bytes, digest_algorithm: str, *_: Any, timestamper: Any = None,
                         **__: Any) -> cms.ContentInfo:
        """The container over the file's digest. pyHanko is told the room that it needs and never asks twice."""
        if digest_algorithm != "sha256":
            raise ValueError("The container names SHA-256.")
        signed = signed_attributes(data_digest, self._names)
        signature = self._sign(der(SET, signed))
        stamp = b""
        if timestamper is not None:
            stamp = (await timestamper.async_timestamp(hashlib.sha256(signature).digest(), "sha256")).dump()
        return cms.ContentInfo.load(container(signed, signature, self._names, stamp))


@lru_cache(maxsize=16)
def names(chain: tuple[bytes, ...]) -> Names:
    own = x509.Certificate.load(chain[0])
    issuer, serial = own.issuer.dump(), own["tbs_certificate"]["serial_number"].dump()
    by_name = der(SEQUENCE, der(SEQUENCE, der(CONTEXT_4, issuer)), serial)
    digest = der(OCTETS, hashlib.sha256(chain[0]).digest())
    return Names(der(CONTEXT_0, *sorted(set(chain))), der(SEQUENCE, issuer, serial),
                 _attribute("signing certificate", der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, digest, by_name)))))


def signed_attributes(digest: bytes, own: Names) -> bytes:
    """What the signature covers: the digest of the file, and whose signature it is. In the order of DER."""
    return b"".join(sorted((_attribute("content type", OID["data"]),
                            _attribute("message digest", der(OCTETS, digest)), own.said)))


def container(signed: bytes, signature: bytes, own: Names, stamp: bytes = b"") -> bytes:
    signer = der(SEQUENCE, der(INTEGER, b"\x01"), own.serial, SHA256, der(CONTEXT_0, signed), ECDSA,
                 der(OCTETS, signature), der(CONTEXT_1, _attribute("time stamp", stamp)) if stamp else b"")
    body = der(SEQUENCE, der(INTEGER, b"\x01"), der(SET, SHA256), der(SEQUENCE, OID["data"]), own.all, der(SET, signer))
    return der(SEQUENCE, OID["signed data"], der(CONTEXT_0, body))


def signed_by(contents: bytes, digest: bytes, among: Collection[bytes]) -> Made:
    """Who made this container over a file with this digest: a certificate whose SHA-256 is in `among`.

    `contents` must be what `container` writes, byte for byte, with nothing but zeros after it. Raises ValueError for
    every other container, and for one that none of these certificates made.
    """
    held, signature, stamp = _parts(contents)
    for own in held:
        if hashlib.sha256(own).digest() not in among:
            continue
        others = [each for each in held if each != own]
        said = names((own, *others))
        signed = signed_attributes(digest, said)
        written = container(signed, signature, said, stamp)
        if (contents.startswith(written) and not contents[len(written):].strip(b"\0")
                and all(names((each,)).serial != said.serial for each in others)
                and _verified(signature, der(SET, signed), own)):
            return Made(own, signature, stamp)
    raise ValueError("The container is not one that a known certificate made in this house's way.")


def _parts(contents: bytes) -> tuple[list[bytes], bytes, bytes]:
    """The certificates, the signature and the time stamp (or nothing) in a container."""
    _, wrapped = _inside(contents)
    body, = _inside(wrapped)
    *_, held, signers = _inside(body)
    signer, = _inside(signers)
    _, _, _, _, _, signature, *beside = _inside(signer)
    stamp = b""
    for attribute in beside:
        _, values = _inside(_inside(attribute)[0])
        stamp, = _inside(values)
    return _inside(held), parser.parse(signature)[4], stamp


def _inside(data: bytes) -> list[bytes]:
    """The elements that this DER element holds."""
    rest, found = parser.parse(data)[4], []
    while rest:
        size = parser.peek(rest)
        found.append(rest[:size])
        rest = rest[size:]
    return found


def _verified(signature: bytes, data: bytes, certificate: bytes) -> bool:
    try:
        _public(certificate).verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _public(certificate: bytes) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(x509.Certificate.load(certificate).public_key.dump())
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("The certificate's key is not one on the curve P-256.")
    return key


def _attribute(name: str, value: bytes) -> bytes:
    return der(SEQUENCE, OID[name], der(SET, value))
