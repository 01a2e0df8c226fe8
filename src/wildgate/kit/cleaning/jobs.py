"""After an attachment's time: forget it."""

from __future__ import annotations

from datetime import datetime

from wildgate.kit.cleaning import keeping
from wildgate.kit.jobs import job


@job
def forget(*, at: datetime, held: int) -> None:
    """Remove the original and the working copy, unless they are to be kept longer by now."""
    keeping.forget_when_due(held, at)
