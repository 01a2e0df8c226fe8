"""Words of a listing that say what is offered: the thing itself, a fossil, a copy, or what only bears the name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from wildgate.convention.tables import read_facts
from wildgate.screening.normalise import Normal, borderless, fold_words

FOSSIL, COPY, GRAIN, THING, STAMP, REAL, MATERIAL, LEATHER, HUMAN, JEWEL = (
    "fossil", "copy", "grain", "thing", "stamp", "real", "material", "leather", "human", "jewel")
ALIVE, OFFER = "alive", "offer"
SURE_COPY, SURE_STAMP, CARVING, BEARER, COLOUR, MODIFIER, HEAD, OTHER_HEAD = (
    "sure_copy", "sure_stamp", "carving", "bearer", "colour", "modifier", "head", "other_head")
VALUE: Final = re.compile(r"\b(?:1[89]|20)\d\d\b.*?\b\d+(?:[.,]\d+)?\s?"
                          r"(?:pf|p|d|c|f|fr|kr|lira|pta|zl|euro|sen|h|k|ore|cents?|ct)\b", re.IGNORECASE)
"""A year and a small value: how stamps are told."""
STOCK_NUMBER: Final = re.compile(r"^[A-Z][A-Z .&]+\d{1,4}(?: \d{3})? - .*\(\w{1,3}\d{4,6}\)")
TAILS: Final = (re.compile(r"(?:\|\s*)?on eBid\b", re.IGNORECASE),
                re.compile(r"(?:For Sale )?at 1stDibs\b", re.IGNORECASE),
                re.compile(r"(?:\$[\d.,]+\s*)?-\s*PicClick\b", re.IGNORECASE),
                re.compile(r"\|\s*(?:eBay|Etsy|Gumtree|OLX|Poshmark|Catawiki|Amazon)\b", re.IGNORECASE))
"""Where they begin; none begins with a space, for a row of spaces would be looked through from each of them."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word of some kind, between two words of the text."""

    kind: str
    first: int
    last: int
    words: str


def cues(normal: Normal) -> tuple[Cue, ...]:
    """Every cue of a text, in its order; of two that overlap both count."""
    table = _table()
    return tuple(Cue(kind, first, last, said) for first, last, said in _phrases(normal)
                 for kind in table.get(said, ()))


def looks_like_a_stamp(title: str) -> bool:
    """`KENYA, BIRD, Ostrich, violet 1969, 70c`"""
    return VALUE.search(title) is not None or STOCK_NUMBER.search(title) is not None


def terms(normal: Normal) -> tuple[Cue, ...]:
    """The words for kinds of specimens, the one that speaks first in front; `kind` is the code of the term."""
    order = _terms()
    found = ((order[said], first, last, said) for first, last, said in _phrases(normal) if said in order)
    return tuple(Cue(code, first, last, said) for (_, code), first, last, said in sorted(found))


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of one kind."""
    return frozenset(said for said, kinds in _table().items() if kind in kinds)


def strip_site(title: str) -> str:
    """A title without the tail that a market puts behind it: it tells of the market, not of the goods."""
    for tail in TAILS:
        if found := tail.search(title):
            title = title[:found.start()].rstrip()
    return title


def _phrases(normal: Normal) -> tuple[tuple[int, int, str], ...]:
    return _found(normal.plain)


@lru_cache(maxsize=64)
def _found(plain: str) -> tuple[tuple[int, int, str], ...]:
    """The words and phrases of both tables, by their place among the words."""
    automaton, phrases = _automaton()
    out = []
    for which, start, end in automaton.find_matches_as_indexes(plain, overlapping=True):
        said = phrases[which]
        if borderless(said):
            out.append((plain.count(" ", 0, start + 1) - 1, plain.count(" ", 0, end), said))
        else:
            first = plain.count(" ", 0, start)
            out.append((first, first + said.count(" ") + 1, said))
    return tuple(sorted(out))


@cache
def _automaton() -> tuple[AhoCorasick, tuple[str, ...]]:
    phrases = tuple({**_table(), **_terms()})
    looked_for = [phrase if borderless(phrase) else f" {phrase} " for phrase in phrases]
    return AhoCorasick(looked_for, matchkind=MatchKind.Standard), phrases


@cache
def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in read_facts("listing_cues"):
        for word in row["words"].split(";"):
            said = " ".join(fold_words(word))
            found[said] = tuple(dict.fromkeys((*found.get(said, ()), row["kind"])))
    return found


@cache
def _terms() -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    order = {row["term"]: place for place, row in enumerate(read_facts("listing_terms"))}
    for row in (*read_facts("listing_terms"), *read_facts("listing_terms_abroad")):
        for word in row["words"].split(";"):
            if not word.startswith(ENDING):
                found.setdefault(" ".join(fold_words(word)), (order[row["term"]], row["term"]))
    return found


ENDING: Final = "-"
"""So begins a word that stands at the end of a longer one only: `-fell`, for the English verb is no skin."""


@cache
def goods() -> dict[str, str]:
    """The single words for kinds of specimens, each with the code of its term."""
    return {said: code for said, (_, code) in _terms().items() if " " not in said}


@cache
def endings() -> dict[str, str]:
    """Words at the end of longer ones, and the word of the first table that each is read as."""
    shown = {row["term"]: row["words"].split(";")[0] for row in read_facts("listing_terms")}
    return {"".join(fold_words(word[1:])): shown[row["term"]] for row in read_facts("listing_terms_abroad")
            for word in row["words"].split(";") if word.startswith(ENDING)}


@cache
def known_words() -> frozenset[str]:
    """Every single word of a cue or a term."""
    return frozenset(word for said in (*_table(), *_terms()) for word in said.split(" "))
