"""The releases: the last migration of each app in each of them, and the tables of a release.

`wildgate/data/releases.json` is written by `tools/release.py declare` on the day of a release and never changed after.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

import wildgate.data
from wildgate.kit import guards

FILE: Final = Path(wildgate.data.__file__).parent / "releases.json"
Step = tuple[str, str]
"""A migration: its app and its name."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its number, the day it was declared, the last migration of each app in it, and
    the digests of its migration files by app."""

    number: str
    on: str
    last: tuple[Step, ...]
    digests: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def releases() -> tuple[Release, ...]:
    """All that were declared, oldest first."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Release(each["number"], each["declared"], tuple(sorted(each["migrations"].items())),
                         tuple(sorted(each["digests"].items())))
                 for each in found["releases"])


def release(number: str) -> Release:
    """The release of that number. KeyError when it was never declared."""
    return {each.number: each for each in releases()}[number]


def newest() -> Release:
    return releases()[-1]


def plan_of(loader: MigrationLoader, last: Iterable[Step]) -> list[Migration]:
    """Every migration up to these, each once, each after those that it depends on."""
    order: dict[Step, None] = {}
    for step in sorted(last):
        order.update(dict.fromkeys(loader.graph.forwards_plan(step)))
    return [loader.graph.nodes[step] for step in order]


def release_of(applied: Iterable[Step]) -> str:
    """The newest release of which a database has every migration; empty when it has not even the first one's."""
    done = set(applied)
    return next((each.number for each in reversed(releases()) if set(each.last) <= done), "")


def make_tables_of(connection: BaseDatabaseWrapper, last: Iterable[Step],
                   fill: Callable[[StateApps], None] = lambda apps: None) -> StateApps:
    """Make the tables of an empty database as they were after these migrations; the models of that time.

    As `kit.fresh.make_tables` does for today. `fill` puts rows in before the guards stand: some of these move sums when
    a row comes, and the rows that are put in have been counted. Steps that mended older rows are not taken again.
    """
    loader = MigrationLoader(connection)
    last = sorted(last)
    plan = plan_of(loader, last)
    apps = loader.project_state(last).apps
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
    fill(apps)
    with connection.schema_editor() as editor:
        for migration in plan:
            for step in migration.operations:
                if isinstance(step, RunPython) and step.code.__module__ == guards.__name__:
                    step.code(apps, editor)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for migration in plan:
            recorder.record_applied(migration.app_label, migration.name)
    return apps


def applied(connection: BaseDatabaseWrapper) -> list[Step]:
    """The migrations that a database has."""
    return sorted(MigrationRecorder(connection).applied_migrations())


def declared(number: str, on: str, loader: MigrationLoader) -> dict[str, Any]:
    """Today's tables as an entry for a new release."""
    last = loader.graph.leaf_nodes()
    return {"number": number, "declared": on, "migrations": dict(sorted(last)),
            "digests": digests(plan_of(loader, last))}


def digests(plan: Iterable[Migration]) -> dict[str, str]:
    """One SHA-256 over the migration files of each of our apps: a released file does not change any more."""
    found: dict[str, Any] = {}
    for migration in sorted(plan, key=lambda each: (each.app_label, each.name)):
        module = sys.modules[migration.__module__]
        if module.__name__.startswith("wildgate."):
            digest = found.setdefault(migration.app_label, hashlib.sha256())
            digest.update(Path(str(module.__file__)).read_bytes())
    return {app: digest.hexdigest() for app, digest in found.items()}
