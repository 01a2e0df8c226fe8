"""A stranger's question in SQL: one that reads, of the store's own Parquet alone, ended by rows and by time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from wildgate.convention.refusal import Refusal, refuse
from wildgate.worldtrade import engine

LONGEST_QUERY = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: `cut` is true where the limit of rows cut it off."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool = False


def ask(sql: str, files: Sequence[Path], scratch: Path, *, limit: int, seconds: float) -> Table | Refusal:
    """Run one SELECT, WITH, DESCRIBE or SHOW behind closed doors."""
    if len(sql) > LONGEST_QUERY:
        return refuse("query-too-long", "A query has at most %(most)s characters.", most=LONGEST_QUERY)
    connection = engine.connect(scratch)
    timer = threading.Timer(seconds, connection.interrupt)
    try:
        engine.show(connection, files)
        engine.close_doors(connection, files)
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return refuse("not-a-question", "Give one SELECT, WITH, DESCRIBE or SHOW: the trade store is only read.")
        timer.start()
        answer = connection.execute(statements[0])
        columns = _apart(column[0] for column in answer.description or ())
        rows = answer.fetchmany(limit + 1)
        return Table(columns, tuple(rows[:limit]), len(rows) > limit)
    except duckdb.InterruptException:
        return refuse("too-long", "The query took more than %(most)s seconds: ask for fewer years or one taxon.",
                      most=f"{seconds:g}")
    except duckdb.OutOfMemoryException:
        return refuse("too-much-memory", "The query needs more memory than %(most)s: ask for less at once.",
                      most=engine.MEMORY)
    except duckdb.Error as error:
        return refuse("query-refused", "%(told)s", told=engine.told(error))
    finally:
        timer.cancel()
        connection.close()


def _apart(names: Iterable[str]) -> tuple[str, ...]:
    """The names of the columns, the second of a name with its number."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(out)
