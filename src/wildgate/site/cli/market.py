"""`wildgate market`: take a file of online listings in as evidence; prove evidence again."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

NO, BAD = 1, 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("market", help="capture online listings and prove evidence")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    taking = verbs.add_parser("import", help="take in a list (CSV, JSON), a saved page (HTML) or a web archive (WARC)")
    taking.add_argument("file", type=Path, metavar="FILE")
    taking.add_argument("--by", required=True, metavar="E-MAIL", help="the person who captures")
    taking.add_argument("--basis", required=True, metavar="TEXT", help="the provision under which it is captured")
    taking.add_argument("--url", default="", help="the address that a page was saved from")
    taking.set_defaults(run=run_import)
    proving = verbs.add_parser("verify", help="check file, digest, event and time stamp again")
    proving.add_argument("evidence", metavar="EVIDENCE", nargs="?", default="",
                         help="its number, such as EV-2026-000001 (default: all evidence)")
    proving.set_defaults(run=run_verify)
    for each in (taking, proving):
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run_import(args: argparse.Namespace) -> int:
    """0: taken in; 1: some rows could not be read (each is named on stderr); 2: nothing was taken in."""
    from wildgate.apps.accounts.models import Person
    from wildgate.apps.accounts.selectors import actor_of
    from wildgate.apps.market.services import hand_in
    from wildgate.convention.refusal import Refusal
    from wildgate.kit.uploads import services as files

    at = datetime.now(UTC)
    person = Person.objects.filter(email__iexact=args.by, is_active=True).first()
    if person is None:
        return _bad(f"{args.by} has no account here.")
    with args.file.open("rb") as file:
        made = hand_in(actor=actor_of(person, at.date()), parts=iter(lambda: file.read(1_000_000), b""),
                       name=args.file.name, legal_basis=args.basis, url=args.url, at=at)
    if isinstance(made, Refusal):
        return _bad(made.reason)
    files.work_off(made.pk, at)
    made.refresh_from_db()
    if made.state != made.State.DONE:
        return _bad(made.report["refusal"]["reason"])
    for fault in made.report["faults"]:
        print(fault, file=sys.stderr)
    if args.json:
        print(json.dumps(made.report, indent=2, ensure_ascii=False))
    else:
        print(f"{made.report['evidence']}: {made.report['new']} new listings, {made.report['again']} seen again, "
              f"{made.report['bad']} rows could not be read. A worker reads them now.")
    return NO if made.report["bad"] else 0


def run_verify(args: argparse.Namespace) -> int:
    """0: all stands; 1: something does not; 2: there is no such evidence."""
    from django.conf import settings

    from wildgate.apps.market.models import Evidence
    from wildgate.apps.market.services.evidence import stands, verify
    from wildgate.kit import events

    rows = Evidence.objects.filter(party=settings.PARTY).order_by("pk")
    rows = rows.filter(number=args.evidence) if args.evidence else rows
    if args.evidence and not rows.exists():
        return _bad(f"There is no evidence {args.evidence}.")
    broken = events.verify(settings.PARTY)
    told, good = [], broken is None
    for row in rows.select_related("removed").iterator(chunk_size=500):
        proofs = verify(row)
        good = good and stands(proofs)
        told.append({"evidence": row.number, "sha256": row.sha256, "stands": stands(proofs),
                     "proofs": [{"what": each.code, "holds": each.holds, "says": each.says} for each in proofs]})
        if not args.json:
            print(f"{row.number}: {'stands' if stands(proofs) else 'DOES NOT STAND'}")
            print("\n".join(f"  {each.code}: {each.says}" for each in proofs))
    chain = f"event {broken.seq}: {broken.reason}" if broken else "whole"
    if args.json:
        print(json.dumps({"good": good, "chain": chain, "evidence": told}, indent=2, ensure_ascii=False))
    else:
        print(f"The event chain: {chain}.")
    return 0 if good else NO


def _bad(text: str) -> int:
    print(f"wildgate market: {text}", file=sys.stderr)
    return BAD
