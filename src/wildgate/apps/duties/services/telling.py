"""From an event to notices: one for each row that speaks of it and is on, told by the ways that were agreed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.models import Role
from wildgate.apps.duties import clock, selectors
from wildgate.apps.duties.conditions import applies
from wildgate.apps.duties.matrix import Agreed, Duty, Side, Way, rows_of
from wildgate.apps.duties.models import Notice
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.letters import delivering
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.audience import holders
from wildgate.apps.letters.models import person_key
from wildgate.apps.letters.subjects import things
from wildgate.kit import events, jobs
from wildgate.kit.models import Event

GIVEN = "notice-given"


def give(event: Event, *, at: datetime) -> list[Notice]:
    """The new notices of an event. Run again, there are none: a row tells of an event once."""
    thing = things(event.party, [event.subject]).get(event.subject)
    made = []
    for duty in rows_of(event.kind):
        agreed = selectors.agreed(event.party, duty, event.at.date())
        if agreed.on and applies(duty.only, thing):
            made.append(_give(event, duty, agreed, at))
    return [notice for notice in made if notice is not None]


def _give(event: Event, duty: Duty, agreed: Agreed, at: datetime) -> Notice | None:
    due = None
    if agreed.hours is not None:
        due = clock.due(at, agreed.hours, calendar_of(event.party), ZoneInfo(settings.TIME_ZONE))
    with transaction.atomic():
        notice, new = Notice.objects.get_or_create(
            party=event.party, row=duty.code, seq=event.seq, defaults={
                "kind": event.kind, "about": event.subject, "roles": list(agreed.roles),
                "stations": list(agreed.stations), "happened_at": event.at, "given_at": at, "due_at": due})
        if not new:
            return None
        told = events.append(GIVEN, notice.subject, party=event.party, actor=events.SYSTEM, at=at, data={
            "row": duty.code, "of": event.seq, "due": due.isoformat(timespec="seconds") if due else ""})
        if agreed.by(Way.LETTER):
            letters.tell(receivers(notice, duty, person_key(event.actor)), duty.letter, notice.subject,
                         {"number": notice.number}, at=at, party=event.party, key=f"event:{event.seq}",
                         silent=not agreed.by(Way.MAIL))
        if agreed.by(Way.WEBHOOK):
            delivering.queue(told, at=at)
        if due is not None:
            jobs.enqueue("duties.look_again", notice.subject, party=event.party, at=due, notice=notice.pk)
    return notice


def receivers(notice: Notice, duty: Duty, doer: int | None) -> set[int]:
    """The people who are told: those of the agreed roles, at the agreed posts; not whoever did it."""
    roles = frozenset(Role(role) for role in notice.roles)
    at_posts = {"station__in": notice.stations} if notice.stations and duty.receiver is Side.CUSTOMS else {}
    return holders(notice.party, roles, notice.given_at.date(), **at_posts) - {doer}
