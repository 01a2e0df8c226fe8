"""`wildgate suspensions`: read downloads of suspensions, stricter measures and exemptions, and list what stands."""

from __future__ import annotations

import argparse
import json
from datetime import date

from wildgate.site.cli.quotas import import_arguments, told


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("suspensions", help="import and list suspensions of trade")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    reading = verbs.add_parser("import", help="read Species+ suspension downloads (CSV, .gz, .xz)")
    import_arguments(reading)
    reading.set_defaults(run=run_import)
    listing = verbs.add_parser("list", help="measures of the register")
    listing.add_argument("--country", default="", help="two-letter code")
    listing.add_argument("--on", type=_day, help="those that stand on this day (2027-03-01)")
    listing.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    listing.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listing.set_defaults(run=run_list)


def run_import(args: argparse.Namespace) -> int:
    from wildgate.apps.quotas.imports import import_suspensions
    return told(args, import_suspensions)


def run_list(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.quotas import selectors
    rows = list(selectors.suspensions(settings.PARTY, country=args.country.upper(), on=args.on))
    if args.json:
        print(json.dumps({"count": len(rows), "suspensions": [
            {"country": row.country, "taxon": row.taxon, "terms": row.terms, "sources": row.sources,
             "purposes": row.purposes, "start": row.start.isoformat(), "end": row.end.isoformat() if row.end else None,
             "effect": row.effect, "way": row.way, "domestic": row.domestic, "current": row.current, "note": row.note,
             "reference": row.reference} for row in rows]}, indent=2, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row} {row.reference} {' '.join(row.note.split())[:90]}".rstrip())
    print(f"{len(rows)} measures")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day; write it as 2025-03-06") from None
