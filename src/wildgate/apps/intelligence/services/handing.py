"""Hand-over between Management and Enforcement Authority, with a clock: 24 hours for Appendix I, else 5 work days."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules.calendar import after_working_days
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import HandOver
from wildgate.apps.intelligence.selectors import member_of, visible_about
from wildgate.apps.intelligence.services.alerting import APPENDICES, raise_alert
from wildgate.apps.intelligence.services.filing import working
from wildgate.apps.intelligence.services.marking import NOT_FOUND
from wildgate.apps.intelligence.services.pulses import pulse
from wildgate.apps.intelligence.services.telling import readers, tell
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs

URGENT: Final = timedelta(hours=24)
WORKING_DAYS: Final = 5
CLOCK: Final = ("CITES Dec. 16.62 (CoP16): timely sharing between contact points", "House rule: hand-over clock")
SIDES: Final = (frozenset({Authority.Kind.MANAGEMENT}), frozenset({Authority.Kind.ENFORCEMENT, Authority.Kind.CUSTOMS}))
WAITING: Final = (HandOver.State.GIVEN, HandOver.State.ACKNOWLEDGED)


def due_of(party: str, appendix: str, at: datetime) -> datetime:
    """When the other side must have decided: a day later for Appendix I, else when the fifth working day is over."""
    if appendix == "I":
        return at + URGENT
    zone = ZoneInfo(settings.TIME_ZONE)
    day = after_working_days(party, at.astimezone(zone).date(), WORKING_DAYS)
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(at.tzinfo)


def hand_over(*, actor: Actor, number: str, to_authority: int, appendix: str, at: datetime) -> HandOver | Refusal:
    """Give a report over to the other side. Appendix I raises an alert in the same transaction."""
    if appendix not in APPENDICES:
        return refuse("alert-appendix", "Choose the Appendix.", field="appendix")
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        if refused := _unfit(found.party, member, to_authority):
            return refused
        if not readers(found.party, found.mark, at, authority=to_authority):
            return refuse("asked-nobody", "Nobody there may read this: share it with them first, or make a sanitised "
                          "report.", field="to_authority", basis=("House rule: need to know",))
        if HandOver.objects.filter(report=found, to_authority_id=to_authority, state__in=WAITING).exists():
            return refuse("hand-over-waits", "It was given to them already and waits for their answer.",
                          field="to_authority")
        made = HandOver.objects.create(
            party=found.party, mark=found.mark, report=found, by_id=actor.own_id, at=at, appendix=appendix,
            from_authority_id=int(member.authority), to_authority_id=to_authority,
            due_at=due_of(found.party, appendix, at))
        events.append("hand-over-given", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"appendix": appendix, "due": made.due_at.isoformat(timespec="seconds")})
        pulse("handed-over", party=found.party, report=found, at=at)
        jobs.enqueue("intelligence.look_at_hand_over", str(made.pk), party=found.party, at=made.due_at,
                     hand_over=made.pk)
        if appendix == "I":
            raise_alert(actor=actor, party=found.party, kind="hand-over", appendix=appendix,
                        title=found.current.title if found.current else found.number, subject_kind="report",
                        subject_key=found.number, marking=found.mark.value, at=at)
        tell("intelligence-hand-over", found, found.mark, at, f"{made.subject}:given", authority=to_authority,
             but=actor)
    return made


def _unfit(party: str, member: Member, to_authority: int) -> Refusal | None:
    """Only from one side to the other."""
    kinds = dict(Authority.objects.filter(party=party, pk__in=(int(member.authority), to_authority))
                 .values_list("pk", "kind"))
    sides = [next((side for side in SIDES if kinds.get(key) in side), None)
             for key in (int(member.authority), to_authority)]
    if None in sides or sides[0] == sides[1]:
        return refuse("hand-over-sides", "A hand-over goes from a Management Authority to an enforcement authority or "
                      "customs, or back.", field="to_authority", basis=CLOCK)
    return None


def acknowledge(*, actor: Actor, key: int, at: datetime) -> HandOver | Refusal:
    """The other side has received it."""
    return _decide(actor, key, HandOver.State.ACKNOWLEDGED, "", at)


def acknowledge_report(*, actor: Actor, number: str, at: datetime) -> int:
    """Acknowledge what waits on a report for the actor's authority; how many. Nothing for who may not read it."""
    member = member_of(actor, at)
    if member is None:
        return 0
    waiting = visible_about(HandOver, actor, at, member).filter(
        report__number=number, to_authority_id=int(member.authority), state=HandOver.State.GIVEN)
    done = [_decide(actor, key, HandOver.State.ACKNOWLEDGED, "", at) for key in waiting.values_list("pk", flat=True)]
    return sum(isinstance(each, HandOver) for each in done)


def receipts(party: str, number: str) -> list[HandOver]:
    """The hand-overs of a report that its other side has received, the earliest first: for the app it came from."""
    return list(HandOver.objects.filter(party=party, report__number=number, acknowledged_at__isnull=False)
                .exclude(state=HandOver.State.DECLINED).order_by("acknowledged_at", "pk"))


def accept(*, actor: Actor, key: int, at: datetime) -> HandOver | Refusal:
    """The other side takes it on."""
    return _decide(actor, key, HandOver.State.ACCEPTED, "", at)


def decline(*, actor: Actor, key: int, reason: str, at: datetime) -> HandOver | Refusal:
    """The other side does not take it on, and says why."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 500:
        return refuse("hand-over-reason", "Say why, in at most %(most)s characters.", most=500, field="reason")
    return _decide(actor, key, HandOver.State.DECLINED, reason, at)


def _decide(actor: Actor, key: int, state: HandOver.State, reason: str, at: datetime) -> HandOver | Refusal:
    member = member_of(actor, at)
    with transaction.atomic():
        seen = visible_about(HandOver, actor, at, member).filter(pk=key).first()
        if seen is None or member is None or seen.report is None:
            return NOT_FOUND
        found = HandOver.objects.select_for_update(of=("self",)).select_related("mark").get(pk=key)
        if member.authority != str(found.to_authority_id):
            return refuse("hand-over-another", "Only the authority that it was given to answers.")
        if found.state not in WAITING or found.state == state:
            return refuse("hand-over-over", "This was decided already.")
        if found.acknowledged_at is None:
            found.acknowledged_by_id, found.acknowledged_at = actor.own_id, at
        if state != HandOver.State.ACKNOWLEDGED:
            found.decided_by_id, found.decided_at, found.reason = actor.own_id, at, reason
        found.state = state
        found.save()
        events.append(f"hand-over-{state.value}", seen.report.subject, party=found.party, actor=actor.label, at=at,
                      data={"late": found.due_at < at}, note=reason)
        pulse("hand-over-changed", party=found.party, report=seen.report, at=at, mark=found.mark)
        tell("intelligence-hand-over-answered", seen.report, found.mark, at, f"{found.subject}:{state.value}",
             people=[found.by_id] if found.by_id else [], but=actor)
    return found
