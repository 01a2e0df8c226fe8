"""A statement whose SQL is written once answers as the ORM does, whoever sends it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from wildgate.kit.models import Event, Job
from wildgate.kit.prepared import Insert, Prepared, Statement, Update, loaded

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


def event(seq: int, party: str = "QM") -> Event:
    return Event(party=party, seq=seq, at=NOW, actor="person:1", kind="tested", subject="50 % of 'it'", data="{}",
                 previous="0" * 64, hash="1" * 64)


def test_rows_are_written_in_their_order_and_learn_their_keys(django_assert_num_queries):
    insert, rows = Insert(Event), [event(seq) for seq in range(1, 15)]

    with django_assert_num_queries(3):
        insert.save(rows[:2])
        insert.save(rows[2:])
        insert.save([event(99)])
        insert.save([])

    assert {row.pk: row.seq for row in rows} == dict(Event.objects.exclude(seq=99).values_list("pk", "seq"))
    assert Event.objects.get(seq=1).at == NOW
    assert Event.objects.get(seq=2).subject == "50 % of 'it'"


def test_all_kinds_of_values_go_in_and_come_out(work):
    insert, change = Insert(Job), Update(Job, "payload", "lease_until", "attempts")
    row = Job(party="QM", name="seal", key="own", payload={"a": ["ü", None, 1.5]}, run_after=NOW)
    insert.save([row])
    row.payload, row.lease_until, row.attempts, row.last_error = {"b": True}, NOW, 3, "not written"
    change.save(row)

    found = Job.objects.get(key="own")
    assert (found.pk, found.payload, found.lease_until, found.attempts, found.last_error) == (
        row.pk, {"b": True}, NOW, 3, "")


def test_a_number_is_a_word_like_another(work):
    keys = list(Job.objects.order_by("pk").values_list("pk", flat=True))
    asked = Prepared(lambda key, name: Job.objects.filter(pk=key, name=name).values_list("pk"), numbers=("key",))

    assert [asked.rows(key=key, name="seal") for key in (*keys, 0)] == [[(keys[0],)], [(keys[1],)], [], []]


def test_what_was_not_loaded_is_read_when_it_is_asked_for(work, django_assert_num_queries):
    key = Job.objects.get(name="50 % off").pk
    row = loaded(Job, ("id", "name"), (key, "50 % off"))

    with django_assert_num_queries(1):
        assert (row.name, row.payload) == ("50 % off", {"permit": 7})


def test_what_the_database_refuses_inside_a_transaction_is_its_own_fault_and_undoes_all(own_database):
    insert, lines = Insert(Event), Statement("SELECT seq FROM kit_event WHERE party = %s ORDER BY seq")
    insert.save([event(1)])

    @transaction.atomic
    def twice() -> None:
        insert.save([event(2)])
        assert lines.rows(connection, "QM") == [(1,), (2,)]
        insert.save([event(1)])

    for _ in range(2):  # the second time the server knows the plans
        with pytest.raises(IntegrityError):
            twice()

    assert lines.rows(connection, "QM") == [(1,)]
    with transaction.atomic():
        insert.save([event(2)])
    assert lines.rows(connection, "QM") == [(1,), (2,)]
