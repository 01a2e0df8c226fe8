"""`wildgate upgrade`: from the former release to this one, with a backup before and a proof after."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from wildgate.site import env

if TYPE_CHECKING:
    from wildgate.site.upgrading import running


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "upgrade", help="bring this installation to the release that is installed",
        description="Looks the installation over, takes a backup, changes the tables (one process alone), compares the "
                    "audit chain and the rows that are never taken away, and says what is new. Exit status: 0 done or "
                    "nothing to do, 1 not done, with the steps that lead back.")
    parser.add_argument("--backup", metavar="DIR", type=Path, help="where the backup goes, in a folder of its own "
                        "(default: the folder `backups` of the home)")
    parser.add_argument("--check", action="store_true", help="say what would be done; change nothing")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_tables=False)


def run(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from django.conf import settings
    from django.db import connection

    from wildgate.site.backup.databases import NotDone
    from wildgate.site.cli.doctor import everything
    from wildgate.site.upgrading import running
    if "kit_chainhead" not in connection.introspection.table_names():
        print(f"{settings.HOME} holds no installation yet: there is nothing to upgrade.", file=sys.stderr)
        return 2
    plan = running.planned()
    if args.check or not plan.waiting:
        return _tell_plan(args, plan)
    at, began = datetime.now(UTC), time.monotonic()
    folder = (args.backup or settings.HOME / "backups") / f"before-upgrade-{at:%Y%m%dT%H%M%SZ}"
    passphrase = env.text("WILDGATE_BACKUP_PASSPHRASE")
    try:
        done = running.upgrade(folder, settings.HOME, party=settings.PARTY, passphrase=passphrase, at=at,
                               look=lambda: everything(here=True), progress=_tell)
    except NotDone as fault:
        print(f"wildgate upgrade: {fault}", file=sys.stderr)
        return 1
    if not passphrase:
        print("The backup is NOT encrypted, so private keys were left out: they stay in this home's folder `keys`.",
              file=sys.stderr)
    _tell_done(args, done, time.monotonic() - began)
    return 0 if done.done else 1


def _tell_plan(args: argparse.Namespace, plan: running.Upgrade) -> int:
    if args.json:
        print(json.dumps(asdict(plan), indent=2))
        return 0
    if not plan.waiting:
        print("Nothing to do: the tables are those of this program.")
        return 0
    print(f"From {plan.since or 'an older state'}: {plan.waiting} changes of tables.")
    if plan.stop:
        print(f"Stop the service first (systemctl stop wildgate): the former release cannot work beside "
              f"{', '.join(plan.stop)}.")
    else:
        print("The former release can go on serving meanwhile.")
    return 0


def _tell_done(args: argparse.Namespace, done: running.Upgrade, seconds: float) -> None:
    from wildgate.site.upgrading import running
    if args.json:
        print(json.dumps({**asdict(done), "seconds": round(seconds, 1)}, indent=2))
    else:
        for head in done.heads:
            print(f"{head['party']}: {head['seq']} events, head {head['hash'][:16]}")
        print(f"Backup: {done.backup}")
    if done.faults:
        for each in done.faults:
            print(f"wildgate upgrade: {each}", file=sys.stderr)
        print("\n".join(["To go back:", *running.way_back(Path(done.backup), done.since)]), file=sys.stderr)
    elif not args.json:
        print(f"Upgraded from {done.since or 'an older state'} in {seconds:.1f} s: {done.waiting} changes of tables, "
              "the chain ends where it did.")
        for note in done.news:
            print("\n".join(["", note.title, *note.lines]))


def _tell(step: str) -> None:
    print(f"  {step} ...", file=sys.stderr)
