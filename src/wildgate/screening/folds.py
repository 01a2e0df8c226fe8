"""Parts of labelled adverts for cross-validation: adverts that are nearly the same never stand on both sides."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from wildgate.screening.advert import Advert
from wildgate.screening.grams import words_of

MASKS: Final = tuple(zlib.crc32(bytes([number, 7, 91])) for number in range(12))
BAND: Final = 3
WORDS_READ: Final = 60
MIXED: Final = 0x9E3779B1


def alike(adverts: Sequence[Advert]) -> list[int]:
    """A group number for each advert: near-copies (min-hash of pairs of words, numbers left out) share one."""
    group = list(range(len(adverts)))

    def root(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    first: dict[tuple[int, ...], int] = {}
    for place, advert in enumerate(adverts):
        for key in _keys(advert):
            group[root(place)] = root(first.setdefault(key, place))
    return [root(place) for place in range(len(adverts))]


def _keys(advert: Advert) -> list[tuple[int, ...]]:
    title, description = advert.judged
    words = [word for word in words_of(f"{title} {description[:600]}") if word.isalpha()][:WORDS_READ]
    pairs = {zlib.crc32(f"{one} {other}".encode()) for one, other in zip(words, words[1:] or words, strict=False)}
    if not pairs:
        return []
    least = [min((pair ^ mask) * MIXED & 0xFFFFFFFF for pair in pairs) for mask in MASKS]
    return [(band, *least[band:band + BAND]) for band in range(0, len(MASKS), BAND)]


def folds(truth: Sequence[bool], groups: Sequence[int], count: int, seed: int) -> list[list[int]]:
    """`count` parts with about as many rows and finds each; a group stays whole. The same seed, the same parts."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    order = list(members.values())
    random.Random(seed).shuffle(order)  # noqa: S311  (the same parts again, no secret)
    order.sort(key=len, reverse=True)
    parts: list[list[int]] = [[] for _ in range(count)]
    finds = [0] * count
    for rows in order:
        found = sum(truth[place] for place in rows)
        at = min(range(count), key=lambda part: (finds[part], len(parts[part])) if found
                 else (len(parts[part]), finds[part]))
        parts[at] += rows
        finds[at] += found
    return [sorted(part) for part in parts]
