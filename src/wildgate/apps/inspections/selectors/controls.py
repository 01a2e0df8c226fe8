"""Reads of inspections: the day list of a post, one inspection, its clocks, the check matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.declarations import selectors as declarations
from wildgate.apps.declarations.models import Declaration
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.inspections.codes import Behind
from wildgate.apps.inspections.models import AgencyResult, CheckDraw, Inspection, NoticeRule
from wildgate.apps.risk import selectors as risk
from wildgate.kit.models import EventNote

OPEN, TODAY, DONE, RESERVED = "open", "today", "done", "reserved"
VIEWS = (TODAY, OPEN, RESERVED, DONE)
MOST_TO_PLAN = 8


def inspections(actor: Actor) -> QuerySet[Inspection]:
    """All that the actor may see."""
    if not can(actor, Action.VIEW_INSPECTIONS):
        return Inspection.objects.none()
    return Inspection.objects.filter(party=actor.party)


def day_list(actor: Actor, *, post: str, view: str, at: datetime) -> QuerySet[Inspection]:
    """The list of a post in the order of work: by lane, then by appointment. Today's holds what was left over too."""
    found = inspections(actor).select_related("officer")
    if post:
        found = found.filter(post=post)
    if view == DONE:
        return found.exclude(state=Inspection.State.PLANNED).order_by("-recorded_at", "-pk")
    if view == RESERVED:
        return found.filter(follow_up_on__isnull=False, followed_up_at=None).order_by("follow_up_on", "pk")
    undone = Q(state=Inspection.State.PLANNED) | Q(state=Inspection.State.RECORDED)
    found = found.filter(undone)
    if view == TODAY:
        end = datetime.combine(at.date() + timedelta(days=1), time.min, UTC)
        found = found.filter(appointment__lt=end)
    return found.order_by("turn", "appointment", "pk")


def to_plan(actor: Actor, post: str) -> list[Declaration]:
    """Declarations that are held and that nobody plans to look at yet, the newest first."""
    if not can(actor, Action.PLAN_INSPECTIONS):
        return []
    seen = Inspection.objects.filter(party=actor.party, behind=Behind.DECLARATION).values("reference")
    return list(declarations.declarations(actor, answer="hold", post=post).exclude(reference__in=seen)[:MOST_TO_PLAN])


def posts(actor: Actor) -> list[str]:
    """The posts that inspections name."""
    return list(inspections(actor).order_by("post").values_list("post", flat=True).distinct()[:100])


def inspection(actor: Actor, number: str) -> Inspection | None:
    """One inspection; None when there is none or the actor may not see it."""
    found = (Inspection.objects.select_related("officer", "recorded_by", "outcome_by", "planned_by", "seizure")
             .filter(party=actor.party, number=number).first())
    return found if found is not None and can(actor, Action.VIEW_INSPECTIONS, found) else None


def lane_reasons(actor: Actor, found: Inspection) -> tuple[str, ...]:
    """Why the declaration has its lane, for who may see lanes, in the reader's language."""
    if found.behind != Behind.DECLARATION:
        return ()
    row = risk.assessment(actor, found.reference)
    return row.reasons if row is not None else ()


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something has: working days or hours left; below zero it is over."""

    due: date | datetime
    left: int
    unit: str

    @property
    def tone(self) -> str:
        return "no" if self.left < 0 else "hold" if self.left == 0 or (self.unit == "hours" and self.left < 4) else "ok"

    @property
    def over(self) -> int:
        return -self.left


def days_clock(calendar: Calendar, due: date, at: datetime) -> Clock:
    """Working days until a day is over."""
    return Clock(due, calendar.between(at.date(), due), "days")


def hours_clock(due: datetime, at: datetime) -> Clock:
    """Full hours until a time; the hour that runs counts as none left."""
    return Clock(due, int((due - at).total_seconds() // 3600), "hours")


def agencies(found: Inspection) -> dict[int, list[AgencyResult]]:
    """The newest result of each agency by line."""
    newest: dict[tuple[int, str], AgencyResult] = {}
    for each in found.agency_results.select_related("by").order_by("at", "pk"):
        newest[each.position, each.agency] = each
    out: dict[int, list[AgencyResult]] = {}
    for (position, _agency), each in sorted(newest.items()):
        out.setdefault(position, []).append(each)
    return out


def notes(party: str, subject: str) -> Mapping[int, str]:
    """The notes beside the events of a subject, by the event's number."""
    return dict(EventNote.objects.filter(event__party=party, event__subject=subject).values_list("event__seq", "text"))


def draws(actor: Actor) -> QuerySet[CheckDraw]:
    """What the matrix drew, the newest first. The secret of a day that is not over is nobody's to see."""
    if not can(actor, Action.VIEW_INSPECTIONS):
        return CheckDraw.objects.none()
    return CheckDraw.objects.filter(party=actor.party).select_related("seed").order_by("-at", "-pk")


def notice_rules(actor: Actor) -> list[NoticeRule]:
    """The authority's rows of prior notice, the newest first."""
    return list(NoticeRule.objects.filter(party=actor.party).order_by("-since", "-pk")[:100])
