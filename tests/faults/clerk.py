"""A clerk as a program, for the siege: `python -m tests.faults.clerk prepare|work|tell`.

`prepare` makes people, a quota and the key of a customs system. `work` issues permits without a pause, endorses some,
cancels some and leaves others to the customs system, and says in a line what the database has acknowledged. `tell` does
what waits, and says what is there and whether the books balance.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

ANSWERS: dict[str, Any] = {
    "direction": "export", "purpose": "T", "other_country": "QZ", "other_name": "Quartz Leather Co",
    "other_address": "5 Basalt Street, Quartz City, Quartzland",
    "lines": [{"taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "3", "unit": "NAR",
               "source": "W", "origin": "QM"}],
}


def prepare() -> None:
    """A house that can issue, with a quota that every permit binds; the customs system's key is said."""
    from wildgate.apps.accounts.models import Authority
    from wildgate.apps.gateway import services as gateway
    from wildgate.apps.gateway.models import Program
    from wildgate.apps.quotas import services as quotas
    from wildgate.site.demo.cast import settle
    at = datetime.now(UTC) - timedelta(hours=1)
    who = settle("QM", "Demoland", at)
    quota = quotas.register(actor=who["amina"], at=at, new=quotas.NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(1_000_000), start=date(at.year, 1, 1),
        end=date(at.year + 1, 12, 31), terms=("SKI",), sources=("W",)))
    program = gateway.add_program(actor=who["sam"], name="Siege", role=Program.Kind.CUSTOMS_SYSTEM, station="Kivu-2",
                                  body=Authority.objects.get(kind=Authority.Kind.CUSTOMS), at=at)
    assert isinstance(program, Program), (quota, program)
    limits = gateway.change_limits(actor=who["sam"], program=program.pk, daily_quota=1_000_000, per_minute=10_000,
                                   at=at)
    key = gateway.give_key(actor=who["sam"], program=program.pk, at=at)
    assert isinstance(key, tuple), (limits, key)
    say("key", key[1])


def work(pause: float) -> None:
    """Until it is killed or its reader is gone."""
    from django.db import DatabaseError, close_old_connections

    from wildgate.site.demo.cast import actors
    turn = 0
    while True:
        close_old_connections()
        try:
            at = datetime.now(UTC)
            one_permit(actors(at), at, turn)
        except (DatabaseError, OSError) as fault:
            if isinstance(fault, BrokenPipeError):
                return
            say("fault", type(fault).__name__)
            time.sleep(0.3)
        turn += 1
        time.sleep(pause)


def one_permit(who: dict[str, Any], at: datetime, turn: int) -> None:
    from tests.cast import _ready

    from wildgate.apps.customs import services as customs
    from wildgate.apps.customs.models import Endorsement
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Permit
    permit = services.issue(actor=who["amina"], case=_ready(who, at, ANSWERS), at=at)
    assert isinstance(permit, Permit), permit
    say("issued", permit.number)
    if turn % 3 == 0:
        done = customs.endorse(actor=who["jean"], number=permit.number, stage="export", quantities={"A": "2"},
                               port="Kivu-2", transport_document=f"AWB {permit.number}", at=at)
        assert isinstance(done, Endorsement), done
        say("endorsed", permit.number)
    elif turn % 3 == 1:
        ended = services.cancel(actor=who["amina"], number=permit.number, reason="The buyer went away.", at=at)
        assert isinstance(ended, Permit), ended
        say("cancelled", permit.number)
    else:
        say("left", permit.number)


def tell() -> None:
    """Do what waits as if the leases of the killed had ended, then say what is there."""
    from django.db.models import Count
    from django.utils import timezone

    from wildgate.apps.customs.models import Endorsement
    from wildgate.apps.permits.models import Permit
    from wildgate.apps.tips.models import Tip
    from wildgate.kit import jobs
    from wildgate.kit.models import Event, Job, Series
    from wildgate.site.books import checking
    for _again in range(3):
        now = timezone.now()
        Job.objects.filter(state=Job.State.RUNNING).update(lease_until=now - timedelta(seconds=1))
        Job.objects.filter(state=Job.State.WAITING, attempts__gt=0).update(run_after=now)
        jobs.run_pending()
    endorsed = dict(Endorsement.objects.values_list("permit__number").annotate(all=Count("pk")))
    issues = Event.objects.filter(kind="permit-issued").values_list("subject", flat=True)
    print(json.dumps({
        "permits": list(Permit.objects.order_by("pk").values_list("number", flat=True)),
        "states": dict(Permit.objects.values_list("number", "status__state")), "endorsed": endorsed,
        "issues": max(Counter(issues).values(), default=0), "tips": Tip.objects.count(),
        "events": Event.objects.count(),
        "last": sum(Series.objects.filter(name="permit").values_list("last", flat=True)),
        "dead": [str(job) for job in Job.objects.filter(state=Job.State.DEAD)],
        "late": Job.objects.filter(state=Job.State.WAITING, run_after__lte=timezone.now()).count(),
        "faults": [f"{fault.thing}: {fault.says}" for fault in checking.faults(timezone.now())]}), flush=True)


def say(kind: str, what: str) -> None:
    print(kind, what, flush=True)


def main() -> int:
    from wildgate.site.cli import open_home
    deed = sys.argv[1]
    open_home(None, migrate=deed == "prepare")
    if deed == "work":
        work(float(sys.argv[2]))
    else:
        {"prepare": prepare, "tell": tell}[deed]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
