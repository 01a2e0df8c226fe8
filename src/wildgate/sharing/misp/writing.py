"""Reports as events of MISP. What is written here has been through `leaving.fit`; RED is refused once more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.sharing.bundle import (
    Bundle,
    Outcome,
    SharedEntity,
    SharedRelation,
    SharedReport,
    SharedSighting,
    leaves,
    no_stricter,
)
from wildgate.sharing.marking import Marking, Tlp
from wildgate.sharing.misp.tags import of_marking, of_report, tags
from wildgate.sharing.misp.templates import (
    ENTITY,
    OPINION,
    OURS,
    PART,
    REPORT,
    SIGHTING,
    SPECIMEN,
    VERSION,
    Template,
)

DISTRIBUTION: Final = {Tlp.CLEAR: "3", Tlp.GREEN: "1", Tlp.AMBER: "0", Tlp.AMBER_STRICT: "0"}
"""MISP: 0 your organisation only, 1 this community, 3 all communities; 4 is a sharing group, 5 as what it lies in."""
SHARING_GROUP, INHERIT = "4", "5"
SIGHTINGS: Final = {Outcome.SEEN: "0", Outcome.NOT_SEEN: "1", Outcome.EXPIRED: "2"}

Json = dict[str, Any]
Field = tuple[str, str]


def write(bundle: Bundle, watermark: UUID | None = None) -> bytes:
    """The file that MISP imports; one event a report. `watermark` tells whose copy it is."""
    whole: Json = {"response": [{"Event": event(each)} for each in bundle.reports]}
    if watermark is not None:
        whole["watermark"] = str(watermark)
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def event(report: SharedReport) -> Json:
    """One report as an event."""
    _hold(report.marking)
    return {
        "uuid": str(report.uid), "info": report.title, "date": report.created.date().isoformat(),
        "timestamp": str(int(report.modified.timestamp())), "threat_level_id": "4", "analysis": "2",
        "published": False, **_spread(report.marking),
        "Orgc": {"name": report.authority, "uuid": str(uuid5(OURS, f"org {report.authority}"))},
        "Tag": tags(of_report(report)), "Attribute": [], "Object": list(_objects(report))}


def _hold(marking: Marking) -> None:
    if not leaves(marking):
        raise ValueError("RED, and what is for named persons, is never written: fit the bundle first")


def _spread(marking: Marking) -> Json:
    """How far a MISP may pass it on: the distribution, and the sharing group where it is limited to groups."""
    if marking.groups:
        name = ", ".join(sorted(marking.groups))
        uid = uuid5(OURS, f"group {name}")
        return {"distribution": SHARING_GROUP, "sharing_group_id": str(uid.int % 2**31 or 1), "SharingGroup": {
            "uuid": str(uid), "name": name, "releasability": f"TLP:{marking.tlp.word}"}}
    return {"distribution": "0" if marking.groups is not None else DISTRIBUTION[marking.tlp]}


def _objects(report: SharedReport) -> Iterable[Json]:
    yield _report(report)
    for part in report.parts:
        yield _object(PART, part.uid, report, part.marking, [("title", part.title), ("text", part.text)])
    for one in report.specimens:
        yield _object(SPECIMEN, one.uid, report, one.marking, [
            ("taxon", one.taxon), ("appendix", one.appendix), ("term", one.term),
            ("quantity", "" if one.quantity is None else f"{one.quantity:f}"), ("unit", one.unit),
            ("source", one.source), ("purpose", one.purpose), ("permit", one.permit)])
    for entity in report.entities:
        yield _entity(entity, report)
    for sighting in report.sightings:
        made = _object(SIGHTING, sighting.uid, report, sighting.marking, [
            ("outcome", sighting.outcome), ("at", _time(sighting.at)), ("text", sighting.text)])
        seen = _main(report, sighting.about)
        made["ObjectReference"] = [_reference(uuid5(sighting.uid, "observed"), seen, "observed")]
        yield made
    for opinion in report.opinions:
        yield _object(OPINION, opinion.uid, report, opinion.marking, [
            ("view", opinion.view), ("estimate", opinion.estimate), ("at", _time(opinion.at)),
            ("text", opinion.text)])


def _main(report: SharedReport, about: UUID) -> UUID:
    """The object that stands for it: the report's own object has an id beside that of the event."""
    return uuid5(report.uid, REPORT.name) if about == report.uid else about


def _report(report: SharedReport) -> Json:
    made = _object(REPORT, _main(report, report.uid), report, report.marking, [
        ("number", report.number), ("text", report.text), ("created", _time(report.created)),
        ("modified", _time(report.modified)), *(("permit", each) for each in report.permits),
        *(("listing", each) for each in report.listings)])
    _see(made, report.uid, report.marking, report.sightings)
    return made


def _entity(entity: SharedEntity, report: SharedReport) -> Json:
    made = _object(ENTITY, entity.uid, report, entity.marking, [(entity.kind, entity.value)])
    _see(made, entity.uid, entity.marking, report.sightings)
    if joined := [_relation(each) for each in report.relations if each.source == entity.uid]:
        made["ObjectReference"] = joined
    return made


def _see(made: Json, uid: UUID, marking: Marking, sightings: Sequence[SharedSighting]) -> None:
    """Sightings as MISP knows them: they carry no marking there, so only those no stricter than what was seen."""
    told = [{"uuid": str(each.uid), "type": SIGHTINGS[each.outcome],
             "date_sighting": str(int(each.at.timestamp())), "source": each.marking.owner}
            for each in sightings if each.about == uid and no_stricter(each.marking, marking)]
    if told and made["Attribute"]:
        made["Attribute"][0]["Sighting"] = told


def _relation(relation: SharedRelation) -> Json:
    _hold(relation.marking)
    said = json.dumps(of_marking(relation.marking), ensure_ascii=False)
    return {**_reference(relation.uid, relation.target, relation.kind), "object_uuid": str(relation.source),
            "comment": said}


def _reference(uid: UUID, target: UUID, kind: str) -> Json:
    return {"uuid": str(uid), "referenced_uuid": str(target), "relationship_type": kind, "comment": ""}


def _object(template: Template, uid: UUID, report: SharedReport, marking: Marking, fields: Iterable[Field]) -> Json:
    """An object of ours; objects carry no tags in MISP, so each of its attributes does."""
    _hold(marking)
    spread = {"distribution": INHERIT} if marking == report.marking else _spread(marking)
    names = of_marking(marking)
    attributes = []
    for place, (name, value) in enumerate(fields):
        if value:
            relation = template.relations[name]
            attributes.append({
                "uuid": str(uuid5(uid, f"{name} {place}")), "object_relation": str(name), "value": str(value),
                "type": relation.kind, "category": relation.category, "to_ids": False, **spread,
                "comment": "", "Tag": tags(names)})
    return {"uuid": str(uid), "name": template.name, "meta-category": "misc", "description": template.says,
            "template_uuid": template.uid, "template_version": str(VERSION),
            "timestamp": str(int(report.modified.timestamp())), **spread, "Attribute": attributes}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
