"""The bytes of evidence: written once under their SHA-256, read-only, outside every folder that a server hands out."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

PIECE = 1_000_000


def place(party: str, sha256: str) -> Path:
    """Where the bytes of that digest lie."""
    return Path(settings.HOME) / "market" / party / "evidence" / sha256[:2] / sha256


def put(party: str, data: bytes) -> str:
    """Keep the bytes; the same bytes are kept once. Their SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    path = place(party, digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{digest}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    return digest


def get(party: str, sha256: str) -> bytes | None:
    """The bytes; None where there are none (any more)."""
    try:
        return place(party, sha256).read_bytes()
    except FileNotFoundError:
        return None


def digest_of(party: str, sha256: str) -> str:
    """The SHA-256 that the bytes have now; empty where there are none."""
    found = hashlib.sha256()
    try:
        with place(party, sha256).open("rb") as file:
            while piece := file.read(PIECE):
                found.update(piece)
    except FileNotFoundError:
        return ""
    return found.hexdigest()


def remove(party: str, sha256: str) -> None:
    """Remove the bytes; the digest stays where it is written."""
    place(party, sha256).unlink(missing_ok=True)
