"""Fees: charged once by the tariff of the day, paid once, waived with a reason, owed back when nothing was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.fees.bills import charged, tariff
from tests.apps.houserules.house import TODAY, entered
from tests.cast import NOON

from wildgate.apps.fees import selectors, services
from wildgate.apps.fees.jobs import let_fee_go
from wildgate.apps.fees.models import Charge, Payment
from wildgate.apps.fees.providers import Outcome, TestProvider
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
SUBJECT = "application:QM-A-2026-000001"


def state(charge) -> str:
    return Charge.objects.get(pk=charge.pk).state


def kinds() -> list[str]:
    return list(Event.objects.filter(subject=SUBJECT).order_by("seq").values_list("kind", flat=True))


def receive(cast, charge, **more):
    return services.receive(**{"actor": cast["amina"], "charge": charge.pk, "reference": "R-1", "amount": Decimal(45),
                               "currency": "QML", "paid_on": TODAY, "at": NOON, **more})


def begun(cast, charge):
    payment = services.start(actor=cast["mario"], charge=charge.pk, provider="test", at=NOON)
    assert isinstance(payment, Payment), payment
    return payment


def told(payment, *, paid=True, **changed):
    outcome = TestProvider().confirm({**TestProvider().message(payment, paid=paid), **changed})
    return outcome if isinstance(outcome, Refusal) else services.confirm(provider="test", outcome=outcome, at=NOON)


def test_without_a_tariff_nothing_is_charged(cast):
    assert services.charge(SUBJECT, party="QM", organisation_id=1, kind="export-permit", lines=1,
                           actor=cast["mario"], at=NOON) is None


def test_a_charge_rests_on_the_tariff_of_its_day_and_stands(cast):
    key = tariff(cast)
    first = charged(cast)
    entered(cast, "tariff", {"currency": "QML", "base": "90.00"})
    again = charged(cast)

    assert (first.amount, first.currency, first.tariffs, first.state) == (Decimal("45.00"), "QML", [key], "due")
    assert [item["what"] for item in first.items] == ["base", "lines"]
    assert again.pk == first.pk
    assert selectors.charge_of("QM", SUBJECT) == first
    assert selectors.charge_of("QZ", SUBJECT) is None
    assert charged(cast, "QM-A-2026-000002").amount == Decimal(90)
    assert kinds() == ["fee-charged"]


def test_a_free_document_is_paid_from_the_start(cast):
    tariff(cast, base="0", per_line="0")

    assert charged(cast).state == "paid"


def test_a_receipt_pays_once_and_its_number_counts_once(cast):
    tariff(cast)
    charge, other = charged(cast), charged(cast, "QM-A-2026-000002")

    assert receive(cast, charge, amount=Decimal(44)).field == "amount"
    assert receive(cast, charge, currency="EUR").field == "amount"
    assert receive(cast, charge, reference=" ").field == "reference"
    assert receive(cast, charge, paid_on=TODAY + timedelta(days=1)).field == "paid_on"
    assert receive(cast, charge, actor=cast["mario"]).code == "not-allowed"
    assert receive(cast, charge).state == "paid"
    assert receive(cast, charge, reference="R-2").code == "not-due"
    assert receive(cast, other).code == "receipt-known"
    assert kinds() == ["fee-charged", "fee-paid"]


def test_a_fee_is_waived_with_a_reason_that_stays_beside_the_chain(cast):
    tariff(cast)
    charge = charged(cast)

    assert services.waive(actor=cast["amina"], charge=charge.pk, reason=" ", at=NOON).field == "reason"
    assert services.waive(actor=cast["mario"], charge=charge.pk, reason="Please.", at=NOON).code == "not-allowed"
    assert services.waive(actor=cast["amina"], charge=charge.pk, reason="A museum.", at=NOON).state == "waived"
    assert services.waive(actor=cast["amina"], charge=charge.pk, reason="Twice.", at=NOON).code == "not-due"
    event = Event.objects.get(kind="fee-waived")
    assert "museum" not in event.data
    assert event.note.text == "A museum."


def test_the_provider_confirms_once_and_only_with_its_own_word(cast):
    tariff(cast)
    charge = charged(cast)
    payment = begun(cast, charge)

    assert told(payment, amount="1.000").code == "not-the-provider"
    assert told(payment, outcome="not-paid").code == "not-the-provider"
    assert told(payment, mac="").code == "not-the-provider"
    assert state(charge) == "due"
    assert told(payment).state == "paid"
    assert told(payment).state == "paid"
    assert told(payment, paid=False).code == "payment-over"
    assert kinds() == ["fee-charged", "fee-paid"]


def test_another_amount_or_an_unknown_payment_is_refused_whoever_signed_it(cast):
    tariff(cast)
    charge = charged(cast)
    payment = begun(cast, charge)
    right = Outcome(payment.reference, payment.amount, payment.currency, paid=True)

    for wrong in (replace(right, amount=Decimal(1)), replace(right, currency="EUR"), replace(right, reference="x")):
        assert isinstance(services.confirm(provider="test", outcome=wrong, at=NOON), Refusal)
    assert isinstance(services.confirm(provider="other", outcome=right, at=NOON), Refusal)
    assert state(charge) == "due"


def test_a_payment_that_failed_leaves_the_fee_due(cast):
    tariff(cast)
    charge = charged(cast)
    payment = begun(cast, charge)
    told(payment, paid=False)

    assert state(charge) == "due"
    assert told(payment).code == "payment-over"
    assert told(begun(cast, charge)).state == "paid"


def test_money_that_came_twice_is_kept_as_owed_back(cast):
    tariff(cast)
    charge = charged(cast)
    first, second = begun(cast, charge), begun(cast, charge)
    told(first)
    told(second)

    assert selectors.owed(Charge.objects.get(pk=charge.pk)) == Decimal(45)
    back = services.refund(actor=cast["amina"], charge=charge.pk, reference="B-1", paid_on=TODAY, at=NOON)
    assert (back.state, selectors.owed(back)) == ("paid", 0)
    assert services.refund(actor=cast["amina"], charge=charge.pk, reference="B-2", paid_on=TODAY,
                           at=NOON).code == "nothing-owed"
    assert kinds() == ["fee-charged", "fee-paid", "fee-paid-twice", "fee-refunded"]


@pytest.mark.parametrize(("paid", "reviewed", "after"), [
    (False, False, "dropped"), (True, False, "refund-due"), (False, True, "due"), (True, True, "paid")])
def test_withdrawn_before_its_review_an_application_costs_nothing(cast, paid, reviewed, after):
    from django.db import transaction
    tariff(cast)
    charge = charged(cast)
    if paid:
        receive(cast, charge)
    with transaction.atomic():
        for kind in (["take"] if reviewed else []) + ["withdraw"]:
            event = events.append(kind, SUBJECT, party="QM", actor=cast["mario"].label, at=NOON)
    let_fee_go(subject=SUBJECT, seq=event.seq, at=NOON)
    let_fee_go(subject=SUBJECT, seq=event.seq, at=NOON)

    assert state(charge) == after
    if after == "refund-due":
        back = services.refund(actor=cast["amina"], charge=charge.pk, reference="B-1", paid_on=TODAY, at=NOON)
        assert back.state == "refunded"


def test_a_stranger_pays_nobodys_fee(cast):
    tariff(cast)
    charge = charged(cast)

    assert services.start(actor=cast["jean"], charge=charge.pk, provider="test", at=NOON).code == "not-allowed"
    other = replace(cast["mario"], organisations=frozenset({99999}))
    assert services.start(actor=other, charge=charge.pk, provider="test", at=NOON).code == "not-allowed"
    assert selectors.charge(other, charge.pk) is None
    assert selectors.charge(cast["jean"], charge.pk) is None
    assert {name for name in cast if selectors.charge(cast[name], charge.pk)} == {"mario", "amina", "bo", "ana"}
