"""Two at the same second, real threads: a mark has one specimen, a specimen one owner and one open permit."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.apps.registers.farm import FALCON, TODAY, falcons, neighbour, operation, specimen
from tests.cast import NOON, ready

from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit
from wildgate.apps.registers import services
from wildgate.apps.registers.models import Mark, Specimen, SpecimenEvent, SpecimenHold
from wildgate.apps.registers.services import NewSpecimen
from wildgate.convention.refusal import Refusal
from wildgate.kit import events


@pytest.fixture
def people(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def types(outcomes):
    return sorted(type(each).__name__ for each in outcomes)


def test_one_ring_declared_by_two_holders(people, at_once):
    mario, olga = people["mario"], neighbour()

    def declare(who, ring):
        return services.register_specimen(actor=who, organisation=min(who.organisations), at=NOON,
                                          new=NewSpecimen(FALCON, f"ring {ring}", "D", "bred", TODAY))

    for ring in ("QM-1", "QM-2", "QM-3"):
        outcomes = at_once(lambda ring=ring: declare(mario, ring), lambda ring=ring: declare(olga, ring))
        assert types(outcomes) == ["Refusal", "Specimen"]
        assert next(each for each in outcomes if isinstance(each, Refusal)).code == "mark-taken"
    assert Mark.objects.count() == Specimen.objects.count() == 3
    assert events.verify("QM") is None


def test_a_falcon_offered_to_two_holders_at_once_has_one_owner(people, at_once):
    mario, olga, pia = people["mario"], neighbour(), neighbour("Pia Falcons", "pia@falcons.example")
    falcon = specimen(mario, "ring QM-1")

    offers = at_once(
        lambda: services.offer(actor=mario, specimen=falcon.number, to="Orlo SA", document="", at=NOON),
        lambda: services.offer(actor=mario, specimen=falcon.number, to="Pia Falcons", document="", at=NOON))
    answers = at_once(lambda: services.accept(actor=olga, specimen=falcon.number, at=NOON),
                      lambda: services.accept(actor=pia, specimen=falcon.number, at=NOON))

    assert types(offers) == types(answers) == ["Refusal", "Specimen"]
    falcon.refresh_from_db()
    assert falcon.organisation_id in olga.organisations | pia.organisations
    assert SpecimenEvent.objects.filter(kind="accepted").count() == 1


def test_accepted_and_withdrawn_at_once_is_one_of_them(people, at_once):
    mario, olga = people["mario"], neighbour()
    falcon = specimen(mario, "ring QM-1")
    services.offer(actor=mario, specimen=falcon.number, to="Orlo SA", document="", at=NOON)

    outcomes = at_once(lambda: services.accept(actor=olga, specimen=falcon.number, at=NOON),
                       lambda: services.withdraw_offer(actor=mario, specimen=falcon.number, at=NOON))

    assert types(outcomes) == ["Refusal", "Specimen"]


def test_two_officers_issue_for_the_same_falcon(people, at_once):
    operation(people["amina"])
    falcon = specimen(people["mario"], "ring QM-1")
    first, second = (ready(people, NOON, falcons(quantity="1", marks="ring QM-1")) for _ in range(2))

    outcomes = at_once(lambda: permits.issue(actor=people["amina"], case=first, at=NOON),
                       lambda: permits.issue(actor=people["bo"], case=second, at=NOON))

    assert types(outcomes) == ["Permit", "Refusal"]
    assert Permit.objects.count() == 1
    assert SpecimenHold.objects.get(specimen=falcon).state == "bound"
    with transaction.atomic():
        services.give_back(subject=SpecimenHold.objects.get().subject, why="cancelled", actor="system", at=NOON)
    assert SpecimenHold.objects.get().state == "returned"
