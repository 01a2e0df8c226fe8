"""How alike two texts or two pictures are: short signatures stand for them, so that not all is compared with all."""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from wildgate.screening.normalise import fold_words

SHINGLE: Final = 3
HASHES: Final = 60
BAND: Final = 3
MOST_WORDS: Final = 400
MASK: Final = (1 << 61) - 1
SAME_TEXT: Final = 0.5
SAME_PICTURE: Final = 6
"""Of 64 bits so many may differ: the same picture in another size or format, not another one of the same thing."""


def _seed(number: int) -> tuple[int, int]:
    drawn = hashlib.sha256(f"market shingle {number}".encode()).digest()
    return int.from_bytes(drawn[:7], "big") | 1, int.from_bytes(drawn[8:15], "big")


SEEDS: Final = tuple(map(_seed, range(HASHES)))


@lru_cache(maxsize=2_048)
def shingles(text: str) -> frozenset[int]:
    """Every three words in a row, as numbers; a text of fewer words is one."""
    words = fold_words(text)[:MOST_WORDS]
    rows = zip(*(words[start:] for start in range(SHINGLE)), strict=False)
    found = frozenset(zlib.crc32(" ".join(row).encode()) for row in rows)
    return found or (frozenset({zlib.crc32(" ".join(words).encode())}) if words else frozenset())


def signature(text: str) -> tuple[int, ...]:
    """MinHash (Broder 1997): the share of equal numbers in two signatures is about the share of equal shingles."""
    found = shingles(text)
    return tuple(min((a * each + b) % MASK for each in found) for a, b in SEEDS) if found else ()


def bands(numbers: tuple[int, ...]) -> list[str]:
    """Names of which two texts that are alike share at least one, and others hardly any."""
    return [f"{place:02d}{zlib.crc32(repr(numbers[place:place + BAND]).encode()):08x}"
            for place in range(0, len(numbers), BAND)]


def alike(one: str, other: str) -> float:
    """The share of shingles that two texts have in common (Jaccard)."""
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def looks_of(path: Path) -> str:
    """dHash: 64 comparisons of neighbours in a small grey copy. The file comes from the cleaner, never from outside."""
    from PIL import Image

    with Image.open(path) as image:
        grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
        rows = list(grey.tobytes())
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (rows[row * 9 + column] > rows[row * 9 + column + 1])
    return f"{bits:016x}"


def apart(one: str, other: str) -> int:
    """In how many of 64 bits two pictures differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def telling(looks: str) -> bool:
    """Has the picture enough in it? A plain surface looks like every other."""
    return bool(looks) and 8 <= int(looks, 16).bit_count() <= 56


def parts(looks: str) -> list[str]:
    """Eight pieces of the hash: two that differ in at most seven bits share at least one of them in its place."""
    return [f"{place}{looks[place * 2:place * 2 + 2]}" for place in range(8)]
