"""Server-Sent Events on the wire, and the cursor that a reader comes back with (HTML Living Standard, 9.2).

A pulse's own number would tell by its gaps how much is written that the reader may not see. So the cursor on the wire
is that number under a key of this installation: the same pulse has the same cursor, and two of them say nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

ADDRESS: Final = "/intelligence/stream/"
CONTENT_TYPE: Final = "text/event-stream"
HEARTBEAT: Final = b":\n\n"
"""A comment: readers pass over it, and a line that is broken shows."""
END: Final = b"event: end\ndata: {}\n\n"
"""The right to read has ended: what the page shows of the stream goes."""
AGAIN: Final = b"event: again\ndata: {}\n\n"
"""More happened than a stream tells again: the reader opens the page anew."""
HALF: Final = 64
MASK: Final = (1 << HALF) - 1
ROUNDS: Final = 6
LENGTH: Final = 2 * HALF // 4


def event(cursor: str, data: Mapping[str, str]) -> bytes:
    """One event. JSON has no line ends of its own, so that no title can begin a field."""
    return f"id: {cursor}\ndata: {json.dumps(data, sort_keys=True)}\n\n".encode()


def here(cursor: str) -> bytes:
    """No event, but the place from which a reader goes on who has had none yet."""
    return f"id: {cursor}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """After which time a reader whose line was cut comes again."""
    return f"retry: {milliseconds}\n\n".encode()


class Cursors:
    """Places in the table of pulses, hidden under a key: a Feistel cipher over 128 bits, of which half must be zero."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"cursor of the intelligence stream" + key).digest()

    def of(self, place: int) -> str:
        left, right = 0, place & MASK
        for turn in range(ROUNDS):
            left, right = right, left ^ self._mixed(turn, right)
        return f"{left:016x}{right:016x}"

    def place(self, cursor: str) -> int | None:
        """The place that a cursor stands for; None for what was never one of ours."""
        if len(cursor) != LENGTH or not cursor.isascii() or not cursor.isalnum():
            return None
        try:
            left, right = int(cursor[:16], 16), int(cursor[16:], 16)
        except ValueError:
            return None
        for turn in reversed(range(ROUNDS)):
            left, right = right ^ self._mixed(turn, left), left
        return right if left == 0 else None

    def _mixed(self, turn: int, half: int) -> int:
        mixed = hashlib.blake2b(bytes([turn]) + half.to_bytes(8, "big"), key=self._key, digest_size=8)
        return int.from_bytes(mixed.digest(), "big")
