"""After a file was handed in: work it off, and forget it in time."""

from __future__ import annotations

from datetime import datetime

from wildgate.kit.jobs import job
from wildgate.kit.uploads import services


@job
def work_off(*, at: datetime, upload: int) -> None:
    """Take the file in, once."""
    services.work_off(upload, at)


@job
def forget(*, at: datetime, upload: int) -> None:
    """Remove the file and what was made of it."""
    services.forget(upload)
