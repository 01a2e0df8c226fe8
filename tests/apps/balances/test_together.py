"""Many releases in one message: the same answers, rows, events and jobs as one after the other, and never too much."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.apps.balances.test_at_once import asked as one
from tests.apps.balances.test_at_once import in_several_consignments
from tests.apps.quotas.test_ledger import monitors, set_quota
from tests.cast import NOON, issued

from wildgate.apps.balances import selectors
from wildgate.apps.balances.asking import Outcome, WriteOff
from wildgate.apps.balances.models import Balance, Call, Claim, Movement, Watch
from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.customs.services import writing_off
from wildgate.apps.customs.services.consuming import consume_each
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.quotas.models import QuotaEntry
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event, Job

LATER = NOON + timedelta(hours=3)
RELEASE = WriteOff("", block="A", reference="D-1", procedure="1000", post="Kivu-2", transport_document="020-1")


def told(answer: Outcome | Refusal) -> Any:
    """An answer without what differs from run to run."""
    if isinstance(answer, Refusal):
        return answer.code, answer.reason, answer.field
    return replace(answer, movement=bool(answer.movement), endorsement=bool(answer.endorsement))


def rows() -> dict[str, Any]:
    """All that releases write, each permit's rows in their order, without keys and digests."""
    per_permit: dict[str, list[Any]] = {}
    for event in Event.objects.filter(subject__startswith="permit:").order_by("seq"):
        per_permit.setdefault(event.subject, []).append(
            (event.kind, event.actor, {**json.loads(event.data), "endorsement": ""}))
    events.ask_subscribers(at=LATER, party_code="QM", first=1, last=events.count("QM"))
    return {
        "balances": list(Balance.objects.order_by("permit_line").values_list("permit_line", "authorised", "reserved",
                                                                             "consumed")),
        "movements": list(Movement.objects.order_by("balance__permit_line", "pk").values_list(
            "balance__permit_line", "kind", "quantity", "held", "before", "reference", "item", "version", "actor")),
        "claims": list(Claim.objects.order_by("balance__permit_line", "reference", "item").values_list(
            "reference", "item", "version", "stage", "reserved", "consumed", "until", "box_14", "by")),
        "states": list(PermitStatus.objects.order_by("pk").values_list("pk", "state", "changed_at")),
        "endorsements": list(EndorsementLine.objects.order_by("permit_line", "endorsement__turn").values_list(
            "permit_line", "quantity", "endorsement__turn", "endorsement__port", "endorsement__stage")),
        "calls": list(Call.objects.order_by("reference", "item", "version").values_list(
            "reference", "item", "version", "digest", "answer__quantity", "answer__stage")),
        "watches": list(Watch.objects.order_by("pk").values_list("pk", "closed_at")),
        "quota": list(QuotaEntry.objects.order_by("pk").values_list("kind", "quantity", "subject")),
        "events": per_permit,
        "jobs": Counter((name, key.partition("#")[0]) for name, key in Job.objects.exclude(
            name="kit.ask_subscribers").values_list("name", "key")),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("several", [False, True])
def test_a_message_is_answered_and_written_as_one_after_the_other(cast, several):
    if several:
        in_several_consignments(cast)
    set_quota(cast["amina"])
    first, second, bound = issued(cast, NOON), issued(cast, NOON), issued(cast, NOON, monitors("30"))
    jean, this, that = cast["jean"], *(replace(RELEASE, number=each.number) for each in (first, second))
    waiting = replace(that, reference="D-9", quantity=Decimal(40))
    for item in (1, 2):
        writing_off.reserve(actor=jean, asked=replace(waiting, item=item), at=NOON)
    message = [
        replace(this, quantity=Decimal(300)), replace(this, quantity=Decimal(100), item=2),
        replace(this, quantity=Decimal(300)), replace(this, quantity=Decimal(301)),
        replace(this, quantity=Decimal(5000), reference="D-2"), replace(this, number="26QM999999E", reference="D-3"),
        replace(this, number=first.number.lower(), quantity=Decimal(800), reference="D-4"),
        replace(this, quantity=Decimal(1), reference="D-5"), waiting, replace(waiting, item=2, quantity=Decimal(30)),
        replace(that, quantity=Decimal(2), reference="D-6", procedure="9"),
        replace(that, quantity=Decimal(2), reference=""), replace(that, quantity=Decimal(2), transport_document=""),
        replace(that, quantity=Decimal(2), country="QZ"),
        replace(RELEASE, number=bound.number, reference="D-7", quantity=Decimal(20)),
        replace(RELEASE, number=bound.number, reference="D-8", quantity=Decimal(10)),
        replace(that, quantity=Decimal(7), reference="D-10")]

    with transaction.atomic():
        alone = [writing_off.consume(actor=jean, asked=each, at=LATER) for each in message]
        wanted = rows()
        transaction.set_rollback(True)
    together = consume_each(actor=jean, asked=message, at=LATER)

    assert [told(each) for each in together] == [told(each) for each in alone]
    assert {type(each) for each in alone} == {Outcome, Refusal}
    assert rows() == wanted
    assert all(selectors.agrees(row) for row in Balance.objects.all())
    assert all(each.endorsement in {"", *Endorsement.objects.values_list("digest", flat=True)}
               for each in together if isinstance(each, Outcome))
    assert events.verify("QM") is None
    again = consume_each(actor=jean, asked=message, at=LATER)
    assert [each.repeated if isinstance(each, Outcome) else each.code for each in again] == [
        True if isinstance(each, Outcome) else each.code for each in together]
    assert rows() == wanted


@pytest.mark.django_db
def test_a_permit_that_another_book_binds_goes_alone_and_the_others_stay_together(cast):
    set_quota(cast["amina"])
    bound, *free = issued(cast, NOON, monitors("30")), *(issued(cast, NOON) for _ in range(3))
    before = QuotaEntry.objects.count()

    with CaptureQueriesContext(connection) as asked:
        found = consume_each(actor=cast["jean"], at=LATER, asked=[
            replace(RELEASE, number=each.number, reference=f"D-{each.pk}", quantity=Decimal(20))
            for each in (free[0], bound, *free[1:])])

    assert [type(each) for each in found] == [Outcome] * 4
    assert QuotaEntry.objects.count() > before  # the bound quota is settled
    assert sum(each["sql"].startswith("UPDATE kit_chainhead") for each in asked) == 2
    assert sum('"quotas_quotahold"' in each["sql"] and "UNION" in each["sql"] for each in asked) == 1


@pytest.mark.django_db
def test_what_the_database_refuses_is_refused_alone(cast):
    in_several_consignments(cast)
    permit, other = issued(cast, NOON), issued(cast, NOON)
    message = [one(permit, n, 100) for n in range(3)]
    with transaction.atomic():
        key = Endorsement.objects.get(digest=writing_off.consume(actor=cast["jean"], asked=message[1], at=LATER)
                                      .endorsement).key
        transaction.set_rollback(True)
    Endorsement.objects.create(party="QM", permit=other, stage="export", port="Kivu-2", transport_document="1",
                               at=NOON, officer_id=cast["jean"].person_id, token="00", digest="d", key=key)

    found = consume_each(actor=cast["jean"], asked=message, at=LATER)

    assert [getattr(each, "code", "yes") for each in found] == ["yes", "key-used", "yes"]
    assert Balance.objects.get().consumed == 200
    assert events.verify("QM") is None


def test_four_single_windows_at_once_never_exceed_a_permit(own_database, at_once):
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", NOON)
    in_several_consignments(who)
    permits = [issued(who, NOON), issued(who, NOON)]

    def window(n):
        message = [one(permits[(turn + n) % 2], n * 100 + turn, 37) for turn in range(20)]
        single = [one(permits[n % 2], n * 100 + turn, 37) for turn in range(20, 24)]
        return [*consume_each(actor=who["jean"], asked=message, at=LATER),
                *(writing_off.consume(actor=who["jean"], asked=each, at=LATER) for each in single)]

    done = [each for found in at_once(*[lambda n=n: window(n) for n in range(4)]) for each in found]

    balances = list(Balance.objects.all())
    assert len(done) == 96
    assert [row.consumed for row in balances] == [32 * 37, 32 * 37]  # the 33rd would be the 1,221st of 1,200
    assert sum(isinstance(each, Outcome) for each in done) == 64
    assert {each.code for each in done if isinstance(each, Refusal)} == {"exhausted"}
    assert all(selectors.agrees(row) for row in balances)
    assert Endorsement.objects.count() == 64
    assert events.verify("QM") is None
