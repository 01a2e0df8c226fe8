"""DuckDB within bounds: how much memory, how many threads, where it spills, and what a stranger's question may do."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from wildgate.convention.refusal import Refusal, refuse

Connection = duckdb.DuckDBPyConnection
Failure = duckdb.Error
Vanished = duckdb.IOException
Unreadable = (duckdb.InvalidInputException, duckdb.ConversionException)
"""What DuckDB says of a file that is no table of text, not of a disk that is full."""
Broken = (duckdb.Error, MemoryError, OSError)
"""What may end a load before its time."""
MEMORY = "1200MB"
SPILL = "40GB"
PART = "512MB"
BUCKET = 3_000_000
"""So many rows are held against each other at once; more go in parts, by a hash of what makes them the same."""
LONGEST_TOLD = 300
MOST_WORDS = 300
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
def opened(scratch: Path, memory: str = MEMORY) -> Iterator[Connection]:
    """A connection that is closed when the work is done."""
    connection = connect(scratch, memory=memory)
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
        connection.execute(f"CREATE OR REPLACE VIEW stored AS SELECT * FROM read_parquet({listed(files)}, "
                           "hive_partitioning = false)")
    else:
        connection.execute(f"CREATE TABLE IF NOT EXISTS stored ({_STORED})")
    connection.execute(f"CREATE OR REPLACE VIEW trade AS {VIEW}")


def close_doors(connection: Connection, files: Sequence[Path]) -> None:
    """From here on only these files can be read, nothing can be written, and no setting can be changed."""
    connection.execute(f"SET allowed_paths = {listed(files)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(files: Sequence[Path]) -> str:
    """Files as a list of SQL."""
    return f"[{', '.join(quoted(str(path)) for path in files)}]"


def lay_type(connection: Connection, name: str, words: str, more: Iterable[str] = ()) -> bool:
    """Have a type `name` of the words that this query gives, and of some more: numbers of a list, which are sorted and
    written many times quicker than texts, and are texts all the same in a Parquet file. No type, where there are more
    than a few hundred: DuckDB may then look through the whole list for each batch of rows, which is far slower."""
    found = connection.execute(words).fetchmany(MOST_WORDS + 1)
    if len(found) > MOST_WORDS:
        return False
    every = sorted({str(word) for (word,) in found} | set(more))
    connection.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(quoted, every))})")
    return True


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
    many = number(connection, f"SELECT count(*) FROM {source}")
    key = "id" if numbered else f"hash({', '.join(_SAID)})"
    if number(connection, f"SELECT count(*) - count(DISTINCT {key}) FROM {source} WHERE {which}") == 0:
        return 0
    said = ("id, " if numbered else "") + ", ".join(_SAID)
    replace(connection, folder, [
        f"SELECT * FROM {source} WHERE {test} QUALIFY NOT ({which}) OR row_number() OVER (PARTITION BY {said}) = 1"
        for test in buckets(many, 'hash(taxon, "year", id)')])
    return many - number(connection, f"SELECT count(*) FROM {source}")


def buckets(many: int, by: str) -> list[str]:
    """Conditions that share out so many rows, the same ones always together."""
    parts = many // BUCKET + 1
    return [f"{by} % {parts} = {part}" for part in range(parts)] if parts > 1 else ["true"]


def replace(connection: Connection, folder: Path, parts: Sequence[str]) -> None:
    """Put the rows of these queries, each of which may read the folder, in its place."""
    beside = folder.with_name(f"{folder.name}-new")
    beside.mkdir()
    for place, rows in enumerate(parts):
        written = beside / f"part-{place:03}"
        write(connection, rows, written)
        for path in sorted(written.glob("*.parquet")):
            path.rename(beside / f"{written.name}-{path.name}")
        remove(written)
    remove(folder)
    beside.rename(folder)


@contextmanager
def streaming(connection: Connection) -> Iterator[None]:
    """Have joins done as they are written: the table on the right is held in memory, the rows on the left flow past it.
    DuckDB knows not how many rows a CSV file has, takes it for the smaller side and would hold all of it."""
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        connection.execute("RESET disabled_optimizers")


def number(connection: Connection, sql: str) -> int:
    """The one number that a query answers with."""
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def told(error: Exception) -> str:
    """The first sentence of DuckDB's complaint, without the picture of the query that follows."""
    text = " ".join(str(error).split("\n\n")[0].split())[:LONGEST_TOLD]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def refusal(error: Exception, memory: str) -> Refusal:
    """Why a load came to nothing, in a sentence."""
    if "No space left" in str(error) or "max_temp_directory_size" in str(error):
        return refuse("disk-full", "There is no room left on the disk beside the trade store: free some, then load "
                      "the file again. The store is as it was.")
    if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
        return refuse("too-much-memory", "The file needs more memory than the %(most)s that a load may take: split it "
                      "by years and load the parts. The store is as it was.", most=memory)
    return refuse("load-failed", "The file could not be loaded, the store is as it was: %(told)s",
                  told=told(error))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


_SAID = ('"year"', "reporter", "appendix", "taxon", "term", "whole", "part", "unit", "importer", "exporter", "origin",
         "purpose", "source", "given_term", "given_unit")
