"""The explorer's pages: right figures, never mixed; every bad question told; what the public and what officials get."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.apps.explorer import records
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.rights import OFFICERS, OFFICIALS
from wildgate.apps.explorer import answering, telling
from wildgate.apps.explorer.answering import Answer
from wildgate.apps.explorer.hiding import Figure
from wildgate.worldtrade.questions import Question
from wildgate.worldtrade.store import store_at

pytestmark = pytest.mark.django_db
WRONG = 422
NOW = datetime.now(UTC).year


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    records.fill(home, NOW)
    return home


@pytest.fixture
def world(filled, settings):
    settings.HOME = filled
    return filled


def told(client, query: str, path: str = "/trade/"):
    answer = client.get(f"{path}?{query}&as=json")
    return answer.status_code, json.loads(answer.content)


def sums(part: list[dict], *keys: str) -> dict:
    return {tuple(each[key] for key in keys): each["quantity"] and Decimal(each["quantity"]) for each in part}


def test_each_side_and_each_unit_is_added_by_itself(client, world):
    _, live = told(client, "taxon=python+regius")
    _, skins = told(client, "taxon=Python+regius&term=SKI")
    _, weighed = told(client, "taxon=Python&term=SKI&unit=KGM")

    assert (live["term"], live["unit"], live["reporter"]) == ("LIV", "NAR", "I")
    assert sums(live["trend"], "reporter", "year") == {("I", 2015): 107, ("E", 2015): 90, ("I", 2017): 81}
    assert sums(live["exporters"], "exporter") == {("GH",): 107, ("TG",): 80, ("XX",): 1}
    assert sums(live["flows"], "exporter", "importer")["GH", "US"] == 100
    assert sums(live["mix"], "year", "source") == {
        (2015, "W"): 107, (2017, "W"): 1, (2017, "R"): 50, (2017, "C"): 30}
    assert sums(skins["trend"], "reporter", "year") == {("I", 2016): 8, ("I", 2017): 40}
    assert sums(weighed["trend"], "reporter", "year") == {("I", 2017): 6}
    assert [(each["term"], each["unit"], each["records"]) for each in live["choices"]] == [
        ("LIV", "NAR", 6), ("SKI", "NAR", 2), ("SKI", "KGM", 1)]


def test_the_page_says_in_words_what_it_shows_and_holds_its_own_address(client, world, settings):
    answer = client.get("/trade/?until=2017&taxon=Python&source=&since=2015")
    words = page_text(answer)

    assert "Importers reported 188 in 2015–2017, on 5 records." in words
    assert "By what importers reported: It came mostly from Ghana (56 %), Togo (42 %), Unknown (under 1 %)." in words
    assert "two reports of the same trade and are never added" in words
    assert "shipments.csv" in words
    assert "Not on the map: Unknown 1." in words
    canonical = f'rel="canonical" href="{settings.BASE_URL}/trade/?taxon=Python&amp;since=2015&amp;until=2017"'
    assert canonical in answer.content.decode()
    assert answer.content.count(b"<table") == answer.content.count(b'<figure class="plot"') == 5


@pytest.mark.parametrize(("query", "sums"), [
    ("taxon=Python&reporter=E", "Exporters reported 90 in 2015"),
    ("taxon=Python&term=SKI", "Importers reported 48 in")])
def test_no_side_is_named_where_nothing_is_told_of_it(client, world, query, sums):
    words = page_text(client.get(f"/trade/?{query}"))

    assert sums in words
    assert "By what importers reported:" not in words and "By what exporters reported:" not in words


def test_years_and_shares_name_the_side_that_they_are_of():
    def of(side: str, *amounts: int) -> tuple[Figure, ...]:
        return tuple(Figure((side, str(2010 + at)), Decimal(amount), 1) for at, amount in enumerate(amounts))

    def words(side: str, trend: tuple[Figure, ...]) -> list[str]:
        return telling.sentences(Answer(Question(), side, trend=trend))

    importers, exporters = of("I", 900, 900, 900, 900, 900), of("E", 1, 2, 9, 3, 4)

    assert words("E", importers + exporters)[2:] == [
        "By what exporters reported:", "The highest year was 2012 with 9; in 2014 it was 4."]
    assert words("I", importers + exporters)[2] == "By what importers reported:"
    assert "By what exporters reported:" not in words("E", exporters)


def test_every_bad_part_of_a_question_gets_a_sentence(client, world):
    status, found = told(client, "exporter=Q1&importer=U&term=%3Cx%3E&since=1215&until=x&source=8&purpose=!&reporter=Z"
                                 "&records=all&taxon=%00&origin=ZZZ&unit=%22")

    assert status == WRONG
    assert {each["field"] for each in found["errors"]} == {
        "exporter", "importer", "term", "since", "until", "source", "purpose", "reporter", "records", "taxon", "origin",
        "unit"}
    assert all(re.fullmatch(r"[A-Z].+[.]", each["reason"]) for each in found["errors"])
    page = client.get("/trade/?since=2019&until=2003")
    assert page.status_code == WRONG
    assert "The last year lies before the first one." in page_text(page)


def test_an_unknown_name_leads_to_names_of_the_records(client, world):
    page = client.get("/trade/?taxon=black+bear&since=2000")

    assert re.search(r'href="\?taxon=Ursus\+americanus&amp;since=2000"', page.content.decode())
    status, found = told(client, "taxon=xyzzy")
    assert (status, found["errors"][0]["field"]) == (404, "taxon")


def test_trophies_of_few_are_left_out_for_the_public_and_told_to_officials(client, desk, world):
    query = "taxon=Ursus+americanus&purpose=H"
    _, public = told(client, query)
    _, whole = told(desk("amina"), query, "/trade/desk/")

    assert sums(public["importers"], "importer") == {("DE",): 9, ("FR",): None, ("AT",): None}
    assert public["hidden_below"] == 5
    assert sums(whole["importers"], "importer") == {("DE",): 9, ("FR",): 6, ("AT",): 1}
    assert whole["hidden_below"] is None
    assert "rest on fewer than 5 records are left out" in page_text(client.get(f"/trade/?{query}"))


def test_the_public_sees_own_records_of_published_years_only_and_months_of_enough(client, desk, world):
    _, public = told(client, "taxon=Caiman+latirostris&records=own")
    _, whole = told(desk("ana"), "taxon=Caiman+latirostris&records=own", "/trade/desk/")

    assert sums(public["trend"], "reporter", "year") == {("E", 2019): 134}
    assert sums(public["months"], "reporter", "month") == {("E", 1): None, ("E", 2): None, ("E", 3): None, ("E", 4): 60}
    assert public["sets"] == []
    assert sums(whole["trend"], "reporter", "year") == {("E", 2019): 134, ("E", NOW): 500}
    assert "15 rows" not in page_text(client.get("/trade/"))


def test_the_file_has_the_records_and_the_public_none_of_persons_or_ours(client, desk, world):
    def taken(browser, query):
        answer = browser.get(f"/trade/rows.csv?{query}")
        return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert sorted(row["quantity"] for row in taken(client, "taxon=Python+regius&term=LIV")) == [
        "100", "30", "50", "7", "90"]
    assert taken(client, "taxon=Caiman+latirostris&records=own&all=1") == []
    assert len(taken(desk("amina"), "taxon=Caiman+latirostris&records=own&all=1")) == 15
    assert client.get("/trade/rows.csv").status_code == 404
    assert taken(desk("mario"), "taxon=Caiman+latirostris&records=own&all=1") == []


def test_an_answer_is_kept_until_the_store_changes(world):
    folder, question = world / "trade", Question(taxon="Python regius")
    first = answering.answer(folder, question, official=True, published=2019)

    assert answering.answer(folder, question, official=True, published=2020) is first
    assert answering.answer(folder, question, official=False, published=2019) is not first


def test_the_desk_is_for_officials_and_the_button_for_officers(desk, cast, world):
    opened = {name for name in cast if desk(name).get("/trade/desk/").status_code != NOT_ALLOWED}
    pressed = {name for name in cast if desk(name).post("/trade/desk/refresh/").status_code != NOT_ALLOWED}

    assert opened == {name for name, actor in cast.items() if actor.has(*OFFICIALS)}
    assert pressed == {name for name, actor in cast.items() if actor.has(*OFFICERS, Role.ADMINISTRATOR)}
    assert "mario" not in opened


@pytest.mark.parametrize(("path", "queries"), [
    ("/trade/?taxon=Python+regius", 0), ("/trade/", 0), ("/trade/species/Python%20regius/", 12)])
def test_a_page_asks_the_register_little(client, world, path, queries, django_assert_max_num_queries):
    client.get(path)

    with django_assert_max_num_queries(queries):
        assert client.get(path).status_code == 200


def test_an_empty_store_says_how_records_are_loaded(client, tmp_path, settings):
    settings.HOME = tmp_path

    assert "wildgate trade load" in page_text(client.get("/trade/"))
    assert client.get("/trade/?taxon=Python").status_code == 200
    assert client.get("/trade/species/Python%20regius/").status_code == 200
    assert store_at(tmp_path / "trade").sets() == ()


def test_the_story_of_a_species_joins_law_and_trade(client, world):
    words = page_text(client.get("/trade/species/Python%20regius/"))

    assert "It stands in Appendix II" in words
    assert "Importers reported 188 in 2015–2017, on 5 records." in words
    assert "% of it was: W · Taken from the wild." in words
    assert "skin (number of specimens)" in words
    assert "500" not in page_text(client.get("/trade/species/Caiman%20latirostris/")).replace("1,500", "")
    assert client.get("/trade/species/No%20such%20thing/").status_code == 404
