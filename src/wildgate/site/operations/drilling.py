"""A restore drill: back up, restore into a scratch home, compare, open a permit. Green or red, with its time.

Nothing of the running installation is changed. The backup and the scratch home are removed when the drill ends.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.conf import settings
from django.db import connection

from wildgate.site import env
from wildgate.site.backup import taking
from wildgate.site.backup.databases import NotDone

LONGEST: Final = 4 * 3600.0
"""Seconds that one step may take."""
STEPS: Final = ("backup", "restore", "compare", "permit")


@dataclass(frozen=True, slots=True)
class Drill:
    """How it ended. `step` is where a red one stopped and `says` why; `seconds` is what the whole took."""

    green: bool
    seconds: int
    step: str = ""
    says: str = ""
    events: int = 0
    rows: int = 0


class Stopped(Exception):
    """A step did not go well: its name, and the reason in one sentence."""


def drill(home: Path, party: str, at: datetime) -> Drill:
    """Do it. Whatever goes wrong is a red drill, not a fault."""
    began = time.monotonic()
    for left in home.glob(".drill-*"):  # of a process that died in the middle
        subprocess.run(["rm", "-rf", "--", str(left)], check=False)
    try:
        with TemporaryDirectory(dir=home, prefix=".drill-") as scratch:
            manifest = _drilled(Path(scratch), home, party, at)
    except Stopped as stop:
        step, says = stop.args
        return Drill(False, round(time.monotonic() - began), step, says)
    return Drill(True, round(time.monotonic() - began), events=sum(head["seq"] for head in manifest["heads"]),
                 rows=sum(manifest["counts"].values()))


def _drilled(scratch: Path, home: Path, party: str, at: datetime) -> dict[str, Any]:
    passphrase = env.text("WILDGATE_BACKUP_PASSPHRASE") or secrets.token_urlsafe(24)
    try:
        manifest = taking.take(scratch / "backup", home, passphrase=passphrase, at=at, party=party,
                               engine=connection.vendor, progress=lambda step: None)
    except (NotDone, OSError) as fault:
        raise Stopped("backup", str(fault)) from fault
    with _scratch_database() as url:
        around = {**os.environ, "WILDGATE_HOME": str(scratch / "home"), "DATABASE_URL": url, "WILDGATE_OWNER_URL": "",
                  "WILDGATE_REPORTS_URL": "", "WILDGATE_BACKUP_PASSPHRASE": passphrase, "WILDGATE_PARTY": party,
                  "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
        _run("restore", around, "wildgate", "restore", str(scratch / "backup"), "--home", str(scratch / "home"))
        told = json.loads(_run("compare", around, "wildgate.site.operations.opening"))
    if told["heads"] != manifest["heads"] or not told["holds"]:
        raise Stopped("compare", "The restored audit chain does not end where that of the running installation did.")
    if told["permits"] and not told["opened"]:
        raise Stopped("permit", "No permit of the restored installation could be opened and checked.")
    return manifest


def _run(step: str, around: dict[str, str], module: str, *words: str) -> str:
    """A program in the scratch home; what it prints."""
    try:
        done = subprocess.run([sys.executable, "-m", module, *words], env=around, capture_output=True, text=True,
                              check=False, timeout=LONGEST)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Stopped(step, f"It did not end: {type(fault).__name__}.") from fault
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if not line.startswith("  ")]
        raise Stopped(step, (told or ["It ended without a word."])[-1][:300])
    return done.stdout


@contextmanager
def _scratch_database() -> Iterator[str]:
    """A DATABASE_URL that is empty: on a server a database beside the own one, which goes again."""
    if connection.vendor != "postgresql":
        yield ""
        return
    import psycopg
    from psycopg import sql
    url = env.text("WILDGATE_OWNER_URL") or env.text("DATABASE_URL")
    name = f"{settings.DATABASES['default']['NAME']}_drill_{secrets.token_hex(3)}"
    start, _, query = url.partition("?")
    address = f"{start.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    try:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as fault:
        raise Stopped("restore", "No scratch database can be made: as the server's administrator give the role the "
                                 f"right, ALTER ROLE ... CREATEDB ({type(fault).__name__}).") from fault
    try:
        yield address
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
