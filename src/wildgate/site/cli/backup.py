"""`wildgate backup` and `wildgate restore`: the whole installation into a folder, and back from it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from wildgate.site import env

BAD_INPUT = 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="copy database, documents, lists and keys into a new folder")
    backup.add_argument("folder", metavar="DIR", type=Path, help="a new or empty folder")
    restore = commands.add_parser("restore", help="make an empty home from a backup, and prove that nothing is lost")
    restore.add_argument("folder", metavar="DIR", type=Path, help="the folder of a backup")
    restore.add_argument("--head", metavar="FILE|NUMBER:HASH",
                         help="the newest head of the chain that you know of: tells whether the backup is an old one")
    for parser, run in ((backup, run_backup), (restore, run_restore)):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
        parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        parser.set_defaults(run=run)
    backup.set_defaults(needs_tables=False)
    restore.set_defaults(needs_database=False)


def run_backup(args: argparse.Namespace) -> int:
    """People may work on meanwhile; the backup is of one moment."""
    from datetime import UTC, datetime

    from django.conf import settings
    from django.db import connection

    from wildgate.site.backup import remembering, taking
    from wildgate.site.backup.databases import NotDone

    passphrase, began, at = env.text("WILDGATE_BACKUP_PASSPHRASE"), time.monotonic(), datetime.now(UTC)
    if "kit_chainhead" not in connection.introspection.table_names():
        print(f"{settings.HOME} holds no installation yet: there is nothing to back up.", file=sys.stderr)
        return BAD_INPUT
    try:
        manifest = taking.take(args.folder, settings.HOME, passphrase=passphrase, at=at,
                               party=settings.PARTY, engine=connection.vendor, progress=_tell)
    except NotDone as fault:
        print(f"wildgate backup: {fault}", file=sys.stderr)
        return 1
    try:
        remembering.remember(settings.HOME, remembering.LastBackup(at, keys=bool(passphrase)))
    except OSError as fault:  # the backup is good all the same
        print(f"wildgate backup: {settings.HOME} cannot be written to ({fault.strerror}), so doctor and metrics do not "
              "know of this backup.", file=sys.stderr)
    if not passphrase:
        print("The backup is NOT encrypted, so private keys were left out: set WILDGATE_BACKUP_PASSPHRASE to include "
              "them, or keep the folder `keys` and the file `secret` safe elsewhere.", file=sys.stderr)
    _report(args, manifest, f"Backed up to {args.folder} in {time.monotonic() - began:.1f} s.")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Exit status 1 when the backup cannot be restored whole, or its chain does not hold."""
    if args.home:
        os.environ["WILDGATE_HOME"] = args.home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
    import django

    from wildgate.convention.refusal import Refusal
    from wildgate.site.backup import restoring
    from wildgate.site.backup.databases import NotDone
    from wildgate.site.books.head import typed

    if args.head and isinstance(known := typed(args.head), Refusal):
        print(f"wildgate restore: {known.reason}", file=sys.stderr)
        return BAD_INPUT
    began = time.monotonic()
    try:
        manifest = restoring.restore(args.folder, env.home(), passphrase=env.text("WILDGATE_BACKUP_PASSPHRASE"),
                                     progress=_tell)
    except NotDone as fault:
        print(f"wildgate restore: {fault}", file=sys.stderr)
        return 1
    django.setup()
    from wildgate.kit import events
    from wildgate.site.cli import open_home
    breaks = [found for head in manifest["heads"] if (found := events.verify(head["party"]))]
    for found in breaks:
        print(f"{found.party}: the chain breaks at event {found.seq}: {found.reason}.", file=sys.stderr)
    open_home(None, migrate=True)
    _report(args, manifest, f"Restored to {env.home()} in {time.monotonic() - began:.1f} s; "
                            f"{'the chain does NOT hold' if breaks else 'the chain holds'}.")
    older = _older(manifest["party"], args.head)
    if not manifest["encrypted"]:
        print("Private keys are not in this backup: put `keys` and `secret` back, or make new keys (wildgate keys).",
              file=sys.stderr)
    return 1 if breaks or older else 0


def _older(party: str, head: str | None) -> bool:
    """Whether a published head, or the one that was given, knows more than the backup; said in a line each."""
    from wildgate.convention.refusal import Refusal
    from wildgate.site.books import heads
    found = list(heads.every_head(party))
    known = heads.given(head, party) if head else None
    if isinstance(known, Refusal):
        print(f"wildgate restore: {known.reason}", file=sys.stderr)
    elif known is not None and (fault := heads.disagrees(known, party)):
        found.append(fault)
    for fault in found:
        print(f"{fault.says}\n{fault.do}", file=sys.stderr)
    return bool(found) or isinstance(known, Refusal)


def _report(args: argparse.Namespace, manifest: dict[str, Any], sentence: str) -> None:
    if args.json:
        print(json.dumps({**manifest, "folder": str(args.folder)}, indent=2))
        return
    for head in manifest["heads"]:
        print(f"{head['party']}: {head['seq']} events, head {head['hash'][:16]}")
    print(f"{sum(manifest['counts'].values())} rows, {manifest['files']} files. {sentence}")


def _tell(step: str) -> None:
    print(f"  {step} ...", file=sys.stderr)
