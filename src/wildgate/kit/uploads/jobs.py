"""After a file was handed in: work it off, and forget it in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from wildgate.kit import holds
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.uploads import services
from wildgate.kit.uploads.models import Upload


@job
def work_off(*, at: datetime, upload: int) -> None:
    """Take the file in, once."""
    services.work_off(upload, at)


@job
def forget(*, at: datetime, upload: int) -> None:
    """Remove the file and what was made of it; one that is held is looked at again the next day."""
    found = Upload.objects.filter(pk=upload).first()
    if found is not None and holds.held(found.party, f"upload:{upload}"):
        with transaction.atomic():
            enqueue(forget, str(upload), party=found.party, at=at + timedelta(days=1), upload=upload)
        return
    services.forget(upload)
