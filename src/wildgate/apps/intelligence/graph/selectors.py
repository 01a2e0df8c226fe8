"""What a graph shows: entities and relations that the reader may see, at most as many as a picture holds.

RED is not drawn: a report so marked asks for a reason each time, and its page is the place for that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.graph.layout import MOST
from wildgate.apps.intelligence.models import Entity, Mention, Relation, Report, Sighting
from wildgate.sharing.marking import Tlp

READ: Final = 4_000
"""So many mentions are read for one picture, the newest first."""
TOGETHER: Final = 2
"""A report stands in the picture when it names at least so many of the entities there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands in the address: keys and numbers only, never a name."""

    kind: str = ""
    case: str = ""
    report: str = ""
    around: int = 0

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        kind, around = given.get("kind", ""), given.get("around", "")
        return cls(kind if kind in Entity.Kind.values else "", given.get("case", "").strip()[:20],
                   given.get("report", "").strip()[:24],
                   int(around) if around.isascii() and around.isdigit() and len(around) < 16 else 0)


@dataclass(frozen=True, slots=True)
class Graph:
    """Entities, the strongest joined first, with the reports that name each; `left_off`: how many found no place."""

    entities: tuple[Entity, ...]
    reports_of: Mapping[int, tuple[Report, ...]]
    relations: tuple[Relation, ...]
    reports: tuple[Report, ...]
    left_off: int
    red: bool


def graph(actor: Actor, at: datetime, asked: Asked, member: Member, most: int = MOST) -> Graph:
    """The graph of what the actor, who is this member, may read and asked for."""
    all_found = _asked(actor, at, member, asked)
    found = without_red(all_found)[:READ]
    reports_of: dict[int, dict[int, Report]] = defaultdict(dict)
    entities: dict[int, Entity] = {}
    for mention in found:
        entities[mention.entity_id] = mention.entity
        reports_of[mention.entity_id][mention.report_id] = mention.report
    related = [each for each in _relations(actor, at, member) if each.source_id in entities
               and each.target_id in entities]
    joins = Counter(key for each in related for key in (each.source_id, each.target_id))
    order = sorted(entities, key=lambda key: (-joins[key], -len(reports_of[key]), key))
    kept = _kept(order, reports_of, most)
    shown = set(kept)
    return Graph(
        tuple(entities[key] for key in kept),
        {key: tuple(sorted(reports_of[key].values(), key=lambda each: each.pk)) for key in kept},
        tuple(each for each in related if each.source_id in shown and each.target_id in shown),
        _together(kept, reports_of), len(entities) - len(kept), has_red(all_found))


def _asked(actor: Actor, at: datetime, member: Member, asked: Asked) -> QuerySet[Mention]:
    found = selectors.visible_mentions(actor, at, member).select_related("report").order_by("-report_id", "pk")
    if asked.kind:
        found = found.filter(entity__kind=asked.kind)
    if asked.case:
        cases = selectors.visible_cases(actor, at, member).filter(number=asked.case).order_by()
        found = found.filter(report__case__in=cases.values("pk"))
    if asked.report:
        found = found.filter(report__number=asked.report)
    if asked.around:
        near = without_red(selectors.visible_mentions(actor, at, member)).filter(entity_id=asked.around).order_by()
        found = found.filter(report__in=near.values("report_id"))
    return found


def without_red(found: QuerySet[Mention]) -> QuerySet[Mention]:
    """Mentions that may be shown without a reason."""
    return found.filter(mark__tlp__lt=int(Tlp.RED), report__mark__tlp__lt=int(Tlp.RED))


def has_red(found: QuerySet[Mention]) -> bool:
    """Whether the reader could see more by giving a reason."""
    return found.exclude(mark__tlp__lt=int(Tlp.RED), report__mark__tlp__lt=int(Tlp.RED)).exists()


def _relations(actor: Actor, at: datetime, member: Member) -> QuerySet[Relation]:
    return (selectors.visible_relations(actor, at, member).select_related("source", "target", "report")
            .filter(mark__tlp__lt=int(Tlp.RED), report__mark__tlp__lt=int(Tlp.RED)).order_by("-report_id", "pk")[:READ])


def _kept(order: list[int], reports_of: Mapping[int, Mapping[int, Report]], most: int) -> list[int]:
    """As many entities as there is room for together with the reports that join them."""
    kept = order[:most]
    while len(kept) + len(_together(kept, reports_of)) > most:
        kept = kept[:-1]
    return kept


def _together(kept: Iterable[int], reports_of: Mapping[int, Mapping[int, Report]]) -> tuple[Report, ...]:
    """The reports that name several of these entities."""
    named = Counter(report for key in kept for report in reports_of[key])
    rows = {key: row for entity in kept for key, row in reports_of[entity].items()}
    return tuple(rows[key] for key in sorted(named) if named[key] >= TOGETHER)


@dataclass(frozen=True, slots=True)
class Standing:
    """One entity with everything that the reader may see of it."""

    entity: Entity
    reports: tuple[Report, ...]
    relations: tuple[Relation, ...]
    sightings: tuple[Sighting, ...]
    red: bool


def entity(actor: Actor, at: datetime, key: int, member: Member) -> Standing | None:
    """None where there is no such entity, or the actor may read no mention of it: both look the same."""
    all_found = selectors.visible_mentions(actor, at, member).filter(entity_id=key)
    first = without_red(all_found).first()
    if first is None:
        return None
    numbers = without_red(all_found).order_by().values("report_id")
    reports = selectors.visible_reports(actor, at, member).filter(pk__in=numbers)
    ends = selectors.visible_relations(actor, at, member).filter(
        mark__tlp__lt=int(Tlp.RED), report__mark__tlp__lt=int(Tlp.RED)).select_related("source", "target", "report")
    known = set(without_red(selectors.visible_mentions(actor, at, member)).filter(report__in=numbers).order_by()
                .values_list("entity_id", flat=True))
    relations = tuple(each for each in (*ends.filter(source_id=key), *ends.filter(target_id=key))
                      if each.source_id in known and each.target_id in known)
    seen = selectors.visible_about(Sighting, actor, at, member).filter(
        report__in=[each.pk for each in reports], mark__tlp__lt=int(Tlp.RED)).order_by("-seen_at", "-pk")
    return Standing(first.entity, tuple(reports), relations, tuple(seen), has_red(all_found))
