"""A text as somebody wrote it becomes plain words, and every word keeps its place in what was written.

Whoever hides a name writes it in letters that look alike, in full width, with invisible signs between, with digits for
letters. All this is undone letter by letter; what was written is never changed, so that evidence quotes the real text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from wildgate.convention.tables import read_facts

JOINED: Final = frozenset("'’‘ʼ`´＇")
"""Signs that a word goes over: ladies' tresses, ng'ombe."""
ELIDED: Final = re.compile(r"(?<![^\W_])([cdjlmnst]|qu)['’]", re.IGNORECASE)
"""The article of d'ivoire and l'orchidée is a word of its own."""
ARTICLES: Final = ("وال", "بال", "ال")
ARABIC: Final = re.compile("[؀-ۿ]")
UNEVEN: Final = re.compile(r"[^\x00-\x7f]|['`]")
"""Signs that may become no letter or several."""
EMOJI: Final = range(0x1F300, 0x1FB00)
LETTER_SIGNS: Final = {"@": "a", "$": "s", "€": "e", "£": "l", "!": "i", "|": "l"}
DIGITS: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
SPOKEN: Final = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ħ": "h", "ً": "",
                 "أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ک": "ك", "ی": "ي", "ـ": "", "़": ""}
MARKS: Final = ("Mn", "Me", "Cf")
VOWEL_SIGNS: Final = range(0x900, 0x1000)
"""Marks of the scripts of India and Thailand are letters; everywhere else a mark is an accent."""


class Letters(dict[int, str]):
    """What each letter becomes: filled as letters are met. Kept small, for a text may hold any of a million signs."""

    MOST = 20_000

    def __init__(self, more: dict[str, str]) -> None:
        super().__init__({ord(sign): plain for sign, plain in more.items()})

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        if len(self) < self.MOST:
            self[code] = plain
        return plain


@dataclass(frozen=True)
class Normal:
    """A text and its plain words. `plain` holds them with one space between, before and after.

    Where disguises were undone (see unveiling.py) `places` says where each letter of `folded` was written, and `hid`
    which parts of the text hid a word, and how.
    """

    text: str
    parted: str
    folded: str
    letters: Letters
    places: tuple[int, ...] | None = None
    hid: tuple[tuple[int, int, str], ...] = ()

    @cached_property
    def words(self) -> tuple[str, ...]:
        folded = self.folded
        words = folded.split()
        return tuple(words if folded.isascii() or not ARABIC.search(folded) else map(_bare, words))

    @cached_property
    def plain(self) -> str:
        return f" {' '.join(self.words)} "

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of `plain` stands in the text."""
        plain = self.plain
        while start < end and plain[start] == " ":
            start += 1
        while end > start and plain[end - 1] == " ":
            end -= 1
        return self._origin(start), self._origin(end - 1) + 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` (to `last`, not included) stand in the text."""
        return self.written[self._spans[first][0]], self.written[self._spans[last - 1][1] - 1] + 1

    def word_at(self, place: int) -> int:
        """Which word stands at a place of the text, or the next one after it."""
        return min(bisect_left(self._ends, place + 1), max(len(self.words) - 1, 0))

    def _origin(self, at: int) -> int:
        if self._as_it_stands:
            return self.written[at - 1]
        word = self.plain.count(" ", 0, at + 1) - 1
        inside = at - (self.plain.rindex(" ", 0, at + 1) + 1)
        start, end = self._spans[word]
        return self.written[min(end - 1, start + inside + (end - start - len(self.words[word])))]

    @cached_property
    def _as_it_stands(self) -> bool:
        """Was nothing left out between the words?"""
        return len(self.plain) == len(self.folded) + 2 and self.plain[1:-1] == self.folded

    @cached_property
    def _ends(self) -> list[int]:
        """Where each word ends in the text."""
        written = self.written
        return [written[end - 1] + 1 for _, end in self._spans]

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        spans, at, find = [], 0, self.folded.index
        for word in self.folded.split():
            start = find(word, at)
            at = start + len(word)
            spans.append((start, at))
        return spans

    @cached_property
    def written(self) -> Sequence[int]:
        """The place in the text of each letter of `folded`."""
        if self.places is not None:
            return self.places
        if len(self.folded) == len(self.text) and self.text.isascii():
            return range(len(self.text))
        written: list[int] = []
        since = 0
        for found in UNEVEN.finditer(self.parted):
            place = found.start()
            written.extend(range(since, place))
            written.extend([place] * len(self.letters[ord(found[0])]))
            since = place + 1
        written.extend(range(since, len(self.parted)))
        return written


def normalise(text: str, letters: Letters | None = None) -> Normal:
    """The plain words of a text. Other `letters` read digits as letters or keep stars."""
    letters = letters or plain_letters()
    parted = ELIDED.sub(r"\1 ", text) if "'" in text or "’" in text else text
    return Normal(text, parted, parted.translate(letters), letters)


def fold_words(text: str) -> list[str]:
    """The plain words alone, where no place is asked for."""
    parted = ELIDED.sub(r"\1 ", text) if "'" in text or "’" in text else text
    words = parted.translate(plain_letters()).split()
    return words if text.isascii() else [*map(_bare, words)]


def fold(word: str) -> str:
    """One word without case and accents."""
    return _bare(word.translate(plain_letters()).replace(" ", ""))


@cache
def plain_letters() -> Letters:
    """Letters that are read as they look."""
    return Letters({})


@cache
def star_letters() -> Letters:
    """Stars stay, to be guessed."""
    return Letters({"*": "*", "•": "*", "●": "*", "#": " "})


@cache
def _alike() -> dict[str, str]:
    return {sign: row["plain"] for row in read_facts("look_alikes") for sign in row["letters"].split(" ")}


@cache
def _plain(sign: str) -> str:
    """One sign in small plain letters; a space for what is no letter; nothing for what only decorates."""
    if sign in JOINED:
        return ""
    alike = _alike()
    if sign in alike:
        return alike[sign]
    if ord(sign) in EMOJI:
        return f" {sign} "
    out = []
    for part in unicodedata.normalize("NFKD", sign.casefold()):
        part = SPOKEN.get(alike.get(part, part), alike.get(part, part))
        if part.isascii():
            out.append(part.casefold() if part.isalnum() else " " * len(part))
        elif unicodedata.category(part) in MARKS:
            out.append(part if ord(part) in VOWEL_SIGNS else "")
        elif unicodedata.category(part) == "Mc" or part.isalnum():
            out.append(str(unicodedata.digit(part, part)))
        else:
            out.append(" ")
    return "".join(out)


def _bare(word: str) -> str:
    """An Arabic word without its article."""
    for article in ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 2:
            return word[len(article):]
    return word


NO_BORDERS: Final = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")


def is_picture(word: str) -> bool:
    """Is the word one small picture?"""
    return len(word) == 1 and ord(word) in EMOJI


def borderless(word: str) -> bool:
    """Is the word of a script that writes without borders between words?"""
    return not word.isascii() and NO_BORDERS.match(word) is not None
