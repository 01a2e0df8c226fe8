"""The everyday words for goods (`everyday_words.tsv`): which animal, plant or article each word may mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from wildgate.apps.species.index import fold
from wildgate.convention.tables import read_facts

LANGUAGES = ("en", "fr", "es", "ar")
BEING, ARTICLE, WHOLE, NONE = "being", "article", "whole", "none"
LONGEST_PHRASE = 4
SHORT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One row. `terms` of an article are by the form of what it is made of, `*` for any other."""

    id: str
    what: str
    form: str
    terms: tuple[str, ...]
    unit: str
    taxa: tuple[str, ...]
    marks: frozenset[str]
    words: dict[str, tuple[str, ...]]

    def name(self, language: str) -> str:
        """The word shown for it."""
        return self.words[language if language in LANGUAGES else "en"][0]

    def terms_of(self, form: str) -> tuple[str, ...]:
        """The terms of this article when it is made of something of that form."""
        if self.what != ARTICLE:
            return self.terms
        by_form = dict(part.split(":") for part in self.terms)
        return (by_form.get(form) or by_form["*"],)


@cache
def entries() -> dict[str, Entry]:
    """Every row by its id."""
    return {
        row["id"]: Entry(
            row["id"],
            row["what"],
            row["form"],
            tuple(filter(None, row["terms"].split("|"))),
            row["unit"],
            tuple(filter(None, row["taxa"].split("|"))),
            frozenset(row["marks"].split()),
            {language: tuple(row[language].split(";")) for language in LANGUAGES},
        )
        for row in read_facts("everyday_words")
    }


@cache
def being_of(taxon: str) -> Entry | None:
    """The first being that a taxon, or its genus, stands for: it tells what is usually made of it."""
    found = {
        name: entry for entry in reversed(entries().values()) if entry.what in (BEING, WHOLE) for name in entry.taxa
    }
    return found.get(taxon) or found.get(taxon.split()[0])


def phrases(tokens: list[str]) -> Iterator[tuple[Entry, str]]:
    """The entries named in folded words, the longest phrase first at each place, each with the words that named it."""
    at = 0
    while at < len(tokens):
        for length in range(min(LONGEST_PHRASE, len(tokens) - at), 0, -1):
            words = tokens[at : at + length]
            if found := _index().get(" ".join(words)) or _index().get(stemmed(words)):
                yield from ((entry, " ".join(words)) for entry in found)
                at += length
                break
        else:
            at += 1


def stemmed(words: list[str]) -> str:
    """Words without the endings of the plural and without the Arabic article, marked as such."""
    return "~" + " ".join(map(stem, words))


def stem(word: str) -> str:
    """One word, so that singular and plural agree in English, French and Spanish more often than not."""
    for prefix in ("ال", "وال", "بال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            word = word[len(prefix) :]
            break
    if len(word) > SHORT and word.endswith(("s", "aux", "oux", "eux")):
        word = word[:-1]
    return word[:-1] if len(word) > SHORT and word.endswith("e") else word


@cache
def _index() -> dict[str, tuple[Entry, ...]]:
    """Entries by folded phrase, and by its stems behind a ~. A stem that is too short to be sure is left out: of such
    words (shoe, bone, hide) the plural stands here as it is written."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in entries().values():
        for words in entry.words.values():
            for word in words:
                folded = fold(word)
                found.setdefault(folded, {})[entry.id] = entry
                stems = stemmed(folded.split())
                if len(stems) > SHORT + 1 or stems[1:] == folded:
                    found.setdefault(stems, {})[entry.id] = entry
                else:
                    found.setdefault(f"{folded}s", {})[entry.id] = entry
    return {phrase: tuple(entries.values()) for phrase, entries in found.items()}
