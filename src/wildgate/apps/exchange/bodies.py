"""The bytes of messages and copies, beside the database: named by their SHA-256, written once, readable by us only."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.seal.files import write_once

LOG: Final = "log"
COPIES: Final = "copies"


def path_of(shelf: str, sha256: str) -> Path:
    """Where the bytes with this digest lie."""
    return Path(settings.HOME) / "exchange" / shelf / sha256[:2] / sha256


def put(shelf: str, data: bytes) -> str:
    """Keep these bytes; their digest."""
    sha256 = hashlib.sha256(data).hexdigest()
    write_once(path_of(shelf, sha256), data, mode=0o600)
    return sha256


def get(shelf: str, sha256: str) -> bytes | None:
    """The bytes with this digest, whatever has become of them; None where there are none any more."""
    try:
        return path_of(shelf, sha256).read_bytes()
    except FileNotFoundError:
        return None


def forget(shelf: str, sha256: str) -> None:
    path_of(shelf, sha256).unlink(missing_ok=True)
