"""A clock that jumps: nothing is done twice, nothing signed for the future, nobody signed in for a year."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from tests.cast import NOON, _issue
from tests.house import the_house

from wildgate.apps.permits import sealing
from wildgate.kit import jobs
from wildgate.kit.models import Job
from wildgate.seal import status
from wildgate.seal.status_index import index_path, read_index
from wildgate.seal.trust import read_trust_list
from wildgate.site.books import lists
from wildgate.site.cli.jobs import bring_forward

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.mark.processes
def test_a_worker_whose_clock_is_ahead_takes_nothing_that_another_has_in_hand(own_database, monkeypatch):
    """On PostgreSQL leases go by the server's clock; on SQLite the first worker's lock stands until it dies."""
    Job.objects.create(party="QM", name="a.b", key="1", run_after=timezone.now())
    first = the_house().start({**os.environ, "WILDGATE_DURABLE": "no",
                               "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}, "tests.faults.worker")
    try:
        assert first.stdout.readline() == "has\n"
        now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: now + HOUR)
        if connection.vendor == "sqlite":  # what that worker's clock makes of the lease
            Job.objects.update(lease_until=now - HOUR)

        assert jobs.claim() is None
    finally:
        first.kill()
        first.wait()
    Job.objects.update(lease_until=now - HOUR)
    job = jobs.claim()
    assert job is not None
    assert job.attempts == 2


@pytest.mark.django_db
def test_lists_that_were_signed_while_the_clock_was_ahead_are_signed_anew(cast, settings):
    shutil.rmtree(Path(settings.HOME) / "status", ignore_errors=True)
    permit, now = _issue(cast, NOON, None), datetime.now(UTC)
    uri, trust = f"QM/{permit.shard}", Path(settings.HOME) / "trust.cwt"
    sealing.publish("QM", permit.shard, now + YEAR)
    file, index = (Path(settings.HOME) / "status" / path for path in (status.status_path(uri), index_path("QM")))
    ahead = read_trust_list(trust.read_bytes(), None)
    for each in (file, index):
        os.utime(each, ((now + YEAR).timestamp(), (now + YEAR).timestamp()))
    Job.objects.all().delete()
    assert ["signed in the future" in fault.says for fault in lists.every_list("QM", now)] == [True]

    sealing.refresh(now)

    ring, behind = sealing.own_keys("QM"), read_trust_list(trust.read_bytes(), None)
    assert list(lists.every_list("QM", now + HOUR)) == []
    assert read_index(index.read_bytes(), "QM", ring).shards[uri].issued_at == int(now.timestamp())
    assert behind.issued_at < now + HOUR < ahead.issued_at
    assert behind.sequence > ahead.sequence


@pytest.mark.django_db
def test_who_signed_in_while_the_clock_was_ahead_is_not_signed_in_for_a_year(settings):
    now = timezone.now()
    for key, ahead in (("usual", HOUR), ("future", YEAR)):
        Session.objects.create(session_key=key, session_data=SessionStore().encode({}),
                               expire_date=now + timedelta(seconds=settings.SESSION_COOKIE_AGE) + ahead - HOUR)

    bring_forward()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["usual"]
