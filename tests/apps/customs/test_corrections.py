"""After release: permit, annual report and every book follow what customs corrected, months later too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from tests.apps.findings.test_standing import bark_permit, given, taken
from tests.apps.registers.farm import falcons, operation, specimen
from tests.apps.stock.goods import balance, re_export
from tests.apps.stock.goods import released as stocked
from tests.cast import NOON, issued

from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.customs.services import writing_off
from wildgate.apps.quotas.models import QuotaBalance
from wildgate.apps.quotas.selectors import agrees
from wildgate.apps.quotas.services import NewQuota, register
from wildgate.apps.registers.models import Mark, Specimen, SpecimenHold
from wildgate.apps.reports import selectors as reports
from wildgate.apps.stock.correcting import correct_arrival
from wildgate.apps.stock.ledger import LEDGER
from wildgate.apps.stock.models import StockBalance, StockEntry
from wildgate.apps.stock.selectors import agrees as stock_agrees
from wildgate.convention.quota import Entry
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.kit.books import Demand
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)
AFTER_THE_REPORT = datetime(NOON.year + 1, 11, 20, tzinfo=UTC)


@pytest.fixture
def quota(amina):
    found = register(actor=amina, at=NOON, new=NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", unit="NAR", amount=Decimal(2000),
        start=date(NOON.year, 1, 1), end=date(NOON.year, 12, 31)))
    return QuotaBalance.objects.get(quota=found)


@pytest.fixture
def released(quota, cast, jean):
    permit = issued(cast, NOON)
    asked = WriteOff(permit.number, block="A", quantity=Decimal(1150), reference="D-1", procedure="1000",
                     post="Kivu-2", transport_document="020-1")
    writing_off.consume(actor=jean, asked=asked, at=LATER)
    return permit, asked


def standing(quota):
    quota.refresh_from_db()
    assert agrees(quota)
    return quota.bound, quota.used


def newer(asked, version, quantity=None):
    from dataclasses import replace
    return replace(asked, version=version, quantity=quantity)


def test_a_correction_reaches_quota_and_report_after_the_report_was_sent(quota, released, jean):
    _permit, asked = released
    assert standing(quota) == (0, 1150)

    writing_off.amend(actor=jean, asked=newer(asked, 2, Decimal(900)), at=AFTER_THE_REPORT)

    assert standing(quota) == (0, 900)
    row, = reports.rows("QM", NOON.year, Part.EXPORTS)
    assert (row.quantity, row.remarks) == ("900", f"corrected {AFTER_THE_REPORT.date()}: 1150 before")
    since = datetime(NOON.year + 1, 10, 31, tzinfo=UTC)
    assert [(each.before, each.quantity) for each in reports.corrections("QM", NOON.year, since)] == [(1150, 900)]

    writing_off.amend(actor=jean, asked=newer(asked, 3, Decimal(1200)), at=AFTER_THE_REPORT)
    assert standing(quota) == (0, 1200)


def test_a_withdrawn_release_leaves_the_report_and_is_bound_again_while_the_permit_lives(quota, released, jean):
    permit, asked = released

    writing_off.withdraw(actor=jean, asked=newer(asked, 2), at=LATER)

    assert list(reports.rows("QM", NOON.year, Part.EXPORTS)) == []
    assert standing(quota) == (1200, 0)
    again = WriteOff(permit.number, block="A", quantity=Decimal(700), reference="D-2", procedure="1000",
                     post="Kivu-2", transport_document="020-1")
    writing_off.consume(actor=jean, asked=again, at=LATER)
    assert standing(quota) == (0, 700)


def test_withdrawn_after_its_last_day_the_quota_is_free(quota, released, jean):
    _permit, asked = released

    writing_off.withdraw(actor=jean, asked=newer(asked, 2), at=AFTER_THE_REPORT)

    assert standing(quota) == (0, 0)


def draws(entry):
    """The figures of a stock entry: amount, reserved, bound, used."""
    found = balance(entry)
    assert all(stock_agrees(row) for row in StockBalance.objects.all())
    return tuple(int(part) for part in (found.amount, found.reserved, found.bound, found.used))


def states():
    return sorted(Specimen.objects.values_list("state", flat=True))


def consumed(jean, permit, quantity, reference="D-1"):
    asked = WriteOff(permit.number, block="A", quantity=Decimal(quantity), reference=reference, procedure="1000",
                     post="Kivu-2", transport_document="020-1")
    done = writing_off.consume(actor=jean, asked=asked, at=LATER)
    assert not isinstance(done, Refusal), done
    return asked


def turned(call, jean, asked, version, quantity=None, at=LATER):
    done = call(actor=jean, asked=newer(asked, version, None if quantity is None else Decimal(quantity)), at=at)
    assert not isinstance(done, Refusal), done


def test_stock_that_did_not_leave_is_in_the_entry_again(cast, jean):
    entry = stocked(cast)
    permit = issued(cast, NOON, re_export(stock=entry.number))
    asked = consumed(jean, permit, 15)
    assert draws(entry) == (40, 0, 0, 15)

    turned(writing_off.amend, jean, asked, 2, 12, AFTER_THE_REPORT)
    assert draws(entry) == (40, 0, 0, 12)
    turned(writing_off.amend, jean, asked, 3, 14, AFTER_THE_REPORT)
    assert draws(entry) == (40, 0, 0, 14)
    turned(writing_off.withdraw, jean, asked, 4)
    assert draws(entry) == (40, 0, 20, 0)
    consumed(jean, permit, 20, "D-2")
    assert draws(entry) == (40, 0, 0, 20)


def test_an_import_that_was_less_leaves_less_in_stock_and_more_enters_more(cast, jean):
    entry = stocked(cast)
    other = "application:of-others"
    drawn = partial(correct_arrival, party="QM", subject="permit:X/1", block="A", actor="person:1", at=LATER)
    StockEntry.objects.filter(pk=entry.pk).update(key="import:permit:X/1:A")

    drawn(difference=Decimal(-5))
    assert draws(entry) == (40, 0, 0, 5)
    drawn(difference=Decimal(3))
    more = StockEntry.objects.exclude(pk=entry.pk).get()
    assert (more.quantity, more.origin_permit, more.organisation_id) == (3, entry.origin_permit, entry.organisation_id)
    LEDGER.take([Demand(entry.pk, "A", Decimal(35))], kind=Entry.BIND, subject=other, until=None, actor="person:1",
                at=LATER)
    drawn(difference=Decimal(-4))
    assert draws(more) == (3, 0, 0, 3)
    assert '"beyond":"1"' in Event.objects.get(kind="stock-overrun").data.replace(" ", "")


def test_specimens_that_did_not_leave_are_in_the_account_with_their_marks(cast, jean, at):
    operation(cast["amina"])
    for i in (1, 2):
        specimen(cast["mario"], f"ring QM-{i}")
    permit = issued(cast, at, falcons(quantity="2", marks="ring QM-1\nring QM-2"))
    asked = consumed(jean, permit, 2)
    assert states() == ["exported", "exported"]

    turned(writing_off.amend, jean, asked, 2, 1)
    assert states() == ["alive", "alive"]
    assert set(SpecimenHold.objects.values_list("state", flat=True)) == {"unclear"}
    turned(writing_off.amend, jean, asked, 3, 2)
    assert states() == ["exported", "exported"]
    turned(writing_off.withdraw, jean, asked, 4)
    assert states() == ["alive", "alive"]
    assert set(SpecimenHold.objects.values_list("state", flat=True)) == {"bound"}
    assert Mark.objects.filter(in_use=True).count() == 2
    consumed(jean, permit, 2, "D-2")
    assert states() == ["exported", "exported"]


def test_a_standing_finding_has_what_was_not_exported_again(cast, jean):
    given(cast["ito"])
    permit = bark_permit(cast)
    asked = consumed(jean, permit, 28500)
    assert taken() == (Decimal(0), Decimal("28.5"))

    turned(writing_off.amend, jean, asked, 2, 20000, AFTER_THE_REPORT)
    assert taken() == (Decimal(0), Decimal(20))
    turned(writing_off.amend, jean, asked, 3, 21000, AFTER_THE_REPORT)
    assert taken() == (Decimal(0), Decimal(21))
    turned(writing_off.withdraw, jean, asked, 4)
    assert taken() == (Decimal(30), Decimal(0))
