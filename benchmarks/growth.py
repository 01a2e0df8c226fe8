"""`growth`: what each act and page costs on PostgreSQL with 10^4, 10^5 and 10^6 permits in the register.

A database server of its own is made for it, filled in steps (`growth_rows`), and thrown away. At each size: the
milliseconds on the clock (least, 50th and 95th percentile), of the processor (of this process, and of the server's that
works for it; the least of the visits each), the number of SQL statements, how long the slowest of them took, and how
many rows the server read, which a busy machine does not change. Not part of a plain `wildgate bench`: ask for it by
name. WILDGATE_GROWTH names other sizes, WILDGATE_GROWTH_PARTIES other Parties that share the tables (then QM has the
first size, the others the rest), WILDGATE_GROWTH_OUT a file for slow plans.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import Result, percentile

SIZES = (10_000, 100_000, 1_000_000)
VISITS = 5
CHOICES = ("shared_buffers=512MB", "work_mem=16MB", "max_wal_size=4GB", "effective_cache_size=4GB",
           "random_page_cost=1.1", "autovacuum=off")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sizes() -> list[int]:
    given = os.environ.get("WILDGATE_GROWTH", "")
    return [int(each) for each in given.split(",")] if given else list(SIZES)


def growth() -> Result:
    """The case list's worst page at the largest size; everything else in `detail`."""
    from tests.postgres import LOOPBACK, Cluster, tools
    with tempfile.TemporaryDirectory(prefix="wildgate-growth-") as made:
        Path(made).chmod(0o755)
        cluster = Cluster(Path(made) / "server", tools())
        try:
            cluster.make()
            cluster.start(*CHOICES)
            cluster.ask("CREATE DATABASE register")
            env = {**os.environ, "DATABASE_URL": f"postgresql://wildgate@{LOOPBACK}:{cluster.port}/register",
                   "WILDGATE_HOME": tempfile.mkdtemp(prefix="wildgate-growth-home-"), "WILDGATE_PARTY": "QM",
                   "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
            done = subprocess.run([sys.executable, "-m", "benchmarks.growth"], env=env, stdout=subprocess.PIPE,
                                  text=True, check=True, cwd=Path(__file__).resolve().parents[1])
        finally:
            cluster.stop()
    detail = json.loads(done.stdout.splitlines()[-1])
    worst = max((value for name, value in detail.items() if name.startswith(f"{max(sizes())} page") and "p95" in name))
    return Result("growth", worst, "ms", (), detail)


class Measured:
    """What was measured at one size."""

    def __init__(self, size: int, plans: list[str]) -> None:
        self.size, self.plans = size, plans
        self.found: dict[str, float] = {}

    def note(self, name: str, value: float) -> None:
        self.found[f"{self.size} {name}"] = round(value, 2)
        print(f"{self.size:>9} {name}: {value:,.2f}", file=sys.stderr, flush=True)

    def times(self, name: str, act: Callable[[], object], visits: int = VISITS) -> None:
        """Milliseconds of an act on the clock, its statements, and the plan of its slowest one where that is slow."""
        from django.db import connection
        act()
        asked, before = Asked(), rows_read(connection)
        with connection.execute_wrapper(asked):
            act()
        self.note(f"{name} rows read", rows_read(connection) - before)
        took, worked, served = [], [], []
        for _ in range(visits):
            serving, began, busy = processor_ms(connection), time.perf_counter(), time.process_time()
            act()
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
            served.append(processor_ms(connection) - serving)
        took.sort()
        for what, value in (("least ms", took[0]), ("p50 ms", percentile(took, 0.5)),
                            ("p95 ms", percentile(took, 0.95)), ("own processor ms", min(worked)),
                            ("database processor ms", min(served)),
                            ("statements", len(asked.each)),
                            ("slowest statement ms", asked.slowest[0] * 1000)):
            self.note(f"{name} {what}", value)
        if asked.slowest[0] > 0.02:
            self._plan(name, *asked.slowest)

    def _plan(self, name: str, seconds: float, sql: str, values: Any) -> None:
        from django.db import connection
        if not sql.startswith("SELECT") or "FOR UPDATE" in sql:
            return
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, values)
            lines = "\n".join(row[0] for row in cursor.fetchall())
        self.plans.append(f"== {self.size} {name}: {seconds:.3f} s\n{sql[:3000]}\n{str(values)[:500]}\n{lines}\n")


def rows_read(connection: Any) -> int:
    """Rows and index entries that the server has read for anybody so far: a busy machine changes nothing about it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables")
        tables = int(cursor.fetchone()[0])
        cursor.execute("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes")
        return tables + int(cursor.fetchone()[0])


def processor_ms(connection: Any) -> float:
    """Milliseconds that the server's process for this connection has worked so far; 0 where Linux does not say."""
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e6 if told.exists() else 0.0


class Asked:
    """What an act asks the database: each statement with its time."""

    def __init__(self) -> None:
        self.each: list[tuple[float, str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.each.append((time.perf_counter() - began, sql, params))

    @property
    def slowest(self) -> tuple[float, str, Any]:
        return max(self.each, key=lambda each: each[0], default=(0.0, "", ()))


def measure(size: int, people: Any, plans: list[str]) -> dict[str, float]:
    """Every act and page at one size."""
    from django.db import connection
    from tests.cast import ready

    from wildgate.apps.figures import counting
    from wildgate.apps.permits import services
    from wildgate.kit import jobs
    found = Measured(size, plans)
    at = datetime.now(UTC)
    cases = iter([ready(people, at) for _ in range(VISITS + 2)])
    found.times("issue", lambda: services.issue(actor=people["amina"], case=next(cases), at=at))
    began, done = time.perf_counter(), jobs.run_pending()
    found.note("documents ms each job", (time.perf_counter() - began) * 1000 / max(done, 1))
    began = time.perf_counter()
    counting.rebuild("QM", datetime.now(UTC))
    found.note("figures counted anew s", time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    gc.collect()
    gc.freeze()  # as a process that serves does when it is warm (`site/warming.py`)
    pages(found, people, size)
    files(found)
    return found.found


def pages(found: Measured, people: Any, size: int) -> None:
    """The desks' pages, as a browser asks for them."""
    from django.test import Client

    from wildgate.apps.accounts.models import Person
    from wildgate.apps.permits.models import Permit
    middle = f"25QM{min(size, int(os.environ.get('WILDGATE_GROWTH_OWN', size))) // 2:07d}E"
    case = Permit.objects.select_related("application").get(number=middle).application.number
    clients: dict[str, Any] = {"": Client()}
    for name in ("amina", "ana", "mario", "jean", "ito"):
        clients[name] = Client()
        clients[name].force_login(Person.objects.get(pk=people[name].person_id), backend=BACKEND)
    for who, path in (
            ("amina", "/cases/"), ("amina", "/cases/?tab=closed"), ("amina", "/cases/?tab=closed&page=300"),
            ("amina", "/cases/?tab=closed&q=porosus"), ("amina", f"/cases/?tab=closed&q={case}"),
            ("amina", f"/cases/{case}/"), ("amina", "/permits/"), ("amina", "/permits/?page=400"),
            ("amina", "/permits/?q=porosus"), ("amina", f"/permits/?q={middle}"), ("amina", f"/permits/{middle}/"),
            ("amina", "/quotas/"), ("amina", "/standing/"), ("mario", "/apply/"), ("mario", "/permits/"),
            ("ito", "/science/"), ("jean", "/border/"), ("jean", "/permits/"), ("jean", "/border/registers/"),
            ("ana", "/audit/"), ("ana", "/audit/?firm=Firm"), ("ana", "/audit/?person=Keita"),
            ("ana", f"/audit/permits/{middle}/"), ("ana", "/reports/"), ("ana", "/reports/?basis=issued"),
            ("ana", "/figures/"), ("ana", "/figures/use/"),
            ("ana", "/controls/"), ("", "/statistics/"), ("", "/verify/")):
        answer = clients[who].get(path)
        if answer.status_code != 200:
            print(f"{who} {path}: {answer.status_code}", file=sys.stderr)
            continue
        found.times(f"page {who or 'anyone'} {path.replace(middle, 'PERMIT').replace(case, 'CASE')}",
                    partial(clients[who].get, path))


def files(found: Measured) -> None:
    """What is written out of the register: lists, reports, the walk of the chain, the backup."""
    from wildgate.apps.permits import sealing
    from wildgate.apps.reports import selectors
    from wildgate.convention.report_row import Part
    from wildgate.kit import events
    from wildgate.site.backup.databases import copy_out
    now = datetime.now(UTC)
    acts: list[tuple[str, Callable[[], object]]] = [
        ("status list of one shard", partial(sealing.publish, "QM", "25Q1/0", now)),
        ("day's changes", partial(sealing.publish_delta, "QM", now))]
    for name, act in acts:
        began = time.perf_counter()
        act()
        found.note(f"{name} s", time.perf_counter() - began)
    began, year = time.perf_counter(), now.year - 1
    rows = sum(1 for _ in selectors.rows("QM", year, Part.EXPORTS))
    found.note("annual report s", (took := time.perf_counter() - began))
    found.note("annual report rows a second", rows / took)
    began, count = time.perf_counter(), events.count("QM")
    assert events.verify("QM") is None
    found.note("chain walked s", (took := time.perf_counter() - began))
    found.note("chain events a second", count / took)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        copy_out(Path(folder) / "dump")
        found.note("backup s", time.perf_counter() - began)
        found.note("backup MB", (Path(folder) / "dump").stat().st_size / 1e6)


def main() -> int:
    import django
    django.setup()
    from django.conf import settings
    from django.db import connection
    from tests.cast import issued

    from benchmarks.growth_rows import Filler
    from wildgate.apps.customs import services as customs
    from wildgate.apps.permits.models import Permit
    from wildgate.site.database.migrating import bring_up_to_date
    from wildgate.site.demo.cast import settle
    bring_up_to_date()
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["testserver"]
    now = datetime.now(UTC)
    people = settle("QM", "Demoland", now - timedelta(days=2))
    first = issued(people, now - timedelta(days=1))
    line = first.lines.get()
    customs.endorse(actor=people["jean"], number=first.number, stage="export", quantities={"A": line.quantity},
                    port="Kivu-2", transport_document="1", at=now)
    others = tuple(filter(None, os.environ.get("WILDGATE_GROWTH_PARTIES", "").split(",")))
    steps, own = sizes(), 0
    if others:
        os.environ["WILDGATE_GROWTH_OWN"] = str(own := steps[0])
    filler = Filler(connection, Permit.objects.get(pk=first.pk), most=max(SIZES), own=own, others=others)
    found: dict[str, float] = {}
    plans: list[str] = []
    before = 0
    for size in steps:
        began = time.perf_counter()
        filler.fill(before, size)
        print(f"{size} filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        found |= measure(size, people, plans)
        before = size
        if out := os.environ.get("WILDGATE_GROWTH_OUT"):
            Path(out).write_text("\n".join(plans))
    print(json.dumps(found))
    return 0


BENCHES = {"growth": growth}

if __name__ == "__main__":
    sys.exit(main())
