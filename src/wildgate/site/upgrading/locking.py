"""One process changes the tables, however many start at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

KEY: Final = 0x57_49_4C_44
"""The advisory lock's number on PostgreSQL: WILD."""


class Taken(Exception):
    """Another process changes the tables at this moment."""


@contextmanager
def alone(home: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the installation's tables. `wait`: until the other is done; else Taken is raised."""
    with _server(wait) if connection.vendor == "postgresql" else on_file(home, wait=wait):
        yield


@contextmanager
def _server(wait: bool) -> Iterator[None]:
    """On a connection of its own: it lasts as long as the work, whatever that does with the other one."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(f"SELECT {'pg_advisory_lock' if wait else 'pg_try_advisory_lock'}(%s)", [KEY])
            if cursor.fetchone()[0] is False:
                raise Taken("Another process changes the tables at this moment: wait until it is done.")
        yield
    finally:
        own.close()


@contextmanager
def on_file(home: Path, *, wait: bool) -> Iterator[None]:
    """The lock of an installation that keeps its tables in its home; it asks no database."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(home / "upgrade.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Taken("Another process changes the tables at this moment: wait until it is done.") from None
        yield
    finally:
        os.close(descriptor)
