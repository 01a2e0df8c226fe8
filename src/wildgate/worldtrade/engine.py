"""DuckDB within bounds: how much memory, how many threads, where it spills, and what a stranger's question may do."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection
Failure = duckdb.Error
Vanished = duckdb.IOException
Unreadable = (duckdb.InvalidInputException, duckdb.ConversionException)
"""What DuckDB says of a file that is no table of text, not of a disk that is full."""
MEMORY = "1200MB"
SPILL = "40GB"
PART = "512MB"
THREADS = max(1, min(4, os.cpu_count() or 1))

COLUMNS = ("kind", "set_name", "reporter", "year", "month", "id", "appendix", "taxon", "class_name", "order_name",
           "family", "genus", "term", "quantity", "unit", "importer", "exporter", "origin", "purpose", "source",
           "given_term", "given_quantity", "given_unit")
_STORED = """kind VARCHAR, set_name VARCHAR, reporter VARCHAR, "year" SMALLINT, "month" TINYINT, id BIGINT,
appendix VARCHAR, taxon VARCHAR, class_name VARCHAR, order_name VARCHAR, family VARCHAR, genus VARCHAR, term VARCHAR,
whole DECIMAL(18,0), part DECIMAL(18,15), unit VARCHAR, importer VARCHAR, exporter VARCHAR, origin VARCHAR,
purpose VARCHAR, source VARCHAR, given_term VARCHAR, given_quantity DECIMAL(25,9), given_unit VARCHAR"""

VIEW = """
SELECT kind, set_name, reporter, "year", "month", id, appendix, taxon, class_name, order_name, family, genus, term,
       CAST(whole AS DECIMAL(38,15)) + CAST(part AS DECIMAL(38,15)) AS quantity, unit, importer, exporter, origin,
       purpose, source, given_term,
       COALESCE(CAST(given_quantity AS DECIMAL(38,15)), CAST(whole AS DECIMAL(38,15)) + CAST(part AS DECIMAL(38,15)))
       AS given_quantity, given_unit, whole, part
FROM stored"""
"""The view that every question asks, over the table `stored` of the Parquet files; any SQL engine can have both."""


def connect(scratch: Path, *, memory: str = MEMORY) -> Connection:
    """A connection of its own that spills into `scratch` and keeps within its memory."""
    return quiet(duckdb.connect(":memory:", config={
        "memory_limit": memory, "threads": THREADS, "temp_directory": str(scratch), "max_temp_directory_size": SPILL,
        "preserve_insertion_order": False, "python_enable_replacements": False,
        "autoinstall_known_extensions": False, "autoload_known_extensions": False}))


@contextmanager
def opened(scratch: Path) -> Iterator[Connection]:
    """A connection that is closed when the work is done."""
    connection = connect(scratch)
    try:
        yield connection
    finally:
        connection.close()


def quiet(connection: Connection) -> Connection:
    """Know how far a query is, without drawing a bar on the screen."""
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    return connection


def show(connection: Connection, files: Sequence[Path]) -> None:
    """Have `stored` and `trade` stand for these Parquet files; for none, they are there and empty."""
    if files:
        listed = ", ".join(quoted(str(path)) for path in files)
        connection.execute(f"CREATE OR REPLACE VIEW stored AS SELECT * FROM read_parquet([{listed}], "
                           "hive_partitioning = false)")
    else:
        connection.execute(f"CREATE TABLE IF NOT EXISTS stored ({_STORED})")
    connection.execute(f"CREATE OR REPLACE VIEW trade AS {VIEW}")


def close_doors(connection: Connection, files: Sequence[Path]) -> None:
    """From here on only these files can be read, nothing can be written, and no setting can be changed."""
    listed = ", ".join(quoted(str(path)) for path in files)
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def parquet(folder: Path) -> str:
    """The rows of the Parquet files of a folder, as a table of SQL."""
    return f"read_parquet({quoted(str(folder / '*.parquet'))}, hive_partitioning = false)"


def write(connection: Connection, rows: str, target: Path) -> None:
    """Write rows as Parquet files of a bearable size into the folder `target`."""
    connection.execute(f"COPY ({rows}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd, "
                       f"FILE_SIZE_BYTES {quoted(PART)}, OVERWRITE_OR_IGNORE true)")


def once(connection: Connection, folder: Path, numbered: bool) -> int:
    """Keep each row of a folder once: a shipment is known by its Id and what it says, a row of a tabulation by all
    it says; rows without an Id are all kept. How many went."""
    source, which = parquet(folder), "id <> 0" if numbered else "true"
    if numbered and number(connection, f"SELECT count(id) - count(DISTINCT id) FROM {source} WHERE id <> 0") == 0:
        return 0
    said = ("id, " if numbered else "") + ", ".join(_SAID)
    twice = number(connection, f"SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT {said} FROM {source} WHERE "
                               f"{which})) FROM {source} WHERE {which}")
    if twice:
        rows = f"SELECT * FROM {source} QUALIFY NOT ({which}) OR row_number() OVER (PARTITION BY {said}) = 1"
        once_only = folder.with_name(f"{folder.name}-once")
        write(connection, rows, once_only)
        remove(folder)
        once_only.rename(folder)
    return twice


def number(connection: Connection, sql: str) -> int:
    """The one number that a query answers with."""
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


_SAID = ('"year"', "reporter", "appendix", "taxon", "term", "whole", "part", "unit", "importer", "exporter", "origin",
         "purpose", "source", "given_term", "given_unit")
