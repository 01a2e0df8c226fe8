"""The house's values of risk control, the boxes of posts, and what customs' own control decided beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.risk.models import Assessment, Capacity, Lane, Limits
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

SET = ("random_percent", "trusted_percent", "random_boxes", "red_points", "yellow_points", "trusted_factor",
       "name_points", "trusted_years", "trusted_consignments", "trusted_clean")


def set_limits(*, actor: Actor, values: Mapping[str, Any], at: datetime) -> Limits | Refusal:
    """From now on these hold; a random share from the first day whose seed is not committed to yet."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    with transaction.atomic():
        made = Limits.objects.create(party=actor.party, set_by_id=actor.own_id, set_at=at,
                                     **{name: values[name] for name in SET})
        events.append("risk-limits-set", "risk-limits", party=actor.party, actor=actor.label, at=at,
                      data={name: str(values[name]) for name in SET})
    return made


def set_capacity(*, actor: Actor, values: Mapping[str, Any], at: datetime) -> Capacity | Refusal:
    """How many boxes a post opens in a shift from now on; shifts of today that have begun keep theirs."""
    if refused := require(actor, Action.KEEP_PROFILES):
        return refused
    with transaction.atomic():
        made = Capacity.objects.create(party=actor.party, set_by_id=actor.own_id, set_at=at, **values)
        events.append("risk-capacity-set", "risk-capacity", party=actor.party, actor=actor.label, at=at, data={
            "post": made.post, "shift": made.shift, "boxes": made.boxes, "papers": made.papers,
            "closed": made.closed})
    return made


def note_customs_lane(*, actor: Actor, reference: str, lane: str, at: datetime) -> Assessment | Refusal:
    """Keep the lane that customs' own control gave, beside the CITES lane; the stricter one is followed."""
    if refused := require(actor, Action.WRITE_OFF):
        return refused
    if lane not in Lane.values:
        return refuse("lane-unknown", "The lane is green, yellow or red.", field="lane", suggestions=tuple(Lane.values))
    with transaction.atomic():
        row = Assessment.objects.select_for_update().filter(party=actor.party, reference=reference, newest=True).first()
        if row is None:
            return refuse("no-such-assessment", "%(reference)s was not assessed.", reference=reference[:70])
        row.customs_lane = lane
        row.save(update_fields=["customs_lane"])
        events.append("customs-lane-noted", row.subject, party=row.party, actor=actor.label, at=at,
                      data={"lane": lane, "cites": row.lane})
    return row
