"""Where somebody is signed in: seen with device and network, and ended at once from another browser."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory
from tests.desks import BACKEND, page_text

from wildgate.apps.accounts import services
from wildgate.apps.accounts.models import Authority, Person, Role
from wildgate.apps.accounts.reliability import Level, level_of
from wildgate.apps.accounts.wording import device
from wildgate.site import env
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36"


def browser(email: str = "mario@lacuna.example", agent: str = FIREFOX, ip: str = "203.0.113.77") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=ip)
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert client.get("/accounts/sessions/").status_code == 200
    return client


def test_a_session_ended_elsewhere_holds_no_more_at_the_next_request(cast):
    desk, lost = browser(), browser(agent=PHONE, ip="2001:db8:1:2:3::9")
    text = page_text(desk.get("/accounts/sessions/"))
    assert "Firefox on Windows" in text
    assert "Chrome on Android" in text

    other = UserSession.objects.get(session_key=lost.session.session_key)
    desk.post("/accounts/sessions/", {"session": other.pk})

    assert lost.get("/apply/")["Location"].startswith("/accounts/login/")
    assert desk.get("/apply/").status_code == 200
    assert "Android" not in page_text(desk.get("/accounts/sessions/"))


def test_all_others_end_and_this_one_stays(cast):
    here, others = browser(), [browser(), browser(agent=PHONE)]

    here.post("/accounts/sessions/")

    assert [each.get("/apply/").status_code for each in others] == [302, 302]
    assert here.get("/apply/").status_code == 200


def test_nobody_ends_or_sees_the_sessions_of_another(cast):
    amina, mario = browser("amina@ma.example", PHONE), browser()
    foreign = UserSession.objects.get(session_key=amina.session.session_key)

    mario.post("/accounts/sessions/", {"session": foreign.pk})

    assert UserSession.objects.filter(pk=foreign.pk).exists()
    assert "Android" not in page_text(mario.get("/accounts/sessions/"))


def test_a_new_password_ends_the_sessions_of_the_old(cast):
    here, other = browser(), browser()
    new = "a quite other ocelot"

    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert other.get("/apply/").status_code == 302


def test_no_full_address_is_kept(cast):
    browser(), browser(ip="2001:db8:1:2:3::9")

    assert sorted(UserSession.objects.values_list("ip", flat=True)) == ["2001:db8:1::", "203.0.113.0"]


@pytest.mark.parametrize(("agent", "words"), [
    (FIREFOX, "Firefox on Windows"), (PHONE, "Chrome on Android"), ("curl/8", "Unknown device"), ("", "Unknown device"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
    (FIREFOX.replace("Firefox", "Gecko"), "Windows")])
def test_a_device_has_a_name_that_people_know(agent, words):
    assert device(agent) == words


def totp(email: str) -> None:
    TOTP.activate(Person.objects.get(email=email), generate_totp_secret())


def test_a_sign_in_ends_after_a_working_day_however_busy_it_was(cast, settings):
    here = browser()
    session = here.session
    begun = session["signed-in-at"]
    session["signed-in-at"] = begun - settings.SESSION_COOKIE_AGE + 60
    session.save()
    assert here.get("/apply/").status_code == 200
    session["signed-in-at"] = begun - settings.SESSION_COOKIE_AGE - 1
    session.save()

    assert here.get("/apply/")["Location"].startswith("/accounts/login/?next=/apply/")
    assert "_auth_user_id" not in here.session


def test_another_role_ends_every_session_of_an_official_and_none_of_a_trader(cast, at, settings):
    settings.DEMO = True
    amina, mario = browser("amina@ma.example"), browser()
    assert amina.get("/cases/").status_code == 200
    person = Person.objects.get(email="amina@ma.example")
    lead = Authority.objects.get(kind="management")
    services.give_post(actor=cast["sam"], person=person.pk, role=Role.COUNTERSIGNER, authority=lead.pk, at=at)

    assert amina.get("/cases/")["Location"].startswith("/accounts/login/")
    amina = browser("amina@ma.example")
    services.end_post(actor=cast["sam"], post=person.posts.get(role="countersigner").pk, at=at)
    assert amina.get("/cases/").status_code == 302
    assert mario.get("/apply/").status_code == 200


def test_another_factor_ends_the_other_sessions_and_this_one_goes_on(cast):
    here, other = browser(), browser(agent=PHONE)
    person = Person.objects.get(email="mario@lacuna.example")
    request = RequestFactory().get("/")
    request.user, request.session = person, here.session
    key = here.session.session_key

    authenticator_added.send(sender=Authenticator, request=request, user=person,
                             authenticator=Authenticator(type="totp"))

    assert other.get("/apply/").status_code == 302
    request.session.save()
    here.cookies["sessionid"] = request.session.session_key
    assert here.get("/apply/").status_code == 200
    assert request.session.session_key != key, "and has another number"
    ways = request.session["account_authentication_methods"]
    assert level_of(ways) is Level.SECOND_FACTOR, "making it showed it: no act of an official is refused until tomorrow"


def test_a_closed_account_and_a_reset_factor_end_sessions_that_no_list_knows(cast, at):
    mario = Client()
    mario.force_login(Person.objects.get(email="mario@lacuna.example"), backend=BACKEND)
    UserSession.objects.all().delete()
    assert mario.get("/apply/").status_code == 200

    services.reset_second_factor(actor=cast["sam"], person=cast["mario"].person_id, reason="Lost.", at=at)

    assert mario.get("/apply/").status_code == 302


def test_roles_of_weight_take_a_passkey_and_a_code_is_not_enough(cast, settings):
    sam = browser("sam@ministry.example")
    totp("sam@ministry.example")
    assert sam.get("/people/")["Location"] == "/accounts/2fa/webauthn/add/"
    person = Person.objects.get(email="sam@ministry.example")
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})
    assert sam.get("/people/?q=a")["Location"] == "/accounts/2fa/webauthn/reauthenticate/?next=%2Fpeople%2F%3Fq%3Da"

    session = sam.session
    session["account_authentication_methods"] += [{"method": "mfa", "type": "webauthn", "at": 1}]
    session.save()
    assert sam.get("/people/").status_code == 200

    session = sam.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 1}]
    session.save()
    assert sam.get("/people/").status_code == 302
    settings.PASSKEYS_FOR = frozenset({"auditor"})
    assert sam.get("/people/").status_code == 200


def test_who_has_no_such_role_goes_on_with_a_code(cast):
    amina = browser("amina@ma.example")
    totp("amina@ma.example")

    assert amina.get("/cases/").status_code == 200
    assert env.names("X", {"X": "none"}) == frozenset()
    assert env.names("X", {"X": "Auditor, officer"}) == {"auditor", "officer"}
