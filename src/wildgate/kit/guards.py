"""Migration operations that make a table append-only in the database itself, on SQLite and PostgreSQL."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

_guarded: set[str] = set()


def append_only(table: str, *, open_while: str = "") -> RunPython:
    """UPDATE and DELETE of any row of `table` fail with a clear message, whoever asks.

    `open_while` is a condition of SQL on the OLD row: as long as it holds, the row may be updated.
    """
    _guarded.add(table)

    def forward(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _create(table, editor.connection.vendor, open_while or "FALSE"):
            editor.execute(statement)

    def backward(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _drop(table, editor.connection.vendor):
            editor.execute(statement)

    return RunPython(forward, backward)


def _create(table: str, vendor: str, open_while: str) -> list[str]:
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN NOT ({condition}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                for verb, condition in (("UPDATE", open_while), ("DELETE", "FALSE"))]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' AND ({open_while}) THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]


def _drop(table: str, vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_append_only()"]


def guarded() -> frozenset[str]:
    """The tables that the migrations guard. Known once the migrations have been loaded."""
    return frozenset(_guarded)


def standing(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """The tables whose guard stands in this database and is on."""
    ask = ("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%%_no_update'"
           if connection.vendor == "sqlite" else
           "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
           "WHERE t.tgname LIKE '%%_append_only' AND t.tgenabled IN ('O', 'A')")
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return frozenset(name for (name,) in cursor.fetchall())
