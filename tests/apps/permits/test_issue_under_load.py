"""Many officers at once, and the power that fails between any two steps of an issue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from tests.apps.permits.twins import twin
from tests.cast import NOON, ready

from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Permit
from wildgate.kit import events
from wildgate.kit.models import Event, Job, Series

OFFICERS = 20
ISSUE_UNTIL_KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from django.db import connection, connections, transaction
from wildgate.apps.permits.services import issuing
from wildgate.site.demo.cast import actors

at = datetime.fromisoformat(sys.argv[2])
amina = actors(at)["amina"]

def issue_and_die_at(step):
    written = 0
    def write(execute, sql, params, many, context):
        nonlocal written
        done = execute(sql, params, many, context)
        if sql.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            written += 1
            if written == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return done
    with connection.execute_wrapper(write):
        print(issuing.issue(actor=amina, case=sys.argv[1], at=at), file=sys.stderr)
    os._exit(0)

with transaction.atomic():  # once, and undone: every child begins with the law read and the keys open
    issuing.issue(actor=amina, case=sys.argv[1], at=at)
    transaction.set_rollback(True)

for line in sys.stdin:
    connections.close_all()
    child = os.fork()
    if child == 0:
        issue_and_die_at(int(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Forks a process for each line on standard input, which issues the case and is killed after that many writes, wherever
in the program they are made; prints its end. Between two writes the database is the same whatever line is at work."""


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


@contextmanager
def issuer(case: str) -> Iterator[Callable[[int], int]]:
    """Issue `case` in a process that dies at the given step; the value is its exit status."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    with subprocess.Popen([sys.executable, "-c", ISSUE_UNTIL_KILLED, case, NOON.isoformat()], env=env, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        def run(step: int) -> int:
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            return int(process.stdout.readline())
        yield run
        process.stdin.close()


def is_whole(case: str) -> bool:
    """All rows and events of the issue are there. A half-written one fails the test."""
    permits = Permit.objects.filter(application__number=case)
    traces = {
        "permit": permits.count(), "lines": sum(permit.lines.count() for permit in permits),
        "status": sum(hasattr(permit, "status") for permit in permits),
        "events": Event.objects.filter(kind="permit-issued").count(),
        "step": Event.objects.filter(kind="issue").count(),
        "state": Application.objects.filter(number=case, state="issued").count(),
        "documents": Job.objects.filter(name="permits.write_documents").count(),
        "numbers": sum(Series.objects.filter(name="permit").values_list("last", flat=True)),
    }
    assert len(set(traces.values())) == 1, traces
    return traces["permit"] == 1


@pytest.mark.processes
def test_a_process_killed_between_any_two_writes_leaves_no_permit_or_a_whole_one(settled):
    case = ready(settled, NOON)
    outcomes = []

    with issuer(case) as issue_until:
        for step in range(1, 200):
            ended = issue_until(step)
            outcomes.append(is_whole(case))
            if ended == 0:
                break
            assert ended == -signal.SIGKILL
            assert step % 10 or events.verify("QM") is None
    assert events.verify("QM") is None

    assert outcomes[-1] is True
    assert not any(outcomes[:-1]), "the permit became visible before the transaction ended"
    assert len(outcomes) > 15


def test_many_officers_issuing_at_once_get_a_permit_each_with_gapless_numbers(settled, at_once):
    first = ready(settled, NOON)
    cases = [twin(first, f"case-{turn}") for turn in range(OFFICERS)]

    permits = at_once(*[lambda case=case: services.issue(actor=settled["amina"], case=case, at=datetime.now(UTC))
                        for case in cases])

    serials = sorted(int(permit.number[4:10]) for permit in permits)
    assert serials == list(range(1, OFFICERS + 1))
    assert Permit.objects.values("shard", "status_index").distinct().count() == OFFICERS
    assert events.verify("QM") is None


def test_two_officers_issuing_the_same_case_make_one_permit(settled, at_once):
    case = ready(settled, NOON)

    outcomes = at_once(*[lambda: services.issue(actor=settled["amina"], case=case, at=NOON)] * 2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Permit", "Refusal"]
    assert Permit.objects.count() == 1
