"""Two officers at the same second, real threads: exactly one gets the last of a quota, whatever the order."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from tests.apps.permits.twins import twin
from tests.apps.quotas.test_ledger import monitors, set_quota, standing
from tests.cast import NOON, issued, ready

from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit
from wildgate.apps.quotas import selectors, services
from wildgate.apps.quotas.models import QuotaBalance, QuotaHold
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ROUNDS = 40
"""Two threads meet in every round: without the lock the first ones already fail."""
D = Decimal


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


@pytest.fixture
def quota_of_500_with_460_bound(settled):
    quota = set_quota(settled["amina"])
    issued(settled, NOON, monitors("460"))
    return quota


def bind(record: Any, subject: str) -> Any:
    """What `issue` does with a quota, in a transaction of its own."""
    with transaction.atomic():
        return services.bind(record, law=law(), subject=subject, organisation=1, actor="person:1", at=NOON)


def give_back(subject: str) -> None:
    with transaction.atomic():
        services.give_back(subject=subject, why="cancelled", actor="person:1", at=NOON)


def one_of_each(outcomes: list[Any]) -> Refusal:
    """The loser's refusal; fails when not exactly one of two won."""
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(refused) == 1, outcomes
    return refused[0]


def test_two_officers_binding_30_and_30_of_40_in_many_rounds(settled, quota_of_500_with_460_bound, at_once):
    quota = quota_of_500_with_460_bound
    record = issued(settled, NOON, monitors("30")).record
    give_back(QuotaHold.objects.get(quantity=D(30)).subject)
    reasons = set()

    for turn in range(ROUNDS):
        names = [f"application:first-{turn}", f"application:second-{turn}"]
        outcomes = at_once(*[lambda name=name: bind(record, name) for name in names])
        reasons.add(one_of_each(outcomes).reason)
        assert standing(quota).bound == 490
        give_back(names[[isinstance(outcome, Refusal) for outcome in outcomes].index(False)])

    assert reasons == {"10 left of 500: 460 + 30 bound."}
    assert standing(quota).free == 40
    assert all(selectors.agrees(row) for row in QuotaBalance.objects.all())


def test_two_officers_pressing_issue_at_once(settled, quota_of_500_with_460_bound, at_once):
    quota, first = quota_of_500_with_460_bound, ready(settled, NOON, monitors("30"))
    waiting = [twin(first, "first")]

    for turn in range(ROUNDS):
        waiting.append(twin(first, f"second-{turn}"))
        outcomes = at_once(*[lambda case=case: permits.issue(actor=settled["amina"], case=case, at=NOON)
                             for case in waiting])
        assert one_of_each(outcomes).reason == "10 left of 500: 460 + 30 bound."
        assert standing(quota).bound == 490
        won = next(outcome for outcome in outcomes if isinstance(outcome, Permit))
        waiting.remove(won.application.number)
        permits.cancel(actor=settled["amina"], number=won.number, reason="Next round.", at=NOON)

    numbers = sorted(Permit.objects.values_list("number", flat=True))
    assert len(numbers) == ROUNDS + 1
    assert [int(number[4:10]) for number in numbers] == list(range(1, ROUNDS + 2))
    assert events.verify("QM") is None


def test_taking_using_and_returning_in_any_order_never_overdraws_and_never_locks_up(settled, at_once):
    """Quotas that overlap, taken by lines in opposite orders: the locks' own order keeps officers from a standstill."""
    amina = settled["amina"]
    set_quota(amina, "100", "Varanus", terms=(), sources=())
    set_quota(amina, "70")
    set_quota(amina, "60", "Varanus niloticus")
    lines = [dict(monitors("7")["lines"][0]), dict(monitors("5", taxon="Varanus niloticus")["lines"][0])]
    ways = [{**monitors(), "lines": lines}, {**monitors(), "lines": lines[::-1]}]
    records = [issued(settled, NOON, way).record for way in ways]
    services.return_expired(party="QM", on=date(2030, 1, 1), at=NOON)
    stop = threading.Event()

    def officer(seed: int) -> Callable[[], int]:
        def work() -> int:
            dice, done = random.Random(seed), 0
            for turn in range(25):
                subject = f"application:{seed}-{turn}"
                if isinstance(bind(dice.choice(records), subject), Refusal):
                    continue
                done += 1
                what = dice.random()
                if what < 0.5:
                    give_back(subject)
                elif what < 0.6:
                    with transaction.atomic():
                        services.use(party="QM", subject=subject, moved={"A": D(1), "B": D(1)}, actor="person:2",
                                     at=NOON)
            return done
        return work

    def clock() -> int:
        turns = 0
        while not stop.is_set() and turns < 20:
            services.return_expired(party="QM", on=date(2030, 1, 1), at=NOON)
            turns += 1
        return turns

    done = at_once(officer(1), officer(2), officer(3), clock)

    assert sum(done) > 20
    for row in QuotaBalance.objects.all():
        assert row.balance.free >= 0
        assert selectors.agrees(row), row
    assert events.verify("QM") is None


def test_an_import_that_changes_numbers_and_officers_who_bind_wait_for_each_other(settled, at_once, tmp_path):
    from wildgate.apps.quotas.imports import import_quotas
    heading = "Id,Full Name,Party,Quota,Unit,Term,Source,Year"
    rows = ["1,Varanus niloticus,Demoland,{0},,LIV,W,2026", "2,Varanus salvator,Demoland,{0},,LIV,W,2026"]
    record = issued(settled, NOON, {**monitors(), "lines": [
        dict(monitors("1")["lines"][0]), dict(monitors("1", taxon="Varanus niloticus")["lines"][0])]}).record

    def importing() -> int:
        changed = 0
        for turn in range(15):
            file = tmp_path / f"{turn}.csv"
            order = rows if turn % 2 else rows[::-1]
            file.write_text("\n".join([heading, *(row.format(500 + turn) for row in order)]) + "\n")
            done = import_quotas([file], party="QM", actor="operator", at=NOON)
            assert not isinstance(done, Refusal), done
            changed += done[0].added + done[0].changed
        return changed

    def binding(seed: int) -> int:
        return sum(isinstance(bind(record, f"application:{seed}-{turn}"), dict) for turn in range(30))

    importing()
    outcomes = at_once(importing, lambda: binding(1), lambda: binding(2))

    assert outcomes[1:] == [30, 30]
    for row in QuotaBalance.objects.all():
        assert (row.amount, row.bound) == (514, 60)
        assert selectors.agrees(row)
    assert events.verify("QM") is None
