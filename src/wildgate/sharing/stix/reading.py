"""Objects of STIX 2.1 as reports: hostile input, read with limits. What we have no place for is kept as a note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
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
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.marking import Marking
from wildgate.sharing.stix.marking import Markings
from wildgate.sharing.stix.marks import MAKER, NAMESPACE, OWN
from wildgate.sharing.stix.writing import IDENTITIES, OBSERVABLES

AGREEING: Final = {"strongly-agree": View.AGREE, "agree": View.AGREE, "disagree": View.DISAGREE,
                   "strongly-disagree": View.DISAGREE}
SCENERY: Final = frozenset({"marking-definition", "extension-definition", "report", "language-content"})
CLASSES: Final = {word: kind for kind, word in IDENTITIES.items()}
FIELDS: Final = ("taxon", "appendix", "term", "unit", "source", "purpose", "permit")


def read(data: bytes, *, sender: str = "") -> Read | Refusal:
    """The reports of a STIX bundle. Objects that no report speaks of make a report of their own.

    `sender` owns what does not say from whom it comes.
    """
    value = parse(data)
    if isinstance(value, Refusal):
        return value
    try:
        root = Node.of(value, "$")
        if root.text("type") != "bundle":
            raise Unreadable(refuse("not-stix", "$.type: no bundle of STIX is in the file.", field="file"))
        return _Reading(root, sender).read()
    except Unreadable as error:
        return error.refusal


class _Reading:
    """A bundle on its way to reports."""

    def __init__(self, root: Node, sender: str) -> None:
        self.root, self.sender = root, sender
        self.said: list[Remark] = []
        self.objects: dict[str, Node] = {}
        for node in root.nodes("objects"):
            self._take(node)
        self.markings = Markings(self.objects, self.said)
        self.told: set[str] = set()

    def _take(self, node: Node) -> None:
        """Each id once: the newest version of an object holds; two that differ in one version are refused."""
        key = node.text("id", None)
        node.uid("id")
        other = self.objects.get(key)
        if other is None:
            self.objects[key] = node
        elif other.value == node.value:
            self.said.append(remarks.remark(node.path, "twice", remarks.TWICE))
        elif "modified" in node.value and "modified" in other.value and node.time("modified") != other.time("modified"):
            self.said.append(remarks.remark(node.path, "older", remarks.OLDER))
            if node.time("modified") > other.time("modified"):
                self.objects[key] = node
        else:
            raise node.fault("id", "%(place)s: two different things have this id.")

    def read(self) -> Read:
        found = [node for node in self.objects.values() if node.text("type") == "report"]
        reports = [_Report(self, node).report() for node in found]
        loose = [node for key, node in self.objects.items() if key not in self.told and not self._scenery(node)]
        if loose:
            reports.append(_Report(self, self._wrapper(loose)).report())
        return Read(Bundle(tuple(reports)), tuple(self.said))

    def _scenery(self, node: Node) -> bool:
        return node.text("type") in SCENERY or node.text("id") == MAKER or own_of(node).value.get("authority") is True

    def _wrapper(self, loose: list[Node]) -> Node:
        """A report for what none speaks of, marked like the first and, with it, as strictly as each."""
        uid = uuid5(NAMESPACE, " ".join(node.text("id") for node in loose))
        first = next((node for node in loose if "created" in node.value), None)
        when = first.text("created") if first else "1970-01-01T00:00:00Z"
        return Node({"id": f"report--{uid}", "name": "Objects without a report", "created": when, "modified": when,
                     "object_refs": [node.text("id") for node in loose],
                     "object_marking_refs": loose[0].value.get("object_marking_refs", [])}, "$.objects")

    def author(self, node: Node) -> str:
        """The name of who made it, else the sender's."""
        made = self.objects.get(node.text("created_by_ref"))
        return made.text("name") if made is not None else self.sender


class _Report:
    """One report object with what it speaks of."""

    def __init__(self, reading: _Reading, node: Node) -> None:
        self.reading, self.node = reading, node
        self.uid = node.uid("id")
        self.own = own_of(node)
        self.authority = reading.author(node)
        self.marking, self.pap = reading.markings.of(node, self.authority, whole="specimens")
        self.parts: list[Part] = []
        self.entities: list[SharedEntity] = []
        self.relations: list[SharedRelation] = []
        self.sightings: list[SharedSighting] = []
        self.opinions: list[SharedOpinion] = []
        self.known: dict[str, UUID] = {node.text("id"): self.uid}

    def report(self) -> SharedReport:
        mine = list(self._mine())
        for node in mine:
            self._entity(node)
        for node in mine:
            if node.text("id") not in self.known:
                TAKERS.get(node.text("type"), _Report._keep)(self, node)
        created = self.node.time("created")
        return SharedReport(
            uid=self.uid, number=self.own.text("number"), title=self.node.text("name", None),
            text=self.node.text("description"), authority=self.authority, created=created,
            modified=max(created, self.node.time("modified", created)), marking=self.marking, grading=self._grading(),
            pap=self.pap, permits=self.own.texts("permits"), listings=self.own.texts("listings"),
            parts=tuple(self.parts), specimens=tuple(self._specimens()), entities=tuple(self.entities),
            relations=tuple(self.relations), sightings=tuple(self.sightings), opinions=tuple(self.opinions))

    def _mine(self) -> Iterator[Node]:
        """What the report speaks of and the file holds, each once; observables go with what observed them."""
        seen: dict[str, Node] = {}
        for ref in self.node.texts("object_refs"):
            found = self.reading.objects.get(ref)
            if found is None or self.reading._scenery(found):
                continue
            seen[ref] = found
        observed = [node for node in seen.values()
                    if node.text("type") == "observed-data" and "entity" in own_of(node).value]
        inside = {ref for node in observed for ref in node.texts("object_refs")}
        for ref, node in seen.items():
            self.reading.told.add(ref)
            if ref not in inside:
                yield node
        self.reading.told |= inside

    def _marking(self, node: Node) -> Marking:
        return self.reading.markings.of(node, self.authority)[0]

    def _say(self, node: Node, code: str, template: str) -> None:
        self.reading.said.append(remarks.remark(node.path, code, template))

    def _keep(self, node: Node, title: str = "", template: str = remarks.KEPT_AS_NOTE) -> None:
        title = title or f"STIX {node.text('type')}"[:80]
        self.parts.append(remarks.note(node.value, title, self._marking(node), self.uid, node.text("id")))
        self._say(node, "kept-as-note", template)

    def _grading(self) -> Grading | None:
        if "grading" not in self.own.value:
            self._say(self.node, "ungraded", remarks.GRADING_LEFT)
            return None
        found = self.own.node("grading")
        if not found.value:
            return None
        return Grading(_word(found, "source", Reliability), _word(found, "content", Credibility),
                       _word(found, "handling", Handling))

    def _specimens(self) -> Iterator[Specimen]:
        for no, each in enumerate(self.own.nodes("specimens")):
            marking = self.reading.markings.granular(self.node, f"extensions.{OWN}.specimens.[{no}]", self.marking)
            yield Specimen(uid=each.uid("uid", uuid5(self.uid, f"specimen {no}")), marking=marking,
                           quantity=each.number("quantity"), **{name: each.text(name) for name in FIELDS})

    def _entity(self, node: Node) -> None:
        found, native = own_of(node).node("entity"), _native(node)
        if found.value:
            kind, value = _word(found, "kind", EntityKind), found.text("value", None)
        elif native is not None:
            kind, value = native
        else:
            return
        marking, uid = self._marking(node), node.uid("id")
        nominal = marking.nominal or (kind in NOMINAL and not found.value)
        self.entities.append(SharedEntity(uid, kind, value, replace(marking, nominal=nominal)))
        self.known[node.text("id")] = uid

    def _note(self, node: Node) -> None:
        part = own_of(node).node("part")
        text = part.text("text") if part.value else node.text("content")
        self.parts.append(Part(node.uid("id"), text, self._marking(node),
                               part.text("title") if part.value else node.text("abstract")))

    def _relation(self, node: Node) -> None:
        ends = (self.known.get(node.text("source_ref")), self.known.get(node.text("target_ref")))
        if ends[0] is None or ends[1] is None or self.uid in ends:
            self._keep(node, template=remarks.ELSEWHERE)
            return
        kind = own_of(node).text("kind") or node.text("relationship_type")
        self.relations.append(SharedRelation(node.uid("id"), ends[0], ends[1], kind, self._marking(node)))

    def _sighting(self, node: Node) -> None:
        about, own = self.known.get(node.text("sighting_of_ref")), own_of(node)
        if about is None:
            self._keep(node, template=remarks.ELSEWHERE)
            return
        outcome = Outcome.NOT_SEEN if node.text("count", "1") == "0" else Outcome.SEEN
        if "outcome" in own.value:
            outcome = _word(own, "outcome", Outcome)
        at = node.time("first_seen", node.time("created"))
        self.sightings.append(SharedSighting(node.uid("id"), about, outcome, at, self._marking(node),
                                             own.text("text") or node.text("description")))

    def _opinion(self, node: Node) -> None:
        own, view = own_of(node), AGREEING.get(node.text("opinion"))
        if "view" in own.value:
            view = _word(own, "view", View)
        if view is None:
            self._keep(node)
            return
        self.opinions.append(SharedOpinion(
            node.uid("id"), view, own.time("at", node.time("created")), self._marking(node), own.text("estimate"),
            node.text("explanation")))


TAKERS: Final[dict[str, Callable[[_Report, Node], None]]] = {
    "note": _Report._note, "relationship": _Report._relation, "sighting": _Report._sighting,
    "opinion": _Report._opinion}


def own_of(node: Node) -> Node:
    """Our extension of an object; empty where it has none."""
    return node.node("extensions").node(OWN)


def _native(node: Node) -> tuple[EntityKind, str] | None:
    """What an object of somebody else says as an entity of ours."""
    kind = node.text("type")
    if kind == "identity" and node.text("identity_class") in CLASSES:
        return CLASSES[node.text("identity_class")], node.text("name", None)
    for entity, (observable, key) in OBSERVABLES.items():
        if kind == observable and key in node.value:
            return entity, node.text(key, None)
    return None


def _word(node: Node, key: str, words: Any) -> Any:
    try:
        return words(node.text(key, None))
    except ValueError:
        raise node.fault(key, "%(place)s: this is no word that we know.") from None
