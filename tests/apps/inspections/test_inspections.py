"""An inspection from plan to outcome: checklist, result once, reservations, other agencies, clocks of working days."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.apps.inspections.goods import POST, of_permit, planned, recorded
from tests.cast import issued
from tests.databases import as_owner

from wildgate.apps.customs import services as customs
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Confusion, Inspection, Recount
from wildgate.apps.inspections.selectors import controls
from wildgate.apps.inspections.services.planning import Plan
from wildgate.apps.inspections.services.recording import Line
from wildgate.kit.models import Event, EventNote

pytestmark = pytest.mark.django_db


def test_the_checklist_says_what_to_look_at(cast, at, amina):
    services.keep_card(actor=amina, taxon="Crocodylus novaeguineae", characters="Four post-occipital scales.", at=at,
                       look_alikes=[("Crocodylus porosus", "No post-occipital scales.")])

    line = of_permit(cast, at).lines.get()

    points = {point["code"]: point for point in line.points}
    assert (line.taxon, line.appendix, line.live) == ("Crocodylus novaeguineae", "II", False)
    assert points["look-alikes"]["names"] == "Crocodylus porosus"
    assert (points["quantity"]["quantity"], points["term"]["term"]) == ("1200", "SKI")
    assert "permit" in points and "transport" not in points


def test_live_and_venomous_specimens_are_told_on_the_checklist(cast, at):
    line = of_permit_of(cast, at, {"taxon": "Naja kaouthia", "term": "LIV", "quantity": "4", "unit": "NAR",
                                   "source": "C", "origin": "QM", "live": "yes"})

    assert line.venomous
    assert line.points[0]["code"] == "venomous"
    assert {"transport", "alive"} <= {point["code"] for point in line.points}


def of_permit_of(cast, at, line):
    from tests.cast import SKINS
    permit = issued(cast, at, {**SKINS, "lines": [line]})
    return planned(cast, at, behind="permit", reference=permit.number, reasons=("live",)).lines.get()


def test_a_consignment_has_one_plan_at_a_time_and_numbers_have_no_gaps(cast, at, jean):
    first = planned(cast, at)
    again = services.plan(actor=jean, at=at, asked=Plan("parcel", "SX-1", POST, at, ("carrier",)))
    second = planned(cast, at, reference="SX-2")

    assert again.code == "already-planned"
    assert [first.number, second.number] == [f"QM-N-{at.year}-000001", f"QM-N-{at.year}-000002"]
    assert services.plan(actor=jean, at=at, asked=Plan("permit", "nothing", POST, at, ("lane",))).field == "reference"
    assert services.plan(actor=jean, at=at, asked=Plan("parcel", "X", POST, at, ("whim",))).field == "reasons"
    assert services.plan(actor=cast["mario"], at=at, asked=Plan("none", "", POST, at, ("lane",))).code == "not-allowed"


def test_the_first_result_counts_and_feeds_what_is_mistaken_for_what(cast, at, jean):
    found = of_permit(cast, at)
    wrong = Line("wrong-species", taxon="Crocodylus porosus", quantity="1100")

    assert services.record(actor=jean, number=found.number, lines={}, at=at).field == "lines[1].result"
    assert services.record(actor=jean, number=found.number, lines={1: Line("wrong-species", "Nonsense x")},
                           at=at).code == "unknown-taxon"
    done = services.record(actor=jean, number=found.number, lines={1: wrong}, at=at, note="Scales compared.")
    assert services.record(actor=jean, number=found.number, lines={1: wrong}, at=at).code == "recorded-already"

    learned = Confusion.objects.get()
    assert (learned.declared, learned.really, learned.times) == ("Crocodylus novaeguineae", "Crocodylus porosus", 1)
    told = Event.objects.get(kind="inspected")
    assert json.loads(told.data)["results"] == {"wrong-species": 1}
    assert [name.partition(":")[0] for name in json.loads(told.data)["papers"]] == ["permit"]
    assert EventNote.objects.get(event=told).text == "Scales compared."
    assert done.officer_id == jean.person_id


def test_what_nobody_declared_becomes_a_line(cast, at, jean):
    found = recorded(cast, at, planned(cast, at), Line("undeclared", taxon="Phataginus tricuspis", term="SCA",
                                                       quantity="2.5", unit="KGM"))

    line = found.lines.get()
    assert (line.taxon, line.appendix, line.found_quantity, line.unit) == ("Manis tricuspis", "I", 2.5, "KGM")


def test_goods_with_faults_are_not_simply_released(cast, at, jean):
    minor = recorded(cast, at, of_permit(cast, at), Line("minor-fault"))
    grave = recorded(cast, at, planned(cast, at), Line("no-permit", taxon="Ara macao", term="LIV", quantity="1"))

    def conclude(found, outcome, **more):
        return services.conclude(actor=jean, number=found.number, outcome=outcome, at=at, why="Seen.", **more)

    assert conclude(minor, "release").code == "release-with-fault"
    assert conclude(minor, "release-reserved").field == "follow_up_on"
    assert conclude(minor, "release-reserved", follow_up_on=at.date()).code == "bad-day"
    soon = at.date() + timedelta(days=1)
    assert conclude(grave, "release-reserved", follow_up_on=soon).code == "release-with-grave-finding"
    assert conclude(grave, "hold").state == "recorded"
    assert conclude(grave, "send-back").state == "closed"
    assert conclude(grave, "hold").code == "concluded-already"
    done = conclude(minor, "release-reserved", follow_up_on=at.date() + timedelta(10))
    assert list(controls.day_list(jean, post=POST, view="reserved", at=at)) == [done]
    assert services.follow_up(actor=jean, number=done.number, note="The invoice came.", at=at).followed_up_at == at
    assert services.follow_up(actor=jean, number=done.number, note="Again.", at=at).code == "no-reservation"


@pytest.mark.parametrize(("start", "due"), [
    (datetime(2027, 3, 3, 12, tzinfo=UTC), "2027-03-05"),
    (datetime(2027, 3, 4, 12, tzinfo=UTC), "2027-03-08"),
    (datetime(2027, 3, 5, 23, tzinfo=UTC), "2027-03-09"),
    (datetime(2027, 3, 6, 1, tzinfo=UTC), "2027-03-09"),
])
def test_goods_inspected_inland_stay_unaltered_for_two_working_days(cast, start, due):
    found = planned(cast, start, inland=True, place="Bonded warehouse 7")

    assert (found.due_on.isoformat(), found.unaltered) == (due, True)
    assert not recorded(cast, start, found, Line("in-order", taxon="Ara macao", term="FEA", quantity="1")).unaltered


def test_holidays_move_the_deadline_and_the_clock_tells_what_is_over():
    calendar = Calendar(frozenset({datetime(2027, 3, 5).date()}))
    due = calendar.after(datetime(2027, 3, 4).date(), 2)

    assert due.isoformat() == "2027-03-09"
    assert controls.days_clock(calendar, due, datetime(2027, 3, 5, tzinfo=UTC)).left == 2
    late = controls.days_clock(calendar, due, datetime(2027, 3, 11, tzinfo=UTC))
    assert (late.over, late.tone) == (2, "no")
    noon = datetime(2027, 3, 5, 12, tzinfo=UTC)
    assert controls.hours_clock(noon + timedelta(minutes=90), noon).left == 1
    assert controls.hours_clock(noon - timedelta(minutes=5), noon).tone == "no"


def test_another_agencys_amount_retains_the_goods_until_both_agree(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))

    def told(quantity):
        return services.record_agency(actor=jean, number=found.number, agency="veterinary", position=1, at=at,
                                      quantity=quantity, unit="NAR")

    told("1150")
    assert Inspection.objects.get().retained
    event = Event.objects.get(kind="quantity-differs")
    assert event.subject.startswith("permit:")
    assert {name: json.loads(event.data)[name] for name in ("ours", "theirs", "agency")} == {
        "ours": "1200", "theirs": "1150", "agency": "veterinary"}
    assert services.conclude(actor=jean, number=found.number, outcome="release", at=at).code == "retained"
    told("1200")
    assert not Inspection.objects.get().retained
    assert services.conclude(actor=jean, number=found.number, outcome="release", at=at).state == "closed"


def test_a_second_count_of_our_own_stands_beside_the_first_and_ends_the_retention(cast, at, jean, desk):
    found = recorded(cast, at, of_permit(cast, at), Line("wrong-quantity", quantity="1100"))

    def counted(quantity, why="The last crate was not opened"):
        return services.recount(actor=jean, number=found.number, position=1, quantity=quantity, why=why, at=at)

    services.record_agency(actor=jean, number=found.number, agency="veterinary", position=1, at=at, quantity="1200",
                           unit="NAR")
    assert Inspection.objects.get().retained
    assert counted("1200", why=" ").field == "because" and counted("1100").code == "same-amount"
    assert services.recount(actor=cast["amina"], number=found.number, position=1, quantity="5", why="x",
                            at=at).code == "not-allowed"
    assert counted("1200").before == 1100

    line = found.lines.get()
    assert (line.result, line.found_quantity, line.holds) == ("wrong-quantity", 1100, "in-order")
    told = json.loads(Event.objects.get(kind="recounted").data)
    assert (told["before"], told["now"], told["books"]) == ("1100", "1200", False)
    assert not Inspection.objects.get().retained
    draft = desk("jean").get(f"/inspections/seizures/new/?inspection={found.number}").content.decode()
    assert ('value="1200"' in draft, 'value="1100"' in draft) == (True, False)
    phoned = desk("jean").get(f"/inspections/{found.number}/").content.decode()
    assert ('value="1,200"' in phoned, 'value="1,100"' in phoned) == (True, False)
    assert services.conclude(actor=jean, number=found.number, outcome="release", at=at).state == "closed"
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Recount.objects.update(quantity=7)


def test_books_follow_a_second_count_after_the_release(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("wrong-quantity", quantity="1100"))
    released = customs.endorse(actor=jean, number=found.reference, stage="export", quantities={"A": "1100"},
                               port=POST, transport_document="020-1", at=at)

    def counted(quantity):
        return services.recount(actor=jean, number=found.number, position=1, quantity=quantity, why="Recount", at=at)

    assert counted("1150").unbooked is None
    assert counted("1300").unbooked.code == "exhausted"
    line = released.lines.get()
    assert (line.quantity, [(each.before, each.quantity, each.why) for each in line.corrections.all()]) == (
        1100, [(1100, 1150, "recounted")])
    assert [json.loads(each.data)["books"] for each in Event.objects.filter(kind="recounted").order_by("seq")] == [
        True, False]
    differs = Event.objects.filter(kind="quantity-differs").order_by("seq").last()
    assert json.loads(differs.data)["ours"] == "1300"


def test_prior_notice_that_comes_late_is_flagged_and_not_refused(cast, at, amina):
    services.set_notice(actor=amina, taxon="Crocodylus novaeguineae", live=None, post=POST, hours=48,
                        since=at.date(), at=at)

    late = of_permit(cast, at, notified_at=at, arrives_at=at + timedelta(hours=47))

    assert (late.notice_hours, late.late_notice) == (48, True)
    late.notified_at = at - timedelta(hours=2)
    assert not late.late_notice


def test_two_officers_record_at_once_and_one_result_counts(own_database, at_once, at):
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", at)
    found = planned(who, at)

    def result(name, code):
        line = Line(code, taxon="Ara macao", term="LIV", quantity="1")
        return lambda: services.record(actor=who[name], number=found.number, lines={1: line}, at=at)

    outcomes = at_once(result("jean", "in-order"), result("nadia", "no-permit"))

    assert sorted(type(each).__name__ for each in outcomes) == ["Inspection", "Refusal"]
    assert Inspection.objects.get().lines.count() == 1
    assert Event.objects.filter(kind="inspected").count() == 1


def test_a_held_declaration_is_planned_inspected_and_fed_back_to_risk_control(cast, at, jean):
    from tests.apps.declarations.lodged import skins, take

    from wildgate.apps.risk.models import Assessment, Result
    permit = issued(cast, at)
    form = skins(permit.number)
    take(jean, form, at)

    found = planned(cast, at, behind="declaration", reference=form["reference"], reasons=("lane",))
    assert found.lane == Assessment.objects.get(newest=True).lane
    assert found.lines.get().permits == [f"QM {permit.number}"]
    recorded(cast, at, found, Line("wrong-quantity", quantity="1160"))

    assert Result.objects.get().outcome == "quantity"
    assert Result.objects.get().finding
    assert Event.objects.filter(kind="quantity-differs", subject=permit.subject).count() == 1


def test_what_is_in_order_teaches_the_table_of_goods(cast, at, jean):
    from tests.apps.declarations.lodged import skins, take

    from wildgate.apps.goods.models import Accepted
    form = skins(issued(cast, at).number)
    take(jean, form, at)

    recorded(cast, at, planned(cast, at, behind="declaration", reference=form["reference"]))

    assert (Accepted.objects.get().taxon, Accepted.objects.get().hs) == ("Crocodylus novaeguineae", "410320")


def test_look_alikes_stand_on_the_officers_first_screen(cast, at, amina, jean):
    from wildgate.apps.customs import fits
    services.keep_card(actor=amina, taxon="Crocodylus novaeguineae", characters="Scales.", at=at,
                       look_alikes=[("Crocodylus porosus", "No post-occipital scales.")])
    permit = issued(cast, at)

    assert "Crocodylus novaeguineae: could it be Crocodylus porosus?" in [
        each.what for each in fits.places(jean, permit, at)]
    assert "could it be" not in str(fits.places(cast["mario"], permit, at))
