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
WORDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
"""What a role may have on a table, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns in order."""

    name: str
    columns: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What the application's role may do with the table."""
        if self.name in READ_ONLY:
            return WORDS[:1]
        if self.name in guards.guarded():
            return WORDS[:3] if guards.opens(self.name) else WORDS[:2]
        return WORDS[:4]

    @property
    def free(self) -> tuple[str, ...]:
        """The columns that it may change, where it may change any: all but the sums that a ledger moves."""
        return tuple(each for each in self.columns if each not in guards.kept(self.name))

    @property
    def rights(self) -> str:
        """The same, as SQL says it."""
        some = f"UPDATE ({', '.join(quoted(each) for each in self.free)})"
        return ", ".join(some if word == "UPDATE" and self.free != self.columns else word for word in self.words)


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
    yield closed(database)
    yield f"GRANT CONNECT ON DATABASE {quoted(database)} TO {app}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA public FROM {app}"
    yield f"GRANT USAGE ON SCHEMA public TO {app}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}"
    for table in found:
        yield f"GRANT {table.rights} ON TABLE {quoted(table.name)} TO {app}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}"


def closed(database: str) -> str:
    """Nobody makes anything in the database whom its owner does not let, not even a temporary table."""
    return f"REVOKE CREATE, TEMPORARY ON DATABASE {quoted(database)} FROM PUBLIC"


def creation(role: str, secret: str = "") -> str:
    """The role itself, which can sign in and nothing else. `secret` is its password as the server keeps it (SCRAM)."""
    password = f" PASSWORD '{secret}'" if secret else ""
    return (f"CREATE ROLE {quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION "
            f"NOBYPASSRLS{password}")


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Standing:
    """How the rights of a role differ from those of one that serves; by table, and by column where only some differ."""

    role: str
    owns: bool
    too_much: Mapping[str, list[str]]
    missing: Mapping[str, list[str]]


def standing(connection: BaseDatabaseWrapper) -> Standing | None:
    """The rights of the role of this connection; none on SQLite, which has no roles.

    A superuser and the owner of a table can do everything, whatever was revoked.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, bool_or(pg_has_role(current_user, relowner, 'MEMBER')) FROM pg_class "
                       "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        role, owns = cursor.fetchone()
        cursor.execute("SELECT c.relname, w.word, array_agg(a.attname::text) FROM pg_class c "
                       "JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN unnest(%s::text[]) w (word) "
                       "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
                       "AND NOT a.attisdropped AND CASE WHEN w.word IN ('SELECT', 'INSERT', 'UPDATE') "
                       "THEN has_column_privilege(c.oid, a.attnum, w.word) "
                       "ELSE has_table_privilege(c.oid, w.word) END GROUP BY c.relname, w.word", [list(WORDS)])
        held = {(table, word): set(columns) for table, word, columns in cursor.fetchall()}
    too_much: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for table in tables(connection):
        for word in WORDS:
            has = held.get((table.name, word), set[str]())
            due = set(table.free if word == "UPDATE" else table.columns) if word in table.words else set()
            for found, differ in ((too_much, has - due), (missing, due - has)):
                if differ:
                    found.setdefault(table.name, []).append(
                        word if differ == set(table.columns) else f"{word} ({', '.join(sorted(differ))})")
    return Standing(str(role), bool(owns), too_much, missing)


def may_make_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether the role of this connection can make tables at all."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        return bool(cursor.fetchone()[0])
