"""A hub's word for what it passes on: a detached signature (JWS, RFC 7515 and 7797) over the very bytes.

The hub signs with the key of its TLS certificate, and whoever receives holds that certificate already: so nothing else
has to be exchanged. TLS says who brought a message; the signature can be kept, and says so years later.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import tls

HEADER: Final = "Wildgate-Forwarded"
LONGEST: Final = 1000
PART: Final = 32
"""Bytes of each half of an ES256 signature."""
NOT_SIGNED: Final = refuse("forwarded-unsigned", "A hub signs what it passes on; this carries no signature of it.")
BROKEN: Final = refuse("forwarded-broken", "The hub's signature does not fit these bytes: they were changed on the "
                                           "way, or another key signed them.")


class NoIdentity(RuntimeError):
    """A hub without a TLS key can sign nothing."""


def sign(home: Path, body: bytes) -> str:
    """The header's value for `body`: protected header and signature, the bytes themselves left out."""
    found = tls.identity(home)
    if found is None:
        raise NoIdentity("There is no TLS certificate. Make one with: wildgate tls make")
    head = _text(json.dumps({"alg": "ES256", "b64": False, "crit": ["b64"], "x5t#S256": _text(_digest(found.der))},
                            separators=(",", ":")).encode())
    r, s = decode_dss_signature(found.key().sign(head.encode() + b"." + body, ec.ECDSA(hashes.SHA256())))
    return f"{head}..{_text(r.to_bytes(PART) + s.to_bytes(PART))}"


def check(value: str, body: bytes, der: bytes) -> Refusal | None:
    """Nothing, when the certificate `der` signed `body`; else why this is not its word."""
    if not value:
        return NOT_SIGNED
    parts = value.split(".")
    if len(value) > LONGEST or len(parts) != 3 or parts[1]:
        return BROKEN
    try:
        head, signature = _said(parts[0]), _bytes(parts[2])
    except (ValueError, RecursionError):
        return BROKEN
    key = x509.load_der_x509_certificate(der).public_key()
    expected = {"alg": "ES256", "b64": False, "crit": ["b64"], "x5t#S256": _text(_digest(der))}
    if head != expected or len(signature) != 2 * PART or not isinstance(key, ec.EllipticCurvePublicKey):
        return BROKEN
    pair = encode_dss_signature(int.from_bytes(signature[:PART]), int.from_bytes(signature[PART:]))
    try:
        key.verify(pair, parts[0].encode() + b"." + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return BROKEN
    return None


def _said(text: str) -> Any:
    return json.loads(_bytes(text))


def _digest(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
