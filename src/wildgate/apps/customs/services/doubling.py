"""Cases of double use: what the ledger could not take is kept with both records, and both posts are told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.customs.models import Alarm, DoubleUse, Endorsement, OfflineRecord
from wildgate.apps.customs.services.endorsing import last_crossing
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.events import Told

OPENED, SEEN, CLOSED = "double-use", "double-use-seen", "double-use-closed"
LONGEST_REASON = 500


def open_case(record: OfflineRecord, why: Refusal, *, actor: Actor, at: datetime) -> DoubleUse:
    """Open the case of a record that could not be endorsed any more, and ring at both posts. Inside a transaction."""
    case, told = case_of(record, why, at=at)
    events.append_each([told], party=case.party, actor=actor.label, at=at)
    return case


def case_of(record: OfflineRecord, why: Refusal, *, at: datetime) -> tuple[DoubleUse, Told]:
    """`open_case` without its telling: the caller appends the event with its own."""
    first = last_crossing(record.permit) if record.permit else None
    case = DoubleUse.objects.create(party=record.party, permit=record.permit, first=first, record=record, opened_at=at)
    posts = {(record.device.station, record.device.officer_id)}
    if first is not None:
        posts.add((station_of(first), first.officer_id))
    Alarm.objects.bulk_create(
        Alarm(party=case.party, case=case, station=station, officer_id=officer) for station, officer in sorted(posts))
    subject = record.permit.subject if record.permit else record.device.subject
    return case, Told(OPENED, subject, {
        "case": case.pk, "why": why.code, "record": record.digest, "first": first.digest if first else ""})


def station_of(endorsement: Endorsement) -> str:
    """The station of the officer who endorsed; the port that was written down when the officer has none now."""
    posts = Post.objects.filter(person_id=endorsement.officer_id, party=endorsement.party, role=Role.CUSTOMS)
    return posts.exclude(station="").values_list("station", flat=True).first() or endorsement.port


def acknowledge(*, actor: Actor, case: int, at: datetime) -> DoubleUse | Refusal:
    """A post says that it saw the alarm: it stops ringing there, and only there."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    with transaction.atomic():
        found = DoubleUse.objects.select_for_update().filter(party=actor.party, pk=case).first()
        if found is None:
            return NO_CASE
        mine = found.alarms.filter(seen_at=None)
        seen = (mine.filter(station=actor.station) if actor.station else mine.none()) | mine.filter(
            officer_id=actor.own_id)
        if seen.update(seen_at=at, seen_by_id=actor.own_id):
            _tell(SEEN, found, actor, at)
        return found


def close(*, actor: Actor, case: int, reason: str, at: datetime) -> DoubleUse | Refusal:
    """The authority closes a case with its finding. Alarms that nobody saw go on ringing."""
    if refused := require(actor, Action.CLOSE_DOUBLE_USE):
        return refused
    kept = " ".join(reason.split())
    if not kept or len(kept) > LONGEST_REASON:
        return refuse("reason-missing", "Write what was found, in at most %(most)s characters.", most=LONGEST_REASON,
                      field="reason")
    with transaction.atomic():
        found = DoubleUse.objects.select_for_update().filter(party=actor.party, pk=case).first()
        if found is None:
            return NO_CASE
        if found.state == DoubleUse.State.CLOSED:
            return refuse("closed-already", "This case was closed before.")
        found.state, found.closed_at, found.closed_by_id = DoubleUse.State.CLOSED, at, actor.own_id
        found.reason = kept
        found.save(update_fields=["state", "closed_at", "closed_by", "reason"])
        _tell(CLOSED, found, actor, at, kept)
        return found


def _tell(kind: str, case: DoubleUse, actor: Actor, at: datetime, note: str = "") -> None:
    subject = case.permit.subject if case.permit else case.record.device.subject
    events.append(kind, subject, party=case.party, actor=actor.label, at=at, data={"case": case.pk}, note=note)


NO_CASE = refuse("no-such-case", "There is no such case.")
