"""`wildgate country`: everything of one country in open files, and an installation made from them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wildgate.site import env
from wildgate.site.cli import open_without_home


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    country = commands.add_parser("country", help="take all records away in open formats, or begin with them elsewhere")
    verbs = country.add_subparsers(metavar="VERB", required=True)
    leave = verbs.add_parser("export", help="write records, files, audit chain and public keys into a new folder")
    leave.add_argument("folder", metavar="DIR", type=Path, help="a new or empty folder")
    leave.add_argument("--unsigned", action="store_true", help="do not sign: where the keys cannot be used any more")
    arrive = verbs.add_parser("import", help="make an empty installation from such a folder, and compare")
    arrive.add_argument("folder", metavar="DIR", type=Path, help="the folder of an export")
    arrive.add_argument("--root", metavar="FINGERPRINT", default="",
                        help="of the root key, as the old installation read it out (wildgate keys fingerprint)")
    arrive.add_argument("--unsigned", action="store_true", help="take an export that nobody signed")
    words = verbs.add_parser("dictionary", help="print what each table and column means, as Markdown")
    for parser, run in ((leave, run_export), (arrive, run_import), (words, run_dictionary)):
        parser.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        parser.set_defaults(run=run)
    for parser in (leave, arrive):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arrive.set_defaults(needs_tables=False, needs_installation=False)
    words.set_defaults(needs_database=False)


def run_export(args: argparse.Namespace) -> int:
    """People may work on meanwhile; the export is of one moment."""
    from datetime import UTC, datetime

    from django.conf import settings

    from wildgate.site.backup.databases import NotDone
    from wildgate.site.country import leaving
    began = time.monotonic()
    try:
        manifest = leaving.leave(args.folder, settings.HOME, party=settings.PARTY, at=datetime.now(UTC),
                                 progress=_silent, signed=not args.unsigned)
    except NotDone as fault:
        print(f"wildgate country export: {fault}", file=sys.stderr)
        return 1
    _report(args, manifest, f"Everything is in {args.folder}, written in {time.monotonic() - began:.1f} s. It is NOT "
                            "encrypted and holds personal data: carry it so.")
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Exit status 1 when the export is not whole, or what was made of it differs from it."""
    from django.conf import settings

    from wildgate.site.backup.databases import NotDone
    from wildgate.site.country import arriving
    from wildgate.site.country.leaving import MANIFEST
    began = time.monotonic()
    try:
        root = arriving.root_of(args.folder, settings.PARTY) if (args.folder / MANIFEST).is_file() else ""
        if not root and not args.unsigned and (args.folder / MANIFEST).is_file():
            raise NotDone("Nobody signed this export: give --unsigned if you know where it comes from.")
        if args.root and "".join(args.root.split()).casefold() != "".join(root.split()).casefold():
            raise NotDone(f"Another authority signed it: its root is {root}.")
        settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        manifest = _as_owner(lambda: arriving.arrive(args.folder, settings.HOME, party=settings.PARTY,
                                                     progress=_silent))
    except NotDone as fault:
        print(f"wildgate country import: {fault}", file=sys.stderr)
        return 1
    _report(args, manifest, f"Imported into {settings.HOME} in {time.monotonic() - began:.1f} s: rows, hashes and "
                            "the end of the chain are those of the export.")
    if root and not args.root:
        print(f"Signed under the root {root}: compare it with the one that the old installation reads out.",
              file=sys.stderr)
    return 0


def _as_owner(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Tables are made by their owner, where that is another role than the one that serves."""
    from wildgate.site.database import migrating
    if not env.text("WILDGATE_OWNER_URL"):
        return work()
    role = migrating.serving_role()
    with migrating.as_owner():
        done = work()
        if role:
            migrating.grant(role)
    return done


def run_dictionary(args: argparse.Namespace) -> int:
    open_without_home()
    from django.apps import apps

    from wildgate.site.country import dictionary, staying
    print("\n".join(dictionary.as_markdown(dictionary.tables(staying.leaving(apps.get_models(include_auto_created=True))))))
    return 0


def _report(args: argparse.Namespace, manifest: dict[str, Any], sentence: str) -> None:
    if args.json:
        print(json.dumps({**manifest, "folder": str(args.folder)}, indent=2))
        return
    for head in manifest["heads"]:
        print(f"{head['party']}: {head['seq']} events, head {head['hash'][:16]}")
    print(f"{len(manifest['tables'])} tables, {sum(each['rows'] for each in manifest['tables'].values())} rows, "
          f"{len(manifest['files'])} files. {sentence}")
    print("What cannot come along:")
    for each in manifest["cannot_come"]:
        print(f"  - {each}")


def _silent(step: str) -> None:
    """Each table would be a line: the report at the end is enough, unless somebody looks for a fault."""
    if env.yes("WILDGATE_DEBUG"):
        print(f"  {step} ...", file=sys.stderr)
