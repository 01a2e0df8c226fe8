"""`wildgate registers`: read a register of operations from a table, and list what stands in it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wildgate.site.cli.quotas import told

if TYPE_CHECKING:
    from wildgate.apps.registers.models import Operation


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("registers", help="import and list breeding operations, nurseries and institutions")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    reading = verbs.add_parser("import", help="read a register (CSV, .gz, .xz); again changes nothing")
    reading.add_argument("files", nargs="+", type=Path, metavar="FILE")
    reading.add_argument("--all-or-nothing", action="store_true", help="one refused row undoes the whole import")
    listing = verbs.add_parser("list", help="operations with their taxa and state")
    listing.add_argument("--country", default="", help="two-letter code")
    listing.add_argument("--text", default="", help="part of a number, name or taxon")
    for verb, run in ((reading, run_import), (listing, run_list)):
        verb.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        verb.add_argument("--json", action="store_true", help="one JSON document on stdout")
        verb.set_defaults(run=run, taxa=None)


def run_import(args: argparse.Namespace) -> int:
    from wildgate.apps.registers.imports import import_operations

    def work(files: list[Path], *, taxa: None, **more: Any) -> Any:
        """Names of operations' taxa need no table of their own."""
        return import_operations(files, **more)

    return told(args, work)


def run_list(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.registers import selectors
    rows = [(row, selectors.standing(row, timezone.now().date())) for row in
            selectors.operations(settings.PARTY, country=args.country.upper(), text=args.text)]
    if args.json:
        print(json.dumps({"count": len(rows), "operations": [_shape(row, state) for row, state in rows]}, indent=2,
                         ensure_ascii=False))
        return 0
    for row, state in rows:
        print(f"{row.country} {row.number} {row.kind} {state}: {row.name}; "
              f"{', '.join(taxon.taxon for taxon in row.taxa.all()) or 'any taxon'}")
    print(f"{len(rows)} operations")
    return 0


def _shape(row: Operation, state: str) -> dict[str, Any]:
    from wildgate.convention.permit import plain
    days = {name: day.isoformat() if (day := getattr(row, name)) else None
            for name in ("registered_on", "valid_until", "last_inspection", "next_inspection")}
    return {"country": row.country, "number": row.number, "kind": row.kind, "state": state, "name": row.name,
            "address": row.address, **days, "reference": row.reference,
            "taxa": [{"taxon": one.taxon, "yearly": plain(one.yearly) if one.yearly is not None else None}
                     for one in row.taxa.all()]}
