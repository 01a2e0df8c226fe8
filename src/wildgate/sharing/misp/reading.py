"""Events of MISP as reports: hostile input, read with limits. What we have no place for is kept as a note and said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.convention.refusal import Refusal, refuse
from wildgate.sharing import remarks
from wildgate.sharing.bundle import (
    NOMINAL,
    Bundle,
    EntityKind,
    Outcome,
    Part,
    Read,
    Remark,
    SharedEntity,
    SharedOpinion,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
    View,
)
from wildgate.sharing.door import Node, Unreadable, parse
from wildgate.sharing.marking import Marking
from wildgate.sharing.misp.tags import Said, read_tags
from wildgate.sharing.misp.templates import TEMPLATES
from wildgate.sharing.misp.writing import SIGHTINGS

KINDS: Final = {
    "full-name": EntityKind.PERSON, "phone-number": EntityKind.PHONE, "email": EntityKind.EMAIL,
    "email-src": EntityKind.EMAIL, "email-dst": EntityKind.EMAIL, "url": EntityKind.LISTING,
    "link": EntityKind.LISTING, "jabber-id": EntityKind.ACCOUNT, "twitter-id": EntityKind.ACCOUNT,
    "target-org": EntityKind.ORGANISATION,
}
"""Attributes of other templates and of none that say the same as an entity of ours."""
OTHER_PARTS: Final = ("EventReport", "Galaxy", "ShadowAttribute", "RelatedEvent", "Note", "Opinion", "Relationship",
                      "CryptographicKey")
OUTCOMES: Final = {code: outcome for outcome, code in SIGHTINGS.items()}
MOST_EVENTS: Final = 5000


def read(data: bytes, *, sender: str = "") -> Read | Refusal:
    """The reports of a MISP file: one event, a list of them, or the answer of a search.

    `sender` owns what does not say from whom it comes.
    """
    value = parse(data)
    if isinstance(value, Refusal):
        return value
    try:
        found = list(_events(value))
        if not found:
            raise Unreadable(refuse("not-misp", "$: no event of MISP is in the file.", field="file"))
        if len(found) > MOST_EVENTS:
            raise Unreadable(refuse("too-many", "$: the file has more than %(limit)s events; split it.",
                                    limit=MOST_EVENTS, field="file"))
        return _once(found, sender)
    except Unreadable as error:
        return error.refusal


def _events(value: Any) -> Iterator[Node]:
    if isinstance(value, dict) and "response" in value:
        value = value["response"]
    for no, each in enumerate(value if isinstance(value, list) else [value]):
        outer = Node.of(each, f"$[{no}]" if isinstance(value, list) else "$")
        if "Event" in outer.value:
            yield outer.node("Event")
        elif "info" in outer.value:
            yield outer


def _once(found: list[Node], sender: str) -> Read:
    """Each event once: the same twice is one, two that differ under one id are refused."""
    said: list[Remark] = []
    seen: dict[UUID, Node] = {}
    for node in found:
        uid = node.uid("uuid")
        if uid not in seen:
            seen[uid] = node
        elif seen[uid].value == node.value:
            said.append(remarks.remark(node.path, "twice", remarks.TWICE))
        else:
            raise node.fault("uuid", "%(place)s: two different things have this id.")
    reports = tuple(_Event(node, sender, said).report() for node in seen.values())
    return Read(Bundle(reports), tuple(said))


class _Event:
    """One event on its way to a report."""

    def __init__(self, node: Node, sender: str, said: list[Remark]) -> None:
        self.node, self.remarks = node, said
        self.uid = node.uid("uuid")
        self.authority = node.node("Orgc").text("name") or sender
        self.tags = read_tags(self._names(node))
        if self.tags.tlp is None:
            self._say(node.path, "unmarked", remarks.UNMARKED)
        if self.tags.old:
            self._say(node.path, "old-white", remarks.OLD_WHITE)
        self.marking = self.tags.marking(remarks.unmarked(self.authority))
        self.main: Node | None = None
        self.parts: list[Part] = []
        self.specimens: list[Specimen] = []
        self.entities: list[SharedEntity] = []
        self.relations: list[SharedRelation] = []
        self.sightings: dict[UUID, SharedSighting] = {}
        self.natives: dict[UUID, SharedSighting] = {}
        self.opinions: list[SharedOpinion] = []
        self.used: dict[UUID, Node] = {}
        self.alias: dict[UUID, UUID] = {}

    def report(self) -> SharedReport:
        for node in self._new(self.node.nodes("Object")):
            self._object(node)
        for node in self._new(self.node.nodes("Attribute")):
            self._attribute(node)
        self._references()
        self._others()
        main = self.main or Node({}, self.node.path)
        own = _fields(main)
        created = self._time(own, "created", self.node, "date")
        modified = max(created, self._time(own, "modified", self.node, "timestamp", created))
        if self.tags.grading is None and not self.main:
            self._say(self.node.path, "ungraded", remarks.GRADING_LEFT)
        return SharedReport(
            uid=self.uid, number=_first(own, "number"), title=self.node.text("info", None), text=_first(own, "text"),
            authority=self.authority, created=created, modified=modified, marking=self.marking,
            grading=self.tags.grading, pap=self.tags.pap, permits=_all(own, "permit"), listings=_all(own, "listing"),
            parts=tuple(self.parts), specimens=tuple(self.specimens), entities=tuple(self.entities),
            relations=tuple(self.relations), sightings=tuple(self.sightings.values()), opinions=tuple(self.opinions))

    def _time(self, own: dict[str, list[Node]], name: str, node: Node, key: str,
              otherwise: datetime | None = None) -> datetime:
        if name in own:
            return own[name][0].time("value")
        return node.time(key, otherwise or datetime.fromtimestamp(0, UTC))

    def _say(self, place: str, code: str, template: str) -> None:
        self.remarks.append(remarks.remark(place, code, template))

    def _names(self, node: Node) -> list[str]:
        return [each.text("name") for each in node.nodes("Tag")]

    def _new(self, found: Iterator[Node]) -> Iterator[Node]:
        """Those that are not deleted, each id once."""
        for node in found:
            uid = node.uid("uuid", uuid5(self.uid, node.path))
            if node.value.get("deleted") in (True, "1", 1):
                self._say(node.path, "deleted", remarks.DELETED)
            elif uid not in self.used:
                self.used[uid] = node
                yield node
            elif self.used[uid].value == node.value:
                self._say(node.path, "twice", remarks.TWICE)
            else:
                raise node.fault("uuid", "%(place)s: two different things have this id.")

    def _marking(self, *nodes: Node) -> Marking:
        """The strictest that any of its attributes says; without a word that of the event."""
        marking: Marking | None = None
        for node in nodes:
            said = read_tags(self._names(node))
            if said.unknown:
                self._keep(node, {"Tag": said.unknown}, "MISP tags", self.marking)
            own = said.marking(self.marking)
            marking = own if marking is None or marking == own else marking.with_stricter(own)
        return marking or self.marking

    def _keep(self, node: Node, value: Any, title: str, marking: Marking) -> None:
        self.parts.append(remarks.note(value, title, marking, self.uid, f"{node.path} {title}"))
        self._say(node.path, "kept-as-note", remarks.KEPT_AS_NOTE)

    def _object(self, node: Node) -> None:
        template = TEMPLATES.get(node.text("name"))
        uid = node.uid("uuid", uuid5(self.uid, node.path))
        marking = self._marking(*node.nodes("Attribute"))
        if template is None or node.text("template_uuid") != template.uid:
            self._keep(node, node.value, f"MISP object {node.text('name')}"[:80], marking)
            return
        own = _fields(node)
        if unknown := own.keys() - template.relations.keys():
            raise node.fault("Attribute", "%(place)s: our template has no %(found)s.", min(unknown))
        TAKERS[template.name](self, node, uid, marking, own)

    def _take_report(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        if self.main is not None:
            raise node.fault("name", "%(place)s: an event has one object cites-report.")
        self.main = node
        self.alias[uid] = self.uid
        self.marking = self.marking.with_stricter(marking)
        self._native(node, self.uid, self.marking)

    def _take_part(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        self.parts.append(Part(uid, _first(own, "text"), marking, _first(own, "title")))

    def _take_entity(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        values = [(kind, each) for kind, several in own.items() for each in several]
        if not values:
            self._keep(node, node.value, f"MISP object {node.text('name')}", marking)
        for no, (kind, found) in enumerate(values):
            self.entities.append(SharedEntity(uid if not no else uuid5(uid, str(no)), EntityKind(kind),
                                              found.text("value", None), marking))
        self._native(node, uid, marking)

    def _take_specimen(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        words = {name: _first(own, name) for name in ("taxon", "appendix", "term", "unit", "source", "purpose",
                                                      "permit")}
        quantity = own["quantity"][0].number("value") if "quantity" in own else None
        self.specimens.append(Specimen(uid=uid, marking=marking, quantity=quantity, **words))

    def _take_sighting(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        about = next((each.uid("referenced_uuid") for each in node.nodes("ObjectReference")), self.uid)
        self.sightings[uid] = SharedSighting(uid, about, _word(own, "outcome", Outcome, node), _when(own, node),
                                             marking, _first(own, "text"))

    def _take_opinion(self, node: Node, uid: UUID, marking: Marking, own: dict[str, list[Node]]) -> None:
        self.opinions.append(SharedOpinion(uid, _word(own, "view", View, node), _when(own, node), marking,
                                           _first(own, "estimate"), _first(own, "text")))

    def _native(self, node: Node, about: UUID, marking: Marking) -> None:
        """Sightings that a MISP itself holds; those that an object of ours tells as well are known already."""
        for attribute in (node, *node.nodes("Attribute")):
            for each in attribute.nodes("Sighting"):
                uid = each.uid("uuid", uuid5(self.uid, each.path))
                outcome = OUTCOMES.get(each.text("type", "0"))
                if outcome is None:
                    raise each.fault("type", "%(place)s: a sighting is 0, 1 or 2.")
                self.natives[uid] = SharedSighting(uid, about, outcome, each.time("date_sighting"), marking)

    def _attribute(self, node: Node) -> None:
        uid, marking = node.uid("uuid", uuid5(self.uid, node.path)), self._marking(node)
        kind = KINDS.get(node.text("type"))
        if kind is None:
            self._keep(node, node.value, f"MISP attribute {node.text('type')}"[:80], marking)
            return
        held = replace(marking, nominal=marking.nominal or kind in NOMINAL)
        self.entities.append(SharedEntity(uid, kind, node.text("value", None), held))
        self._native(node, uid, held)

    def _references(self) -> None:
        """Relations of entities, when both ends are known; a sighting's reference is read with it."""
        held = {each.uid: each.marking for each in self.entities}
        for uid, node in list(self.used.items()):
            for each in node.nodes("ObjectReference") if uid in held else ():
                target = each.uid("referenced_uuid")
                if target not in held:
                    self._keep(each, each.value, "MISP reference", held[uid])
                    continue
                said = _of_comment(each.text("comment"))
                marking = held[uid].with_stricter(held[target]) if said is None else said.marking(self.marking)
                self.relations.append(SharedRelation(each.uid("uuid", uuid5(uid, each.path)), uid, target,
                                                     each.text("relationship_type")[:40], marking))
        known = {*held, self.uid}
        self.sightings = {**self.sightings, **{uid: each for uid, each in self.natives.items()
                                               if uid not in self.sightings}}
        for sighting in self.sightings.values():
            about = self.alias.get(sighting.about, sighting.about)
            self.sightings[sighting.uid] = replace(sighting, about=about if about in known else self.uid)

    def _others(self) -> None:
        for key in OTHER_PARTS:
            for each in self.node.nodes(key):
                self._keep(each, each.value, f"MISP {key}", self.marking)
        if self.tags.unknown:
            self._keep(self.node, {"Tag": self.tags.unknown}, "MISP tags", self.marking)


TAKERS: Final[dict[str, Callable[[_Event, Node, UUID, Marking, dict[str, list[Node]]], None]]] = {
    "cites-report": _Event._take_report, "cites-part": _Event._take_part, "cites-entity": _Event._take_entity,
    "cites-specimen": _Event._take_specimen, "cites-sighting": _Event._take_sighting,
    "cites-opinion": _Event._take_opinion}


def _fields(node: Node) -> dict[str, list[Node]]:
    """The attributes of an object by their relation."""
    own: dict[str, list[Node]] = {}
    for each in node.nodes("Attribute"):
        own.setdefault(each.text("object_relation"), []).append(each)
    return own


def _first(own: dict[str, list[Node]], name: str) -> str:
    return own[name][0].text("value") if name in own else ""


def _all(own: dict[str, list[Node]], name: str) -> tuple[str, ...]:
    return tuple(each.text("value") for each in own.get(name, ()))


def _when(own: dict[str, list[Node]], node: Node) -> datetime:
    if "at" not in own:
        raise node.fault("Attribute", "%(place)s: the time is missing.")
    return own["at"][0].time("value")


def _word(own: dict[str, list[Node]], name: str, words: Any, node: Node) -> Any:
    try:
        return words(_first(own, name))
    except ValueError:
        raise node.fault("Attribute", "%(place)s: this is no word that we know.") from None


def _of_comment(comment: str) -> Said | None:
    """References carry no tags in MISP: ours stand in the comment as a list of names."""
    if not comment.startswith("["):
        return None
    try:
        names = json.loads(comment)
    except ValueError:
        return None
    said = read_tags(each for each in names if isinstance(each, str))
    return said if said.tlp is not None else None
