"""The holder's account: marks that belong to one specimen, births, deaths, transfers in two steps, permits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.apps.registers.farm import FALCON, TODAY, falcons, neighbour, operation, specimen
from tests.apps.registers.test_operations import refused_by
from tests.cast import issued, ready, submitted
from tests.databases import as_owner

from wildgate.apps.customs import services as customs
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.registers import selectors, services
from wildgate.apps.registers.models import Attorney, Mark, Specimen, SpecimenEvent, SpecimenHold
from wildgate.apps.registers.services import NewSpecimen
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.models import Event


@pytest.fixture
def house(cast):
    """The falcon house, so that falcons of source D may be applied for."""
    return operation(cast["amina"])


def code_of(outcome):
    return outcome.code if isinstance(outcome, Refusal) else ""


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_a_declared_specimen_waits_for_an_officer(mario, amina, at):
    falcon = specimen(mario, "closed ring QM 12\nchip 985 112 000 123 456")

    assert falcon.number == f"QM-S-{at.year}-000001"
    assert [(mark.kind, mark.value, mark.closed) for mark in falcon.marks.all()] == [
        ("ring", "QM-12", True), ("transponder", "985112000123456", False)]
    assert list(selectors.declared("QM")) == [falcon]
    assert code_of(services.confirm(actor=mario, specimen=falcon.number, note="", at=at)) == "not-allowed"
    services.confirm(actor=amina, specimen=falcon.number, note="Ring seen.", at=at)
    assert not selectors.declared("QM")


@pytest.mark.parametrize(("change", "code"), [
    ({"marks": "QM-12"}, "mark-kind"),
    ({"marks": ""}, "marks-needed"),
    ({"marks": "tags QM-01 to 05"}, "mark-kind"),
    ({"taxon": "Falconidae"}, "taxon-unknown"),
    ({"source": "A"}, "source-wrong"),
    ({"source": "?"}, "source-wrong"),
    ({"acquired": "stolen"}, "missing"),
    ({"acquired_on": TODAY + timedelta(days=2)}, "date-ahead"),
    ({"born": TODAY}, "born-after-acquired"),
    ({"operation": "A-QM-999"}, "operation-unknown"),
    ({"origin": "Q1"}, "country-unknown"),
])
def test_a_declaration_that_cannot_be(mario, at, change, code):
    new = NewSpecimen(**{"taxon": FALCON, "marks": "ring QM-1", "source": "C", "acquired": "bought",
                         "acquired_on": TODAY - timedelta(days=9), **change})

    refused = services.register_specimen(actor=mario, organisation=min(mario.organisations), new=new, at=at)

    assert code_of(refused) == code
    assert not Specimen.objects.exists()


def test_a_ring_is_on_one_specimen_and_its_holder_is_not_told(mario, at):
    specimen(mario, "ring QM-12")
    olga = neighbour()
    new = NewSpecimen(FALCON, "closed ring qm 12", "C", "bought", TODAY)

    refused = services.register_specimen(actor=olga, organisation=min(olga.organisations), new=new, at=at)

    assert code_of(refused) == "mark-taken"
    assert "Lacuna" not in refused.reason


def test_the_database_keeps_a_mark_on_one_specimen_and_events_as_written(mario, at):
    first, second = specimen(mario, "ring QM-1"), specimen(mario, "ring QM-2")

    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(party="QM", specimen=second, kind="ring", value="QM-1")
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        SpecimenEvent.objects.filter(specimen=first).update(note="never")
    SpecimenHold.objects.create(specimen=first, subject="a", block="A", until=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpecimenHold.objects.create(specimen=first, subject="b", block="A", until=TODAY)


def test_a_ring_of_a_dead_bird_is_not_put_on_another(mario, at):
    falcon = specimen(mario, "ring QM-12")
    services.end(actor=mario, specimen=falcon.number, state="dead", on=TODAY, note="Hit a window.", at=at)

    again = services.register_specimen(actor=mario, organisation=min(mario.organisations), at=at,
                                       new=NewSpecimen(FALCON, "ring QM-12", "D", "bred", TODAY))

    assert code_of(again) == "mark-taken"


def test_another_ring_takes_the_place_of_a_broken_one(mario, amina, at):
    falcon = specimen(mario, "ring QM-12")
    services.confirm(actor=amina, specimen=falcon.number, note="", at=at)

    done = services.remark(actor=mario, specimen=falcon.number, old="qm 12", new="ring QM-99", why="Broken.", at=at)

    assert isinstance(done, Specimen)
    assert [(mark.value, mark.in_use) for mark in falcon.marks.all()] == [("QM-99", True), ("QM-12", False)]
    falcon.refresh_from_db()
    assert not falcon.confirmed, "an officer sees the new ring"
    assert falcon.events.filter(kind="re-marked", note="QM-12 > QM-99: Broken.").exists()


@pytest.fixture
def pair(mario):
    return (specimen(mario, "ring M1", sex="f", source="W"), specimen(mario, "ring F1", sex="m", source="W"))


def young(mario, at, mother, father="", **more):
    asked = {"marks": "closed ring Y1", "sex": "u", "born": TODAY - timedelta(days=10), **more}
    return services.birth(actor=mario, mother=mother, father=father, at=at, **asked)


def test_a_birth_has_parents_of_the_account(mario, pair, at):
    chick = young(mario, at, pair[0].number, pair[1].number)

    assert isinstance(chick, Specimen)
    assert (chick.mother, chick.father, chick.taxon, chick.source) == (*pair, FALCON, "F")
    assert chick.events.get().kind == "birth"


@pytest.mark.parametrize(("sources", "expected"), [(("C", "C"), "C"), (("D", "D"), "D"), (("F", "C"), "C"),
                                                   (("W", "C"), "F"), (("C", None), "F")])
def test_bred_in_captivity_takes_two_parents_bred_so(mario, at, sources, expected):
    mother = specimen(mario, "ring M1", sex="f", source=sources[0])
    father = specimen(mario, "ring F1", sex="m", source=sources[1]).number if sources[1] else ""

    assert young(mario, at, mother.number, father).source == expected


def test_births_that_cannot_be(mario, pair, at):
    mother, father = (each.number for each in pair)
    other = specimen(mario, "ring P1", taxon="Falco rusticolus", sex="m")
    late = specimen(mario, "ring L1", sex="f", acquired_on=TODAY, born=None)
    small = specimen(mario, "ring S1", sex="f", acquired_on=TODAY - timedelta(days=40), born=TODAY - timedelta(days=40))
    foreign = specimen(neighbour(), "ring O1", sex="f").number

    assert [code_of(young(mario, at, *asked)) for asked in (
        (father,), (mother, mother), (mother, other.number), (late.number,), (small.number,), (foreign,), ("",))] == [
        "parent-sex", "parents-same", "parents-differ", "mother-later", "parent-too-young", "no-such-specimen",
        "missing"]
    assert code_of(young(mario, at, mother, born=TODAY + timedelta(days=1))) == "birth-date"
    services.end(actor=mario, specimen=mother, state="dead", on=TODAY - timedelta(days=20), note="", at=at)
    assert code_of(young(mario, at, mother, father)) == "mother-gone"


def test_from_holder_to_holder_in_two_steps(mario, at):
    falcon, olga = specimen(mario, "ring QM-12"), neighbour()
    services.empower(actor=mario, specimen=falcon.number, name="Pilot", start=TODAY, end=TODAY, document="", at=at)

    services.offer(actor=mario, specimen=falcon.number, to="orlo sa", document="Invoice 7", at=at)
    twice = services.offer(actor=mario, specimen=falcon.number, to="Orlo SA", document="", at=at)
    own_answer = services.accept(actor=mario, specimen=falcon.number, at=at)
    assert selectors.offers(olga) == [falcon]
    taken = services.accept(actor=olga, specimen=falcon.number, at=at)

    assert [code_of(each) for each in (twice, own_answer, taken)] == ["specimen-offered", "no-offer", ""]
    falcon.refresh_from_db()
    assert falcon.organisation_id in olga.organisations
    assert [each.kind for each in falcon.events.order_by("id")] == ["registered", "offered", "accepted"]
    assert Attorney.objects.get().revoked_on == TODAY
    assert not selectors.account(mario).exists()
    assert code_of(services.offer(actor=mario, specimen=falcon.number, to="Orlo SA", document="", at=at)) \
        == "no-such-specimen"
    assert events.verify("QM") is None


def test_an_offer_may_be_refused_or_withdrawn(mario, at):
    falcon, olga = specimen(mario, "ring QM-12"), neighbour()

    def offered(to="Orlo SA"):
        return services.offer(actor=mario, specimen=falcon.number, to=to, document="", at=at)

    assert [code_of(offered(to)) for to in ("", "Orl", "Lacuna Hides Ltd")] == [
        "no-such-holder", "no-such-holder", "own-already"]
    offered()
    services.decline(actor=olga, specimen=falcon.number, at=at)
    offered()
    services.withdraw_offer(actor=mario, specimen=falcon.number, at=at)
    assert code_of(services.accept(actor=olga, specimen=falcon.number, at=at)) == "no-offer"
    falcon.refresh_from_db()
    assert falcon.organisation_id in mario.organisations


def test_what_is_offered_or_dead_stays_where_it_is(mario, at):
    falcon = specimen(mario, "ring QM-12")
    services.offer(actor=mario, specimen=falcon.number, to=organisation_of(neighbour()), document="", at=at)

    assert code_of(services.end(actor=mario, specimen=falcon.number, state="dead", on=TODAY, note="", at=at)) \
        == "specimen-offered"
    services.withdraw_offer(actor=mario, specimen=falcon.number, at=at)
    services.end(actor=mario, specimen=falcon.number, state="lost", on=TODAY, note="Flew off.", at=at)
    assert code_of(services.offer(actor=mario, specimen=falcon.number, to="Orlo SA", document="", at=at)) \
        == "specimen-not-alive"


def organisation_of(actor):
    from wildgate.apps.accounts.models import Organisation
    return Organisation.objects.get(pk=min(actor.organisations)).name


def test_a_ring_of_another_holder_is_refused_without_a_name(cast, house, at):
    specimen(neighbour(), "ring QM-12")

    mario, answers = cast["mario"], falcons(quantity="1", marks="ring qm12")
    draft = permits.start(actor=mario, organisation=min(mario.organisations), at=at)
    permits.save_answers(actor=mario, case=draft.number, answers=answers, at=at)
    refused, = permits.submit(actor=mario, case=draft.number, at=at)

    assert refused.code == "mark-of-another"
    assert refused.reason == "The ring QM-12 belongs to another holder's specimen."
    assert refused.field == "lines[0].marks"


@pytest.mark.parametrize(("prepare", "line", "code"), [
    ("dead", {}, "specimen-not-alive"),
    ("offered", {}, "specimen-offered"),
    ("", {"taxon": "Falco rusticolus", "operation": "A-QM-502"}, "specimen-taxon"),
])
def test_an_own_specimen_must_be_at_hand_and_of_the_taxon(cast, house, at, prepare, line, code):
    from wildgate.convention.operations import Stock
    operation(cast["amina"], number="A-QM-502", stock=(Stock("Falco rusticolus"),))
    mario = cast["mario"]
    falcon = specimen(mario, "ring QM-12")
    if prepare == "dead":
        services.end(actor=mario, specimen=falcon.number, state="dead", on=TODAY, note="", at=at)
    if prepare == "offered":
        services.offer(actor=mario, specimen=falcon.number, to=organisation_of(neighbour()), document="", at=at)

    assert refused_by(cast, at, falcons(quantity="1", marks="QM-12", **line)) == [code]


def test_with_the_account_required_only_what_is_in_it_leaves(cast, house, at, settings):
    settings.SPECIMENS = "required"
    mario, amina = cast["mario"], cast["amina"]
    falcon = specimen(mario, "ring QM-12")
    two, one = falcons(quantity="2", marks="ring QM-12"), falcons(quantity="1", marks="ring QM-12")

    assert refused_by(cast, at, falcons(quantity="1")) == ["specimens-missing"]
    assert refused_by(cast, at, one) == ["specimen-declared"]
    services.confirm(actor=amina, specimen=falcon.number, note="", at=at)
    assert refused_by(cast, at, two) == ["specimens-missing"]
    assert refused_by(cast, at, one) == []


def test_one_specimen_is_on_one_permit(cast, house, at):
    falcon = specimen(cast["mario"], "ring QM-12")
    answers = falcons(quantity="1", marks="closed ring QM-12")
    first, second = ready(cast, at, answers), ready(cast, at, answers)

    permit = permits.issue(actor=cast["amina"], case=first, at=at)
    refused = permits.issue(actor=cast["amina"], case=second, at=at)

    assert isinstance(permit, Permit)
    assert code_of(refused) == "specimen-on-permit"
    assert code_of(services.offer(actor=cast["mario"], specimen=falcon.number, to="Orlo SA", document="", at=at)) \
        == "specimen-on-permit"
    permits.cancel(actor=cast["amina"], number=permit.number, reason="Not needed.", at=at)
    assert isinstance(permits.issue(actor=cast["amina"], case=second, at=at), Permit)


def endorse(cast, permit, at, count):
    done = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="QMKV2", at=at,
                           transport_document="020-1", quantities={"A": count})
    assert not isinstance(done, Refusal), done


def test_what_customs_let_out_leaves_the_account(cast, house, at):
    birds = [specimen(cast["mario"], f"ring QM-{i}") for i in (1, 2)]
    permit = issued(cast, at, falcons(quantity="2", marks="ring QM-1\nring QM-2"))

    endorse(cast, permit, at, "2")

    assert [state_of(bird) for bird in birds] == ["exported", "exported"]
    assert not Mark.objects.filter(in_use=True).exists()
    assert birds[0].events.order_by("id").last().kind == "exported"


def test_where_fewer_left_an_officer_says_which(cast, house, at):
    birds = [specimen(cast["mario"], f"ring QM-{i}") for i in (1, 2)]
    permit = issued(cast, at, falcons(quantity="2", marks="ring QM-1\nring QM-2"))

    endorse(cast, permit, at, "1")
    services.settle_unclear(actor=cast["amina"], specimen=birds[0].number, gone=True, at=at)
    services.settle_unclear(actor=cast["amina"], specimen=birds[1].number, gone=False, at=at)

    assert [state_of(bird) for bird in birds] == ["exported", "alive"]
    assert code_of(services.settle_unclear(actor=cast["amina"], specimen=birds[1].number, gone=True, at=at)) \
        == "nothing-unclear"


def test_a_crossing_on_papers_for_coming_back_is_noted_only(cast, at):
    falcon = specimen(cast["mario"], "ring QM-1")
    with transaction.atomic():
        services.hold(party="QM", subject="application:X", specimens={"A": [falcon]}, outputs=[], until=TODAY,
                      actor="system", at=at)
        services.left(subject="application:X", moved={"A": Decimal(1)}, crossing=True, actor="system", at=at)

    assert state_of(falcon) == "alive"
    assert falcon.events.filter(kind="crossing").count() == 1
    assert selectors.open_hold(falcon) is not None


def test_a_specimen_of_doubt_is_told_beside_the_ruling(cast, house, at):
    specimen(cast["mario"], "ring QM-12", source="C")

    case = Application.objects.get(number=submitted(cast, at, falcons(quantity="1", marks="ring QM-12")))

    assert {"specimen-declared", "specimen-source"} <= {each["code"] for each in case.ruling["warnings"]}


def test_visible_is_what_may_be_seen(mario, amina, at):
    own, other = specimen(mario, "ring QM-1"), specimen(neighbour(), "ring QM-2")

    assert list(selectors.specimens_visible_to(mario)) == [own]
    assert set(selectors.specimens_visible_to(amina)) == {own, other}
    assert selectors.specimen(mario, other.number) is None
    assert selectors.may_keep(mario, own)
    assert not selectors.may_keep(mario, other)
    assert not selectors.may_keep(amina, own)


def test_events_of_specimens_stand_in_the_chain(mario, at):
    falcon = specimen(mario, "ring QM-1")

    event = Event.objects.get(subject=falcon.subject)

    assert event.kind == "specimen-registered"
    assert "ring" not in event.data
