"""Which taxon a reader means: its name in the records, or names to choose from where it is not written like that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from wildgate.apps.species.selectors import search
from wildgate.worldtrade import questions
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import store_at

MOST: Final = 12
MOST_COMMON: Final = 24


@dataclass(frozen=True, slots=True)
class Meant:
    """The question with the taxon as the records write it; or none, and names that may be meant."""

    question: Question | None
    names: tuple[str, ...] = ()


def meant(folder: Path, question: Question, *, party: str) -> Meant:
    """Find the taxon of the question in the records."""
    if not question.taxon:
        return Meant(question)
    stamp = store_at(folder).stamp()
    if found := _found(folder, stamp, question.taxon):
        name, rank = found
        return Meant(replace(question, taxon=name, rank=rank))
    return Meant(None, tuple(_suggested(folder, stamp, question.taxon, party)))


@lru_cache(maxsize=1024)
def _found(folder: Path, _stamp: str, text: str) -> tuple[str, str] | None:
    """The name in the records and the rank to ask for; a species is asked with its subspecies."""
    store = store_at(folder)
    plain = text.removesuffix(" spp.").strip()
    for name in dict.fromkeys((plain, plain.capitalize(), plain.title() if " " not in plain else plain)):
        if rank := questions.rank_of(store, name):
            return name, "species" if rank == "taxon" and name.count(" ") == 1 else rank
    return None


def _suggested(folder: Path, stamp: str, text: str, party: str) -> list[str]:
    """Names in the records like it; then those that a common name, a synonym or a slip of the pen leads to."""
    names = dict.fromkeys(each.name for each in questions.taxa(store_at(folder), text, limit=MOST))
    for match in search(text, MOST_COMMON, party=party):
        accepted = match.accepted
        for name in (accepted, accepted.split(" ")[0]):
            if name not in names and _found(folder, stamp, name):
                names[name] = None
                break
    return list(names)[:MOST]
