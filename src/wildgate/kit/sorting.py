"""Few rows found by one index and sorted, where SQLite would rather walk another index in the order of the answer.

Without statistics SQLite takes an index that gives the order over one that finds the rows: twelve events of a case are
then looked for in the whole chain. A column behind `Sorted` is ordered and compared like itself, but has no index.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Func


class Sorted(Func):
    """A column without its indexes, on SQLite; PostgreSQL knows how many rows there are and chooses well by itself."""

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="+%(expressions)s", **more)
