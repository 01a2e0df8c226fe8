"""Where a file of a known format ends: its parts walked by their own lengths, nothing decoded.

Each function answers the place behind the last byte; past the end of the data means that the file is cut off.
"""

from __future__ import annotations

import re
import struct
from typing import Final

_NEVER: Final = 1 << 62
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER: Final = re.compile(rb"\xff[^\xff\x00\xd0-\xd7]")


def jpeg_end(data: bytes, start: int = 0) -> int:
    """Behind the end marker of the JPEG picture at `start`; 0 where it never ends."""
    at = start + 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return 0
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xDA:  # the picture's own bytes: up to the next marker that is none of them
            found = _MARKER.search(data, at)
            if found is None:
                return 0
            at = found.end() - 2
    return at + 2 if data[at:at + 2] == b"\xff\xd9" else 0


def png_end(data: bytes) -> int:
    """Behind the chunk that ends a PNG picture."""
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at:at + 4])
        name = data[at + 4:at + 8]
        at += 12 + size
        if name == b"IEND":
            return at
    return _NEVER


def gif_end(data: bytes) -> int:
    """Behind the trailer of a GIF picture."""
    at = 13 + _colours(data[10:11])
    while at < len(data):
        block = data[at]
        if block == 0x3B:
            return at + 1
        if block == 0x21:
            at = _sub_blocks(data, at + 2)
        elif block == 0x2C:
            at = _sub_blocks(data, at + 11 + _colours(data[at + 9:at + 10]))
        else:
            return _NEVER
    return _NEVER


def _colours(flags: bytes) -> int:
    return 3 << (1 + (flags[0] & 7)) if flags and flags[0] & 0x80 else 0


def _sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def riff_end(data: bytes) -> int:
    """Behind a WebP picture, a WAV sound or an AVI film, by the size in its head."""
    if len(data) < 12:
        return _NEVER
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def film_end(data: bytes, start: int = 0) -> int:
    """The boxes of an MP4 family file, one after the other; a name that is no name ends them."""
    at = start
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if not re.fullmatch(rb"[\x20-\x7e\xa9]{4}", name):
            return at
        if size == 1 and at + 16 <= len(data):
            size = struct.unpack_from(">Q", data, at + 8)[0]
        if size == 0:
            return len(data)
        if size < 8:
            return at
        at += size
    return at


def ogg_end(data: bytes) -> int:
    """Behind the last page of an Ogg sound or film."""
    at = 0
    while data.startswith(b"OggS", at) and at + 27 <= len(data):
        segments = data[at + 26]
        at += 27 + segments + sum(data[at + 27:at + 27 + segments])
    return at
