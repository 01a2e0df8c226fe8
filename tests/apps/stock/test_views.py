"""Stock on screen: the holder declares, converts, writes off and draws; the officer releases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.stock.goods import STRAPS, balance, declared, re_export, released
from tests.cast import NOON, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.apps.stock.models import StockEntry, StockWindow

pytestmark = pytest.mark.django_db
REFUSED = 422


def form(cast, **more):
    return {**STRAPS, "kind": "import", "organisation": str(min(cast["mario"].organisations)), **more}


def draft(cast, answers) -> str:
    case = permits.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    permits.save_answers(actor=cast["mario"], case=case.number, answers=answers, at=NOON)
    return case.number


def test_a_declaration_goes_from_the_holder_to_the_officer_and_back(cast, desk):
    mario, amina = desk("mario"), desk("amina")

    answer = mario.post("/stock/declare/", form(cast), follow=True)
    number = StockEntry.objects.get().number
    assert "once the authority has released it" in page_text(answer)
    assert number in page_text(amina.get("/stock/declarations/"))

    released = amina.post(f"/stock/{number}/decide/", {"do": "release"}, follow=True)
    assert "Released" in page_text(released)
    assert "40 of 40" in page_text(mario.get("/stock/"))


def test_a_wrong_declaration_keeps_what_was_typed_and_names_the_fields(cast, desk):
    answer = desk("mario").post("/stock/declare/", form(cast, quantity="1,500", origin_permit=""))

    assert answer.status_code == REFUSED
    assert "write 1500 or 1.5" in page_text(answer)
    assert "Give the number of the permit" in page_text(answer)
    assert 'value="Customs entry 4711"' in answer.content.decode()
    assert not StockEntry.objects.exists()


def test_declaring_for_another_firm_is_refused(cast, desk):
    answer = desk("mario").post("/stock/declare/", form(cast, organisation="99999"))

    assert answer.status_code == REFUSED
    assert not StockEntry.objects.exists()


def test_the_officer_sees_that_the_goods_are_perhaps_the_same(cast, desk):
    first, second = released(cast), declared(cast["mario"], quantity="39")

    assert first.number in page_text(desk("amina").get(f"/stock/{second.number}/"))


def test_the_entry_shows_its_ledger(cast, desk):
    entry = released(cast)
    number = submitted(cast, NOON, re_export(stock=entry.number))

    text = page_text(desk("mario").get(f"/stock/{entry.number}/"))

    assert f"{number} · A" in text
    assert "Of what is bound, 20 is put aside" in text
    assert "put aside" in text


def test_a_conversion_by_form(cast, desk):
    skins = released(cast, term="SKI", quantity="10")
    page = f"/stock/{skins.number}/convert/"
    mario = desk("mario")

    many = mario.post(page, {"given": "11", "term": "LPS", "quantity": "20", "unit": "NAR"})
    done = mario.post(page, {"given": "2", "term": "LPS", "quantity": "60", "unit": "NAR"}, follow=True)

    assert (many.status_code, "10 of 10 left" in page_text(many)) == (REFUSED, True)
    assert "yield 30" in page_text(done)
    assert balance(skins).used == 2


def test_a_loss_by_form(cast, desk):
    entry = released(cast)
    page = f"/stock/{entry.number}/write-off/"

    over = desk("mario").post(page, {"quantity": "41", "why": "lost"})
    done = desk("mario").post(page, {"quantity": "3", "why": "lost"}, follow=True)

    assert over.status_code == REFUSED
    assert "Written off" in page_text(done)
    assert balance(entry).free == 37


def test_a_window_by_form_is_told_to_holders(cast, desk):
    today = NOON.date()
    desk("amina").post("/stock/windows/", {
        "taxon": "Alligator mississippiensis", "adopted_on": str(today - timedelta(days=9)),
        "effective_on": str(today + timedelta(days=80))})

    assert StockWindow.objects.get().taxon == "Alligator mississippiensis"
    assert "Declare your stock of Alligator mississippiensis" in page_text(desk("mario").get("/stock/"))


@pytest.mark.parametrize(("who", "page"), [
    ("jean", "/stock/"), ("mario", "/stock/declarations/"), ("ito", "/stock/declare/"), ("ana", "/stock/windows/")])
def test_desks_stay_apart(cast, desk, who, page):
    assert desk(who).get(page).status_code == NOT_ALLOWED


def test_an_auditor_reads_but_decides_nothing(cast, desk):
    entry = declared(cast["mario"])

    assert "Release this stock" not in page_text(desk("ana").get(f"/stock/{entry.number}/"))
    assert desk("ana").post(f"/stock/{entry.number}/decide/", {"do": "release"}).status_code == NOT_ALLOWED
    assert desk("jean").get(f"/stock/{entry.number}/").status_code == NOT_ALLOWED


def test_the_line_of_a_draft_offers_the_stock_and_takes_its_papers(cast, desk):
    entry = released(cast)
    number = draft(cast, re_export() | {"lines": [{}]})
    page = f"/apply/{number}/line-1/"

    assert f"{entry.number} · Alligator mississippiensis" in page_text(desk("mario").get(page))
    answer = desk("mario").post(page, {"stock": entry.number, "quantity": "20", "origin": "QM"})

    line = Application.objects.get(number=number).answers["lines"][0]
    assert answer["Location"].endswith("/details-1/")
    assert (line["taxon"], line["term"], line["unit"], line["source"], line["origin"]) == (
        "Alligator mississippiensis", "LPS", "NAR", "W", "US")
    assert (line["origin_permit"], line["origin_permit_date"]) == ("25US123456/9", "2026-01-05")
    assert entry.number in page_text(desk("mario").get(f"/apply/{number}/check/"))


def test_a_draft_of_a_holder_without_stock_asks_nothing_about_it(cast, desk):
    number = draft(cast, re_export())

    assert "Taken from your stock" not in page_text(desk("mario").get(f"/apply/{number}/line-1/"))


def test_asking_for_too_much_is_told_on_submit(cast, desk):
    entry = released(cast)
    number = draft(cast, re_export("41", stock=entry.number, origin_permit="25US123456/9"))

    answer = desk("mario").post(f"/apply/{number}/check/", {"declared": "yes"})

    assert answer.status_code == REFUSED
    assert f"40 of 40 left in stock entry {entry.number}" in page_text(answer)
