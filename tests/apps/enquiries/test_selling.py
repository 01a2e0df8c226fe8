"""Before a sale: three questions, then papers, the earliest date, the fee, and an application with the answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.apps.enquiries.enquirer import Traveller
from tests.apps.houserules.house import entered
from tests.desks import page_text

from wildgate.apps.enquiries import answering, selling, state
from wildgate.apps.permits.models import Application

pytestmark = pytest.mark.django_db
SKINS = "Varanus salvator|SKI|skin"


class Seller(Traveller):
    """Somebody who begins with the three questions."""

    def __init__(self, client):
        super().__init__(client)
        self.answer = client.get("/check/sale/")

    def sells(self, words="40 water monitor skins", sender="QM", receiver="QZ", which=None):
        self.goes_on(words=words, sender=sender, receiver=receiver)
        which = which or re.search(r'name="which-0"[^>]*value="([^"]+)"', self.html)[1]
        return self.goes_on(which_0=which, amount_0="40", unit_0="NAR")


def test_three_questions_give_papers_date_and_fee(client, cast, at):
    entered(cast, "service-time", {"days": "10", "direction": "export"})
    entered(cast, "tariff", {"currency": "QML", "base": "40", "per_line": "5", "lines_included": "1"})

    page = page_text(Seller(client).sells().answer)

    assert "Export permit from Demoland" in page
    assert "40.00 QML" in page
    assert re.search(r"we decide by \d+ \w+ \d{4}, if nothing is missing", page)
    assert "as if it were taken from the wild" in page


def test_what_the_house_has_not_laid_down_is_said(client, cast):
    page = page_text(Seller(client).sells().answer)

    assert "No time is promised" in page
    assert "No fee is laid down" in page


@pytest.mark.parametrize(("fields", "fault"), [
    ({"words": ""}, "id_words"), ({"receiver": ""}, "id_receiver"), ({"receiver": "QM"}, "id_receiver")])
def test_a_question_without_an_answer_is_asked_again(client, cast, fields, fault):
    seller = Seller(client)

    seller.goes_on(**{"words": "40 water monitor skins", "sender": "QM", "receiver": "QZ", **fields})

    assert seller.answer.status_code == 422
    assert f'href="#{fault}"' in seller.html
    assert seller.step == "sale"


def test_saying_more_asks_the_details_and_changes_the_answer(client, cast):
    seller = Seller(client).sells().goes_on(do="details")
    assert seller.step == "details-0"

    seller.goes_on(origin="QM", source="bred", acquired="")

    enquiry = state.read(seller.so_far)
    begun = selling.answers_of(enquiry, answering.answer(enquiry, "QM"), "QM")
    assert begun["lines"][0]["source"] == "C"


def test_nothing_is_offered_where_another_country_issues(client, cast):
    seller = Seller(client).sells(sender="QZ", receiver="FR")

    assert seller.answer.context["offer"] is None


def test_the_answers_go_along_through_signing_in(client, desk, cast):
    seller = Seller(client).sells()

    kept = client.post("/check/carry/", {"so_far": seller.so_far})
    door = client.get(kept["Location"])

    assert door["Location"].startswith("/accounts/login/?next=/check/apply/")
    assert "water monitor" not in str(state.read(client.session["enquiry"]))

    mario = desk("mario")
    mario.post("/check/carry/", {"so_far": seller.so_far})
    asked = mario.get("/check/apply/")
    assert not Application.objects.exists()
    mario.post("/check/apply/", {"organisation": asked.context["organisations"][0].pk})

    draft = Application.objects.get()
    assert (draft.state, draft.direction, draft.other_country) == ("draft", "export", "QZ")
    assert draft.answers["lines"] == [{"taxon": "Varanus salvator", "term": "SKI", "quantity": "40", "unit": "NAR",
                                       "origin": "QM"}]
    assert draft.answers["purpose"] == "T"
    assert mario.get("/check/apply/").status_code == 302


def test_another_firm_cannot_be_chosen(client, desk, cast):
    seller, mario = Seller(client).sells(), desk("mario")
    mario.post("/check/carry/", {"so_far": seller.so_far})

    answer = mario.post("/check/apply/", {"organisation": "2"})

    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_the_earliest_date_skips_days_off(client, cast, at):
    entered(cast, "service-time", {"days": "3", "direction": "export"})
    enquiry = state.read(Seller(client).sells().so_far)
    monday = at.date() + timedelta(days=(7 - at.date().weekday()) % 7 + 7)

    offer = selling.offer(enquiry, answering.answer(enquiry, "QM"), "QM", monday + timedelta(days=3))

    assert offer.decided_by == monday + timedelta(days=8)
