"""What hides a word is undone before anything is looked for: digits and signs for letters, stars, letters set apart,
words run together. Names, goods and cues are then read from the same words, and each still quotes what was written.

A word is changed only where the result is a word that is looked for; what is left is guessed at by disguise.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice, product
from typing import Final

from wildgate.screening.cues import LEATHER, MATERIAL, endings, goods, known_words, words_of
from wildgate.screening.kin import animal_words
from wildgate.screening.normalise import DIGITS, LETTER_SIGNS, Normal
from wildgate.screening.spelling import Spelling

LEET, SPACED, CLOSED, STARS = "leet", "spaced", "joined", "stars"
SIGNS: Final = {**DIGITS, **LETTER_SIGNS}
TAIL: Final = re.compile(r"(?:[^\W_]|[@$€£!|'’])*")
"""A word from its first digit on; apostrophes are no border."""
DIGIT: Final = re.compile(r"[0-9@$!€£|]")
MEASURE: Final = re.compile(r"[0-9]+[^\W\d_]{1,2}")
"""100m is no loom, 10in no loin."""
APART: Final = re.compile(r"(?<!\S)[a-z0-9](?: +[a-z0-9]){3,}(?!\S)")
STARRED: Final = re.compile(r"(?<![^\W_])[^\W\d_]+(?:[*•●]+[^\W\d_]+)+")
FOUR_APART: Final = re.compile(r" \S \S \S \S ")
WORD: Final = re.compile(r"\S+")
SHORTEST: Final = 4
SHORTEST_INSIDE: Final = 3
"""R4y is read with its digit between letters; 4in is not."""
SHORTEST_APART: Final = 3
LONGEST: Final = 60
MOST_ONES: Final = 4
MOST_STARRED: Final = 100
WHOLE: Final = frozenset({"BOD", "LIV", "SAW", "WPR"})
"""Behind stars words for these are as often a name: b**tle."""
LINKS: Final = ("", "s", "n", "en", "es")
"""What German and Dutch put between the parts of a word."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of the folded text, what it is read as, and which folded sign each of its letters stands for."""

    start: int
    end: int
    said: str
    places: tuple[int, ...]
    how: str


class Unveiling:
    """What is needed to undo disguises: every word that is looked for, and the names that stand run together."""

    def __init__(self, spelling: Spelling, closed: Mapping[str, str]) -> None:
        self._spelling = spelling
        self._words = spelling.words | known_words()
        self._closed = closed

    def __call__(self, normal: Normal) -> Normal:
        """The same text with its disguised words as they are meant."""
        edits, text = list[Edit](), normal.text
        digits = DIGIT.search(text) and [*self._digits(normal)]
        if digits:
            edits += digits
        if "*" in text or "•" in text or "●" in text:
            edits += self._stars(normal)
        if FOUR_APART.search(normal.plain):
            edits += self._apart(normal.folded)
        edits += self._parted(normal)
        if not edits:
            return normal
        unveiled = _edited(normal, edits)
        short = [*self._short(unveiled)] if digits else []
        return _edited(unveiled, short) if short else unveiled

    def _digits(self, normal: Normal) -> Iterator[Edit]:
        """T1g3r, 1v0ry, $kin: the digit 1 is an i or an l."""
        letters = normal.letters
        for start, written_so in _signed(normal.parted):
            token = "".join(sign for sign in written_so.rstrip("!|") if letters[ord(sign)])
            plain = [letters[ord(sign)] for sign in token]
            written = "".join(plain)
            if len(written) != len(token) or len(token) > LONGEST or not any(map(str.isalpha, token)):
                continue
            if written in self._words or MEASURE.fullmatch(token):
                continue
            if len(token) < (SHORTEST if token[0] in SIGNS or token[-1] in SIGNS else SHORTEST_INSIDE):
                continue
            said = self._read(token, plain)
            if said:
                yield from self._as(said, _folded_at(normal, start), LEET)

    def _short(self, normal: Normal) -> Iterator[Edit]:
        """455, 0wl: in a text that hides words, what makes a name with the word before or after it."""
        found = [*WORD.finditer(normal.folded)]
        said = [each[0] for each in found]
        for place, (each, word) in enumerate(zip(found, said, strict=True)):
            if DIGIT.search(word) and len(word) <= SHORTEST:
                before, after = said[place - 1] if place else "", said[place + 1] if place + 1 < len(said) else ""
                meant = next((way for way in _ways(word, [*word]) if self._spelling.beside(before, way)
                              or self._spelling.beside(way, after)), "")
                if meant:
                    said[place] = meant
                    yield Edit(*each.span(), meant, tuple(range(*each.span())), LEET)

    def _read(self, token: str, plain: list[str]) -> str:
        """A known word behind the digits, or none."""
        return next((said for said in _ways(token, plain) if said in self._words or said in self._closed
                     or (len(said) >= SHORTEST_LINKED and _split(said))), "")

    def _as(self, said: str, start: int, how: str) -> Iterator[Edit]:
        """`said` in place of as many signs; parted where it is several words run together."""
        end = start + len(said)
        parts = () if said in self._words else _parts_of(self._closed.get(said, said)) if (
            said in self._closed) else _split(said)
        if parts:
            yield _joined(parts, start, end, how)
        else:
            yield Edit(start, end, said, tuple(range(start, end)), how)

    def _stars(self, normal: Normal) -> Iterator[Edit]:
        """B*ne, sk*ll: words for goods, each star one letter; names are guessed by their neighbours elsewhere."""
        for found in islice(STARRED.finditer(normal.parted), MOST_STARRED):
            token = found[0].translate(normal.letters)
            if len(token) != len(found[0]) or len(token) < SHORTEST:
                continue
            shown = "".join("." if sign in "*•●" else letter for sign, letter in zip(found[0], token, strict=True))
            meant = _starred(shown) if shown.count(".") * 2 < len(shown) else ()
            if meant and len({goods()[word] for word in meant}) == 1:
                start = _folded_at(normal, found.start())
                yield Edit(start, start + len(shown), meant[0], tuple(range(start, start + len(shown))), STARS)

    def _apart(self, folded: str) -> Iterator[Edit]:
        """B o n e, i.v.o.r.y: where the whole run is known words."""
        for found in APART.finditer(folded):
            places = [place for place in range(*found.span()) if folded[place] != " "]
            if len(places) > LONGEST:
                continue
            letters = "".join(folded[place] for place in places)
            for run in dict.fromkeys((letters, "".join(DIGITS.get(sign, sign) for sign in letters))):
                words = self._words_in(run)
                if words:
                    yield _spread(words, places, found.start(), found.end())
                    break

    def _words_in(self, run: str) -> tuple[str, ...]:
        """The fewest known words that the run consists of."""
        if run in self._closed:
            return tuple(self._closed[run].split(" "))
        best: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(run) + 1):
            ways = [(*before, run[start:end]) for start in range(max(0, end - 30), end - SHORTEST_APART + 1)
                    if (before := best[start]) is not None and run[start:end] in self._words]
            best.append(min(ways, key=len, default=None))
        return best[-1] or ()

    def _parted(self, normal: Normal) -> Iterator[Edit]:
        """Kaimanleder, #tigerbonewine: an animal and its goods in one word."""
        ends = _ends()
        for word in set(normal.words) - self._words:
            if SHORTEST_LINKED <= len(word) <= LONGEST and word[-3:] in ends and word not in self._closed:
                parts = _split(word)
                for found in re.finditer(rf"(?<!\S){word}(?!\S)", normal.folded) if parts else ():
                    yield _joined(parts, *found.span(), CLOSED)


@lru_cache(maxsize=1_000)
def _starred(shown: str) -> tuple[str, ...]:
    """Words for goods that fit around the stars."""
    match = re.compile(shown).fullmatch
    return tuple(sorted(word for word, code in goods().items() if code not in WHOLE and match(word)))


def _signed(text: str) -> Iterator[tuple[int, str]]:
    """Words that hold a digit or a sign for a letter, with their place."""
    end = 0
    for found in DIGIT.finditer(text):
        start = found.start()
        if start >= end:
            tail = TAIL.match(text, start)
            end = tail.end() if tail else start + 1
            while start and (text[start - 1].isalpha() or text[start - 1] in "'’"):
                start -= 1
            yield start, text[start:end]


def _ways(token: str, plain: list[str]) -> Iterator[str]:
    """What a word with digits may be read as; the first ones vary."""
    for each in product("il", repeat=min(token.count("1"), MOST_ONES)):
        meant = iter(each)
        yield "".join(next(meant, "i") if sign == "1" else SIGNS.get(sign, letter)
                      for sign, letter in zip(token, plain, strict=True))


Part = tuple[str, int, int]
"""A word, and the letters of the long word that it stands for."""
SHORTEST_LINKED: Final = 8


@cache
def _ends() -> frozenset[str]:
    """How words for goods end."""
    return frozenset(word[-3:] for word in _second())


@cache
def _second() -> dict[str, str]:
    """Words that may follow an animal's in one word, and what they are read as."""
    whole = {word: word for word in (*goods(), *words_of(LEATHER), *words_of(MATERIAL))
             if len(word) >= SHORTEST and word.isascii() and word.isalpha() and goods().get(word) != "SAW"}
    return {**whole, **endings()}


@cache
def _first() -> frozenset[str]:
    return frozenset(word for word in animal_words() if len(word) >= SHORTEST and word.isascii())


def _split(word: str) -> tuple[Part, ...]:
    """An animal's word and one or two for goods."""
    second = _second()
    for cut in range(len(word) - 3, SHORTEST - 1, -1):
        animal = next((word[:cut - len(link)] for link in LINKS
                       if word[:cut].endswith(link) and word[:cut - len(link)] in _first()), "")
        if not animal:
            continue
        rest = word[cut:]
        if rest in second:
            return (animal, 0, len(animal)), (second[rest], cut, len(word))
        for more in range(cut + 3, len(word) - 2):
            if word[cut:more] in second and word[more:] in second:
                return ((animal, 0, len(animal)), (second[word[cut:more]], cut, more),
                        (second[word[more:]], more, len(word)))
    return ()


def _parts_of(form: str) -> tuple[Part, ...]:
    """The words of a name that stands run together."""
    parts, at = [], 0
    for word in form.split(" "):
        parts.append((word, at, at + len(word)))
        at += len(word)
    return tuple(parts)


def _joined(parts: tuple[Part, ...], start: int, end: int, how: str) -> Edit:
    said, places = "", list[int]()
    for word, first, last in parts:
        if said:
            said += " "
            places.append(start + first)
        said += word
        places += [start + min(first + at, last - 1) for at in range(len(word) - 1)] + [start + last - 1]
    return Edit(start, end, said, tuple(places), how)


def _spread(words: tuple[str, ...], places: list[int], start: int, end: int) -> Edit:
    """Words whose letters stood apart."""
    put, at = list[int](), 0
    for word in words:
        if put:
            put.append(places[at])
        put += places[at:at + len(word)]
        at += len(word)
    return Edit(start, end, " ".join(words), tuple(put), SPACED)


def _folded_at(normal: Normal, place: int) -> int:
    """Where a sign of the text stands in what was folded."""
    if len(normal.folded) == len(normal.text) and normal.text.isascii():
        return place
    return len(normal.parted[:place].translate(normal.letters))


def _edited(normal: Normal, edits: list[Edit]) -> Normal:
    written, at = normal.written, 0
    folded, places, hid = list[str](), list[int](), list[tuple[int, int, str]]()
    for edit in sorted(edits, key=lambda each: each.start):
        if edit.start < at:
            continue
        folded += normal.folded[at:edit.start], edit.said
        places += written[at:edit.start]
        places += [written[place] for place in edit.places]
        hid.append((written[edit.start], written[edit.end - 1] + 1, edit.how))
        at = edit.end
    folded.append(normal.folded[at:])
    places += written[at:]
    return replace(normal, folded="".join(folded), places=tuple(places), hid=tuple(hid))
