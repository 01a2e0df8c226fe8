"""Where somebody is signed in: seen with device and network, and ended at once from another browser."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from tests.desks import page_text

from wildgate.apps.accounts.wording import device
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
