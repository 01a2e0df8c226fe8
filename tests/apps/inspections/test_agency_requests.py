"""Customs ask another agency, its own people answer: amounts beside each other, retention, notices, and its end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.apps.inspections.goods import of_permit, planned, recorded
from tests.databases import as_owner

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Authority, Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import AgencyRequest, AgencyResult, Inspection
from wildgate.apps.inspections.selectors import agencies
from wildgate.apps.inspections.services.asking_agencies import Told
from wildgate.apps.inspections.services.recording import Line
from wildgate.convention.refusal import Refusal
from wildgate.kit.events import SYSTEM
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


def asked(cast, at, found, agency="veterinary", **more):
    return services.ask_agency(actor=cast["jean"], number=found.number, agency=agency, at=at, **{
        "question": "How many skins are there?", "due_at": at + timedelta(hours=4), **more})


def answered(cast, at, made, quantity, in_order="yes", remark="", who="vera", place=1):
    return services.answer_request(actor=cast[who], number=made.number, at=at,
                                   lines={place: Told(quantity, "", in_order, remark)})


def fisher(cast, at):
    """Finn of the fisheries service of the same Party."""
    office = accounts.add_authority(party="QM", kind=Authority.Kind.AGENCY, name="Fisheries Service", address="Quay 1",
                                    place="Port Lacuna", agency="fisheries", by=SYSTEM, at=at)
    finn = accounts.add_person(party="QM", email="finn@fish.example", name="Finn Boat", password=None, by=SYSTEM, at=at)
    accounts.appoint(person=finn, role=Role.AGENCY, party="QM", by=SYSTEM, at=at, authority=office)
    return actor_of(finn, at.date())


def of_kind(kind):
    return [json.loads(each.data) | {"subject": each.subject, "by": each.actor}
            for each in Event.objects.filter(kind=kind).order_by("seq")]


def test_ask_answer_differ_correct_and_the_retention_ends(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))
    made = asked(cast, at, found)

    assert (made.number, made.state) == (f"QM-G-{at.year}-000001", "open")
    assert answered(cast, at, made, "1150").state == "answered"
    assert Inspection.objects.get().retained
    differs, = of_kind("quantity-differs")
    assert (differs["subject"].partition(":")[0], differs["by"], differs["ours"], differs["theirs"],
            differs["agency"]) == ("permit", cast["vera"].label, "1200", "1150", "veterinary")
    assert services.conclude(actor=jean, number=found.number, outcome="release", at=at).code == "retained"

    assert answered(cast, at, made, "1200").state == "answered"
    assert not Inspection.objects.get().retained
    assert [each["subject"] for each in of_kind("quantities-agree")] == [found.subject]
    assert [str(each) for each in AgencyResult.objects.order_by("pk").values_list("quantity", flat=True)] == [
        "1150.000000", "1200.000000"]
    assert [each["by"] for each in of_kind("agency-corrected")] == [cast["vera"].label]
    assert services.conclude(actor=jean, number=found.number, outcome="release", at=at).state == "closed"


def test_an_answer_before_the_count_of_customs_retains_when_customs_count(cast, at):
    found = of_permit(cast, at)
    answered(cast, at, asked(cast, at, found), "1150")
    assert not Inspection.objects.get().retained

    recorded(cast, at, found, Line("in-order"))

    assert Inspection.objects.get().retained
    assert len(of_kind("quantity-differs")) == 1


def test_not_in_order_retains_although_the_amounts_are_the_same(cast, at):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))

    answered(cast, at, asked(cast, at, found), "1200", in_order="no", remark="Wet.")

    assert Inspection.objects.get().retained
    assert of_kind("quantity-differs")[0]["in_order"] is False


def test_the_agreement_of_one_agency_does_not_hide_the_difference_of_another(cast, at, jean):
    cast["finn"] = fisher(cast, at)
    found = of_permit(cast, at)
    answered(cast, at, asked(cast, at, found), "1150")
    last = asked(cast, at, found, "fisheries")
    answered(cast, at + timedelta(minutes=1), last, "1200", who="finn")
    recorded(cast, at, found, Line("in-order"))
    assert Inspection.objects.get().retained

    answered(cast, at + timedelta(minutes=2), last, "1200", remark="Counted again.", who="finn")

    assert Inspection.objects.get().retained
    assert {each["agency"] for each in of_kind("quantity-differs")} == {"veterinary"}


def test_grams_agree_with_kilograms_and_end_the_retention(cast, at):
    found = recorded(cast, at, planned(cast, at), Line("in-order", taxon="Crocodylus niloticus", term="MEA",
                                                       quantity="2", unit="KGM"))
    made = asked(cast, at, found)
    answered(cast, at, made, "3")
    assert Inspection.objects.get().retained

    services.answer_request(actor=cast["vera"], number=made.number, lines={1: Told("2000", "GRM", "yes")}, at=at)

    assert not Inspection.objects.get().retained


def test_the_same_answer_twice_is_one_answer(cast, at):
    made = asked(cast, at, of_permit(cast, at))
    answered(cast, at, made, "1200")

    again = answered(cast, at, made, "1200")

    assert (again.code, AgencyResult.objects.count(), len(of_kind("agency-result"))) == ("answered-already", 1, 1)


@pytest.mark.parametrize(("told", "field"), [
    (Told("", "", "yes"), "lines[1].quantity"), (Told("many", "", "yes"), "lines[1].quantity"),
    (Told("5", "", ""), "lines[1].in_order"), (Told("5", "XYZ", "yes"), "lines[1].unit"),
    (Told("-1", "", "yes"), "lines[1].quantity"), (Told("5", "", "yes", "x" * 301), "lines[1].remark")])
def test_an_answer_that_says_nothing_is_refused_at_its_input(cast, at, told, field):
    made = asked(cast, at, of_permit(cast, at))

    refused = services.answer_request(actor=cast["vera"], number=made.number, lines={1: told}, at=at)

    assert (refused.field, AgencyResult.objects.count(), AgencyRequest.objects.get().state) == (field, 0, "open")


def test_a_withdrawn_request_is_not_answered_and_its_reason_is_asked(cast, at, jean):
    made = asked(cast, at, of_permit(cast, at))

    assert services.withdraw_request(actor=jean, number=made.number, why=" ", at=at).field == "why"
    assert services.withdraw_request(actor=jean, number=made.number, why="Done by phone", at=at).state == "withdrawn"
    assert answered(cast, at, made, "1200").code == "request-withdrawn"
    assert services.withdraw_request(actor=jean, number=made.number, why="Twice", at=at).code == "request-withdrawn"
    assert AgencyResult.objects.count() == 0


def test_an_answered_request_is_not_withdrawn(cast, at, jean):
    made = asked(cast, at, of_permit(cast, at))
    answered(cast, at, made, "1200")

    assert services.withdraw_request(actor=jean, number=made.number, why="Late", at=at).code == "answered-already"


def test_goods_are_not_released_while_an_agency_is_asked(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))
    made = asked(cast, at, found)

    def release():
        return services.conclude(actor=jean, number=found.number, outcome="release", at=at)

    assert release().code == "agency-not-answered"
    services.withdraw_request(actor=jean, number=made.number, why="Not needed", at=at)
    assert release().state == "closed"
    assert asked(cast, at, found).code == "concluded-already"


def test_an_answer_after_the_goods_left_is_told_and_retains_nothing(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))
    made = asked(cast, at, found)
    services.conclude(actor=jean, number=found.number, outcome="send-back", why="No papers", at=at)

    answered(cast, at, made, "1150")

    assert (Inspection.objects.get().retained, len(of_kind("quantity-differs"))) == (False, 1)


@pytest.mark.parametrize(("more", "code"), [
    ({"agency": "fisheries"}, "agency-not-here"), ({"agency": "circus"}, "missing"), ({"question": " "}, "missing"),
    ({"due_at": None}, "bad-day"), ({"due_at": "past"}, "bad-day"), ({"due_at": "far"}, "bad-day")])
def test_what_cannot_be_asked(cast, at, more, code):
    days = {"past": timedelta(hours=-1), "far": timedelta(days=31)}
    more = {name: at + days[value] if value in days else value for name, value in more.items()}

    assert asked(cast, at, of_permit(cast, at), **more).code == code


def test_an_agency_is_asked_once_at_a_time_and_goods_need_a_line(cast, at):
    found = of_permit(cast, at)
    first = asked(cast, at, found)

    assert asked(cast, at, found).code == "asked-already"
    answered(cast, at, first, "1200")
    assert asked(cast, at, found).state == "open"
    assert asked(cast, at, planned(cast, at)).code == "no-line-yet"


def test_only_customs_ask_and_withdraw(cast, at):
    found = of_permit(cast, at)
    made = asked(cast, at, found)

    for name, who in cast.items():
        may = name in ("jean", "nadia")
        outcome = services.ask_agency(actor=who, number=found.number, agency="police", question="?", at=at,
                                      due_at=at + timedelta(hours=1))
        assert (outcome.code == "agency-not-here") is may, name
        if not may:
            gone = services.withdraw_request(actor=who, number=made.number, why="x", at=at)
            assert gone.code in ("not-allowed", "no-such-request"), name
    assert AgencyRequest.objects.get().state == "open"


def test_customs_type_in_the_phone_until_the_agency_has_answered_itself(cast, at, jean):
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))

    def typed(agency):
        return services.record_agency(actor=jean, number=found.number, agency=agency, position=1, quantity="1200",
                                      unit="NAR", at=at)

    assert typed("veterinary").request is None
    answered(cast, at, asked(cast, at, found), "1150")
    assert typed("veterinary").code == "agency-answers-itself"
    assert typed("fisheries").agency == "fisheries"
    assert Inspection.objects.get().retained


def test_the_request_says_which_agency_answers_and_nobody_answers_for_another(cast, at):
    finn = fisher(cast, at)
    found = of_permit(cast, at)
    made = asked(cast, at, found)

    for who in (finn, cast["jean"], cast["bo"], cast["mario"], cast["ana"], cast["sam"]):
        outcome = services.answer_request(actor=who, number=made.number, lines={1: Told("1", "", "yes")}, at=at)
        assert outcome.code in ("no-such-request", "not-allowed")
    typed = services.record_agency(actor=cast["vera"], number=found.number, agency="police", position=1, quantity="1",
                                   unit="NAR", at=at)
    assert typed.code == "no-such-inspection"
    answered(cast, at, made, "1200")
    assert AgencyResult.objects.get().agency == "veterinary"


def test_who_sees_which_request_is_what_the_rule_says(cast, at):
    cast["finn"] = fisher(cast, at)
    found = of_permit(cast, at)
    made = [asked(cast, at, found), asked(cast, at, found, "fisheries")]
    abroad = replace(cast["vera"], party="QZ")
    no_agency = replace(cast["vera"], agencies=frozenset())

    for who in (*cast.values(), abroad, no_agency):
        allowed = {each.number for each in made if can(who, Action.VIEW_AGENCY_REQUEST, each)}
        assert {each.number for each in agencies.requests(who)} == allowed
        assert {each.number for each in made if agencies.request(who, each.number)} == allowed
    assert [each.number for each in agencies.requests(cast["vera"])] == [made[0].number]
    assert [each.number for each in agencies.requests(cast["finn"])] == [made[1].number]
    assert not agencies.requests(abroad) and not agencies.requests(no_agency)
    assert {name for name, who in cast.items() if not agencies.requests(who)} == {
        "mario", "ito", "flora", "kim", "lena", "sam"}


def test_an_agency_may_nothing_else(cast):
    own = {action for action in Action if can(cast["vera"], action)}

    assert own == {Action.SIGNED_IN, Action.VIEW_AGENCY_REQUEST, Action.ANSWER_AGENCY_REQUEST}


def test_a_post_that_ended_or_another_role_there_answers_for_nobody(cast, at):
    vera = Person.objects.get(pk=cast["vera"].person_id)
    assert actor_of(vera, at.date()).agencies == {"veterinary"}
    vera.posts.update(until=at.date() - timedelta(days=1))
    assert actor_of(vera, at.date()).agencies == frozenset()
    vera.posts.update(until=None, role=Role.EXPERT)
    assert actor_of(vera, at.date()).agencies == frozenset()
    assert asked(cast, at, of_permit(cast, at)).code == "agency-not-here"


def test_results_and_ended_requests_never_change(cast, at):
    made = asked(cast, at, of_permit(cast, at))
    answered(cast, at, made, "1200")

    for change in (lambda: AgencyResult.objects.update(quantity=1), lambda: AgencyResult.objects.all().delete(),
                   lambda: AgencyRequest.objects.update(question="Another?"),
                   lambda: AgencyRequest.objects.all().delete()):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_two_of_an_agency_answer_at_once_and_one_answer_counts(own_database, at_once, at):
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", at)
    found = recorded(who, at, planned(who, at), Line("in-order", taxon="Ara macao", term="LIV", quantity="2"))
    made = asked(who, at, found)

    outcomes = at_once(*[lambda: answered(who, at, made, "2")] * 2)

    assert sorted(type(each).__name__ for each in outcomes) == ["AgencyRequest", "Refusal"]
    assert next(each for each in outcomes if isinstance(each, Refusal)).code == "answered-already"
    assert AgencyResult.objects.count() == 1
