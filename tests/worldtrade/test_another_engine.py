"""The SQL of `questions.py`, word for word, on another engine over the same Parquet: DataFusion."""

from __future__ import annotations

from decimal import Decimal

import datafusion
import pytest

from wildgate.worldtrade import engine, questions, sums
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import Store

ASKED = {
    "trend": lambda store: questions.trend(store, Question(taxon="Acipenser baerii", kind="shipments")),
    "flows": lambda store: questions.flows(store, Question(taxon="Lynx canadensis", term="SKI", kind="shipments"), 9),
    "top": lambda store: questions.top(
        store, Question(taxon="Pythonidae", rank="family", term="LIV,SKI", kind="tabulation"), "taxon", 5),
    "sources": lambda store: questions.sources(
        store, Question(taxon="Caiman crocodilus", rank="species", source="W,-", kind="tabulation")),
    "parts": lambda store: questions.parts(
        store, Question(taxon="Falco rusticolus", rank="species", term="LIV", unit="NAR", kind="shipments"), 9),
    "offers": lambda store: questions.offers(store, Question(taxon="Manis", rank="genus")),
    "terms": lambda store: questions.terms(store, Question(taxon="Pholidota", rank="order", kind="shipments")),
    "years": lambda store: questions.years(store, Question(exporter="ID", first_year=2005, kind="tabulation")),
    "rows": lambda store: questions.rows(
        store, Question(taxon="Odobenus rosmarus", reporter="I", kind="shipments"), 40),
    "count": lambda store: questions.count(store, Question(appendix="I", unit="GRM", kind="shipments")),
}


class Elsewhere:
    """Answers a store's questions with DataFusion, from the same files; the SQL is handed on as it comes."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked = store, 0
        self.context = datafusion.SessionContext()
        summed, rows = store.sums()
        for name, files in (("stored", store.files()), ("sums", summed), ("unsummed", rows)):
            parts = []
            for number, path in enumerate(files):
                self.context.register_parquet(f"{name}{number}", str(path))
                parts.append(f"SELECT * FROM {name}{number}")
            self.context.sql(f"CREATE VIEW {name} AS {' UNION ALL '.join(parts)}")
        self.context.sql(f"CREATE VIEW trade AS {engine.VIEW}")
        self.context.sql(f"CREATE VIEW summed AS {sums.VIEW}")

    def query(self, sql, values=None):
        self.asked += 1
        batches = self.context.sql(sql, param_values=dict(values or {})).collect()
        return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.fixture(scope="module")
def another(world: Store) -> Elsewhere:
    return Elsewhere(world)


@pytest.mark.parametrize("name", ASKED)
def test_the_same_question_has_the_same_answer_on_another_engine(name, world, another):
    assert all(world.sums())  # of some sets there are sums, of others rows
    elsewhere, another.asked = another, 0

    theirs = ASKED[name](elsewhere)

    assert theirs == ASKED[name](world)
    assert theirs
    assert elsewhere.asked == 1
    if name == "trend":
        assert isinstance(theirs[0].quantity, Decimal)
