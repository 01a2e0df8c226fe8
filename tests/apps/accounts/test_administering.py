"""The administrator's desk: every change one event, nobody their own, one administrator always left."""

from __future__ import annotations

import argparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.apps.accounts.offices import PASSWORD, anew, firm, link_in
from tests.desks import page_text

from wildgate.apps.accounts import services
from wildgate.apps.accounts.models import OF_PEOPLE, Authority, Organisation, Person, Post, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.accounts.services import people
from wildgate.apps.accounts.wording import FITS
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event, EventNote
from wildgate.site import cli
from wildgate.site.cli import users

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(cast):
    return cast["sam"]


@pytest.fixture(autouse=True)
def _mails_leave_with_the_commit(request, monkeypatch):
    """A test's transaction never commits: what waits for the commit runs at once."""
    if "own_database" not in request.fixturenames:
        monkeypatch.setattr("django.db.transaction.on_commit", lambda call, **_: call())


def ministry() -> Authority:
    return Authority.objects.get(kind="management")


def events() -> int:
    return Event.objects.exclude(kind="read").count()


def administrator(sam, at, name="Una"):
    """A second administrator."""
    person = services.add_account(actor=sam, email=f"{name.lower()}@ministry.example", name=name, at=at)
    services.give_post(actor=sam, person=person.pk, role=Role.ADMINISTRATOR, authority=ministry().pk, at=at)
    return actor_of(person, at.date())


def test_a_new_officer_sets_the_password_and_works(client, sam, at, settings):
    before, now = events(), timezone.now()
    person = services.add_account(actor=sam, email="Ola@MA.example", name="Ola Berg", at=now)
    services.give_post(actor=sam, person=person.pk, role=Role.OFFICER, authority=ministry().pk, at=now)
    assert events() == before + 2

    assert client.post(link_in(mail.outbox[-1]), {"password": PASSWORD}).status_code == 302
    client.post("/accounts/login/", {"login": "ola@ma.example", "password": PASSWORD})

    assert client.get("/organisations/")["Location"] == "/accounts/2fa/totp/activate/", "officials need a second factor"
    settings.DEMO = True
    assert client.get("/organisations/").status_code == 200


ACTS = {
    "give a post": lambda actor, person, post, at: services.give_post(
        actor=actor, person=person, role=Role.COUNTERSIGNER, authority=ministry().pk, at=at),
    "end a post": lambda actor, person, post, at: services.end_post(actor=actor, post=post, at=at),
    "close": lambda actor, person, post, at: services.deactivate(actor=actor, person=person, reason="Left.", at=at),
    "open": lambda actor, person, post, at: services.reactivate(actor=actor, person=person, reason="Back.", at=at),
    "sign-in": lambda actor, person, post, at: services.reset_sign_in(
        actor=actor, person=person, reason="Lost.", at=at),
    "second factor": lambda actor, person, post, at: services.reset_second_factor(
        actor=actor, person=person, reason="Lost.", at=at),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_one_event_for_the_administrator_alone_and_never_for_oneself(cast, sam, at, act):
    def tried(actor, whom):
        return ACTS[act](actor, whom.person_id, Post.objects.filter(person_id=whom.person_id).first().pk, at)

    for name in ("mario", "amina", "bo", "ito", "jean", "ana"):
        assert tried(cast[name], cast["amina"]).code == "not-allowed", name
    administrator(sam, at)
    assert tried(sam, sam).code == "not-allowed"

    before = events()
    assert not isinstance(tried(sam, cast["amina"]), Refusal)
    assert events() == before + 1


def test_the_last_administrator_stays(sam, at):
    una = administrator(sam, at)
    own = Post.objects.get(person_id=sam.person_id).pk

    assert not isinstance(services.end_post(actor=una, post=own, at=at), Refusal)
    assert services.end_post(actor=sam, post=Post.objects.get(person_id=una.person_id).pk, at=at).code \
        == "last-administrator"
    assert services.deactivate(actor=sam, person=una.person_id, reason="x", at=at).code == "last-administrator"
    assert anew("sam@ministry.example", at).roles == frozenset()


def test_an_administrator_whose_days_are_numbered_is_not_the_one_who_remains(sam, at):
    una = administrator(sam, at)
    Post.objects.filter(person_id=una.person_id).update(until=at.date())

    assert services.end_post(actor=una, post=Post.objects.get(person_id=sam.person_id).pk, at=at).code \
        == "last-administrator"


def test_two_administrators_remove_each_other_at_once_and_one_is_left(own_database, at_once, at):
    from wildgate.site.demo.cast import settle
    sam = settle("QM", "Demoland", at)["sam"]
    una = administrator(sam, at)
    posts = {actor.person_id: Post.objects.get(person_id=actor.person_id).pk for actor in (sam, una)}

    outcomes = at_once(lambda: services.end_post(actor=sam, post=posts[una.person_id], at=at),
                       lambda: services.end_post(actor=una, post=posts[sam.person_id], at=at))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Post", "Refusal"]
    assert Post.objects.filter(role="administrator", until=None).count() == 1


@pytest.mark.parametrize(("role", "kind", "fits"), [
    (Role.SCIENTIST, "scientific", True), (Role.SCIENTIST, "management", False), (Role.OFFICER, "customs", False),
    (Role.AUDITOR, "oversight", True), (Role.ADMINISTRATOR, "scientific", False)])
def test_a_role_is_held_where_it_belongs(cast, sam, at, role, kind, fits):
    answer = services.give_post(actor=sam, person=cast["mario"].person_id, role=role, at=at,
                                authority=Authority.objects.filter(kind=kind).first().pk)

    assert isinstance(answer, Post) is fits
    assert fits or answer.code == "role-elsewhere"


@pytest.mark.parametrize("role", [Role.CUSTOMS_SYSTEM, Role.FOREIGN])
def test_the_role_of_a_program_or_of_a_partner_is_given_to_nobody(desk, cast, sam, at, role):
    body = people.add_authority(party="QM", kind=FITS[role], name="Of that kind", address="x", place="x", by="system",
                                at=at)

    answer = services.give_post(actor=sam, person=cast["mario"].person_id, role=role, authority=body.pk, at=at)

    assert answer.code == "role-not-given"
    assert str(role.label) not in page_text(desk("sam").get(f"/people/{cast['mario'].person_id}/"))


def test_page_and_command_line_give_the_same_roles():
    parser = argparse.ArgumentParser()
    users.add(parser.add_subparsers())
    commands = parser._subparsers._group_actions[0].choices["users"]._subparsers._group_actions[0].choices
    given = next(each.choices for each in commands["appoint"]._actions if each.dest == "role")

    assert set(given) == set(OF_PEOPLE)


def test_an_ended_post_holds_no_more_and_can_be_given_again(cast, sam, at):
    post = Post.objects.get(person_id=cast["amina"].person_id)
    services.end_post(actor=sam, post=post.pk, at=at)
    assert anew("amina@ma.example", at).roles == frozenset()
    assert services.end_post(actor=sam, post=post.pk, at=at).code == "post-ended"

    services.give_post(actor=sam, person=cast["amina"].person_id, role=Role.OFFICER, authority=ministry().pk, at=at)
    assert anew("amina@ma.example", at).roles == {Role.OFFICER}


def test_a_closed_account_opens_nothing_from_the_next_request_on(desk, cast, sam, at):
    amina = desk("amina")
    assert amina.get("/organisations/").status_code == 200

    services.deactivate(actor=sam, person=cast["amina"].person_id, reason="Left the service.", at=at)

    assert amina.get("/organisations/")["Location"].startswith("/accounts/login/")
    assert EventNote.objects.get().text == "Left the service."
    answer = Client().post("/accounts/login/", {"login": "amina@ma.example", "password": "demo-only-leopard-9"})
    assert answer.status_code == 200 or "inactive" in answer["Location"]


def test_a_reset_ends_password_sessions_and_second_factor(client, cast, sam, at):
    person = Person.objects.get(email="mario@lacuna.example")
    client.post("/accounts/login/", {"login": person.email, "password": "demo-only-leopard-9"})
    assert client.get("/apply/").status_code == 200
    TOTP.activate(person, generate_totp_secret())

    services.reset_second_factor(actor=sam, person=person.pk, reason="Phone lost.", at=at)
    assert not Authenticator.objects.exists()
    assert client.get("/apply/").status_code == 302, "the sessions ended"
    services.reset_sign_in(actor=sam, person=person.pk, reason="Password told.", at=timezone.now())

    assert not Person.objects.get(pk=person.pk).has_usable_password()
    assert client.post(link_in(mail.outbox[-1]), {"password": PASSWORD}).status_code == 302
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert client.get("/apply/").status_code == 200


def test_pages_of_the_desk(desk, cast, sam, at):
    browser, amina = desk("sam"), cast["amina"].person_id
    assert "Amina Keita" in page_text(browser.get("/people/?q=amina"))
    assert "Mario" not in page_text(browser.get("/people/?q=amina"))
    assert "Nobody changes their own" in page_text(browser.get(f"/people/{sam.person_id}/"))

    where = f"/people/{amina}/"
    browser.post(where + "posts/", {"role": "countersigner", "authority": ministry().pk})
    browser.post(where + "account/", {"do": "close", "reason": ""})
    assert Person.objects.get(pk=amina).is_active, "a reason is needed"
    browser.post(where + "account/", {"do": "close", "reason": "Left."})

    assert anew("amina@ma.example", at).roles == frozenset()
    assert "Closed" in page_text(browser.get(where))
    bad = browser.post(where + "posts/", {"role": "trader", "organisation": "NOTTHERE"})
    assert (bad.status_code, "There is no such organisation." in page_text(bad)) == (422, True)


def test_authorities_are_kept_without_code(desk, cast):
    browser = desk("sam")
    form = {"kind": "printing", "name": "Chamber of Commerce", "address": "1 Quay", "place": "Port Lacuna"}
    before = events()

    assert browser.post("/authorities/add/", form).status_code == 302
    assert browser.post("/authorities/add/", form).status_code == 422
    chamber = Authority.objects.get(kind="printing")
    browser.post(f"/authorities/{chamber.pk}/", {**form, "place": "Lacuna City"})

    assert Authority.objects.get(pk=chamber.pk).place == "Lacuna City"
    assert events() == before + 2
    assert desk("amina").get("/authorities/").status_code == 403


PINNED = {("sam", "/people/"): 8, ("sam", "/authorities/"): 5, ("amina", "/organisations/"): 6,
          ("mario", "/mandates/"): 8, ("mario", "/firm/"): 8}


@pytest.mark.parametrize(("who", "path"), PINNED)
def test_pages_cost_the_same_for_any_number_of_rows(desk, cast, sam, at, who, path, django_assert_num_queries):
    lacuna = firm("Lacuna Hides Ltd")
    for n in range(2):
        other = services.add_organisation(party="QM", name=f"Firm {n}", address="x", country="QM", private=False,
                                          by="system", at=at)
        person = services.add_person(party="QM", email=f"p{n}@x.example", name=f"P{n}", password=None, by="system",
                                     at=at)
        services.appoint(person=person, role=Role.TRADER, party="QM", organisation=lacuna, by="system", at=at)
        services.add_authority(party="QM", kind=Authority.Kind.PRINTING, name=f"Office {n}", address="x", place="x",
                               by="system", at=at)
        services.give_mandate(actor=cast["mario"], client=lacuna.pk, agent_code=other.code, kinds=[], since=at.date(),
                              until=None, at=at)
        browser = desk(who)
        browser.get(path)

        with django_assert_num_queries(PINNED[who, path]):
            assert browser.get(path).status_code == 200


def test_the_command_line_appoints_the_people_of_another_agency(cast):
    new = ("users", "authority", "agency", "Plant Protection", "--address", "1 Leaf Street", "--place", "Town")
    assert cli.main([*new]) == 2
    assert cli.main([*new, "--agency", "plant-health"]) == 0

    assert cli.main(["users", "appoint", "mario@lacuna.example", "agency", ministry().name]) == 1
    assert cli.main(["users", "appoint", "mario@lacuna.example", "agency", "Plant Protection"]) == 0

    assert Post.objects.get(role=Role.AGENCY, person__email="mario@lacuna.example").authority.agency == "plant-health"


def test_the_command_line_finds_the_firm_that_is_registered_and_asks_among_several(cast, capsys):
    for address in ("1 Quay", "2 Quay"):
        services.add_organisation(party="QM", name="Twins", address=address, country="QM", private=False, by="system",
                                  at=timezone.now())
    before = Organisation.objects.count()

    assert cli.main(["users", "appoint", "amina@ma.example", "trader", "lacuna hides ltd"]) == 0
    assert cli.main(["users", "appoint", "amina@ma.example", "trader", "Twins"]) == 1
    assert "'2 Quay'" in capsys.readouterr().err
    assert cli.main(["users", "appoint", "amina@ma.example", "trader", "Twins", "--address", "2 quay"]) == 0

    held = Post.objects.filter(role=Role.TRADER, person__email="amina@ma.example").order_by("pk")
    assert [(post.organisation.name, post.organisation.address) for post in held][1:] == [("Twins", "2 Quay")]
    assert held[0].organisation_id in cast["mario"].organisations
    assert Organisation.objects.count() == before
