"""What attachments may be, and the names of what is taken out of them. Standard library only: the child reads this."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Kind(Enum):
    """What a file is by its bytes. `MEDIA` (film and sound) is kept sealed and never shown."""

    PICTURE = "picture"
    PDF = "pdf"
    TEXT = "text"
    MEDIA = "media"


TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}
"""The endings that a working copy may have, with what a browser is told."""
BEGINNINGS: Final = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-", "txt": b""}
ENDINGS: Final = {Kind.PICTURE: ("jpg", "png"), Kind.PDF: ("pdf",), Kind.TEXT: ("txt",), Kind.MEDIA: ("",)}

REMOVED: Final = (
    "exif", "gps", "xmp", "iptc", "thumbnail", "colours", "comment", "frames", "second-picture", "clip",
    "javascript", "actions", "attachments", "forms", "links", "pages", "controls", "bidi", "metadata",
)
"""What a working copy may lack of its original. Pages word these codes with `wording.removed`."""

LARGEST: Final = 25_000_000
MOST_PIXELS: Final = 80_000_000
MOST_PAGES: Final = 500
SHOWN_PAGES: Final = 50
MOST_OBJECTS: Final = 200_000
LONGEST_TEXT: Final = 2_000_000
