"""How people come in: registered, verified, invited; and what strangers do not learn on the way."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from tests.apps.accounts.offices import PASSWORD, anew, firm, link_in
from tests.desks import page_text

from wildgate.apps.accounts import links, services
from wildgate.apps.accounts.models import Knock, Link, Organisation, Person
from wildgate.apps.accounts.services import Registration
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event, EventNote

pytestmark = pytest.mark.django_db
FORM = {"person": "Rosa Lind", "email": "rosa@orchids.example", "kind": "firm", "organisation": "Lind Orchids",
        "address": "4 Glass Lane\nPort Lacuna", "country": "QM", "registration_number": "HRB 77",
        "proof": "Ask the court."}


@pytest.fixture(autouse=True)
def _mails_leave_with_the_commit(monkeypatch):
    """A test's transaction never commits: what waits for the commit runs at once."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call, **_: call())


def registered(client, **changed) -> str:
    """The path of the link that a registration mails."""
    assert client.post("/register/", {**FORM, **changed}).status_code == 302
    return link_in(mail.outbox[-1])


def arrived(client) -> Person:
    assert client.post(registered(client), {"password": PASSWORD}).status_code == 302
    return Person.objects.get(email=FORM["email"])


def test_from_the_form_to_the_first_draft(client, desk, cast, at, settings):
    rosa = arrived(client)
    office = Organisation.objects.get(name="Lind Orchids")
    assert (office.state, office.address) == ("waiting", "4 Glass Lane, Port Lacuna")
    assert not anew(rosa.email, at).roles

    client.post("/accounts/login/", {"login": rosa.email, "password": PASSWORD})
    assert "The Management Authority checks it now" in page_text(client.get("/", follow=True))
    early = client.get("/apply/")
    assert early.status_code == 403
    assert "the authority checks it first" in page_text(early)
    desk("amina").post(f"/organisations/{office.pk}/decide/", {"do": "accept", "registered_until": "2099-12-31"})

    assert anew(rosa.email, at).manages == {office.pk}
    assert client.get("/apply/").status_code == 200
    assert [event.kind for event in Event.objects.filter(subject=office.subject).exclude(kind="read")] == [
        "organisation-asked", "organisation-verified"]


def test_a_refusal_is_read_by_whoever_registered(client, desk, cast):
    rosa = arrived(client)
    office = Organisation.objects.get(name="Lind Orchids")
    silent = desk("bo").post(f"/organisations/{office.pk}/decide/", {"do": "refuse", "reason": ""})
    assert silent.status_code == 422 and "Reason: This field is required." in page_text(silent)
    assert Organisation.objects.get(pk=office.pk).state == "waiting", "a refusal says why"

    desk("bo").post(f"/organisations/{office.pk}/decide/", {"do": "refuse", "reason": "No such firm in the register."})

    client.force_login(rosa, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "No such firm in the register." in page_text(client.get("/firm/"))
    assert EventNote.objects.get().text == "No such firm in the register."


def test_who_is_signed_in_registers_a_further_organisation_without_a_mail(desk, cast):
    form = {key: value for key, value in FORM.items() if key not in ("person", "email")}

    for n in range(4):
        answer = desk("mario").post("/register/", {**form, "organisation": f"Ferro Corals {n}"})

    assert (answer.status_code, "Wait for its answer first" in page_text(answer)) == (422, True)
    assert not mail.outbox
    waiting = Organisation.objects.filter(state="waiting", asked_by_id=cast["mario"].person_id)
    assert waiting.count() == 3
    assert not Person.objects.get(pk=cast["mario"].person_id).posts.filter(organisation__in=waiting).exists()
    assert "Ferro Corals 2" in page_text(desk("mario").get("/firm/"))


def test_a_known_address_gets_the_same_answer_and_another_mail(client, cast):
    new = client.post("/register/", FORM, follow=True)
    known = client.post("/register/", {**FORM, "email": "MARIO@lacuna.example"}, follow=True)

    assert page_text(new) == page_text(known)
    assert new.redirect_chain == known.redirect_chain
    assert [message.to for message in mail.outbox] == [["rosa@orchids.example"], ["mario@lacuna.example"]]
    assert mail.outbox[0].subject != mail.outbox[1].subject
    assert Person.objects.filter(email="mario@lacuna.example").count() == 1
    assert not Organisation.objects.filter(name="Lind Orchids").exists(), "nothing is made before the link is opened"


def test_reset_does_not_tell_either(client, cast):
    known, unknown = (client.post("/accounts/password/reset/", {"email": email}, follow=True)
                      for email in ("mario@lacuna.example", "nobody@lacuna.example"))

    assert page_text(known) == page_text(unknown)
    assert known.redirect_chain == unknown.redirect_chain


def test_nobody_waits_inside_an_account_that_was_made_for_others(client, cast):
    """Who registers a stranger's address sets no password: only the owner of the mailbox does."""
    registered(client, email="victim@bank.example")

    assert not Person.objects.filter(email="victim@bank.example").exists()
    assert PASSWORD not in str(Link.objects.values())


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=4)])
def test_a_link_works_once_and_for_a_time(client, cast, at, later):
    services.register(party="QM", email="rosa@orchids.example", at=at, answers=Registration(
        "Rosa Lind", "Lind Orchids", "4 Glass Lane", "QM", False))
    token = link_in(mail.outbox[-1]).split("/")[-2]
    if not later:
        assert isinstance(services.finish(token=token, password=PASSWORD, at=at), Person)

    again = services.finish(token=token, password="another long lynx", at=at + later)

    assert isinstance(again, Refusal)
    assert again.code == "link-dead"
    assert later or client.get(f"/register/link/{token}/").status_code == 410
    assert Person.objects.filter(email="rosa@orchids.example").exists() is not bool(later)


def test_who_has_come_to_an_account_since_registers_with_the_same_link_all_the_same(client, cast, mario, at):
    path = registered(client)
    lacuna = firm("Lacuna Hides Ltd")
    services.invite(actor=mario, organisation=lacuna.pk, email=FORM["email"], manager=False, at=at)
    assert client.post(link_in(mail.outbox[-1]), {"name": "Rosa", "password": PASSWORD}).status_code == 302

    assert "Sign in with it, then this page opens again" in page_text(client.get(path))
    assert client.post(path, {"password": "another password 9"}).status_code == 200
    client.post("/accounts/login/", {"login": FORM["email"], "password": PASSWORD})
    assert client.post(path).status_code == 302

    assert Organisation.objects.get(name="Lind Orchids").asked_by.email == FORM["email"]
    assert client.get(path).status_code == 410


def test_the_database_knows_no_link(client, cast):
    token = registered(client).split("/")[-2]
    row = Link.objects.get()

    assert row.digest == links.digest(token)
    assert token not in str(Link.objects.values())
    assert links.digest(row.digest) != row.digest
    assert isinstance(links.find(row.digest, row.made_at), Refusal), "what a thief of the database reads opens nothing"


def test_weak_passwords_are_refused_with_nothing_lost(client, cast):
    path = registered(client)

    for weak in ("short", FORM["email"], f"{FORM['person']} 1"):
        assert client.post(path, {"password": weak}).status_code == 422, weak
    assert client.post(path, {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("missing", ["person", "email", "organisation", "address", "country", "kind"])
def test_a_form_with_a_gap_keeps_what_was_typed(client, cast, missing):
    answer = client.post("/register/", {**FORM, missing: ""})

    assert answer.status_code == 422
    assert ("HRB 77" in answer.content.decode()) and not mail.outbox


def test_too_many_registrations_from_one_network_are_turned_away(client, cast, monkeypatch):
    monkeypatch.setattr("wildgate.apps.accounts.throttle.FROM_ONE_NETWORK", 3)
    codes = [client.post("/register/", {**FORM, "email": f"a{n}@x.example"}).status_code for n in range(5)]
    elsewhere = Client(REMOTE_ADDR="198.51.100.7").post("/register/", FORM)

    assert codes == [302, 302, 302, 429, 429]
    assert elsewhere.status_code == 302
    assert "127.0.0" not in str(Knock.objects.values())


def test_one_address_is_not_flooded_and_nobody_is_told(client, cast):
    answers = {page_text(client.post("/register/", FORM, follow=True)) for _ in range(5)}

    assert len(mail.outbox) == 3
    assert len(answers) == 1


def test_two_of_one_name_are_warned_of_and_never_both_verified(client, desk, cast, at):
    old = firm("Lacuna Hides Ltd")
    path = registered(client, organisation=old.name, address=old.address)
    client.post(path, {"password": PASSWORD})
    new = Organisation.objects.get(name=old.name, state="waiting")

    assert "There is another of this name" in page_text(desk("amina").get(f"/organisations/{new.pk}/"))
    answer = services.accept_organisation(actor=cast["amina"], organisation=new.pk, registered_until=None,
                                          regular_until=None, at=at)
    assert answer.code == "organisation-known"


def test_officers_alone_verify_and_never_their_own(client, cast, at):
    arrived(client)
    office = Organisation.objects.get(name="Lind Orchids")
    terms = {"organisation": office.pk, "registered_until": None, "regular_until": None, "at": at}

    for name in ("mario", "ito", "jean", "ana", "sam"):
        assert services.accept_organisation(actor=cast[name], **terms).code == "not-allowed"
    Organisation.objects.update(asked_by=cast["amina"].person_id)
    assert services.accept_organisation(actor=cast["amina"], **terms).code == "not-allowed"


def invited(mario, email, at, **more):
    answer = services.invite(actor=mario, organisation=min(mario.firms), email=email, at=at,
                             **{"manager": False, **more})
    assert not isinstance(answer, Refusal), answer
    return link_in(mail.outbox[-1])


def test_a_colleague_joins_by_the_link_and_loses_the_post_at_once(client, desk, mario, at):
    path = invited(mario, "lea@lacuna.example", at)
    assert client.post(path, {"name": "Lea Ferro", "password": PASSWORD}).status_code == 302
    assert client.get(path).status_code == 410, "a replayed link"
    client.post("/accounts/login/", {"login": "lea@lacuna.example", "password": PASSWORD})
    assert client.get("/apply/").status_code == 200
    post = Person.objects.get(email="lea@lacuna.example").posts.get()
    assert not post.manager

    assert desk("mario").post(f"/firm/posts/{post.pk}/", {"do": "end"}).status_code == 302

    assert client.get("/apply/").status_code == 403
    assert services.end_colleague(actor=mario, post=post.pk, at=at + timedelta(days=2)).code == "post-ended"


def test_an_invitation_of_somebody_with_an_account_needs_their_sign_in(client, cast, mario, at):
    path = invited(mario, "ito@sa.example", at)

    assert "Sign in with it" in page_text(client.get(path))
    assert client.post(path, {"name": "Thief", "password": PASSWORD}).status_code == 200
    client.force_login(Person.objects.get(email="jean@customs.example"),
                       backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(path)
    assert anew("jean@customs.example", at).firms == frozenset()
    assert Person.objects.get(email="ito@sa.example").check_password(PASSWORD) is False

    answer = services.accept_invitation(actor=cast["ito"], token=path.split("/")[-2], at=at)
    assert answer == firm("Lacuna Hides Ltd")
    assert anew("ito@sa.example", at).firms == mario.firms


def test_an_expired_and_a_taken_back_invitation_open_nothing(client, mario, at):
    old = invited(mario, "lea@lacuna.example", at - timedelta(days=8)).split("/")[-2]
    assert services.finish(token=old, password=PASSWORD, name="Lea", at=at).code == "link-dead"

    token = invited(mario, "kit@lacuna.example", at).split("/")[-2]
    services.take_back_invitation(actor=mario, link=Link.objects.get(email="kit@lacuna.example").pk, at=at)
    assert services.finish(token=token, password=PASSWORD, name="Kit", at=at).code == "link-dead"
    assert not Person.objects.filter(email__startswith="kit").exists()


def test_inviting_does_not_tell_whether_an_address_is_known(desk, mario):
    where, seen = f"/firm/{min(mario.firms)}/invite/", []
    for email in ("jean@customs.example", "new@lacuna.example"):
        seen.append(page_text(desk("mario").post(where, {"email": email}, follow=True)).replace(email, "…"))
        Link.objects.all().delete()

    assert seen[0] == seen[1]
    assert "The invitation is on its way" in seen[0]


def test_people_of_other_organisations_are_out_of_reach(cast, mario, at):
    orlo, lea = firm("Orlo SA"), services.add_person(party="QM", email="lea@orlo.example", name="Lea", password=None,
                                                     by="system", at=at)
    post = services.appoint(person=lea, role="trader", party="QM", organisation=orlo, by="system", at=at)

    assert services.end_colleague(actor=mario, post=post.pk, at=at).code == "no-such-post"
    assert services.invite(actor=mario, organisation=orlo.pk, email="x@y.example", manager=False,
                           at=at).code == "not-allowed"
    assert services.end_colleague(actor=mario, post=mario_post(), at=at).code == "own-post"


def mario_post() -> int:
    return Person.objects.get(email="mario@lacuna.example").posts.get().pk


def test_two_managers_who_end_each_others_posts_do_not_both_succeed(mario, at):
    invited(mario, "lea@lacuna.example", at, manager=True)
    token = link_in(mail.outbox[-1]).split("/")[-2]
    services.finish(token=token, password=PASSWORD, name="Lea", at=at)
    lea = anew("lea@lacuna.example", at)
    other = Person.objects.get(email="lea@lacuna.example").posts.get().pk

    assert not isinstance(services.end_colleague(actor=mario, post=other, at=at), Refusal)
    assert services.end_colleague(actor=lea, post=mario_post(), at=at).code == "own-post", "no manager any more"


def test_logs_hold_no_address_and_no_link(client, cast, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    path = registered(client)
    assert client.post(path, {"password": "short"}).status_code == 422
    client.post("/accounts/login/", {"login": "rosa@orchids.example", "password": "wrong"})

    def broken(*_, **__):
        raise OSError("rosa@orchids.example: mailbox full")
    monkeypatch.setattr("wildgate.apps.accounts.mailing.send_mail", broken)
    assert client.post("/register/", FORM).status_code == 302

    assert "could not be sent" in caplog.text
    assert "rosa" not in caplog.text
    assert path.split("/")[-2] not in caplog.text
    assert not [event for event in Event.objects.values_list("data", flat=True) if "rosa" in event]
