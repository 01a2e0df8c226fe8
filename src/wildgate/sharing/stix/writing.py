"""Reports as objects of STIX 2.1. What is written here has been through `leaving.fit`; RED is refused once more.

Entities that STIX has an object for are that object: persons and organisations identities; accounts, e-mail addresses
and listings observed data. The others are notes. What STIX has no field for stands in our extension, not in free text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.sharing.bundle import (
    Bundle,
    EntityKind,
    Outcome,
    SharedEntity,
    SharedOpinion,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
    View,
)
from wildgate.sharing.marking import Marking
from wildgate.sharing.stix import marks
from wildgate.sharing.stix.marks import CONFIDENCE, NAMESPACE, Json, extension

OBSERVABLES: Final = {EntityKind.ACCOUNT: ("user-account", "account_login"),
                      EntityKind.EMAIL: ("email-addr", "value"), EntityKind.LISTING: ("url", "value")}
IDENTITIES: Final = {EntityKind.PERSON: "individual", EntityKind.ORGANISATION: "organization"}
OPINIONS: Final = {View.AGREE: "agree", View.DISAGREE: "disagree"}
SLUG: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def write(bundle: Bundle, watermark: UUID | None = None) -> bytes:
    """A STIX bundle in JSON. Its id is the `watermark` that tells whose copy it is."""
    uid = watermark or uuid5(NAMESPACE, " ".join(str(each.uid) for each in bundle.reports))
    return json.dumps({"type": "bundle", "id": f"bundle--{uid}", "objects": objects(bundle)},
                      ensure_ascii=False, separators=(",", ":")).encode()


def objects(bundle: Bundle) -> list[Json]:
    """Every object of the bundle, each once: definitions first, then authorities, then the reports with theirs."""
    markings: dict[Marking, None] = {}
    made: list[Json] = []
    for report in bundle.reports:
        made += _Writing(report, markings).objects()
    authorities = {each.authority: _authority(each.authority) for each in bundle.reports}
    colours = {each.tlp: None for each in markings}
    paps = {each.pap: None for each in bundle.reports if each.pap is not None}
    defined = {each["id"]: each for each in map(marks.definition, markings)}
    return [*marks.maker(), *map(marks.tlp, sorted(colours)), *map(marks.pap, sorted(paps)), *defined.values(),
            *authorities.values(), *made]


def authority_id(name: str) -> str:
    """The id of the identity object of an authority."""
    return f"identity--{uuid5(NAMESPACE, f'authority {name}')}"


def _authority(name: str) -> Json:
    return {"type": "identity", "spec_version": "2.1", "id": authority_id(name), "created": marks.BORN,
            "modified": marks.BORN, "name": name, "identity_class": "organization",
            "sectors": ["government"], "object_marking_refs": [marks.TLP_IDS[min(marks.TLP_IDS)]],
            "extensions": extension(authority=True)}


def entity_id(entity: SharedEntity) -> str:
    """The id of the object that stands for an entity."""
    kind = "identity" if entity.kind in IDENTITIES else "observed-data" if entity.kind in OBSERVABLES else "note"
    return f"{kind}--{entity.uid}"


class _Writing:
    """One report on its way to objects."""

    def __init__(self, report: SharedReport, markings: dict[Marking, None]) -> None:
        self.report, self.markings = report, markings
        self.id = f"report--{report.uid}"
        self.created, self.modified = stamp(report.created), stamp(report.modified)
        self.ids: dict[UUID, str] = {report.uid: self.id, **{each.uid: entity_id(each) for each in report.entities}}

    def objects(self) -> list[Json]:
        inside = list(self._inside())
        return [self._report([each["id"] for each in inside]), *inside]

    def _inside(self) -> Iterator[Json]:
        report = self.report
        for part in report.parts:
            yield self._note(part.uid, part.marking, part.title, part.text,
                             extension(part={"title": part.title, "text": part.text}))
        for entity in report.entities:
            yield from self._entity(entity)
        yield from map(self._relation, report.relations)
        yield from map(self._sighting, report.sightings)
        yield from map(self._opinion, report.opinions)

    def _base(self, kind: str, uid: UUID, marking: Marking, **values: Any) -> Json:
        self.markings[marking] = None
        return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uid}",
                "created_by_ref": authority_id(self.report.authority), "created": self.created,
                "modified": self.modified, "object_marking_refs": marks.refs(marking), **values}

    def _report(self, inside: Iterable[str]) -> Json:
        report = self.report
        grading = report.grading
        made = self._base("report", report.uid, report.marking, name=report.title, published=self.created,
                          object_refs=[authority_id(report.authority), *inside], extensions=extension(
                              number=report.number, permits=list(report.permits), listings=list(report.listings),
                              grading=None if grading is None else {
                                  "source": str(grading.source), "content": str(grading.content),
                                  "handling": str(grading.handling)},
                              specimens=[_specimen(each) for each in report.specimens]))
        if report.text:
            made["description"] = report.text
        if grading is not None and (confidence := CONFIDENCE.get(grading.content)) is not None:
            made["confidence"] = confidence
        if report.pap is not None:
            made["object_marking_refs"].append(marks.PAP_IDS[report.pap])
        if granular := list(self._granular()):
            made["granular_markings"] = granular
        return made

    def _granular(self) -> Iterator[Json]:
        """Specimens lie in the report's object: where they are marked in another way, their place in it is."""
        for no, each in enumerate(self.report.specimens):
            if each.marking != self.report.marking:
                self.markings[each.marking] = None
                for ref in marks.refs(each.marking):
                    yield {"marking_ref": ref, "selectors": [f"extensions.{marks.OWN}.specimens.[{no}]"]}

    def _note(self, uid: UUID, marking: Marking, title: str, text: str, own: Json) -> Json:
        made = self._base("note", uid, marking, content=text or title, object_refs=[self.id], extensions=own)
        if title:
            made["abstract"] = title
        return made

    def _entity(self, entity: SharedEntity) -> Iterator[Json]:
        own = extension(entity={"kind": str(entity.kind), "value": entity.value})
        if entity.kind in IDENTITIES:
            yield self._base("identity", entity.uid, entity.marking, name=entity.value,
                             identity_class=IDENTITIES[entity.kind], extensions=own)
        elif entity.kind in OBSERVABLES:
            kind, key = OBSERVABLES[entity.kind]
            seen = f"{kind}--{uuid5(entity.uid, kind)}"
            yield self._base("observed-data", entity.uid, entity.marking, first_observed=self.created,
                             last_observed=self.created, number_observed=1, object_refs=[seen], extensions=own)
            yield {"type": kind, "spec_version": "2.1", "id": seen, key: entity.value,
                   "object_marking_refs": marks.refs(entity.marking)}
        else:
            yield self._note(entity.uid, entity.marking, f"CITES {entity.kind}", entity.value, own)

    def _relation(self, each: SharedRelation) -> Json:
        word = each.kind if len(each.kind) > 1 and SLUG.issuperset(each.kind) else "related-to"
        return self._base("relationship", each.uid, each.marking, relationship_type=word,
                          source_ref=self.ids[each.source], target_ref=self.ids[each.target],
                          extensions=extension(kind=each.kind))

    def _sighting(self, each: SharedSighting) -> Json:
        when = stamp(each.at)
        return self._base("sighting", each.uid, each.marking, sighting_of_ref=self.ids[each.about], first_seen=when,
                          count=1 if each.outcome is Outcome.SEEN else 0,
                          where_sighted_refs=[authority_id(self.report.authority)],
                          extensions=extension(outcome=str(each.outcome), text=each.text))

    def _opinion(self, each: SharedOpinion) -> Json:
        made = self._base("opinion", each.uid, each.marking, opinion=OPINIONS[each.view], object_refs=[self.id],
                          extensions=extension(view=str(each.view), estimate=each.estimate, at=stamp(each.at)))
        if each.text:
            made["explanation"] = each.text
        return made


def _specimen(each: Specimen) -> Json:
    values = {"uid": str(each.uid), "taxon": each.taxon, "appendix": each.appendix, "term": each.term,
              "quantity": "" if each.quantity is None else f"{each.quantity:f}", "unit": each.unit,
              "source": each.source, "purpose": each.purpose, "permit": each.permit}
    return {key: value for key, value in values.items() if value}


def stamp(at: datetime) -> str:
    """A time as STIX writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
