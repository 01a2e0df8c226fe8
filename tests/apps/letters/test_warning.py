"""What changes in somebody's sign-in is mailed to them: at once, in their language, to every address of theirs."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings as configured
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from wildgate.apps.accounts import services
from wildgate.apps.accounts.models import Person
from wildgate.apps.letters.models import Preference
from wildgate.apps.letters.warning import SAID
from wildgate.kit import events
from wildgate.kit.jobs import run_pending
from wildgate.kit.models import Job
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db
MARIO, FRESH = "mario@lacuna.example", "a long enough lynx"


class Refusing(EmailBackend):
    """A mail server that does not take one address."""

    answer = 0

    def send_messages(self, messages):
        (to,) = messages[0].to
        if to.startswith("gone@"):
            raise SMTPRecipientsRefused({to: (self.answer, b"no")})
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _what_waits_for_the_commit_runs_at_once(monkeypatch, cast):
    """A test's transaction never commits. What the cast was told is done with first."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call, **_: call())
    run_pending()


@pytest.fixture
def mario(cast) -> Person:
    return Person.objects.get(email=MARIO)


@pytest.fixture
def browser(client, cast) -> Client:
    """Mario's, who gave his password a moment ago."""
    client.post("/accounts/login/", {"login": MARIO, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def told(mailoutbox):
    """What was mailed since the last time: (addresses, sentence)."""
    def read() -> list[tuple[str, str]]:
        mailoutbox.clear()
        run_pending()
        return [(mail.to[0], mail.body.splitlines()[2]) for mail in mailoutbox if "sign-in" in mail.subject]
    return read


def said(kind: str) -> str:
    return str(SAID[kind])


def test_a_new_password_is_told_in_the_owners_words_whatever_mail_they_want(browser, mario, mailoutbox):
    Preference.objects.update_or_create(person=mario, defaults={"mail": Preference.By.NEVER, "language": "fr"})

    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH})
    run_pending()

    (mail,) = mailoutbox
    assert "Bonjour" in mail.body
    assert f"{configured.BASE_URL}/accounts/password/reset/" in mail.body
    assert "mario" not in mail.subject.lower(), "a subject line can be read by many"


def test_each_factor_that_comes_or_goes_is_told_once(browser, mario, told):
    secret = generate_totp_secret()
    session = browser.session
    session["mfa.totp.secret"] = secret
    session.save()
    code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert told() == [(MARIO, said("second-factor-added:totp"))], "the recovery codes came with the app"

    browser.post("/accounts/2fa/recovery-codes/generate/")
    assert told() == [(MARIO, said("recovery-codes-made"))]

    codes = RecoveryCodes.activate(mario).get_unused_codes()
    browser.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})
    assert told() == [(MARIO, said("recovery-code-used"))]

    browser.post("/accounts/2fa/totp/deactivate/")
    assert told() == [(MARIO, said("second-factor-removed:totp"))]


def test_whoever_makes_another_address_the_main_one_does_not_silence_the_owner(browser, mario, told, mailoutbox):
    other = EmailAddress.objects.create(user=mario, email="thief@elsewhere.example", verified=True)

    browser.post("/accounts/email/", {"action_primary": "", "email": other.email})
    assert told() == [(MARIO, said("address-changed")), (other.email, said("address-changed"))]

    mailoutbox.clear()
    browser.post("/accounts/email/", {"action_remove": "", "email": MARIO})
    assert [mail.to for mail in mailoutbox] == [[MARIO]], "before anything can be asked again"
    assert told() == [(other.email, said("address-removed"))]


def test_what_an_administrator_resets_is_told_to_whom_it_was(cast, mario, told):
    TOTP.activate(mario, generate_totp_secret())
    for act in (services.reset_second_factor, services.reset_sign_in):
        act(actor=cast["sam"], person=mario.pk, reason="Phone lost.", at=timezone.now())

    assert told() == [(MARIO, said("second-factor-reset")), (MARIO, said("sign-in-reset"))]


def test_an_address_that_takes_no_mail_keeps_none_from_the_others(mario, mailoutbox, settings):
    EmailAddress.objects.create(user=mario, email="gone@elsewhere.example", verified=True)
    settings.EMAIL_BACKEND = f"{Refusing.__module__}.{Refusing.__qualname__}"
    a_while_ago = timezone.now() - timedelta(minutes=1)  # a database that counts milliseconds sees it as past at once
    for answer, waits in ((550, 0), (450, 1)):
        mailoutbox.clear()
        Refusing.answer = answer
        events.append("password-set", f"person:{mario.pk}", party="QM", actor=f"person:{mario.pk}", at=a_while_ago)
        run_pending()

        assert [mail.to for mail in mailoutbox] == [[MARIO]]
        assert Job.objects.filter(name="letters.warn").count() == waits
