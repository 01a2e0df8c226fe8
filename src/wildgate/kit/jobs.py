"""Jobs: what happens after a commit (documents, signed lists, messages), once, in order, and again after a failure.

A job is a row written in the transaction that calls for it, so a rolled-back change leaves no job and a
committed one cannot lose it. Jobs are idempotent and named by a business key: while one waits, a second
request for the same key is the same job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from wildgate.kit import holding, tracks
from wildgate.kit.models import Job
from wildgate.kit.prepared import Insert

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
ATTEMPTS = 8
_registry: dict[str, Callable[..., None]] = {}
_mourners: list[str] = []


def register(function: Callable[..., None]) -> str:
    """Make a function known to workers by its dotted name; the name is what the table holds."""
    name = f"{function.__module__.rpartition('.')[0].rpartition('.')[2]}.{function.__name__}"
    _registry[name] = function
    return name


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: `function(at=..., **payload)` may be enqueued."""
    register(function)
    return function


def when_dead(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: `function(at=..., dead=...)` runs as a job when another job has failed for the last time."""
    _mourners.append(register(function))
    return function


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job to be asked for together with others: its name, business key, payload, and when it is due."""

    name: str
    key: str
    payload: Mapping[str, Any]
    due: datetime


def wanted(function: Callable[..., None] | str, key: str, *, due: datetime, **payload: Any) -> Wanted:
    """A job as `enqueue_all` takes it."""
    return Wanted(function if isinstance(function, str) else register(function), key, payload, due)


def enqueue(function: Callable[..., None] | str, key: str, *, party: str, at: datetime, **payload: Any) -> None:
    """Ask for a job after the current transaction. A job of the same name and key that still waits is enough."""
    enqueue_all([wanted(function, key, due=at, **payload)], party=party)


def enqueue_all(asked: Iterable[Wanted], *, party: str) -> None:
    """Ask for several jobs in one statement.

    The row that waits is touched, not only looked at: its lock keeps a worker from running it before this
    transaction's change can be seen.
    """
    last = {(each.name, each.key): each for each in asked}
    track = tracks.current()
    _insert.save([Job(party=party, name=each.name, key=each.key, payload=each.payload, run_after=each.due, track=track)
                  for each in last.values()])


def enqueue_each(names: Iterable[str], key: str, *, party: str, at: datetime, **payload: Any) -> None:
    """Ask for several jobs under one key, in one statement."""
    enqueue_all([Wanted(name, key, payload, at) for name in names], party=party)


_insert: Final = Insert(Job, conflict="ON CONFLICT (party, name, key) WHERE state = 'waiting' "
                                      "DO UPDATE SET run_after = EXCLUDED.run_after")


def enqueue_daily(function: Callable[..., None], key: str, hour: int, *, party: str, at: datetime) -> None:
    """Ask for the next run of what runs each day at an hour (UTC); one that waits already is enough."""
    today = at.replace(hour=hour, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        enqueue(function, key, party=party, at=today if today > at else today + timedelta(days=1), party_code=party)


def revive(job: Job, at: datetime) -> None:
    """Let a dead job begin again; a newer request for the same key that waits does its work already."""
    with transaction.atomic():
        if Job.objects.filter(party=job.party, name=job.name, key=job.key, state=Job.State.WAITING).exists():
            job.delete()
            return
        job.state, job.attempts, job.run_after, job.last_error = Job.State.WAITING, 0, at, ""
        job.save()


def run_pending(limit: int = 100_000, resting: Collection[str] = ()) -> int:
    """Run what is due now, one after the other; the number of jobs done. A job that fails waits for its next try, and
    one whose name is in `resting` for a worker that does not leave it out.
    """
    done = 0
    while done < limit and (job := claim(resting)) is not None:
        run(job)
        done += 1
    return done


def claim(resting: Collection[str] = ()) -> Job | None:
    """Take the next due job under a lease, so that two workers never run the same one at once; none that is `resting`.

    Times are those of the database: a worker whose clock is ahead neither takes what another is doing, nor what is not
    due yet.
    """
    due = Q(state=Job.State.WAITING, run_after__lte=Now()) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    taken: list[int] = []
    with transaction.atomic():
        open_ = (Job.objects.select_for_update(skip_locked=True).filter(due).exclude(name__in=resting)
                 .order_by("run_after", "id"))
        while (job := open_.exclude(pk__in=taken).first()) is not None:
            if holding.hold(job.pk):
                break
            taken.append(job.pk)
        if job is None:
            return None
        job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
        Job.objects.filter(pk=job.pk).update(state=job.state, attempts=job.attempts, lease_until=Now() + LEASE)
        return job


def take_back() -> None:
    """For a worker that begins: what the dead had in hand need not wait for the end of a lease. Only where locks tell
    (`holding`): the living keep theirs, as `claim` asks for the lock too."""
    if holding.tells():
        Job.objects.filter(state=Job.State.RUNNING).update(lease_until=Now() - timedelta(seconds=1))


def run(job: Job) -> None:
    """Run one claimed job to its end. Any failure is kept with the job: a worker must outlive a bad one."""
    key = job.pk
    try:
        with tracks.on(job.track):
            _run(job)
    finally:
        holding.let_go(key)


def _run(job: Job) -> None:
    try:
        _registry[job.name](at=timezone.now(), **job.payload)
    except Exception as error:  # noqa: BLE001  (the worker's last line of defence; the error is kept and retried)
        log.warning("job %s failed at attempt %s: %s", job.name, job.attempts, type(error).__name__)
        put_back(job, f"{type(error).__name__}: {error}")
    else:
        job.delete()


def put_back(job: Job, error: str) -> None:
    """Let a failed job wait, longer each time; after the last attempt it is dead and a person must look."""
    job.last_error = error[:300]
    job.state = Job.State.DEAD if job.attempts >= ATTEMPTS else Job.State.WAITING
    job.run_after = timezone.now() + timedelta(seconds=2 ** job.attempts)
    job.lease_until = None
    try:
        with transaction.atomic():
            job.save()
            if job.state == Job.State.DEAD and job.name not in _mourners:
                for name in _mourners:
                    enqueue(name, str(job.pk), party=job.party, at=timezone.now(), dead=job.pk)
    except IntegrityError:  # a newer request for the same key waits already: it does this one's work
        job.delete()
