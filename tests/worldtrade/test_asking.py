"""`Store.ask`: a stranger's SQL reads the store and nothing else, and ends."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.worldtrade.conftest import AT

from wildgate.convention.refusal import Refusal
from wildgate.worldtrade.store import OwnRow, Store, Table


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("asked"))
    row = OwnRow(2027, 1, "II", "Python regius", "", "", "", "Python", "SKI", Decimal("2.5"), "KGM", "QZ", "QM", "",
                 "T", "C", "E")
    store.append([row] * 5, at=AT)
    return store


@pytest.mark.parametrize("query", [
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('{folder}/manifest.json')",
    "SELECT * FROM '/etc/hostname'", "SELECT * FROM glob('/*')", "COPY trade TO '{folder}/x.csv'",
    "ATTACH '{folder}/x.db'", "INSTALL httpfs", "SET memory_limit = '9GB'", "CREATE TABLE x AS SELECT 1",
    "DROP VIEW trade", "PRAGMA version", "SELECT 1; SELECT 2", "", "SELECT", "SELECT nothing FROM trade",
    "SELECT * FROM read_parquet('https://example.org/a.parquet')", "SELECT * FROM sqlite_scan('x', 'y')",
    "SELECT * FROM query('COPY trade TO ''{folder}/x''')", f"SELECT '{'x' * 20_000}'"])
def test_what_is_no_question_to_the_store_is_refused_in_one_line(query, store):
    answer = store.ask(query.format(folder=store.folder))

    assert isinstance(answer, Refusal)
    assert "\n" not in answer.reason
    assert not list(store.folder.glob("x*"))


@pytest.mark.parametrize(("query", "rows"), [
    ("SELECT taxon, sum(quantity) FROM trade GROUP BY taxon", [("Python regius", Decimal("12.5"))]),
    ("WITH a AS (SELECT 1 AS x) SELECT x, x FROM a", [(1, 1)]), ("SHOW TABLES", [("stored",), ("trade",)])])
def test_one_question_is_answered(query, rows, store):
    answer = store.ask(query)

    assert isinstance(answer, Table)
    assert list(answer.rows) == rows
    assert len(set(answer.columns)) == len(answer.columns)


def test_an_answer_ends_at_its_limit_of_rows(store):
    answer = store.ask("SELECT * FROM trade", limit=3)

    assert isinstance(answer, Table)
    assert (len(answer.rows), answer.cut) == (3, True)


def test_a_question_without_end_is_ended(store):
    answer = store.ask("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b", seconds=0.3)

    assert isinstance(answer, Refusal)
    assert answer.code == "too-long"


def test_an_empty_store_answers(tmp_path: Path):
    answer = Store(tmp_path / "none").ask("SELECT count(*) FROM trade")

    assert isinstance(answer, Table)
    assert answer.rows == ((0,),)
    assert not (tmp_path / "none").exists()
