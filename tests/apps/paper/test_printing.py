"""One original at a time, each on its own sheet; another one only after two people saw the end of the first."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.apps.paper.printshop import BOX, chamber, clerk, done, given, printed, shop
from tests.cast import NOON, issued

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.paper import ledger, selectors, services
from wildgate.apps.paper.models import Assignment, DayCount, Print, PrintEnd, Sheet, SheetMove
from wildgate.apps.paper.stock import SheetAct
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.services import move_permit
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.jobs import run_pending

pytestmark = pytest.mark.django_db


def end(who, number, print_number=1, kind="spoiled", by="carla", confirmed_by="cem"):
    report = done(services.report_end(actor=who[by], number=number, print_number=print_number, kind=kind,
                                      reason="Toner smeared.", at=NOON))
    return services.confirm_end(actor=who[confirmed_by], report=report.pk, at=NOON)


def test_the_second_print_is_refused_and_says_where_the_first_went(cast):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")

    again = services.print_original(actor=cast["cem"], number=permit.number, sheets="0071234", at=NOON)

    assert isinstance(again, Refusal)
    assert again.reason == (f"This permit was printed once, on sheet 0071233, on {NOON.date()}: record that sheet as "
                            "spoiled or returned first.")
    assert Sheet.objects.get(number="0071234").state == "at-office"


@pytest.mark.parametrize("kind", ["spoiled", "returned"])
def test_after_its_end_seen_by_two_the_permit_is_printed_again(cast, kind):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")
    done(end(cast, permit.number, kind=kind))

    second = printed(cast, permit.number, "0071234")

    assert (second.number, second.instead_of.print.number) == (2, 1)
    assert Sheet.objects.get(number="0071233").state == kind
    third = services.print_original(actor=cast["carla"], number=permit.number, sheets="0071235", at=NOON)
    assert "on sheet 0071234" in third.reason


def test_nobody_confirms_the_own_report(cast):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")

    alone = end(cast, permit.number, confirmed_by="carla")

    assert alone.reason == "You may not confirm what became of this print. Nobody confirms their own report."
    assert not PrintEnd.objects.exists()


def test_a_report_alone_opens_nothing(cast):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")
    done(services.report_end(actor=cast["carla"], number=permit.number, print_number=1, kind="spoiled",
                             reason="Torn.", at=NOON))

    again = services.print_original(actor=cast["carla"], number=permit.number, sheets="0071234", at=NOON)

    assert again.code == "printed-already"


def test_a_used_sheet_is_refused_for_another_permit(cast):
    office = shop(cast)
    first, second = given(cast, office), given(cast, office)
    printed(cast, first.number, "0071233")

    again = services.print_original(actor=cast["carla"], number=second.number, sheets="0071233", at=NOON)

    assert again.reason == "Sheet 0071233 is used: no sheet is used twice."


@pytest.mark.parametrize(("sheets", "code"), [
    ("0071201", "sheet-elsewhere"), ("0099999", "no-such-sheet"), ("0071233-0071234", "sheets-and-pages"),
    ("x!", "sheet-number"), ("", "sheet-number")])
def test_sheets_that_do_not_serve(cast, sheets, code):
    permit = given(cast, shop(cast))

    assert services.print_original(actor=cast["carla"], number=permit.number, sheets=sheets, at=NOON).code == code
    assert not Print.objects.exists()


def test_the_database_itself_refuses_a_second_original_and_a_second_use(cast):
    office = shop(cast)
    permit = given(cast, office)
    made = printed(cast, permit.number, "0071233")
    sheet = Sheet.objects.get(number="0071233")
    again = {"party": "QM", "permit": permit, "office": office, "by_id": cast["carla"].person_id, "at": NOON}

    with pytest.raises(IntegrityError), transaction.atomic():
        Print.objects.create(number=2, kind="original", slot=1, sheets=["0071234"], **again)
    with pytest.raises(IntegrityError), transaction.atomic():
        SheetMove.objects.create(sheet=sheet, kind="used", office=office, print=made, actor="person:1", at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrintEnd.objects.create(print=made, kind="spoiled", at=NOON, reported_by_id=1, confirmed_by_id=1,
                                report=done(services.report_end(actor=cast["carla"], number=permit.number,
                                                                print_number=1, kind="spoiled", reason="x", at=NOON)))


def test_a_copy_is_numbered_and_takes_no_sheet(cast):
    office = shop(cast)
    permit = given(cast, office)
    printed(cast, permit.number, "0071233")

    copy = done(services.print_copy(actor=cast["carla"], number=permit.number, at=NOON))

    assert (copy.number, copy.sheets, copy.slot) == (2, [], None)
    assert ledger.balance("QM", office) == 59


def test_a_cancelled_permit_is_not_printed(cast):
    permit = given(cast, shop(cast))
    done(permits.cancel(actor=cast["amina"], number=permit.number, reason="Error.", at=NOON))

    again = services.print_original(actor=cast["carla"], number=permit.number, sheets="0071233", at=NOON)

    assert again.reason == f"Permit {permit.number} is cancelled: it is not printed."


def test_scenario_5_the_paper_of_a_lost_permit(cast):
    """Sheet 0071233 is written off, 0071290 used, and the daily count agrees."""
    office = shop(cast)
    lost, replacement = given(cast, office), issued(cast, NOON)
    printed(cast, lost.number, "0071233")
    with transaction.atomic():
        for act in (PermitAct.LOST, PermitAct.REPLACED):
            move_permit(lost, act, actor=cast["amina"], at=NOON)
    run_pending()
    done(services.assign(actor=cast["amina"], numbers=[replacement.number], office=office.pk, at=NOON))
    printed(cast, replacement.number, "0071290")

    done(services.count(actor=cast["carla"], office=office.pk, counted=58, at=NOON))
    done(services.check_count(actor=cast["cem"], office=office.pk, counted=58, at=NOON))

    states = dict(Sheet.objects.filter(number__in=["0071233", "0071290"]).values_list("number", "state"))
    assert states == {"0071233": "written-off", "0071290": "used"}
    assert DayCount.objects.get().difference == 0
    assert selectors.differences("QM") == []
    assert not Assignment.objects.exclude(state="closed").filter(permit=lost).exists()
    assert all(map(selectors.agrees, Sheet.objects.all()[:60]))
    assert events.verify("QM") is None


def test_writing_off_again_changes_nothing(cast):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")
    done(permits.cancel(actor=cast["amina"], number=permit.number, reason="Error.", at=NOON))
    run_pending()
    told = SheetMove.objects.count()

    from wildgate.apps.paper.services.printing import write_off
    write_off(permit, why="cancelled", actor="system", at=NOON)

    assert SheetMove.objects.count() == told


def test_a_run_takes_the_sheets_one_after_the_other_or_none(cast):
    office = shop(cast)
    numbers = [given(cast, office).number for _ in range(3)]

    many = services.print_run(actor=cast["carla"], numbers=numbers, first_sheet="0071291", at=NOON)
    assert many.code == "sheet-elsewhere"
    assert not Print.objects.exists()

    made = done(services.print_run(actor=cast["carla"], numbers=numbers, first_sheet="0071234", at=NOON))
    assert [each.sheets for each in made] == [["0071234"], ["0071235"], ["0071236"]]
    assert selectors.drawer("QM", office).numbers == "0071233, 0071237–0071292"


def test_an_office_sees_what_was_given_to_it_and_accepted_only(cast):
    here, there = shop(cast), chamber(cast, "Chamber of Commerce, Kivu")
    other = clerk(there, "Odile Marsh")
    permit = given(cast, here)
    asked = issued(cast, NOON)
    done(services.ask(actor=cast["mario"], number=asked.number, office=here.pk, at=NOON))

    def seen(who):
        return [each.permit.number for each in selectors.visible_to(who)]

    assert seen(cast["carla"]) == [permit.number]
    assert seen(other) == []
    assert sorted(seen(cast["mario"])) == sorted([permit.number, asked.number])
    refused = services.print_original(actor=cast["carla"], number=asked.number, sheets="0071233", at=NOON)
    assert refused.code == "no-such-permit"

    done(services.accept(actor=cast["bo"], number=asked.number, at=NOON))
    assert sorted(seen(cast["carla"])) == sorted([permit.number, asked.number])
    everything = list(Assignment.objects.select_related("office", "permit"))
    for actor in (*cast.values(), other):
        allowed = {each.pk for each in everything if can(actor, Action.VIEW_PRINT_JOB, each)}
        assert allowed == set(selectors.visible_to(actor).values_list("pk", flat=True)), actor.name


@pytest.mark.parametrize("who", ["mario", "jean", "ito", "ana", "sam", "carla"])
def test_the_paper_is_kept_by_officers_only(cast, who):
    office = shop(cast)
    actor = cast[who]
    refusals = [
        services.open_office(actor=actor, name="Mine", kind="chamber", at=NOON),
        services.receive(actor=actor, sheets="1-2", received_on=NOON.date(), at=NOON),
        services.hand_out(actor=actor, sheets="0071201", office=office.pk, at=NOON),
        services.assign(actor=actor, numbers=["x"], office=office.pk, at=NOON),
        services.accept(actor=actor, number="x", at=NOON),
        services.count(actor=actor, office=None, counted=40, at=NOON),
    ]

    assert {each.code for each in refusals} == {"not-allowed"}


def test_outside_the_authority_there_is_one_original(cast):
    two = services.open_office(actor=cast["amina"], name="Two", kind="chamber", prints=2, at=NOON)

    assert two.reason == "Outside the authority a permit is printed once."


def test_a_firm_prints_for_itself_its_own_permits_only(cast):
    from wildgate.apps.accounts.models import Organisation
    own = min(cast["mario"].organisations)
    other = Organisation.objects.exclude(pk=own).first()
    home, away = (done(services.open_office(actor=cast["amina"], name=f"Desk {firm}", kind="trader", organisation=firm,
                                            at=NOON)) for firm in (own, other.pk))
    done(services.receive(actor=cast["amina"], sheets=BOX, received_on=NOON.date(), at=NOON))
    done(services.hand_out(actor=cast["amina"], sheets="0071201-0071210", office=home.pk, at=NOON))
    permit = issued(cast, NOON)

    assert services.assign(actor=cast["amina"], numbers=[permit.number], office=away.pk, at=NOON).code == "other-firm"
    done(services.assign(actor=cast["amina"], numbers=[permit.number], office=home.pk, at=NOON))
    assert printed(cast, permit.number, "0071201", by="mario").number == 1
    assert services.print_original(actor=cast["mario"], number=permit.number, sheets="0071202", at=NOON).code == (
        "printed-already")


def test_the_authority_may_let_its_own_room_print_two(cast):
    room = done(services.open_office(actor=cast["amina"], name="Print room", kind="authority", prints=2, at=NOON))
    done(services.receive(actor=cast["amina"], sheets=BOX, received_on=NOON.date(), at=NOON))
    done(services.hand_out(actor=cast["amina"], sheets="0071201-0071210", office=room.pk, at=NOON))
    permit = given(cast, room)
    for sheet in ("0071201", "0071202"):
        printed(cast, permit.number, sheet, by="bo")

    third = services.print_original(actor=cast["bo"], number=permit.number, sheets="0071203", at=NOON)

    assert "printed 2 times, on sheets 0071201–0071202" in third.reason
    done(end(cast, permit.number, 2, by="bo", confirmed_by="amina"))
    again = printed(cast, permit.number, "0071203", by="bo")
    assert (again.slot, again.number) == (2, 3)


def test_another_office_gives_no_second_original(cast):
    here = shop(cast)
    permit = given(cast, here)
    printed(cast, permit.number, "0071233")
    room = done(services.open_office(actor=cast["amina"], name="Print room", kind="authority", at=NOON))
    done(services.assign(actor=cast["amina"], numbers=[permit.number], office=room.pk, at=NOON))
    done(services.hand_out(actor=cast["amina"], sheets="0071201", office=room.pk, at=NOON))

    again = services.print_original(actor=cast["amina"], number=permit.number, sheets="0071201", at=NOON)

    assert again.code == "printed-already"


@pytest.mark.parametrize("act", [SheetAct.VOID, SheetAct.LOST])
def test_a_void_or_lost_sheet_is_gone_with_its_reason(cast, act):
    office = shop(cast)

    services.take_out(actor=cast["carla"], sheets="0071234", act=act, reason="Misfed.", office=office.pk, at=NOON)

    assert ledger.balance("QM", office) == 59
    again = services.take_out(actor=cast["carla"], sheets="0071234", act=act, reason="Again.", office=office.pk,
                              at=NOON)
    assert again.code == "sheet-gone"
    assert [each.sheet.number for each in selectors.missing("QM")] == (["0071234"] if act is SheetAct.LOST else [])


def test_a_difference_is_explained_and_counted_by_two(cast):
    office = shop(cast)

    def count(**more):
        return services.count(actor=cast["carla"], office=office.pk, counted=59, at=NOON, **more)

    assert count().reason == ("The ledger expects 60 sheets, you counted 59: count again, or write down what explains "
                              "the difference.")
    made = done(count(explanation="One stuck in the printer."))
    assert (made.difference, selectors.differences("QM")) == (-1, [made])

    def check(who, counted):
        return services.check_count(actor=cast[who], office=office.pk, counted=counted, at=NOON)

    assert check("carla", 59).code == "same-person"
    assert check("cem", 60).code == "counts-differ"
    printed(cast, given(cast, office).number, "0071233")
    done(check("cem", 58))
    assert check("cem", 58).code == "nothing-to-check"


def test_a_delivery_is_entered_once_and_sheets_travel_both_ways(cast):
    office = shop(cast)

    again = services.receive(actor=cast["bo"], sheets="0071290-0071310", received_on=NOON.date(), at=NOON)
    assert again.reason == "Sheet 0071290–0071300 was received before."
    done(services.give_back(actor=cast["amina"], sheets="0071290-0071292", office=office.pk, at=NOON))

    assert (ledger.balance("QM", None), ledger.balance("QM", office)) == (43, 57)
