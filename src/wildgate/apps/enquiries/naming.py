"""Names that travellers write, against the names of the law and of the Party's imports: scientific, or common in any
imported language."""

from __future__ import annotations

import re

from wildgate.apps.enquiries.reading import Goods, read
from wildgate.apps.species.index import fold
from wildgate.apps.species.selectors import Names, names_of, search
from wildgate.convention.listing import Listed, NotListed
from wildgate.convention.taxonomy import Rank, Taxon

SURE = 88.0
MOST = 6
LATIN = re.compile(
    r"[A-Z]?[a-z]{3,} (?:[a-z-]{2,}(?:a|e|i|is|us|um|ae|ii|ns|or|ax|ix|es|os|on|er))(?: [a-z-]{3,}(?:a|e|i|s|m|x))?"
)


def understood(text: str, party: str) -> tuple[Goods, ...]:
    """The goods in `text`, by the names that `party` knows."""
    names = names_of(party)
    return read(text, lambda left: like(left, party), lambda name: place(name, names))


def place(name: str, names: Names) -> str | None:
    """The one taxon that a name stands for: a name of the index, or a species of a known genus in Latin form."""
    targets = {names.index.targets[at] for at in names.index.exact(fold(name))}
    if len(targets) > 1 or (not targets and not LATIN.fullmatch(name)):
        return None
    taxon = names.law.resolve(targets.pop() if targets else name)
    if not isinstance(taxon, Taxon) or not isinstance(names.law.listings(taxon), Listed | NotListed):
        return None
    if fold(taxon.name) != fold(name) and taxon.rank is Rank.GENUS and " " not in name:
        return None
    return taxon.name


def like(text: str, party: str) -> tuple[str, ...]:
    """Taxa whose common or scientific name is close to what was written."""
    found = (match.accepted for match in search(text, MOST, party=party) if match.score >= SURE)
    return tuple(dict.fromkeys(found))
