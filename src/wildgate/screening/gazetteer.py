"""Names of animals and plants in free text: scientific names, common names and words of the trade, with their place.

An automaton finds every name at once; what stands around a name decides whether it means one. A colour, a brand, a
print or a copy is no specimen: a name that is an everyday word too counts beside a word of trade only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from wildgate.convention import tables
from wildgate.convention.listing import Listed, law
from wildgate.convention.tables import read_facts

SCIENTIFIC, SYNONYM, GENUS, COMMON, TRADE, TERM, TRAP = (
    "scientific", "synonym", "genus", "common", "trade", "term", "trap")
CONFIDENCE: Final = {SCIENTIFIC: 0.99, SYNONYM: 0.97, GENUS: 0.85, TRADE: 0.9, COMMON: 0.8, TERM: 0.5, TRAP: 0.0}
WEAK, BESIDE_TRADE, COPY, GOVERNED = 0.3, 0.8, 0.1, 0.05
SURE: Final = 0.5
NEAR: Final = 4
"""So many words away a word of trade or of copies still speaks of a name."""
LONGEST: Final = 2_000
SHORTEST_GENUS: Final = 5
WORD: Final = re.compile(r"[^\W_]+(?:['’]s\b)?")
UNALIKE: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ً": "", "أ": "ا",
                                "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي"})
NO_BORDERS: Final = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")
KINDS: Final = {"trap": TRAP, "name": TRADE, "term": TERM}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may be found. `taxa` are candidates, the usual first; a word of trade has a `term` and no taxon."""

    words: str
    kind: str
    taxa: tuple[str, ...] = ()
    term: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a place of the text: `start` and `end` count characters of the original."""

    start: int
    end: int
    text: str
    kind: str
    taxa: tuple[str, ...]
    confidence: float
    term: str = ""

    @property
    def taxon(self) -> str:
        return self.taxa[0] if self.taxa else ""

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Tokens:
    """Folded words of a text with the place of each in the original."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def joined(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name between two words of the text (the last one excluded)."""

    first: int
    last: int
    name: Name


class Gazetteer:
    """Everything that is looked for. Built once; `mentions` is quick and keeps nothing of what it reads."""

    def __init__(self, names: Iterable[Name], words: Words | None = None) -> None:
        self.words = words or shipped_words()
        known: dict[str, Name] = {}
        for name in names:
            for form in _forms(name):
                if form:
                    known[form] = _better(known[form], name) if form in known else name
        self._names = list(known.values())
        self._forms = list(known)
        self._automaton = AhoCorasick(self._forms, matchkind=MatchKind.Standard,
                                      implementation=Implementation.ContiguousNFA)

    def __len__(self) -> int:
        return len(self._forms)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Taxa and words of trade in `text`, in their order. Read `sure` before you act on one."""
        tokens = split(text[:LONGEST])
        hits = _longest(self._hits(tokens))
        return tuple(self._mention(hit, hits, tokens, text) for hit in hits if hit.name.kind != TRAP)

    def taxa(self, text: str) -> frozenset[str]:
        """The taxa that are surely meant."""
        return frozenset(each.taxon for each in self.mentions(text) if each.sure and each.taxon)

    def _hits(self, tokens: Tokens) -> Iterator[Hit]:
        """Names that begin and end with whole words; in scripts without borders, anywhere."""
        joined, starts, ends, at = tokens.joined, {}, {}, 0
        for place, word in enumerate(tokens.words):
            starts[at], ends[at + len(word)] = place, place + 1
            at += len(word) + 1
        for which, start, end in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            first, last = starts.get(start), ends.get(end)
            if first is None or last is None:
                if not NO_BORDERS.match(self._forms[which]):
                    continue
                first = joined.count(" ", 0, start)
                last = joined.count(" ", 0, end) + 1
            yield Hit(first, last, self._names[which])

    def _mention(self, hit: Hit, hits: list[Hit], tokens: Tokens, text: str) -> Mention:
        start, end = tokens.spans[hit.first][0], tokens.spans[hit.last - 1][1]
        return Mention(start, end, text[start:end], hit.name.kind, hit.name.taxa,
                       round(self._confidence(hit, hits, tokens), 2), hit.name.term)

    def _confidence(self, hit: Hit, hits: list[Hit], tokens: Tokens) -> float:
        """How sure it is that the name means what it names."""
        base = CONFIDENCE[hit.name.kind]
        if hit.name.kind in (SCIENTIFIC, SYNONYM, TERM):
            return base
        words, around = tokens.words, _around(hit, tokens)
        if self.words.context & around or any(pair in self.words.context for pair in _pairs(hit, tokens)):
            return COPY
        said = " ".join(words[hit.first:hit.last])
        if hit.last < len(words) and words[hit.last] in self.words.head and hit.last - hit.first == 1:
            return GOVERNED
        if said in self.words.weak or _single(said) in self.words.weak:
            beside = any(other.name.term and other is not hit and _distance(hit, other) < NEAR for other in hits)
            return BESIDE_TRADE if beside else WEAK
        return base


@dataclass(frozen=True, slots=True)
class Words:
    """What decides about a name (see gazetteer_words.tsv)."""

    weak: frozenset[str]
    head: frozenset[str]
    context: frozenset[str]
    unclear: frozenset[str]
    filler: frozenset[str]

    def says_little(self, text: str) -> bool:
        """Does a description say next to nothing: gift, toys, plastic craft, sample?"""
        words = split(text[:LONGEST]).words
        left = [word for word in words if word not in self.filler]
        unclear = {word for each in self.unclear for word in each.split()}
        return all(word in unclear for word in left)


def split(text: str) -> Tokens:
    """The words of a text, folded: no case, accents, full-width letters or Arabic article."""
    words, spans = [], []
    for found in WORD.finditer(text):
        words.append(fold(found[0]))
        spans.append(found.span())
    return Tokens(tuple(words), tuple(spans))


@cache
def _folded_letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter.casefold().translate(UNALIKE))
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(UNALIKE)


def fold(word: str) -> str:
    """One word without case and accents."""
    word = re.sub("['’]", "", word)
    if word.isascii():
        return word.lower()
    plain = "".join(map(_folded_letter, word))
    for article in ("وال", "بال", "ال"):
        if plain.startswith(article) and len(plain) > len(article) + 2:
            return plain[len(article):]
    return plain


def _forms(name: Name) -> Iterator[str]:
    """The folded name, and its plural where it is a common one."""
    words = split(name.words).words
    whole = " ".join(words)
    yield whole
    if name.kind in (COMMON, TRADE, TERM) and words and words[-1].isascii() and len(words[-1]) > 2:
        last = words[-1]
        for plural in _plurals(last):
            yield " ".join((*words[:-1], plural))
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


def _single(said: str) -> str:
    return said[:-1] if said.endswith("s") else said


def _better(one: Name, other: Name) -> Name:
    """The one name that a form stands for. `Crane` is a bird and a skull: the bird counts as a word of trade too."""
    best, rest = (other, one) if _rank(other) < _rank(one) else (one, other)
    return replace(best, term=rest.term) if best.kind == COMMON and rest.kind == TERM and not best.term else best


def _rank(name: Name) -> int:
    return (TRAP, SCIENTIFIC, SYNONYM, TRADE, COMMON, GENUS, TERM).index(name.kind)


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """Of names that overlap the longest stays; in the order of the text."""
    chosen: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda each: (each.first - each.last, each.first)):
        places = range(hit.first, hit.last)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(hit)
    return sorted(chosen, key=lambda each: each.first)


def _around(hit: Hit, tokens: Tokens) -> frozenset[str]:
    before = tokens.words[max(0, hit.first - NEAR):hit.first]
    return frozenset((*before, *tokens.words[hit.last:hit.last + NEAR]))


def _pairs(hit: Hit, tokens: Tokens) -> Iterator[str]:
    """Pairs of neighbouring words around a name: `phone case`."""
    words = tokens.words
    for part in (words[max(0, hit.first - NEAR):hit.first], words[hit.last:hit.last + NEAR]):
        yield from (f"{one} {other}" for one, other in pairwise(part))


def _distance(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


@cache
def shipped_words() -> Words:
    """The words of the package."""
    found: dict[str, set[str]] = {}
    for row in read_facts("gazetteer_words"):
        found.setdefault(row["kind"], set()).update(" ".join(split(word).words) for word in row["words"].split(";"))
    return Words(*(frozenset(found[kind]) for kind in ("weak", "head", "context", "unclear", "filler")))


@cache
def shipped() -> Gazetteer:
    """Everything that the package's own facts name."""
    return Gazetteer(shipped_names())


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
        for language in ("en", "fr", "es", "ar"):
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


def with_names(names: Iterable[tuple[str, str]], kind: str = COMMON) -> Gazetteer:
    """The shipped gazetteer with more names, each with the taxon that it leads to."""
    return Gazetteer([*shipped_names(), *(Name(word, kind, (taxon,)) for word, taxon in names if is_listed(taxon))])


def marked(mention: Mention, confidence: float) -> Mention:
    """The mention with another confidence, for a caller that knows more (a permit, a customs code)."""
    return replace(mention, confidence=confidence)
