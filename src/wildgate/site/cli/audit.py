"""`wildgate audit`: does the event chain hold?"""

from __future__ import annotations

import argparse
import json
import sys


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("audit", help="check the event chain")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="walk every Party's chain from its first event")
    verify.add_argument("--json", action="store_true", help="one JSON document on stdout")
    verify.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    verify.set_defaults(run=run_verify)


def run_verify(args: argparse.Namespace) -> int:
    """Exit status 1 when a chain is broken; the first break of each Party is named."""
    from wildgate.kit import events
    from wildgate.kit.models import ChainHead, Event
    parties = sorted({*ChainHead.objects.values_list("party", flat=True),
                      *Event.objects.values_list("party", flat=True).distinct()})
    breaks = [found for party in parties if (found := events.verify(party))]
    heads = list(ChainHead.objects.order_by("party").values("party", "seq", "hash"))
    if args.json:
        print(json.dumps({"holds": not breaks, "heads": heads,
                          "breaks": [{"party": b.party, "seq": b.seq, "reason": b.reason} for b in breaks]}, indent=2))
        return 1 if breaks else 0
    for head in heads:
        print(f"{head['party']}: {head['seq']} events, head {head['hash'][:16]}")
    for found in breaks:
        print(f"{found.party}: the chain breaks at event {found.seq}: {found.reason}.", file=sys.stderr)
    print("The chain holds." if not breaks else "The chain does NOT hold.")
    return 1 if breaks else 0
