"""What everybody reads: without a cookie, at a fixed price, the same on pages and in the data, and nobody's name."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from tests.apps.notices.offers import bazaar, gone_out, looked, offer
from tests.apps.portal.conftest import TYPED
from tests.desks import page_text

from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts
from wildgate.apps.portal.basis import VERSIONS
from wildgate.apps.portal.kinds import KINDS, fields_of
from wildgate.apps.portal.models import Submission, Version

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def shown(published):
    """One submission of each kind, all published."""
    return {kind: published(kind) for kind in KINDS}


def everywhere(shown) -> list[str]:
    number = shown["trend"].submission.number
    return ["/portal/", "/portal/?q=parrots", f"/portal/{number}/", f"/portal/{number}/v1/", f"/portal/{number}.json",
            "/portal/data.json", "/portal/data.csv", "/portal/data/trend.csv", "/portal/schema.json",
            "/portal/feed.atom",
            "/portal/platforms/", "/portal/platforms/souk-nine/", "/portal/platforms.json", "/portal/platforms.csv"]


def test_public_pages_need_and_set_no_cookie_and_name_nobody(shown, cast, client, at):
    register.set_contact(actor=cast["ines"], key="souk-nine", to="takedown@souk9.example", at=at)
    people = [actor.name for actor in cast.values()]

    for path in everywhere(shown):
        answer = client.get(path)
        body = answer.content.decode()
        assert answer.status_code == 200, path
        assert not answer.cookies and answer.headers["ETag"] and "public" in answer.headers["Cache-Control"], path
        assert not [name for name in people if name in body], path
        assert "takedown@" not in body and "csrfmiddlewaretoken" not in body, path
        assert client.post(path).status_code == 405


def test_an_unchanged_answer_is_not_sent_again(shown, client):
    for path in everywhere(shown):
        tag = client.get(path).headers["ETag"]
        same = client.get(path, headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b""), path


def test_a_page_for_somebody_signed_in_is_kept_by_nobody_else(shown, desk):
    answer = desk("ines").get("/portal/")

    assert answer.headers["Cache-Control"] == "private, no-cache" and "Cookie" in answer.headers["Vary"]


def test_the_language_stands_in_the_address(shown, client):
    number = shown["trend"].submission.number

    for code, direction in (("fr", "ltr"), ("ar", "rtl")):
        body = client.get(f"/portal/{number}/?lang={code}")
        assert f'<html lang="{code}" dir="{direction}">' in body.content.decode()
        assert body.headers["Content-Language"] == code and not body.cookies
        assert f"/portal/?lang={code}" in body.content.decode()
    route = shown["route"].submission.number
    assert "Allemagne" in page_text(client.get(f"/portal/{route}/?lang=fr"))
    assert "Germany" in page_text(client.get(f"/portal/{route}/"))
    assert 'lang="en"' in client.get("/portal/?lang=xx").content.decode()


SEARCHES = [
    ("q=parrots", {"trend"}), ("q=PARROTS+eggs", {"trend"}), ("q=parrots+courier", set()), ("q=couriérs", {"route"}),
    ("kind=research", {"research"}), ("kind=nonsense&q=warning", {"practice"}), ("country=qm", set(KINDS)),
    ("country=QZ", set()), ("taxon=Varanus+salvator", {"route"}), ("taxon=Varanidae", {"route"}),
    ("taxon=African+elephant", {"practice"}), ("taxon=Animalia", {"practice", "trend", "route"}),
    ("platform=https://www.souk9.example/x", {"practice", "platform-code"}),
    ("platform=souk-nine&year=2025&kind=practice", {"practice"}),
    ("year=2024", {"research", "trend"}), ("year=2025", {"practice", "platform-code", "trend", "route"}),
    ("year=abcd&q=%00parrots", {"trend"}), ("q=%25", set())]


def test_the_search_narrows_by_words_kind_party_species_platform_and_year(shown, client):
    for query, kinds in SEARCHES:
        found = client.get(f"/portal/data.json?{query}").json()
        page = page_text(client.get(f"/portal/?{query}"))

        assert {each["kind"] for each in found["submissions"]} == kinds, query
        assert {kind for kind, version in shown.items() if version.submission.number in page} == kinds, query


def test_open_data_say_what_the_pages_say(shown, client):
    listed = {each["number"]: each for each in client.get("/portal/data.json").json()["submissions"]}
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(client.get("/portal/data.csv").content.decode()))}

    assert set(listed) == set(rows) == {version.submission.number for version in shown.values()}
    for kind, version in shown.items():
        number = version.submission.number
        page = page_text(client.get(f"/portal/{number}/"))
        told = listed[number]["published"]
        assert told["content"] == version.content and told["title"] == rows[number]["title"] == TYPED[kind]["title"]
        assert told["digest"] in page and rows[number]["digest"] == told["digest"]
        assert client.get(f"/portal/{number}.json").json()["submission"]["versions"] == [told]
        assert told["title"] in page and told["answersTo"]["name"] in page
        for name, field in fields_of(kind).items():
            value = version.content.get(name)
            if isinstance(value, str) and field.type.value in ("line", "text", "web", "doi"):
                assert value in page, (kind, name)
    trend = next(csv.DictReader(io.StringIO(client.get("/portal/data/trend.csv").content.decode())))
    assert json.loads(trend["counts"]) == shown["trend"].content["counts"] and trend["taxa"] == "Psittacus erithacus"
    assert client.get("/portal/data/nonsense.csv").status_code == 404


def test_contents_keep_to_the_schema(shown, client):
    schema = client.get("/portal/schema.json").json()

    assert set(schema["$defs"]) == set(KINDS)
    assert {each["code"] for each in schema["answersTo"]} == set(VERSIONS)
    for kind, version in shown.items():
        form = schema["$defs"][kind]
        assert set(form["required"]) <= set(version.content) <= set(form["properties"])
        for name, value in version.content.items():
            allowed = form["properties"][name]["type"]
            assert {str: "string", int: "integer", type(None): "null", list: "array", dict: "object"}[type(value)] in (
                allowed if isinstance(allowed, list) else [allowed])


def test_the_feed_parses_and_tells_the_newest_first(shown, client):
    answer = client.get("/portal/feed.atom")

    root = ElementTree.fromstring(answer.content)
    entries = root.findall(f"{ATOM}entry")
    assert answer.headers["Content-Type"].startswith("application/atom+xml") and len(entries) == len(KINDS)
    assert all(each.find(f"{ATOM}{tag}").text for each in entries for tag in ("id", "title", "updated", "summary"))
    times = [each.find(f"{ATOM}updated").text for each in entries]
    assert times == sorted(times, reverse=True) and root.find(f"{ATOM}updated").text == times[0]
    assert len({each.find(f"{ATOM}id").text for each in entries}) == len(entries)


def copies(version: Version, many: int) -> None:
    for number in range(many):
        made = Submission.objects.get(pk=version.submission_id)
        made.pk, made.number = None, f"P-QM-COPY-{number}"
        made.save(force_insert=True)
        Version.objects.create(submission=made, number=1, title=made.public_title, language="en", basis=made.basis,
                               content=version.content, digest="0" * 64, at=version.at,
                               published_by_id=version.published_by_id)


def test_pages_cost_the_same_however_much_is_published(shown, client, django_assert_max_num_queries):
    paths = {"/portal/": 4, "/portal/?q=parrots&taxon=Psittacus&year=2024": 8, "/portal/data.json": 4,
             "/portal/data.csv": 3, "/portal/feed.atom": 3, f"/portal/{shown['trend'].submission.number}/": 5,
             "/portal/platforms/": 5, "/portal/platforms/souk-nine/": 8}
    for path in paths:
        client.get(path)
    copies(shown["trend"], 120)

    for path, most in paths.items():
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    first = client.get("/portal/data.json").json()
    assert len(first["submissions"]) == 100 and first["total"] == 126
    second = client.get("/portal/data.json?page=2").json()
    assert len(second["submissions"]) == 26 and second["next"] is None and "page=2" in first["next"]


def test_an_empty_portal_says_so(client, db):
    assert "Nothing is published yet" in page_text(client.get("/portal/"))
    assert "Nothing was found" in page_text(client.get("/portal/?q=anything"))
    assert "The register is empty" in page_text(client.get("/portal/platforms/"))
    assert client.get("/portal/feed.atom").status_code == 200
    assert client.get("/portal/data.json").json()["submissions"] == []


def test_the_register_is_public_with_evidence_and_dates(shown, cast, at, client):
    told = PolicyFacts(status="audited", code="coalition", valid_from=date(2025, 6, 1), certainty="told",
                       source="A list of members")
    assert register.record_policy(actor=cast["ines"], key="souk-nine", told=told, at=at)
    register.add_platform(actor=cast["ines"], told=PlatformFacts("Bare", "other", hosts=("bare.example",)), at=at)

    page = page_text(client.get("/portal/platforms/souk-nine/"))
    text = client.get("/portal/platforms.csv").content.decode()

    assert "https://souk9.example/rules" in page and "Told by others, evidence not read" in page and "Audited" in page
    assert "so nothing is said" in page and "Souk Nine signs" in page
    listed = {each["key"]: each for each in client.get("/portal/platforms.json").json()["platforms"]}
    assert [each["status"] for each in listed["souk-nine"]["policies"]] == ["audited", "signed"]
    assert listed["souk-nine"]["measured"] is None
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["souk-nine"]["status"] == "audited" and rows["bare"]["status"] == ""
    assert client.get("/portal/platforms/none/").status_code == 404


def test_how_a_platform_keeps_its_code_stands_beside_what_it_is_measured_against(cast, at, client):
    platform = bazaar(cast, at)
    for number in range(6):
        looked(cast, gone_out(cast, offer(platform, at), at), "gone" if number else "there", timedelta(days=1))

    page = page_text(client.get(f"/portal/platforms/{platform.key}/"))
    told = client.get("/portal/platforms.json").json()["platforms"][0]["measured"]

    assert "5 of 6 looked at then" in page and "Listings reported to it 6" in page and "Searches made 0" in page
    assert (told["listings_reported"], told["rechecked"], told["removed_24h"], told["known_24h"]) == (6, 6, 5, 6)


def test_a_text_that_was_not_read_says_so(shown, client):
    assert VERSIONS["dec-15-57"].known.value == "read"
    assert {code for code, each in VERSIONS.items() if each.known.value == "told"} == {
        "conf-11-3-cop17", "conf-11-3-cop18", "conf-11-3-cop19"}
    assert "was read for this form" in page_text(client.get(f"/portal/{shown['trend'].submission.number}/"))
