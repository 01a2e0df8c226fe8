"""A listing is read: is a real specimen offered, of which taxon and term, in which Appendix, and why do we say so?

Rules alone, usable with no model; `features` feed one where there are labels. Names tell little by themselves: a stamp,
a toy or a print names animals too. What stands around the name decides, and every answer quotes the words it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from wildgate.convention.sentence import say
from wildgate.screening import scoring
from wildgate.screening.cues import BEARER, COPY, FOSSIL, GRAIN, Cue, cues, strip_site, terms, words_of
from wildgate.screening.gazetteer import Found, Gazetteer
from wildgate.screening.kin import PART, UNKNOWN, Standing, animal_words, listing_names, rank_of, standing
from wildgate.screening.normalise import Normal, normalise
from wildgate.screening.placing import Placed, place
from wildgate.screening.scoring import FEATURES

__all__ = ["FEATURES", "Reading", "Reason", "read_listing", "standard", "strip_site"]

REAL, FOSSIL_KIND, IMITATION, UNCLEAR, NONE = "real", "fossil", "imitation", "unclear", "none"
LONGEST_TITLE: Final = 1_000
LONGEST_DESCRIPTION: Final = 20_000
REACH: Final = 3
"""So many words after an animal or its leather a print is a print of it."""
INSECTS: Final = frozenset({"Insecta", "Coleoptera", "Lepidoptera", "Arachnida", "Malacostraca", "Scorpiones"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the answer is what it is: words of the listing between `start` and `end` of its title or description."""

    code: str
    says: str
    text: str = ""
    start: int = 0
    end: int = 0
    where: str = "title"

    def __str__(self) -> str:
        return f"“{self.text}” {self.says}" if self.text else self.says


@dataclass(frozen=True, slots=True)
class Reading:
    """What a listing offers. `kind`: real, fossil, imitation, unclear (leather of no named animal) or none.

    An Appendix may be a range, `I/II`; `II/-` is Appendix II or none. `score` is between 0 and 1; from .5 on a specimen
    is probably offered. `version` is that of the names that were looked for.
    """

    specimen: bool
    kind: str
    taxon: str
    rank: str
    appendix_at: str
    appendix_today: str
    listed: str
    term: str
    score: float
    features: dict[str, float]
    reasons: tuple[Reason, ...]
    mentions: tuple[Found, ...]
    version: str


@cache
def standard() -> Gazetteer:
    """The gazetteer for listings: every shipped name and what sellers mean by their words."""
    return Gazetteer(listing_names())


def read_listing(title: str, description: str = "", *, on: date | None = None, today: date | None = None,
                 gazetteer: Gazetteer | None = None) -> Reading:
    """Read a listing. `on` is the day of the offer; without a day the law speaks as it stands."""
    gazetteer = gazetteer or standard()
    normal = gazetteer.unveiled(normalise(strip_site(title[:LONGEST_TITLE])))
    found, told = gazetteer.find(normal), cues(normal)
    placed = place(normal, found)
    below = gazetteer.unveiled(normalise(description[:LONGEST_DESCRIPTION])) if description else None
    more = gazetteer.find(below) if below else ()
    kind, why = _kind(placed, told, normal)
    features = scoring.features(normal, placed, told, below, found, more)
    score = scoring.score(features)
    offered = score >= scoring.OFFERED and kind not in (IMITATION, NONE)
    score = score if offered else min(score, scoring.NOT_OFFERED)
    code, term = _term(normal, placed)
    taxon = placed.taxon if kind == REAL else ""
    at, now = (standing(taxon, on), standing(taxon, today)) if taxon else (NOWHERE, NOWHERE)
    reasons = (*(Reason(each.code, each.says, *_quote(normal, each.start, each.end)) for each in placed.reasons), *why,
               *([_cue_reason("term", say("is the kind of goods: %(term)s", term=code), normal, term)] if term else ()),
               *_standing_reason(taxon, at))
    rank = rank_of(taxon) if taxon else ""
    return Reading(offered, kind, taxon, rank, str(at), str(now), now.listed, code, score, features,
                   reasons, (*found, *more), gazetteer.version)


NOWHERE: Final = Standing((), UNKNOWN)


def _kind(placed: Placed, told: tuple[Cue, ...], normal: Normal) -> tuple[str, tuple[Reason, ...]]:
    """Real, fossil, imitation, unclear or none, and the word that says so."""
    modern = "modern" in normal.words
    fossil = next((cue for cue in told if cue.kind == FOSSIL), None)
    if fossil and not modern:
        return FOSSIL_KIND, (_cue_reason("fossil", say("is said of fossils"), normal, fossil),)
    copy = _copy(placed, told, normal)
    if copy:
        return IMITATION, (_cue_reason("copy", say("is said of copies and prints"), normal, copy),)
    if not placed.taxon:
        hide = next((cue for cue in told if cue.kind == "leather"), None)
        if hide:
            return UNCLEAR, (_cue_reason("leather", say("names no animal"), normal, hide),)
        return NONE, (Reason("none", say("No animal or plant is named.")),)
    thing = scoring.thing(told, placed)
    if thing:
        return NONE, (_cue_reason("thing", say("only shows or bears the name"), normal, thing),)
    return REAL, ()


def _copy(placed: Placed, told: tuple[Cue, ...], normal: Normal) -> Cue | None:
    """A word of copies anywhere; `print` or `grain` where it follows the animal or its leather."""
    for cue in told:
        if cue.kind == COPY and not (cue.words in WOODEN and (placed.plant or bears(cue, normal))):
            return cue
        before = normal.words[max(0, cue.first - REACH):cue.first]
        if cue.kind == GRAIN and (any(0 <= cue.first - last <= REACH for last in placed.ends)
                                  or not animal_words().isdisjoint(before)):
            return cue
    return None


WOODEN: Final = frozenset({"wooden"})


def bears(cue: Cue, normal: Normal) -> bool:
    """Is it the plaque under a trophy that is of wood?"""
    return not words_of(BEARER).isdisjoint(normal.words[cue.last:cue.last + 2])


def _term(normal: Normal, placed: Placed) -> tuple[str, Cue | None]:
    found = terms(normal)
    if found:
        return found[0].kind, found[0]
    if INSECTS.intersection(placed.lineage):
        return "BOD", None
    return "", None


def _standing_reason(taxon: str, at: Standing) -> tuple[Reason, ...]:
    if not taxon:
        return ()
    if at.listed == PART:
        return (Reason("appendix", say("Of %(taxon)s only a part is listed: Appendix %(appendix)s.",
                                       taxon=taxon, appendix=at)),)
    if at.appendices:
        return (Reason("appendix", say("%(taxon)s: Appendix %(appendix)s on the day of the offer.", taxon=taxon,
                                       appendix=at)),)
    if at.listed != UNKNOWN:
        return (Reason("appendix", say("%(taxon)s is in no Appendix on the day of the offer.", taxon=taxon)),)
    return (Reason("appendix", say("Whether %(taxon)s is listed cannot be told from the shipped tables.",
                                   taxon=taxon)),)


def _cue_reason(code: str, says: str, normal: Normal, cue: Cue) -> Reason:
    return Reason(code, says, *_quote(normal, *normal.span(cue.first, cue.last)))


def _quote(normal: Normal, start: int, end: int) -> tuple[str, int, int]:
    return normal.text[start:end], start, end
