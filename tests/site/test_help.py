"""The guides in the app: whole, searched in the reader's language, true to the addresses, and beside the fields."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.utils.translation import override

from wildgate.site import guidebook
from wildgate.site.help_topics import INPUTS, TOPICS

TRANSLATED = {(name, path.suffixes[-2].strip(".")) for path in guidebook.FOLDER.glob("*.*.md")
              for name in [path.name.partition(".")[0]]}
ADDRESS = re.compile(r"`(/[a-z0-9/-]*/)`")


def test_every_reader_has_a_guide_and_every_file_is_read():
    files = {path.name.partition(".")[0] for path in guidebook.FOLDER.glob("*.md")}

    assert files == set(guidebook.READERS) == {book.reader for book in guidebook.shelf("en")}
    assert {("trader", "fr"), ("trader", "es"), ("trader", "ar"), ("officer", "fr"), ("officer", "es")} <= TRANSLATED


@pytest.mark.parametrize(("reader", "language"), sorted(TRANSLATED))
def test_a_translation_has_the_sections_and_addresses_of_the_english_guide(reader, language):
    ours, english = guidebook.guide(reader, language), guidebook.guide(reader, "en")

    assert ours.language == language
    assert [each.anchor for each in ours.sections] == [each.anchor for each in english.sections]
    assert all(a.title != b.title for a, b in zip(ours.sections, english.sections, strict=True))
    for a, b in zip(ours.sections, english.sections, strict=True):
        assert set(re.findall(r'href="(/[^"]*)"', a.html)) == set(re.findall(r'href="(/[^"]*)"', b.html)), b.anchor


@pytest.mark.parametrize("path", sorted(guidebook.FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_every_address_and_link_in_a_guide_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")

    assert [each for each in ADDRESS.findall(text) if not guidebook.leads_somewhere(each)] == []
    for name, _hash, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", text)):
        book = guidebook.guide(name.removesuffix(".md"), "en")
        assert book, name
        assert not anchor or anchor in {each.anchor for each in book.sections}


@pytest.mark.parametrize(("language", "question", "anchor"), [
    ("en", "how do I report my permit lost?", "report-a-permit-lost"),
    ("en", "countersign", "countersign"),
    ("en", "no signal", "check-a-permit-with-no-signal"),
    ("en", "stolen key", "stolen-at-night"),
    ("en", "APPLYING for export", "apply-for-an-export-permit"),
    ("fr", "declarer permis perdu", "report-a-permit-lost"),
    ("fr", "pepinieres", "keep-quotas-registers-and-rules"),
    ("es", "pais de origen", "tell-origin-from-last-re-export"),
    ("ar", "فقدان التصريح", "report-a-permit-lost"),
    ("ar", "مخزون", "keep-stock-and-specimens"),
])
def test_search_finds_the_task_without_accents_or_articles(language, question, anchor):
    assert anchor in [hit.section.anchor for hit in guidebook.search(question, language)[:3]]


def test_ones_own_guide_comes_first_where_two_answer_as_well():
    def first(*roles: str) -> str:
        return guidebook.search("permit", "en", frozenset(roles))[0].guide.reader

    assert first("trader") == "trader"
    assert first("customs") == "customs"


@pytest.mark.parametrize("question", ["xyzzy", "?", "", " "])
def test_what_no_guide_says_is_not_found(question):
    assert guidebook.search(question, "en") == []


def test_markup_in_a_guide_stays_text(tmp_path, monkeypatch):
    text = "<script>alert(1)</script> [x](javascript:alert(1)) `/nowhere/`"
    (tmp_path / "trader.md").write_text(f"# T\n\n## S\n\n{text}\n")
    monkeypatch.setattr(guidebook, "FOLDER", tmp_path)
    guidebook.guide.cache_clear()

    html = guidebook.guide("trader", "en").sections[0].html

    guidebook.guide.cache_clear()
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert '<code dir="ltr">/nowhere/</code>' in html


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_beside_a_field_leads_to_its_section(name):
    topic = TOPICS[name]

    assert topic.anchor in {each.anchor for each in guidebook.guide(topic.reader, "en").sections}


def test_help_stands_beside_a_field_by_its_name_and_nowhere_else():
    def shown(topic: str, **context: object) -> str:
        return Template("{% load help %}{% help topic %}").render(Context({"topic": topic, **context}))

    assert set(INPUTS.values()) <= set(TOPICS)
    assert "<details" in shown("source")
    assert "/help/trader/#choose-the-source-code" in shown("source")
    assert shown("other_name").strip() == ""
    assert shown("source", no_help=1).strip() == ""


def test_the_application_shows_help_without_a_script(cast, desk, at):
    from wildgate.apps.permits import services
    mario = desk("mario")
    draft = services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=at)

    page = mario.get(f"/apply/{draft.number}/line-1/").content.decode()

    assert page.count('<details class="help">') >= 4


@pytest.mark.django_db
def test_the_index_searches_and_names_what_is_not_translated(client):
    with override("ar"):
        page = client.get("/help/", {"q": "فقدان"}, headers={"accept-language": "ar"}).content.decode()

    assert '<a href="/help/trader/#report-a-permit-lost">' in page
    assert 'lang="en" dir="ltr"' in page
    assert client.get("/help/nobody/").status_code == 404


@pytest.mark.django_db
def test_ones_own_guide_stands_first_in_the_index(desk):
    books = desk("jean").get("/help/").context["books"]

    assert books[0][0].reader == "customs"
    assert books[0][1]
