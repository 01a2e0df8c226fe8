"""A question that is asked thousands of times a second: the ORM writes its SQL once, and only the words change.

Writing the SQL costs the ORM several times what the database needs to answer, and the driver's cursor twice that. So
the query is an ordinary one, whose tables, joins and conversions stay the models' own; PostgreSQL keeps its plan for
each connection, and is asked for it by name, without a cursor. Not where a pooler lends the connection to somebody else
after every transaction, nor where statements are watched: there, and wherever anything is unusual, a cursor asks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import count
from typing import Any, Final, NamedTuple

from django.db import connections, router
from django.db.models import QuerySet

_numbers: Final = count(1)
KNOWN: Final = "_wildgate_prepared"
"""The attribute of a driver's connection that names the plans which its server keeps."""


class _Place(str):
    """Where a word goes; the text is its name."""

    __slots__ = ()


class _Written(NamedTuple):
    """A statement in the words of one database. `name` is that of its plan; empty: only a cursor can send its words."""

    compiler: Any
    converters: Any
    sql: str
    places: list[Any]
    name: bytes


class Prepared:
    """`ask` is a function of named texts that returns `values_list(...)`; the texts are compared as they are."""

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]]) -> None:
        self._ask = ask
        self._names = tuple(inspect.signature(ask).parameters)
        self._written: dict[str, _Written] = {}
        self._model: Any = None

    def rows(self, **words: str) -> list[tuple[Any, ...]]:
        """The answer, one tuple a row."""
        using = router.db_for_read(self._model) if self._model else ""
        written = self._written.get(using) or self._write()
        given = [words[each] if type(each) is _Place else each for each in written.places]
        found = _fetched(connections[written.compiler.using], written, given)
        return [tuple(row) for row in written.compiler.apply_converters(found, written.converters)]

    def _write(self) -> _Written:
        query = self._ask(**{name: _Place(name) for name in self._names})
        compiler = query.query.get_compiler(using=query.db)
        sql, params = compiler.as_sql()
        are_texts = all(isinstance(each, str) for each in params)
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[:compiler.col_count]])
        found = _Written(compiler, converters, sql, list(params), b"wildgate_%d" % next(_numbers) if are_texts else b"")
        self._model = query.model
        self._written[query.db] = found
        return found


def _fetched(line: Any, written: _Written, given: list[Any]) -> list[tuple[Any, ...]]:
    watched = line.queries_logged or line.execute_wrappers  # whoever counts statements counts this one, too
    pooled = line.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    if line.vendor == "postgresql" and written.name and not pooled and not watched:
        line.ensure_connection()
        with line.wrap_database_errors:
            found = _by_name(line.connection, written, given)
        if found is not None:
            return found
    with line.cursor() as cursor:
        cursor.execute(written.sql, given)
        return list(cursor.fetchall())


def _by_name(connection: Any, written: _Written, given: list[str]) -> list[tuple[Any, ...]] | None:
    """The rows; None when the server says no: then the cursor asks again, and tells why as every statement does."""
    from psycopg.adapt import Transformer
    from psycopg.pq import ExecStatus
    if any("\0" in each for each in given):  # it would end the word for the server
        return None
    server, known = connection.pgconn, connection.__dict__.setdefault(KNOWN, set())
    if written.name not in known:
        sql = written.sql % tuple(f"${place}" for place in range(1, len(given) + 1))
        if server.prepare(written.name, sql.encode()).status != ExecStatus.COMMAND_OK:
            return None
        known.add(written.name)
    answer = server.exec_prepared(written.name, [each.encode() for each in given])
    if answer.status != ExecStatus.TUPLES_OK:
        return None
    reader = Transformer(connection)
    reader.set_pgresult(answer)
    found: list[tuple[Any, ...]] = reader.load_rows(0, answer.ntuples, tuple)
    return found
