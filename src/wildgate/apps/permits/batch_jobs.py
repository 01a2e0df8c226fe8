"""Many decisions that one officer asked for at once, worked off in the background."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.permits.models import Batch
from wildgate.kit import jobs
from wildgate.kit.jobs import job

SLICE: Final = 120.0
"""Seconds after which the job makes room for others and is asked for again; far below its lease."""


@job
def work_off_batch(*, at: datetime, batch: int) -> None:
    """Decide what is left of a batch, in the name of who asked for it and with the rights they have now."""
    from wildgate.apps.permits.services.batches import work_off  # loads all that seals: only where it is done

    found = Batch.objects.select_related("by").filter(pk=batch, done_at=None).first()
    if found is not None and not work_off(found, actor_of(found.by, at.date()), at, until=time.monotonic() + SLICE):
        jobs.enqueue(work_off_batch, str(found.pk), party=found.party, at=at, batch=found.pk)
