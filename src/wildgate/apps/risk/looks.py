"""What risk control tells the officer who has a permit in hand: why the declaration that names it has its lane."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.customs import fits
from wildgate.apps.risk.facts.batch import as_kept, number_of
from wildgate.apps.risk.models import Assessment, Lane

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

MOST = 3


@fits.looks
def lane_looks(actor: Actor, permit: Permit, at: datetime) -> list[fits.Look]:
    """The newest declarations that name the permit and are not green: their first reason and what to look at."""
    if not can(actor, Action.VIEW_LANES):
        return []
    numbers = {number_of(permit.number), as_kept(permit.number)}
    rows = (Assessment.objects.filter(party=permit.party, newest=True, items__permit__in=numbers)
            .exclude(lane=Lane.GREEN).order_by("-at", "-pk").distinct()[:MOST])
    return [fits.Look(_("Lane of declaration %(reference)s: %(lane)s") % {
        "reference": row.reference, "lane": Lane(row.lane).label}, row.reasons[0] if row.reasons else "")
        for row in rows]
