"""Names that are still hidden once every word by itself was unveiled (unveiling.py): parts of a run of letters set
apart, stars that only a neighbour explains, names run together, slips.

Each way of hiding has its own sign in the text and costs nothing where the sign is missing. A slip is looked for at
strange words only: words that neither a name nor everyday speech knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wildgate.screening.normalise import Normal, normalise, star_letters
from wildgate.screening.spelling import Spelling
from wildgate.screening.unveiling import CLOSED, FOUR_APART, MOST_STARRED, SPACED, STARS, Unveiling
from wildgate.screening.words import common_words

PLAIN, EDIT, EDITS = "plain", "edit", "edits"
APART: Final = re.compile(r"(?<= )\S(?: \S){3,}(?= )")
STARRED: Final = re.compile(r"[^\W_][*•●]+[^\W_]")
SHORTEST_CLOSED: Final = 6
SHORTEST_FAR: Final = 5
SHORTEST_PHRASE: Final = 8
"""A name of so many letters may be one letter wrong, one of `TWICE` letters two."""
TWICE: Final = 11
MOST_WORDS: Final = 7
MOST_STRANGE: Final = 400
"""So many strange words of one text are looked at: a text of nothing else is no listing."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A name that is probably meant, between two words of the text."""

    first: int
    last: int
    form: str
    how: str
    edits: int = 0


class Disguises:
    """What is needed to see through them: the names as whole words, run together, and their beginnings."""

    def __init__(self, forms: Iterable[str], terms: frozenset[str], sale: frozenset[str]) -> None:
        self._forms = frozenset(forms)
        self._terms = terms
        self._sale = sale
        self._closed: dict[str, str] = {}
        self._begins: set[str] = set()
        words: set[str] = set()
        pairs: list[tuple[str, str]] = []
        for form in self._forms:
            if not form.isascii():
                continue
            parts = form.split(" ")
            words.update(parts)
            if len(parts) > 1:
                self._closed["".join(parts)] = form
                pairs.extend(pairwise(parts))
                begin = parts[0]
                self._begins.add(begin)
                for part in parts[1:-1]:
                    begin = f"{begin} {part}"
                    self._begins.add(begin)
        self._closed_words = frozenset(self._closed)
        self.spelling = Spelling(words, pairs)
        self.unveiled = Unveiling(self.spelling, self._closed)
        self._everyday = common_words()
        self._known = self._everyday | self.spelling.words

    def guesses(self, normal: Normal, taken: set[int]) -> Iterator[Guess]:
        """Names behind a disguise, away from the words that a plain name has `taken`."""
        text = normal.text
        if FOUR_APART.search(normal.plain):
            yield from self._apart(normal)
        if ("*" in text or "•" in text or "●" in text) and STARRED.search(text):
            yield from self._stars(normal)
        yield from self._joined(normal.words, taken)
        yield from self._slips(normal, taken)

    def _apart(self, normal: Normal) -> Iterator[Guess]:
        """t i g e r, t.i.g.e.r"""
        for found in APART.finditer(normal.plain):
            first = normal.plain.count(" ", 0, found.start()) - 1
            yield from self._within(found[0].replace(" ", ""), first)

    def _within(self, letters: str, first: int) -> Iterator[Guess]:
        """The longest names in a run of letters."""
        at = 0
        while at < len(letters) - 3:
            for end in range(min(len(letters), at + 60), at + 3, -1):
                form = self._closed.get(letters[at:end]) or (letters[at:end] if letters[at:end] in self._forms else "")
                if form and (form not in self._terms) and (end - at >= SHORTEST_CLOSED or end - at == len(letters)):
                    yield Guess(first + at, first + end, form, SPACED)
                    at = end
                    break
            else:
                at += 1

    def _stars(self, normal: Normal) -> Iterator[Guess]:
        """t**th, el*phant: each star is one letter."""
        other = self.unveiled(normalise(normal.text, star_letters()))
        words = tuple(word.strip("*") for word in other.words)
        starred = [each for each in enumerate(words) if "*" in each[1] and not each[1].replace("*", "").isdigit()]
        for place, word in starred[:MOST_STARRED]:
            if any(map(str.isalpha, word)):
                meant = tuple((each, 1) for each in self.spelling.starred(word))
                for first, last, form, _ in self._around(words, place, meant, 1):
                    if last - first > 1 or (len(meant) <= 3 and len(form) >= 5) or form in self._terms:
                        yield Guess(*_words_at(normal, *other.span(first, last)), form, STARS)

    def _slips(self, normal: Normal, taken: set[int]) -> Iterator[Guess]:
        """One letter too many, too few, wrong or out of place; two of them in a long name."""
        words = normal.words
        strange = set(words) - self._known
        if not strange:
            return
        sold = not self._sale.isdisjoint(words)
        for place in sorted(map(words.index, strange))[:MOST_STRANGE]:
            word = words[place]
            if len(word) < 4 or place in taken or word in self._closed_words:
                continue
            meant = self._likely(words, place, sold) if word.isalpha() else ()
            if meant:
                for first, last, form, edits in self._around(words, place, meant, 2):
                    if _long_enough(form, edits):
                        yield Guess(first, last, form, EDIT if edits == 1 else EDITS, edits)

    def _joined(self, words: tuple[str, ...], taken: set[int]) -> Iterator[Guess]:
        """#tigerpython"""
        if self._closed_words.isdisjoint(words):
            return
        for place, word in enumerate(words):
            if word in self._closed_words and place not in taken and len(word) >= SHORTEST_CLOSED:
                yield Guess(place, place + 1, self._closed[word], CLOSED)

    def _likely(self, words: tuple[str, ...], place: int, sold: bool) -> tuple[tuple[str, int], ...]:
        """What a strange word may mean: a whole name, or a word that stands in some name beside its neighbour here."""
        spelling, word, known = self.spelling, words[place], self._known
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        if (not sold or len(word) < SHORTEST_PHRASE - 1) and not spelling.leads(before, after) and (
                not before or before in known) and (not after or after in known):
            return ()
        near = spelling.near(word)
        meant = tuple((each, cost) for each, cost in near if " " in each or each in self._forms
                      or spelling.beside(before, each) or spelling.beside(each, after)
                      or self._strange_beside(before, each, after)) if near else near
        if meant or not sold or len(word) < SHORTEST_FAR:
            return meant
        before = "" if before in self._everyday else before
        after = "" if after in self._everyday else after
        return spelling.far(before, word, after) if spelling.leads(before, after) else ()

    def _strange_beside(self, before: str, word: str, after: str) -> bool:
        """Is the neighbour misspelt too?"""
        spelling = self.spelling
        return any(spelling.beside(each, word) for each, _ in self._meant(before)) or any(
            spelling.beside(word, each) for each, _ in self._meant(after))

    def _around(self, words: tuple[str, ...], place: int, meant: tuple[tuple[str, int], ...],
                most: int) -> Iterator[tuple[int, int, str, int]]:
        """Names over the word at `place`, read as any of what may be `meant`; other words may be a letter off too."""
        for first in range(max(0, place - MOST_WORDS + 1), place + 1):
            if first < place and words[first] not in self._begins and words[first] in self._known:
                continue
            ways = [("", 0)]
            for at in range(first, min(len(words), first + MOST_WORDS)):
                said = meant if at == place else self._meant(words[at])
                ways = [(f"{begun} {each}" if begun else each, cost + more) for begun, cost in ways
                        for each, more in said if cost + more <= most]
                if at >= place:
                    yield from ((first, at + 1, form, cost) for form, cost in ways
                                if form in self._forms and form not in self._terms)
                ways = [way for way in ways if way[0] in self._begins]
                if not ways:
                    break

    def _meant(self, word: str) -> tuple[tuple[str, int], ...]:
        if len(word) < 4 or word in self._known:
            return ((word, 0),)
        return ((word, 0), *self.spelling.near(word))


def _long_enough(form: str, edits: int) -> bool:
    letters = len(form.replace(" ", ""))
    return letters >= (SHORTEST_PHRASE if edits == 1 else TWICE)


def _words_at(normal: Normal, start: int, end: int) -> tuple[int, int]:
    """The words of `normal` that stand between two places of the text."""
    return normal.word_at(start), normal.word_at(end - 1) + 1
