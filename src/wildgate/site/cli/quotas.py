"""`wildgate quotas`: read quota downloads, and see where quotas stand."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wildgate.site.cli.report import year

if TYPE_CHECKING:
    from wildgate.apps.quotas.imports import Report
    from wildgate.apps.quotas.selectors import Standing
    from wildgate.convention.refusal import Refusal

MOST_SHOWN = 40


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("quotas", help="import and list export quotas")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    reading = verbs.add_parser("import", help="read Species+ quota downloads (CSV, .gz, .xz); again changes nothing")
    import_arguments(reading)
    reading.set_defaults(run=run_import)
    listing = verbs.add_parser("list", help="quotas with what is used, bound and free")
    listing.add_argument("--country", default="", help="two-letter code of the exporting Party")
    listing.add_argument("--year", type=year, help="the year in which they hold")
    listing.add_argument("--taxon", default="", help="part of the name")
    listing.add_argument("--ledger", action="store_true", help="with the lines of each ledger")
    listing.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    listing.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listing.set_defaults(run=run_list)


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """What every import of the register takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--all-or-nothing", action="store_true", help="one refused row undoes the whole import")
    parser.add_argument("--taxa", type=Path, metavar="FILE",
                        help="names by taxon concept id, for files that give only the number")
    parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run_import(args: argparse.Namespace) -> int:
    from wildgate.apps.quotas.imports import import_quotas
    return told(args, import_quotas)


def told(args: argparse.Namespace, work: Callable[..., tuple[Report, ...] | Refusal]) -> int:
    """Run an import and say what it did: 0 all read, 1 rows were refused, 2 a file cannot be read at all."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.convention.refusal import Refusal
    done = work(args.files, party=settings.PARTY, actor="operator", at=timezone.now(),
                all_or_nothing=args.all_or_nothing, taxa=args.taxa)
    if isinstance(done, Refusal):
        print(done.reason, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(_summary(done), indent=2, ensure_ascii=False))
    else:
        for report in done:
            _print(report)
    return 1 if any(report.refused for report in done) else 0


def _summary(reports: Sequence[Report]) -> dict[str, Any]:
    return {"added": sum(report.added for report in reports), "changed": sum(report.changed for report in reports),
            "unchanged": sum(report.unchanged for report in reports),
            "refused": sum(len(report.refused) for report in reports),
            "rolled_back": any(report.undone for report in reports),
            "files": [report.as_json() for report in reports]}


def _print(report: Report) -> None:
    undone = "; nothing was kept, because rows were refused" if report.undone else ""
    print(f"{report.file}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
          f"{len(report.refused)} refused{undone}")
    for word, faults in (("refused", report.refused), ("note", report.remarks)):
        for fault in faults[:MOST_SHOWN]:
            print(f"  line {fault.line}, column {fault.column}: {word}: {fault.reason}")
        if len(faults) > MOST_SHOWN:
            print(f"  and {len(faults) - MOST_SHOWN} more ({word}); see --json")


def run_list(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.quotas import selectors
    found = selectors.standing(selectors.quotas(settings.PARTY, country=args.country.upper(), year=args.year,
                                                taxon=args.taxon))
    if args.json:
        print(json.dumps({"count": len(found), "quotas": [_shape(one, ledger=args.ledger) for one in found]},
                         indent=2, ensure_ascii=False))
        return 0
    for one in found:
        print(_line(one))
        for entry in _ledger(one) if args.ledger else ():
            print(f"  {entry['at'][:10]} {entry['kind']:8} {entry['quantity']:>10}  {entry['subject']} {entry['why']}")
    print(f"{len(found)} quotas")
    return 0


def _shape(one: Standing, *, ledger: bool) -> dict[str, Any]:
    from wildgate.convention.permit import plain
    quota, balance = one.quota, one.balance
    shape: dict[str, Any] = {
        "id": quota.pk, "country": quota.country, "taxon": quota.taxon, "rank": quota.rank, "terms": quota.terms,
        "sources": quota.sources, "purposes": quota.purposes, "region": quota.region, "unit": quota.unit,
        "amount": plain(quota.amount) if quota.amount is not None else None, "state": one.state,
        "start": quota.start.isoformat(), "end": quota.end.isoformat(), "kind": quota.kind, "note": quota.note,
        "current": quota.current, "certain": quota.certain}
    if balance is not None:
        shape |= {"reserved": plain(balance.reserved), "bound": plain(balance.bound), "used": plain(balance.used),
                  "free": plain(balance.free)}
    return shape | {"ledger": _ledger(one)} if ledger else shape


def _ledger(one: Standing) -> list[dict[str, str]]:
    from wildgate.apps.quotas import selectors
    from wildgate.convention.permit import plain
    return [{"at": entry.at.isoformat(), "kind": entry.kind, "quantity": plain(entry.quantity), "of": entry.of,
             "subject": entry.subject, "block": entry.block, "why": entry.why, "actor": entry.actor}
            for entry in selectors.ledger(one.quota)]


def _line(one: Standing) -> str:
    from wildgate.convention.permit import plain
    quota, balance = one.quota, one.balance
    codes = " ".join("/".join(part) for part in (quota.terms, quota.sources, quota.purposes) if part)
    amount = "in preparation" if quota.amount is None else f"{plain(quota.amount)} {quota.unit}"
    standing = (f"; {plain(balance.used)} used, {plain(balance.bound)} bound, {plain(balance.free)} free"
                if balance is not None else "")
    return f"{quota.country or 'all':3} {quota.taxon} {quota.start.year} {codes}: {amount}{standing}"
