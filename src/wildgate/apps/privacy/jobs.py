"""Copies that people asked for, each day the rules of retention, and reminders of what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wildgate.apps.privacy import telling
from wildgate.apps.privacy.services import asking, retention
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job

HOUR: Final = 3
"""UTC."""


def begin(party: str, at: datetime) -> None:
    """Ask for the next day's run; one that waits already is enough."""
    enqueue_daily(each_day, "daily", HOUR, party=party, at=at)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Carry the rules out, and ask for the next day."""
    begin(party_code, at)
    retention.run(party_code, at)


@job
def make_copy(*, at: datetime, request: int) -> None:
    """Make the copy that somebody asked for, once."""
    asking.make_copy(request, at)


@job
def forget_copy(*, at: datetime, request: int) -> None:
    """Remove a copy whose seven days are over."""
    asking.forget_copy(request, at)


@events.subscribe("incident-opened")
def watch_incident(*, subject: str, seq: int, at: datetime) -> None:
    """A clock of data protection began: look again at half of its time and at its end."""
    telling.watch(subject, seq, at)


@job
def look_at_incident(*, at: datetime, party_code: str, subject: str, kind: str) -> None:
    """Remind those who can do something about it, once, unless it was done by then."""
    telling.remind(party_code, subject, kind, at)


@events.subscribe("privacy-asked")
@events.subscribe("privacy-copy-made")
def tell(*, subject: str, seq: int, at: datetime) -> None:
    """An erasure waits for a second person; a copy is ready. Run again, nobody is told twice."""
    telling.tell(subject, seq, at)
