"""Names of animals and plants in free text: scientific names, common names and words of the trade, with their place.

An automaton finds every name at once; what stands around a name decides whether it means one. A colour, a brand, a
print or a copy is no specimen: a name that is an everyday word too counts beside a word of trade only. `mentions`
reads a text as it stands; `find` also undoes what hides a name (see disguise.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from wildgate.screening.disguise import PLAIN, Disguises, Guess
from wildgate.screening.names import (
    CODE,
    COMMON,
    GENUS,
    GROUP,
    IMPORTED,
    SCIENTIFIC,
    SYNONYM,
    TERM,
    TRADE,
    TRAP,
    Name,
    better,
    forms,
    imported,
    is_listed,
    shipped_names,
    with_taxa,
)
from wildgate.screening.normalise import Normal, borderless, normalise
from wildgate.screening.words import LONGEST, Words, shipped_words

__all__ = ["CODE", "COMMON", "GENUS", "GROUP", "IMPORTED", "SCIENTIFIC", "SYNONYM", "TERM", "TRADE", "TRAP", "Found",
           "Gazetteer", "Mention", "Name", "Words", "is_listed", "marked", "shipped", "shipped_names", "shipped_words"]

CONFIDENCE: Final = {SCIENTIFIC: 0.99, SYNONYM: 0.97, GROUP: 0.9, GENUS: 0.85, TRADE: 0.9, COMMON: 0.8, IMPORTED: 0.8,
                     TERM: 0.5, CODE: 0.3, TRAP: 0.0}
WEAK, BESIDE_TRADE, COPY, GOVERNED = 0.3, 0.8, 0.1, 0.05
SURE: Final = 0.5
NEAR: Final = 4
"""So many words away a word of trade or of copies still speaks of a name."""
LONGEST_LISTING: Final = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """A name at a place of the text: `start` and `end` count characters of the original.

    `how` says what hid it (plain: nothing), `edits` how many letters were wrong, `version` which names were looked for.
    """

    start: int
    end: int
    text: str
    kind: str
    taxa: tuple[str, ...]
    confidence: float
    term: str = ""
    name: str = ""
    how: str = PLAIN
    edits: int = 0
    version: str = ""

    @property
    def taxon(self) -> str:
        return self.taxa[0] if self.taxa else ""

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


Mention = Found
"""What `mentions` gives: a name that nothing hid."""


class Hit(NamedTuple):
    """A name between two words of the text (the last one excluded); inside a word where a script has no borders."""

    first: int
    last: int
    name: Name
    form: str
    place: tuple[int, int]
    guess: Guess | None = None


class Gazetteer:
    """Everything that is looked for. Built once and never changed; it keeps nothing of what it reads."""

    def __init__(self, names: Iterable[Name], words: Words | None = None) -> None:
        self.words = words or shipped_words()
        known: dict[str, Name] = {}
        for name in names:
            for form in forms(name):
                if form:
                    known[form] = better(known[form], name) if form in known else name
        _share_closed(known)
        self._known = known
        self._forms = [form if borderless(form) else f" {form} " for form in known]
        self._names = list(known.values())
        self._automaton = AhoCorasick(self._forms, matchkind=MatchKind.Standard,
                                      implementation=Implementation.ContiguousNFA)
        self._disguises = Disguises(known, frozenset(form for form, name in known.items() if name.kind == TERM),
                                    self.words.sale)

    @classmethod
    def with_names(cls, rows: Iterable[Mapping[str, str] | tuple[str, str]], *, listed_only: bool = False,
                   base: Iterable[Name] | None = None) -> Gazetteer:
        """The shipped gazetteer and the names of an import, each with the taxon that it leads to."""
        more = (name for name in imported(rows) if not listed_only or is_listed(name.taxa[0]))
        return cls([*(shipped_names() if base is None else base), *more])

    def __len__(self) -> int:
        return len(self._forms)

    def forms(self) -> tuple[str, ...]:
        """Every form that is looked for."""
        return tuple(self._known)

    @cached_property
    def version(self) -> str:
        """A mark of these very names: it is kept with every match."""
        told = hashlib.sha256()
        for form, name in self._known.items():
            told.update(f"{form}\t{name.kind}\t{name.taxa}\t{name.term}\n".encode())
        return told.hexdigest()[:12]

    def mentions(self, text: str) -> tuple[Found, ...]:
        """Taxa and words of trade in `text` as it stands, in their order. Read `sure` before you act on one."""
        normal = normalise(text[:LONGEST])
        return self._told(self._hits(normal), normal)

    def find(self, text: str | Normal) -> tuple[Found, ...]:
        """The same, and names that letters, digits, stars, spaces or slips of the pen hide. A `Normal` is unveiled."""
        normal = self.unveiled(normalise(text[:LONGEST_LISTING])) if isinstance(text, str) else text
        hits = self._hits(normal)
        taken = {place for hit in hits for place in range(hit.first, hit.last) if hit.name.kind != TERM}
        for guess in self._disguises.guesses(normal, taken):
            name = self._known[guess.form]
            hits.append(Hit(guess.first, guess.last, name, guess.form, (0, 0), guess))
        return self._told(hits, normal)

    def unveiled(self, normal: Normal) -> Normal:
        """The text with what hides single words undone, for all that is read of it."""
        return self._disguises.unveiled(normal)

    def taxa(self, text: str) -> frozenset[str]:
        """The taxa that are surely meant."""
        return frozenset(each.taxon for each in self.mentions(text) if each.sure and each.taxon)

    def _hits(self, normal: Normal) -> list[Hit]:
        """Names that begin and end with whole words; in scripts without borders, anywhere."""
        plain, hits = normal.plain, []
        for which, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            form = self._forms[which]
            if form[0] == " ":
                first = plain.count(" ", 0, start)
                last = first + form.count(" ") - 1
            else:
                first = plain.count(" ", 0, start + 1) - 1
                last = plain.count(" ", 0, end)
            hits.append(Hit(first, last, self._names[which], form.strip(), (start, end)))
        return hits

    def _told(self, hits: list[Hit], normal: Normal) -> tuple[Found, ...]:
        if not hits:
            return ()
        kept, copies = _longest(hits), not self._copies.isdisjoint(normal.words)
        return tuple(self._found(hit, kept, normal, copies) for hit in kept if hit.name.kind != TRAP)

    def _found(self, hit: Hit, hits: list[Hit], normal: Normal, copies: bool) -> Found:
        name, guess = hit.name, hit.guess
        start, end = normal.span(hit.first, hit.last) if guess else normal.place(*hit.place)
        sure = self._confidence(hit, hits, normal, copies)
        return Found(start, end, normal.text[start:end], name.kind, name.taxa, round(sure, 2), name.term, hit.form,
                     guess.how if guess else _hidden(normal, start, end), guess.edits if guess else 0, self.version)

    @cached_property
    def _copies(self) -> frozenset[str]:
        """The words, and the first words of pairs, that speak of copies: most texts hold none."""
        return frozenset(said.split(" ")[0] for said in self.words.context)

    def _confidence(self, hit: Hit, hits: list[Hit], normal: Normal, copies: bool) -> float:
        """How sure it is that the name means what it names. `copies`: does the text hold a word of copies at all?"""
        base = CONFIDENCE[hit.name.kind] - (0.1 * hit.guess.edits if hit.guess else 0)
        if hit.name.kind in (SCIENTIFIC, SYNONYM, TERM):
            return base
        words = normal.words
        if copies and (not self.words.context.isdisjoint(_around(hit, words))
                       or any(pair in self.words.context for pair in _pairs(hit, words))):
            return COPY
        if hit.last < len(words) and words[hit.last] in self.words.head and hit.last - hit.first == 1:
            return GOVERNED
        if self.words.is_weak(hit.form):
            beside = any(other.name.term and other is not hit and _distance(hit, other) < NEAR for other in hits)
            return BESIDE_TRADE if beside else WEAK
        slip = hit.guess is not None and hit.guess.edits > 0 and hit.last - hit.first == 1
        if slip and self.words.sale.isdisjoint(words):
            return WEAK
        return WEAK if self.words.is_everyday(hit.form) else base


def _share_closed(known: dict[str, Name]) -> None:
    """Tree shrew and treeshrew are one name: each gets the taxa of the other."""
    closed: dict[str, str] = {}
    for form in [form for form in known if " " in form and form.isascii()]:
        word = form.replace(" ", "")
        for twin in {closed.setdefault(word, form), word} - {form}:
            if twin in known:
                known[form], known[twin] = with_taxa(known[form], known[twin]), with_taxa(known[twin], known[form])


def _hidden(normal: Normal, start: int, end: int) -> str:
    """What hid the words between two places of the text."""
    return next((how for first, last, how in normal.hid if first < end and start < last), PLAIN)


_first = attrgetter("first")


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """Of names that overlap the longest stays; in the order of the text."""
    hits = sorted(hits, key=_first)
    if all(one.last <= other.first for one, other in pairwise(hits)):
        return hits
    chosen: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda each: (each.first - each.last, bool(each.guess), each.first,
                                              each.place[0] - each.place[1])):
        places = range(hit.first, hit.last)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(hit)
    return sorted(chosen, key=_first)


def _around(hit: Hit, words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words[max(0, hit.first - NEAR):hit.first], *words[hit.last:hit.last + NEAR])


def _pairs(hit: Hit, words: tuple[str, ...]) -> Iterator[str]:
    """Pairs of neighbouring words around a name: `phone case`."""
    for part in (words[max(0, hit.first - NEAR):hit.first], words[hit.last:hit.last + NEAR]):
        yield from (f"{one} {other}" for one, other in pairwise(part))


def _distance(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


@cache
def shipped() -> Gazetteer:
    """Everything that the package's own facts name."""
    return Gazetteer(shipped_names())


def marked(mention: Found, confidence: float) -> Found:
    """The mention with another confidence, for a caller that knows more (a permit, a customs code)."""
    return replace(mention, confidence=confidence)
