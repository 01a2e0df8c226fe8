"""The command line: `wildgate COMMAND ...`. Exit status 0 done or yes, 1 a clear no, 2 wrong usage or bad input."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import pkgutil
import secrets
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

from wildgate import __version__
from wildgate.site import env
from wildgate.site.starting import without_garbage

LONGEST_COMPLAINT = 800


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line that says what to do."""

    def error(self, message: str) -> None:  # type: ignore[override]
        said = message if len(message) <= LONGEST_COMPLAINT else f"{message[:LONGEST_COMPLAINT]} ..."
        self.exit(2, f"{self.prog}: {said}; see `{self.prog} --help`.\n")


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
    try:
        _speak_utf8()
        args = parser().parse_args(argv)
        database = getattr(args, "needs_database", True)
        if getattr(args, "needs_installation", database) and (missing := no_installation(getattr(args, "home", None))):
            print(missing, file=sys.stderr)
            return 2
        if database:
            open_home(getattr(args, "home", None), migrate=getattr(args, "needs_tables", True))
        status = int(args.run(args) or 0)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrupted; what was committed stays.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"wildgate: {error.filename or 'file'}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except SystemExit as end:  # a setting that cannot be used ends the program with a sentence
        if not isinstance(end.code, str):
            raise
        print(f"wildgate: {end.code}", file=sys.stderr)
        return 2
    except Exception as error:  # the last door before the user; the type and text go to them, the rest to debuggers
        if os.environ.get("WILDGATE_DEBUG"):
            raise
        print(f"wildgate: {_unable(error) or f'{type(error).__name__}: {error}. Set WILDGATE_DEBUG=yes to see where.'}",
              file=sys.stderr)
        return 2


def _speak_utf8() -> None:
    """JSON is UTF-8 whatever the terminal's language is; what is closed takes everything and keeps nothing."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # it lives as long as the program
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _unable(error: Exception) -> str:
    """What stood in the way: a full disk, a database that is away, words in no UTF-8; empty for anything else."""
    if isinstance(error, UnicodeEncodeError):
        return "What was typed holds bytes that are no text in UTF-8; type it again."
    from django.core.exceptions import ImproperlyConfigured

    from wildgate.kit.keybook import KeyFault
    if isinstance(error, ImproperlyConfigured | KeyFault):
        return str(error)
    if "file is not a database" in str(error) or "disk image is malformed" in str(error):
        return f"{env.home() / 'wildgate.sqlite3'} is no database, or a damaged one; restore a backup into a new home."
    from django.apps import apps
    if not apps.ready:
        return ""
    from wildgate.site import unable
    trouble = unable.trouble_of(error)
    return f"{unable.SENTENCES[trouble]} ({str(error).splitlines()[0]})" if trouble else ""


def no_installation(home: str | None) -> str:
    """What to say where a folder holds none: a mistyped --home must not become a new, empty installation in which
    every chain holds. Only what is meant to begin one does not ask. Empty where there is one; on PostgreSQL where the
    folder that was named exists."""
    from django.conf import settings
    folder = Path(home).expanduser() if home else env.home()
    on_server = bool(env.text("DATABASE_URL")) and (not home or folder.is_dir())
    if settings.configured or on_server or _has_tables(folder / "wildgate.sqlite3"):
        return ""
    return f"wildgate: {folder} holds no installation; name its folder with --home or WILDGATE_HOME."


def _has_tables(kept: Path) -> bool:
    """Was this database begun? One that cannot be read counts as begun: whoever opens it says what is wrong with it."""
    if not kept.is_file() or not kept.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(f"{kept.absolute().as_uri()}?mode=rw", uri=True)) as asked:
            return asked.execute("SELECT 1 FROM sqlite_master WHERE type = 'table'").fetchone() is not None
    except sqlite3.Error:
        return True


@contextmanager
def whole_file(name: str | Path) -> Iterator[TextIO]:
    """A text file that is there when all of it is; until then, and where something fails, what was there before stays.
    What is no plain file (a pipe, a terminal) is written to as it comes."""
    path = Path(name)
    if path.exists() and not path.is_file():
        with path.open("w", newline="", encoding="utf-8") as out:
            yield out
        return
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", newline="", encoding="utf-8") as out:
            yield out
        beside.replace(path)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault
    finally:
        beside.unlink(missing_ok=True)


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


def open_without_home() -> None:
    """Start Django for what asks its models and words only. No home is read, and none is begun by its secret."""
    os.environ.setdefault("WILDGATE_SECRET_KEY", secrets.token_urlsafe(48))
    open_home(None, migrate=False)


def home_party() -> str:
    """The home Party where a home with a database is, so that its imports count; empty for the shipped names alone."""
    if not env.text("DATABASE_URL") and not (env.home() / "wildgate.sqlite3").exists():
        return ""
    open_home(None, migrate=True)
    from django.conf import settings
    return str(settings.PARTY)
