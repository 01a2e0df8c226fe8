"""The command line: `wildgate COMMAND ...`. Exit status 0 done or yes, 1 a clear no, 2 wrong usage or bad input."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from wildgate import __version__
from wildgate.site import env
from wildgate.site.starting import without_garbage


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line that says what to do."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """The whole command tree: each module of this package adds its own commands."""
    root = Parser(prog="wildgate", description="Electronic CITES permits.")
    root.add_argument("--version", action="version", version=f"wildgate {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for found in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda module: module.name):
        importlib.import_module(f"{__name__}.{found.name}").add(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; no traceback ever reaches a user."""
    args = parser().parse_args(argv)
    try:
        if getattr(args, "needs_database", True):
            open_home(getattr(args, "home", None), migrate=getattr(args, "needs_tables", True))
        return int(args.run(args) or 0)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrupted; what was committed stays.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"wildgate: {error.filename or 'file'}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except Exception as error:  # the last door before the user; the type and text go to them, the rest to debuggers
        if os.environ.get("WILDGATE_DEBUG"):
            raise
        if sentence := _unable(error):
            print(f"wildgate: {sentence}", file=sys.stderr)
            return 2
        print(f"wildgate: {type(error).__name__}: {error}. Set WILDGATE_DEBUG=yes to see where.", file=sys.stderr)
        return 2


def _unable(error: Exception) -> str:
    """What of the machine stood in the way: a full disk, a database that is away; empty where it was something else."""
    from django.apps import apps
    if not apps.ready:
        return ""
    from wildgate.site import unable
    trouble = unable.trouble_of(error)
    return f"{unable.SENTENCES[trouble]} ({str(error).splitlines()[0]})" if trouble else ""


def open_home(home: str | None, *, migrate: bool) -> None:
    """Start Django on a home; its tables are made or brought up to date first."""
    if home:
        os.environ["WILDGATE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
    import django

    with without_garbage():
        django.setup()
    if migrate:
        from wildgate.site.database.migrating import bring_up_to_date
        bring_up_to_date()


def home_party() -> str:
    """The home Party where a home with a database is, so that its imports count; empty for the shipped names alone."""
    if not env.text("DATABASE_URL") and not (env.home() / "wildgate.sqlite3").exists():
        return ""
    open_home(None, migrate=True)
    from django.conf import settings
    return str(settings.PARTY)
