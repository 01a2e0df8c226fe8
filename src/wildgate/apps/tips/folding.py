"""Nearly the same tip twice: found by its words, linked to the first one, never dropped.

A sketch holds the least hashes of all runs of three words (MinHash); two sketches agree in about the share of runs that
two texts have in common. Pure.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

PLACES: Final = 32
NEAR: Final = 0.6
SHORTEST: Final = 6
"""Words: shorter texts are near only when they are the same."""
_WORD: Final = re.compile(r"\w+")


def sketch_of(text: str) -> str:
    """Eight hexadecimal figures for each place; empty for a text without words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())[:3000]
    if not words:
        return ""
    runs = {" ".join(words)} if len(words) < SHORTEST else {" ".join(words[at:at + 3]) for at in range(len(words) - 2)}
    hashed = [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) for run in runs]
    return "".join(f"{min((each * odd + place) & _MASK for each in hashed) >> 32:08x}"
                   for place, odd in enumerate(_ODD))[:PLACES * 8]


def alike(first: str, second: str) -> float:
    """The share of places in which two sketches agree."""
    if not first or len(first) != len(second):
        return 0.0
    return sum(first[at:at + 8] == second[at:at + 8] for at in range(0, len(first), 8)) * 8 / len(first)


_MASK: Final = 2 ** 64 - 1
_ODD: Final = tuple(int.from_bytes(hashlib.sha256(f"wildgate fold {place}".encode()).digest()[:8]) | 1
                    for place in range(PLACES))
