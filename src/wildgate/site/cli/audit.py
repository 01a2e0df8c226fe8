"""`wildgate audit`: does the event chain hold, do the books balance, and the events to take away."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

BAD_INPUT = 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("audit", help="check the event chain and the books, or take events away")
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
    books = verbs.add_parser("books", help="whether all that database and home folder say of each other is true")
    books.set_defaults(run=run_books)
    accept = verbs.add_parser("accept", help="go on with a database that is older than what was published")
    accept.add_argument("--reason", required=True, help="why; it is written into the chain")
    accept.set_defaults(run=run_accept)
    for each in (verify, export, books, accept):
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, such as 2027-03-01") from None


def run_verify(args: argparse.Namespace) -> int:
    """Exit status 1 when a chain is broken; the first break of each Party is named."""
    from wildgate.kit import events, notes
    from wildgate.kit.models import ChainHead, Event
    parties = sorted({*ChainHead.objects.values_list("party", flat=True),
                      *Event.objects.values_list("party", flat=True).distinct()})
    breaks = [found for party in parties if (found := events.verify(party) or notes.verify(party))]
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


def run_books(args: argparse.Namespace) -> int:
    """Exit status 1 when something is not true; each thing in a line, with what to do."""
    from wildgate.site.books import checking
    quiet = args.json or not sys.stderr.isatty()
    found = []
    for fault in checking.faults(datetime.now(UTC), (lambda look: None) if quiet else _tell):
        found.append(asdict(fault))
        if not args.json:
            print(f"{fault.thing}: {fault.says}\n       -> {fault.do}")
    if args.json:
        print(json.dumps({"balance": not found, "all": len(found) < checking.MOST, "faults": found}, indent=2))
    else:
        more = " or more" if len(found) == checking.MOST else ""
        print("The books balance." if not found else f"The books do NOT balance: {len(found)}{more} faults.")
    return 1 if found else 0


def _tell(look: str) -> None:
    print(f"  {look} ...", file=sys.stderr)


def run_accept(args: argparse.Namespace) -> int:
    """Exit status 1 when the database is not older than what was published: there is nothing to accept."""
    from django.conf import settings

    from wildgate.site.books import heads
    if not args.reason.strip():
        print("wildgate audit accept: say why with --reason.", file=sys.stderr)
        return BAD_INPUT
    gone = heads.accept(settings.PARTY, args.reason.strip()[:2000], datetime.now(UTC))
    if args.json:
        print(json.dumps({"accepted": [{"seq": head.seq, "hash": head.hash} for head in gone]}, indent=2))
    elif gone:
        print(f"Written into the chain: this installation goes on without what {len(gone)} published heads knew.")
    else:
        print("The database is not older than what was published: there is nothing to accept.", file=sys.stderr)
    return 0 if gone else 1
