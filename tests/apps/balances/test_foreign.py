"""Calls on another Party's paper: looked up, used once, its lines decided by the items of one declaration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.duties.steps import TIGER
from tests.cast import NOON, issued

from wildgate.apps.balances.asking import Outcome, WriteOff
from wildgate.apps.customs import services as border
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import foreign_calls, writing_off
from wildgate.apps.stock.models import StockEntry
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)
PYTHON = border.Item("Python regius", "II", "W", "SKI", "40", "NAR", "QZ")


def call(name, jean, asked, at=LATER):
    return getattr(writing_off, name)(actor=jean, asked=asked, at=at)


def done(jean, name, asked, at=LATER):
    outcome = call(name, jean, asked, at)
    assert isinstance(outcome, Outcome), outcome
    return outcome


class TestAnotherPartysPaper:
    def test_is_looked_up_used_once_and_never_counted(self, jean):
        paper = border.register_foreign(
            actor=jean, country="QZ", number="26QZ000007E", kind="export-permit",
            issued_on=date(NOON.year, NOON.month, 1), valid_until=date(NOON.year + 1, 3, 1), exporter_country="QZ",
            importer_country="QM", purpose="T", at=NOON, lines=[border.Item("Python regius", "II", "W", "SKI", "40",
                                                                           "NAR", "QZ")])
        one = WriteOff("26qz000007e", country="QZ", quantity=Decimal(38), unit="NAR", reference="D-5", procedure="4000",
                       post="Kivu-2", transport_document="020-1")
        assert (call("check", jean, one).managed, call("reserve", jean, one).number) == (False, paper.number)

        done, again = call("consume", jean, one), call("consume", jean, one)

        assert done.endorsement == again.endorsement == Endorsement.objects.get().digest
        assert call("check", jean, one).code == "used"
        assert call("consume", jean, replace(one, reference="D-6")).code == "used"
        assert call("amend", jean, one).code == "not-managed"
        assert call("check", jean, replace(one, number="26QZ1")).code == "unknown"


class TestAPaperWithSeveralLines:
    @pytest.fixture
    def paper(self, jean):
        return border.register_foreign(
            actor=jean, country="QZ", number="26QZ000008E", kind="export-permit",
            issued_on=date(NOON.year, NOON.month, 1), valid_until=date(NOON.year + 1, 3, 1), exporter_country="QZ",
            importer_country="QM", purpose="T", at=NOON,
            lines=[PYTHON, replace(PYTHON, term="LIV", quantity="5"), replace(PYTHON, taxon="Varanus salvator")])

    @staticmethod
    def item(number, block, quantity, version=1, reference="D-8"):
        return WriteOff("26QZ000008E", country="QZ", block=block, quantity=Decimal(quantity), reference=reference,
                        item=number, version=version, procedure="4000", post="Kivu-2", transport_document="020-1")

    def test_is_endorsed_with_the_last_item_that_is_decided(self, jean, paper):
        done(jean, "reserve", self.item(1, "A", 38))
        done(jean, "reserve", self.item(2, "C", 7))
        done(jean, "reserve", self.item(3, "B", 5))
        assert call("reserve", jean, self.item(4, "B", 1)).code == "exhausted"
        assert call("reserve", jean, self.item(1, "A", 1, reference="D-9")).code == "exhausted"

        first = done(jean, "consume", self.item(1, "A", 37))
        assert (first.endorsement, paper.endorsements.count()) == ("", 0)
        assert call("consume", jean, self.item(1, "B", 5, reference="D-9")).code == "used"
        done(jean, "give_back", self.item(3, "B", 5))
        last = done(jean, "consume", self.item(2, "C", 7))

        made = Endorsement.objects.get(foreign=paper)
        assert made.digest == last.endorsement
        assert {line.foreign_line.block: line.quantity for line in made.lines.all()} == {"A": 37, "B": 0, "C": 7}
        again = done(jean, "consume", self.item(2, "C", 7))
        assert (again.repeated, again.endorsement) == (True, made.digest)
        assert call("consume", jean, self.item(2, "C", 6)).code == "version-used"
        assert call("consume", jean, self.item(2, "C", 6, version=2)).code == "used"

    def test_an_item_names_its_line_by_block_or_by_what_it_is(self, jean, paper):
        unnamed = replace(self.item(1, None, 3), taxon="Python regius", term="LIV")

        assert call("consume", jean, replace(unnamed, taxon="", term="")).code == "unknown-line"
        assert call("consume", jean, replace(unnamed, term="")).code == "several-lines"
        done(jean, "consume", unnamed)

        assert Endorsement.objects.get().lines.get(foreign_line__block="B").quantity == 3

    def test_what_is_set_aside_and_forgotten_lets_go_and_what_was_released_is_written_down(self, jean, paper):
        done(jean, "reserve", self.item(1, "A", 38))
        done(jean, "reserve", self.item(2, "C", 7))
        done(jean, "consume", self.item(1, "A", 38))

        foreign_calls.settle(paper.pk, "D-8", LATER + timedelta(days=29))
        assert not Endorsement.objects.exists()
        for _ in range(2):
            foreign_calls.settle(paper.pk, "D-8", LATER + timedelta(days=31))

        assert {line.foreign_line.block: line.quantity for line in Endorsement.objects.get().lines.all()} == {
            "A": 38, "B": 0, "C": 0}

    def test_appendix_one_takes_our_import_permit_that_the_same_declaration_used_and_is_stocked_once(self, cast, jean):
        ours = issued(cast, NOON, TIGER)
        border.register_foreign(
            actor=jean, country="QZ", number="26QZ000009E", kind="export-permit", importer_country="QM", purpose="S",
            issued_on=date(NOON.year, NOON.month, 1), valid_until=date(NOON.year + 1, 3, 1), exporter_country="QZ",
            at=NOON, organisation=min(cast["mario"].organisations),
            lines=[border.Item("Panthera tigris", "I", "W", "SKI", "2", "NAR", "QZ"), PYTHON])
        tiger = replace(self.item(1, "A", 2), number="26QZ000009E")
        assert call("consume", jean, tiger).code == "import-permit-missing"

        done(jean, "consume", replace(tiger, number=ours.number, country="QM"))
        made = done(jean, "consume", tiger)

        assert Endorsement.objects.get(digest=made.endorsement).foreign.number == "26QZ000009E"
        assert ours.number in Event.objects.get(kind="import-endorsed", subject__startswith="foreign:").data
        assert StockEntry.objects.filter(taxon="Panthera tigris").count() == 1
