"""Words that are nearly a word of some name: one letter too many, too few, wrong, out of place or behind a star."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Final

SHORTEST: Final = 4
LONGEST: Final = 30
REMEMBERED: Final = 50_000
MOST_STARRED: Final = 40
NOTHING: Final[frozenset[str]] = frozenset()


class Spelling:
    """The words of the names. A wrong letter leaves one half of a word whole: words are filed by both their halves."""

    def __init__(self, words: Iterable[str], pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.words = frozenset(word for word in words if len(word) > 1)
        self._after: defaultdict[str, set[str]] = defaultdict(set)
        self._before: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in pairs:
            self._after[one].add(other)
            self._before[other].add(one)
        self._begun: defaultdict[str, list[str]] = defaultdict(list)
        self._ended: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if SHORTEST <= len(word) <= LONGEST:
                half = len(word) // 2
                self._begun[word[:half]].append(word)
                self._ended[word[half:]].append(word)
        self._leading = _lengths(self._after)
        self._remembered: dict[str, tuple[tuple[str, int], ...]] = {}

    def near(self, word: str) -> tuple[tuple[str, int], ...]:
        """What the word may mean, with the number of slips: one word, or two that were run together."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            found = self._one_off(word) | self._parted(word)
            known = tuple((each, 1) for each in sorted(found)) if found else ()
            self._remembered[word] = known
        return known

    def beside(self, one: str, other: str) -> bool:
        """Do the two words follow each other in some name?"""
        return other in self._after.get(one, ())

    def leads(self, before: str, after: str) -> bool:
        """Does any name go on after the one word, or lead to the other?"""
        return before in self._after or after in self._before

    def far(self, before: str, word: str, after: str) -> tuple[tuple[str, int], ...]:
        """Words two slips away that stand in some name beside a neighbour of this word."""
        around = self._after.get(before, NOTHING) | self._before.get(after, NOTHING)
        letters, length, first, last = set(word), len(word), word[0], word[-1]
        found = [each for each in around if (each[0] == first or each[-1] == last) and len(each) > 4
                 and -3 < len(each) - length < 3 and len(letters.symmetric_difference(each)) < 5
                 and two_slips(word, each)]
        return tuple((each, 2) for each in sorted(found))

    def starred(self, word: str) -> tuple[str, ...]:
        """Words that fit around the stars."""
        if word[0] == "*" or len(word) > LONGEST:
            return ()
        fits = re.compile(word.replace("*", ".")).fullmatch
        found = sorted(each for each in self._alike.get(f"{len(word)}{word[0]}", ()) if fits(each))
        return tuple(found[:MOST_STARRED])

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The words by length and first letter."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            found[f"{len(word)}{word[0]}"].append(word)
        return found

    def _one_off(self, word: str) -> set[str]:
        size = len(word)
        if not SHORTEST <= size <= LONGEST:
            return set()
        half, begun, ended = size // 2, self._begun.get, self._ended.get
        # Words a letter shorter, as long or a letter longer: only two beginnings, and two ends, can be a half of one.
        other = half + 1 if size % 2 else half - 1
        same_begin = (*begun(word[:half], ()), *begun(word[:other], ()))
        same_end = (*ended(word[size - half:], ()), *ended(word[size - half - 1:], ()))
        found: set[str] = set()
        if same_begin:  # one slip at the very end, or an end that is the same
            last, start = word[-1], word[:-2]
            found = {each for each in same_begin if (each[-1] == last or each.startswith(start))
                     and one_slip(word, each)}
        if same_end:
            first, rest = word[0], word[2:]
            found.update([each for each in same_end if (each[0] == first or each.endswith(rest))
                          and one_slip(word, each)])
        swapped = f"{word[:half - 1]}{word[half]}{word[half - 1]}{word[half + 1:]}"
        if swapped in self.words:
            found.add(swapped)
        return found

    def _parted(self, word: str) -> set[str]:
        """Two words whose space is missing, or is another letter."""
        found: set[str] = set()
        if not 6 <= len(word) <= LONGEST:
            return found
        for at in (2, *self._leading.get(word[:3], ())):
            if at > len(word) - 2:
                break
            follow = self._after.get(word[:at])
            if follow:
                found.update(f"{word[:at]} {rest}" for rest in (word[at:], word[at + 1:]) if rest in follow)
        return found


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the words are that begin with the same three letters, the shortest first."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        if len(word) > 2:
            found[word[:3]].add(len(word))
    return {begin: tuple(sorted(lengths)) for begin, lengths in found.items()}


def one_slip(one: str, other: str) -> bool:
    """Are the two one letter apart: missing, added, wrong, or swapped with its neighbour?"""
    if one == other:
        return False
    at, least = 0, min(len(one), len(other))
    while at < least and one[at] == other[at]:
        at += 1
    if len(one) == len(other):
        return one[at + 1:] == other[at + 1:] or (
            one[at:at + 2] == other[at:at + 2][::-1] and one[at + 2:] == other[at + 2:])
    return one[at:] == other[at + 1:] if len(one) < len(other) else one[at + 1:] == other[at:]


def two_slips(one: str, other: str) -> bool:
    """Are the two at most two letters apart?"""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        earlier, before, line = before, line, [row]
        for column, letter in enumerate(other, 1):
            cost = min(before[column] + 1, line[column - 1] + 1, before[column - 1] + (sign != letter))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == letter:
                cost = min(cost, earlier[column - 2] + 1)
            line.append(cost)
        if min(line) > 2:
            return False
    return line[-1] <= 2
