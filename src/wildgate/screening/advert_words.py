"""What kinds of words an advert holds: of skins, of stamps, of toys. Counted for a model, by a shipped table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from wildgate.convention.tables import read_facts
from wildgate.screening.flat import fold

MOST: Final = 3
"""Counts stop here: a seller who repeats a word says nothing more."""


@cache
def names() -> tuple[str, ...]:
    """The kinds in the order of the table."""
    return tuple(row["cue"] for row in read_facts("advert_words"))


@cache
def _places() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for place, row in enumerate(read_facts("advert_words")):
        for phrase in row["words"].split(";"):
            found.setdefault(fold(phrase), []).append(place)
    return {phrase: tuple(dict.fromkeys(places)) for phrase, places in found.items()}


@cache
def _beginnings() -> frozenset[str]:
    """The first words of phrases."""
    return frozenset(phrase.split(" ")[0] for phrase in _places() if " " in phrase)


def count(words: Sequence[str]) -> list[int]:
    """How many words or pairs of words of each kind there are, up to `MOST`."""
    counts = [0] * len(names())
    places, begin = _places(), _beginnings()
    said = [word for word in words if word in places]
    said += [pair for one, other in pairwise(words) if one in begin and (pair := f"{one} {other}") in places]
    for each in said:
        for place in places[each]:
            counts[place] += 1
    return [min(MOST, each) for each in counts]
