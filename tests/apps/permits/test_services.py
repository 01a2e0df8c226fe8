"""The life of an application, step by step: each step by the right person, in the right state, with its event."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import SKINS, issued, ready, submitted
from tests.databases import as_owner

from wildgate.apps.permits import selectors, services
from wildgate.apps.permits.models import Application, Permit, PermitStatus
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.refusal import Refusal
from wildgate.convention.validity import add_months
from wildgate.kit import events
from wildgate.kit.models import Event, Job, Series

pytestmark = pytest.mark.django_db


def line(**changes: str) -> dict[str, object]:
    return {**SKINS, "lines": [{**SKINS["lines"][0], **changes}]}


def submit(cast, at, answers):
    mario = cast["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    services.save_answers(actor=mario, case=draft.number, answers=answers, at=at)
    return services.submit(actor=mario, case=draft.number, at=at)


def test_the_whole_life_leaves_one_event_a_step_and_an_unbroken_chain(cast, at):
    permit = issued(cast, at)

    subject = permit.application.subject
    kinds = [event.kind for event in events.of(subject, party="QM")]
    assert [kind for kind in kinds if kind != "finding"] == [
        "start", "submit", "take", "ask-opinion", "consulted", "give-opinion", "approve", "countersign", "issue"]
    assert [event.kind for event in events.of(permit.subject, party="QM")] == ["permit-issued"]
    assert events.verify("QM") is None


def test_the_issued_record_holds_the_boxes_of_the_form(cast, at):
    permit = issued(cast, at)

    record = permit.record
    assert record.number == permit.number == f"{at:%y}QM000001E"
    assert record.valid_until == add_months(at.date(), 6) - timedelta(days=1)
    assert (record.exporter.name, record.importer.name) == ("Lacuna Hides Ltd", "Quartz Leather Co")
    assert (record.authority.name, record.official, record.place) == (
        "Demoland Management Authority", "Amina Keita", "Lacuna City")
    block = record.lines[0]
    assert (block.block, block.taxon, block.appendix, block.quantity) == ("A", "Crocodylus novaeguineae", "II", 1200)
    assert permit.digest == record.digest.hex()


def test_the_state_kept_beside_a_permit_is_the_fold_of_its_events(cast, at):
    permit = issued(cast, at)
    services.cancel(actor=cast["amina"], number=permit.number, reason="Issued to the wrong firm.", at=at)

    acts = [PermitAct(event.kind) for event in selectors.acts_of(permit)]

    assert lifecycle.fold(acts) == PermitStatus.objects.get(permit=permit).state == PermitState.CANCELLED


@pytest.mark.parametrize("statement", [
    "UPDATE permits_permit SET number='26QM000009E'", "DELETE FROM permits_permitline",
    "UPDATE permits_permitline SET quantity=7200"])
def test_the_database_itself_refuses_to_change_an_issued_permit(cast, at, statement):
    issued(cast, at)

    with (as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
          connection.cursor() as cursor):
        cursor.execute(statement)


def test_nobody_countersigns_their_own_decision(cast, at):
    number = submitted(cast, at, line(source="C"))
    bo = cast["bo"]
    services.take(actor=bo, case=number, at=at)
    for finding in Application.objects.get(number=number).findings.exclude(by="scientific-authority"):
        services.record_finding(actor=bo, case=number, kind=finding.kind, made=True, text="Seen.", at=at)
    assert isinstance(services.approve(actor=bo, case=number, at=at), Application)

    refused = services.countersign(actor=bo, case=number, at=at)

    assert isinstance(refused, Refusal)
    assert refused.reason == "You may not countersign this case. Nobody countersigns their own decision."

    back = services.send_back(actor=bo, case=number, text="Nobody else is here to countersign.", at=at)
    assert (back.state, back.decided_by_id) == ("in-review", None)


def test_approval_waits_for_every_finding_and_names_the_open_one(cast, at):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)

    refused = services.approve(actor=cast["amina"], case=number, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "finding-open"
    assert refused.basis


def test_a_negative_opinion_stops_the_case(cast, at):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    services.ask_opinion(actor=cast["amina"], case=number, at=at)
    services.give_opinion(actor=cast["ito"], case=number, positive=False, text="The population is falling.", at=at)
    for finding in Application.objects.get(number=number).findings.exclude(by="scientific-authority"):
        services.record_finding(actor=cast["amina"], case=number, kind=finding.kind, made=True, text="Seen.", at=at)

    refused = services.approve(actor=cast["amina"], case=number, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "finding-not-made"


@pytest.mark.parametrize("who", ["mario", "ito", "jean", "ana", "sam"])
def test_only_officers_issue(cast, at, who):
    number = ready(cast, at)

    refused = services.issue(actor=cast[who], case=number, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "not-allowed"
    assert not Permit.objects.exists()


def test_a_trader_cannot_start_for_a_firm_without_a_post_in_it(cast, at):
    from wildgate.apps.accounts.models import Organisation
    other = Organisation.objects.exclude(pk__in=cast["mario"].organisations).first()

    assert isinstance(services.start(actor=cast["mario"], organisation=other.pk, at=at), Refusal)


def test_issue_asks_the_law_again_and_leaves_no_gap_when_it_refuses(cast, at, monkeypatch):
    first, second = ready(cast, at), ready(cast, at)
    answers = Application.objects.get(number=first).answers
    answers["lines"][0]["taxon"] = "Gorilla gorilla"
    Application.objects.filter(number=first).update(answers=answers)

    refused = services.issue(actor=cast["amina"], case=first, at=at)

    assert isinstance(refused, Refusal)
    assert refused.code == "primarily-commercial"
    assert Application.objects.get(number=first).state == "countersigned"
    assert services.issue(actor=cast["amina"], case=second, at=at).number == f"{at:%y}QM000001E"


def test_a_permit_is_issued_once(cast, at):
    permit = issued(cast, at)

    again = services.issue(actor=cast["amina"], case=permit.application.number, at=at)

    assert isinstance(again, Refusal)
    assert Permit.objects.count() == 1
    assert Series.objects.get(name="permit").last == 1


@pytest.mark.parametrize(("answers", "code", "field"), [
    (line(taxon="Crocodilus novaeguinea"), "taxon-unknown", "lines[0].taxon"),
    (line(quantity="-5"), None, "lines[0].quantity"),
    (line(quantity="1e30"), None, "lines[0].quantity"),
    (line(term="LOG"), None, "lines[0].term"),
    (line(origin="QQ"), None, "lines[0].origin"),
    ({**SKINS, "other_country": "QQ"}, None, "to"),
    ({**line(taxon="Cattleya trianae", term="LIV", source="C"), "purpose": "T"}, None, "lines[0].source"),
    ({**SKINS, "other_name": ""}, "missing", "other_name"),
])
def test_bad_answers_are_refused_by_field_and_nothing_changes(cast, at, answers, code, field):
    refused = submit(cast, at, answers)

    assert isinstance(refused, tuple)
    faults = {fault.field: fault for fault in refused}
    assert field in faults, faults
    assert faults[field].reason.endswith((".", "?"))
    if code:
        assert faults[field].code == code
    assert Application.objects.get().state == "draft"
    assert not Event.objects.filter(kind="submit").exists()


def test_five_megabytes_in_a_text_field_are_refused_in_one_sentence(cast, at):
    mario = cast["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)

    refused = services.save_answers(actor=mario, case=draft.number, answers={"other_name": "x" * 5_000_000}, at=at)

    assert isinstance(refused, Refusal)
    assert refused.reason == "other_name is 5000000 characters long; at most 160 fit on the permit."
    assert Application.objects.get().answers == {}


def test_a_trade_that_the_law_refuses_is_not_taken(cast, at):
    refused = submit(cast, at, line(taxon="Gorilla gorilla"))

    assert [fault.code for fault in refused] == ["primarily-commercial"]
    assert refused[0].basis


def test_a_draft_keeps_what_was_typed_even_when_it_makes_no_sense_yet(cast, at):
    mario = cast["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)

    services.save_answers(actor=mario, case=draft.number, answers=line(quantity="about a hundred"), at=at)
    services.save_answers(actor=mario, case=draft.number, answers={"purpose": "S"}, at=at)

    kept = Application.objects.get().answers
    assert kept["lines"][0]["quantity"] == "about a hundred"
    assert kept["purpose"] == "S"


def test_question_and_answer(cast, at):
    number = submitted(cast, at)
    services.take(actor=cast["amina"], case=number, at=at)
    services.ask(actor=cast["amina"], case=number, text="Which tags?", at=at)
    assert Application.objects.get(number=number).state == "asked"

    services.answer(actor=cast["mario"], case=number, text="QM-2026-000001 to 1200.", at=at + timedelta(hours=1))

    question = Application.objects.get(number=number).questions.get()
    assert (question.answer, question.answered_by_id) == ("QM-2026-000001 to 1200.", cast["mario"].person_id)
    assert Application.objects.get(number=number).state == "in-review"


def test_free_text_and_names_stay_out_of_the_chain(cast, at):
    permit = issued(cast, at)
    services.cancel(actor=cast["amina"], number=permit.number, reason="Mario Ferro asked for it.", at=at)

    chain = " ".join(Event.objects.values_list("data", flat=True))

    for word in ("Mario", "Lacuna", "Amina", "Quartz Leather", "asked for it"):
        assert word not in chain
    assert json.loads(Event.objects.get(kind="permit-cancelled").data)["note"]


def test_issuing_enqueues_its_documents_and_its_list_in_the_same_transaction(cast, at):
    issued(cast, at)

    own = Job.objects.filter(name__startswith="permits.")  # beside those of apps that follow the event
    assert sorted(own.values_list("name", flat=True)) == ["permits.publish_status", "permits.write_documents"]


def test_what_can_says_is_what_visible_to_shows(cast, at):
    """For each of the cast and each case and permit: the list and the single rule agree."""
    from wildgate.apps.accounts.access import Action, can
    submitted(cast, at)
    issued(cast, at)
    services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=at)

    for actor in cast.values():
        shown = set(selectors.applications_visible_to(actor))
        assert shown == {
            case for case in Application.objects.all() if can(actor, Action.VIEW_APPLICATION, case)}, actor.name
        permits = set(selectors.permits_visible_to(actor))
        assert permits == {
            permit for permit in Permit.objects.all() if can(actor, Action.VIEW_PERMIT, permit)}, actor.name
