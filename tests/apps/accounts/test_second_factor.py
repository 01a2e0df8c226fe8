"""What guessing costs: codes of the second factor are counted for all processes together, and there is a way out."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from tests.apps.accounts.offices import PASSWORD as FRESH
from tests.apps.accounts.offices import link_in
from tests.desks import page_text

from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.throttle import WRONG_TRIES
from wildgate.kit import jobs
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db
AMINA, CODE = "amina@ma.example", "/accounts/2fa/authenticate/"


@pytest.fixture
def secret(cast, settings) -> str:
    """Amina has an authenticator app and recovery codes. The code of half a minute ago holds too: tests take time."""
    settings.MFA_TOTP_TOLERANCE = 1
    made = generate_totp_secret()
    TOTP.activate(Person.objects.get(email=AMINA), made)
    RecoveryCodes.activate(Person.objects.get(email=AMINA))
    return made


def shown(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def at_the_code() -> Client:
    """A browser that gave the password and is asked for the code."""
    browser = Client()
    assert browser.post("/accounts/login/", {"login": AMINA, "password": PASSWORD})["Location"].startswith(CODE)
    return browser


def new_password(mailoutbox) -> None:
    """By the mailed link, in a browser of its own."""
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": AMINA})
    jobs.run_pending()
    form = browser.get(link_in(mailoutbox[-1]), follow=True)
    done = browser.post(form.redirect_chain[-1][0], {"password1": FRESH, "password2": FRESH})
    assert done.status_code == 302


def test_codes_are_not_guessed_and_a_new_password_by_mail_is_the_way_out(secret, mailoutbox):
    for _ in range(WRONG_TRIES):
        cache.clear()  # each guess meets another process
        assert "This code is wrong" in page_text(at_the_code().post(CODE, {"code": "000000"}))

    late = at_the_code()
    assert "too many wrong tries" in page_text(late.post(CODE, {"code": shown(secret)}))
    new_password(mailoutbox)

    browser = Client()
    browser.post("/accounts/login/", {"login": AMINA, "password": FRESH})
    assert browser.post(CODE, {"code": shown(secret)}).status_code == 302


def test_a_code_of_the_app_opens_once_whichever_process_it_meets(secret):
    code = shown(secret)
    assert at_the_code().post(CODE, {"code": code}).status_code == 302
    cache.clear()

    assert "was used already" in page_text(at_the_code().post(CODE, {"code": code}))


@pytest.mark.parametrize(("path", "field"), [("/accounts/reauthenticate/", "password"),
                                             ("/accounts/password/change/", "oldpassword")])
def test_whoever_took_over_a_session_does_not_guess_the_password(client, cast, path, field):
    client.post("/accounts/login/", {"login": AMINA, "password": PASSWORD})
    for n in range(WRONG_TRIES):
        cache.clear()  # each guess meets another process, and comes from elsewhere
        answer = client.post(path, {field: "wrong", "password1": FRESH, "password2": FRESH}, REMOTE_ADDR=f"192.0.2.{n}")
        assert "not your" in page_text(answer)

    cache.clear()
    late = client.post(path, {field: PASSWORD, "password1": FRESH, "password2": FRESH}, REMOTE_ADDR="192.0.2.99")

    assert "too many wrong tries" in page_text(late)
    assert Person.objects.get(email=AMINA).check_password(PASSWORD)


def test_a_locked_account_opens_with_a_new_password_by_mail(client, cast, mailoutbox, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/accounts/login/", {"login": AMINA, "password": "wrong"})
    assert "ask for a new password" in page_text(answer)

    new_password(mailoutbox)

    assert client.post("/accounts/login/", {"login": AMINA, "password": FRESH}).status_code == 302


def test_a_passkey_is_not_offered_to_who_has_none(secret):
    assert "passkey" not in page_text(at_the_code().get(CODE))
