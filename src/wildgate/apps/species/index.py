"""An index of names held in memory: exact, by beginning, by word and by likeness, over a hundred thousand names."""

from __future__ import annotations

import heapq
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

LONGEST_QUERY = 120
CLOSE_ENOUGH = 76.0
MOST_COMPARED = 4_000
UNALIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "’": "'", "‘": "'", "×": "x"})
SCIENTIFIC, SYNONYM, COMMON = "scientific name", "synonym", "common name"

Hit = tuple[float, int]
"""score from 0 to 100, place of the name"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Names that share a first letter, the shortest first, so that a window of lengths is a slice."""

    folded: list[str]
    places: array[int]
    lengths: array[int]

    def about_as_long(self, query: str) -> range:
        """The names that two slips and one more for every twelve letters could make of the query."""
        reach = 2 + len(query) // 12
        return range(bisect_left(self.lengths, len(query) - reach), bisect_right(self.lengths, len(query) + reach))

    def near(self, query: str, most: int) -> Iterator[Hit]:
        window = self.about_as_long(query)
        for _, score, at in process.extract(query, self.folded[window.start:window.stop], scorer=fuzz.ratio,
                                            limit=most, score_cutoff=CLOSE_ENOUGH):
            yield score, self.places[window.start + at]


class NameIndex:
    """Names with the taxon each leads to. A place is a name's position in the order of folded names."""

    def __init__(self, names: Iterable[tuple[str, str, str]]) -> None:
        """`names` are (shown, target, kind); the first of two that fold to the same name of the same target stays."""
        seen: dict[tuple[str, str], tuple[str, str]] = {}
        for shown, target, kind in names:
            if folded := fold(shown):
                seen.setdefault((folded, target), (shown, kind))
        rows = sorted((folded, target, *rest) for (folded, target), rest in seen.items())
        seen.clear()
        self.folded = [row[0] for row in rows]
        self.targets = [row[1] for row in rows]
        self.shown = [row[2] for row in rows]
        self.kinds = [row[3] for row in rows]
        self._words, self._holders = _words(self.folded)
        self._first = _buckets(self.folded, 0)
        self._second = _buckets(self.folded, 1)

    def __len__(self) -> int:
        return len(self.folded)

    def exact(self, query: str) -> range:
        """The places of a folded name."""
        return range(bisect_left(self.folded, query), bisect_right(self.folded, query))

    def beginning(self, query: str, most: int) -> list[int]:
        """The shortest names that begin with the query and go on."""
        places = range(bisect_right(self.folded, query), bisect_left(self.folded, query + "\uffff"))
        return heapq.nsmallest(most, places[:MOST_COMPARED], key=lambda place: len(self.folded[place]))

    def with_word(self, word: str) -> Sequence[int]:
        """The places of names that hold the word."""
        return self._holders[bisect_left(self._words, word):bisect_right(self._words, word)]

    def with_words(self, words: list[str], most: int) -> list[int]:
        """The shortest names that hold all the words, in any order."""
        rarest = min((self.with_word(word) for word in words), key=len)
        wanted = set(words)
        fitting = (place for place in rarest[:MOST_COMPARED] if wanted <= set(self.folded[place].split()))
        return heapq.nsmallest(most, fitting, key=lambda place: len(self.folded[place]))

    def alike(self, query: str) -> list[Bucket]:
        """The names that share the first letter of the query's first word, and those that share its last word's."""
        words = query.split()
        asked = ((self._first, words[0][0]), (self._second, words[-1][0] if words[1:] else ""))
        return [buckets[letter] for buckets, letter in asked if letter in buckets]

    def like(self, query: str, most: int, *, everywhere: bool) -> list[Hit]:
        """Names close to a misspelt one, best first. One mistake cannot hide both first letters of two words; only
        when those lead nowhere is every name compared, if `everywhere` asks for it."""
        found = {place: score for bucket in self.alike(query) for score, place in bucket.near(query, 3 * most)}
        if not found and everywhere:
            found = {place: score for _, score, place in process.extract(
                query, self.folded, scorer=fuzz.ratio, limit=most, score_cutoff=CLOSE_ENOUGH)}
        ranked = ((100.0 * OSA.normalized_similarity(query, self.folded[place]), place) for place in found)
        return heapq.nlargest(most, ranked, key=lambda hit: (hit[0], self.kinds[hit[1]] == SCIENTIFIC))


def fold(text: str) -> str:
    """Lower case without accents or marks: what two spellings of a name have in common, in any script."""
    plain = text[:LONGEST_QUERY + 1].casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(UNALIKE))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w .]|_", " ", plain).replace(" spp.", "").split())


def _words(folded: list[str]) -> tuple[list[str], array[int]]:
    """Every word of every name with the place of the name, as two lists in the order of the words."""
    pairs = sorted((word, place) for place, name in enumerate(folded) for word in set(name.split()))
    known: dict[str, str] = {}
    return [known.setdefault(word, word) for word, _ in pairs], array("I", (place for _, place in pairs))


def _buckets(folded: list[str], word: int) -> dict[str, Bucket]:
    """The names by the first letter of their first (0) or last (1) word."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(folded):
        letter = name[0] if word == 0 else name[name.rfind(" ") + 1] if " " in name else ""
        if letter:
            places.setdefault(letter, []).append(place)
    found = {}
    for letter, chosen in places.items():
        chosen.sort(key=lambda place: len(folded[place]))
        found[letter] = Bucket([folded[place] for place in chosen], array("I", chosen),
                               array("H", (len(folded[place]) for place in chosen)))
    return found
