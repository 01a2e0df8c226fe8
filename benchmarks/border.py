"""`border.endorse`: endorsements a second by several officers at once, each in a process of its own.

On many permits everybody works alone until the Party's chain of events, which is one line for all; on one permit they
wait for its lock as well, and ask for more than it has: the sum must never exceed it. Both are done one by one, and in
messages of 50 as a single window sends them. Beside it the same of the ledger by itself: a quantity is set aside under
the permit's lock, with its claim and its movement, and nothing else is done: no event, no seal, no job. PostgreSQL
where TEST_POSTGRES_URL or DATABASE_URL names a server, else SQLite, which has one writer at a time.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.measure import Peer, Result

OFFICERS, ROUNDS, FIRST = 4, 30, 99_000
MESSAGES, MESSAGE = 4, 50
AUTHORISED, ASKED = 1000, 25
MODES = ("many", "one", "batch", "batch-one", "ledger", "ledger-one")
BATCHED = FIRST + OFFICERS * ROUNDS
"""From here a permit for each release of a message; after these, one for all of each kind."""
SHARED = {mode: BATCHED + OFFICERS * MESSAGES * MESSAGE + i
          for i, mode in enumerate(("one", "batch-one", "ledger-one"))}
WARM = {mode: max(SHARED.values()) + 1 + i * OFFICERS * MESSAGE for i, mode in enumerate(MODES[:4])}
"""Permits of the message with which each program gets warm before it is timed, as a service that runs is."""
LAST = max(WARM.values()) + OFFICERS * MESSAGE
HERE = Path(__file__).resolve().parent.parent


def endorse() -> Result:
    """Calls a second on many permits; beside it on one, and what is wanted of the largest Party."""
    server = os.environ.get("TEST_POSTGRES_URL", "")
    name = f"wildgate_bench_{os.getpid()}"
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "WILDGATE_HOME": home, "PYTHONPATH": f"{HERE / 'src'}{os.pathsep}{HERE}",
               "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl() if server else ""}
        if server:
            _on_server(server, f'CREATE DATABASE "{name}"')
        try:
            made = _child(env, "prepare")
            made.communicate()
            if made.returncode:
                raise RuntimeError("the permits of the benchmark could not be made")
            many, one, batch, batch_one, ledger, ledger_one = (_run(env, mode) for mode in MODES)
        finally:
            if server:
                _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')
    kind = "PostgreSQL" if server else "SQLite"
    return Result("border.endorse", many["rate"], "1/s", (
        Peer("wanted", 1000, "1/s"), Peer(f"on one permit ({kind})", one["rate"], "1/s"),
        Peer(f"in messages of {MESSAGE}", batch["rate"], "1/s"),
        Peer("in messages, on one permit", batch_one["rate"], "1/s"),
        Peer("ledger alone", ledger["rate"], "1/s"), Peer("ledger alone, on one permit", ledger_one["rate"], "1/s")),
        {"officers": OFFICERS, "processor ms a call": many["busy"], "in messages": batch["busy"],
         "of the ledger alone": ledger["busy"], "calls on one permit": one["calls"],
         "of them yes": one["yes"], "in messages yes": batch_one["yes"], "written off of 1000": one["consumed"]})


def _run(env: dict[str, str], mode: str) -> dict[str, float]:
    """All officers begin together once each of them is ready; then the invariant is asked. The time is from the first
    call to the last answer: starting and ending a program is no part of it."""
    officers = [_child(env, mode, str(i)) for i in range(OFFICERS)]
    for each in officers:
        each.stdout.readline()  # type: ignore[union-attr]
    for each in officers:
        each.stdin.write("go\n")  # type: ignore[union-attr]
        each.stdin.flush()  # type: ignore[union-attr]
    made = [each.communicate()[0].split() for each in officers]
    took = max(float(each[3]) for each in made) - min(float(each[2]) for each in made)
    yes, busy = sum(int(each[0]) for each in made), sum(float(each[1]) for each in made)
    told: dict[str, float] = json.loads(_child(env, f"check-{mode}").communicate()[0])
    calls = OFFICERS * (MESSAGES * MESSAGE if mode.startswith("batch") else ROUNDS)
    return told | {"calls": calls, "yes": yes, "rate": calls / took, "busy": round(1000 * busy / calls, 1)}


def _child(env: dict[str, str], *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.border", *args], env=env, cwd=HERE, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _on_server(url: str, statement: str) -> None:
    import psycopg
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement)


class AsMuch(random.Random):
    """Chance that gives each permit the same quantity."""

    def randint(self, a: int, b: int) -> int:
        return AUTHORISED


def prepare(who: dict[str, Any], at: datetime) -> None:
    """A permit for each call, and three that the house lets be written off many times."""
    from tests.cast import issued

    from benchmarks import crowd
    from wildgate.apps.balances.models import ProcedureRow
    from wildgate.apps.permits.models import Permit, PermitStatus
    model = Permit.objects.get(pk=issued(who, at - timedelta(days=1)).pk)
    numbers = range(FIRST, LAST)
    crowd._batch(model, crowd._holders(at), numbers, at, AsMuch(1))
    PermitStatus.objects.update(state="valid")
    ProcedureRow.objects.create(
        party="QM", procedure="1", kind="export-permit", state="", allowed=True, managed=True, several=True,
        stage="export", start=at.date(), why="Benchmark.", proposed_by_id=who["amina"].person_id, proposed_at=at,
        confirmed_by_id=who["nadia"].person_id, confirmed_at=at)


def work(who: dict[str, Any], at: datetime, mode: str, officer: int) -> str:
    """One officer's calls, after a message to get warm and when told to go: how many were answered with yes, the
    seconds that they kept busy, and the moments when they began and ended."""
    from benchmarks import crowd
    from wildgate.apps.balances.asking import WriteOff
    from wildgate.apps.customs.services.consuming import consume_each
    from wildgate.convention.refusal import Refusal
    if mode.startswith("ledger"):
        return set_aside(who, at, mode, officer)
    together = mode.startswith("batch")
    turns, first = (MESSAGES * MESSAGE, BATCHED) if together else (ROUNDS, FIRST)

    def ask(number: int, name: str) -> WriteOff:
        return WriteOff(crowd._number(number), block="A", quantity=Decimal(ASKED), reference=f"{mode}-{officer}-{name}",
                        procedure="1000", post="Kivu-2", transport_document="020-1")

    asked = [ask(SHARED.get(mode, first + officer * turns + turn), str(turn)) for turn in range(turns)]
    warm = [ask(WARM[mode] + officer * MESSAGE + turn, f"warm-{turn}") for turn in range(MESSAGE)]
    work_off = consume_each if together else one_by_one
    work_off(actor=who["jean"], asked=warm, at=at)
    print("ready", flush=True)
    sys.stdin.readline()
    began, clock = time.process_time(), time.time()
    made = work_off(actor=who["jean"], asked=asked, at=at)
    return f"{sum(not isinstance(each, Refusal) for each in made)} {time.process_time() - began} {clock} {time.time()}"


def one_by_one(*, actor: Any, asked: list[Any], at: datetime) -> list[Any]:
    """The call for one, for each."""
    from wildgate.apps.customs.services import writing_off
    return [writing_off.consume(actor=actor, asked=each, at=at) for each in asked]


def set_aside(who: dict[str, Any], at: datetime, mode: str, officer: int) -> str:
    """One officer's calls of the ledger alone."""
    from benchmarks import crowd
    from wildgate.apps.permits.selectors import permit_of
    permits = [permit_of("QM", crowd._number(SHARED.get(mode, FIRST + officer * ROUNDS + turn)))
               for turn in range(ROUNDS)]
    print("ready", flush=True)
    sys.stdin.readline()
    began, clock = time.process_time(), time.time()
    made = [_set_aside(permit, who["jean"], f"{mode}-{officer}-{turn}", at) for turn, permit in enumerate(permits)]
    return f"{sum(made)} {time.process_time() - began} {clock} {time.time()}"


def _set_aside(permit: Any, actor: Any, reference: str, at: datetime) -> bool:
    from django.db import transaction

    from wildgate.apps.balances.ledger import Book, Named
    from wildgate.convention import writeoff
    with transaction.atomic():
        book = Book.lock(permit, actor=actor, at=at, reference=reference)
        claim = book.claim("A", reference, 1)
        moves = writeoff.reserve(book.rows["A"].sums, claim.share, Decimal(ASKED), block="A")
        if book.write(claim, moves, Named(reference)):
            return False
        book.save()
    return True


def check() -> dict[str, float]:
    """Nothing is written off beyond what a permit has, every ledger agrees, and the chain of events holds."""
    from wildgate.apps.balances import selectors
    from wildgate.apps.balances.models import Balance
    from wildgate.kit import events
    rows = list(Balance.objects.all())
    if any(row.consumed + row.reserved > row.authorised or not selectors.agrees(row) for row in rows):
        raise RuntimeError("more was written off than a permit has")
    if (broken := events.verify("QM")) is not None:
        raise RuntimeError(f"the chain of events is broken: {broken}")
    return {"consumed": float(max((row.consumed for row in rows), default=0))}


def main(args: list[str]) -> None:
    from wildgate.site.cli import open_home
    open_home(None, migrate=args[0] == "prepare")
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC)
    if args[0].startswith("check"):
        print(json.dumps(check()))
        return
    who = settle("QM", "Demoland", at)
    if args[0] == "prepare":
        prepare(who, at)
    else:
        print(work(who, at, args[0], int(args[1])))


BENCHES = {"border.endorse": endorse}

if __name__ == "__main__":
    main(sys.argv[1:])
