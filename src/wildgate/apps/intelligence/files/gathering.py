"""Reports as plain values for a file: only what the person who asks may read, part by part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID, uuid5

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import Entity, Mark, Marked, Opinion, Part, Report, Sighting
from wildgate.apps.intelligence.selectors.reading import MARK, readable
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
from wildgate.sharing.bundle import Part as SharedPart
from wildgate.sharing.marking import Marking, Tlp

NAMESPACE: Final = UUID("b0a4b2c6-0f8f-5d9a-8c55-0d6d7f9f1e21")
M = TypeVar("M", bound=Marked)
MOST: Final = 100
"""Reports in one file."""


def gather(actor: Actor, numbers: Iterable[str], at: datetime) -> Bundle:
    """The named reports, as far as the actor reads them; what the actor may not read is not there at all.

    A handful of queries, however many reports there are.
    """
    member = selectors.member_of(actor, at)
    if member is None:
        return Bundle()
    found = list(selectors.visible_reports(actor, at, member).filter(number__in=list(numbers)[:MOST])
                 .prefetch_related(*MARK))
    inside = _Inside(actor, member, found, at)
    return Bundle(tuple(_Gathering(member, each, inside).report() for each in found))


def uid_of(report: Report) -> UUID:
    """The id under which it leaves: the one it came with, else one of our own that is always the same."""
    if report.origin == Report.Origin.IMPORT:
        with suppress(ValueError):  # taken in by another way than a file: it came without an id
            return UUID(report.origin_key.rpartition(" ")[2])
    return uid_under(report.party, report.number)


def uid_under(party: str, number: str) -> UUID:
    """The id of a report that was written here."""
    return uuid5(NAMESPACE, f"{party} {number}")


class _Inside:
    """What lies in the reports, by report, as far as the actor reads it."""

    def __init__(self, actor: Actor, member: Member, found: list[Report], at: datetime) -> None:
        def by_report(rows: QuerySet[M]) -> dict[int, list[M]]:
            sorted_out: dict[int, list[M]] = defaultdict(list)
            for each in rows.filter(report__in=found).select_related("mark", "mark__owner").prefetch_related(*MARK):
                sorted_out[each.report_id].append(each)  # type: ignore[attr-defined]
            return sorted_out

        self.parts = by_report(Part.objects.filter(
            readable(member), readable(member, "report__mark"), party=actor.party, replaced_by=None).order_by("pk"))
        self.mentions = by_report(selectors.visible_mentions(actor, at, member).select_related("entity"))
        self.relations = by_report(selectors.visible_relations(actor, at, member))
        self.sightings = by_report(selectors.visible_about(Sighting, actor, at, member))
        self.opinions = by_report(selectors.visible_about(Opinion, actor, at, member))


class _Gathering:
    """One report, read by one member."""

    def __init__(self, member: Member, report: Report, inside: _Inside) -> None:
        self.member, self.row, self.inside = member, report, inside
        self.uid = uid_of(report)
        self.marks: dict[int, Marking] = {}
        self.limited = any(each.mark.value.groups for each in (report, *inside.parts[report.pk]))

    def report(self) -> SharedReport:
        row, current = self.row, self.row.current
        assert current is not None  # noqa: S101  (filed in one transaction with its first version)
        entities = self._entities()
        marking = self._marking(row.mark)
        plain = [each for each in entities.values() if each.marking == marking]
        return SharedReport(
            uid=self.uid, number=row.number, title=current.title, text=current.text, authority=row.mark.owner.name,
            created=row.filed_at, modified=max(row.filed_at, current.at), marking=marking, grading=row.grading,
            permits=tuple(each.value for each in plain if each.kind is EntityKind.PERMIT),
            listings=tuple(each.value for each in plain if each.kind is EntityKind.LISTING),
            parts=tuple(self._parts()), specimens=tuple(
                Specimen(uuid5(each.uid, "specimen"), each.value, each.marking)
                for each in entities.values() if each.kind is EntityKind.TAXON),
            entities=tuple(entities.values()), relations=tuple(self._relations(entities)),
            sightings=tuple(self._sightings()), opinions=tuple(self._opinions()))

    def _marking(self, mark: Mark) -> Marking:
        """With the authority by its name. The originator gives its own AMBER on by the target's ceiling, where nothing
        in the report is for certain groups; that of others leaves for their groups only, and what came from another
        system stays what it was marked."""
        if mark.pk not in self.marks:
            held = mark.value
            own = held.owner == self.member.authority and self.row.origin != Report.Origin.IMPORT
            if own and not self.limited and not held.barred and held.tlp in (Tlp.AMBER, Tlp.AMBER_STRICT):
                held = replace(held, groups=None)
            self.marks[mark.pk] = replace(held, owner=mark.owner.name)
        return self.marks[mark.pk]

    def _parts(self) -> Iterable[SharedPart]:
        for each in self.inside.parts[self.row.pk]:
            yield SharedPart(uuid5(self.uid, f"part {each.pk}"), each.text, self._marking(each.mark))

    def _entities(self) -> dict[int, SharedEntity]:
        """By the key of the entity: what the report itself says of it comes before what a part says."""
        rows = self.inside.mentions[self.row.pk]
        found: dict[int, SharedEntity] = {}
        for each in sorted(rows, key=lambda row: (row.part_id is not None, row.pk)):
            found.setdefault(each.entity_id, self._entity(each.entity, self._marking(each.mark)))
        return found

    def _entity(self, row: Entity, marking: Marking) -> SharedEntity:
        held = replace(marking, nominal=True) if row.nominal else marking
        return SharedEntity(uuid5(self.uid, f"entity {row.pk}"), EntityKind(row.kind), row.value, held)

    def _relations(self, entities: dict[int, SharedEntity]) -> Iterable[SharedRelation]:
        for each in self.inside.relations[self.row.pk]:
            if each.source_id in entities and each.target_id in entities:
                yield SharedRelation(uuid5(self.uid, f"relation {each.pk}"), entities[each.source_id].uid,
                                     entities[each.target_id].uid, each.kind, self._marking(each.mark))

    def _sightings(self) -> Iterable[SharedSighting]:
        for each in self.inside.sightings[self.row.pk]:
            yield SharedSighting(uuid5(self.uid, f"sighting {each.pk}"), self.uid, Outcome(each.kind), each.seen_at,
                                 self._marking(each.mark), each.text)

    def _opinions(self) -> Iterable[SharedOpinion]:
        for each in self.inside.opinions[self.row.pk]:
            yield SharedOpinion(uuid5(self.uid, f"opinion {each.pk}"), View(each.kind), each.at,
                                self._marking(each.mark), each.estimate, each.text)
