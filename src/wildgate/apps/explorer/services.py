"""Writes: our own events into the trade store, each night and when an officer asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.explorer import own
from wildgate.apps.explorer.models import OwnRefresh
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.worldtrade.store import store_at

JOB, NIGHTLY = "explorer.append_own", "explorer.each_night"
ASKED = "trade-refresh-asked"
HOUR = 2
"""UTC, a house value: when the own rows are written each night."""


def folder() -> Path:
    """Where the trade store lies."""
    return Path(settings.HOME) / "trade"


def refresh_now(*, actor: Actor, at: datetime) -> OwnRefresh | Refusal:
    """An officer does not wait for the night. Asked again while it waits, it is the same work."""
    if refused := require(actor, Action.REFRESH_TRADE):
        return refused
    with transaction.atomic():
        found, _made = OwnRefresh.objects.select_for_update().get_or_create(
            party=actor.party, defaults={"asked_at": at, "asked_by": actor.label})
        found.state, found.asked_at, found.asked_by = OwnRefresh.State.WAITING, at, actor.label
        found.save()
        events.append(ASKED, f"trade:{actor.party}", party=actor.party, actor=actor.label, at=at)
        jobs.enqueue(JOB, "own", party=actor.party, at=at, party_code=actor.party)
    return found


def append(party: str, *, at: datetime) -> OwnRefresh:
    """Write the own rows anew. Where nothing changed, the store stays as it is.

    The state is seen while the rows are written, so it is saved before. A store in which somebody else writes is tried
    again by the worker.
    """
    State = OwnRefresh.State
    OwnRefresh.objects.update_or_create(
        party=party, create_defaults={"asked_at": at, "asked_by": events.SYSTEM, "state": State.RUNNING,
                                      "began_at": at}, defaults={"state": State.RUNNING, "began_at": at})
    rows = list(own.rows(party))
    done = store_at(folder()).append(rows, at=at)
    if isinstance(done, Refusal):
        OwnRefresh.objects.filter(party=party).update(state=State.FAILED, problem=done.reason[:500])
        raise RuntimeError(done.reason)
    OwnRefresh.objects.filter(party=party).update(state=State.DONE, done_at=at, rows=len(rows), problem="")
    return OwnRefresh.objects.get(party=party)


def next_night(at: datetime) -> datetime:
    """The next time that the own rows are written by themselves."""
    due = at.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return due if at < due else due + timedelta(days=1)
