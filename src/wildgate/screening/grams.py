"""Pieces of words, words and pairs of words, counted: what a learnt model weighs. Standard library only, and quick."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, cast

from wildgate.screening.flat import fold

WORD: Final = re.compile(r"[^\W_]+")
SHORTEST, LONGEST = 2, 5
LONGEST_WORD: Final = 24
MOST_REMEMBERED: Final = 50_000
LETTERS, WORDS = "letters", "words"
TITLE, ALL = "title", "all"


SHORTEST_NUMBER: Final = 5


@lru_cache(maxsize=64)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded; a long number is one sign of its length, for the number itself says nothing.

    The last texts are remembered: signs, model and reasons ask for the same ones."""
    return tuple(word[:LONGEST_WORD] if len(word) < SHORTEST_NUMBER or not word.isdigit() else f"#{len(word)}"
                 for word in WORD.findall(fold(text)))


def pieces(word: str) -> list[str]:
    """Every part of two to five letters of a word between its borders."""
    word = f" {word} "
    return [word[at:at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(word) - size + 1)] or [word]


def grams(words: Sequence[str], form: str) -> Iterable[str]:
    """The pieces of words (`letters`), or words and pairs of neighbours (`words`)."""
    if form == LETTERS:
        return (piece for word in words for piece in pieces(word))
    return [*words, *map(" ".join, pairwise(words))]


class Counted:
    """Counts the known grams of texts by their place in a vocabulary. The pieces of a word are looked up once."""

    def __init__(self, form: str, places: dict[str, int]) -> None:
        self.form = form
        self.places = places
        self._words: dict[str, list[int]] = {}

    def count(self, words: Sequence[str]) -> Counter[int]:
        if self.form == WORDS:
            found = Counter(map(self.places.get, grams(words, WORDS)))
            found.pop(None, None)
            return cast("Counter[int]", found)
        known: list[int] = []
        remembered = self._words
        for word in words:
            places = remembered.get(word)
            known += self._learn(word) if places is None else places
        return Counter(known)

    def places_of(self, word: str) -> list[int]:
        """The places of a word's known pieces."""
        return [self.places[piece] for piece in pieces(word) if piece in self.places]

    def _learn(self, word: str) -> list[int]:
        places = self.places_of(word)
        if len(self._words) < MOST_REMEMBERED:
            self._words[word] = places
        return places
