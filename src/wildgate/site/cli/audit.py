"""`wildgate audit`: does the event chain hold, and the events to take away."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

BAD_INPUT = 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("audit", help="check the event chain, or take events away with their proof")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="walk every Party's chain from its first event")
    verify.set_defaults(run=run_verify)
    export = verbs.add_parser("export", help="write events into a signed archive that is checked without Wildgate")
    which = export.add_argument_group("which events (one of these)")
    which.add_argument("--subject", metavar="NUMBER", default="", help="of a permit, a case or another thing")
    which.add_argument("--from", dest="since", metavar="DAY", type=_day, help="from this day on (UTC), as 2027-03-01")
    which.add_argument("--to", dest="until", metavar="DAY", type=_day, help="to this day, included")
    which.add_argument("--all", action="store_true", help="all: the only export that proves the whole chain")
    export.add_argument("-o", "--output", metavar="FILE.zip", type=Path, required=True, help="a new file")
    export.add_argument("--without-notes", action="store_true", help="leave out reasons and other free text")
    export.add_argument("--party", help="whose chain (default: WILDGATE_PARTY)")
    export.set_defaults(run=run_export)
    for each in (verify, export):
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, such as 2027-03-01") from None


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


def run_export(args: argparse.Namespace) -> int:
    """Exit status 1 when nothing was written, or when what was written does not hold."""
    from django.conf import settings

    from wildgate.convention.refusal import Refusal
    from wildgate.site.audit_export.building import Selection, export
    days = bool(args.since or args.until)
    if bool(args.subject) + days + args.all != 1:
        print("wildgate audit export: say which events: --subject NUMBER, --from DAY --to DAY, or --all.",
              file=sys.stderr)
        return BAD_INPUT
    if args.output.exists():
        print(f"wildgate audit export: {args.output} is there already; name a new file.", file=sys.stderr)
        return BAD_INPUT
    done = export(Selection(args.subject, args.since, args.until), args.output, party=args.party or settings.PARTY,
                  by="operator", at=datetime.now(UTC), with_notes=not args.without_notes)
    if isinstance(done, Refusal):
        print(f"wildgate audit export: {done.reason}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps({"file": str(args.output), "events": done.events, "notes": done.notes, "head": done.head,
                          "manifest": done.manifest, "root": done.root, "broken": done.broken}, indent=2))
    else:
        print(f"{done.events} events and {done.notes} notes up to event {done.head} in {args.output}.\n"
              f"Check it anywhere: python -I verify.py {args.output.name} --root '{done.root}'")
    if done.broken is not None:
        print(f"Event {done.broken} does NOT hold: it was changed after it was written. The file shows it.",
              file=sys.stderr)
    return 0 if done.broken is None else 1
