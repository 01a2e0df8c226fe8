"""A text as words with one space between, each sign with its place in what was written: for phrases."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 20_000
MOST_REMEMBERED: Final = 20_000
GAPS: Final = re.compile("  +")


@dataclass(slots=True)
class Flat:
    """`plain` begins and ends with a space. Where a part of it was written is worked out when it is asked for."""

    text: str
    plain: str
    _places: list[int] = field(default_factory=list)

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where the part `start` to `end` of `plain` was written."""
        return self.place(start), self.place(end - 1) + 1

    def place(self, at: int) -> int:
        """Where one sign of `plain` was written."""
        if not self._places:
            self._places = _mapped(self.text)[1]
        return self._places[at]


def flat(text: str) -> Flat:
    """Case, accents and signs away. Only the first signs of a very long text are read."""
    text = text[:LONGEST]
    return Flat(text, GAPS.sub(" ", f" {text.translate(SIGNS)} "))


def _mapped(text: str) -> tuple[str, list[int]]:
    plain, places = [" "], [0]
    for at, sign in enumerate(text):
        for each in SIGNS[ord(sign)]:
            if each != " " or plain[-1] != " ":
                plain.append(each)
                places.append(at)
    if plain[-1] != " ":
        plain.append(" ")
        places.append(max(0, len(text) - 1))
    return "".join(plain), places


def fold(text: str) -> str:
    """The plain form of a phrase, without spaces at its ends."""
    return flat(text).plain.strip()


class Signs(dict[int, str]):
    """What each sign becomes, filled as signs are met."""

    def __missing__(self, code: int) -> str:
        plain = _folded(chr(code))
        if len(self) < MOST_REMEMBERED:
            self[code] = plain
        return plain


def _folded(sign: str) -> str:
    """A sign without case and accent; a space for what is no letter or digit, nothing for an accent on its own."""
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return sign if "\u0e00" <= sign <= "\u0eff" else ""
    parts = unicodedata.normalize("NFKD", sign).casefold()
    kept = "".join(each for each in parts if not unicodedata.combining(each) or "\u0e00" <= each <= "\u0eff")
    return "".join(each if each.isalnum() or "\u0e00" <= each <= "\u0eff" else " " for each in kept) or " "


SIGNS: Final = Signs({code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})
