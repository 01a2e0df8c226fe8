"""Two officers at the same moment, with real threads: a fee is paid once, a change is confirmed once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.apps.fees.bills import charged, tariff
from tests.apps.houserules.house import TODAY, proposed
from tests.cast import NOON

from wildgate.apps.fees import services as fees
from wildgate.apps.fees.models import Charge, Payment
from wildgate.apps.houserules import services as house
from wildgate.convention.refusal import Refusal
from wildgate.kit import events


@pytest.fixture
def world(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def test_a_fee_is_paid_once_and_a_change_confirmed_once(world, at_once):
    tariff(world)
    charge, rule = charged(world), proposed(world, "week", {"weekend": ["4", "5"]})

    def pays(who, number):
        return lambda: fees.receive(actor=world[who], charge=charge.pk, reference=number, amount=Decimal(45),
                                    currency="QML", paid_on=TODAY, at=NOON)

    def confirms(who):
        return lambda: house.confirm(actor=world[who], rules=[rule.pk], at=NOON)

    paid = at_once(pays("amina", "R-1"), pays("bo", "R-2"))
    confirmed = at_once(confirms("bo"), confirms("sam"))

    assert sorted(type(each).__name__ for each in paid) == ["Charge", "Refusal"]
    assert [each.code for each in confirmed if isinstance(each, Refusal)] == ["not-waiting"]
    assert Charge.objects.get().state == "paid"
    assert Payment.objects.count() == 1
    assert events.verify("QM") is None
