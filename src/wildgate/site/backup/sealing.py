"""A file under a passphrase: scrypt (RFC 7914), then AES-256-GCM in pieces, so that size is no matter.

Each piece is bound to the part's name, its place and whether it is the last one: none can be left out, turned round,
repeated or taken from another part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

PIECE: Final = 1 << 20
TAG: Final = 16
NONCE: Final = 7
SALT: Final = 16
WORK: Final = 1 << 17
"""scrypt's N: a guess costs 128 MB and about half a second."""


class NotOpened(ValueError):
    """Another passphrase, or the part was changed or cut short."""


def key_of(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=WORK, r=8, p=1).derive(passphrase.encode()))


def seal(source: Path, target: Path, key: AESGCM, name: str) -> None:
    """Write `source` to `target` under the key."""
    start = os.urandom(NONCE)
    with source.open("rb") as clear, target.open("xb") as sealed:
        sealed.write(start)
        for place, piece, last in _pieces(clear, PIECE):
            sealed.write(key.encrypt(_nonce(start, place, last), piece, name.encode()))


def open_sealed(source: Path, target: Path, key: AESGCM, name: str) -> None:
    """Write to `target` what was sealed. Raises NotOpened; what was written until then must not be used."""
    with source.open("rb") as sealed, target.open("xb") as clear:
        start = sealed.read(NONCE)
        try:
            for place, piece, last in _pieces(sealed, PIECE + TAG):
                clear.write(key.decrypt(_nonce(start, place, last), piece, name.encode()))
        except (InvalidTag, ValueError) as fault:
            raise NotOpened(name) from fault


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Place, bytes, whether it is the last; an empty file is one empty piece."""
    place, piece = 0, source.read(size)
    while True:
        following = source.read(size)
        yield place, piece, not following
        if not following:
            return
        place, piece = place + 1, following


def _nonce(start: bytes, place: int, last: bool) -> bytes:
    return start + place.to_bytes(4) + bytes((last,))
