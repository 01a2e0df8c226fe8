"""`wildgate stock`: what holders have, and their opening balances from a file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wildgate.apps.stock.models import StockEntry

MOST_SHOWN = 40


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("stock", help="list holders' stock, import opening balances")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    reading = verbs.add_parser("import", help="read opening balances (CSV or XLSX); again changes nothing")
    reading.add_argument("file", type=Path, metavar="FILE", help="columns: organisation, taxon, term, quantity, unit, "
                         "source, origin, origin permit, origin permit date, acquired, reference")
    reading.set_defaults(run=run_import)
    listing = verbs.add_parser("list", help="stock entries with what is used, bound and free")
    listing.add_argument("--organisation", default="", help="part of the holder's name")
    listing.add_argument("--taxon", default="", help="part of the name")
    listing.add_argument("--ledger", action="store_true", help="with the lines of each ledger")
    listing.set_defaults(run=run_list)
    for each in (reading, listing):
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run_import(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.stock.opening import import_opening
    from wildgate.convention.refusal import Refusal
    done = import_opening(args.file, party=settings.PARTY, actor="operator", at=timezone.now())
    if isinstance(done, Refusal):
        print(done.reason, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(done.as_json(), indent=2, ensure_ascii=False))
    else:
        print(f"{done.file}: {len(done.added)} added, {done.unchanged} unchanged, {len(done.refused)} refused")
        for fault in done.refused[:MOST_SHOWN]:
            print(f"  line {fault.line}, column {fault.column}: {fault.reason}")
        if len(done.refused) > MOST_SHOWN:
            print(f"  and {len(done.refused) - MOST_SHOWN} more; see --json")
    return 1 if done.refused else 0


def run_list(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.stock.models import StockEntry
    found = (StockEntry.objects.select_related("organisation", "balance_row")
             .filter(party=settings.PARTY, organisation__name__icontains=args.organisation,
                     taxon__icontains=args.taxon).order_by("pk"))
    shapes = [_shape(entry, ledger=args.ledger) for entry in found]
    if args.json:
        print(json.dumps({"count": len(shapes), "entries": shapes}, indent=2, ensure_ascii=False))
        return 0
    for shape in shapes:
        print(f"{shape['number']} {shape['organisation']}: {shape['taxon']} {shape['term']} {shape['source']} "
              f"{shape['origin']} {shape['origin_permit']}: {shape['amount']} {shape['unit']}, {shape['state']}; "
              f"{shape['used']} used, {shape['bound']} bound, {shape['reserved']} reserved, {shape['free']} free")
        for line in shape.get("ledger", ()):
            print(f"  {line['at'][:10]} {line['kind']:8} {line['quantity']:>10}  {line['subject']} {line['why']}")
    print(f"{len(shapes)} entries")
    return 0


def _shape(entry: StockEntry, *, ledger: bool) -> dict[str, Any]:
    from wildgate.apps.stock import selectors
    from wildgate.convention.permit import plain
    balance = selectors.standing(entry).balance
    shape: dict[str, Any] = {
        "number": entry.number, "organisation": entry.organisation.name, "kind": entry.kind, "state": entry.state,
        "taxon": entry.taxon, "term": entry.term, "unit": entry.unit, "source": entry.source, "origin": entry.origin,
        "origin_permit": entry.origin_permit, "acquired": entry.acquired.isoformat(), "amount": plain(entry.quantity),
        "reserved": plain(balance.reserved), "bound": plain(balance.bound), "used": plain(balance.used),
        "free": plain(balance.free)}
    if ledger:
        shape["ledger"] = [
            {"at": line.at.isoformat(), "kind": line.kind, "quantity": plain(line.quantity), "of": line.of,
             "subject": line.subject, "block": line.block, "why": line.why, "actor": line.actor}
            for line in selectors.lines(entry)]
    return shape
