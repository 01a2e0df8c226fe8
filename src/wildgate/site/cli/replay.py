"""`wildgate replay FILE --party CC --year Y`: Trade Database rows as a year of work. Does the annual report agree?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wildgate.convention.refusal import Refusal
from wildgate.site.cli.report import country_code
from wildgate.site.cli.report import year as read_year

if TYPE_CHECKING:
    from wildgate.apps.reports.replay import Result

UNREADABLE = 2
TOLD_EVERY = 2.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "replay",
        help="replay Trade Database rows as a year of work",
        description="Each accepted row becomes application, ruling, permit and endorsement. Each row is ruled "
        "on its day, by the listing history as far as it is known.",
    )
    parser.add_argument("file", metavar="FILE", help="a Trade Database download as CSV, also .gz or .xz")
    parser.add_argument("--party", required=True, type=country_code, help="ISO code of the Party that reported")
    parser.add_argument("--year", required=True, type=read_year)
    parser.add_argument("--home", help="state folder without trade of that year (default: WILDGATE_HOME)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_installation=False)


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when the report equals the accepted rows, 1 when it does not or no row is of that year."""
    from wildgate.apps.reports import replay, trade_rows

    rows = trade_rows.select(Path(args.file), party=args.party, year=args.year)
    if isinstance(rows, Refusal):
        print(f"{args.file}: {rows.reason}", file=sys.stderr)
        return UNREADABLE
    if not rows:
        print(f"{args.file}: no row was reported by {args.party} for {args.year}.", file=sys.stderr)
        return 1
    result = replay.run(rows, party=args.party, year=args.year, progress=Teller())
    if isinstance(result, Refusal):
        print(f"wildgate replay: {result.reason}", file=sys.stderr)
        return UNREADABLE
    if args.json:
        print(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    else:
        _tell(result)
    return 0 if result.report_equal else 1


class Teller:
    """Says on stderr how far the work is, every two seconds and at the end."""

    def __init__(self) -> None:
        self.told = time.monotonic()

    def __call__(self, done: int, total: int, rate: float) -> None:
        now = time.monotonic()
        if done == total or now - self.told >= TOLD_EVERY:
            self.told = now
            print(f"{done} of {total} rows, {rate:.0f} a second", file=sys.stderr)


def _tell(result: Result) -> None:
    facts = result.as_json()
    print(f"{result.party} {result.year}, ruled by the listings of {facts['law']} and what is known of their history.")
    print(
        f"{result.accepted} of {result.rows} rows accepted ({result.conditional} left to the authority by the law): "
        f"{result.applications} applications, {result.permits} permits, {result.endorsements} endorsements, "
        f"{result.seconds:.1f} s."
    )
    for code, many in facts["refused_by_code"].items():
        print(f"  refused {many}: {code}")
    for line, no in result.refused:
        print(f"  line {line}: {no.code}: {no.reason}")
    print(
        "The annual report equals the accepted rows."
        if result.report_equal
        else "The annual report does NOT equal the accepted rows:"
    )
    for difference in facts["differences"]:
        print(f"  {difference}")
