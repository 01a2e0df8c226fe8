"""Whoever lands on an address without a page, after signing in again or by a link, is told what to do and led on."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.django_db
PAGE = {"HTTP_ACCEPT": "text/html,application/xhtml+xml"}
FORM = "http://testserver/cases/26QM000001E/?tab=papers"


def led_back_to(answer) -> str:
    assert answer.status_code == 302
    place = urlsplit(answer["Location"])
    assert place.path == "/accounts/login/"
    return parse_qs(place.query)["next"][0]


def test_who_sent_a_form_when_the_session_had_ended_comes_back_to_the_page_of_the_form(client):
    sent = client.post("/cases/26QM000001E/take/", HTTP_REFERER=FORM)

    assert led_back_to(sent) == "/cases/26QM000001E/?tab=papers"


def test_a_page_that_was_asked_for_is_led_back_to_itself_and_not_to_where_the_link_stood(client):
    assert led_back_to(client.get("/cases/?age=old", HTTP_REFERER=FORM)) == "/cases/?age=old"


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/cases/", "javascript:alert(1)"])
def test_nobody_is_led_to_a_page_that_is_not_of_this_house(client, page):
    assert led_back_to(client.post("/cases/26QM000001E/take/", HTTP_REFERER=page)) == "/cases/26QM000001E/take/"


def test_an_address_that_only_takes_a_form_has_a_page_that_leads_to_the_form(desk):
    answer = desk("amina").get("/cases/26QM000001E/take/", **PAGE)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is nothing to see here" in answer.content.decode()
    assert 'href="/cases/26QM000001E/"' in answer.content.decode()


def test_nobody_is_led_where_they_may_not_go(desk):
    answer = desk("mario").get("/organisations/1/decide/", **PAGE)

    assert answer.status_code == 403

    answer = desk("mario").get("/mandates/1/end/", **PAGE)

    assert answer.status_code == 405
    assert 'href="/mandates/"' in answer.content.decode()  # 1/ is no page


def test_an_address_that_only_shows_says_that_nothing_can_be_sent_to_it(desk):
    answer = desk("amina").post("/trade/", **PAGE)

    assert answer.status_code == 405
    assert "Nothing can be sent here" in answer.content.decode()


def test_programs_get_the_bare_answer(desk):
    answer = desk("amina").get("/cases/26QM000001E/take/", HTTP_ACCEPT="application/json")

    assert (answer.status_code, answer.content) == (405, b"")
