"""A question that is asked thousands of times a second: the ORM writes its SQL once, and only the words change.

Writing the SQL costs the ORM several times what the database needs to answer. The query is an ordinary one, so that
tables, joins and conversions stay the models' own. PostgreSQL keeps its plan for each connection, too, unless a pooler
lends the connection to somebody else after every transaction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet


class _Place(str):
    """Where a word goes; the text is its name."""

    __slots__ = ()


class Prepared:
    """`ask` is a function of named texts that returns `values_list(...)`; the texts are compared as they are."""

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]]) -> None:
        self._ask = ask
        self._names = tuple(inspect.signature(ask).parameters)
        self._written: dict[str, tuple[Any, str, list[Any]]] = {}
        self._model: Any = None

    def rows(self, **words: str) -> list[tuple[Any, ...]]:
        """The answer, one tuple a row."""
        using = router.db_for_read(self._model) if self._model else ""
        compiler, sql, places = self._written.get(using) or self._write()
        given = [words[each] if type(each) is _Place else each for each in places]
        found = _fetched(connections[compiler.using], sql, given)
        return list(compiler.results_iter(results=[found], tuple_expected=True)) if found else []

    def _write(self) -> tuple[Any, str, list[Any]]:
        query = self._ask(**{name: _Place(name) for name in self._names})
        compiler = query.query.get_compiler(using=query.db)
        sql, params = compiler.as_sql()
        found = compiler, sql, list(params)
        self._model = query.model
        self._written[query.db] = found
        return found


def _fetched(line: Any, sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    watched = line.queries_logged or line.execute_wrappers  # whoever counts statements counts this one, too
    if line.vendor == "postgresql" and not line.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS") and not watched:
        from psycopg import Cursor
        line.ensure_connection()
        line.connection.prepare_threshold = 0
        with line.wrap_database_errors:
            return Cursor(line.connection).execute(sql, given).fetchall()
    with line.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
