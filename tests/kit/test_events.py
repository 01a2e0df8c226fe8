"""The event chain: what was written can be checked, and nothing written can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from tests.databases import as_owner, lift_guards

from wildgate.kit import events, jobs
from wildgate.kit.models import ChainHead, Event, EventNote, Job

AT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def add(n: int = 1, party: str = "QM") -> None:
    with transaction.atomic():
        for i in range(n):
            events.append("tested", f"thing:{i}", party=party, actor="person:1", at=AT, data={"i": i})


def tamper(statement: str) -> None:
    lift_guards()
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_each_event_continues_the_one_before_it_and_the_chain_holds():
    add(3)

    first, second, third = Event.objects.order_by("seq")
    assert (first.seq, second.seq, third.seq) == (1, 2, 3)
    assert (first.previous, second.previous, third.previous) == ("0" * 64, first.hash, second.hash)
    assert ChainHead.objects.get(party="QM").hash == third.hash
    assert events.verify("QM") is None


@pytest.mark.django_db
def test_parties_have_chains_of_their_own():
    add(2, "QM")
    add(1, "QZ")

    assert list(Event.objects.filter(party="QZ").values_list("seq", "previous")) == [(1, "0" * 64)]


@pytest.mark.django_db
@pytest.mark.parametrize(("statement", "seq", "reason"), [
    ("UPDATE kit_event SET data='{\"i\":9}' WHERE seq=2", 2, "changed"),
    ("UPDATE kit_event SET actor='person:2' WHERE seq=2", 2, "changed"),
    ("UPDATE kit_event SET subject='thing:9' WHERE seq=1", 1, "changed"),
    ("DELETE FROM kit_event WHERE seq=2", 2, "missing"),
    ("DELETE FROM kit_event WHERE seq=3", 4, "newest"),
])
def test_one_edited_row_breaks_the_chain_at_its_place(statement, seq, reason):
    add(3)
    tamper(statement)

    found = events.verify("QM")

    assert found is not None
    assert reason in found.reason
    assert found.seq == (3 if "newest" in reason else seq)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE kit_event SET actor='person:2'", "DELETE FROM kit_event"])
def test_the_database_itself_refuses_to_change_events(statement):
    add()

    with (as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
          connection.cursor() as cursor):
        cursor.execute(statement)

    assert events.verify("QM") is None


@pytest.mark.django_db(transaction=False)
def test_an_event_outside_a_transaction_is_a_programming_error(own_database):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        events.append("tested", "thing:1", party="QM", actor="person:1", at=AT)


@pytest.mark.django_db
def test_a_note_can_be_erased_and_the_chain_still_holds():
    with transaction.atomic():
        event = events.append("tested", "thing:1", party="QM", actor="person:1", at=AT, note="Mario asked for it.")
    assert "Mario" not in event.data

    EventNote.objects.filter(event=event).delete()

    assert events.verify("QM") is None


@pytest.mark.django_db
def test_reading_a_case_twice_within_a_quarter_of_an_hour_is_one_read():
    for minute in (0, 10, 16):
        events.note_read("application:1", party="QM", actor="person:1", at=AT.replace(minute=minute))

    assert Event.objects.filter(kind="read").count() == 2


def test_many_threads_append_to_one_unbroken_chain(own_database, at_once):
    at_once(*[lambda: add(5) for _ in range(8)])

    assert Event.objects.count() == 40
    assert events.verify("QM") is None


@pytest.mark.django_db
def test_the_events_of_one_act_are_one_lock_one_insert_and_one_step_of_the_head(django_assert_num_queries):
    add(2)
    act = [events.Told("tested", "thing:8", {"n": "1"}), events.Told("tested", "thing:9", {"n": "2"}, note="Why."),
           events.Told("tested", "thing:8")]

    with transaction.atomic(), django_assert_num_queries(5):  # lock, events, the note, head, the job that was asked for
        made = events.append_each(act, party="QM", actor="person:1", at=AT,
                                  asked=[jobs.wanted("tests.beside", "k", due=AT, n=1)])

    kept = list(Event.objects.order_by("seq")[2:])
    assert [(each.pk, each.seq, each.subject, each.hash) for each in made] == [
        (each.pk, each.seq, each.subject, each.hash) for each in kept]
    assert [each.seq for each in kept] == [3, 4, 5]
    assert json.loads(kept[1].data) == {"n": "2", "note": hashlib.sha256(b"Why.").hexdigest()}
    assert EventNote.objects.get().event_id == kept[1].pk
    assert events.verify("QM") is None
    assert Job.objects.get().payload == {"n": 1}


@pytest.mark.django_db
def test_many_subscribers_are_asked_for_by_one_job(monkeypatch):
    monkeypatch.setitem(events._subscribers, "tested", ["tests.first", "tests.second"])
    with transaction.atomic():
        made = events.append_each([events.Told("tested", f"thing:{n}") for n in range(13)], party="QM",
                                  actor="person:1", at=AT)
    (one,) = Job.objects.values_list("name", "payload")
    assert one[0] == "kit.ask_subscribers"

    events.ask_subscribers(at=AT, **one[1])

    assert set(Job.objects.exclude(name=one[0]).values_list("name", "key", "payload__seq")) == {
        (name, f"{each.subject}#{each.seq}", each.seq) for each in made for name in ("tests.first", "tests.second")}


def test_an_act_that_is_undone_leaves_no_event_and_the_next_takes_its_number(own_database):
    @transaction.atomic
    def undone() -> None:
        events.append_each([events.Told("tested", "thing:2"), events.Told("tested", "thing:3")], party="QM",
                           actor="person:1", at=AT)
        raise ZeroDivisionError

    add()
    with pytest.raises(ZeroDivisionError):
        undone()
    add()

    assert list(Event.objects.order_by("seq").values_list("seq", "subject")) == [(1, "thing:0"), (2, "thing:0")]
    assert events.verify("QM") is None
