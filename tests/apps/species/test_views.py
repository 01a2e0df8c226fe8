"""The species pages: a name found by whatever was typed, a list of names checked and taken along."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.species import name_lists
from wildgate.kit import jobs
from wildgate.kit.uploads.models import Upload

pytestmark = pytest.mark.django_db
REFUSED = 422
OFFICIALS = {"amina", "bo", "ito", "flora", "jean", "ana", "sam", "nadia", "tomas", "ines"}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path


def hand_in(browser, text: str, name: str = "list.csv"):
    return browser.post("/species/lists/", {"file": SimpleUploadedFile(name, text.encode())}, follow=True)


@pytest.mark.parametrize(("typed", "accepted", "by"), [
    ("Loxodonta africana", "Loxodonta africana", "scientific name"),
    ("L. africana", "Loxodonta africana", "abbreviation"),
    ("Loxodonta africna", "Loxodonta africana", "misspelling"),
    ("éléphant d'Afrique", "Loxodonta africana", "common name (French)"),
    ("Aliger gigas", "Strombus gigas", "synonym"),
])
def test_the_search_says_by_what_it_found_a_name(desk, typed, accepted, by):
    answer = desk("amina").get("/species/", {"q": typed})

    assert answer.context["matches"][0].accepted == accepted
    assert by in page_text(answer)


@pytest.mark.parametrize("typed", ["qqqqzzzz", "\x00", "<b>x</b>" * 40])
def test_nothing_found_is_told_as_unknown_not_as_unlisted(desk, typed):
    answer = desk("mario").get("/species/", {"q": typed})

    assert answer.status_code == 200
    assert "<b>x" not in answer.content.decode()


def test_lists_are_for_officials(desk, cast):
    assert {name for name in cast if desk(name).get("/species/lists/").status_code == 200} == OFFICIALS
    assert desk("mario").get("/species/lists/").status_code == NOT_ALLOWED


def test_a_short_list_is_answered_at_once_with_what_needs_a_person(desk):
    answer = hand_in(desk("amina"), "Scientific name\nLoxodonta africana\nPanthera tigriss\nZzz yyy\n")

    rows = [(row["name"], row["accepted_name"], row["appendix"], row["needs_a_person"])
            for row in answer.context["page"]]
    assert rows[0] == ("Loxodonta africana", "Loxodonta africana", "I/II", "no")
    assert rows[1][:2] == ("Panthera tigriss", "Panthera tigris")
    assert rows[2][3] == "yes"
    assert "3 names were checked; 1 need" in page_text(answer)


def test_the_file_to_take_along_holds_the_answers_and_no_formula(desk):
    page = hand_in(desk("amina"), 'Scientific name\nPython regius\n"=HYPERLINK(1)"\n', "our names.csv")

    answer = desk("amina").get(page.request["PATH_INFO"] + "answers.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["accepted_name"], rows[0]["appendix"], rows[0]["row"]) == ("Python regius", "II", "2")
    assert rows[1]["name"] == "'=HYPERLINK(1)"
    assert 'filename="our names-checked.csv"' in answer["Content-Disposition"]


def test_why_is_told_in_the_readers_language_and_the_file_stays_as_it_was_written(desk):
    amina = desk("amina")
    page = hand_in(amina, "Scientific name\nZzz yyy\nAliger gigas\nPython regius\n")
    address = page.request["PATH_INFO"]

    rows = [row["reason"] for row in amina.get(address, HTTP_ACCEPT_LANGUAGE="fr").context["page"]]
    found = page_text(amina.get("/species/", {"q": "Aliger gigas"}, HTTP_ACCEPT_LANGUAGE="fr"))
    Upload.objects.get().folder.joinpath(name_lists.WORDS).unlink()
    older = amina.get(address, HTTP_ACCEPT_LANGUAGE="fr").context["page"]

    assert rows[0] == "Aucun nom ne lui ressemble."
    assert rows[1] == ("Aliger gigas est un synonyme\u00a0; le nom accepté est Strombus gigas (selon la table de noms "
                       "fournie).")
    assert " ".join(rows[1].split()) in found
    assert next(row["reason"] for row in older) == "No name is like it."


def test_only_what_needs_a_person_can_be_shown(desk):
    page = hand_in(desk("amina"), "Scientific name\nPython regius\nZzz yyy\n")

    answer = desk("amina").get(page.request["PATH_INFO"], {"show": "open"})

    assert [row["name"] for row in answer.context["page"]] == ["Zzz yyy"]


def test_a_long_list_is_checked_by_a_job_with_progress(desk, monkeypatch):
    monkeypatch.setattr(name_lists, "SMALL", 10)
    waiting = hand_in(desk("amina"), "Scientific name\n" + "Python regius\n" * 30)

    jobs.run_pending()
    done = desk("amina").get(waiting.request["PATH_INFO"])

    assert "data-progress" in waiting.content.decode()
    assert "data-progress" not in done.content.decode()
    assert len(done.context["page"]) == 30


@pytest.mark.parametrize(("text", "name"), [("", "a.csv"), ("\n\n", "a.csv"), ("PK\x03\x04broken", "a.xlsx")])
def test_what_is_no_list_is_one_sentence_beside_the_field(desk, text, name):
    answer = hand_in(desk("amina"), text, name)

    assert answer.status_code == REFUSED
    assert answer.context["fault"].reason.endswith(".")
    assert not Upload.objects.exists()


def test_nobody_else_sees_a_list(desk):
    page = hand_in(desk("amina"), "Scientific name\nPython regius\n")
    address = page.request["PATH_INFO"]

    assert desk("bo").get(address).status_code == 404
    assert desk("bo").get(address + "answers.csv").status_code == 404
    assert desk("bo").get("/species/lists/").context["earlier"] == []


def test_the_pages_ask_the_database_little(desk, django_assert_num_queries):
    browser = desk("amina")
    page = hand_in(browser, "Scientific name\nPython regius\n").request["PATH_INFO"]
    browser.get("/species/", {"q": "python"})

    with django_assert_num_queries(5):  # session, person, posts, unread letters; the newest import
        browser.get("/species/", {"q": "python"})
    with django_assert_num_queries(5):
        browser.get("/species/lists/")
    with django_assert_num_queries(5):
        browser.get(page)
