"""What a step of a story did to the database, remembered: the same step from the same state is not walked twice.

Most tests begin with a case or a permit like everybody's, and a permit's way takes hundreds of statements. The state is
compared row by row and setting by setting, so a test that changed anything beforehand walks the whole way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from wildgate.kit import guards

Row = tuple[Any, ...]
Rows = dict[str, dict[Any, Row]]
"""Rows by table and primary key, as the database holds them."""
_steps: dict[str, tuple[list[tuple[str, list[Row]]], Any]] = {}


def remembered(name: str, asked: object, walk: Callable[[], Any]) -> Any:
    """The value of `walk`, or of its first run from this very state. The value must be a key, not a row."""
    if not connection.in_atomic_block:  # real threads look on, and sequences would be behind
        return walk()
    before = rows()
    key = hashlib.sha256(repr((name, asked, before, _settings())).encode()).hexdigest()
    if key not in _steps:
        value = walk()
        _steps[key] = (changes(before, rows()), value)
        return value
    statements, value = _steps[key]
    with connection.cursor() as cursor:
        for statement, values in statements:
            cursor.executemany(statement, values)
    return value


def rows() -> Rows:
    """Every row of every table that holds any."""
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models(include_auto_created=True)
            if model._meta.managed}
    quoted = connection.ops.quote_name
    found: Rows = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(
            f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for place, table in enumerate(keys)))
        full = {int(row[0]) for row in cursor.fetchall()}
        for place, (table, key) in enumerate(keys.items()):
            if place in full:
                cursor.execute(f"SELECT * FROM {quoted(table)} ORDER BY {quoted(key)}")
                at = [column[0] for column in cursor.description].index(key)
                found[table] = {row[at]: tuple(row) for row in cursor.fetchall()}
    return found


def changes(before: Rows, after: Rows) -> list[tuple[str, list[Row]]]:
    """Statements with their values that lead from one state to the other. Ledgers come first: the database moves sums
    by their lines, and the rows with the sums as they were then say the last word."""
    out: list[tuple[str, list[Row]]] = []
    quoted = connection.ops.quote_name
    models, ledgers = apps.get_models(include_auto_created=True), _ledgers()
    for model in sorted(models, key=lambda each: each._meta.db_table not in ledgers):
        table, key = model._meta.db_table, model._meta.pk.column
        old, new = before.get(table, {}), after.get(table, {})
        if gone := [(pk,) for pk in old if pk not in new]:
            out.append((f"DELETE FROM {quoted(table)} WHERE {quoted(key)} = %s", gone))
        if added := [row for pk, row in new.items() if pk not in old]:
            out.append((f"INSERT INTO {quoted(table)} VALUES ({', '.join(['%s'] * len(added[0]))})", added))
        if changed := [(*row, pk) for pk, row in new.items() if pk in old and old[pk] != row]:
            columns = ", ".join(f"{quoted(column)} = %s" for column in _columns(table))
            out.append((f"UPDATE {quoted(table)} SET {columns} WHERE {quoted(key)} = %s", changed))
    return out


@cache
def _ledgers() -> frozenset[str]:
    """Known once the migrations have been loaded."""
    MigrationLoader(None, ignore_no_migrations=True)
    return guards.ledgers()


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _settings() -> list[tuple[str, str]]:
    return [(name, repr(getattr(settings, name))) for name in sorted(dir(settings)) if name.isupper()]
