"""Finding a taxon by what somebody typed: scientific name, synonym, common name, abbreviation or a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from wildgate.apps.species.index import COMMON, LONGEST_QUERY, SCIENTIFIC, SYNONYM, NameIndex, fold
from wildgate.apps.species.languages import language_name
from wildgate.convention.listing import Law, Listed, law
from wildgate.convention.register import RegisterLaw
from wildgate.convention.sentence import say
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Taxon, Unknown

if TYPE_CHECKING:
    from wildgate.apps.species.registry import Standing

SURE = 95.0
SHIPPED_LANGUAGES = ("en", "fr", "es")


@dataclass(frozen=True, slots=True)
class Match:
    """A taxon found. `appendices` are those it may stand in today; `matched_by` says how: scientific name, synonym,
    common name (language), abbreviation, misspelling. `score` runs from 0 to 100. `note` is a sentence where the name
    is not the accepted one, or may mean several taxa."""

    name: str
    rank: str
    accepted: str
    appendices: tuple[str, ...]
    matched_by: str
    score: float
    matched: str = ""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "rank": self.rank, "accepted": self.accepted, "appendices": list(self.appendices),
                "matched_by": self.matched_by, "matched": self.matched, "score": self.score, "note": self.note or None}


@dataclass(frozen=True, slots=True)
class Names:
    """What is searched: an index of names and the law that places them. A value for each import."""

    index: NameIndex
    law: Law

    @property
    def imported(self) -> bool:
        return isinstance(self.law, RegisterLaw)


def search(text: str, limit: int = 10, *, party: str = "") -> list[Match]:
    """Taxa for what was typed, best first, over the shipped names and, for a `party`, those it has imported.

    Never raises; an empty or endless text finds nothing.
    """
    return _searched(text, limit, lambda: names_of(party))


def _searched(text: str, limit: int, ask: Callable[[], Names]) -> list[Match]:
    query = fold(text)
    if not query or len(text) > LONGEST_QUERY or limit < 1:
        return []
    names = ask()
    best: dict[int, tuple[float, str]] = {}
    for score, place, how in _straight(query, names.index, limit):
        if place not in best or score > best[place][0]:
            best[place] = (score, how)
    own = _placed(text, query, names)
    top = max((score for score, _ in best.values()), default=own[0] if own else 0.0)
    if top < SURE:
        for score, place in names.index.like(query, 2 * limit + 8, everywhere=not best):
            how = names.index.kinds[place]
            if round(score * 0.94, 1) > best.get(place, (0.0, ""))[0]:
                best[place] = (round(score * 0.94, 1), "misspelling" if how == SCIENTIFIC else f"{how}, misspelling")
    return list(_ranked(text, best, own, names, limit))


def suggest(name: str, limit: int = 3, *, party: str = "") -> tuple[str, ...]:
    """Scientific names that may have been meant."""
    return suggesting(party)(name, limit)


def suggesting(party: str) -> Callable[..., tuple[str, ...]]:
    """`suggest` for many names of one Party: the database is asked once, and not before the first of them."""
    ask = cache(lambda: names_of(party))

    def suggested(name: str, limit: int = 3) -> tuple[str, ...]:
        return tuple(dict.fromkeys(match.accepted for match in _searched(name, limit * 2, ask)))[:limit]
    return suggested


def names_of(party: str = "") -> Names:
    """The names that a Party can be asked with; without one, the shipped names alone, and no database is asked."""
    if not party:
        return _names(None)
    from wildgate.apps.species import registry  # needs Django, which the command line starts only where a home is
    return _names(registry.standing(party))


def fate(the_law: Law, target: str) -> Match:
    """Rank, accepted name and Appendices of a taxon as the law has it."""
    taxon = the_law.resolve(target)
    answer = the_law.listings(target)
    appendices = tuple(sorted({e.appendix.value for e in answer.listings})) if isinstance(answer, Listed) else ()
    accepted = taxon.name if isinstance(taxon, Taxon) else target
    rank = taxon.rank.value if isinstance(taxon, Taxon) else ""
    return Match(accepted, rank, accepted, appendices, "", 0.0)


def _straight(query: str, index: NameIndex, limit: int) -> Iterator[tuple[float, int, str]]:
    """Exact, abbreviated, reversed, beginning and whole-word matches: (score, place, how)."""
    for place in index.exact(query):
        yield 100.0, place, index.kinds[place]
    words = query.split()
    if len(words) > 1:
        for place in index.exact(" ".join(reversed(words))):
            yield 96.0, place, index.kinds[place]
        if short := re.fullmatch(r"([a-z])\.? ([a-z]{3,})", query):
            for place in index.with_word(short[2]):
                name = index.folded[place]
                if name.startswith(short[1]) and name.split()[1:2] == [short[2]]:
                    kind = index.kinds[place]
                    yield 97.0 - len(name.split()) / 10, place, "abbreviation" if kind == SCIENTIFIC else kind
    for place in index.beginning(query, 4 * limit):
        yield 80.0 + 15.0 * len(query) / len(index.folded[place]), place, index.kinds[place]
    for place in index.with_words([word.rstrip(".") or word for word in words], 4 * limit):
        name, kind = index.folded[place], index.kinds[place]
        if name != query:
            head = 6.0 if "English" in kind and name.endswith(f" {query}") else 0.0
            yield 80.0 + 12.0 * len(query) / len(name) + head, place, kind


def _placed(text: str, query: str, names: Names) -> tuple[float, str] | None:
    """A species that no list holds by name but whose genus is known: (score, its name). Where a register of species
    was imported, a name that it lacks is more likely misspelt than new."""
    if query.count(" ") not in (1, 2):
        return None
    taxon = names.law.resolve(text)
    if not isinstance(taxon, Taxon):
        return None
    if taxon.rank.value == "hybrid":
        return SURE, taxon.name
    if not isinstance(names.law.listings(text), Listed):
        return None
    known = any(names.index.exact(fold(name)) for name in (taxon.name, taxon.species))
    return (SURE if known or not names.imported else 60.0), taxon.name


def _ranked(text: str, best: dict[int, tuple[float, str]], own: tuple[float, str] | None, names: Names,
            limit: int) -> Iterator[Match]:
    """The best match of each taxon, best first; the law is asked for as many as are shown and no more."""
    index = names.index
    order = sorted(best, key=lambda place: (-best[place][0], index.kinds[place] != SCIENTIFIC, len(index.shown[place]),
                                            index.shown[place]))
    told: set[str] = set()
    hits = [(*best[place], index.shown[place], index.targets[place], index.kinds[place]) for place in order[:8 * limit]]
    if own:
        hits.append((own[0], SCIENTIFIC, text.strip(), own[1], SCIENTIFIC))
        hits.sort(key=lambda hit: -hit[0])
    for score, how, shown, target, kind in hits:
        found = fate(names.law, target)
        if found.accepted in told:
            continue
        told.add(found.accepted)
        name = found.name if kind.startswith(COMMON) else shown
        yield replace(found, name=name, matched_by=how, score=round(score, 1), matched=shown,
                      note=explained(shown, kind, found.accepted, names))
        if len(told) == limit:
            return


def explained(shown: str, kind: str, accepted: str, names: Names) -> str:
    """Why a name leads to another: renamed, held to be part of it, or used for several taxa."""
    if kind.startswith(COMMON) or shown == accepted:
        return ""
    placed = names.law.resolve(shown)
    if isinstance(placed, Unknown) and kind == SYNONYM:
        return placed.reason
    if kind == SYNONYM or (isinstance(placed, Taxon) and placed.via):
        if isinstance(placed, Taxon) and placed.via == "within":
            return say("The listing holds %(name)s to be part of %(accepted)s.", name=shown, accepted=accepted)
        if isinstance(names.law, RegisterLaw) and shown not in law().taxonomy.renames:
            return say("%(name)s is a synonym; the accepted name is %(accepted)s (by %(origin)s).", name=shown,
                       accepted=accepted, origin=names.law.register.origin)
        return say("%(name)s is a synonym; the accepted name is %(accepted)s (by the shipped table of names).",
                   name=shown, accepted=accepted)
    return ""


@lru_cache(maxsize=2)
def _names(newest: Standing | None) -> Names:
    if newest is None:
        return Names(NameIndex(_shipped()), law())
    from wildgate.apps.species import registry
    others = ((name, target, _common(kind) if len(kind) == 2 else kind)
              for name, target, kind in registry.every_name(newest[0]))
    return Names(NameIndex([*others, *_shipped()]), registry.law_of(newest[0]))


@lru_cache(maxsize=256)
def _common(language: str) -> str:
    return f"{COMMON} ({language_name(language)})"


def _shipped() -> Iterable[tuple[str, str, str]]:
    """Every shipped name as (shown, target, kind)."""
    the_law = law()
    for entry in the_law.entries():
        yield entry.taxon, entry.taxon, SCIENTIFIC
        for language, text in (("en", entry.name_en), ("fr", entry.name_fr)):
            for name in re.split(r"[;,/]", text):
                yield name.strip(), entry.taxon, _common(language)
    for row in read_facts("names"):
        yield row["name"], row["name"], SCIENTIFIC
        for language in SHIPPED_LANGUAGES:
            for name in row[language].split(";"):
                yield name.strip(), row["name"], _common(language)
    for row in read_facts("renames"):
        yield row["name"], row["listed_as"], SYNONYM
    for row in read_facts("unlisted"):
        yield row["name"], row["name"], SCIENTIFIC
    for genus in the_law.taxonomy.genera:
        yield genus, genus, SCIENTIFIC
    for taxon in the_law.taxonomy.higher.values():
        yield taxon.name, taxon.name, SCIENTIFIC
