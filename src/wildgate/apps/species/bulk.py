"""A spreadsheet of names checked at once: each name's accepted name, Appendix and confidence, or "needs a person"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from wildgate.apps.species.index import COMMON, LONGEST_QUERY, SCIENTIFIC, fold
from wildgate.apps.species.selectors import Match, Names, explained, fate, names_of, search
from wildgate.convention.sentence import say, whole
from wildgate.convention.taxonomy import Rank, Taxon, Unknown

FAR_AHEAD = 3.0
SHORTEST = 8
ENDING = re.compile(r"(?<=[a-z]{3})(?:us|a|um|is|e|ii|i)$")
"""The gender or case of an epithet: `Agapornis cana` and `Agapornis canus` are one name."""
MOST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer for one name. `confidence` runs from 0 to 1; `needs_person` says that nobody should act on it unseen:
    `reason` tells why and `candidates` are names that may be meant. `appendices` are those the taxon may stand in."""

    asked: str
    accepted: str = ""
    rank: str = ""
    appendices: tuple[str, ...] = ()
    how: str = ""
    confidence: float = 0.0
    needs_person: bool = False
    reason: str = ""
    candidates: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"name": self.asked, "accepted": self.accepted or None, "rank": self.rank or None,
                "appendices": list(self.appendices), "matched_by": self.how or None,
                "confidence": round(self.confidence, 2), "needs_person": self.needs_person,
                "reason": self.reason or None, "candidates": list(self.candidates)}


def check_names(asked: Iterable[str], *, party: str = "") -> Iterator[Checked]:
    """An answer for each name, in order. Repeated names are looked up once. Never raises."""
    names = names_of(party)
    known: dict[str, Checked] = {}
    for name in asked:
        answer = known.get(name)
        if answer is None:
            answer = known[name] = _check(" ".join(name.split()), party, names)
        yield replace(answer, asked=name)


def _check(name: str, party: str, names: Names) -> Checked:
    if not fold(name) or len(name) > LONGEST_QUERY:
        return Checked(name, needs_person=True, reason=say("This is not a name."))
    return _by_name(name, names) or _by_search(name, party, names)


def _by_name(name: str, names: Names) -> Checked | None:
    """A scientific name that the lists hold as it is written, with or without its author."""
    taxon = names.law.resolve(name)
    if not isinstance(taxon, Taxon):
        held = any(not names.index.kinds[place].startswith(COMMON) for place in names.index.exact(fold(name)))
        return Checked(name, needs_person=True, how="several", reason=taxon.reason) if held else None
    if taxon.rank is Rank.HYBRID:
        return _told(name, name, "cross", 0.5, names,
                     say("A cross: both parents must be told and checked."))
    if _wrote_less(name, taxon):
        return None
    if _held(taxon.name, names):
        return _told(name, name, "synonym" if taxon.via else SCIENTIFIC, 0.98 if taxon.via else 1.0, names)
    if taxon.species and taxon.species != taxon.name and _held(taxon.species, names):
        told = _told(name, name, "subspecies", 0.8, names)
        return replace(told, reason=told.reason or say(
            "The lists hold %(species)s but not this name within it.", species=taxon.species))
    return None


def _held(name: str, names: Names) -> bool:
    return any(names.index.kinds[place] == SCIENTIFIC for place in names.index.exact(fold(name)))


def _wrote_less(name: str, taxon: Taxon) -> bool:
    """Was a genus read out of something that is more than a genus: `Macaw blue`, `Panthera Tigris`?"""
    rest = fold(name).split()[1:]
    return taxon.rank is Rank.GENUS and bool(rest) and rest[0].rstrip(".") not in ("sp", "spp", "species")


def _by_search(name: str, party: str, names: Names) -> Checked:
    found = search(name, MOST_OTHERS, party=party)
    if not found:
        return Checked(name, needs_person=True, reason=say("No name is like it."))
    first = found[0]
    others = tuple(match.accepted for match in found)
    ahead = len(found) == 1 or first.score - found[1].score >= FAR_AHEAD
    sure = _confidence(name, first)
    if sure and ahead:
        return _told(name, first.accepted, first.matched_by, sure, names)
    why = (say("It is like %(names)s.", names=", ".join(others)) if sure else
           say("The nearest name, %(name)s, is not near enough.", name=first.matched))
    return Checked(name, how=first.matched_by, needs_person=True, reason=why, candidates=others)


def _confidence(name: str, match: Match) -> float:
    """How sure a match is, by the way it was found; 0 when a person must look.

    A misspelling counts as sure with one slip only: with two, other species of the genus are in reach (`Vulpes chama`,
    `Vulpes cana`).
    """
    if "misspelling" in match.matched_by:
        asked, meant = fold(name), fold(match.matched)
        slip = OSA.distance(asked, meant, score_cutoff=1) <= 1 and len(asked) >= SHORTEST
        return match.score / 100 if slip or ENDING.sub("", asked) == ENDING.sub("", meant) else 0.0
    if match.score == 100.0:
        return 0.9 if match.matched_by.startswith(COMMON) else 0.98
    if match.score >= 96.0 or match.matched_by == "abbreviation":
        return 0.85 if match.matched_by == "abbreviation" else 0.9
    return 0.0


def _told(name: str, target: str, how: str, confidence: float, names: Names, doubt: str = "") -> Checked:
    """The answer with what the law says today of `target`; a taxon that the law cannot decide needs a person."""
    match = fate(names.law, target)
    answer = names.law.listings(target)
    if isinstance(answer, Unknown):
        doubt = answer.reason
    reason = doubt or ("" if how == SCIENTIFIC else explained(name, "synonym" if how == "synonym" else how,
                                                              match.accepted, names))
    differs = next((whole(w) for w in answer.warnings if w.code == "import-differs"), "")
    return Checked(name, match.accepted, match.rank, match.appendices, how, confidence, bool(doubt),
                   say("%(reason)s %(differs)s", reason=reason, differs=differs) if reason and differs else
                   reason or differs)
