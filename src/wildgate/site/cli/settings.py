"""`wildgate settings`: every setting, its value here and what it does."""

from __future__ import annotations

import argparse
import json
import os

from wildgate.site.env import SETTINGS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("settings", help="list every setting with its value and meaning")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_database=False)


def run(args: argparse.Namespace) -> int:
    rows = [{"name": setting.name, "value": _shown(setting.name, setting.secret), "default": setting.default,
             "meaning": setting.meaning} for setting in SETTINGS]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['name']} = {row['value'] or row['default'] or '(empty)'}\n    {row['meaning']}")
    return 0


def _shown(name: str, secret: bool) -> str:
    value = os.environ.get(name, "")
    return "(set)" if value and secret else value
