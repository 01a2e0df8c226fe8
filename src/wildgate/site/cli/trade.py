"""`wildgate trade`: load the world's trade rows, ask them in SQL, list and drop sets, find gaps."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from wildgate.convention.refusal import Refusal
from wildgate.convention.report_layouts import harmless
from wildgate.site import env
from wildgate.site.cli import whole_file

if TYPE_CHECKING:
    from wildgate.worldtrade.gaps import Reconciliation
    from wildgate.worldtrade.store import Loaded, Store, Table

MOST_SHOWN = 40
WIDEST = 40
QUIET = 1.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    trade = commands.add_parser("trade", help="the world's trade rows: load, ask, reconcile")
    verbs = trade.add_subparsers(title="verbs", metavar="VERB", required=True)
    load = verbs.add_parser("load", help="take in CITES Trade Database downloads",
                            description="Shipments or comparative tabulations: CSV, also .gz, .xz, a zip of CSVs, or "
                            "Parquet. A file that is loaded already changes nothing.")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE")
    load.add_argument("--replace", default="", metavar="NAME", help="the set whose place the file takes")
    load.set_defaults(run=run_load)
    sql = verbs.add_parser("sql", help="ask the view `trade` in SQL; nothing is written")
    sql.add_argument("query", metavar="QUERY", type=_query, help="one SELECT, WITH, DESCRIBE or SHOW; "
                     "`DESCRIBE trade` names the columns")
    sql.add_argument("--csv", action="store_true", help="comma-separated values")
    sql.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there (CSV, or JSON with --json)")
    sql.add_argument("--limit", type=_count, default=100_000, metavar="N", help="at most N rows (100000)")
    sql.add_argument("--seconds", type=_count, default=60, metavar="N", help="give up after N seconds (60)")
    sql.set_defaults(run=run_sql)
    gaps = verbs.add_parser("gaps", help="what importers and exporters report apart")
    gaps.add_argument("--party", required=True, type=str.upper, metavar="CC", help="ISO code of a country")
    gaps.add_argument("--year", required=True, type=_count, metavar="Y")
    gaps.add_argument("--kind", default="", choices=("shipments", "tabulation"), help="default: shipments when there")
    gaps.add_argument("-o", "--output", type=Path, metavar="CSV", help="write every difference there")
    gaps.set_defaults(run=run_gaps)
    sets = verbs.add_parser("sets", help="what is loaded")
    sets.set_defaults(run=run_sets)
    drop = verbs.add_parser("drop", help="take a set out of the store")
    drop.add_argument("name", metavar="NAME")
    drop.set_defaults(run=run_drop)
    for verb in (load, sql, gaps, sets, drop):
        verb.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        verb.add_argument("--json", action="store_true", help="one JSON document on stdout")
        verb.set_defaults(needs_database=False)


def run_load(args: argparse.Namespace) -> int:
    """Exit status 0: all rows taken in, or nothing to do; 1: rows or a file were refused; 2: nothing can be read."""
    if args.replace and len(args.files) > 1:
        return _wrong("--replace takes one FILE: load the others apart.")
    store = _store(args)
    told: list[Loaded] = []
    refused: list[str] = []
    for path in args.files:
        outcome = store.load(path, at=datetime.now(UTC), replacing=args.replace, progress=Teller())
        if isinstance(outcome, Refusal):
            refused.append(outcome.reason if path.name in outcome.reason else f"{path.name}: {outcome.reason}")
        else:
            told.append(outcome)
    if args.json and told:
        print(json.dumps({"files": [one.as_json() for one in told], "refused": refused}, indent=2, ensure_ascii=False))
    elif told:
        print("\n".join(line for one in told for line in _told(one)))
    for reason in refused:
        print(f"wildgate trade load: {reason}", file=sys.stderr)
    if not told:
        return 2
    return 1 if refused or any(one.bad for one in told) else 0


class Teller:
    """Says on stderr how far a load is, once it takes longer than a second."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def __call__(self, text: str) -> None:
        if time.monotonic() - self.began >= QUIET:
            print(text, file=sys.stderr, flush=True)


def _told(one: Loaded) -> list[str]:
    if one.unchanged:
        return [f"{one.name}: {' '.join(one.notes) or 'the same as before; nothing changed.'}"]
    there = f", {one.already:,} were there already" if one.already else ""
    lines = [f"{one.name} ({one.kind}): {one.rows:,} rows loaded in {one.seconds:.1f} s{there}, {one.bad:,} left out."]
    lines += [f"  {row.file}, line {row.line}: {row.reason}" for row in one.bad_rows[:MOST_SHOWN]]
    if one.bad > MOST_SHOWN:
        lines.append(f"  and {one.bad - MOST_SHOWN:,} more; --json tells the first 1,000.")
    return lines


def run_sql(args: argparse.Namespace) -> int:
    """Exit status 0 with an answer, also an empty one; 2 for a query that cannot be answered."""
    answer = _store(args).ask(args.query, limit=args.limit, seconds=args.seconds)
    if isinstance(answer, Refusal):
        return _wrong(answer.reason, "sql")
    if args.output is not None:
        with whole_file(args.output) as file:
            _json(answer, file) if args.json else _csv(answer, file)
    elif args.json:
        _json(answer, sys.stdout)
    elif args.csv:
        _csv(answer, sys.stdout)
    else:
        _grid(answer)
    if answer.cut:
        print(f"Only the first {len(answer.rows):,} rows are shown; --limit takes more.", file=sys.stderr)
    return 0


def run_gaps(args: argparse.Namespace) -> int:
    """Exit status 0: reconciled; 1: the store has nothing of that Party and year; 2: no such country or year."""
    from wildgate.worldtrade.gaps import reconcile
    found = reconcile(_store(args), args.party, args.year, kind=args.kind)
    if isinstance(found, Refusal):
        print(f"wildgate trade gaps: {found.reason}", file=sys.stderr)
        return 1 if found.code == "nothing-to-reconcile" else 2
    told = found.as_json()
    if args.output is not None:
        _write_gaps(found, args.output)
    if args.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    print(f"{found.party} {found.year}, from {found.kind}: {found.matched:,} matched, {found.explained:,} differences "
          f"explained, {len(found.gaps) - found.explained:,} not.")
    for code, many in found.counts.items():
        print(f"  {many:>7,}  {code}")
    for gap in [] if args.output else found.gaps[:MOST_SHOWN]:
        print(f"{gap.direction} {gap.partner} {gap.taxon} {gap.term} {gap.source or '-'}: exporter "
              f"{_plain(gap.exporter_quantity)}, importer {_plain(gap.importer_quantity)} {gap.unit}. "
              f"{gap.explanation}")
    if not args.output and len(found.gaps) > MOST_SHOWN:
        print(f"and {len(found.gaps) - MOST_SHOWN:,} more; -o CSV or --json tells all.")
    return 0


def _write_gaps(found: Reconciliation, path: Path) -> None:
    rows = [gap.as_json() for gap in found.gaps]
    with whole_file(path) as file:
        writer = csv.writer(file)
        columns = ("key", "party", "year", "direction", "partner", "taxon", "term", "unit", "source", "origin",
                   "exporter_quantity", "importer_quantity", "difference", "code", "explained", "explanation", "rows")
        writer.writerow(columns)
        writer.writerows([_harmless(row[column]) for column in columns] for row in rows)


def run_sets(args: argparse.Namespace) -> int:
    """Exit status 0, also for an empty store."""
    sets = _store(args).sets()
    if args.json:
        print(json.dumps({"rows": sum(one.rows for one in sets), "sets": [one.as_json() for one in sets]}, indent=2,
                         ensure_ascii=False))
        return 0
    for one in sets:
        print(f"{one.name}  {one.kind}  {one.rows:,} rows  {one.first_year}-{one.last_year}  "
              f"{one.bytes / 1e6:,.1f} MB  {one.loaded_at:%Y-%m-%d %H:%M}")
    print(f"{sum(one.rows for one in sets):,} rows in {len(sets)} sets.")
    return 0


def run_drop(args: argparse.Namespace) -> int:
    """Exit status 0: gone; 1: there is no such set."""
    found = _store(args).drop(args.name)
    if isinstance(found, Refusal):
        print(f"wildgate trade drop: {found.reason}", file=sys.stderr)
        return 1
    print(json.dumps(found.as_json(), indent=2) if args.json else f"{found.name}: {found.rows:,} rows dropped.")
    return 0


def _store(args: argparse.Namespace) -> Store:
    from wildgate.worldtrade.store import Store
    if args.home:
        os.environ["WILDGATE_HOME"] = args.home
    return Store(env.home() / "trade")


def _json(answer: Table, file: IO[str]) -> None:
    rows = [dict(zip(answer.columns, map(_cell, row), strict=True)) for row in answer.rows]
    json.dump({"columns": list(answer.columns), "rows": rows, "cut": answer.cut}, file, indent=2, ensure_ascii=False)
    file.write("\n")


def _csv(answer: Table, file: IO[str]) -> None:
    writer = csv.writer(file)
    writer.writerow(answer.columns)
    writer.writerows([_harmless(_cell(cell)) for cell in row] for row in answer.rows)


def _harmless(cell: Any) -> Any:
    """Text of a stranger's file may begin like a formula: no spreadsheet is to reckon it."""
    return harmless(cell) if isinstance(cell, str) else cell


def _grid(answer: Table) -> None:
    rows = [[_short(cell) for cell in row] for row in answer.rows]
    widths = [max([len(name), *(len(row[place]) for row in rows)]) for place, name in enumerate(answer.columns)]
    for row in ([*answer.columns], ["-" * width for width in widths], *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"{len(rows):,} rows.")


def _short(cell: object) -> str:
    text = " ".join(str("" if cell is None else _cell(cell)).split())
    return text if len(text) <= WIDEST else f"{text[:WIDEST - 1]}…"


def _cell(cell: object) -> Any:
    """A decimal as its digits, exactly; what JSON has no word for as text."""
    if isinstance(cell, Decimal):
        return _plain(cell)
    if isinstance(cell, float):
        return cell if cell == cell and abs(cell) != float("inf") else str(cell)
    return cell if cell is None or isinstance(cell, bool | int | str) else str(cell)


def _plain(quantity: Decimal | None) -> str:
    if quantity is None:
        return "-"
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _query(text: str) -> str:
    if not text.isprintable() and any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise argparse.ArgumentTypeError("the query holds bytes that are no text in UTF-8")
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 8 or not 0 < int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a whole number from 1 to 10000000")
    return int(text)


def _wrong(reason: str, verb: str = "load") -> int:
    print(f"wildgate trade {verb}: {reason}", file=sys.stderr)
    return 2
