"""The identity box: what a teller says of themselves, encrypted apart from the tip.

AES-256-GCM under a key that is derived (HKDF-SHA-256) from the installation's secret, so a copy of the database alone
opens no box. The tip's number goes in as associated data: a box put beside another tip does not open.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Who:
    """What the teller said of themselves."""

    name: str = ""
    contact: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.contact)


def close(who: Who, place: str) -> bytes:
    """The box for the tip named by `place`."""
    nonce = os.urandom(NONCE)
    return nonce + _key().encrypt(nonce, json.dumps(asdict(who)).encode(), place.encode())


def opened(box: bytes, place: str) -> Who | None:
    """What is in it; None where it does not belong to this tip or the installation's secret is another one."""
    try:
        plain = _key().decrypt(bytes(box[:NONCE]), bytes(box[NONCE:]), place.encode())
    except InvalidTag:
        return None
    return Who(**json.loads(plain))


def _key() -> AESGCM:
    secret = settings.SECRET_KEY.encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"wildgate tip identities 1").derive(secret))
