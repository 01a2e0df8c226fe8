"""A listing is looked at again: is it still there, did it come back under another address?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.market.models import Listing
from wildgate.kit import events

GONE, BACK, RELISTED = "listing-gone", "listing-back", "listing-relisted"


def seen_again(listing: Listing, *, present: bool, at: datetime, by: str) -> Listing:
    """Note that somebody looked again. `by` is the label of who did. Only a change is an event."""
    with transaction.atomic():
        row = Listing.objects.select_for_update().get(pk=listing.pk)
        before = row.gone_at
        if present:
            row.last_seen, row.gone_at = max(row.last_seen, at), None
        elif before is None:
            row.gone_at = at
        row.save(update_fields=["last_seen", "gone_at"])
        if (before is None) != present:
            events.append(BACK if present else GONE, row.subject, party=row.party, actor=by, at=at)
    listing.last_seen, listing.gone_at = row.last_seen, row.gone_at
    return row


def relisted(old: Listing, new: Listing, at: datetime) -> None:
    """Note that what was offered as `old` is offered again as `new`."""
    if old.party != new.party or old.pk == new.pk:
        return
    with transaction.atomic():
        row = Listing.objects.select_for_update().get(pk=old.pk)
        if row.relisted_as_id == new.pk:
            return
        row.relisted_as = new
        row.save(update_fields=["relisted_as"])
        events.append(RELISTED, row.subject, party=row.party, actor=events.SYSTEM, at=at, data={"as": new.number})
