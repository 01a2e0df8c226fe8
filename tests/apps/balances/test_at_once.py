"""Many officers and programs on one permit at once: the sum never exceeds what the permit authorises."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import NOON, issued

from wildgate.apps.balances import selectors
from wildgate.apps.balances.asking import Outcome, WriteOff
from wildgate.apps.balances.models import Balance, Claim, ProcedureRow
from wildgate.apps.customs import services as border
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import writing_off
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def world(own_database):
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", NOON)
    return who, issued(who, NOON)


def in_several_consignments(who):
    """The house lets export permits be written off several times."""
    ProcedureRow.objects.create(
        party="QM", procedure="1", kind="export-permit", state="", allowed=True, managed=True, several=True,
        stage="export", start=NOON.date(), why="Test.", proposed_by_id=who["amina"].person_id, proposed_at=NOON,
        confirmed_by_id=who["nadia"].person_id, confirmed_at=NOON)


def asked(permit, n, amount):
    return WriteOff(permit.number, block="A", quantity=Decimal(amount), reference=f"D-{n}", procedure="1000",
                    post="Kivu-2", transport_document="020-1")


def test_two_hundred_calls_on_one_permit_never_exceed_it(world, at_once):
    who, permit = world
    in_several_consignments(who)

    def officer(n):
        dice, out = random.Random(n), []
        for turn in range(25):
            name = dice.choice(["reserve", "consume", "consume", "give_back", "withdraw", "amend"])
            one = asked(permit, dice.randrange(12) if name != "reserve" else n * 100 + turn, dice.randint(1, 150))
            out.append(getattr(writing_off, name)(actor=who["jean"], asked=one, at=LATER))
        return out

    done = [each for found in at_once(*[lambda n=n: officer(n) for n in range(8)]) for each in found]

    balance = Balance.objects.get()
    assert len(done) == 200
    assert balance.reserved + balance.consumed <= 1200
    assert selectors.agrees(balance)
    assert sum(claim.reserved + claim.consumed for claim in Claim.objects.all()) == balance.reserved + balance.consumed
    assert sum(isinstance(each, Outcome) for each in done) > 20
    assert events.verify("QM") is None


def test_of_a_desk_a_phone_and_six_programs_one_uses_the_permit(world, at_once):
    who, permit = world

    def desk():
        return border.endorse(actor=who["jean"], number=permit.number, stage="export", quantities={"A": "700"},
                              port="Kivu-2", transport_document="020-1", at=LATER)

    outcomes = at_once(desk, *[lambda n=n: writing_off.consume(actor=who["jean"], asked=asked(permit, n, 600), at=LATER)
                               for n in range(6)])

    assert sum(not isinstance(each, Refusal) for each in outcomes) == 1
    assert {each.code for each in outcomes if isinstance(each, Refusal)} <= {"used", "already-used"}
    assert Endorsement.objects.count() == 1
    assert Balance.objects.get().consumed in (600, 700)


def test_the_same_call_sent_eight_times_at_once_is_one(world, at_once):
    who, permit = world

    outcomes = at_once(*[lambda: writing_off.consume(actor=who["jean"], asked=asked(permit, 1, 600), at=LATER)] * 8)

    assert sorted(each.repeated for each in outcomes) == [False] + [True] * 7
    assert (Endorsement.objects.count(), Balance.objects.get().consumed) == (1, 600)
