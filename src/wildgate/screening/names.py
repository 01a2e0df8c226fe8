"""The names that are looked for: listed taxa by every shipped name, words of trade, traps, and what an import adds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from wildgate.convention import tables
from wildgate.convention.listing import Listed, law
from wildgate.convention.tables import read_facts
from wildgate.screening.normalise import fold_words

SCIENTIFIC, SYNONYM, GENUS, COMMON, TRADE, TERM, TRAP, GROUP, CODE, IMPORTED = (
    "scientific", "synonym", "genus", "common", "trade", "term", "trap", "group", "code", "imported")
RANKS: Final = (TRAP, GROUP, SCIENTIFIC, SYNONYM, TRADE, COMMON, IMPORTED, GENUS, CODE, TERM)
"""Where two names share a form the one of the earlier kind keeps it."""
KINDS: Final = {"trap": TRAP, "name": TRADE, "term": TERM}
MEANS_MANY: Final = frozenset({GROUP, TRADE, COMMON, IMPORTED})
SHORTEST_GENUS: Final = 5
LANGUAGES: Final = ("en", "fr", "es", "ar")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may be found. `taxa` are candidates, the usual first; a word of trade has a `term` and no taxon."""

    words: str
    kind: str
    taxa: tuple[str, ...] = ()
    term: str = ""


def forms(name: Name) -> Iterator[str]:
    """The folded name, and its plural where it is a common one."""
    words = fold_words(name.words)
    yield " ".join(words)
    if name.kind == IMPORTED:
        if words and words[-1].isascii() and len(words[-1]) > 2:
            yield " ".join((*words[:-1], _plurals(words[-1])[0]))
    elif name.kind in (COMMON, TRADE, TERM, GROUP) and words and words[-1].isascii() and len(words[-1]) > 2:
        before = "".join(f"{word} " for word in words[:-1])
        for plural in _plurals(words[-1]):
            yield before + plural
        if len(words) == 3 and words[1] in ("de", "d"):
            yield from (" ".join((plural, *words[1:])) for plural in _plurals(words[0]))


def _plurals(word: str) -> tuple[str, ...]:
    if word.endswith("y") and word[-2] not in "aeiou":
        return (f"{word[:-1]}ies", f"{word}s")
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (f"{word}es",)
    if word.endswith("f"):
        return (f"{word}s", f"{word[:-1]}ves")
    if word.endswith(("au", "eu")):
        return (f"{word}x",)
    return (f"{word}s", f"{word}es") if word[-1] not in "aeiou" else (f"{word}s",)


def better(one: Name, other: Name) -> Name:
    """The one name that a form stands for. `Crane` is a bird and a skull: the bird counts as a word of trade too."""
    best, rest = (other, one) if RANKS.index(other.kind) < RANKS.index(one.kind) else (one, other)
    if best.kind in MEANS_MANY and rest.kind in MEANS_MANY and not rest.term:
        return with_taxa(best, rest)
    return replace(best, term=rest.term) if best.kind in MEANS_MANY and rest.kind == TERM and not best.term else best


def with_taxa(name: Name, other: Name) -> Name:
    """The name with what another name means besides."""
    more = tuple(taxon for taxon in other.taxa if taxon not in name.taxa)
    both = name.kind in MEANS_MANY and other.kind in MEANS_MANY
    return Name(name.words, name.kind, (*name.taxa, *more), name.term) if more and both else name


def shipped_names() -> Iterator[Name]:
    """Listed taxa by every shipped name, the words of the trade, and the traps."""
    yield from _everyday()
    yield from _listed_names()
    for row in read_facts("gazetteer_words"):
        if row["kind"] in KINDS:
            means, goods = tuple(filter(None, row["means"].split("|"))), row["kind"] == TERM
            yield from (Name(word, KINDS[row["kind"]], () if goods else means, "".join(means) if goods else "")
                        for word in row["words"].split(";"))
    for term in tables.terms():
        if term.current:
            for text in (term.name_en, term.name_fr, term.name_es):
                yield from (Name(word.strip(), TERM, term=term.code) for word in re.split(r"[;,/(]| - ", text) if word)
    for row in read_facts("trade_words"):
        yield Name(row["word"], TERM, term=row["term_code"])


def _listed_names() -> Iterator[Name]:
    for entry in law().entries():
        yield Name(entry.taxon, SCIENTIFIC, (entry.taxon,))
        for text in (entry.name_en, entry.name_fr):
            yield from (Name(each.strip(), COMMON, (entry.taxon,)) for each in re.split(r"[;,/(]", text)
                        if len(each.strip()) > 2)
    for row in read_facts("names"):
        yield Name(row["name"], SCIENTIFIC, (row["name"],))
        for text in (row["en"], row["fr"], row["es"]):
            yield from (Name(each.strip(), COMMON, (row["name"],)) for each in text.split(";") if each.strip())
    for row in read_facts("renames"):
        yield Name(row["name"], SYNONYM, (row["listed_as"],))
    for genus in law().taxonomy.genera:
        if len(genus) >= SHORTEST_GENUS and is_listed(genus):
            yield Name(genus, GENUS, (genus,))


def _everyday() -> Iterator[Name]:
    """The everyday words for goods: beings that are listed, articles by their term."""
    for row in read_facts("everyday_words"):
        taxa = tuple(taxon for taxon in row["taxa"].split("|") if taxon and is_listed(taxon))
        terms = [part.rpartition(":")[2] for part in row["terms"].split("|") if part]
        for language in LANGUAGES:
            for word in row[language].split(";"):
                if row["what"] == "article":
                    yield Name(word, TERM, term=terms[-1])
                elif taxa:
                    yield Name(word, TRADE if row["what"] == "whole" else COMMON, taxa,
                               terms[0] if row["what"] == "whole" else "")


@cache
def is_listed(taxon: str) -> bool:
    """Does any listing hold for the taxon, or for some of it?"""
    return isinstance(law().listings(taxon), Listed)


def imported(rows: Iterable[Mapping[str, str] | tuple[str, str]]) -> Iterator[Name]:
    """The names of an import: rows of a table with `common_name` (or `name`) and `taxon`, or pairs of both."""
    for row in rows:
        if isinstance(row, tuple):
            said, taxon = row
        else:
            said, taxon = row.get("common_name") or row.get("name") or "", row.get("taxon") or ""
        said = html.unescape(said) if "&" in said else said
        if said.strip() and taxon.strip():
            kind = (SCIENTIFIC if " " in said else GENUS) if said == taxon else IMPORTED
            yield Name(said, kind, (taxon,))
