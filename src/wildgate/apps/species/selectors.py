"""Finding a taxon by what somebody typed: scientific name, synonym, common name, abbreviation or a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import fuzz, process

from wildgate.convention.listing import Law, Listed, law
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Taxon

LONGEST_QUERY = 120
CLOSE_ENOUGH = 76.0
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish"}


@dataclass(frozen=True, slots=True)
class Match:
    """A taxon found. `appendices` are those it may stand in today; `matched_by` says how: scientific name, synonym,
    common name (language), abbreviation, misspelling. `score` runs from 0 to 100."""

    name: str
    rank: str
    accepted: str
    appendices: tuple[str, ...]
    matched_by: str
    score: float
    matched: str = ""

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "rank": self.rank, "accepted": self.accepted, "appendices": list(self.appendices),
                "matched_by": self.matched_by, "matched": self.matched, "score": self.score}


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that can be found: as shown, folded for comparison, the taxon it leads to and what kind of name it is."""

    shown: str
    folded: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Index:
    """All shipped names, by their folded form and by their first letters."""

    entries: tuple[Entry, ...]
    exact: dict[str, tuple[Entry, ...]]
    by_start: dict[str, tuple[Entry, ...]]
    by_word: dict[str, tuple[Entry, ...]]
    folded: tuple[str, ...]


def search(text: str, limit: int = 10) -> list[Match]:
    """Taxa for what was typed, best first. Never raises; an empty or endless text finds nothing."""
    query = fold(text)
    if not query or len(text) > LONGEST_QUERY or limit < 1:
        return []
    index = _index()
    ranked: dict[str, tuple[float, Entry, str]] = {}
    for score, entry, how in (*_straight(query, index), *_placed(text, query)):
        _keep(ranked, score, entry, how)
    if not ranked or max(score for score, _, _ in ranked.values()) < 95:
        for score, entry, how in _fuzzy(query, index, limit):
            _keep(ranked, score, entry, how)
    best = sorted(ranked.values(), key=lambda hit: (-hit[0], len(hit[1].shown), hit[1].shown))[:limit]
    return [_match(entry, how, score) for score, entry, how in best]


def suggest(name: str, limit: int = 3) -> tuple[str, ...]:
    """Scientific names that may have been meant."""
    return tuple(dict.fromkeys(match.accepted for match in search(name, limit * 2)))[:limit]


def fold(text: str) -> str:
    """Lower case without accents or marks: what two spellings of a name have in common."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_QUERY + 1]).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9 .]", " ", plain).replace(" spp.", "").split())


def _straight(query: str, index: Index) -> Iterable[tuple[float, Entry, str]]:
    """Exact, prefix, abbreviated, reversed and whole-word matches."""
    for entry in index.exact.get(query, ()):
        yield 100.0, entry, entry.kind
    words = query.split()
    turned = " ".join(reversed(words))
    if len(words) > 1:
        for entry in index.exact.get(turned, ()):
            yield 96.0, entry, entry.kind
        short = re.fullmatch(r"([a-z])\.? ([a-z]{3,})", query)
        if short:
            for entry in index.by_word.get(short.group(2), ()):
                if entry.folded.startswith(short.group(1)) and entry.folded.split()[1:2] == [short.group(2)]:
                    yield 97.0, entry, "abbreviation" if entry.kind == "scientific name" else entry.kind
    for entry in index.by_start.get(query[:3], ()):
        if entry.folded.startswith(query) and entry.folded != query:
            yield 80.0 + 15.0 * len(query) / len(entry.folded), entry, entry.kind
    sets = [index.by_word.get(word.rstrip("."), ()) for word in words]
    for entry in min(sets, key=len) if all(sets) else ():
        if entry.folded != query and set(words) <= set(entry.folded.split()):
            head = 6.0 if "English" in entry.kind and entry.folded.endswith(f" {query}") else 0.0
            yield 80.0 + 12.0 * len(query) / len(entry.folded) + head, entry, entry.kind


def _placed(text: str, query: str) -> Iterable[tuple[float, Entry, str]]:
    """A species that is not listed by name but whose genus is known."""
    if query.count(" ") not in (1, 2):
        return
    the_law = law()
    taxon = the_law.resolve(text)
    answer = the_law.listings(text)
    if isinstance(taxon, Taxon) and (taxon.rank.value == "hybrid" or isinstance(answer, Listed)):
        yield 95.0, Entry(text.strip(), query, taxon.name, "scientific name"), "scientific name"


def _fuzzy(query: str, index: Index, limit: int) -> Iterable[tuple[float, Entry, str]]:
    """Misspellings. The whole list is short enough to compare with; scores stay below those of straight matches."""
    for _, score, place in process.extract(query, index.folded, scorer=fuzz.ratio, limit=limit * 2,
                                           score_cutoff=CLOSE_ENOUGH):
        entry = index.entries[place]
        how = "misspelling" if entry.kind == "scientific name" else f"{entry.kind}, misspelling"
        yield round(score * 0.94, 1), entry, how


def _keep(ranked: dict[str, tuple[float, Entry, str]], score: float, entry: Entry, how: str) -> None:
    taxon = _fate(law(), entry.target).accepted
    old = ranked.get(taxon)
    if old is None or score > old[0]:
        ranked[taxon] = (score, entry, how)


def _match(entry: Entry, how: str, score: float) -> Match:
    found = _fate(law(), entry.target)
    name = entry.shown if "common name" not in entry.kind else found.name
    return replace(found, name=name, matched_by=how, score=round(score, 1), matched=entry.shown)


@cache
def _fate(the_law: Law, target: str) -> Match:
    """Rank, accepted name and Appendices of a taxon as the shipped law has it."""
    taxon = the_law.resolve(target)
    answer = the_law.listings(target)
    appendices = tuple(sorted({e.appendix.value for e in answer.listings})) if isinstance(answer, Listed) else ()
    accepted = taxon.name if isinstance(taxon, Taxon) else target
    rank = taxon.rank.value if isinstance(taxon, Taxon) else ""
    return Match(accepted, rank, accepted, appendices, "", 0.0)


def _names() -> Iterable[tuple[str, str, str]]:
    """Every shipped name as (shown, target, kind)."""
    the_law = law()
    for entry in the_law.entries():
        yield entry.taxon, entry.taxon, "scientific name"
        for language, text in (("en", entry.name_en), ("fr", entry.name_fr)):
            for name in re.split(r"[;,/]", text):
                yield name.strip(), entry.taxon, f"common name ({LANGUAGES[language]})"
    for row in read_facts("names"):
        yield row["name"], row["name"], "scientific name"
        for language in LANGUAGES:
            for name in row[language].split(";"):
                yield name.strip(), row["name"], f"common name ({LANGUAGES[language]})"
    for row in read_facts("renames"):
        yield row["name"], row["listed_as"], "synonym"
    for row in read_facts("unlisted"):
        yield row["name"], row["name"], "scientific name"
    for genus in the_law.taxonomy.genera:
        yield genus, genus, "scientific name"
    for taxon in the_law.taxonomy.higher.values():
        yield taxon.name, taxon.name, "scientific name"


@cache
def _index() -> Index:
    seen: dict[tuple[str, str], Entry] = {}
    for shown, target, kind in _names():
        folded = fold(shown)
        if folded:
            seen.setdefault((folded, target), Entry(shown, folded, target, kind))
    entries = tuple(seen.values())
    exact: dict[str, list[Entry]] = {}
    by_start: dict[str, list[Entry]] = {}
    by_word: dict[str, list[Entry]] = {}
    for entry in entries:
        exact.setdefault(entry.folded, []).append(entry)
        for size in (1, 2, 3):
            by_start.setdefault(entry.folded[:size], []).append(entry)
        for word in set(entry.folded.split()):
            by_word.setdefault(word, []).append(entry)
    return Index(entries, _frozen(exact), _frozen(by_start), _frozen(by_word), tuple(e.folded for e in entries))


def _frozen(lists: dict[str, list[Entry]]) -> dict[str, tuple[Entry, ...]]:
    return {key: tuple(dict.fromkeys(rows)) for key, rows in lists.items()}
