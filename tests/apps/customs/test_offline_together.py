"""Many records of a phone in one message: answered and written as one after the other, and nothing lost or doubled."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.apps.balances.test_at_once import in_several_consignments
from tests.apps.balances.test_together import RELEASE, rows
from tests.apps.customs.phone import Phone
from tests.apps.customs.test_offline import HOUR, MADE, NOON, SIGNAL, codes, online
from tests.apps.quotas.test_ledger import monitors, set_quota
from tests.cast import issued

from wildgate.apps.balances import selectors
from wildgate.apps.balances.models import Balance
from wildgate.apps.customs.models import Alarm, DoubleUse, Endorsement, EndorsementLine, OfflineRecord
from wildgate.apps.customs.services import syncing, writing_off
from wildgate.apps.permits import services as permits
from wildgate.kit import events, prepared

MINUTE = timedelta(minutes=1)


def written() -> dict[str, Any]:
    """All that records write, without keys and digests."""
    found = rows()
    for told in found["events"].values():
        told[:] = [(kind, actor, {**data, "first": "", "case": ""}) for kind, actor, data in told]
    return found | {
        "records": list(OfflineRecord.objects.order_by("sequence").values_list(
            "sequence", "digest", "body", "permit", "refusal", "made_at", "arrived_at", "endorsement__stage",
            "device__sequence", "device__head")),
        "cases": list(DoubleUse.objects.order_by("record__sequence").values_list(
            "record__sequence", "permit", "first__permit", "first__port", "opened_at")),
        "alarms": list(Alarm.objects.order_by("case__record__sequence", "station").values_list(
            "case__record__sequence", "station", "officer")),
        "device": [(event.kind, event.actor, event.at, {**json.loads(event.data), "case": "", "first": "",
                                                        **answer(event)})
                   for event in events.of(OfflineRecord.objects.first().device.subject, party="QM")],
    }


def answer(event: Any) -> dict[str, str]:
    """The code of a refusal; an endorsement's digest is another each time."""
    told = json.loads(event.data).get("answer", "")
    return {"answer": "endorsed" if len(told) == 64 else told}


@pytest.mark.django_db
@pytest.mark.parametrize("several", [False, True])
def test_a_message_is_answered_and_written_as_one_after_the_other(cast, several):
    if several:
        in_several_consignments(cast)
    set_quota(cast["amina"])
    jean = cast["jean"]
    free, used, cancelled, early, declared, last = (issued(cast, NOON) for _ in range(6))
    bound = issued(cast, NOON, monitors("30"))
    phone = Phone(jean, NOON)
    for permit, moved in ((free, "1150"), (used, "700"), (bound, "20"), (cancelled, "7"), (declared, "40"),
                          (free, "10")):
        phone.endorses(permit, moved, MADE)
    phone.endorses(early, "5", MADE - HOUR)
    phone.endorses(early, "9999", MADE - HOUR, permit="ab" * 32)
    phone.endorses(early, "9999", MADE + HOUR)
    phone.endorses(early, ("1", "1"), MADE + HOUR)
    phone.endorses(early, "5", MADE + HOUR, number="26QM999999E")
    phone.endorses(early, "0", MADE + HOUR)
    phone.endorses(early, "5", MADE + 80 * 24 * HOUR)
    phone.endorses(last, "6", MADE + HOUR, packages=3, port="QMKIV")
    for item in (1, 2):
        writing_off.reserve(actor=jean, at=NOON, asked=replace(
            RELEASE, number=declared.number, reference="D-9", quantity=Decimal(30), item=item))
    online(jean, used, "1200")
    permits.cancel(actor=cast["amina"], number=cancelled.number, reason="Seized.", at=MADE)

    with transaction.atomic():
        alone = codes([syncing.receive(actor=jean, device=phone.device.thumbprint, sent=each, at=SIGNAL)
                       for each in phone.queue])
        wanted = written()
        transaction.set_rollback(True)
    together = phone.sends(SIGNAL)

    assert codes(together) == alone
    assert {"endorsed", "already-used", "permit-cancelled", "clock-behind", "other-seal", "other-lines",
            "more-than-permitted", "nothing-moves", "clock-ahead"} <= {*alone}
    assert written() == wanted
    assert all(selectors.agrees(row) for row in Balance.objects.all())
    assert events.verify("QM") is None
    assert phone.sends(SIGNAL + HOUR) == together
    assert written() == wanted


@pytest.mark.django_db
def test_a_piece_costs_the_same_however_many_records_it_has(cast, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_ROWS", 1000)  # else more rows are some more statements
    jean, counts = cast["jean"], []
    for many in (4, 8):
        phone = Phone(jean, NOON)
        for permit in [issued(cast, NOON) for _ in range(many)]:
            phone.endorses(permit, "7", MADE)
        with CaptureQueriesContext(connection) as asked:
            assert codes(phone.sends(SIGNAL)) == ["endorsed"] * many
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_what_cannot_be_taken_ends_the_list_and_what_came_before_it_stays(cast):
    phone = Phone(cast["jean"], NOON)
    for permit in [issued(cast, NOON) for _ in range(4)]:
        phone.endorses(permit, "7", MADE)
    forged = replace(phone.queue[2], signature="00" * 64)

    assert codes(phone.sends(SIGNAL, [*phone.queue[:2], forged, phone.queue[3]])) == [
        "endorsed", "endorsed", "record-signature"]
    assert OfflineRecord.objects.count() == Endorsement.objects.count() == 2
    assert codes(phone.sends(SIGNAL)) == ["endorsed"] * 4
    assert Endorsement.objects.count() == 4


@pytest.mark.django_db
def test_nobody_endorses_together_what_they_may_not_alone(cast):
    permit, other = issued(cast, NOON), issued(cast, NOON)
    tied = replace(cast["jean"], interests=frozenset({permit.organisation_id}))
    phone = Phone(tied, NOON)
    phone.endorses(permit, "7", MADE)
    phone.endorses(other, "7", MADE)

    found = phone.sends(SIGNAL)

    assert codes(found) == codes([syncing.receive(actor=tied, device=phone.device.thumbprint, sent=each, at=SIGNAL)
                                  for each in phone.queue])
    assert not Endorsement.objects.exists()
    phone.officer = replace(tied, roles=frozenset())
    assert codes(phone.sends(SIGNAL)) == ["not-allowed"]


@pytest.mark.django_db
def test_what_the_database_refuses_is_refused_alone(cast):
    phone, stranger = Phone(cast["jean"], NOON), issued(cast, NOON)
    for permit in [issued(cast, NOON) for _ in range(3)]:
        phone.endorses(permit, "7", MADE)
    from wildgate.apps.customs.device import digest_of
    Endorsement.objects.create(party="QM", permit=stranger, stage="export", port="Kivu-2", transport_document="1",
                               at=NOON, officer_id=cast["jean"].person_id, token="00", digest="d",
                               key=digest_of(phone.queue[1].body))

    assert codes(phone.sends(SIGNAL)) == ["endorsed", "key-used", "endorsed"]
    assert DoubleUse.objects.get().record.sequence == 2
    assert events.verify("QM") is None


@pytest.mark.django_db
def test_a_message_that_was_cut_off_goes_on_where_it_was(cast, monkeypatch):
    """The server dies in the second piece: the first is kept whole, of the second nothing."""
    monkeypatch.setattr(syncing, "PIECE", 3)
    phone = Phone(cast["jean"], NOON)
    for permit in [issued(cast, NOON) for _ in range(7)]:
        phone.endorses(permit, "7", MADE)
    written_so_far: list[int] = []

    def dies(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "customs_offlinerecord"'):
            written_so_far.append(1)
            if len(written_so_far) == 2:
                raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dies), pytest.raises(KeyboardInterrupt):
        phone.sends(SIGNAL)
    assert (OfflineRecord.objects.count(), Endorsement.objects.count()) == (3, 3)
    phone.device.refresh_from_db()
    assert phone.device.sequence == 3

    assert codes(phone.sends(SIGNAL + HOUR)) == ["endorsed"] * 7
    assert (OfflineRecord.objects.count(), Endorsement.objects.count()) == (7, 7)
    assert events.verify("QM") is None


def test_phones_desks_and_programs_at_once_lose_and_double_nothing(own_database, at_once):
    """Four phones with the same twelve permits in orders of their own, each message twice, and a desk and a program on
    the same permits meanwhile."""
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    papers = [issued(who, NOON) for _ in range(12)]
    phones = [Phone(who["jean"], NOON) for _ in range(4)]
    for n, each in enumerate(phones):
        for permit in papers[3 * n:] + papers[:3 * n]:
            each.endorses(permit, str(100 + n), MADE)

    def desk():
        return [online(who["jean"], permit, "500") for permit in papers[::2]]

    def program():
        return released(who["jean"], papers[::-3])

    *sent, _desk, _program = at_once(*[lambda each=each: each.sends(SIGNAL) for each in phones * 2], desk, program)

    assert [len(answers) for answers in sent] == [12] * 8
    assert sent[:4] == sent[4:]
    assert all(isinstance(each, OfflineRecord) for answers in sent for each in answers)
    assert OfflineRecord.objects.count() == 48
    assert Endorsement.objects.count() == 12  # each permit serves one consignment
    assert DoubleUse.objects.count() == 48 - OfflineRecord.objects.exclude(endorsement=None).count()
    for phone in phones:
        phone.device.refresh_from_db()
        assert (phone.device.sequence, phone.device.head) == (12, phone.head)
    balances = list(Balance.objects.all())
    assert all(selectors.agrees(row) for row in balances)
    assert sum(line.quantity for line in EndorsementLine.objects.all()) == sum(row.consumed for row in balances)
    assert events.verify("QM") is None


def released(officer: Any, papers: Any) -> list[Any]:
    from wildgate.apps.customs.services.consuming import consume_each
    return consume_each(actor=officer, at=MADE, asked=[
        replace(RELEASE, number=permit.number, reference=f"P-{n}", quantity=Decimal(300))
        for n, permit in enumerate(papers)])
