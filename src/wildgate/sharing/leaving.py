"""What may leave for a target: nothing above its ceiling, whatever it hangs on and whoever quotes it.

The strictest of what a thing refers to governs it: a relation is no freer than its two ends, a sighting than what was
seen, and everything no freer than its report. A text that quotes what stays behind stays behind as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from wildgate.sharing.bundle import (
    NOMINAL,
    Bundle,
    EntityKind,
    Part,
    SharedEntity,
    SharedOpinion,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
    leaves,
)
from wildgate.sharing.marking import Ceiling, Marking

SECRET: Final = NOMINAL | {EntityKind.ORGANISATION, EntityKind.VEHICLE, EntityKind.VESSEL, EntityKind.PERMIT,
                           EntityKind.DECLARATION, EntityKind.SEIZURE, EntityKind.LISTING}
"""Kinds whose value gives away what was withheld; taxa and places are public words."""
SHORTEST: Final = 3
"""A shorter value is found in any text by chance."""


class What(StrEnum):
    """The kinds of things that are withheld, as a preview counts them."""

    REPORT = "report"
    PART = "part"
    SPECIMEN = "specimen"
    ENTITY = "entity"
    RELATION = "relation"
    SIGHTING = "sighting"
    OPINION = "opinion"
    REFERENCE = "reference"


class Why(StrEnum):
    """Why something is withheld; it says nothing of the thing itself."""

    RED = "red"
    COLOUR = "colour"
    COMPARTMENT = "compartment"
    GROUP = "group"
    NOMINAL = "nominal"
    QUOTES = "quotes"


@dataclass(frozen=True, slots=True)
class Withheld:
    """One thing that stays behind."""

    what: What
    why: Why


class Fitted(NamedTuple):
    """What may leave, and what stays; `len(withheld)` is the count."""

    bundle: Bundle
    withheld: tuple[Withheld, ...]


M = TypeVar("M", Part, SharedEntity, SharedOpinion, SharedRelation, SharedSighting, Specimen)
Refers = Callable[[M], tuple[UUID, ...]]
Texts = Callable[[M], tuple[str, ...]]


def fit(bundle: Bundle, ceiling: Ceiling) -> Fitted:
    """The part of `bundle` that a target with this ceiling may be given. RED never leaves."""
    kept, withheld = [], []
    for report in bundle.reports:
        fitted, stays = _Fitting(report, ceiling).fitted()
        withheld += stays
        if fitted is not None:
            kept.append(fitted)
    return Fitted(Bundle(tuple(kept)), tuple(withheld))


def why_not(marking: Marking, ceiling: Ceiling) -> Why | None:
    """The first reason why a thing so marked stays behind; None: it may leave. Agrees with `Ceiling.lets`."""
    if not leaves(marking):
        return Why.RED
    if marking.tlp > ceiling.tlp:
        return Why.COLOUR
    if not marking.compartments <= ceiling.compartments:
        return Why.COMPARTMENT
    if marking.groups is not None and not marking.groups & ceiling.groups:
        return Why.GROUP
    if marking.nominal and not ceiling.nominal:
        return Why.NOMINAL
    return None


def marking_of(entity: SharedEntity) -> Marking:
    """Its marking; what leads to a person by its kind is nominal whatever was written."""
    return replace(entity.marking, nominal=True) if entity.kind in NOMINAL else entity.marking


def secrets_of(entities: Iterable[SharedEntity]) -> frozenset[str]:
    """The values by which somebody would know these entities, folded."""
    return frozenset(found for each in entities if each.kind in SECRET
                     if len(found := folded(each.value)) >= SHORTEST)


def folded(text: str) -> str:
    """For comparing: no case, single spaces."""
    return " ".join(text.casefold().split())


def quotes(secrets: Iterable[str], *texts: str) -> bool:
    """Whether one of the texts holds one of the values."""
    whole = "\n".join(folded(text) for text in texts)
    return any(secret in whole for secret in secrets)


class _Fitting:
    """One report before one ceiling."""

    def __init__(self, report: SharedReport, ceiling: Ceiling) -> None:
        self.report, self.ceiling = report, ceiling
        self.held: dict[UUID, Marking] = {report.uid: report.marking}
        for entity in report.entities:
            known = self.held.get(entity.uid, report.marking)
            self.held[entity.uid] = known.with_stricter(marking_of(entity))
        self.secrets: frozenset[str] = frozenset()
        self.withheld: list[Withheld] = []

    def fitted(self) -> tuple[SharedReport | None, list[Withheld]]:
        report = self.report
        if (why := why_not(report.marking, self.ceiling)) is not None:
            return None, [Withheld(What.REPORT, why)]
        entities = self._kept(What.ENTITY, report.entities, lambda each: (each.uid,))
        left = {each.uid for each in entities}
        self.secrets = secrets_of(each for each in report.entities if each.uid not in left)
        self.secrets |= {folded(each.permit) for each in report.specimens
                         if len(each.permit) >= SHORTEST and self._why(each.marking, ()) is not None}
        if quotes(self.secrets, report.title, report.text, report.number, report.authority, report.marking.owner):
            return None, [Withheld(What.REPORT, Why.QUOTES)]
        entities = self._unquoting(What.ENTITY, entities, lambda each: (each.value,))
        left = {each.uid for each in entities} | {report.uid}
        return self._inside(report, left, tuple(map(self._trimmed, entities))), self.withheld

    def _inside(self, report: SharedReport, left: set[UUID], entities: tuple[SharedEntity, ...]) -> SharedReport:
        parts = self._unquoting(What.PART, self._kept(What.PART, report.parts), lambda each: (each.title, each.text))
        specimens = self._unquoting(What.SPECIMEN, self._kept(What.SPECIMEN, report.specimens),
                                    lambda each: (each.taxon, each.permit))
        relations = self._kept(What.RELATION, report.relations, lambda each: (each.source, each.target), left)
        sightings = self._unquoting(
            What.SIGHTING, self._kept(What.SIGHTING, report.sightings, lambda each: (each.about,), left),
            lambda each: (each.text,))
        opinions = self._unquoting(What.OPINION, self._kept(What.OPINION, report.opinions), lambda each: (each.text,))
        return replace(
            report, marking=self._trim(report.marking), entities=entities, parts=tuple(map(self._trimmed, parts)),
            specimens=tuple(map(self._trimmed, specimens)), relations=tuple(map(self._trimmed, relations)),
            sightings=tuple(map(self._trimmed, sightings)), opinions=tuple(map(self._trimmed, opinions)),
            permits=self._references(report.permits), listings=self._references(report.listings))

    def _references(self, found: tuple[str, ...]) -> tuple[str, ...]:
        kept = tuple(each for each in found if not quotes(self.secrets, each))
        self.withheld += [Withheld(What.REFERENCE, Why.QUOTES)] * (len(found) - len(kept))
        return kept

    def _why(self, marking: Marking, refers: Iterable[UUID]) -> Why | None:
        governs = self.report.marking.with_stricter(marking)
        for other in refers:
            if (held := self.held.get(other)) is None:
                return Why.QUOTES
            governs = governs.with_stricter(held)
        return why_not(governs, self.ceiling)

    def _kept(self, what: What, found: Iterable[M], refers: Refers[M] = lambda each: (),
              left: set[UUID] | None = None) -> list[M]:
        kept = []
        for each in found:
            why = self._why(each.marking, refers(each))
            if why is None and left is not None and not left.issuperset(refers(each)):
                why = Why.QUOTES
            if why is None:
                kept.append(each)
            else:
                self.withheld.append(Withheld(what, why))
        return kept

    def _unquoting(self, what: What, found: list[M], texts: Texts[M]) -> list[M]:
        kept = [each for each in found if not quotes(self.secrets, *texts(each))]
        self.withheld += [Withheld(what, Why.QUOTES)] * (len(found) - len(kept))
        return kept

    def _trim(self, marking: Marking) -> Marking:
        """The target is not told of groups that it is not in."""
        return replace(marking, groups=None if marking.groups is None else marking.groups & self.ceiling.groups)

    def _trimmed(self, each: M) -> M:
        return replace(each, marking=self._trim(each.marking))
