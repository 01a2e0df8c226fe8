"""`wildgate report`: the annual report, the illegal trade report, and the Trade Database's checks on any such file."""

from __future__ import annotations

import argparse
import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from wildgate.convention import tables
from wildgate.convention.listing import Law, law
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_codes import Ranges
from wildgate.convention.report_layouts import NIL, write
from wildgate.convention.reporting import (
    LARGEST_FILE,
    Basis,
    Layout,
    Part,
    Report,
    ReportRow,
    Severity,
    check_rows,
    read_report,
    read_table,
)
from wildgate.site.cli import no_installation, whole_file

UNREADABLE = 2
EARLIEST = 1975
LATEST = 9998


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("report", help="annual and illegal trade reports, and their checks")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    annual = verbs.add_parser("annual", help="write one part of the annual report from endorsed quantities")
    annual.add_argument("year", type=year, metavar="YEAR")
    annual.add_argument("--part", required=True, choices=[part.value for part in Part])
    annual.add_argument("--party", type=country_code, help="ISO code (default: the Party of this installation)")
    annual.add_argument("--basis", choices=[each.name.lower() for each in Basis], default=Basis.ACTUAL.name.lower(),
                        help="endorsed quantities (default) or permits issued; never both in one file")
    annual.add_argument("--layout", choices=[each.value for each in Layout], default=Layout.PERMIT.value,
                        help="by permit (default), summary, or the Trade Database's upload columns")
    _outputs(annual, "write the table to this file: CSV, or a workbook where its name ends in .xlsx")
    annual.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    annual.set_defaults(run=run_annual)
    illegal = verbs.add_parser("illegal", help="write the annual illegal trade report")
    illegal.add_argument("year", type=year, metavar="YEAR")
    illegal.add_argument("--xlsx", metavar="FILE", help="write a workbook with a cover to this file as well")
    _outputs(illegal)
    illegal.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    illegal.set_defaults(run=run_illegal)
    check = verbs.add_parser("check", help="run the Trade Database's checks on a report file")
    check.add_argument("file", metavar="FILE", help="a report as CSV or XLSX, in any layout; - reads standard input")
    check.add_argument("--party", type=country_code, help="ISO code of the reporting Party, where known")
    check.add_argument("--part", choices=[part.value for part in Part], help="where the headings do not tell")
    check.add_argument("--home", help="state folder whose imported names and ranges count too (default: neither)")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.set_defaults(run=run_check, needs_database=False)


def run_annual(args: argparse.Namespace) -> int:
    """Write the part; a year without trade gives the headings alone and says so on stderr."""
    from wildgate.apps.permits.records import home
    from wildgate.apps.reports import selectors
    from wildgate.kit import standby

    part, party, basis = Part(args.part), args.party or home(), Basis[args.basis.upper()]
    layout, kept = Layout(args.layout), _Kept(keeps=args.json)
    rows = kept.through(selectors.rows(party, args.year, part, basis, using=standby.alias()))
    if args.output and args.output.lower().endswith(".xlsx"):
        if refused := _workbook(args.output, rows, part, layout):
            print(refused.reason, file=sys.stderr)
            return 1
    elif args.output:
        with whole_file(args.output) as out:
            write(out, rows, part, layout)
    elif not args.json:
        write(sys.stdout, rows, part, layout)
    if args.json:
        deque(rows, maxlen=0)
        print(json.dumps({
            "party": party, "year": args.year, "part": part.value, "basis": basis.value, "layout": layout.value,
            "rows": kept.count, "nil": not kept.count, "file": args.output,
            "lines": [_row_json(row) for row in kept.rows]}, ensure_ascii=False, indent=2))
    elif args.output:
        print(f"{kept.count} rows of {basis.value.lower()} written to {args.output}.")
    if not kept.count:
        print(f"No trade is recorded for {party} in {args.year} ({part.value}): report it as {NIL!r}.", file=sys.stderr)
    return 0


class _Kept:
    """Counts rows as they go by; keeps them where they are printed as well."""

    def __init__(self, *, keeps: bool) -> None:
        self.count, self._keeps = 0, keeps
        self.rows: list[ReportRow] = []

    def through(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        for row in rows:
            self.count += 1
            if self._keeps:
                self.rows.append(row)
            yield row


def _workbook(name: str, rows: Iterable[ReportRow], part: Part, layout: Layout) -> Refusal | None:
    from wildgate.apps.reports.annual_files import book

    made = book(rows, part, layout)
    if isinstance(made, Refusal):
        return made
    Path(name).write_bytes(made)
    return None


def run_illegal(args: argparse.Namespace) -> int:
    """Write the illegal trade report; a year without seizures is a nil report, which is said."""
    from django.conf import settings

    from wildgate.apps.reports import illegal
    from wildgate.apps.reports.illegal_book import draft

    made = draft(settings.PARTY, args.year)
    if not made.rows:
        print(illegal.NIL.format(year=args.year), file=sys.stderr)
    for each in made.findings:
        print(f"line {each.line}, {each.incident}, {each.column}: {each.severity}: {each.sentence}", file=sys.stderr)
    if args.output:
        _write(args.output, made.text)
    if args.xlsx:
        Path(args.xlsx).write_bytes(made.book)
    if args.json:
        print(json.dumps({**made.as_json(), "file": args.output}, ensure_ascii=False, indent=2))
    elif args.output:
        print(f"{len(made.rows)} rows of seizures written to {args.output}.")
    elif not args.xlsx:
        sys.stdout.write(made.text)
    return 0


def run_check(args: argparse.Namespace) -> int:
    """List what the Trade Database would say; exit status 1 when a row has an error, 2 when the file is no report."""
    report = _report(args.file)
    if not isinstance(report, Report):
        for refused in report:
            named = refused.reason.startswith(args.file)
            print(refused.reason if named else f"{args.file}: {refused.reason}", file=sys.stderr)
        return UNREADABLE
    if args.home and (missing := no_installation(args.home)):
        print(missing, file=sys.stderr)
        return UNREADABLE
    known, ranges = _known(args.home)
    part = Part(args.part) if args.part else report.part
    found = check_rows(report.rows, known, part=part, party=args.party, ranges=ranges,
                       columns=report.columns)
    errors = sum(1 for finding in found if finding.severity is Severity.ERROR)
    unchecked = _not_checked(part, args.party, report.columns, ranges)
    if args.json:
        print(json.dumps({
            "rows": len(report.rows), "part": part.value if part else None, "layout": report.layout.value,
            "errors": errors, "warnings": len(found) - errors, "not_checked": unchecked,
            "findings": [finding.as_json() for finding in found]}, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            print(f"row {finding.row}, {finding.column}: {finding.severity}: {finding.sentence} "
                  f"(rule {finding.number})")
        for words in unchecked:
            print(f"Not checked: {words}", file=sys.stderr)
        print(f"{len(report.rows)} rows, {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


def _known(home: str | None) -> tuple[Law, Ranges | None]:
    """The shipped names; with a home also those that were imported there, and where species live."""
    if not home:
        return law(), None
    from wildgate.site.cli import no_installation, open_home
    if missing := no_installation(home):
        raise SystemExit(missing.removeprefix("wildgate: "))
    open_home(home, migrate=True)
    from django.conf import settings

    from wildgate.apps.reports.annual_checking import ranges_of
    from wildgate.apps.species.registry import law_of
    return law_of(settings.PARTY), ranges_of(settings.PARTY)


def _not_checked(part: Part | None, party: str | None, columns: frozenset[str], ranges: Ranges | None) -> list[str]:
    """The rules that could not be asked, and what would let them."""
    found = []
    if ranges is None:
        found.append("rules 22 and 23 (range of wild species): no range data loaded; name a home that has some "
                     "(--home DIR).")
    if part is None:
        found.append("rules 24 and 25 may take the partner for the wrong side: say which part it is (--part).")
    if not party:
        found.append("rule 25 (exporter is not importer)" + ("" if part is Part.IMPORTS else " and exporters of rules "
                     "23 and 24") + ": say whose report it is (--party CC).")
    if "year" not in columns:
        found.append("rules 6, 8 and 9 (year): the layout has no column of years.")
    return found


def _report(name: str) -> Report | tuple[Refusal, ...]:
    """A CSV file (UTF-8, else Windows-1252) or the first sheet of a workbook."""
    data = _bytes(name)
    if not data.startswith(b"PK"):
        return read_report(_decoded(data))
    from wildgate.apps.species.spreadsheet import read_rows

    rows = read_rows(data, name)
    return (rows,) if isinstance(rows, Refusal) else read_table(rows)


def _outputs(parser: argparse.ArgumentParser, words: str = "write the CSV to this file") -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help=words)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def year(text: str) -> int:
    if len(text) != 4 or not text.isascii() or not text.isdecimal() or not EARLIEST <= int(text) <= LATEST:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a year since {EARLIEST}")
    return int(text)


def country_code(text: str) -> str:
    """The code of a country; not one of those that stand for the sea, for several countries or for none."""
    code = text.strip().upper()
    known = tables.country(code)
    if known is None or known.kind in ("special", "region"):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a country code (ISO 3166-1 alpha-2)")
    return code


def _write(name: str, text: str) -> None:
    Path(name).write_bytes(text.encode())


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", errors="replace")


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
    return {name: getattr(row, name) for name in names} | {"ifs_permit": row.ifs_permit, "counted": row.mark}
