"""Two clerks in the same second, real threads, and long random days: one original, one use of a sheet, counts agree."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.paper import printshop
from tests.apps.paper.printshop import done, shop
from tests.cast import NOON

from wildgate.apps.paper import ledger, selectors, services
from wildgate.apps.paper.models import EndReport, Print, PrintEnd, Sheet, SheetMove
from wildgate.apps.paper.stock import SheetAct
from wildgate.convention.refusal import Refusal

ROUNDS = 10


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def printing(actor, number, sheet):
    return lambda: services.print_original(actor=actor, number=number, sheets=sheet, at=NOON)


def test_the_second_print_fails_in_parallel_too(settled, at_once):
    permit = printshop.given(settled, shop(settled))

    for turn in range(ROUNDS):
        sheets = [f"{71233 + 2 * turn + i:07d}" for i in range(2)]
        outcomes = at_once(*[printing(settled[who], permit.number, sheet)
                             for who, sheet in zip(("carla", "cem"), sheets, strict=True)])
        refused = [each for each in outcomes if isinstance(each, Refusal)]
        assert [each.code for each in refused] == ["printed-already"]
        made = next(each for each in outcomes if isinstance(each, Print))
        assert SheetMove.objects.filter(print=made).count() == 1
        report = done(services.report_end(actor=settled["carla"], number=permit.number, print_number=made.number,
                                          kind="spoiled", reason="Torn.", at=NOON))
        ends = at_once(*[lambda key=report.pk: services.confirm_end(actor=settled["cem"], report=key, at=NOON)] * 2)
        assert sorted(type(each).__name__ for each in ends) == ["PrintEnd", "Refusal"]

    assert Print.objects.count() == PrintEnd.objects.count() == ROUNDS


def test_one_sheet_for_two_permits_serves_one(settled, at_once):
    office = shop(settled)
    pairs = [[printshop.given(settled, office).number for _ in range(2)] for _ in range(4)]

    for turn, pair in enumerate(pairs):
        sheet = f"{71233 + turn:07d}"
        outcomes = at_once(*[printing(settled[who], number, sheet)
                             for who, number in zip(("carla", "cem"), pair, strict=True)])
        assert [each.code for each in outcomes if isinstance(each, Refusal)] == ["sheet-gone"]

    assert ledger.balance("QM", office) == 56


ACTS = ["print", "report", "confirm", "void", "lost", "back", "out"]
DAYS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 11)), max_size=25)


@pytest.fixture
def office(cast):
    return shop(cast, sheets="0071201-0071208", box="0071201-0071212")


@pytest.fixture
def permits(cast, office):
    return [printshop.given(cast, office).number for _ in range(2)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAYS)
def test_after_any_day_the_count_agrees_with_the_drawers(cast, office, permits, days):
    with transaction.atomic():
        for act, which, sheet in days:
            play(cast, office, act, permits[which], f"{71201 + sheet:07d}")
        for place in (None, office):
            drawer = selectors.drawer("QM", place)
            lying = Sheet.objects.filter(office=place, state__in=["in-store", "at-office"]).count()
            assert drawer.expected == lying
        assert all(map(selectors.agrees, Sheet.objects.all()))
        for number in permits:
            made = Print.objects.filter(permit__number=number)
            assert len(selectors.standing(made)) <= 1
            assert [each.number for each in made.order_by("pk")] == list(range(1, made.count() + 1))
        transaction.set_rollback(True)


def play(cast, office, act, number, sheet):
    carla, amina = cast["carla"], cast["amina"]
    last = Print.objects.filter(permit__number=number).order_by("-number").first()
    if act == "print":
        services.print_original(actor=carla, number=number, sheets=sheet, at=NOON)
    elif act == "report":
        services.report_end(actor=carla, number=number, print_number=last.number if last else 1, kind="returned",
                            reason="Came back.", at=NOON)
    elif act == "confirm":
        report = EndReport.objects.filter(print=last).order_by("-pk").first()
        services.confirm_end(actor=cast["cem"], report=report.pk if report else 0, at=NOON)
    elif act in ("void", "lost"):
        services.take_out(actor=carla, sheets=sheet, act=SheetAct(act), reason="Why not.", office=office.pk, at=NOON)
    else:
        service = services.give_back if act == "back" else services.hand_out
        service(actor=amina, sheets=sheet, office=office.pk, at=NOON)
