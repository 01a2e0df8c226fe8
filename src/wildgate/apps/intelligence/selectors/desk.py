"""What stands on the desk: what cannot wait first, then what was asked, handed over and has run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import Alert, CaseLink, ContactPoint, HandOver, Question, Report, Tasking
from wildgate.apps.intelligence.models.people import RECHECK_DAYS
from wildgate.apps.intelligence.models.work import Asked
from wildgate.apps.intelligence.selectors.reading import readable, visible_about, visible_alerts, visible_reports

MOST = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """One look at what waits for a member."""

    alerts: list[Alert]
    handed: list[HandOver]
    asked: list[tuple[str, Asked]]
    over: list[Report]


def desk(actor: Actor, member: Member, at: datetime) -> Desk:
    """Open alerts, hand-overs that wait, questions and taskings of this member, own reports to be looked at again."""
    mine = int(member.authority)
    waiting = (HandOver.State.GIVEN, HandOver.State.ACKNOWLEDGED)
    handed = (visible_about(HandOver, actor, at, member).filter(state__in=waiting)
              .filter(Q(to_authority_id=mine) | Q(from_authority_id=mine))
              .select_related("to_authority", "from_authority").order_by("due_at", "pk"))
    asked: list[tuple[str, Asked]] = []
    for what, model in (("question", Question), ("tasking", Tasking)):
        found: QuerySet[Any] = visible_about(model, actor, at, member).filter(state=Asked.State.OPEN)
        found = found.filter(_mine(actor, mine)).select_related("to_authority").order_by("due_at", "pk")
        asked += [(what, each) for each in found[:MOST]]
    over = visible_reports(actor, at, member).filter(mark__owner_id=mine, retain_until__lt=at.date())
    return Desk(alerts=list(visible_alerts(actor, at, member).filter(closed_at=None)[:MOST]),
                handed=list(handed[:MOST]), asked=sorted(asked, key=lambda pair: pair[1].due_at),
                over=list(over.order_by("retain_until", "pk")[:MOST]))


def _mine(actor: Actor, authority: int) -> Q:
    """To this person, to the whole authority, or by this person."""
    return (Q(to_authority_id=authority) & (Q(to_person=None) | Q(to_person_id=actor.person_id))
            | Q(by_id=actor.person_id))


def links_of(member: Member | None, case: int) -> QuerySet[CaseLink]:
    """What a case is linked to, as far as the member reads it: tips behind their own wall."""
    return CaseLink.objects.filter(readable(member), case_id=case).order_by("kind", "key")


def contact_points(actor: Actor) -> QuerySet[ContactPoint]:
    """The registry, own Party first; for everybody who may enter."""
    found = ContactPoint.objects.filter(party=actor.party, ended_at=None).select_related("authority")
    return found.order_by("of", "kind", "name", "pk") if can(actor, Action.ENTER_INTELLIGENCE) else found.none()


def is_old(point: ContactPoint, at: datetime) -> bool:
    """Whether a year has passed since somebody checked it."""
    return point.checked_at < at - timedelta(days=RECHECK_DAYS)
