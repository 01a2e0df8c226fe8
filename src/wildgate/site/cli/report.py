"""`wildgate report`: the annual report, the illegal trade report, and the Trade Database's checks on any such file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.convention.reporting import (
    LARGEST_FILE,
    Part,
    Report,
    ReportRow,
    Severity,
    check_rows,
    read_report,
    rows_to_csv,
)

UNREADABLE = 2
EARLIEST = 1975
LATEST = 9998


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("report", help="annual and illegal trade reports, and their checks")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    annual = verbs.add_parser("annual", help="write one part of the annual report from endorsed quantities")
    annual.add_argument("year", type=year, metavar="YEAR")
    annual.add_argument("--part", required=True, choices=[part.value for part in Part])
    annual.add_argument("--party", help="ISO code (default: the Party of this installation)")
    _outputs(annual)
    annual.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    annual.set_defaults(run=run_annual)
    illegal = verbs.add_parser("illegal", help="write the annual illegal trade report")
    illegal.add_argument("year", type=year, metavar="YEAR")
    _outputs(illegal)
    illegal.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    illegal.set_defaults(run=run_illegal)
    check = verbs.add_parser("check", help="run the Trade Database's checks on a report file")
    check.add_argument("file", metavar="FILE", help="a report as CSV; - reads standard input")
    check.add_argument("--party", help="ISO code of the reporting Party, where known")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.set_defaults(run=run_check, needs_database=False)


def run_annual(args: argparse.Namespace) -> int:
    """Write the part as CSV; a year without trade gives the headings alone and says so on stderr."""
    from wildgate.apps.permits.records import home
    from wildgate.apps.reports import selectors

    part, party = Part(args.part), (args.party or home()).upper()
    rows = list(selectors.rows(party, args.year, part))
    if not rows:
        print(f"No trade is recorded for {party} in {args.year} ({part.value}).", file=sys.stderr)
    text = rows_to_csv(rows, part)
    if args.output:
        _write(args.output, text)
    if args.json:
        print(
            json.dumps(
                {
                    "party": party,
                    "year": args.year,
                    "part": part.value,
                    "basis": selectors.BASIS,
                    "rows": len(rows),
                    "file": args.output,
                    "lines": [_row_json(row) for row in rows],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    elif args.output:
        print(f"{len(rows)} rows of actual trade written to {args.output}.")
    else:
        sys.stdout.write(text)
    return 0


def run_illegal(args: argparse.Namespace) -> int:
    """Write the illegal trade report; a year without seizures is a nil report, which is said."""
    from django.conf import settings

    from wildgate.apps.reports import illegal

    rows = list(illegal.rows(settings.PARTY, args.year))
    text = illegal.to_csv(rows)
    if not rows:
        print(illegal.NIL.format(year=args.year), file=sys.stderr)
    if args.output:
        _write(args.output, text)
    if args.json:
        found = [dict(zip(illegal.COLUMNS, row, strict=True)) for row in rows]
        told = {"year": args.year, "rows": len(rows), "columns": list(illegal.COLUMNS), "file": args.output,
                "lines": found}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif args.output:
        print(f"{len(rows)} rows of seizures written to {args.output}.")
    else:
        sys.stdout.write(text)
    return 0


def run_check(args: argparse.Namespace) -> int:
    """List what the Trade Database would say; exit status 1 when a row has an error, 2 when the file is no report."""
    text = _read(args.file)
    report = read_report(text) if isinstance(text, str) else (text,)
    if not isinstance(report, Report):
        for refused in report:
            print(f"{args.file}: {refused.reason}", file=sys.stderr)
        return UNREADABLE
    found = check_rows(report.rows, law(), part=report.part, party=args.party.upper() if args.party else None)
    errors = sum(1 for finding in found if finding.severity is Severity.ERROR)
    if args.json:
        print(
            json.dumps(
                {
                    "rows": len(report.rows),
                    "part": report.part.value if report.part else None,
                    "errors": errors,
                    "warnings": len(found) - errors,
                    "findings": [finding.as_json() for finding in found],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for finding in found:
            print(f"row {finding.row}, {finding.column}: {finding.severity}: {finding.sentence}")
        print(f"{len(report.rows)} rows, {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


def _outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write the CSV to this file")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def year(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not EARLIEST <= int(text) <= LATEST:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a year since {EARLIEST}")
    return int(text)


def _write(name: str, text: str) -> None:
    Path(name).write_bytes(text.encode())


def _read(name: str) -> str | Refusal:
    data = _bytes(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Refusal("not-utf8", "The file is not UTF-8 text: save it as CSV in UTF-8.")


def _bytes(name: str) -> bytes:
    """At most one byte more than is allowed, so that a larger file is refused without being read whole."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    with Path(name).open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _row_json(row: ReportRow) -> dict[str, str]:
    names = (
        "appendix",
        "species",
        "description",
        "term",
        "quantity",
        "unit",
        "partner",
        "export_permit",
        "origin",
        "origin_permit",
        "import_permit",
        "purpose",
        "source",
        "year",
        "remarks",
    )
    return {name: getattr(row, name) for name in names}
