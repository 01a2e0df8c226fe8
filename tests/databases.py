"""A database of its own for tests with real threads and processes: migrated once, copied for each test."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[str]:
    """The name of a migrated, empty database: a file on SQLite, a template database on PostgreSQL."""
    with django_db_blocker.unblock():
        name = str(tmp_path_factory.mktemp("template") / "template.sqlite3")
        if connection.vendor == "postgresql":
            name = f"wildgate_template_{uuid.uuid4().hex[:8]}"
            _on_server(f'CREATE DATABASE "{name}"')
        with _pointed_at(name):
            call_command("migrate", verbosity=0)
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield name
        if connection.vendor == "postgresql":
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def own_database(_template: str, tmp_path: Path, django_db_blocker: Any,
                 monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh migrated database that real threads and processes may use; the value is a DATABASE_URL, empty for SQLite.

    On SQLite its file is `WILDGATE_HOME/wildgate.sqlite3` of a home of the test's own.
    """
    with django_db_blocker.unblock():
        home = tmp_path / "home"
        home.mkdir()
        monkeypatch.setenv("WILDGATE_HOME", str(home))
        monkeypatch.setattr(settings, "HOME", home)
        name, url = str(home / "wildgate.sqlite3"), ""
        if connection.vendor == "postgresql":
            name = f"wildgate_own_{uuid.uuid4().hex[:8]}"
            _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{_template}"')
            url = urlsplit(os.environ["TEST_POSTGRES_URL"])._replace(path=f"/{name}").geturl()
        else:
            shutil.copy(_template, name)
        monkeypatch.setenv("DATABASE_URL", url)
        with _pointed_at(name):
            yield url
        if url:
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run the given functions in real threads at the same time; their results, in order. An error is raised here."""
    def together(*functions: Callable[[], Any]) -> list[Any]:
        def in_own_connection(function: Callable[[], Any]) -> Any:
            try:
                return function()
            finally:
                connections.close_all()
        with ThreadPoolExecutor(len(functions)) as pool:
            return [future.result() for future in [pool.submit(in_own_connection, function) for function in functions]]
    return together


class _pointed_at:
    """Point Django's default connection at another database, in this thread and in those that start meanwhile."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.before = connections["default"]
        self.name_before = connections.settings["default"]["NAME"]
        connections.settings["default"]["NAME"] = self.name
        del connections["default"]

    def __exit__(self, *_: object) -> None:
        connections["default"].close()
        connections.settings["default"]["NAME"] = self.name_before
        connections["default"] = self.before


def _on_server(statement: str) -> None:
    """Run one statement on the server itself, outside any transaction."""
    import psycopg
    with psycopg.connect(os.environ["TEST_POSTGRES_URL"], autocommit=True) as server:
        server.execute(statement)


def lift_guards(table: str = "kit_event") -> None:
    """Take away what keeps rows from being changed, as somebody with the database in hands would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            cursor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
