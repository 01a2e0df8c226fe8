"""Rows summed up: one cell for all rows of a set that say the same but for amount, Id and words, in order of taxa.

Each set has one file of sums beside its rows. It is made from the rows, adds nothing and may be missing: then the rows
themselves answer, each as a cell of its own.
"""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from wildgate.worldtrade.columns import OWN
from wildgate.worldtrade.engine import Connection, lay_type, listed, quoted
from wildgate.worldtrade.manifest import SUMS, TradeSet

LEAST_ROWS = 10_000
"""A smaller set answers as quickly from its rows."""
_WORDS = ("kind", "reporter", "appendix", "taxon", "class_name", "order_name", "family", "genus", "term", "unit",
          "importer", "exporter", "origin", "purpose", "source")
_CELL = f'{", ".join(_WORDS)}, "year"'
VIEW = f"""
SELECT {_CELL}, whole, part, many FROM sums UNION ALL SELECT {_CELL}, whole, part, 1 AS many FROM unsummed"""
"""The view `summed`, over the tables `sums` of the files of sums and `unsummed` of the rows of sets that have none. Any
SQL engine can have it; with all rows as `unsummed` and no `sums` it answers the same."""
_ORDER = 'class_name, order_name, family, genus, taxon, term, unit, reporter, "year"'
"""A taxon lies together, and within it what is added up: equal codes in a row, and amounts without a decimal part, take
little room and time also where a question reads all cells."""
_EMPTY = (f'{", ".join(f"{name} VARCHAR" for name in _WORDS)}, "year" SMALLINT, whole DECIMAL(18,0), '
          "part DECIMAL(18,15), many INTEGER")


def place(folder: Path, one: TradeSet) -> Path:
    """Where the sums of a set lie. A set never changes and its folder has a name of its own: what is there is right."""
    return folder / SUMS / f"{one.folder}.parquet"


def wanted(folder: Path, sets: Iterable[TradeSet]) -> tuple[TradeSet, ...]:
    """The sets that should have sums and have none. Our own rows are few, and their months are asked for."""
    return tuple(one for one in sets if one.kind != OWN and one.rows >= LEAST_ROWS and not place(folder, one).exists())


def make(connection: Connection, rows: Sequence[Path], target: Path) -> None:
    """Sum up the rows of a set. A decimal part that comes to more than one is carried over to the whole."""
    source = f"read_parquet({listed(rows)}, hive_partitioning = false)"
    typed = {name: lay_type(connection, f"{name}_type", f"SELECT DISTINCT {name} FROM {source}")
            for name in _WORDS}
    read = ", ".join(f"TRY_CAST({name} AS {name}_type) AS {name}" if typed[name] else name for name in _WORDS)
    connection.execute(f"""
COPY (SELECT {_CELL}, CAST(whole + trunc(part) AS DECIMAL(18,0)) AS whole,
             CAST(part - trunc(part) AS DECIMAL(18,15)) AS part, many
      FROM (SELECT {_CELL}, SUM(whole) AS whole, SUM(part) AS part, CAST(COUNT(*) AS INTEGER) AS many
            FROM (SELECT {read}, "year", whole, part FROM {source}) GROUP BY ALL ORDER BY {_ORDER}))
TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)""")


def show(connection: Connection, sums: Sequence[Path], rows: Sequence[Path]) -> None:
    """Have `summed` stand for these sums and for these rows of sets without sums."""
    for name, files in (("sums", sums), ("unsummed", rows)):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({listed(files)}, "
                           "hive_partitioning = false)" if files else f"CREATE TABLE {name} ({_EMPTY})")
    connection.execute(f"CREATE VIEW summed AS {VIEW}")
