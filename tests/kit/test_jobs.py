"""Jobs: enqueued with the change, run once, tried again, kept when they fail for good."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from wildgate.kit import holding, jobs
from wildgate.kit.models import Job

AT = datetime(2026, 1, 1, tzinfo=UTC)
ran: list[str] = []


@jobs.job
def note_down(*, at: datetime, what: str) -> None:
    ran.append(what)


@jobs.job
def fail(*, at: datetime) -> None:
    raise ValueError("the printer is on fire")


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


def ask(what: str, key: str | None = None) -> None:
    with transaction.atomic():
        jobs.enqueue(note_down, key or what, party="QM", at=AT, what=what)


@pytest.mark.django_db
def test_a_job_runs_once_and_leaves_the_table():
    ask("a")

    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0
    assert ran == ["a"]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_that_waits_already_is_enough():
    ask("a", "list 1")
    ask("a", "list 1")
    ask("b", "list 2")

    jobs.run_pending()

    assert ran == ["a", "b"]


@pytest.mark.django_db
def test_a_rolled_back_change_leaves_no_job():
    class Stop(Exception):
        pass

    @transaction.atomic
    def rolled_back():
        jobs.enqueue(note_down, "a", party="QM", at=AT, what="a")
        raise Stop

    with pytest.raises(Stop):
        rolled_back()

    assert jobs.run_pending() == 0


@pytest.mark.django_db
def test_a_failed_job_waits_longer_each_time_and_is_kept_when_dead():
    jobs.enqueue(fail, "x", party="QM", at=AT)

    jobs.run_pending()

    job = Job.objects.get()
    assert job.state == Job.State.WAITING
    assert "the printer is on fire" in job.last_error
    assert job.run_after > timezone.now()
    for _ in range(jobs.ATTEMPTS):
        Job.objects.update(run_after=AT)
        jobs.run_pending()
    assert Job.objects.get().state == Job.State.DEAD


@pytest.mark.django_db
def test_work_of_a_killed_worker_is_taken_up_when_its_lease_ends():
    ask("a")
    assert jobs.claim() is not None
    assert jobs.run_pending() == 0

    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert jobs.run_pending() == 1
    assert ran == ["a"]


HELD = "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.lockf(file, fcntl.LOCK_EX, 1, int(sys.argv[2])); " \
       "print('held', flush=True); sys.stdin.read()"


@pytest.mark.django_db
def test_a_worker_that_begins_takes_over_from_the_dead_at_once_and_never_from_the_living(settings):
    """On PostgreSQL a worker may be on another machine: nobody's lease is ended before its time."""
    taken = ["dead"] if connection.vendor == "sqlite" else []
    for what in ("living", "dead"):
        ask(what)
        assert jobs.claim() is not None
    for job in Job.objects.all():
        holding.let_go(job.pk)
    living = Job.objects.get(key="living")
    command = [sys.executable, "-c", HELD, str(settings.HOME / "jobs.lock"), str(living.pk)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None and worker.stdout.readline() == b"held\n"

        jobs.take_back()

        assert jobs.run_pending() == len(taken)
    assert ran == taken


def test_two_workers_never_run_the_same_job(own_database, at_once):
    for i in range(30):
        ask(f"{i}")

    done = at_once(jobs.run_pending, jobs.run_pending, jobs.run_pending)

    assert sum(done) == 30
    assert sorted(ran, key=int) == [str(i) for i in range(30)]


def test_a_request_made_while_its_job_waits_is_not_run_before_its_change_can_be_seen(own_database, at_once):
    """A worker that ran the waiting job before the requester commits would miss the requester's change."""
    ask("first", "list 1")
    asked, ran_meanwhile = threading.Event(), []

    def requester() -> None:
        with transaction.atomic():
            jobs.enqueue(note_down, "list 1", party="QM", at=AT, what="first")
            asked.set()
            worker_tried.wait(5)

    worker_tried = threading.Event()

    def worker() -> None:
        assert asked.wait(5)
        if transaction.get_connection().vendor == "postgresql":
            ran_meanwhile.append(jobs.run_pending())
        worker_tried.set()

    at_once(requester, worker)

    assert sum(ran_meanwhile) == 0
    assert jobs.run_pending() == 1


def test_a_worker_knows_every_apps_jobs_without_being_told():
    """In a process of its own: nothing but the start of Django may be needed."""
    code = "import django; django.setup(); from wildgate.kit import jobs; print(sorted(jobs._registry))"
    known = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}).stdout

    assert "permits.write_documents" in known
    assert "permits.publish_status" in known


@pytest.mark.parametrize(("now", "due"), [("03:59", "04:00"), ("04:00", "28:00"), ("23:10", "28:00")])
def test_what_runs_each_day_waits_once_for_the_next_time_of_its_hour(db, now, due):
    midnight = datetime(2027, 3, 3, tzinfo=UTC)

    def after(text: str) -> datetime:
        hours, minutes = text.split(":")
        return midnight + timedelta(hours=int(hours), minutes=int(minutes))

    @jobs.job
    def daily(at, party_code):
        raise AssertionError("never run here")
    for _twice in range(2):
        jobs.enqueue_daily(daily, "daily", 4, party="QM", at=after(now))

    waiting = Job.objects.get(name__endswith=".daily")
    assert (waiting.run_after, waiting.payload) == (after(due), {"party_code": "QM"})


@pytest.mark.django_db
def test_jobs_are_asked_for_in_one_statement_and_one_that_waits_is_enough(django_assert_num_queries):
    jobs.enqueue("tests.one", "k", party="QM", at=AT, n=1)
    later = AT + timedelta(hours=1)

    with django_assert_num_queries(2):
        jobs.enqueue("tests.one", "k", party="QM", at=later, n=2)
        jobs.enqueue_all([jobs.wanted("tests.two", "k", due=AT), jobs.wanted("tests.one", "k", due=AT),
                          jobs.wanted("tests.two", "k", due=later), jobs.wanted("tests.two", "l", due=AT)], party="QM")

    assert sorted(Job.objects.values_list("name", "key", "run_after")) == [
        ("tests.one", "k", AT), ("tests.two", "k", later), ("tests.two", "l", AT)]
    assert Job.objects.get(name="tests.one").payload == {"n": 1}


@pytest.mark.django_db
def test_a_job_that_runs_is_not_the_one_that_is_asked_for():
    Job.objects.create(party="QM", name="tests.one", key="k", state=Job.State.RUNNING, run_after=AT)

    jobs.enqueue("tests.one", "k", party="QM", at=AT)

    assert sorted(Job.objects.values_list("state", flat=True)) == ["running", "waiting"]
