"""`wildgate privacy`: the register; the list of erasures, repeated after an old backup was restored; retention."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from wildgate.site.cli import open_without_home

BAD_INPUT = 2
PARTS = {"party", "person", "code", "proof"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("privacy", help="the register, erasures and their list, retention by hand")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    listed = verbs.add_parser("list", help="every erasure as a line of JSON, without names")
    listed.set_defaults(run=run_list)
    replay = verbs.add_parser("replay", help="repeat the erasures of a list on a database restored from before them")
    replay.add_argument("list", metavar="FILE", type=Path, help="erasures.jsonl of the home that was lost, or a list")
    replay.set_defaults(run=run_replay)
    due = verbs.add_parser("retention", help="say what the rules let go today; with --apply, carry them out")
    due.add_argument("--apply", action="store_true", help="delete what is due and not held")
    due.set_defaults(run=run_retention)
    register = verbs.add_parser("register", help="the record of processing as a page (docs/data-protection.md)")
    register.set_defaults(run=run_register, needs_database=False)
    for each in (listed, replay, due, register):
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")


def run_list(args: argparse.Namespace) -> int:
    from wildgate.apps.privacy.models import Erasure
    from wildgate.apps.privacy.services import erasing
    for made in Erasure.objects.order_by("pk"):
        print(json.dumps(erasing.as_line(made), sort_keys=True))
    return 0


def run_replay(args: argparse.Namespace) -> int:
    """Exit status 1 when one of them could not be repeated, because something of it is held."""
    from wildgate.apps.privacy.services import erasing
    lines = []
    for number, text in enumerate(args.list.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict) or not line.keys() >= PARTS:
            print(f"wildgate privacy replay: line {number} of {args.list} is no erasure.", file=sys.stderr)
            return BAD_INPUT
        lines.append(line)
    done, left = erasing.replay(lines, datetime.now(UTC))
    print(f"{done} erasures repeated.")
    for code in left:
        print(f"wildgate privacy replay: {code} was not erased: something of it is held, or the person holds a post.",
              file=sys.stderr)
    return 1 if left else 0


def run_register(args: argparse.Namespace) -> int:
    open_without_home()
    from wildgate.apps.privacy import documentation
    print(documentation.page(), end="")
    return 0


def run_retention(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.privacy import retaining
    from wildgate.apps.privacy.services import retention
    at = datetime.now(UTC)
    if args.apply:
        gone = retention.run(settings.PARTY, at)
        print("\n".join(f"{code}: {count} gone" for code, count in gone.items()) or "Nothing was due.")
        return 0
    for due in retaining.dry_run(settings.PARTY, at.date()):
        print(f"{due.rule.code}: {due.count} due, {due.held} held ({due.rule.years or 'no'} years)")
    return 0
