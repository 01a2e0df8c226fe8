"""Above the limits a permit needs people of two units: where the house has two, its issue is refused or explained."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.accounts.access import Actor
from wildgate.apps.controls.hours import limits_of
from wildgate.apps.controls.raising import above_limits, acting, one_unit
from wildgate.apps.houserules.selectors import teams
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.objections import objector
from wildgate.convention.refusal import Refusal, refuse

LEAST_UNITS = 2
"""A house with one unit cannot ask another: its permits are noted only."""


@objector
def one_unit_only(permit: Permit, actor: Actor, at: datetime) -> Refusal | None:
    """Everybody who decided belongs to one unit, though the permit is above the limits."""
    if len(teams(permit.party, at.date())) < LEAST_UNITS:
        return None
    if not above_limits(permit, limits_of(permit.party, at)):
        return None
    people = acting(permit.application, actor.label)
    if not people or not one_unit(permit.party, people):
        return None
    return refuse("two-units", "This permit is above the limits of internal control, and everybody who worked on it is "
                  "of one unit: let somebody of another unit issue it, or write why it cannot wait.", field="explained",
                  basis=("House rule: two units",))
