"""Sign-in through a national identity provider, against a real one on loopback that can be made to lie."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from joserfc.jwk import ECKey, RSAKey
from tests.desks import page_text
from tests.site.identity_provider import CLIENT, SECRET, Provider

from wildgate.apps.accounts.models import Person
from wildgate.kit.models import Event
from wildgate.site import env
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, CONNECTIONS = "/accounts/oidc/national/login/", "/accounts/3rdparty/"


@pytest.fixture(scope="module")
def _provider():
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with Provider() as provider:
            yield provider


@pytest.fixture
def provider(_provider, settings):
    """The provider as Wildgate's settings name it, telling the truth."""
    _provider.claims, _provider.key, _provider.called = {}, _provider.keys, _provider.issuer
    _provider.person = "citizen-1"
    settings.OIDC_ISSUER, settings.WEBHOOK_LOOPBACK = _provider.issuer, True
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {
        **settings.SOCIALACCOUNT_PROVIDERS["openid_connect"],
        "APPS": [{"provider_id": "national", "name": "National identity", "client_id": CLIENT, "secret": SECRET,
                  "settings": {"server_url": _provider.issuer}}]}}
    return _provider


def at_provider(client, path: str = LOGIN) -> str:
    """To the provider and back: the address that it sends the browser to."""
    there = client.post(path)
    assert there.status_code == 302, there.content
    back = requests.get(there["Location"], allow_redirects=False, timeout=5)
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def came_back(client, path: str = LOGIN):
    return client.get(at_provider(client, path))


def linked(name: str = "mario", identity: str = "citizen-1") -> Person:
    """A person whose identity is linked."""
    person = Person.objects.get(email__startswith=name)
    SocialAccount.objects.create(user=person, provider="national", uid=identity)
    return person


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_a_linked_identity_opens_its_account(client, cast, provider):
    linked()

    answer = came_back(client)

    assert answer.status_code == 302
    assert client.get("/apply/").status_code == 200
    (asked,) = provider.requests[-1:]
    assert (asked["code_challenge_method"], asked["scope"], asked["response_type"]) == ("S256", "openid", "code")


def test_an_identity_that_nobody_linked_opens_nothing_whatever_address_it_claims(client, cast, provider):
    """The provider says that the address is Mario's and verified; that links nothing and makes nothing."""
    people = Person.objects.count()

    answer = came_back(client)

    assert answer.status_code == 401
    assert "opens no account" in page_text(answer)
    assert not signed_in(client)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (people, 0)


def test_the_owner_links_and_ends_the_link(client, cast, provider):
    client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": PASSWORD})
    first = came_back(client, LOGIN + "?process=connect")
    assert first["Location"].startswith("/accounts/reauthenticate/"), "the password once more"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    account = SocialAccount.objects.get()
    assert (account.user.email, account.uid, account.extra_data) == ("mario@lacuna.example", "citizen-1", {})
    assert "Linked since" in page_text(client.get(CONNECTIONS))
    client.post(CONNECTIONS, {"account": account.pk})
    assert not SocialAccount.objects.exists()
    assert set(Event.objects.filter(kind__startswith="identity-").values_list("kind", "data")) == {
        ("identity-linked", "{}"), ("identity-unlinked", "{}")}


def test_an_identity_of_another_is_not_linked_twice(client, cast, provider):
    linked("amina")
    client.post("/accounts/login/", {"login": "mario@lacuna.example", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    came_back(client, LOGIN + "?process=connect")

    assert SocialAccount.objects.get().user.email == "amina@ma.example"


LIES = {
    "another issuer": {"iss": "https://id.example.org"},
    "another audience": {"aud": ["somebody-else"]},
    "made for another party": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
    "expired": {"exp": int(time.time()) - 3600},
    "from the future": {"nbf": int(time.time()) + 3600},
    "another nonce": {"nonce": "of another question"},
    "an empty nonce": {"nonce": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_opens_nothing(client, cast, provider, lie):
    linked()
    provider.claims = LIES[lie]

    answer = came_back(client)

    assert answer.status_code == 401, lie
    assert not signed_in(client)


@pytest.mark.parametrize("key", [RSAKey, ECKey])
def test_a_token_of_another_key_opens_nothing(client, cast, provider, key):
    linked()
    provider.key = RSAKey.generate_key(2048, {"kid": "one"}) if key is RSAKey else ECKey.generate_key("P-256")

    assert came_back(client).status_code == 401
    assert not signed_in(client)


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(client, cast, provider):
    linked()
    back = at_provider(client)
    provider.called = "https://id.example.org"

    assert client.get(back).status_code == 401
    assert not signed_in(client)


def test_a_provider_that_is_down_is_said_to_be(client, cast, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"

    answer = client.post(LOGIN)

    assert answer.status_code == 401
    assert "Try again" in page_text(answer)


@pytest.mark.parametrize(("address", "fine"), [
    ("https://id.example.org", True), ("http://127.0.0.1:9000", True), ("http://id.example.org", False), ("", True)])
def test_a_provider_is_trusted_over_https_only(address, fine):
    if fine:
        assert env.issuer({"WILDGATE_OIDC_ISSUER": address}) == address
    else:
        with pytest.raises(SystemExit, match="https"):
            env.issuer({"WILDGATE_OIDC_ISSUER": address})


def test_an_answer_holds_for_the_browser_and_the_question_it_belongs_to(client, cast, provider):
    linked()
    back = at_provider(client)
    state = parse_qs(urlsplit(back).query)["state"][0]

    assert Client().get(back).status_code == 401, "another browser"
    assert client.get(back.replace(state, "x" * len(state))).status_code == 401, "another state"
    assert client.get(back).status_code == 302
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 401, "played again"


def test_a_visitor_adds_nothing_to_what_is_asked(client, cast, provider):
    linked()
    came_back(client, LOGIN + "?scope=openid,email,admin&auth_params=nonce%3Dmine%26prompt%3Dnone&process=redirect")

    asked = provider.requests[-1]
    assert asked["scope"] == "openid"
    assert asked["nonce"] != "mine"
    assert "prompt" not in asked
    assert signed_in(client)


def test_an_official_is_still_asked_for_the_second_factor(client, cast, provider):
    amina = linked("amina")
    assert came_back(client).status_code == 302
    assert client.get("/cases/")["Location"] == "/accounts/2fa/totp/activate/", "none set up yet"

    TOTP.activate(amina, generate_totp_secret())
    anew = Client()
    assert came_back(anew)["Location"].startswith("/accounts/2fa/authenticate/")
    assert anew.get("/cases/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("guarded", [False, True])
def test_a_provider_that_asks_for_two_factors_itself_is_enough_where_the_settings_say_so(client, cast, provider,
                                                                                         settings, guarded):
    settings.OIDC_STRONG = True
    amina = linked("amina")
    if guarded:
        TOTP.activate(amina, generate_totp_secret())

    came_back(client)
    assert client.get("/organisations/").status_code == 200

    with_password = Client()
    answer = with_password.post("/accounts/login/", {"login": "amina@ma.example", "password": PASSWORD})
    assert "/2fa/" in (answer["Location"] if guarded else with_password.get("/organisations/")["Location"])


def test_a_closed_account_stays_closed(client, cast, provider):
    mario = linked()
    Person.objects.filter(pk=mario.pk).update(is_active=False)

    came_back(client)

    assert not signed_in(client)


def test_without_a_provider_there_is_nothing_to_find(client, cast):
    assert client.post(LOGIN).status_code == 404
    assert b"National identity" not in client.get("/accounts/login/").content
