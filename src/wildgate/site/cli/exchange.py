"""`wildgate exchange log check`: are the messages that passed between authorities still the ones that are kept?"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("exchange", help="check the log of messages with other Parties")
    rooms = parser.add_subparsers(metavar="WHAT", required=True)
    log = rooms.add_parser("log", help="the log of messages, in and out")
    verbs = log.add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", help="hold every body that must be kept against the SHA-256 of its row")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    check.set_defaults(run=run_check)


def run_check(args: argparse.Namespace) -> int:
    """Exit status 1 when a body was changed or is missing; each such message is named."""
    from wildgate.apps.exchange import transport
    found = transport.recheck_all(datetime.now(UTC).date())
    holds = not found.faults
    if args.json:
        print(json.dumps({"holds": holds, "messages": found.messages, "forgotten": found.forgotten, "faults": [
            {"message": each.pk, "party": each.party, "partner": each.partner, "number": each.number,
             "at": each.at.isoformat(timespec="seconds"), "sha256": each.sha256, "body": kept.value}
            for each, kept in found.faults]}, indent=2))
        return 0 if holds else 1
    for each, kept in found.faults:
        print(f"{each.party}: message {each.pk} ({each.way}, {each.partner}, {each.number or 'no number'}, "
              f"{each.at:%Y-%m-%d}): the body is {kept.value}.", file=sys.stderr)
    print(f"{found.messages} messages, of which {found.forgotten} without body since their time was over.")
    print("The log holds." if holds else "The log does NOT hold.")
    return 0 if holds else 1
