"""Receipts: sixteen digits that only the teller has.

What is stored is Argon2id of the digits (RFC 9106; 19 MiB, two passes, one lane: the least that OWASP names). The salt
is one for the installation, derived from its secret, since a receipt has to be found by its digits alone: a salt for
each row would take a hash for each row. Ten thousand million million receipts at a twentieth of a second each keep a
stolen table from being tried out. One look-up costs as much, found or not: that is also what slows guessing.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

DIGITS: Final = 16
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2


def new_receipt() -> str:
    """Sixteen digits that nobody can foretell."""
    return f"{secrets.randbelow(10 ** DIGITS):0{DIGITS}d}"


def in_groups(receipt: str) -> str:
    """As it is shown and written down: four groups of four."""
    return " ".join(receipt[at:at + 4] for at in range(0, len(receipt), 4))


def as_typed(text: str) -> str:
    """The digits of what somebody typed, in whichever figures and with whatever between them; at most sixteen."""
    found = (unicodedata.digit(each, None) for each in text[:100])
    return "".join(str(each) for each in found if each is not None)[:DIGITS]


def digest_of(receipt: str) -> str:
    """What is kept of a receipt."""
    derived = Argon2id(salt=_salt(settings.SECRET_KEY), length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB)
    return derived.derive(receipt.encode() or b"-").hex()


@lru_cache(maxsize=2)
def _salt(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 16, salt=None, info=b"wildgate tip receipts 1").derive(secret.encode())
