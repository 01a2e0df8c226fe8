"""What the role that serves may do in a PostgreSQL database: read and add, change what may change, and nothing else.

Two roles: the owner makes tables and guards, the application's role works. On a table that is append-only it holds no
right to UPDATE or DELETE, so that no fault of the program and nobody who takes it over can rewrite an event. It can
make, change and drop no table, switch off no trigger and empty no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from wildgate.kit import guards

READ_ONLY: Final = frozenset({"django_migrations"})
EVENTS: Final = "kit_event"
FORBIDDEN: Final = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns in order."""

    name: str
    columns: tuple[str, ...]

    @property
    def rights(self) -> str:
        """What the application's role may do with it."""
        if self.name in READ_ONLY:
            return "SELECT"
        if self.name in guards.guarded():
            return "SELECT, INSERT, UPDATE" if guards.opens(self.name) else "SELECT, INSERT"
        if kept := guards.kept(self.name):
            free = ", ".join(quoted(each) for each in self.columns if each not in kept)
            return f"SELECT, INSERT, UPDATE ({free}), DELETE"
        return "SELECT, INSERT, UPDATE, DELETE"


def tables(connection: BaseDatabaseWrapper) -> list[Table]:
    """The tables that are there, with the guards' own knowledge of them loaded."""
    MigrationLoader(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
                       "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
                       "ORDER BY table_name, ordinal_position")
        found: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, []).append(column)
    return [Table(name, tuple(columns)) for name, columns in found.items()]


def statements(role: str, database: str, found: Iterable[Table]) -> Iterator[str]:
    """The rights of the application's role, as SQL for the owner to run. Run again, it says the same."""
    app = quoted(role)
    yield f"REVOKE CREATE, TEMPORARY ON DATABASE {quoted(database)} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {quoted(database)} TO {app}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA public FROM {app}"
    yield f"GRANT USAGE ON SCHEMA public TO {app}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}"
    for table in found:
        yield f"GRANT {table.rights} ON TABLE {quoted(table.name)} TO {app}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}"


def creation(role: str, secret: str = "") -> str:
    """The role itself, which can sign in and nothing else. `secret` is its password as the server keeps it (SCRAM)."""
    password = f" PASSWORD '{secret}'" if secret else ""
    return (f"CREATE ROLE {quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION "
            f"NOBYPASSRLS{password}")


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def too_much(connection: BaseDatabaseWrapper) -> Mapping[str, list[str]]:
    """What the role of this connection could do to the event table and should not; empty on SQLite, which has no roles.

    A superuser and the owner of the table can do everything, whatever was revoked.
    """
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, c.relname, ARRAY(SELECT w FROM unnest(%s::text[]) w "
            "WHERE has_table_privilege(current_user, c.oid, w) OR pg_has_role(current_user, c.relowner, 'MEMBER')) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname = %s", [list(FORBIDDEN), EVENTS])
        return {str(role): list(words) for role, _, words in cursor.fetchall() if words}


def may_make_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether the role of this connection can make tables at all."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        return bool(cursor.fetchone()[0])
