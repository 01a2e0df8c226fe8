"""Installations that tests of the shell begin with: one without tables, and one as release 1.0 left it."""

from __future__ import annotations

import tarfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from tests.databases import _pointed_at, address, on_server

RELEASES = Path(__file__).resolve().parent.parent / "data" / "releases"


@pytest.fixture
def no_tables(django_db_setup: str, tmp_path: Path, django_db_blocker: Any,
              monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """A context in which this process works in a new home with an empty database, as its owner; it gives the home."""
    made: list[str] = []

    @contextmanager
    def inside(name: str) -> Iterator[Path]:
        home = tmp_path / name
        home.mkdir()
        database, url = str(home / "wildgate.sqlite3"), ""
        if connection.vendor == "postgresql":
            database = f"wildgate_own_{uuid.uuid4().hex[:8]}"
            on_server(f'CREATE DATABASE "{database}" TEMPLATE template0')
            made.append(database)
            url = address(database, owner=True)
        with monkeypatch.context() as patch, django_db_blocker.unblock():
            patch.setenv("WILDGATE_HOME", str(home))
            patch.setenv("DATABASE_URL", url)
            patch.setattr(django_settings, "HOME", home)
            with _pointed_at(database, owner=True):
                yield home

    yield inside
    for database in made:
        on_server(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def kept_1_0(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an export that release 1.0 made of its demo world (tools/keep_release.py)."""
    folder = tmp_path_factory.mktemp("release") / "1.0"
    with tarfile.open(RELEASES / "1.0.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder
