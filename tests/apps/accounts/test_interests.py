"""Conflicts of interest: who has one on record decides nothing about it, and the program points at ties itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.cast import issued, ready, submitted
from tests.desks import page_text

from wildgate.apps.accounts import flags, services
from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Interest, Organisation, Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.convention.refusal import Refusal
from wildgate.kit.events import SYSTEM
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
WORDS = "An interest of yours in the applicant or holder is on record."


def again(actor, at):
    """The actor as the next request sees them."""
    return actor_of(Person.objects.get(pk=actor.person_id), at.date())


def declared(actor, at, organisation=None) -> Interest:
    made = services.declare_interest(actor=actor, organisation=organisation or firm().name, kind="family",
                                     reason="My brother owns it.", at=at)
    assert isinstance(made, Interest), made
    return made


def firm() -> Organisation:
    return Organisation.objects.get(name__startswith="Lacuna")


def test_whoever_declared_an_interest_decides_issues_and_countersigns_nothing_of_it(cast, at):
    number, waiting = ready(cast, at), submitted(cast, at)
    permit = issued(cast, at)
    for name in ("amina", "bo", "ito", "jean"):
        declared(cast[name], at)
    amina, bo, ito, jean = (again(cast[name], at) for name in ("amina", "bo", "ito", "jean"))

    for outcome in (permits.take(actor=amina, case=waiting, at=at), permits.issue(actor=bo, case=number, at=at),
                    permits.cancel(actor=amina, number=permit.number, reason="Wrong.", at=at),
                    permits.suspend(actor=bo, number=permit.number, reason="Wrong.", at=at)):
        assert isinstance(outcome, Refusal)
        assert WORDS in outcome.reason
    case = Application.objects.get(number=number)
    for actor, action, subject in (
            (bo, Action.COUNTERSIGN, case), (amina, Action.REPLACE, permit), (ito, Action.GIVE_OPINION, case),
            (amina, Action.VERIFY_ORGANISATION, case.organisation), (jean, Action.ENDORSE, permit),
            (amina, Action.WAIVE_FEE, case)):
        assert can(actor, action, subject).reason == WORDS, action
        assert can(actor, action).allowed, "of others they may"
    assert can(amina, Action.VIEW_APPLICATION, case), "what everybody may see stays open"


def test_cases_are_not_given_to_them_and_everybody_sees_the_flag(cast, at, desk):
    number = submitted(cast, at)
    declared(cast["bo"], at)

    handed = permits.assign(actor=cast["amina"], cases=[number], to=cast["bo"].person_id, at=at)

    assert handed.given == ()
    assert handed.kept[0][1].code == "conflict-of-interest"
    away = permits.assign(actor=again(cast["bo"], at), cases=[number], to=cast["amina"].person_id, at=at)
    assert away.given == (), "nor do they choose who decides"
    Application.objects.filter(number=number).update(officer=cast["bo"].person_id)
    assert "An interest is on record" in page_text(desk("amina").get(f"/cases/{number}/"))
    his = page_text(desk("bo").get(f"/cases/{number}/"))
    assert "Another officer must decide" in his
    assert "My brother" not in his


def test_the_person_declares_and_somebody_else_ends_it(cast, at):
    made = declared(cast["sam"], at, firm().code.lower())

    assert services.end_interest(actor=cast["sam"], interest=made.pk, at=at).code == "not-allowed"
    assert services.end_interest(actor=cast["bo"], interest=made.pk, at=at).code == "not-allowed"
    with pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.filter(pk=made.pk).update(ended_at=at, ended_by=cast["sam"].person_id)
    supervisor = next(actor for actor in cast.values() if actor.has(Role.SUPERVISOR))
    assert isinstance(services.end_interest(actor=supervisor, interest=made.pk, at=at), Interest)
    assert firm().pk not in again(cast["sam"], at).interests
    told = Event.objects.filter(kind__startswith="interest-").values_list("kind", "subject", "data")
    assert {row[:2] for row in told} == {("interest-declared", f"person:{cast['sam'].person_id}"),
                                         ("interest-ended", f"person:{cast['sam'].person_id}")}
    assert "brother" not in str(list(told))


@pytest.mark.parametrize(("change", "code"), [
    ({"organisation": "Nobody Ltd"}, "no-such-organisation"), ({"organisation": " "}, "no-such-organisation"),
    ({"kind": "envy"}, "no-such-kind"), ({"reason": " "}, "reason-missing"), ({"reason": "x" * 501}, "reason-missing")])
def test_what_is_no_declaration(cast, at, change, code):
    asked = {"organisation": firm().name, "kind": "money", "reason": "A loan."} | change

    assert services.declare_interest(actor=cast["amina"], at=at, **asked).code == code
    assert not Interest.objects.exists()


def test_traders_declare_nothing_and_the_same_is_not_declared_twice(cast, at):
    declared(cast["amina"], at)

    twice = services.declare_interest(actor=cast["amina"], organisation=firm().name, kind="work", reason="x", at=at)
    assert twice.code == "interest-twice"
    assert services.declare_interest(actor=cast["mario"], organisation=firm().name, kind="work", reason="x",
                                     at=at).code == "not-allowed"
    assert services.record_interest(actor=cast["sam"], person=cast["mario"].person_id, organisation=firm().name,
                                    kind="work", reason="x", at=at).code == "no-such-official"


def test_the_program_points_at_ties_itself(cast, at):
    cousin = services.add_person(party="QM", email="olaf@lacuna.example", name="Olaf Berg", password=None, by=SYSTEM,
                                 at=at)
    office = actor_of(Person.objects.get(pk=cast["amina"].person_id), at.date()).authorities
    from wildgate.apps.accounts.models import Authority
    services.appoint(person=cousin, role=Role.OFFICER, party="QM", by=SYSTEM, at=at,
                     authority=Authority.objects.get(pk=min(office)))
    lone = services.add_organisation(party="QM", name="olaf  BERG", address="Here 1", country="QM", private=True,
                                     by=SYSTEM, at=at)
    before = services.add_person(party="QM", email="bea@gmail.com", name="Bea", password=None, by=SYSTEM, at=at)
    services.appoint(person=before, role=Role.TRADER, party="QM", by=SYSTEM, at=at, organisation=firm(),
                     until=at.date())
    services.appoint(person=before, role=Role.AUDITOR, party="QM", by=SYSTEM, at=at,
                     authority=Authority.objects.get(kind="oversight"))

    found = {(each.person.name, each.organisation.pk, each.kind) for each in flags.of_everybody("QM")}

    assert {("Olaf Berg", firm().pk, "domain"), ("Olaf Berg", lone.pk, "name"), ("Bea", firm().pk, "post")} <= found
    assert not {each for each in found if each[2] == "domain" and each[0] == "Bea"}, "gmail.com is everybody's"
    assert {(each.person.name, each.kind) for each in flags.of_case(firm(), {cousin.pk, before.pk})} == {
        ("Olaf Berg", "domain"), ("Bea", "post")}
    olaf = actor_of(cousin, at.date())
    assert can(olaf, Action.WORK_CASE, Application(party="QM", organisation=firm())), "a flag decides nothing"


def test_the_pages(cast, at, desk):
    page = desk("amina").post("/interests/", {"organisation": "Nobody", "kind": "work", "reason": "Worked there."})
    assert page.status_code == 422
    assert "There is no such organisation" in page_text(page)
    assert desk("amina").post("/interests/", {"organisation": firm().name, "kind": "work",
                                              "reason": "Worked there."}).status_code == 302
    assert firm().name in page_text(desk("amina").get("/interests/"))
    assert "Worked there." in page_text(desk("ana").get("/interests/all/"))
    assert desk("amina").get("/interests/all/").status_code == 403
    assert "It holds no more" not in page_text(desk("ana").get("/interests/all/")), "an auditor reads"
    recorded = desk("sam").post("/interests/all/", {"person": cast["bo"].person_id, "organisation": firm().code,
                                                    "kind": "money", "reason": "Shares."})
    assert recorded.status_code == 302
    key = Interest.objects.get(person=cast["amina"].person_id).pk
    desk("sam").post(f"/interests/{key}/end/")
    assert Interest.objects.get(pk=key).ended_by_id == cast["sam"].person_id
