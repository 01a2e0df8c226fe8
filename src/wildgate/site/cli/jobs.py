"""`wildgate jobs`: what waits, what failed for good, and a worker that does it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import timedelta


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("jobs", help="run or list background jobs")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    work = verbs.add_parser("work", help="run jobs as they come, until stopped")
    work.add_argument("--once", action="store_true", help="run what is due now, then end")
    work.add_argument("--beside", action="store_true", help="a second worker: jobs only, the first keeps the clock")
    work.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    work.add_argument("--under", type=int, metavar="PID", help="end when this parent process is gone")
    work.set_defaults(run=run_worker)
    listing = verbs.add_parser("list", help="list waiting and dead jobs")
    listing.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listing.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    listing.set_defaults(run=run_list)


REFRESH_SECONDS = 60.0
IDLE_SECONDS, FAULT_SECONDS = 0.2, 2.0
SLICES = 20
"""So many thousand events are counted for the figures at a time; the rest waits for the next minute."""


def run_worker(args: argparse.Namespace) -> int:
    """Work through the table; an idle worker looks again after a fifth of a second. Signed lists are kept fresh. A
    database that is away or a disk that is full is waited for."""
    from django.db import DatabaseError, close_old_connections

    from wildgate.kit import jobs
    from wildgate.site import profiles
    resting = profiles.resting()
    if args.once:
        print(f"{jobs.run_pending(resting=resting)} jobs done")
        return 0
    begun, refreshed, quiet = bool(args.beside), 0.0, ""
    while args.under is None or os.getppid() == args.under:
        try:
            close_old_connections()
            if not begun:
                jobs.take_back()
                bring_forward()
                begin_days()
                begun = True
            if not args.beside and time.monotonic() - refreshed > REFRESH_SECONDS:
                refresh_lists()
                keep_up()
                refreshed = time.monotonic()
            if not jobs.run_pending(resting=resting):
                time.sleep(IDLE_SECONDS)
            quiet = ""
        except (DatabaseError, OSError) as fault:  # the database is away, or the disk is full: it comes back
            quiet = complain(fault, quiet)
            time.sleep(FAULT_SECONDS)
    return 0


def complain(fault: Exception, before: str) -> str:
    """One line for each new trouble, not one for each try."""
    says = (str(fault).splitlines() or [type(fault).__name__])[0]
    if says != before:
        print(f"wildgate jobs: {says}; trying again every {FAULT_SECONDS:.0f} seconds.", file=sys.stderr, flush=True)
    return says


AT_ONCE = ("permits.write_documents", "permits.publish_status")
"""What is asked for with a permit is due at once. So is what follows an event: its key ends with the event's number."""


def bring_forward() -> None:
    """What was to be done at once, asked for while the clock was ahead, is due now and not in a year; and who signed in
    then is signed in for the usual hours and not for a year."""
    from django.conf import settings
    from django.contrib.sessions.models import Session
    from django.db.models import Q
    from django.utils import timezone

    from wildgate.kit.models import Job
    now = timezone.now()
    Job.objects.filter(Q(name__in=AT_ONCE) | Q(key__contains="#"), state=Job.State.WAITING,
                       run_after__gt=now + timedelta(hours=1)).update(run_after=now)
    Session.objects.filter(expire_date__gt=now + timedelta(hours=1, seconds=settings.SESSION_COOKIE_AGE)).delete()


def begin_days() -> None:
    """What runs once a day asks for its next day itself; a worker that starts makes sure that it does."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.accounts.jobs import begin
    from wildgate.apps.exchange.jobs import begin as begin_post
    from wildgate.apps.explorer.jobs import begin as begin_trade
    from wildgate.apps.hub.jobs import begin as begin_hub
    from wildgate.apps.intelligence.jobs import begin as begin_intelligence
    from wildgate.apps.intelligence.stream.digest import begin as begin_digests
    from wildgate.apps.market.jobs import begin as begin_market
    from wildgate.apps.notices.jobs import begin as begin_notices
    from wildgate.apps.privacy.jobs import begin as begin_privacy
    from wildgate.apps.reports.jobs import begin as begin_reports
    from wildgate.apps.signals.jobs import begin as begin_signals
    from wildgate.apps.tips.jobs import begin as begin_tips
    from wildgate.site.operations.jobs import begin as begin_operations
    for each in (begin, begin_post, begin_hub, begin_reports, begin_trade, begin_signals, begin_tips,
                 begin_intelligence, begin_digests, begin_market, begin_notices, begin_privacy,
                 begin_operations):
        each(settings.PARTY, timezone.now())


def keep_up() -> None:
    """Count what is new for the figures, publish statistics, and draw the control samples of days that are over."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.controls import samples
    from wildgate.apps.figures import counting, publishing
    for _slice in range(SLICES):
        if not counting.catch_up(settings.PARTY, timezone.now()):
            break
    publishing.publish(settings.PARTY, timezone.now())
    samples.keep(settings.PARTY, timezone.now())


def refresh_lists() -> None:
    """Sign again what is about to look stale; an installation without keys yet has nothing to sign."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.permits import sealing
    from wildgate.site.audit_export import heads
    if sealing.ready(settings.PARTY, timezone.now()) is None:
        sealing.refresh(timezone.now())
        heads.publish(settings.PARTY, timezone.now())


def run_list(args: argparse.Namespace) -> int:
    from wildgate.kit.models import Job
    rows = [{"name": job.name, "key": job.key, "state": job.state, "attempts": job.attempts, "error": job.last_error}
            for job in Job.objects.order_by("id")[:1000]]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['state']:8} {row['name']} {row['key']} {row['error']}")
    print(f"{len(rows)} jobs")
    return 0
