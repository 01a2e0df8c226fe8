"""A statement whose SQL is written once answers as the ORM does, whoever sends it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from wildgate.kit.models import Job
from wildgate.kit.prepared import Prepared

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 3, 10, tzinfo=UTC)


def by_name(party: str, name: str) -> QuerySet[Job, tuple[Any, ...]]:
    return Job.objects.filter(party=party, name=name).order_by("pk").values_list("name", "payload", "run_after",
                                                                                 "attempts")


@pytest.fixture
def work() -> None:
    for name in ("seal", "seal", "50 % off"):
        Job.objects.create(party="QM", name=name, key=str(Job.objects.count()), payload={"permit": 7}, run_after=NOW)


@pytest.mark.parametrize("name", ["seal", "50 % off", "nobody", "x' OR '1'='1"])
def test_it_answers_as_the_query_does(work, name):
    asked = Prepared(by_name)

    for _ in range(2):
        assert asked.rows(party="QM", name=name) == list(by_name("QM", name))


def test_whoever_counts_statements_counts_it(work, django_assert_num_queries):
    asked = Prepared(by_name)

    with django_assert_num_queries(2):
        assert len(asked.rows(party="QM", name="seal")) == len(asked.rows(party="QM", name="seal")) == 2


def test_postgresql_keeps_the_plan_and_a_null_never_ends_a_word(work):
    asked = Prepared(by_name)
    if connection.vendor != "postgresql":
        return
    asked.rows(party="QM", name="seal")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE %s", ["%kit_job%"])
        names = [row[0] for row in cursor.fetchall()]

    assert any(name.startswith("wildgate_") for name in names)
    with pytest.raises((DatabaseError, ValueError)):
        asked.rows(party="QM", name="seal\0ed")
