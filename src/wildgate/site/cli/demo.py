"""`wildgate demo`: one permit's whole life in a fresh home, in one go."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo", help="one permit's whole life in a fresh home; results in a folder")
    parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the results (default demo)")
    parser.add_argument("--home", help="state folder, emptied first if it is a demo world's (default: WILDGATE_HOME)")
    parser.set_defaults(run=run, needs_database=False)


def run(args: argparse.Namespace) -> int:
    from wildgate.site import env
    from wildgate.site.cli import open_home
    from wildgate.site.demo.world import NotADemo, fresh
    if args.home:
        os.environ["WILDGATE_HOME"] = args.home
    os.environ["DATABASE_URL"] = ""
    if args.out.exists() and not args.out.is_dir():
        print(f"{args.out} is a file; name a folder with --out.", file=sys.stderr)
        return 2
    try:
        fresh(env.home())
    except NotADemo as fault:
        print(fault, file=sys.stderr)
        return 2
    open_home(None, migrate=True)
    return tell(args.out)


def tell(out: Path) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.site.demo.scenes import play
    from wildgate.site.demo.story import Story, StoryFailed
    from wildgate.site.demo.world import filling
    print(f"A permit's whole life, in {settings.HOME} (law: the Appendices as of 6 March 2025)")
    at = timezone.now()
    try:
        with filling(settings.HOME):
            summary = Story(out, say=print).tell(at)
            play(at)
    except StoryFailed as fault:
        print(f"The demo failed: {fault}", file=sys.stderr)
        return 1
    print(f"Done in {summary['seconds']} s. "
          f"Results in {out}/: {', '.join(sorted(path.name for path in out.iterdir()))}")
    print(f"Look at {out}/permit.pdf, try `wildgate verify {out}/permit.png`, then `make serve`.")
    return 0
