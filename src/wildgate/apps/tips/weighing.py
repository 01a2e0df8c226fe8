"""What a tip weighs before anybody has read it: its spam score, and whether its words name Appendix I."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from wildgate.apps.species.selectors import search
from wildgate.screening.kin import rank_of, standing
from wildgate.screening.reading import standard

SURE: Final = 88.0
LOOKED_AT: Final = 3
"""So many of the taxa that a word may mean: a common name often means several."""
SHORTEST: Final = 4
FIRST: Final = "I"
NARROW: Final = frozenset({"genus", "species", "subspecies"})
ANIMALS: Final = "idae"
"""So ends the name of each family of animals."""
_LINK: Final = re.compile(r"https?://|www\.", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_SELLERS: Final = re.compile(r"\b(casino|viagra|crypto|bitcoin|seo|backlinks?|loan|escort|betting)\b", re.IGNORECASE)


def spam(text: str, *, has_facts: bool, folded: bool) -> int:
    """0 to 100: many links, words of peddlers, hardly a word or one word again and again, nothing said of place."""
    words = [each.casefold() for each in _WORD.findall(text)]
    score = min(len(_LINK.findall(text)), 5) * 8 + min(len(_SELLERS.findall(text)), 3) * 15
    score += 20 if len(words) < 4 else 0
    score += 20 if len(words) >= 12 and len(set(words)) * 4 < len(words) else 0
    score += 0 if has_facts else 5
    return min(score + (10 if folded else 0), 100)


def names_appendix_one(species: str, text: str, party: str) -> bool:
    """Does the tip name a taxon that stands in Appendix I? What may be in it counts: too early is no harm."""
    return _asked(species, party) or _told(text)


def _told(text: str) -> bool:
    """Whoever tells fills in no field for species as a rule: the words of the tip are read as those of a listing are.

    A name as wide as an order or a family of plants (a bird, a cactus) says nothing: all tips would come first.
    """
    taxa = {found.taxon for found in standard().find(text) if found.sure and found.taxon}
    return any(FIRST in str(standing(taxon)).split("/") and (rank_of(taxon) in NARROW or taxon.endswith(ANIMALS))
               for taxon in taxa)


def _asked(species: str, party: str) -> bool:
    """The same of the field for species, by every name that the Party knows."""
    for words in _names(species):
        if any(each.score >= SURE and FIRST in each.appendices for each in search(words, LOOKED_AT, party=party)):
            return True
    return False


def _names(text: str) -> Iterator[str]:
    """Each name as it stands between commas, then each word of it; of a plural the singular too."""
    for part in re.split(r"[,;/\n]", text[:200])[:6]:
        for name in dict.fromkeys([part.strip(), *_WORD.findall(part)[:6]]):
            if name:
                yield name
            if len(name) > SHORTEST and name.endswith("s"):
                yield name[:-1]
