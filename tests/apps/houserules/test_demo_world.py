"""The demo world's house: every kind of rule has something in force, in every language, and cases find their way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.fees.bills import charged
from tests.cast import NOON

from wildgate.apps.fees.models import Charge
from wildgate.apps.houserules import selectors
from wildgate.apps.houserules.kinds import KINDS, LAW, ActLevel, National, OpinionTime, Retention
from wildgate.apps.houserules.models import Rule
from wildgate.site.demo.house import leave_open, pay_fee, settle_house

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def test_demoland_works_by_rules_of_its_own(cast):
    settle_house(cast, NOON - timedelta(days=14))
    entries = Rule.objects.count()
    settle_house(cast, NOON)
    leave_open(cast, NOON)

    assert entries + 1 == Rule.objects.count()
    assert set(selectors.counts("QM", TODAY)) == set(KINDS) - {*LAW, ActLevel.KIND, National.KIND, OpinionTime.KIND,
                                                                         Retention.KIND}
    assert all(set(rule.value["texts"]) == {"en", "fr", "es", "ar"} for rule in Rule.objects.filter(kind="text"))
    names = [selectors.team_for("QM", "export", groups, TODAY).name for groups in ({"Animalia"}, {"Plantae"})]
    assert names == ["Fauna", "Flora"]
    flora, ito = min(cast["flora"].authorities), min(cast["ito"].authorities)
    remits = selectors.remits("QM", TODAY)
    assert selectors.remit_for(remits, {"Plantae"}, "LIV").authority == flora != ito
    assert selectors.remit_for(remits, {"Animalia"}, "LIV").authority == ito
    due = selectors.promised_on("QM", direction="export", groups={"Animalia"}, perishable=False, on=TODAY)
    assert 15 <= (due - TODAY).days <= 30
    charge = charged(cast)
    assert pay_fee(cast, charge.number, NOON) == "45.00 QML"
    assert pay_fee(cast, charge.number, NOON) == ""
    assert Charge.objects.get().state == "paid"
