"""`trade.load`, `trade.group_by`: shipment-like rows into the store and questions to them, beside pandas and SQLite.

`WILDGATE_BENCH_ROWS` sets how many rows (2 million, at most 25 million). All three work on the same rows. Our memory is
told apart, as the process stood before the others began.
"""

from __future__ import annotations

import csv
import os
import resource
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.measure import Peer, Result

MOST = 25_000_000
ROWS = min(MOST, int(os.environ.get("WILDGATE_BENCH_ROWS", "2000000")))
CSV_ROWS = min(ROWS, 1_000_000)
LIMIT_SECONDS, LIMIT_CSV, LIMIT_PARQUET, LIMIT_MB = 0.5, 300_000.0, 1_000_000.0, 2_048
ROUNDS = 3
TAXON = "Genus40 species803"
COLUMNS = ("year", "reporter", "taxon", "family", "term", "unit", "source", "importer", "exporter", "whole")
_AMOUNT = "SUM(whole)"
QUESTIONS = {
    "year and source": f'SELECT "year", source, {_AMOUNT}, COUNT(*) FROM rows GROUP BY "year", source',
    "taxa": f"SELECT taxon, {_AMOUNT}, COUNT(*) AS many FROM rows GROUP BY taxon ORDER BY many DESC, taxon LIMIT 20",
    "one taxon by year": f'SELECT "year", reporter, term, unit, {_AMOUNT} FROM rows WHERE taxon = \'{TAXON}\' '
                         'GROUP BY "year", reporter, term, unit',
    "from whom to whom": f"SELECT exporter, importer, {_AMOUNT}, COUNT(*) AS many FROM rows "
                         "GROUP BY exporter, importer ORDER BY many DESC, exporter, importer LIMIT 200",
    "exporters of live animals": f"SELECT exporter, reporter, unit, {_AMOUNT} FROM rows WHERE term = 'LIV' "
                                 "GROUP BY exporter, reporter, unit",
}
_MAKE = """COPY (SELECT (n * 7919 + 100000007)::BIGINT AS "Id", y AS "Year",
  ['I', 'II', 'II', 'II', 'III'][1 + floor(a * 4.99)::INT] AS "Appendix", 'Genus' || (t // 20) || ' species' || t AS
  "Taxon", 'Class' || (t // 4000) AS "Class", 'Order' || (t // 800) AS "Order", 'Family' || (t // 200) AS "Family",
  'Genus' || (t // 20) AS "Genus", ['live', 'skins', 'caviar', 'leather products (small)', 'extract',
  'meat'][1 + floor(b * 5.99)::INT] AS "Term", CASE WHEN b BETWEEN 0.33 AND 0.5 THEN round(c * 1000, 3)
  ELSE 1 + floor(c * 500) END AS "Quantity", CASE WHEN b BETWEEN 0.33 AND 0.5 THEN ['kg', 'kg', 'g'][1 + floor(a *
  2.99)::INT] ELSE '' END AS "Unit", chr(65 + floor(a * 25.9)::INT) || chr(65 + floor(c * 8.9)::INT) AS "Importer",
  chr(65 + floor(b * 25.9)::INT) || chr(65 + floor(d * 8.9)::INT) AS "Exporter", CASE WHEN d < 0.2 THEN chr(65 + floor(
  c * 25.9)::INT) || 'Y' ELSE '' END AS "Origin", ['T', 'P', 'S', 'H', 'Z'][1 + floor(d * d * 4.99)::INT] AS "Purpose",
  ['W', 'C', 'D', 'A', 'F', 'R', ''][1 + floor(c * c * 6.99)::INT] AS "Source",
  CASE WHEN a + d < 1 THEN 'I' ELSE 'E' END AS "Reporter.type"
  FROM (SELECT n, 1975 + floor(sqrt(random()) * 45.99)::INT AS y, floor(random() * random() * 20000)::INT AS t,
  random() AS a, random() AS b, random() AS c, random() AS d FROM range({rows}) AS made(n))) TO '{path}'"""


@dataclass(frozen=True, slots=True)
class Ours:
    """What our own work took, before any peer began."""

    store: Path
    rates: dict[str, float]
    asked: dict[str, float]
    answers: dict[str, list[tuple[object, ...]]]
    memory_mb: int


def load() -> Result:
    """Rows a second of wall time from CSV into the store, checked and written; the same from Parquet in the detail."""
    ours = _ours()
    path = _download("csv", CSV_ROWS)
    pandas_rate = CSV_ROWS / _took(lambda: _in_pandas(path))
    sqlite_rate = CSV_ROWS / _took(lambda: _in_sqlite(path))
    return Result("trade.load", ours.rates["csv"], "1/s", (
        Peer("pandas: read the CSV, write Parquet", pandas_rate, "1/s"),
        Peer("SQLite: insert from the CSV", sqlite_rate, "1/s"), Peer("limit", LIMIT_CSV, "1/s"),
        Peer("limit from Parquet", LIMIT_PARQUET, "1/s")),
        {"rows": CSV_ROWS, "a_processor_second": round(ours.rates["csv cpu"]), "parquet_rows": ROWS,
         "from_parquet": round(ours.rates["parquet"]),
         "from_parquet_a_processor_second": round(ours.rates["parquet cpu"]),
         "memory_mb": ours.memory_mb, "memory_limit_mb": LIMIT_MB})


def group_by() -> Result:
    """Seconds of wall time that a group-by takes, the mean of five; each is in the detail."""
    ours = _ours()
    pandas_times = _asked_of_pandas(ours)
    sqlite_times = _asked_of_sqlite(ours)
    mean = sum(ours.asked.values()) / len(QUESTIONS)
    return Result("trade.group_by", mean, "s", (
        Peer("pandas", sum(pandas_times.values()) / len(QUESTIONS), "s"),
        Peer("SQLite", sum(sqlite_times.values()) / len(QUESTIONS), "s"), Peer("limit", LIMIT_SECONDS, "s")),
        {"rows": ROWS, **{name: round(took, 3) for name, took in ours.asked.items()},
         "slowest": round(max(ours.asked.values()), 3),
         **{f"pandas {name}": round(took, 3) for name, took in pandas_times.items()},
         **{f"SQLite {name}": round(took, 3) for name, took in sqlite_times.items()}, "memory_mb": ours.memory_mb})


@cache
def _ours() -> Ours:
    from wildgate.worldtrade.store import Loaded, Store
    rates: dict[str, float] = {}
    for kind, rows in (("csv", CSV_ROWS), ("csv", CSV_ROWS), ("parquet", ROWS)):
        path = _download(kind, rows)
        store = Store(Path(mkdtemp(prefix="wildgate-trade-")))
        began, begun = time.perf_counter(), time.process_time()
        loaded = store.load(path, at=datetime.now(UTC))
        rates[kind] = max(rates.get(kind, 0), rows / (time.perf_counter() - began))
        rates[f"{kind} cpu"] = max(rates.get(f"{kind} cpu", 0), rows / (time.process_time() - begun))
        if not isinstance(loaded, Loaded) or (loaded.rows, loaded.bad) != (rows, 0):
            raise RuntimeError(f"the benchmark loaded something else: {loaded}")
    asked, answers = {}, {}
    for name, sql in QUESTIONS.items():
        text = sql.replace("FROM rows", "FROM trade")
        answers[name] = store.query(text)
        asked[name] = min(_took(lambda text=text: store.query(text)) for _ in range(ROUNDS))
    return Ours(store.folder, rates, asked, answers, _memory())


def _asked_of_pandas(ours: Ours) -> dict[str, float]:
    """The same questions to a frame that holds the columns in memory already; reading them is not counted."""
    import pandas as pd
    frame = pd.concat([pd.read_parquet(path, columns=list(COLUMNS), partitioning=None)
                       for path in sorted((ours.store / "rows").rglob("*.parquet"))])
    frame["whole"] = frame["whole"].astype("int64")
    by: dict[str, Callable[[], object]] = {
        "year and source": lambda: frame.groupby(["year", "source"])["whole"].agg(["sum", "size"]),
        "taxa": lambda: frame.groupby("taxon")["whole"].agg(["sum", "size"]).nlargest(20, "size"),
        "one taxon by year": lambda: frame[frame["taxon"] == TAXON].groupby(
            ["year", "reporter", "term", "unit"])["whole"].sum(),
        "from whom to whom": lambda: frame.groupby(["exporter", "importer"])["whole"].agg(
            ["sum", "size"]).nlargest(200, "size"),
        "exporters of live animals": lambda: frame[frame["term"] == "LIV"].groupby(
            ["exporter", "reporter", "unit"])["whole"].sum()}
    found = by["year and source"]()
    if len(found) != len(ours.answers["year and source"]):  # type: ignore[arg-type]
        raise RuntimeError("pandas answers otherwise")
    return {name: min(_took(work) for _ in range(1 if ROWS > 5_000_000 else 2)) for name, work in by.items()}


def _asked_of_sqlite(ours: Ours) -> dict[str, float]:
    """The same SQL to a table of the same columns, with an index on the taxon."""
    from wildgate.worldtrade import engine
    database = sqlite3.connect(ours.store / "bench.sqlite3")
    database.execute("PRAGMA journal_mode = off")
    database.execute("PRAGMA synchronous = off")
    database.execute(f"CREATE TABLE rows ({', '.join(COLUMNS)})")
    connection = engine.connect(ours.store / "spill" / "bench")
    engine.show(connection, sorted((ours.store / "rows").rglob("*.parquet")))
    listed = ", ".join("CAST(whole AS BIGINT)" if name == "whole" else name for name in COLUMNS)
    cursor = connection.execute(f"SELECT {listed} FROM stored")
    marks = ", ".join("?" * len(COLUMNS))
    while rows := cursor.fetchmany(100_000):
        database.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
    database.execute("CREATE INDEX by_taxon ON rows (taxon)")
    database.commit()
    connection.close()
    first = sorted(database.execute(QUESTIONS["year and source"]).fetchall())
    if first != sorted((year, source, int(amount), many)
                       for year, source, amount, many in ours.answers["year and source"]):  # type: ignore[misc]
        raise RuntimeError("SQLite answers otherwise")
    times = {name: _took(lambda sql=sql: database.execute(sql).fetchall()) for name, sql in QUESTIONS.items()}
    database.close()
    (ours.store / "bench.sqlite3").unlink()
    return times


def _in_pandas(path: Path) -> None:
    import pandas as pd
    pd.read_csv(path, keep_default_na=False).to_parquet(path.with_suffix(".pandas"))


def _in_sqlite(path: Path) -> None:
    database = sqlite3.connect(path.with_suffix(".sqlite3"))
    database.execute("PRAGMA synchronous = off")
    with path.open(newline="") as file:
        rows = csv.reader(file)
        columns = [f'"{name}"' for name in next(rows)]
        database.execute(f"CREATE TABLE rows ({', '.join(columns)})")
        while batch := list(islice(rows, 50_000)):
            database.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(columns))})", batch)
    database.commit()
    database.close()


@cache
def _download(kind: str, rows: int) -> Path:
    """A made-up download: names, codes and amounts spread about as a real one's are."""
    from wildgate.worldtrade import engine
    folder = Path(mkdtemp(prefix="wildgate-rows-"))
    connection = engine.connect(folder / "spill")
    connection.execute("SELECT setseed(0.42)")
    connection.execute(_MAKE.format(rows=rows, path=folder / f"rows.{kind}"))
    connection.close()
    return folder / f"rows.{kind}"


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


BENCHES = {"trade.load": load, "trade.group_by": group_by}
