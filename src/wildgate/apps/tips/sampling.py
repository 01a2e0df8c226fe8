"""Which tips a second assessor sees: one in twenty, drawn by the number alone, so that nobody chooses."""

from __future__ import annotations

import hashlib
from typing import Final

PER_CENT: Final = 5


def sampled(party: str, number: str) -> bool:
    """The same answer at every time and on every server."""
    drawn = hashlib.sha256(f"wildgate tip sample 1/{party}/{number}".encode()).digest()
    return int.from_bytes(drawn[:4]) % 100 < PER_CENT
