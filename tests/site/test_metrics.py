"""`/metrics`: numbers for whoever has the token, in the format that Prometheus reads, and about nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import issued

from wildgate.apps.accounts.models import Emergency
from wildgate.kit import jobs
from wildgate.kit.models import Job

TOKEN = "a-token-for-the-watchers"
LINE = re.compile(r'wildgate_[a-z_]+(?:\{(?:[a-z_]+="[^"\n]*",?)+\})? [0-9.e+-]+')


@pytest.fixture
def watcher(settings):
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def number(text: str, name: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).rpartition(" ")[2])


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong"])
def test_without_the_token_there_is_no_such_page(db, settings, shown):
    settings.METRICS_TOKEN = TOKEN

    assert Client(headers={"Authorization": shown}).get("/metrics").status_code == 404


def test_an_installation_without_a_token_has_no_such_page(db, settings):
    settings.METRICS_TOKEN = ""

    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


def test_every_line_is_one_that_prometheus_reads(watcher, cast, at):
    issued(cast, at)

    text = watcher.get("/metrics").content.decode()

    assert [line for line in text.splitlines() if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    assert number(text, "wildgate_permits") == 1
    assert "mario" not in text.lower()
    assert "lacuna" not in text.lower()


def test_a_job_that_is_late_and_one_that_fails_are_seen(watcher, cast, at):
    @jobs.job
    def signs(at):
        raise AssertionError("never run here")
    jobs.enqueue(signs, "one", party="QM", at=at - timedelta(days=2))
    Job.objects.create(party="QM", name="permits.write_documents", key="x", run_after=at, attempts=3, last_error="no")

    text = watcher.get("/metrics").content.decode()

    assert number(text, "wildgate_jobs_oldest_due_seconds") > 2 * 86_400
    assert number(text, "wildgate_sign_failures") == 1


def test_an_emergency_right_is_seen_while_it_runs_and_when_nobody_reviewed_it(watcher, cast):
    for hours in (1, 100):
        Emergency.objects.create(party="QM", person_id=cast["amina"].person_id, reason="nobody else is there tonight",
                                 begun_at=timezone.now() - timedelta(hours=hours), minutes=240)

    text = watcher.get("/metrics").content.decode()

    assert number(text, "wildgate_emergency_rights_running") == 1
    assert number(text, "wildgate_emergency_rights_overdue") == 1


def test_few_statements_whatever_there_is(watcher, cast, at, django_assert_max_num_queries):
    issued(cast, at)

    with django_assert_max_num_queries(10):
        watcher.get("/metrics")
