"""Fees on screen: the holder pays at the test bank, officers record receipts, the accountant gets the day's file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from tests.apps.fees.bills import charged, tariff
from tests.apps.houserules.house import TODAY, entered
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.fees.models import Charge, Payment

pytestmark = pytest.mark.django_db
REFUSED = 422


@pytest.fixture
def fee(cast):
    tariff(cast)
    return charged(cast)


def hidden(answer, button) -> dict[str, str]:
    form = next(part for part in answer.content.decode().split("<form")[1:] if f">{button}<" in part)
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_the_holder_pays_at_the_test_bank(cast, desk, fee):
    entered(cast, "text", {"name": "payment", "texts": {"en": "At the desk or here."}})
    mario = desk("mario")
    page = page_text(mario.get(f"/fees/{fee.pk}/"))
    bank = mario.post(f"/fees/{fee.pk}/pay/", {"provider": "test"}, follow=True)
    back = mario.post("/fees/confirm/test/", hidden(bank, "Pay"), follow=True)

    assert "45.00 QML" in page
    assert "At the desk or here." in page
    assert "No money moves" in page_text(bank)
    assert "Paid" in page_text(back)
    assert "The payment was received." in page_text(back)
    assert back.redirect_chain[-1][0] == f"/fees/{fee.pk}/"
    assert Charge.objects.get().state == "paid"


def test_the_providers_message_needs_no_session_but_its_proof(cast, desk, fee):
    bank = desk("mario").post(f"/fees/{fee.pk}/pay/", {"provider": "test"}, follow=True)
    message, stranger = hidden(bank, "Pay"), Client(enforce_csrf_checks=True)
    forged = stranger.post("/fees/confirm/test/", {**message, "amount": "1", "back": ""})
    elsewhere = {**message, "back": "https://evil.example/"}
    right = stranger.post("/fees/confirm/test/", elsewhere)

    assert (forged.status_code, forged.json()["code"]) == (REFUSED, "not-the-provider")
    assert right.json() == {"state": "paid"}
    assert stranger.post("/fees/confirm/gold/", message).status_code == 404


def test_whoever_comes_back_from_the_bank_is_told_in_words(cast, desk, fee):
    mario = desk("mario")
    bank = mario.post(f"/fees/{fee.pk}/pay/", {"provider": "test"}, follow=True)
    told = [page_text(mario.post("/fees/confirm/test/", hidden(bank, button) | more, follow=True)) for button, more in (
        ("Pay", {"amount": "1"}), ("Do not pay", {}), ("Pay", {}))]

    assert "was changed." in told[0]
    assert "Nothing was paid. You can try again." in told[1]
    assert "This payment has ended already, and otherwise." in told[2]
    assert Charge.objects.get().state == "due"


def test_outside_the_demo_there_is_no_test_bank(cast, desk, fee, settings):
    mario = desk("mario")
    bank = mario.post(f"/fees/{fee.pk}/pay/", {"provider": "test"}, follow=True)
    settings.DEMO = False

    assert mario.post("/fees/confirm/test/", hidden(bank, "Pay")).status_code == 404
    assert mario.post(f"/fees/{fee.pk}/pay/", {"provider": "test"}).status_code == 404
    assert Charge.objects.get().state == "due"


def test_the_officer_records_a_receipt_and_is_told_what_is_wrong(cast, desk, fee):
    amina = desk("amina")
    wrong = amina.post(f"/fees/{fee.pk}/", {"do": "receive", "receive-reference": "R-7", "receive-amount": "44",
                                           "receive-paid_on": TODAY.isoformat()})
    right = amina.post(f"/fees/{fee.pk}/", {"do": "receive", "receive-reference": "R-7", "receive-amount": "45.00",
                                           "receive-paid_on": TODAY.isoformat()}, follow=True)

    assert wrong.status_code == REFUSED
    assert "is not what is to be paid: 45.00 QML" in page_text(wrong)
    assert 'value="R-7"' in wrong.content.decode()
    assert "The receipt is recorded" in page_text(right)


def test_a_waiver_and_its_reason_are_seen_by_the_holder(cast, desk, fee):
    desk("amina").post(f"/fees/{fee.pk}/", {"do": "waive", "waive-reason": "A museum."})

    text = page_text(desk("mario").get(f"/fees/{fee.pk}/"))
    assert "Waived" in text
    assert "A museum." in text
    assert "Pay now" not in text


def test_the_accountants_file_holds_the_day_and_no_formula(cast, desk, fee):
    Organisation.objects.update(name="=cmd()")
    desk("amina").post(f"/fees/{fee.pk}/", {"do": "receive", "receive-reference": "+R-7", "receive-amount": "45",
                                           "receive-paid_on": TODAY.isoformat()})
    answer = desk("bo").get(f"/fees/receipts.csv?on={TODAY}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))

    assert [(row["application"], row["amount"], row["currency"], row["way"]) for row in rows] == [
        ("QM-A-2026-000001", "45.00", "QML", "in")]
    assert (rows[0]["organisation"], rows[0]["reference"]) == ("'=cmd()", "'+R-7")
    assert len(desk("bo").get("/fees/receipts.csv?on=2020-01-01").content.decode().splitlines()) == 1


def test_the_list_is_filtered_and_shows_own_fees_only(cast, desk, fee):
    charged(cast, "QM-A-2026-000002")
    Charge.objects.filter(pk=fee.pk).update(state="paid")
    other = Organisation.objects.exclude(pk__in=cast["mario"].organisations).first()
    Charge.objects.create(party="QM", subject="application:QM-A-2026-000003", organisation=other, amount=1,
                          currency="QML", made_at=fee.made_at)

    def numbers(who, query=""):
        return set(re.findall(r"QM-A-2026-\d+", page_text(desk(who).get(f"/fees/{query}"))))

    assert numbers("mario") == {"QM-A-2026-000001", "QM-A-2026-000002"}
    assert numbers("amina") == {f"QM-A-2026-00000{n}" for n in (1, 2, 3)}
    assert numbers("amina", "?state=open") == {"QM-A-2026-000002", "QM-A-2026-000003"}
    assert numbers("amina", "?state=due&q=000003") == {"QM-A-2026-000003"}
    assert desk("mario").get(f"/fees/{Charge.objects.get(organisation=other).pk}/").status_code == 404


@pytest.mark.parametrize(("who", "page"), [
    ("jean", "/fees/"), ("ito", "/fees/"), ("mario", "/fees/receipts.csv"), ("amina", "/fees/bank/")])
def test_desks_stay_apart(cast, desk, who, page):
    assert desk(who).get(page).status_code == NOT_ALLOWED


def test_a_page_asks_as_often_for_many_fees_as_for_few(cast, desk, fee, django_assert_max_num_queries):
    def ask() -> tuple[int, int]:
        counts = []
        for page in ("/fees/", f"/fees/{fee.pk}/"):
            with django_assert_max_num_queries(30) as asked:
                assert desk("amina").get(page).status_code == 200
            counts.append(len(asked))
        return counts[0], counts[1]

    desk("amina").get("/fees/")
    few = ask()
    for n in range(5):
        charged(cast, f"QM-A-2026-10000{n}")
        Payment.objects.create(party="QM", charge=fee, provider="test", reference=str(n), state="failed", amount=1,
                               currency="QML", at=fee.made_at)
    assert ask() == few
