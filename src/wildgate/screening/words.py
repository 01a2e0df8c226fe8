"""Words around a name that decide whether it means one: everyday words, heads, copies, and words that say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from wildgate.convention.tables import read_facts
from wildgate.screening.normalise import normalise

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Words:
    """What decides about a name (see gazetteer_words.tsv)."""

    weak: frozenset[str]
    head: frozenset[str]
    context: frozenset[str]
    unclear: frozenset[str]
    filler: frozenset[str]
    sale: frozenset[str]

    def says_little(self, text: str) -> bool:
        """Does a description say next to nothing: gift, toys, plastic craft, sample?"""
        left = [word for word in normalise(text[:LONGEST]).words if word not in self.filler]
        unclear = {word for each in self.unclear for word in each.split()}
        return all(word in unclear for word in left)

    def is_weak(self, said: str) -> bool:
        """Is the name an everyday word too? Then it counts beside a word of trade."""
        return said in self.weak or single(said) in self.weak

    def is_everyday(self, said: str) -> bool:
        """Is the name hardly ever meant by its word, or too short to mean anything?"""
        return said in common_words() or single(said) in common_words() or (len(said) <= 3 and said.isascii())


def single(said: str) -> str:
    return said[:-1] if said.endswith("s") else said


@cache
def shipped_words() -> Words:
    """The words of the package."""
    found: dict[str, set[str]] = {}
    for row in read_facts("gazetteer_words"):
        found.setdefault(row["kind"], set()).update(" ".join(normalise(word).words) for word in row["words"].split(";"))
    return Words(*(frozenset(found[kind]) for kind in ("weak", "head", "context", "unclear", "filler", "sale")))


@cache
def common_words() -> frozenset[str]:
    """The commonest words of everyday texts: alone none of them is the name of an animal, nor a misspelt one."""
    return frozenset(word for row in read_facts("common_words") for word in row["words"].split())
