"""`quota.bind`: lines of permits bound to a quota a second, each in its own transaction, beside the least SQL."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from benchmarks.measure import Peer, Result
from benchmarks.seal import record

ROUNDS = 400


def bind() -> Result:
    """One quota that many officers want: lock, check, ledger line, balance and hold, committed."""
    from django.db import connection, transaction

    from wildgate.apps.quotas import services
    from wildgate.apps.quotas.models import Quota
    from wildgate.convention.listing import law
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC)
    amina = settle("QM", "Demoland", at)["amina"]
    permit = replace(record(), party="QM", issued_at=at)
    permit = replace(permit, exporter=replace(permit.exporter, country="QM"), lines=tuple(
        replace(line, origin=replace(line.origin, country="QM")) for line in permit.lines[:1]))
    new = services.NewQuota("QM", permit.lines[0].taxon, Decimal(10) ** 9, date(at.year, 1, 1), date(at.year, 12, 31),
                            unit=permit.lines[0].unit)
    if not isinstance(services.register(actor=amina, new=new, at=at), Quota):
        raise RuntimeError("the quota of the benchmark could not be set")

    began = time.perf_counter()
    for turn in range(ROUNDS):
        with transaction.atomic():
            bound = services.bind(permit, law=law(), subject=f"application:{turn}", organisation=1, actor="person:1",
                                  at=at)
    took = time.perf_counter() - began
    if not isinstance(bound, dict) or not bound:
        raise RuntimeError(f"the benchmark bound nothing: {bound}")

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_ledger (id integer primary key, quantity integer)")
        cursor.execute("CREATE TABLE bench_balance (id integer primary key, free integer CHECK (free >= 0))")
        cursor.execute("INSERT INTO bench_balance VALUES (1, 1000000000)")
        began = time.perf_counter()
        for turn in range(ROUNDS):
            with transaction.atomic():
                cursor.execute("UPDATE bench_balance SET free = free - 30 WHERE id = 1")
                cursor.execute("INSERT INTO bench_ledger VALUES (%s, 30)", [turn])
        bare = time.perf_counter() - began
    return Result("quota.bind", ROUNDS / took, "1/s", (
        Peer("bare SQL: one guarded update, one insert", ROUNDS / bare, "1/s"), Peer("target", 100, "1/s")))


BENCHES = {"quota.bind": bind}
