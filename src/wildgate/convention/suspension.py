"""Suspensions of trade: which recommendation, ban or stricter measure stands against a consignment on a day.

Sources: notifications to the Parties under Articles VIII and XIII, Res. Conf. 14.3 (compliance) and 12.8 (significant
trade), stricter domestic measures under Article XIV.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.quota import Claim, Scope, Shipment
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.tables import country
from wildgate.convention.vocabulary import Code, Purpose

BASIS = ("Art. XIII", "Res. Conf. 14.3")
DOMESTIC = ("Art. XIV.1",)
SHORTEST = 90


class Effect(Code):
    """What a measure does: it refuses, a person must judge, or it lifts other measures for what it names."""

    REFUSE = "refuse"
    ASK = "ask"
    EXEMPT = "exempt"


class Way(Code):
    """Which way of trade with the country is meant."""

    EXPORTS = "exports"
    IMPORTS = "imports"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Suspension:
    """A measure. `country` empty: every country. An empty scope means all listed specimens.

    `exempt_sources` and `exempt_purposes` pass; `end` None: it stands until it is lifted.
    """

    country: str
    scope: Scope
    start: date
    end: date | None = None
    effect: Effect = Effect.REFUSE
    way: Way = Way.EXPORTS
    exempt_sources: frozenset[str] = frozenset()
    exempt_purposes: frozenset[str] = frozenset()
    note: str = ""
    reference: str = ""
    domestic: bool = False

    def stands(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on <= self.end)

    def meets(self, shipment: Shipment, claim: Claim) -> bool:
        """Is this line meant? Specimens from a suspended country stay suspended when another one re-exports them."""
        if not self.stands(shipment.on) or not self._route(shipment, claim):
            return False
        it = claim.specimens
        return (self.scope.covers(it) and it.source not in self.exempt_sources
                and it.purpose not in self.exempt_purposes)

    def _route(self, shipment: Shipment, claim: Claim) -> bool:
        if not self.country:
            return True
        out = self.country in (shipment.sender, claim.specimens.origin)
        into = self.country == shipment.receiver
        return (out and self.way is not Way.IMPORTS) or (into and self.way is not Way.EXPORTS)

    def refusal(self, claim: Claim) -> Refusal:
        where = country(self.country)
        return refuse("suspended", "Trade in %(what)s with %(country)s is suspended since %(since)s%(reference)s: "
                      "%(note)s", what=claim.specimens.name, country=where.name_en if where else "every country",
                      since=self.start, reference=f" ({self.reference})" if self.reference else "",
                      note=_short(self.note) or "All trade.", basis=DOMESTIC if self.domestic else BASIS)

    def caution(self, claim: Claim) -> Caution:
        where = country(self.country)
        since = f"{self.start}{f' ({self.reference})' if self.reference else ''}"
        basis, what, note = DOMESTIC if self.domestic else BASIS, claim.specimens.name, _short(self.note)
        if where is None:
            return doubt("perhaps-suspended", "A measure of the Convention since %(since)s may forbid trade in "
                         "%(what)s: %(note)s", basis, since=since, what=what, note=note)
        return doubt("perhaps-suspended", "A measure of %(country)s since %(since)s may forbid trade in %(what)s: "
                     "%(note)s", basis, country=where.name_en, since=since, what=what, note=note)


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands against a consignment: refusals, and doubts that a person must settle (finding `no-suspension`)."""

    refusals: tuple[Refusal, ...] = ()
    doubts: tuple[Caution, ...] = ()


def judge(shipment: Shipment, measures: Iterable[Suspension]) -> Answer:
    """Every measure that meets a line and is not lifted for it by an exemption."""
    measures = tuple(measures)
    refusals: list[Refusal] = []
    doubts: list[Caution] = []
    for claim in shipment.claims:
        met = [measure for measure in measures if measure.meets(shipment, claim)]
        exempt = [measure for measure in met if measure.effect is Effect.EXEMPT]
        for measure in met:
            if measure.effect is Effect.EXEMPT or any(_lifts(one, measure) for one in exempt):
                continue
            if measure.effect is Effect.REFUSE:
                refusals.append(measure.refusal(claim))
            else:
                doubts.append(measure.caution(claim))
    return Answer(tuple(dict.fromkeys(refusals)), tuple(dict.fromkeys(doubts)))


def _lifts(exemption: Suspension, measure: Suspension) -> bool:
    """An exemption lifts measures of its own country; one for a taxon does not lift a ban on the whole country."""
    return exemption.country == measure.country and bool(measure.scope.taxon or not exemption.scope.taxon)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text of a notification says in codes."""

    effect: Effect
    way: Way = Way.EXPORTS
    purposes: frozenset[str] = frozenset()
    domestic: bool = False


COMMERCIAL = frozenset({Purpose.COMMERCIAL.value})
_LISTED = r"(?: in| of)?(?: specimens of)?(?: all)?(?: cites[- ]listed| listed)?(?: species| specimens)?"
_TEXTS = (
    (re.compile(rf"all commercial trade{_LISTED}"), Way.BOTH, COMMERCIAL),
    (re.compile(rf"all trade{_LISTED}"), Way.BOTH, frozenset[str]()),
    (re.compile(rf"(?:all|the) commercial exports?{_LISTED}"), Way.EXPORTS, COMMERCIAL),
    (re.compile(rf"(?:all|the)? ?exports?{_LISTED}(?: for commercial purposes)"), Way.EXPORTS, COMMERCIAL),
    (re.compile(rf"all exports?{_LISTED}"), Way.EXPORTS, frozenset[str]()),
    (re.compile(rf"all imports?{_LISTED}"), Way.IMPORTS, frozenset[str]()),
)


def read_note(note: str, *, applies_to_import: bool = False) -> Reading:
    """The measure that a text states in full and without exception; any other text must be judged by a person."""
    text = re.sub(r"<[^>]+>|\s+", " ", note)
    text = re.sub(r" +", " ", text).strip(" .").casefold()
    domestic = "stricter domestic" in text or applies_to_import
    for pattern, way, purposes in _TEXTS:
        if pattern.fullmatch(text):
            return Reading(Effect.REFUSE, Way.IMPORTS if applies_to_import else way, purposes, domestic)
    if not text:
        return Reading(Effect.REFUSE, Way.IMPORTS if applies_to_import else Way.EXPORTS, domestic=domestic)
    return Reading(Effect.ASK, Way.IMPORTS if applies_to_import else Way.BOTH if domestic else Way.EXPORTS,
                   domestic=domestic)


def _short(note: str) -> str:
    text = " ".join(re.sub(r"<[^>]+>", "", note).split())
    if len(text) <= 2 * SHORTEST:
        return text
    return text[:2 * SHORTEST].rsplit(" ", 1)[0] + " ..."
