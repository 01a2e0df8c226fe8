"""What a member may read, as the database asks it: exactly what `clearance.why_not` answers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Case as Choice
from django.db.models import Exists, IntegerField, Model, OuterRef, Q, QuerySet, Value, When

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.clearance import SOURCES, Facing, Member
from wildgate.apps.intelligence.models import (
    Alert,
    Case,
    Mark,
    Marked,
    Mention,
    Part,
    Pulse,
    Relation,
    Report,
    ReportVersion,
)
from wildgate.apps.intelligence.models.work import About
from wildgate.apps.intelligence.selectors.membership import member_of
from wildgate.kit import events
from wildgate.sharing.marking import Tlp

M = TypeVar("M", bound=Model)
A = TypeVar("A", bound=About)

MARK = ("mark__compartments", "mark__groups", "mark__named")
"""What `Mark.value` reads, for `prefetch_related`."""
FIRST = Choice(When(appendix="I", then=Value(0)), default=Value(1), output_field=IntegerField())
"""Appendix I before everything else."""
JOINED = "intelligence-alert-joined"


def readable(member: Member | None, way: str = "mark") -> Q:
    """The condition under which the member may read a row; `way` leads from the row to its mark."""
    if member is None or not member.active:
        return Q(pk__in=())
    mark = OuterRef(f"{way}_id")
    foreign = Exists(Mark.compartments.through.objects.filter(mark_id=mark).exclude(
        compartment__code__in=member.compartments))
    grouped = Exists(Mark.groups.through.objects.filter(mark_id=mark, sharinggroup__code__in=member.groups))
    named = Exists(Mark.named.through.objects.filter(mark_id=mark, person_id=member.person_id))
    return (Q(**{f"{way}__tlp__lte": int(member.clearance)}) & ~Q(foreign)
            & (Q(**{f"{way}__tlp__lt": int(Tlp.RED)}) | Q(named))
            & (Q(**{f"{way}__owner_id": int(member.authority)})
               | ((Q(**{f"{way}__grouped": False}) | Q(grouped)) & (Q(**{f"{way}__by_name": False}) | Q(named)))))


def facing(actor: Actor, row: Marked, at: datetime, kind: str = "read") -> Facing:
    """The actor before a row, as `access` takes it."""
    return Facing(member_of(actor, at), row.party, row.mark.value, kind)


def visible_reports(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Report]:
    """The reports that the actor may read, the newest first. `member`: where the caller has asked already."""
    member = member or member_of(actor, at)
    return (Report.objects.filter(readable(member), party=actor.party)
            .select_related("mark", "mark__owner", "current").order_by("-filed_at", "-pk"))


def visible_alerts(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Alert]:
    """The alerts that the actor may read: Appendix I first, then the newest."""
    member = member or member_of(actor, at)
    return (Alert.objects.filter(readable(member), party=actor.party).select_related("mark", "mark__owner")
            .order_by(FIRST, "-raised_at", "-pk"))


def keys_of(alert: Alert) -> list[str]:
    """What an alert is about, and each that was counted into it since, in that order."""
    later = events.of(alert.subject, party=alert.party)
    return [alert.subject_key, *(json.loads(each.data)["key"] for each in later if each.kind == JOINED)]


def visible_cases(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Case]:
    """The cases that the actor may read, open ones first, then the newest."""
    member = member or member_of(actor, at)
    return (Case.objects.filter(readable(member), party=actor.party).select_related("mark", "mark__owner")
            .order_by("-state", "-opened_at", "-pk"))


def visible_pulses(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Pulse]:
    """What an open stream of the actor may be told, oldest first: by the pulse's own mark and that of its thing now."""
    member = member or member_of(actor, at)
    return Pulse.objects.filter(
        readable(member), Q(report=None) | readable(member, "report__mark"),
        Q(alert=None) | readable(member, "alert__mark"), party=actor.party).order_by("pk")


def _of_readable(found: QuerySet[M], member: Member | None, party: str) -> QuerySet[M]:
    return found.filter(readable(member), readable(member, "report__mark"), party=party)


def visible_mentions(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Mention]:
    """Which reports speak of which entities, as far as the actor reads both the report and that part of it."""
    member = member or member_of(actor, at)
    return _of_readable(Mention.objects.select_related("entity"), member, actor.party).order_by("pk")


def visible_relations(actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[Relation]:
    """How reports join entities, as far as the actor reads them."""
    member = member or member_of(actor, at)
    return _of_readable(Relation.objects.select_related("source", "target"), member, actor.party).order_by("pk")


def visible_parts(actor: Actor, found: Report, at: datetime, member: Member | None = None) -> QuerySet[Part]:
    """The parts of a report that the actor reads; a part that another took the place of is not among them."""
    member = member or member_of(actor, at)
    return (_of_readable(Part.objects.filter(report=found, replaced_by=None), member, actor.party)
            .select_related("mark", "mark__owner").order_by("pk"))


def withheld(actor: Actor, found: Report, at: datetime, member: Member | None = None) -> bool:
    """Whether the reader is told that something is left out: only where the report says that they may be."""
    if not found.tells_withheld:
        return False
    shown = visible_parts(actor, found, at, member)
    return Part.objects.filter(report=found, replaced_by=None).exclude(pk__in=shown.values("pk")).exists()


def versions_of(actor: Actor, found: Report, at: datetime, member: Member | None = None) -> QuerySet[ReportVersion]:
    """The versions that the actor may read, the newest first: an older one by the mark that it had."""
    member = member or member_of(actor, at)
    return (_of_readable(ReportVersion.objects.filter(report=found), member, actor.party)
            .select_related("mark", "mark__owner", "by").order_by("-no"))


def children_of(actor: Actor, found: Report, at: datetime, member: Member | None = None) -> QuerySet[Report]:
    """The sanitised reports that were made of this one. There is no way back: a child is asked for no parent."""
    return visible_reports(actor, at, member).filter(pk__in=found.children.values("child_id"))


def visible_about(model: type[A], actor: Actor, at: datetime, member: Member | None = None) -> QuerySet[A]:
    """Comments, questions, taskings, sightings, opinions or hand-overs that the actor may read, oldest first."""
    member = member or member_of(actor, at)
    found: QuerySet[A] = model._default_manager.filter(
        readable(member), Q(report=None) | readable(member, "report__mark"), party=actor.party)
    return found.select_related("mark", "by", "report").order_by("at", "pk")


def report(actor: Actor, number: str, at: datetime, member: Member | None = None) -> Report | None:
    """One report by its number; None when there is none or the actor may not read it."""
    return visible_reports(actor, at, member).prefetch_related(*MARK).filter(number=number).first()


def case(actor: Actor, number: str, at: datetime, member: Member | None = None) -> Case | None:
    """One case by its number; None when there is none or the actor may not read it."""
    return visible_cases(actor, at, member).prefetch_related(*MARK).filter(number=number).first()


def origin_of(member: Member | None, found: Report) -> tuple[str, str] | None:
    """Where the report came from, for those who may know: of a tip whoever holds `sources`, else the owner's people."""
    if member is None:
        return None
    if found.origin == Report.Origin.TIP:
        return (found.origin, found.origin_key) if SOURCES in member.compartments else None
    return (found.origin, found.origin_key) if member.authority == str(found.mark.owner_id) else None


def strictest_shown(found: Report, parts: Any) -> Tlp:
    """The strictest colour of what a reader gets: RED asks for a reason first."""
    return max((Tlp(found.mark.tlp), *(Tlp(part.mark.tlp) for part in parts)))
