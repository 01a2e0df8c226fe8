"""The database's part of a backup: one moment of it, on SQLite and on PostgreSQL, while people work on."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.db import connection
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]
    register as with_djangos_functions,
)

Read = Callable[[str], list[tuple[Any, ...]]]
HEADS = "SELECT party, seq, hash FROM kit_chainhead ORDER BY party"
PG_TABLES = ("SELECT table_name FROM information_schema.tables "
             "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class NotDone(Exception):
    """The text says in one sentence why a backup or a restore cannot be, and what to do."""


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """A disk that is full while `folder` is written ends in NotDone, which names the folder."""
    try:
        yield
    except (OSError, sqlite3.Error) as fault:
        if getattr(fault, "errno", None) not in FULL and "disk is full" not in str(fault):
            raise
        raise NotDone(f"There is no room for it in {folder}: free some there, or name a folder on another "
                      "disk.") from fault


@dataclass(frozen=True, slots=True)
class Moment:
    """What the copied database holds: the end of each Party's chain, and rows by table."""

    heads: list[dict[str, Any]]
    counts: dict[str, int]


def copy_out(target: Path) -> Moment:
    """Write the database as it is at this moment; the file is whole and readable, or NotDone is raised."""
    return _dump(target) if connection.vendor == "postgresql" else _copy(target)


def _copy(target: Path) -> Moment:
    """SQLite's own backup: page by page, begun again by SQLite itself where somebody writes meanwhile."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode=DELETE")
        with_djangos_functions(copy)  # constraints of the tables call them
        if (told := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise NotDone(f"The copy of the database is damaged ({told}): check the disk, then try again.")
        return moment(lambda sql: copy.execute(sql).fetchall(), SQLITE_TABLES)


def _dump(target: Path) -> Moment:
    """pg_dump of a snapshot that this connection holds open, so that heads and counts are of the same moment."""
    program = _program("pg_dump")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            def read(sql: str) -> list[tuple[Any, ...]]:
                cursor.execute(sql)
                return list(cursor.fetchall())

            snapshot = read("SELECT pg_export_snapshot()")[0][0]
            _run([program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                  f"--file={target}"], _of_django())
            return moment(read, PG_TABLES)
        finally:
            cursor.execute("ROLLBACK")


def moment(read: Read, tables: str) -> Moment:
    heads = [{"party": party, "seq": seq, "hash": link} for party, seq, link in read(HEADS)]
    names = sorted(name for (name,) in read(tables))
    return Moment(heads, {name: read(f'SELECT count(*) FROM "{name}"')[0][0] for name in names})  # noqa: S608


def copy_in(source: Path, engine: str, home: Path) -> None:
    """Put the database in its place, which must be empty."""
    if engine == "postgresql":
        there = _of_address(os.environ["DATABASE_URL"])
        _run([_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
              f"--dbname={there['PGDATABASE']}", str(source)], there)
    else:
        shutil.copyfile(source, home / "wildgate.sqlite3.part")
        os.replace(home / "wildgate.sqlite3.part", home / "wildgate.sqlite3")


def require_empty(home: Path) -> None:
    """A restore overwrites nothing."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        import psycopg
        with psycopg.connect(url) as server:
            if server.execute(PG_TABLES).fetchone():
                raise NotDone("The database that DATABASE_URL names is not empty: make a new one, and name that.")
    elif (home / "wildgate.sqlite3").exists():
        raise NotDone(f"{home} has a database already: restore into a new home (WILDGATE_HOME or --home).")


def now_there(engine: str, home: Path) -> Moment:
    """What the restored database holds, read without Django's help."""
    if engine == "postgresql":
        import psycopg
        with psycopg.connect(os.environ["DATABASE_URL"]) as server:
            return moment(lambda sql: server.execute(sql.encode()).fetchall(), PG_TABLES)
    with closing(sqlite3.connect(home / "wildgate.sqlite3")) as copy:
        return moment(lambda sql: copy.execute(sql).fetchall(), SQLITE_TABLES)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotDone(f"The program {name} is not on this machine: install PostgreSQL's client programs.")
    return found


def _run(command: list[str], there: dict[str, str]) -> None:
    """PostgreSQL's programs take the connection from the environment: a password on a command line is read by everybody
    on the machine."""
    done = subprocess.run(command, env={**os.environ, **there}, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["no word"])[0]
        raise NotDone(f"{Path(command[0]).name} failed: {told}. Its version must not be older than the server's.")


def _of_django() -> dict[str, str]:
    """The database that this process works in."""
    it = connection.settings_dict
    return _given(it["HOST"], it["PORT"], it["USER"], it["PASSWORD"], it["NAME"])


def _of_address(address: str) -> dict[str, str]:
    url = urlsplit(address)
    return _given(url.hostname, url.port, unquote(url.username or ""), unquote(url.password or ""),
                  unquote(url.path.lstrip("/")))


def _given(host: object, port: object, user: object, password: object, name: object) -> dict[str, str]:
    found = {"PGHOST": host, "PGPORT": port or 5432, "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": name}
    return {key: str(value) for key, value in found.items() if value}
