"""Endorsements made without a signal: they arrive in order, once, and a permit used elsewhere opens a case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.apps.customs.phone import Phone
from tests.apps.customs.test_imports import TIGER_IMPORT
from tests.cast import issued
from tests.databases import as_owner

from wildgate.apps.balances.models import Balance
from wildgate.apps.customs import selectors, services
from wildgate.apps.customs.models import Alarm, DoubleUse, Endorsement, EndorsementLine, OfflineRecord
from wildgate.apps.customs.services import Sent
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import PermitStatus
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.seal.token import read_token

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MADE, SIGNAL = NOON + 3 * HOUR, NOON + 9 * HOUR


def online(officer: Any, permit: Any, moved: str = "900", at: datetime = MADE + HOUR, **more: Any) -> Any:
    given = {"stage": "export", "port": "QMKIV", "transport_document": "020-44556677", **more}
    return services.endorse(actor=officer, number=permit.number, quantities={"A": moved}, at=at, **given)


@pytest.fixture
def permit(cast):
    return issued(cast, NOON)


@pytest.fixture
def phone(jean, permit):
    """Enrolled after the issue: its key is chance, and a permit's way is remembered from an equal state only."""
    return Phone(jean, NOON)


@pytest.fixture
def other(cast):
    """An officer of another post."""
    from wildgate.apps.accounts import services as accounts
    from wildgate.apps.accounts.models import Authority, Person, Role
    from wildgate.apps.accounts.selectors import actor_of

    lea = Person.objects.create_user("lea@customs.example", name="Lea Mbo")
    accounts.appoint(person=lea, role=Role.CUSTOMS, party="QM", by="system", at=NOON, station="Harbour-1",
                     authority=Authority.objects.get(party="QM", kind="customs"))
    return actor_of(lea, NOON.date())


def codes(answers: list[Any]) -> list[str]:
    return [each.code if isinstance(each, Refusal) else each.refusal["code"] if each.refusal else "endorsed"
            for each in answers]


@pytest.mark.django_db
class TestArrival:
    def test_it_is_endorsed_as_of_when_it_was_seen(self, phone, permit):
        phone.endorses(permit, "1150", MADE)

        [kept] = phone.sends(SIGNAL)

        endorsement = kept.endorsement
        assert (endorsement.at, kept.arrived_at) == (MADE, SIGNAL)
        assert [line.amount for line in endorsement.lines.all()] == ["1150"]
        assert read_token(endorsement.seal).claims.at == MADE
        assert PermitStatus.objects.get(permit=permit).state == "export-endorsed"
        told = [event for event in events.of(permit.subject, party="QM") if event.kind == "export-endorsed"]
        assert json.loads(told[0].data)["made"] == "2026-11-23T15:00:00+00:00"
        assert events.verify("QM") is None

    def test_sent_again_it_gets_the_same_answer(self, phone, permit):
        phone.endorses(permit, "1150", MADE)

        first, again = phone.sends(SIGNAL), phone.sends(SIGNAL + HOUR)

        assert first == again
        assert Endorsement.objects.count() == OfflineRecord.objects.count() == 1
        assert Event.objects.filter(kind="offline-record").count() == 1

    def test_several_arrive_in_order(self, phone, cast, permit):
        second = issued(cast, NOON)
        phone.endorses(permit, "1150", MADE)
        phone.endorses(second, "7", MADE + HOUR)

        assert codes(phone.sends(SIGNAL)) == ["endorsed", "endorsed"]

    @pytest.mark.parametrize(("dead", "answer", "kept"), [
        (["1"], "endorsed", 1), (["0"], "endorsed", None), (["3"], "more-dead-than-arrived", None),
        (["0.5"], "quantity-fraction", None)])
    def test_who_died_on_the_way_is_counted_where_the_living_arrive(self, cast, jean, dead, answer, kept):
        living = {**TIGER_IMPORT["lines"][0], "term": "LIV"}
        tigers = issued(cast, NOON, {**TIGER_IMPORT, "lines": [living]})
        phone = Phone(jean, NOON)
        phone.endorses(tigers, "2", MADE, stage="import", dead=dead)

        assert codes(phone.sends(SIGNAL)) == [answer]
        assert [line.dead_on_arrival for line in EndorsementLine.objects.all()] == [kept] * (answer == "endorsed")

    def test_what_arrived_never_changes(self, phone, permit):
        phone.endorses(permit, "1150", MADE)
        phone.sends(SIGNAL)

        with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            OfflineRecord.objects.update(body="{}")


@pytest.mark.django_db
class TestNotTaken:
    """Nothing is written: the device keeps its queue."""

    def test_a_gap(self, phone, permit):
        phone.endorses(permit, "10", MADE)
        late = phone.endorses(permit, "10", MADE)

        assert codes(phone.sends(SIGNAL, [late])) == ["records-missing"]
        assert not OfflineRecord.objects.exists()

    def test_order_turned_round_stops_at_the_first(self, phone, cast, permit):
        first, second = phone.endorses(permit, "10", MADE), phone.endorses(issued(cast, NOON), "10", MADE)

        assert codes(phone.sends(SIGNAL, [second, first])) == ["records-missing"]

    def test_a_dropped_record_is_noticed_though_the_numbers_fit(self, phone, cast, permit):
        phone.endorses(permit, "10", MADE)
        phone.sends(SIGNAL)
        phone.queue.clear()
        phone.head = "ab" * 32
        phone.endorses(issued(cast, NOON), "10", MADE)

        assert codes(phone.sends(SIGNAL)) == ["record-unchained"]

    def test_another_record_under_a_number_that_came(self, phone, permit):
        phone.endorses(permit, "10", MADE)
        phone.sends(SIGNAL)
        other = phone.endorses(permit, "20", MADE, sequence=1, previous="")

        assert codes(phone.sends(SIGNAL, [other])) == ["record-exchanged"]

    def test_a_changed_quantity(self, phone, permit):
        sent = phone.endorses(permit, "1150", MADE)
        forged = replace(sent, body=sent.body.replace('"1150"', '"1050"'))

        assert codes(phone.sends(SIGNAL, [forged])) == ["record-signature"]
        assert not Endorsement.objects.exists()

    @pytest.mark.parametrize("signature", ["", "00", "zz" * 64, "00" * 64])
    def test_no_signature_at_all(self, phone, permit, signature):
        sent = phone.endorses(permit, "1150", MADE)

        assert codes(phone.sends(SIGNAL, [replace(sent, signature=signature)])) == ["record-signature"]

    @pytest.mark.parametrize(
        "body", ["", "[]", "{}", "[" * 7000, '{"version": 1}', "9" * 9000, '{"version": NaN}', "\x00"])
    def test_what_is_no_record(self, phone, body):
        assert codes(phone.sends(SIGNAL, [Sent(body, "00" * 64)])) == ["record-unreadable"]

    @pytest.mark.parametrize("changed", [
        {"sequence": True}, {"sequence": 0}, {"made": "2026-02-30T10:00:00Z"}, {"quantities": []}, {"packages": "2"},
        {"quantities": [1]}, {"permit": "x"}, {"version": 2}, {"more": 1}, {"number": 7},
        {"dead": ["1"]}, {"stage": "import", "dead": ["1", "1"]}, {"stage": "import", "dead": 1},
        {"number": "26QM\x00"}, {"port": "\ud800"}, {"transport_document": "a\nb"}])
    def test_what_no_device_of_ours_writes(self, phone, permit, changed):
        phone.endorses(permit, "10", MADE, **changed)

        assert codes(phone.sends(SIGNAL)) == ["record-unreadable"]

    def test_a_revoked_device(self, phone, jean, permit):
        phone.endorses(permit, "10", MADE)
        services.revoke(actor=jean, device=phone.device.pk, at=SIGNAL)

        assert codes(phone.sends(SIGNAL)) == ["device-revoked"]
        assert isinstance(services.enrol(actor=jean, public_key=phone.point, at=SIGNAL), Refusal)

    def test_the_device_of_another_officer(self, phone, other, permit):
        phone.endorses(permit, "10", MADE)

        phone.officer = other
        assert codes(phone.sends(SIGNAL)) == ["device-of-another"]

    def test_a_device_that_nobody_enrolled(self, phone, permit):
        phone.endorses(permit, "10", MADE, device="ab" * 32)

        assert codes(phone.sends(SIGNAL)) == ["device-unknown"]

    def test_who_is_no_customs_officer_any_more(self, phone, permit, jean):
        phone.endorses(permit, "10", MADE)
        phone.officer = replace(jean, roles=frozenset())

        assert codes(phone.sends(SIGNAL)) == ["not-allowed"]


@pytest.mark.django_db
class TestTimes:
    @pytest.mark.parametrize(("made", "arrives", "code"), [
        (SIGNAL + 3 * HOUR, SIGNAL, "clock-ahead"),
        (NOON - 3 * HOUR, SIGNAL, "clock-behind"),
        (MADE, MADE + 73 * HOUR, "offline-too-long"),
        (MADE, MADE + 71 * HOUR, "endorsed"),
    ])
    def test_a_clock_that_cannot_be_right_is_a_case_for_the_authority(self, phone, permit, made, arrives, code):
        phone.endorses(permit, "10", made)

        assert codes(phone.sends(arrives)) == [code]
        assert DoubleUse.objects.exists() == (code != "endorsed")

    def test_times_do_not_go_back_from_record_to_record(self, phone, cast, permit):
        phone.endorses(permit, "10", MADE)
        phone.endorses(issued(cast, NOON), "10", MADE - HOUR)

        assert codes(phone.sends(SIGNAL)) == ["endorsed", "clock-behind"]

    def test_after_a_refused_record_the_next_one_still_arrives(self, phone, cast, permit):
        phone.endorses(permit, "9999", MADE)
        phone.endorses(issued(cast, NOON), "10", MADE)

        assert codes(phone.sends(SIGNAL)) == ["more-than-permitted", "endorsed"]


@pytest.mark.django_db
class TestDoubleUse:
    def test_used_elsewhere_meanwhile(self, phone, other, permit):
        phone.endorses(permit, "1150", MADE)
        first = online(other, permit)

        [kept] = phone.sends(SIGNAL)

        case = DoubleUse.objects.get()
        assert (kept.refusal["code"], case.first, case.record) == ("already-used", first, kept)
        assert Endorsement.objects.count() == 1
        assert [line.amount for line in first.lines.all()] == ["900"]
        assert {alarm.station for alarm in Alarm.objects.all()} == {"Kivu-2", "Harbour-1"}
        told = [event for event in events.of(permit.subject, party="QM") if event.kind == "double-use"]
        assert json.loads(told[0].data) == {
            "case": case.pk, "why": "already-used", "record": kept.digest, "first": first.digest}
        assert phone.sends(SIGNAL + HOUR) == [kept]
        assert DoubleUse.objects.count() == 1

    def test_two_posts_without_a_signal_both(self, phone, other, permit):
        second = Phone(other, NOON)
        phone.endorses(permit, "1150", MADE + HOUR)
        second.endorses(permit, "700", MADE)

        assert codes(phone.sends(SIGNAL)) == ["endorsed"]
        assert codes(second.sends(SIGNAL + HOUR)) == ["already-used"]
        assert DoubleUse.objects.get().first == phone.sends(SIGNAL)[0].endorsement

    def test_cancelled_meanwhile(self, phone, amina, permit):
        phone.endorses(permit, "1150", MADE)
        permits.cancel(actor=amina, number=permit.number, reason="The skins were seized.", at=MADE - HOUR)

        assert codes(phone.sends(SIGNAL)) == ["permit-cancelled"]
        assert DoubleUse.objects.get().first is None
        assert Alarm.objects.get().station == "Kivu-2"

    def test_a_seal_that_is_not_in_the_register(self, phone, permit):
        phone.endorses(permit, "1150", MADE, permit="ab" * 32)

        assert codes(phone.sends(SIGNAL)) == ["other-seal"]

    def test_the_alarm_rings_at_both_posts_until_each_saw_it(self, phone, jean, other, amina, permit):
        phone.endorses(permit, "1150", MADE)
        online(other, permit)
        phone.sends(SIGNAL)
        case = DoubleUse.objects.get()

        assert selectors.alarms(jean) == selectors.alarms(other) == [case]
        services.acknowledge(actor=jean, case=case.pk, at=SIGNAL)

        assert (selectors.alarms(jean), selectors.alarms(other)) == ([], [case])
        assert selectors.double_uses(amina) == [case]

    def test_only_the_authority_closes_it_once_and_with_a_reason(self, phone, jean, other, amina, permit):
        phone.endorses(permit, "1150", MADE)
        online(other, permit)
        phone.sends(SIGNAL)
        case = DoubleUse.objects.get().pk

        refusals = [services.close(actor=jean, case=case, reason="Fine.", at=SIGNAL),
                    services.close(actor=amina, case=case, reason="  ", at=SIGNAL)]
        closed = services.close(actor=amina, case=case, reason="One lorry, counted twice.", at=SIGNAL)
        again = services.close(actor=amina, case=case, reason="Again.", at=SIGNAL)

        assert [each.code for each in (*refusals, again)] == ["not-allowed", "reason-missing", "closed-already"]
        assert (closed.state, closed.reason) == ("closed", "One lorry, counted twice.")
        assert events.verify("QM") is None


@pytest.mark.django_db
class TestDevices:
    def test_the_same_key_is_the_same_device(self, jean, phone):
        assert Phone(jean, NOON, phone.key).device == phone.device

    @pytest.mark.parametrize("raw", ["", "zz", "04" + "00" * 64, "04" + "11" * 64, "02" + "11" * 32])
    def test_what_is_no_key(self, jean, raw):
        assert services.enrol(actor=jean, public_key=raw, at=NOON).code == "device-key"

    def test_who_revokes(self, cast, phone, other):
        answers = {name: services.revoke(actor=actor, device=phone.device.pk, at=NOON)
                   for name, actor in {**cast, "lea": other}.items()}

        allowed = {name for name, answer in answers.items() if not isinstance(answer, Refusal)}
        assert allowed == {"jean", "sam"}


def test_one_post_online_and_one_sending_at_the_same_moment(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    permit = issued(who, NOON)
    phone = Phone(who["jean"], NOON)
    phone.endorses(permit, "1150", MADE)

    answer, sent, again = at_once(lambda: online(who["jean"], permit), lambda: phone.sends(SIGNAL),
                                  lambda: phone.sends(SIGNAL))

    assert sent == again
    assert Endorsement.objects.count() == 1
    if isinstance(answer, Endorsement):
        assert codes(sent) == ["already-used"]
        assert DoubleUse.objects.get().first == answer
    else:
        assert (answer.code, codes(sent)) == ("already-used", ["endorsed"])
    assert events.verify("QM") is None


def test_four_phones_send_everything_twice_at_once_and_lose_and_double_nothing(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    permits_ = [issued(who, NOON) for _ in range(3)]
    phones = [Phone(who["jean"], NOON) for _ in range(4)]
    for n, each in enumerate(phones):
        for permit in permits_[n % 3:] + permits_[:n % 3]:
            each.endorses(permit, str(1000 + n), MADE)

    sent = at_once(*[lambda each=each: each.sends(SIGNAL) for each in phones * 2])

    assert [len(answers) for answers in sent] == [3] * 8
    assert sent[:4] == sent[4:]
    assert OfflineRecord.objects.count() == 12
    assert Endorsement.objects.count() == 3
    assert DoubleUse.objects.count() == 9
    assert {balance.consumed for balance in Balance.objects.all()} <= {1000, 1001, 1002, 1003}
    assert sum(line.quantity for line in EndorsementLine.objects.all()) == sum(
        balance.consumed for balance in Balance.objects.all())
    assert events.verify("QM") is None
