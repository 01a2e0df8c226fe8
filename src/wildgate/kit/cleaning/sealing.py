"""The original under a key that is made from the installation's secret, a new one for each attachment."""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SALT: Final = 32
NONCE: Final = 12
_PURPOSE: Final = b"wildgate attachments 1"


def seal(clear: bytes, bound: str) -> bytes:
    """Salt, nonce and AES-256-GCM of the bytes, bound to the words `bound`."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    return salt + nonce + _key(salt).encrypt(nonce, clear, bound.encode())


def unsealed(sealed: bytes, bound: str) -> bytes | None:
    """What was sealed; None when it was changed, belongs elsewhere or the secret is another one."""
    salt, nonce, rest = sealed[:SALT], sealed[SALT:SALT + NONCE], sealed[SALT + NONCE:]
    try:
        return _key(salt).decrypt(nonce, rest, bound.encode())
    except (InvalidTag, ValueError):
        return None


def _key(salt: bytes) -> AESGCM:
    if not settings.SECRET_KEY:
        raise RuntimeError("WILDGATE_SECRET_KEY is empty: attachments cannot be sealed without it.")
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=salt, info=_PURPOSE).derive(settings.SECRET_KEY.encode()))
