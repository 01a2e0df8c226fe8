"""Migration operations that make the database itself keep what must hold, on SQLite and PostgreSQL.

`append_only`: rows never change. `counted`: the sums of a ledger are moved by its lines and by nothing else.
`refused`: a row that would break a rule between tables is not taken. On SQLite a table that a rule names cannot be made
anew by a later migration while the rule stands: that migration drops the rule first and makes it again (the operation's
`reverse_code` and `code`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

_guarded: dict[str, str] = {}
_kept: dict[str, frozenset[str]] = {}
_ledgers: set[str] = set()
_rules: dict[str, str] = {}


def append_only(table: str, *, open_while: str = "") -> RunPython:
    """UPDATE and DELETE of any row of `table` fail with a clear message, whoever asks.

    `open_while` is a condition of SQL on the OLD row: as long as it holds, the row may be updated.
    """
    _guarded[table] = open_while

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


def counted(ledger: str, *, into: str, by: str, key: str, sums: Mapping[str, str], only_if: str = "") -> RunPython:
    """Each new line of `ledger` moves the sums of the row of `into` that it names; its CHECKs then hold for lines.

    `by` is the line's column with the value of the row's `key`. `sums`: a column and what it becomes, in SQL that both
    databases read, with NEW for the line and bare names for the row. A line is refused where `only_if` does not hold.
    On PostgreSQL the sums are moved with the rights of the tables' owner: the role that serves needs none on them.
    """
    _ledgers.add(ledger)
    _kept[into] = frozenset(sums)
    values = ", ".join(f"{column} = {value}" for column, value in sums.items())
    change = f"UPDATE {into} SET {values} WHERE {key} = NEW.{by};"  # noqa: S608  (all of it stands in a migration)
    fault = f"{ledger} would take more than there is"
    return _rule(f"{ledger}_counted", ledger, {
        "sqlite": [f"CREATE TRIGGER {ledger}_counted AFTER INSERT ON {ledger} BEGIN "
                   + (f"SELECT RAISE(ABORT, '{fault}') WHERE NOT ({only_if}); " if only_if else "") + f"{change} END"],
        "postgresql": _in_postgresql(
            f"{ledger}_counted", f"AFTER INSERT ON {ledger}",
            (f"IF NOT ({only_if}) THEN {_raise(fault)} END IF; " if only_if else "") + change),
    })


def refused(name: str, table: str, *, when: str, unless: str, fault: str, lock: str = "") -> RunPython:
    """A row of `table` is refused with `fault` unless a condition holds, in SQL that both databases read.

    `when` is the moment: `INSERT`, or `INSERT OR UPDATE OF column`; the condition sees the row as NEW and in place.
    `lock` is a query for PostgreSQL that puts two at once in one line; SQLite has one writer at a time.
    """
    times = when.split(" OR ")
    line = f"PERFORM {lock}; " if lock else ""
    return _rule(name, table, {
        "sqlite": [f"CREATE TRIGGER {name}_{time.split()[0].lower()} AFTER {time} ON {table} WHEN NOT ({unless}) "
                   f"BEGIN SELECT RAISE(ABORT, '{fault}'); END" for time in times],
        "postgresql": _in_postgresql(name, f"AFTER {when} ON {table}",
                                     f"{line}IF NOT ({unless}) THEN {_raise(fault)} END IF;"),
    })


def _raise(fault: str) -> str:
    return f"RAISE EXCEPTION '{fault}' USING ERRCODE = 'check_violation';"


def _in_postgresql(name: str, moment: str, body: str) -> list[str]:
    """A trigger whose function works with the rights of who made it, and finds the tables in one place only."""
    return [f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = public, pg_temp AS $$ BEGIN {body} RETURN NULL; END $$",
            f"CREATE TRIGGER {name} {moment} FOR EACH ROW EXECUTE FUNCTION {name}()"]


def _rule(name: str, table: str, statements: Mapping[str, list[str]]) -> RunPython:
    _rules[name] = table

    def run(which: Callable[[str], list[str]]) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
        def step(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
            for statement in which(editor.connection.vendor):
                editor.execute(statement)
        return step

    def gone(vendor: str) -> list[str]:
        if vendor == "postgresql":
            return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]
        return [f"DROP TRIGGER {made.split()[2]}" for made in statements["sqlite"]]

    return RunPython(run(lambda vendor: statements[vendor]), run(gone))


def guarded() -> frozenset[str]:
    """The tables that the migrations guard. Known once the migrations have been loaded."""
    return frozenset(_guarded)


def opens(table: str) -> bool:
    """Whether a row of a guarded table may be updated at some time of its life."""
    return bool(_guarded[table])


def kept(table: str) -> frozenset[str]:
    """The columns of a table that a ledger moves and nobody else."""
    return _kept.get(table, frozenset())


def ledgers() -> frozenset[str]:
    """The tables whose lines move the sums of another."""
    return frozenset(_ledgers)


def missing_rules(connection: BaseDatabaseWrapper) -> list[str]:
    """The rules between tables that the migrations made and that do not stand in this database, or are off."""
    ask = ("SELECT name FROM sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else
           "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
    with connection.cursor() as cursor:
        cursor.execute(ask)
        found = {name for (name,) in cursor.fetchall()}
    return sorted(name for name in _rules if not {name, f"{name}_insert", f"{name}_update"} & found)


def standing(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """The tables whose guard stands in this database and is on."""
    ask = ("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%%_no_update'"
           if connection.vendor == "sqlite" else
           "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
           "WHERE t.tgname LIKE '%%_append_only' AND t.tgenabled IN ('O', 'A')")
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return frozenset(name for (name,) in cursor.fetchall())
