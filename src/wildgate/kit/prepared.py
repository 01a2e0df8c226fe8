"""A statement that is sent thousands of times a second: its SQL is written once, and only the words change.

Writing the SQL costs the ORM several times what the database needs to answer, and the driver's cursor twice that. So
a question is an ordinary query, and a new row an ordinary model, whose tables, joins and conversions stay the models'
own; PostgreSQL keeps its plan for each connection, and is asked for it by name, without a cursor. Not where a pooler
lends the connection to somebody else after every transaction, nor where statements are watched: there, and wherever
anything is unusual, a cursor asks.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final, NamedTuple, TypeVar

from django.db import connections, router
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
_numbers: Final = count(1)
KNOWN: Final = "_wildgate_prepared"
"""The attribute of a driver's connection that names the plans which its server keeps."""
STANDS_FOR: Final = 2_100_000_000
"""The first of the numbers that stand for a number to come, while the ORM writes the SQL: no key is near it."""
MOST_ROWS, MANY_ROWS = 12, 50
"""Up to so many rows are one statement, which has a plan of its own; of more, so many at once, and then the rest."""


class _Place(str):
    """Where a word goes; the text is its name."""

    __slots__ = ()


class _Written(NamedTuple):
    """A question in the words of one database. `name` is that of its plan; empty: only a cursor can send its words."""

    compiler: Any
    converters: Any
    sql: str
    places: list[Any]
    name: bytes


class Prepared:
    """`ask` is a function of named words that returns `values_list(...)`; they are compared as they are.

    Words are texts, but for those that `numbers` names. `postgresql` is added there: which rows are locked.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]], *, numbers: Sequence[str] = (),
                 postgresql: str = "") -> None:
        self._ask, self._more = ask, postgresql
        names = tuple(inspect.signature(ask).parameters)
        self._numbers: dict[int, str] = {
            STANDS_FOR + i: _Place(name) for i, name in enumerate(names) if name in numbers}
        self._stands: dict[str, int] = {name: number for number, name in self._numbers.items()}
        self._names = names
        self._written: dict[str, _Written] = {}
        self._model: Any = None

    def rows(self, **words: str | int) -> list[tuple[Any, ...]]:
        """The answer, one tuple a row."""
        using = router.db_for_read(self._model) if self._model else ""
        written = self._written.get(using) or self._write()
        given = [words[each] if type(each) is _Place else each for each in written.places]
        found = _answer(connections[written.compiler.using], written.name, written.sql, given)
        return [tuple(row) for row in written.compiler.apply_converters(found, written.converters)]

    def _write(self) -> _Written:
        query = self._ask(**{name: self._stands.get(name) or _Place(name) for name in self._names})
        compiler = query.query.get_compiler(using=query.db)
        sql, params = compiler.as_sql()
        if connections[query.db].vendor == "postgresql":
            sql += self._more
        places = [self._numbers.get(each, each) if isinstance(each, int) else each for each in params]
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[:compiler.col_count]])
        found = _Written(compiler, converters, sql, places, b"wildgate_%d" % next(_numbers))
        self._model = query.model
        self._written[query.db] = found
        return found


class Statement:
    """A statement in words that both databases read, its places written `%s`; `postgresql` is added there."""

    def __init__(self, sql: str, *, postgresql: str = "") -> None:
        self._sql, self._more = sql, postgresql
        self._name = b"wildgate_%d" % next(_numbers)

    def rows(self, line: Any, *given: Any) -> list[tuple[Any, ...]]:
        """What the database answers on the connection `line`."""
        return _answer(line, self._name, self._sql + (self._more if line.vendor == "postgresql" else ""), list(given))


class Insert:
    """New rows of a model, few statements for many. `conflict`: the words of SQL for a row that is there already; rows
    then do not learn their keys."""

    def __init__(self, model: type[Model], *, conflict: str = "") -> None:
        self._model, self._conflict = model, conflict
        self._texts: dict[int, tuple[bytes, str]] = {}

    def save(self, rows: Sequence[Model]) -> None:
        """Write them, in their order; each learns the key that the database gave it."""
        using = router.db_for_write(self._model)
        fields = [each for each in self._model._meta.local_concrete_fields if not _is_given(each)]
        start = 0
        while start < len(rows):
            size = MANY_ROWS if len(rows) - start >= MANY_ROWS else MOST_ROWS
            self._save(rows[start:start + size], fields, using)
            start += size

    def _save(self, rows: Sequence[Model], fields: Sequence[Any], using: str) -> None:
        line = connections[using]
        given = [field.get_db_prep_save(getattr(row, field.attname), line) for row in rows for field in fields]
        name, sql = self._texts.get(len(rows)) or self._text(len(rows), fields)
        keys = _answer(line, name, sql, given)
        for i, row in enumerate(rows):
            row._state.adding, row._state.db = False, using
            if keys:
                row.pk = keys[i][0]

    def _text(self, many: int, fields: Sequence[Any]) -> tuple[bytes, str]:
        options = self._model._meta
        columns = ", ".join(f'"{field.column}"' for field in fields)
        one = f"({', '.join(['%s'] * len(fields))})"
        ending = self._conflict or (f'RETURNING "{options.pk.column}"' if _is_given(options.pk) else "")
        sql = f'INSERT INTO "{options.db_table}" ({columns}) VALUES {", ".join([one] * many)} {ending}'  # noqa: S608
        found = self._texts[many] = (b"wildgate_%d" % next(_numbers), sql)
        return found


class Update:
    """Some columns of one row of a model, by its key."""

    def __init__(self, model: type[Model], *names: str) -> None:
        self._model = model
        self._fields: list[Any] = [*(model._meta.get_field(name) for name in names), model._meta.pk]
        values = ", ".join(f'"{field.column}" = %s' for field in self._fields[:-1])
        self._sql = (f'UPDATE "{model._meta.db_table}" SET {values} '  # noqa: S608
                     f'WHERE "{self._fields[-1].column}" = %s')
        self._name = b"wildgate_%d" % next(_numbers)

    def save(self, row: Model) -> None:
        """Write them as the row has them now."""
        line = connections[router.db_for_write(self._model)]
        given = [field.get_db_prep_save(getattr(row, field.attname), line) for field in self._fields]
        _answer(line, self._name, self._sql, given)


def loaded(model: type[Row], names: Sequence[str], row: Sequence[Any]) -> Row:
    """A row of the model with these columns, in their order there; any other is read when somebody asks for it."""
    return model.from_db(router.db_for_write(model), names, row)


def _is_given(field: Any) -> bool:
    """Whether the database itself gives the value."""
    return bool(getattr(field, "db_returning", False))


def _answer(line: Any, name: bytes, sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    watched = line.queries_logged or line.execute_wrappers  # whoever counts statements counts this one, too
    pooled = line.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    if line.vendor == "postgresql" and name and not pooled and not watched and not line.needs_rollback:
        line.ensure_connection()
        with line.wrap_database_errors:
            found = _by_name(line, name, sql, given)
        if found is not None:
            return found
    with line.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall()) if cursor.description else []


def _by_name(line: Any, name: bytes, sql: str, given: list[Any]) -> list[tuple[Any, ...]] | None:
    """The rows; None where a cursor must ask: it tells why the server said no, as always.

    A transaction is begun as the driver begins it, before its first statement. Inside one nobody can ask again after a
    no: it is raised as the driver would raise it.
    """
    from psycopg.adapt import Transformer
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus, TransactionStatus
    connection = line.connection
    server, known = connection.pgconn, connection.__dict__.setdefault(KNOWN, set())
    begins = not line.autocommit and server.transaction_status == TransactionStatus.IDLE
    if begins and not (connection.isolation_level is connection.read_only is connection.deferrable is None):
        return None
    words = [_word(each) for each in given]
    if any(each is not None and b"\0" in each for each in words):  # it would end the word for the server
        return None
    if begins and server.exec_(b"BEGIN").status != ExecStatus.COMMAND_OK:
        return None
    answer: Any = None
    if name not in known:
        answer = server.prepare(name, (sql % tuple(f"${place}" for place in range(1, len(given) + 1))).encode())
        if answer.status == ExecStatus.COMMAND_OK:
            known.add(name)
    if name in known:
        answer = server.exec_prepared(name, words)
    if answer.status == ExecStatus.COMMAND_OK:
        return []
    if answer.status != ExecStatus.TUPLES_OK:
        if server.transaction_status == TransactionStatus.INERROR:
            raise error_from_result(answer)
        return None
    reader = Transformer(connection)
    reader.set_pgresult(answer)
    found: list[tuple[Any, ...]] = reader.load_rows(0, answer.ntuples, tuple)
    return found


def _word(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it from a text."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, date):  # and a moment
        return value.isoformat().encode()
    if isinstance(value, bool | int | Decimal):
        return str(value).encode()
    from psycopg.types.json import Jsonb
    if isinstance(value, Jsonb):
        text = (value.dumps or json.dumps)(value.obj)
        return text.encode() if isinstance(text, str) else text
    raise TypeError(f"{type(value).__name__} is no word of a statement that PostgreSQL keeps")
