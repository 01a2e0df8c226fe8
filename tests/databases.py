"""A database of its own for tests with real threads and processes: migrated once, copied for each test.

On PostgreSQL the tests work with the rights of the role that serves. What asks for more says so: `as_owner`,
`lift_guards`, `on_server`, `_pointed_at(..., owner=True)`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.metadata import distributions
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import teardown_databases
from tests.postgres import SERVING

from wildgate.kit.fresh import make_tables
from wildgate.site.database import migrating, rights


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_modify_db_settings: None,
                    django_db_blocker: Any) -> Iterator[str]:
    """A database for each worker, and the name of an empty migrated one that nobody writes to, to copy from.

    Migrating takes longer than most tests, so one worker does it and the empty one is kept for as long as the
    migrations stay as they are: a file on SQLite, a database on PostgreSQL.
    """
    with django_db_blocker.unblock():
        kept = Kept(connection.vendor)
        with open(f"{kept.file}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = kept.restored() if kept.exists() else kept.made()
        if kept.on_server:  # the tables are emptied after a test whose transactions are real
            connection.ops.execute_sql_flush = as_owner()(connection.ops.execute_sql_flush)
        yield kept.name
        if kept.on_server:  # a thread that the last test started may still hold a connection
            connection.close()
            on_server(f'DROP DATABASE "{connection.settings_dict["NAME"]}" WITH (FORCE)')
        else:
            teardown_databases(made, verbosity=0)


class Kept:
    """The empty database of just these migrations and packages, kept between runs."""

    def __init__(self, vendor: str) -> None:
        found = hashlib.sha256(str([SERVING, *sorted((each.name, each.version) for each in distributions())]).encode())
        source = Path(__file__).resolve().parent.parent / "src" / "wildgate"
        made_by = [source / name for name in ("kit/guards.py", "kit/fresh.py", "site/database/rights.py")]
        for file in (*made_by, *sorted(source.glob("**/migrations/*.py"))):
            found.update(file.relative_to(source).as_posix().encode() + file.read_bytes())
        key = found.hexdigest()[:16]
        self.file = Path(tempfile.gettempdir()) / f"wildgate-migrated-{os.getuid()}-{key}.sqlite3"
        self.on_server = vendor == "postgresql"
        self.name = f"wildgate_migrated_{key}" if self.on_server else str(self.file)

    def exists(self) -> bool:
        return _is_on_server(self.name) if self.on_server else self.file.exists()

    def made(self) -> list[tuple[Any, str, bool]]:
        """The test database as `setup_databases` makes it, filled as a first start fills it, and kept."""
        made = self._opened("template0")
        with _all_as_owner():
            make_tables(connection)
            call_command("migrate", verbosity=0, interactive=False)
            if self.on_server:
                migrating.make_role(SERVING, SERVING)
                migrating.grant(SERVING)
                with connection.cursor() as cursor:  # who is no superuser takes no role without it
                    cursor.execute(f'GRANT "{SERVING}" TO CURRENT_USER')
        if self.on_server:
            copied(connection.settings_dict["NAME"], self.name)
            return made
        fresh = f"{self.file}.{os.getpid()}"
        connection.cursor().execute("VACUUM INTO %s", [fresh])
        with closing(sqlite3.connect(fresh)) as copy:
            copy.execute("PRAGMA journal_mode=WAL")
        os.replace(fresh, self.file)
        return made

    def restored(self) -> list[tuple[Any, str, bool]]:
        """The same, filled from the kept one."""
        made = self._opened(self.name)
        if not self.on_server:
            with closing(sqlite3.connect(self.file)) as source:
                connection.ensure_connection()
                source.backup(connection.connection)
        return made

    def _opened(self, template: str) -> list[tuple[Any, str, bool]]:
        before = connection.settings_dict["NAME"]
        connection.close()
        if self.on_server:
            connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
            on_server(f'DROP DATABASE IF EXISTS "{connection.settings_dict["NAME"]}" WITH (FORCE)')
            copied(template, connection.settings_dict["NAME"])
        else:
            connection.settings_dict["NAME"] = connection.creation._create_test_db(0, autoclobber=True)
        return [(connection, str(before), True)]


@pytest.fixture
def own_database(django_db_setup: str, tmp_path: Path, django_db_blocker: Any,
                 monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh migrated database that real threads and processes may use; the value is a DATABASE_URL, empty for SQLite.

    On SQLite its file is `WILDGATE_HOME/wildgate.sqlite3` of a home of the test's own. On PostgreSQL a process that is
    given the address signs in as the role that serves, as in production.
    """
    with django_db_blocker.unblock():
        home = tmp_path / "home"
        home.mkdir()
        monkeypatch.setenv("WILDGATE_HOME", str(home))
        monkeypatch.setattr(settings, "HOME", home)
        name, url = str(home / "wildgate.sqlite3"), ""
        if connection.vendor == "postgresql":
            name = f"wildgate_own_{uuid.uuid4().hex[:8]}"
            copied(django_db_setup, name)
            url = address(name)
        else:
            shutil.copy(django_db_setup, name)
        monkeypatch.setenv("DATABASE_URL", url)
        with _pointed_at(name):
            yield url
        if url:
            on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def home_of_a_process(django_db_setup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home for a program that a test starts on SQLite. It has its tables already where the tests run on SQLite.

    The program reads the settings of the product: those of the tests would give it another, empty home.
    """
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
    home = tmp_path / "home"
    home.mkdir()
    if Path(django_db_setup).is_file():
        shutil.copy(django_db_setup, home / "wildgate.sqlite3")
    return home


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Run the given functions in real threads at the same time; their results, in order. An error is raised here.

    The threads and their connections last for the test: hundreds of rounds do not open hundreds of connections.
    """
    pools: dict[int, ThreadPoolExecutor] = {}

    def together(*functions: Callable[[], Any]) -> list[Any]:
        pool = pools.setdefault(len(functions), ThreadPoolExecutor(len(functions)))
        return [future.result() for future in [pool.submit(function) for function in functions]]

    yield together
    for count, pool in pools.items():
        gate = Barrier(count)  # so that each thread closes its own

        def close(gate: Barrier = gate) -> None:
            gate.wait()
            connections.close_all()

        for future in [pool.submit(close) for _ in range(count)]:
            future.result()
        pool.shutdown()


class _pointed_at:
    """Point Django's default connection at another database, in this thread and in those that start meanwhile.

    `owner`: with the rights of its owner, for a database in which the role that serves has none.
    """

    def __init__(self, name: str, *, owner: bool = False) -> None:
        self.name, self.owner = name, owner

    def __enter__(self) -> None:
        self.before, self.settings_before = connections["default"], connections.settings["default"]
        options = dict(self.settings_before["OPTIONS"])
        if self.owner:
            options.pop("assume_role", None)
        connections.settings["default"] = {**self.settings_before, "NAME": self.name, "OPTIONS": options}
        del connections["default"]

    def __exit__(self, *_: object) -> None:
        connections["default"].close()
        connections.settings["default"] = self.settings_before
        connections["default"] = self.before


@contextmanager
def as_owner() -> Iterator[None]:
    """What only the owner of the tables may do, on this thread's connection. On SQLite there are no roles."""
    if connection.vendor == "sqlite":
        yield
        return
    connection.ensure_connection()
    line = connection.connection  # the server's own: these two are no questions of the program, and nobody counts them
    line.execute("RESET ROLE")
    try:
        yield
    finally:
        if not line.closed and line.info.transaction_status.name != "INERROR":  # a rollback takes it back
            line.execute(f'SET ROLE "{SERVING}"')


@contextmanager
def _all_as_owner() -> Iterator[None]:
    """As the owner before there is any other role: also what opens the connection anew."""
    options = connection.settings_dict["OPTIONS"]
    role = options.pop("assume_role", "")
    try:
        yield
    finally:
        connection.close()
        if role:
            options["assume_role"] = role


def address(name: str, *, owner: bool = False) -> str:
    """A DATABASE_URL of a database on the server of the tests: of the role that serves, or of the owner."""
    there = urlsplit(os.environ["TEST_POSTGRES_URL"])
    host = there.netloc.rpartition("@")[2]
    return there._replace(path=f"/{name}", netloc=there.netloc if owner else f"{SERVING}:{SERVING}@{host}").geturl()


def copied(template: str, name: str) -> None:
    """A new database like another. The rights to its tables are copied with them; those to the database are not."""
    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"', rights.closed(name))


def on_server(*statements: str) -> None:
    """Run statements on the server itself as its owner, outside any transaction."""
    import psycopg
    with psycopg.connect(os.environ["TEST_POSTGRES_URL"], autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def _is_on_server(name: str) -> bool:
    import psycopg
    with psycopg.connect(os.environ["TEST_POSTGRES_URL"], autocommit=True) as server:
        return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def lift_guards(table: str = "kit_event") -> None:
    """Take away what keeps rows from being changed, as somebody with the database in hands would."""
    with as_owner(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            cursor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            cursor.execute(f'GRANT UPDATE, DELETE ON {table} TO "{SERVING}"')
