"""What a step of a story did to the database, remembered: the same step from the same state is not walked twice.

Most tests begin with a case or a permit like everybody's, and a permit's way takes hundreds of statements. The state is
compared row by row and setting by setting, so a test that changed anything beforehand walks the whole way; only the
traces of signing in do not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from tests.databases import as_owner

from wildgate.kit import guards

Row = tuple[Any, ...]
Rows = dict[str, dict[Any, Row]]
"""Rows by table and primary key, as the database holds them."""
BY_MIGRATIONS = frozenset({"auth_permission", "django_content_type"})
"""Written by migrations only and read by no step: half the rows of an empty database."""
SIGN_INS = {"django_session": None, "axes_accesslog": None, "accounts_person": "last_login"}
"""What a browser leaves that signs in, as whole tables or one column: chance and the present second. A step acts for
the person that it is given, so it reads none of them; one that does more than to add people walks each time."""
_steps: dict[str, tuple[list[tuple[str, list[Row]]], Any]] = {}


def remembered(name: str, asked: object, walk: Callable[[], Any]) -> Any:
    """The value of `walk`, or of its first run from this very state. The value must be a key, not a row."""
    if not connection.in_atomic_block:  # real threads look on, and sequences would be behind
        return walk()
    before = rows()
    key = digest((name, asked, _settings()), before)
    if key not in _steps:
        value = walk()
        after = rows()
        if not _signs_in(before, after):
            _steps[key] = (changes(before, after), value)
        return value
    statements, value = _steps[key]
    with as_owner(), connection.cursor() as cursor:  # the walk itself had the rights of the role that serves
        for statement, values in statements:
            cursor.executemany(statement, values)
    return value


def digest(asked: object, state: Rows) -> str:
    """What stands for a question and the state in which it was asked, without the traces of signing in."""
    found = hashlib.sha256(repr(asked).encode())
    binary = _binary_tables()
    for table, kept in state.items():
        told: list[Any] = list(kept.values())
        if table in SIGN_INS:
            if not (column := SIGN_INS[table]):
                continue
            at = _columns(table).index(column)
            told = [(*row[:at], *row[at + 1:]) for row in told]
        if table in binary:  # the law's parts: their written form would be longer than all other rows
            told = [[hashlib.sha256(cell).digest() if isinstance(cell, (bytes, memoryview)) else cell for cell in row]
                    for row in told]
        found.update(repr((table, told)).encode())
    return found.hexdigest()


def _signs_in(before: Rows, after: Rows) -> bool:
    """Whether a step changed what the digest passes over: its rows would not fit the next state."""
    return any(before.get(table) != after.get(table) if column is None else
               any(after.get(table, {}).get(pk) != row for pk, row in before.get(table, {}).items())
               for table, column in SIGN_INS.items())


def rows() -> Rows:
    """Every row of every table that holds any."""
    keys, asked = _tables()
    quoted = connection.ops.quote_name
    found: Rows = {}
    with connection.cursor() as cursor:
        cursor.execute(asked)
        full = {int(row[0]) for row in cursor.fetchall()}
        for place, (table, key) in enumerate(keys.items()):
            if place in full:
                cursor.execute(f"SELECT * FROM {quoted(table)} ORDER BY {quoted(key)}")
                at = [column[0] for column in cursor.description].index(key)
                found[table] = {row[at]: tuple(row) for row in cursor.fetchall()}
    return found


@cache
def _tables() -> tuple[dict[str, str], str]:
    """Tables with their keys, and the statement that tells by their places which of them hold rows."""
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.db_table not in BY_MIGRATIONS}
    quoted = connection.ops.quote_name
    return keys, " UNION ALL ".join(
        f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for place, table in enumerate(keys))


@cache
def _binary_tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True)
                     if any(isinstance(field, models.BinaryField) for field in model._meta.fields))


def changes(before: Rows, after: Rows) -> list[tuple[str, list[Row]]]:
    """Statements with their values that lead from one state to the other. Ledgers come first: the database moves sums
    by their lines, and the rows with the sums as they were then say the last word. Then rows that name no others, like
    people: SQLite looks through all tables for whoever named them before they were there."""
    out: list[tuple[str, list[Row]]] = []
    quoted = connection.ops.quote_name
    ledgers = _ledgers()
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: (
            each._meta.db_table not in ledgers, any(field.is_relation for field in each._meta.fields))):
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


@cache
def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _settings() -> list[tuple[str, str]]:
    return [(name, repr(getattr(settings, name))) for name in sorted(dir(settings))
            if name.isupper() and name != "SETTINGS_MODULE"]  # where they came from says nothing of what they are
