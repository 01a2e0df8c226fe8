"""The outage switch: an unavailability is announced at once, ended, and worked off afterwards from a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances.asking import Notice
from wildgate.apps.balances.models import Outage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

KIND: Final = "outage-announced"
ENDED: Final = "outage-ended"
LONGEST: Final = timedelta(days=30)
LONGEST_REASON: Final = 500


def announce(*, actor: Actor, notice: Notice, at: datetime) -> Outage | Refusal:
    """Announce an outage: planned with its end, unplanned with what is known."""
    if refused := require(actor, Action.ANNOUNCE_OUTAGE) or _fault(notice, at):
        return refused
    with transaction.atomic():
        made = Outage.objects.create(
            party=actor.party, planned=notice.planned, begins_at=notice.begins_at, ends_at=notice.ends_at,
            why=" ".join(notice.why.split()), announced_by_id=actor.own_id, announced_at=at)
        events.append(KIND, made.subject, party=made.party, actor=actor.label, at=at, data={
            "planned": made.planned, "begins_at": made.begins_at.isoformat(timespec="seconds"),
            "ends_at": made.ends_at.isoformat(timespec="seconds") if made.ends_at else ""}, note=made.why)
    return made


def end(*, actor: Actor, outage: int, at: datetime) -> Outage | Refusal:
    """The system is back: the outage ends now."""
    if refused := require(actor, Action.ANNOUNCE_OUTAGE):
        return refused
    with transaction.atomic():
        found = Outage.objects.select_for_update().filter(party=actor.party, pk=outage).first()
        if found is None or found.begins_at >= at or (found.ends_at is not None and found.ends_at <= at):
            return refuse("no-such-outage", "This outage is not on.")
        found.ends_at = at
        found.save(update_fields=["ends_at"])
        events.append(ENDED, found.subject, party=found.party, actor=actor.label, at=at)
    return found


def reconcile(*, actor: Actor, outage: int, at: datetime) -> Outage | Refusal:
    """The list of what was done meanwhile is worked off."""
    if refused := require(actor, Action.ANNOUNCE_OUTAGE):
        return refused
    with transaction.atomic():
        found = Outage.objects.select_for_update().filter(party=actor.party, pk=outage).first()
        if found is None or found.ends_at is None or found.ends_at > at or found.reconciled_at is not None:
            return refuse("no-such-outage", "This outage has not ended, or its list is worked off already.")
        found.reconciled_at, found.reconciled_by_id = at, actor.own_id
        found.save(update_fields=["reconciled_at", "reconciled_by"])
        events.append("outage-reconciled", found.subject, party=found.party, actor=actor.label, at=at)
    return found


def _fault(notice: Notice, at: datetime) -> Refusal | None:
    if notice.planned and (notice.ends_at is None or notice.begins_at < at):
        return refuse("outage-not-planned", "A planned outage begins later and says when it ends.", field="ends_at")
    if notice.ends_at is not None and not notice.begins_at < notice.ends_at <= notice.begins_at + LONGEST:
        return refuse("outage-reversed", "The end is after the beginning, at most 30 days.", field="ends_at")
    if abs(notice.begins_at - at) > 12 * LONGEST:
        return refuse("outage-far", "The beginning is more than a year away: check the date.", field="begins_at")
    if len(notice.why) > LONGEST_REASON:
        return refuse("too-long", "%(what)s takes at most %(longest)s characters.", what="The reason",
                      longest=LONGEST_REASON, field="why")
    return None
