"""`wildgate settings`: every setting, its value here and what it does."""

from __future__ import annotations

import argparse
import json
import os

from wildgate.site.env import SETTINGS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("settings", help="list every setting with its value and meaning")
    parser.add_argument("--guide", action="store_true", help="the settings as a page of the guide, without values")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_database=False)


def run(args: argparse.Namespace) -> int:
    rows = [{"name": setting.name, "value": _shown(setting.name, setting.secret), "default": setting.default,
             "meaning": setting.meaning} for setting in SETTINGS]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    if args.guide:
        print(page(), end="")
        return 0
    for row in rows:
        print(f"{row['name']} = {row['value'] or row['default'] or '(empty)'}\n    {row['meaning']}")
    return 0


def page() -> str:
    """docs/guide/settings.md: every setting with its default and meaning."""
    rows = "".join(f"| `{each.name}` | {f'`{each.default}`' if each.default else 'empty'} | {each.meaning}"
                   f"{' Secret.' if each.secret else ''} |\n" for each in SETTINGS)
    return ("# Every setting\n\n## How settings are given\n\nAs variables of the environment. `wildgate settings` "
            "shows what they are set to here; `wildgate doctor` says which of them are wrong.\n\n## The settings\n\n"
            f"| name | default | what it does |\n|---|---|---|\n{rows}")


def _shown(name: str, secret: bool) -> str:
    value = os.environ.get(name, "")
    return "(set)" if value and secret else value
