"""Scientific names that may be one: near a misspelt one, letters apart, an epithet without its gender."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Sequence

LONG = 10
"""Letters from which on an epithet may have two slips."""


def stem(name: str) -> str:
    """The last epithet without its gender: -us, -a and -um are one word to a botanist."""
    return re.sub(r"(us|a|um|is|e|er)$", "", name.split()[-1])


def apart(one: str, other: str, reach: int) -> bool:
    """Are two words at most `reach` letters apart: missing, added, wrong, or swapped with their neighbour?"""
    if abs(len(one) - len(other)) > reach:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        now = [i]
        for j, b in enumerate(other, 1):
            least = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, before[j - 2] + 1)
            now.append(least)
        before, row = row, now
    return row[-1] <= reach


def slip(word: str, meant: str) -> bool:
    """May an epithet be a slip of the pen for another one? A wrong first letter makes another word, a lost one not."""
    begins = word[:1] == meant[:1] or word[1:] == meant or word == meant[1:] or word[:2] == meant[1::-1]
    return begins and apart(word, meant, 1 if len(word) < LONG else 2)


def two_alphabets(name: str) -> bool:
    """Does a name mix Latin letters with others? A Cyrillic letter in a Latin epithet makes another name of it."""
    if name.isascii():
        return False
    letters = filter(str.isalpha, unicodedata.normalize("NFKC", name))
    latin = {unicodedata.name(letter, "").startswith("LATIN") for letter in letters}
    return len(latin) == 2


def near(name: str, vocabulary: Sequence[str], genera: Collection[str], limit: int) -> tuple[str, ...]:
    """Names of the vocabulary near a misspelt one."""
    words = name.strip().capitalize().split()
    if not words:
        return ()
    if words[0] in genera and len(words) > 1:
        within = [n for n in vocabulary if n.startswith(words[0] + " ")]
        if found := difflib.get_close_matches(" ".join(words[:2]), within, limit, 0.6):
            return tuple(found)
    found = difflib.get_close_matches(" ".join(words[:2]), vocabulary, limit, 0.75)
    if not found:
        found = difflib.get_close_matches(words[0], list(genera), limit, 0.75)
    return tuple(found)
