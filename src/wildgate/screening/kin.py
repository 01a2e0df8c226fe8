"""How taxa of listings hang together, also those that the Appendices do not know: which is wider, what both share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final

from wildgate.convention.listing import Listed, NotListed, law
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Appendix
from wildgate.screening.names import CODE, GROUP, Name, shipped_names
from wildgate.screening.normalise import fold

NONE_LISTED: Final = "-"
LISTED, PART, NO, UNKNOWN = "listed", "part", "no", "unknown"
ENDINGS: Final = (("idae", "family"), ("aceae", "family"), ("inae", "subfamily"), ("oidea", "superfamily"),
                  ("iformes", "order"))


@dataclass(frozen=True, slots=True)
class Group:
    """What sellers call a taxon (see gazetteer_groups.tsv). `asks` are the taxa the listings are asked about."""

    taxon: str
    rank: str
    words: tuple[str, ...]
    above: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The Appendices that a taxon may be in on a day: one, a range, or none. `listed`: all, a part, no, unknown."""

    appendices: tuple[Appendix, ...]
    listed: str

    def __str__(self) -> str:
        """`I/II`: one of them; `II/-`: perhaps in none."""
        told = [each.value for each in self.appendices]
        return "/".join([*told, NONE_LISTED] if told and self.listed == PART else told)


@cache
def groups() -> dict[str, Group]:
    """The groups by their taxon."""
    return {row["taxon"]: Group(row["taxon"], row["rank"], _parts(row["words"], ";"), _parts(row["above"], "|"),
                                _parts(row["law"], "|")) for row in read_facts("gazetteer_groups")}


def listing_names() -> Iterator[Name]:
    """Every shipped name, and what the words of sellers mean by themselves."""
    for group in groups().values():
        yield from (Name(word, GROUP, (group.taxon,)) for word in group.words)
    for row in read_facts("gazetteer_codes"):
        yield Name(row["word"], CODE, (row["taxa"],))
    yield from shipped_names()


@cache
def animal_words() -> frozenset[str]:
    """Single words that sellers use for animals and plants."""
    return frozenset(fold(word) for group in groups().values() for word in group.words if " " not in word)


def lineage(name: str) -> tuple[str, ...]:
    """The taxon and those above it, as far as known, the nearest first."""
    group = groups().get(name)
    if group and group.above:
        return tuple(dict.fromkeys((name, *((name.split()[0],) if " " in name else ()), *group.above)))
    taxon = law().resolve(name)
    if isinstance(taxon, Taxon):
        return taxon.lineage
    above = name.split()[0] if " " in name else ""
    return (name, *lineage(above)) if above else (name,)


def within(one: str, other: str) -> bool:
    """Is `one` the same as `other` or a part of it?"""
    own = lineage(one)
    return other in own or (other in groups() and any(each in own for each in groups()[other].asks))


def shared(names: Iterable[str]) -> str:
    """The narrowest taxon that holds all of them; empty where none is known."""
    first, *rest = names
    wider = [*lineage(first), *(each for each, group in groups().items() if set(group.asks) & set(lineage(first)))]
    return next((each for each in wider if all(within(other, each) for other in rest)), "")


def rank_of(name: str) -> str:
    """The rank of a taxon, by the tables or by its form."""
    if name in groups():
        return groups()[name].rank
    taxon = law().resolve(name)
    if isinstance(taxon, Taxon):
        return taxon.rank.value
    words = name.count(" ")
    return ("subspecies" if words > 1 else "species") if words else next(
        (rank for ending, rank in ENDINGS if name.endswith(ending)), "genus")


@lru_cache(maxsize=20_000)
def standing(name: str, on: date | None = None) -> Standing:
    """The Appendices of a taxon on a day: of all that it may be, where it is wider than what is listed."""
    group = groups().get(name)
    asks = group.asks if group and group.asks else (name,)
    if asks == (NONE_LISTED,):
        return Standing((), NO)
    told = [_asked(each, on) for each in asks]
    found = sorted({each for one in told for each in one.appendices}, key=lambda each: each.value)
    if len(told) == 1:
        return told[0]
    return Standing(tuple(found), PART if found else told[0].listed)


def _asked(name: str, on: date | None) -> Standing:
    answer = law().listings(name, on=on)
    if isinstance(answer, NotListed):
        return Standing((), NO)
    if not isinstance(answer, Listed):
        return Standing((), UNKNOWN)
    entries = [*answer.listings]
    holds = any(entry.taxon in answer.taxon.lineage and not entry.others_unlisted for entry in entries)
    if " " not in name or not holds:
        entries += law().within(answer.taxon.name, on)
    found = sorted({entry.appendix for entry in entries}, key=lambda each: each.value)
    return Standing(tuple(found), LISTED if holds else PART)


def _parts(text: str, between: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(between) if part)
