"""`wildgate bench`: every benchmark of this checkout, beside its peers and limits."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[4]
MODULES = ("law", "species", "seal", "message", "quota", "issue", "pages", "carrier", "border", "risk", "exchange",
           "trade", "report", "screening", "sharing", "streams", "growth",
           "load")
ON_REQUEST = {"growth", "load.soak"}
"""Takes most of an hour: only when it is asked for by name."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("bench", help="measure, beside peers and limits")
    parser.add_argument("name", nargs="*", help="benchmarks (default: all, written to bench.json)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_database=False)


def run(args: argparse.Namespace) -> int:
    benches = _benches()
    if benches is None:
        print("Benchmarks are part of the source checkout; clone the repository and run `make bench`.", file=sys.stderr)
        return 2
    if missing := [name for name in args.name if name not in benches]:
        print(f"There is no benchmark {missing[0]}; there are {', '.join(sorted(benches))}.", file=sys.stderr)
        return 2
    names = args.name or [name for name in benches if name not in ON_REQUEST]
    results = []
    for name in names:
        print(f"{name} ...", file=sys.stderr)
        results.append(benches[name]().as_json())
    report = {"machine": f"{platform.machine()} {platform.processor() or ''} x{os.cpu_count()}, "
                         f"Python {platform.python_version()}",
              "benches": results}
    if not args.name:
        Path("bench.json").write_text(json.dumps(report, indent=2) + "\n")
    if args.json:
        print(json.dumps(report, indent=2))
    else:
        _table(results)
    return 0


def _benches() -> dict[str, Any] | None:
    """Name -> function, from the `benchmarks` folder of the checkout; a home of its own, gone with the process."""
    if not (CHECKOUT / "benchmarks" / "measure.py").exists():
        return None
    sys.path.insert(0, str(CHECKOUT))
    os.environ["WILDGATE_HOME"] = tempfile.mkdtemp(prefix="wildgate-bench-")
    os.environ.setdefault("TEST_POSTGRES_URL", os.environ.get("DATABASE_URL", ""))
    os.environ["DATABASE_URL"] = ""
    from wildgate.site.cli import open_home
    open_home(None, migrate=True)
    found: dict[str, Any] = {}
    for module in MODULES:
        found.update(importlib.import_module(f"benchmarks.{module}").BENCHES)
    return found


def _table(results: list[dict[str, Any]]) -> None:
    print(f"{'bench':22} {'ours':>12} {'unit':8} {'ratio':>7}  beside")
    for row in results:
        beside = "; ".join(f"{peer['name']} {_figure(peer)}" for peer in row["beside"])
        ratio = row["ratio"] if row["ratio"] is not None else ""
        print(f"{row['name']:22} {row['value']:12,.2f} {row['unit']:8} {ratio:>7}  {beside}")
        if row.get("detail"):
            print(" " * 53 + "; ".join(f"{name} {value:,}" for name, value in row["detail"].items()))


def _figure(peer: dict[str, Any]) -> str:
    return "not measured" if peer["value"] is None else f"{peer['value']:,.2f} {peer['unit']}"
