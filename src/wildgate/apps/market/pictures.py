"""Pictures that came with a listing: made harmless in a process of their own before anything looks into them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from wildgate.apps.market import likeness
from wildgate.apps.market.seen import MOST_PICTURES, Picture
from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning.cleaner import clean
from wildgate.kit.cleaning.kinds import Kind
from wildgate.kit.cleaning.sniffing import Refused, sniff

LARGEST = 10_000_000
MOST = MOST_PICTURES


def pictures(files: Iterable[bytes]) -> tuple[Picture, ...]:
    """The hashes of pictures. One that cannot be read safely keeps its SHA-256 alone."""
    return tuple(_picture(data) for _, data in zip(range(MOST), files, strict=False) if len(data) <= LARGEST)


def is_picture(data: bytes) -> bool:
    """Whether the bytes are one picture and nothing else; a kind that we do not redraw is a picture all the same."""
    try:
        return sniff(data).kind is Kind.PICTURE
    except Refused as refused:
        return refused.code == "other-picture"


def _picture(data: bytes) -> Picture:
    digest = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        path, into = Path(folder) / "in", Path(folder) / "out"
        path.write_bytes(data)
        into.mkdir()
        try:
            cleaned = clean(path, into=into)
            if isinstance(cleaned, Refusal) or cleaned.file is None:
                return Picture(digest)
            return Picture(digest, likeness.looks_of(cleaned.file))
        except (OSError, ValueError):
            return Picture(digest)
