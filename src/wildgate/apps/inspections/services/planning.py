"""Planning: who looks at what, where, when and how deeply; the checklist is written with the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.declarations import notice
from wildgate.apps.declarations import selectors as declarations
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.inspections import checklist, numbers, words
from wildgate.apps.inspections.behind import consignment_of
from wildgate.apps.inspections.codes import DEPTH, LANE_TURN, Behind, Lane, Reason
from wildgate.apps.inspections.models import Inspection, InspectionLine
from wildgate.apps.inspections.selectors.cards import look_alikes_of
from wildgate.apps.inspections.services.matrixing import checks_for, deepest
from wildgate.apps.risk.services import assess
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.targeting.consignment import Consignment

INLAND_DAYS = 2
"""Goods that are not checked at the border are shown within two working days, unaltered until then (W7-7)."""
LONGEST_WINDOW = 1440


@dataclass(frozen=True, slots=True)
class Plan:
    """An inspection as it is asked for. Without a `kind` the check matrix says how deep it goes."""

    behind: str
    reference: str
    post: str
    appointment: datetime
    reasons: tuple[str, ...] = ()
    kind: str = ""
    place: str = ""
    inland: bool = False
    minutes: int = 60
    officer: int | None = None
    notified_at: datetime | None = None
    arrives_at: datetime | None = None


def plan(*, actor: Actor, asked: Plan, at: datetime) -> Inspection | Refusal:
    """Plan an inspection with its checklist. One consignment has one plan at a time."""
    if refused := require(actor, Action.PLAN_INSPECTIONS):
        return refused
    if refused := _unfit(actor, asked):
        return refused
    goods = consignment_of(actor, asked.behind, asked.reference, at)
    if isinstance(goods, Refusal):
        return goods
    with transaction.atomic():
        # taking the number first makes two officers who plan the same consignment at once come one after the other
        number = numbers.next_of(actor.party, numbers.INSPECTION, at.year)
        if goods.reference and (other := _open(actor.party, asked.behind, goods.reference)):
            transaction.set_rollback(True)
            return refuse("already-planned", "Inspection %(number)s of %(reference)s is planned already.",
                          number=other.number, reference=goods.reference, field="reference")
        lane = _lane(asked, goods, at)
        draw = deepest(checks_for(consignment=goods, at=at)) if goods.items else None
        made = _write(actor, asked, goods, (number, lane, draw.kind if draw else "physical"), at)
        _write_checklist(made, goods)
        events.append("inspection-planned", made.subject, party=made.party, actor=actor.label, at=at, data={
            "behind": made.behind, "reference": made.reference, "kind": made.kind, "post": made.post,
            "lane": made.lane, "reasons": made.reasons, "appointment": made.appointment.isoformat()})
    return made


def _unfit(actor: Actor, asked: Plan) -> Refusal | None:
    wrong = [code for code in asked.reasons if code not in Reason.values]
    if wrong or not asked.reasons:
        return refuse("missing", "Choose why the goods are inspected.", field="reasons")
    if asked.kind and asked.kind not in DEPTH:
        return refuse("missing", "Choose the kind of check from the list.", field="kind")
    post = words.text(asked.post, "post", "the post", 40)
    place = words.text(asked.place, "place", "the place", 120, needed=asked.inland)
    if fault := words.first_refusal(post, place):
        return fault
    if not 5 <= asked.minutes <= LONGEST_WINDOW:
        return refuse("bad-window", "The window is 5 to %(most)s minutes long.", most=LONGEST_WINDOW, field="minutes")
    if asked.officer is not None and not officers(actor.party).filter(person_id=asked.officer).exists():
        return refuse("no-such-officer", "Choose an officer of customs.", field="officer")
    return None


def officers(party: str) -> QuerySet[Post]:
    """The posts of those who inspect."""
    return Post.objects.filter(party=party, role__in=(Role.CUSTOMS, Role.SUPERVISOR), until=None)


def _open(party: str, behind: str, reference: str) -> Inspection | None:
    return Inspection.objects.filter(party=party, behind=behind, reference=reference,
                                     state=Inspection.State.PLANNED).first()


def _write(actor: Actor, asked: Plan, goods: Consignment, made: tuple[str, str, str], at: datetime) -> Inspection:
    number, lane, drawn = made
    notified, arrives = _announced(actor, asked, goods)
    inland = calendar_of(actor.party).after(at.date(), INLAND_DAYS) if asked.inland else None
    return Inspection.objects.create(
        party=actor.party, number=number, behind=asked.behind,
        reference=goods.reference, direction=goods.direction[:12], reasons=list(dict.fromkeys(asked.reasons)),
        lane=lane, turn=LANE_TURN[lane], kind=asked.kind or drawn, post=words.tidy(asked.post),
        place=words.tidy(asked.place), inland=asked.inland, due_on=inland, appointment=asked.appointment,
        minutes=asked.minutes, notified_at=notified, arrives_at=arrives, officer_id=asked.officer,
        notice_hours=notice.hours_for(replace(goods, post=words.tidy(asked.post)), at.date()),
        planned_by_id=actor.own_id, planned_at=at)


def _announced(actor: Actor, asked: Plan, goods: Consignment) -> tuple[datetime | None, datetime | None]:
    """When notice came and when the goods move: as typed, else as the declaration says."""
    if asked.behind != Behind.DECLARATION:
        return asked.notified_at, asked.arrives_at
    row = declarations.declaration(actor, goods.reference)
    return asked.notified_at or goods.lodged_at, asked.arrives_at or (row.moves_at if row else None)


def _lane(asked: Plan, goods: Consignment, at: datetime) -> str:
    """The lane that risk control gave the declaration; goods of another kind have none."""
    if asked.behind != Behind.DECLARATION:
        return Lane.NONE.value
    found = assess(consignment=goods, at=at).lane
    return str(found) if found in LANE_TURN else Lane.NONE.value


def _write_checklist(made: Inspection, goods: Consignment) -> None:
    similar = look_alikes_of(made.party, [item.taxon for item in goods.items])
    write_rows(made, checklist.rows(goods, law_of(made.party), similar))


def write_rows(made: Inspection, rows: Sequence[checklist.Row], start: int = 1) -> None:
    InspectionLine.objects.bulk_create(
        InspectionLine(inspection=made, position=place, item=row.item, taxon=row.taxon, term=row.term,
                       appendix=row.appendix, quantity=row.quantity, unit=row.unit, live=row.live,
                       venomous=row.venomous, description=row.description, permits=list(row.permits),
                       marks=list(row.marks), points=list(row.points))
        for place, row in enumerate(rows, start=start))


def take(*, actor: Actor, number: str, at: datetime) -> Inspection | Refusal:
    """An officer takes an inspection on, from nobody or from a colleague."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT, found) or planned(found):
            return refused
        found.officer_id = actor.own_id
        found.save(update_fields=["officer"])
        events.append("inspection-taken", found.subject, party=found.party, actor=actor.label, at=at)
    return found


def reschedule(*, actor: Actor, number: str, appointment: datetime, place: str, at: datetime) -> Inspection | Refusal:
    """Another time or place, as long as nobody has looked."""
    with transaction.atomic():
        found = locked(actor, number)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.PLAN_INSPECTIONS, found) or planned(found):
            return refused
        where = words.text(place, "place", "the place", 120, needed=found.inland)
        if isinstance(where, Refusal):
            return where
        found.appointment, found.place = appointment, where
        found.save(update_fields=["appointment", "place"])
        events.append("inspection-rescheduled", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"appointment": appointment.isoformat()})
    return found


def planned(found: Inspection) -> Refusal | None:
    if found.state == Inspection.State.PLANNED:
        return None
    return refuse("recorded-already", "The result of %(number)s was recorded on %(day)s already.", number=found.number,
                  day=f"{found.recorded_at:%Y-%m-%d %H:%M}")


def locked(actor: Actor, number: str) -> Inspection | Refusal:
    """The inspection, locked until the transaction ends."""
    found = Inspection.objects.select_for_update().filter(party=actor.party, number=number).first()
    if found is None or require(actor, Action.VIEW_INSPECTIONS, found):
        return refuse("no-such-inspection", "There is no such inspection, or you may not see it.")
    return found
