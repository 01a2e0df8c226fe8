"""The sign-in pages of the package behind them speak the words of this house, in each language."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string
from tests.desks import page_text

from wildgate.apps.accounts.adapter import ClosedSignup, OurFactors
from wildgate.apps.accounts.models import Link, Person
from wildgate.apps.letters.models import Preference
from wildgate.kit import jobs
from wildgate.kit.models import Job
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db


def test_an_address_is_called_the_same_wherever_it_is_asked_for(client, cast):
    client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": PASSWORD})

    for page in ("/accounts/password/reset/", "/accounts/email/"):
        labels = re.findall(r"<label[^>]*>\s*([^<]+?)\s*<", client.get(page).content.decode())
        assert "E-mail address" in labels and "Email" not in labels, page


def test_the_form_for_a_new_password_has_the_words_of_the_house(client, cast):
    client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": PASSWORD})

    answer = client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": "", "password2": ""})

    assert "Current password: This is not your current password." in page_text(answer)
    assert "New password once more: This field is required." in page_text(answer)


def test_a_wrong_password_is_said_in_the_words_of_the_house(client, cast):
    answer = client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": "wrong"})

    assert "The e-mail address or the password is wrong." in page_text(answer)
    half = client.post("/accounts/login/", {"login": "mario", "password": ""})
    assert "E-mail address: Enter an e-mail address in full" in page_text(half)


def test_every_form_of_the_settings_is_there_and_has_the_fields_that_it_names():
    forms = [import_string(path) for path in (*settings.ACCOUNT_FORMS.values(), *settings.MFA_FORMS.values())]

    made_as_it_begins = {"login"}  # every other test of this file that signs in opens that form
    assert all(set(form.labels) <= {*form.base_fields} | made_as_it_begins for form in forms)
    assert "wrong" in str(ClosedSignup.error_messages["incorrect_code"])
    assert OurFactors.error_messages["incorrect_code"] == ClosedSignup.error_messages["incorrect_code"]


@pytest.mark.parametrize(("address", "subject", "place"), [
    ("mario@lacuna.example", "Wildgate: Set a new password", "/accounts/password/reset/key/"),
    ("nobody@lacuna.example", "Wildgate: No account with this address", "/register/"),
    ("amina@ma.example", "Wildgate: This account is closed", "write to the Management Authority")])
def test_the_mail_about_a_forgotten_password_is_ours_and_leads_on(client, cast, mailoutbox, address, subject, place):
    Person.objects.filter(email="amina@ma.example").update(is_active=False)
    answer = client.post("/accounts/password/reset/", {"email": address})
    before = len(mailoutbox)
    jobs.run_pending()

    assert (answer.status_code, before, Link.objects.count()) == (302, 0, 0)  # no address is kept
    assert [mail.subject for mail in mailoutbox] == [subject]
    assert place in mailoutbox[0].body
    assert "testserver" not in mailoutbox[0].body and "signup" not in mailoutbox[0].body


def test_a_mail_server_that_does_not_answer_holds_nobody_up_and_is_asked_again(client, cast, mailoutbox, settings, at):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "256.0.0.1"
    answers = [client.post("/accounts/password/reset/", {"email": f"{who}@lacuna.example"}) for who in ("mario", "no")]
    jobs.run_pending()
    waiting = Job.objects.filter(name="accounts.mail_forgotten", state=Job.State.WAITING)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert waiting.count() == 2 and "@" not in str(list(waiting.values("key", "payload", "last_error")))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    waiting.update(run_after=at)
    jobs.run_pending()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["mario@lacuna.example", "no@lacuna.example"]


def test_the_link_of_the_mail_sets_a_new_password(client, cast, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "mario@lacuna.example"})
    jobs.run_pending()
    path = re.search(rf"{settings.BASE_URL}(/accounts/\S+)", mailoutbox[0].body)[1]
    form = client.get(path, follow=True)
    new = "quite-another-leopard-7"

    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    assert Person.objects.get(email="mario@lacuna.example").check_password(new)


def test_mails_about_an_account_are_in_the_language_of_who_reads_them(client, cast, mailoutbox, desk,
                                                                         django_capture_on_commit_callbacks):
    mario = Person.objects.get(email="mario@lacuna.example")
    Preference.objects.create(person=mario, language="es")
    sam = desk("sam")

    client.post("/accounts/password/reset/", {"email": mario.email}, headers={"accept-language": "ar"})
    client.post("/accounts/password/reset/", {"email": "no@lacuna.example"}, headers={"accept-language": "fr"})
    jobs.run_pending()
    forgotten = {mail.to[0]: mail.subject for mail in mailoutbox}
    mailoutbox.clear()
    sam.cookies["django_language"] = "fr"
    with django_capture_on_commit_callbacks(execute=True):
        sam.post(f"/people/{mario.pk}/account/", {"do": "sign-in", "reason": "He asked by telephone."})
    Preference.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        sam.post(f"/people/{mario.pk}/account/", {"do": "sign-in", "reason": "He asked once more."})

    assert forgotten == {"mario@lacuna.example": "Wildgate: Establecer una contraseña nueva",
                         "no@lacuna.example": "Wildgate: Aucun compte avec cette adresse"}
    assert [mail.subject for mail in mailoutbox] == ["Wildgate: Elija su contraseña", "Wildgate: Set your password"]


def test_what_is_asked_too_often_is_answered_by_a_page_of_the_house(client, cast):
    cache.clear()

    answers = [client.post("/accounts/password/reset/", {"email": "mario@lacuna.example"}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "Asked too often" in page_text(answers[-1])
    cache.clear()
