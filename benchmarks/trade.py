"""`trade.load`, `trade.group_by`, `trade.explorer`: shipment-like rows into the store and questions to them, beside
pandas and SQLite.

`WILDGATE_BENCH_ROWS` sets how many rows (2 million, at most 25 million). All three work on the same rows. Our memory is
told apart, as the process stood before the others began. The columns of the rows are drawn each by itself, so that
nearly no two rows say the same: sums gain nothing by being fewer than the rows, only by their order. A real download
repeats itself; its sums are a fifth of it.
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
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Peer, Result

if TYPE_CHECKING:
    from wildgate.worldtrade.engine import Connection
    from wildgate.worldtrade.store import Store

MOST = 25_000_000
ROWS = min(MOST, int(os.environ.get("WILDGATE_BENCH_ROWS", "2000000")))
CSV_ROWS = min(ROWS, 1_000_000)
LIMIT_SECONDS, LIMIT_CSV, LIMIT_PARQUET, LIMIT_MB, LIMIT_PAGE = 0.5, 300_000.0, 1_000_000.0, 2_048, 0.4
ROUNDS = 3
TAXON = "Genus40 species803"
COLUMNS = ("year", "reporter", "taxon", "family", "term", "unit", "source", "importer", "exporter")
MICRO = 1_000_000
QUESTIONS = {
    "year and source": 'SELECT "year", source, {amount}, {many} FROM {rows} GROUP BY "year", source',
    "taxa": "SELECT taxon, {amount}, {many} AS records FROM {rows} GROUP BY taxon "
            "ORDER BY records DESC, taxon LIMIT 20",
    "one taxon by year": f'SELECT "year", reporter, term, unit, {{amount}} FROM {{rows}} WHERE taxon = \'{TAXON}\' '
                         'GROUP BY "year", reporter, term, unit',
    "from whom to whom": "SELECT exporter, importer, {amount}, {many} AS records FROM {rows} "
                         "GROUP BY exporter, importer ORDER BY records DESC, exporter, importer LIMIT 200",
    "exporters of live animals": "SELECT exporter, reporter, unit, {amount} FROM {rows} WHERE term = 'LIV' "
                                 "GROUP BY exporter, reporter, unit",
}
"""Ours ask the sums, exact to fifteen decimals; the others their rows, in whole millionths."""
THEIRS = {"rows": "rows", "amount": "SUM(micro)", "many": "COUNT(*)"}
_PLAIN = f"SELECT {', '.join(COLUMNS)}, CAST((whole + part) * {MICRO} AS BIGINT) AS micro FROM stored"
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
    answers: dict[str, list[tuple[Any, ...]]]
    pages: dict[str, list[float]]
    memory_mb: int


def load() -> Result:
    """Rows a second of wall time from CSV into the store, checked, written and there to be asked; the same from Parquet
    in the detail, and how many a second the sums that are made after it take."""
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
         "parquet_with_sums": round(ours.rates["parquet sums"]),
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


def explorer() -> Result:
    """Seconds of wall time of an answer of the explorer that nobody asked before, the slowest of twenty left out."""
    ours = _ours()
    every = sorted(took for each in ours.pages.values() for took in each)
    return Result("trade.explorer", every[int(len(every) * 0.95)], "s", (Peer("limit of a page", LIMIT_PAGE, "s"),),
                  {"rows": ROWS, "median": round(every[len(every) // 2], 3),
                   **{f"slowest of {name}": round(max(each), 3) for name, each in ours.pages.items()}})


@cache
def _ours() -> Ours:
    from wildgate.worldtrade.questions import AMOUNT, MANY
    from wildgate.worldtrade.store import Loaded, Store
    rates: dict[str, float] = {}
    counts: list[tuple[float, float]]
    for kind, rows in (("csv", CSV_ROWS), ("csv", CSV_ROWS), ("parquet", ROWS)):
        path = _download(kind, rows)
        store, counts = Store(Path(mkdtemp(prefix="wildgate-trade-"))), []

        def heard(text: str, counts: list[tuple[float, float]] = counts) -> None:
            if "now summing it up" in text:
                counts.append((time.perf_counter(), time.process_time()))
        began, begun = time.perf_counter(), time.process_time()
        loaded = store.load(path, at=datetime.now(UTC), progress=heard)
        if not isinstance(loaded, Loaded) or (loaded.rows, loaded.bad) != (rows, 0):
            raise RuntimeError(f"the benchmark loaded something else: {loaded}")
        rates[f"{kind} sums"] = rows / (time.perf_counter() - began)
        rates[kind] = max(rates.get(kind, 0), rows / (counts[0][0] - began))
        rates[f"{kind} cpu"] = max(rates.get(f"{kind} cpu", 0), rows / (counts[0][1] - begun))
    pages = _pages(store)
    asked, answers = {}, {}
    for name, sql in QUESTIONS.items():
        text = sql.format(rows="summed", amount=AMOUNT, many=MANY)
        answers[name] = store.query(text)
        asked[name] = min(_took(lambda text=text: store.query(text)) for _ in range(ROUNDS))
    return Ours(store.folder, rates, asked, answers, pages, _memory())


def _pages(store: Store) -> dict[str, list[float]]:
    """How long each of a hundred answers took: what the explorer works out, without drawing the page. Most ask for a
    taxon, as readers do."""
    from wildgate.apps.explorer.answering import work_out
    from wildgate.worldtrade.questions import Question
    asked = {
        "species": [Question(taxon=f"Genus{each} species{each * 20 + 3}", rank="species") for each in range(60)],
        "genera": [Question(taxon=f"Genus{each}", rank="genus") for each in range(60, 80)],
        "families": [Question(taxon=f"Family{each}", rank="family") for each in range(10)],
        "a country's trade in a species": [Question(taxon=f"Genus{each} species{each * 20 + 4}", rank="species",
                                                    exporter=code) for each, code in enumerate(("AB", "BC", "CD"))],
        "countries": [Question(exporter=code) for code in ("AB", "BC", "CD", "DE")]
                     + [Question(importer=code) for code in ("AB", "BC", "CD")]}
    return {name: [_took(lambda q=q: work_out(store, q, official=True, published=0)) for q in each]
            for name, each in asked.items()}


def _asked_of_pandas(ours: Ours) -> dict[str, float]:
    """The same questions to a frame that holds the columns in memory already; reading them is not counted."""
    connection = _plainly(ours)
    frame = connection.execute(_PLAIN).df()
    connection.close()
    by: dict[str, Callable[[], object]] = {
        "year and source": lambda: frame.groupby(["year", "source"])["micro"].agg(["sum", "size"]),
        "taxa": lambda: frame.groupby("taxon")["micro"].agg(["sum", "size"]).nlargest(20, "size"),
        "one taxon by year": lambda: frame[frame["taxon"] == TAXON].groupby(
            ["year", "reporter", "term", "unit"])["micro"].sum(),
        "from whom to whom": lambda: frame.groupby(["exporter", "importer"])["micro"].agg(
            ["sum", "size"]).nlargest(200, "size"),
        "exporters of live animals": lambda: frame[frame["term"] == "LIV"].groupby(
            ["exporter", "reporter", "unit"])["micro"].sum()}
    found = by["year and source"]()
    if len(found) != len(ours.answers["year and source"]):  # type: ignore[arg-type]
        raise RuntimeError("pandas answers otherwise")
    return {name: min(_took(work) for _ in range(1 if ROWS > 5_000_000 else 2)) for name, work in by.items()}


def _asked_of_sqlite(ours: Ours) -> dict[str, float]:
    """The same SQL to a table of the same columns, with an index on the taxon."""
    database = sqlite3.connect(ours.store / "bench.sqlite3")
    database.execute("PRAGMA journal_mode = off")
    database.execute("PRAGMA synchronous = off")
    database.execute(f"CREATE TABLE rows ({', '.join((*COLUMNS, 'micro'))})")
    connection = _plainly(ours)
    cursor = connection.execute(_PLAIN)
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    while rows := cursor.fetchmany(100_000):
        database.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
    database.execute("CREATE INDEX by_taxon ON rows (taxon)")
    database.commit()
    connection.close()
    theirs = {name: sql.format(**THEIRS) for name, sql in QUESTIONS.items()}
    first = sorted(database.execute(theirs["year and source"]).fetchall())
    if first != sorted((year, source, int(amount * MICRO), many)
                       for year, source, amount, many in ours.answers["year and source"]):
        raise RuntimeError("SQLite answers otherwise")
    times = {name: _took(lambda sql=sql: database.execute(sql).fetchall()) for name, sql in theirs.items()}
    database.close()
    (ours.store / "bench.sqlite3").unlink()
    return times


def _plainly(ours: Ours) -> Connection:
    """A connection to the rows that the others are to hold."""
    from wildgate.worldtrade import engine
    connection = engine.connect(ours.store / "spill" / "bench")
    engine.show(connection, sorted((ours.store / "rows").rglob("*.parquet")))
    return connection


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


BENCHES = {"trade.load": load, "trade.group_by": group_by, "trade.explorer": explorer}
