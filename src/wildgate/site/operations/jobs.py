"""The drill runs as a job, one at a time; each day somebody looks for what ends."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.permits.sealing import keys
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job
from wildgate.site.operations import ending
from wildgate.site.operations.drilling import Drill, drill

KIND: Final = "restore-drilled"
HOUR: Final = 5
"""UTC."""


def begin(party: str, at: datetime) -> None:
    """Ask for the next morning's look; one that waits already is enough."""
    enqueue_daily(each_day, "daily", HOUR, party=party, at=at)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Tell what ends soon, and ask for the next day."""
    begin(party_code, at)
    ending.tell(ending.endings(keys().parts(party_code, at), Path(settings.HOME), at), party_code, at)


@job
def run_drill(*, at: datetime, party_code: str) -> None:
    """A worker may think that another one died and begin again: the second one finds the door closed."""
    home = Path(settings.HOME)
    descriptor = os.open(home / "drill.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        record(drill(home, party_code, at), party_code, at)
    finally:
        os.close(descriptor)


def record(done: Drill, party: str, at: datetime) -> None:
    """The result is an event: it is kept, and nobody can change it."""
    with transaction.atomic():
        events.append(KIND, f"installation:{party}", party=party, actor=events.SYSTEM, at=at, data={
            "result": "green" if done.green else "red", "seconds": done.seconds, "step": done.step,
            "events": done.events, "rows": done.rows}, note=done.says[:2000])
