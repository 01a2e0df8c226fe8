"""A declaration that asked about a permit is told, while it is open, when the permit may not be used any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wildgate.apps.balances.models import Watch
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.prepared import Insert

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

OPEN_FOR: Final = timedelta(days=30)
"""A declaration is taken for open so long after its last question (house value)."""
TOLD: Final = (PermitAct.SUSPENDED, PermitAct.REINSTATED, PermitAct.CANCELLED, PermitAct.REPLACED, PermitAct.LOST,
               PermitAct.RETURNED)
KIND: Final = "write-off-watch"


def watch(permit: Permit, reference: str, item: int, *, actor: str, at: datetime) -> None:
    """Remember who asked; asked again, the watch lasts longer. Inside a transaction."""
    _watch.save([Watch(party=permit.party, permit=permit, reference=reference, item=item, actor=actor, opened_at=at,
                       until=at + OPEN_FOR)])


_watch: Final = Insert(Watch, conflict="ON CONFLICT (permit_id, reference, item) DO UPDATE SET "
                                       "actor = EXCLUDED.actor, until = EXCLUDED.until, closed_at = EXCLUDED.closed_at")


def close(permit: Permit, reference: str, item: int, *, at: datetime) -> None:
    """The declaration's item is done with: released, given back or withdrawn."""
    Watch.objects.filter(permit=permit, reference=reference, item=item, closed_at=None).update(closed_at=at)


def close_one(key: int | None, *, at: datetime) -> None:
    """The same of the watch with this key, where one is open."""
    if key is not None:
        close_each([key], at=at)


def close_each(keys: Collection[int], *, at: datetime) -> None:
    """The same of several."""
    if keys:
        Watch.objects.filter(pk__in=keys, closed_at=None).update(closed_at=at)


def tell(permit: Permit, act: str, *, at: datetime) -> int:
    """Append an event for every open watch; how many there were. Inside a transaction."""
    rows = list(Watch.objects.select_for_update().filter(permit=permit, closed_at=None, until__gt=at).order_by("pk"))
    for row in rows:
        events.append(KIND, permit.subject, party=permit.party, actor=events.SYSTEM, at=at, data={
            "reference": row.reference, "item": row.item, "act": act, "state": permit.status.state, "for": row.actor})
        row.told_at = at
        row.save(update_fields=["told_at"])
    return len(rows)
