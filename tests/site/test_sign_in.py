"""Signing in: by address and password, with a second factor for officials, locked after too many tries."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, email: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


@pytest.fixture
def amina_at_the_door(client, cast):
    sign_in(client, "amina@ma.example")
    return client


def test_a_trader_comes_in_with_address_and_password(client, cast):
    assert sign_in(client, "mario@lacuna.example").status_code == 302

    assert client.get("/apply/").status_code == 200


def test_a_wrong_password_lets_nobody_in(client, cast):
    assert sign_in(client, "mario@lacuna.example", "wrong").status_code == 200

    assert client.get("/apply/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", ["/", "/cases/", "/permits/", "/reports/"])
def test_an_official_without_a_second_factor_is_sent_to_set_it_up(amina_at_the_door, page):
    assert amina_at_the_door.get(page)["Location"] == "/accounts/2fa/totp/activate/"


def test_the_page_to_set_it_up_is_within_reach(amina_at_the_door):
    answer = amina_at_the_door.get("/accounts/2fa/totp/activate/", follow=True)

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] in {"/accounts/2fa/totp/activate/", "/accounts/reauthenticate/"}


def test_an_official_with_a_second_factor_reaches_the_desk(amina_at_the_door):
    from wildgate.apps.accounts.models import Person
    TOTP.activate(Person.objects.get(email="amina@ma.example"), generate_totp_secret())

    assert amina_at_the_door.get("/cases/").status_code == 200


def test_with_a_second_factor_the_password_alone_is_not_enough(client, cast):
    from wildgate.apps.accounts.models import Person
    TOTP.activate(Person.objects.get(email="amina@ma.example"), generate_totp_secret())

    answer = sign_in(client, "amina@ma.example")

    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/cases/")["Location"].startswith("/accounts/login/")
    assert Authenticator.objects.count() == 1


def test_the_demo_world_goes_without(amina_at_the_door, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)

    assert amina_at_the_door.get("/cases/").status_code == 200


def test_too_many_tries_lock_the_door(client, cast):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "mario@lacuna.example", "wrong")

    assert answer.status_code == 429
    assert sign_in(client, "mario@lacuna.example").status_code == 429


def test_nobody_signs_up_alone(client):
    answer = client.get("/accounts/signup/")

    assert b"<form" not in answer.content.split(b"<main")[1].split(b"</main")[0]
