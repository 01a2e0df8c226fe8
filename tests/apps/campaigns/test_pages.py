"""The pages of campaigns: whose they are, what they say, what they cost."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.campaigns.searching import bazaars, begun, scope, searched
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.campaigns import selectors, services
from wildgate.apps.campaigns.models import Campaign, Search

pytestmark = pytest.mark.django_db
ROOT = "/market/campaigns/"
DAY = timedelta(days=1)
PLAN = {"title": "Snakes", "question": "How many?", "first_day": "2024-01-01", "last_day": "2026-12-31",
        "minutes": "30", "platforms": ["bazaar"], "terms": "python\nboa", "species": "Python regius",
        "languages": "en", "searchers": "A1, B2", "counting": "One advert."}


def test_looking_is_for_the_market_desk_and_the_keepers(desk, cast, at):
    made = begun(cast, at - DAY)

    for name in ("mario", "ito", "jean", "nadia", "ines", "sam"):
        keeps = bool(can(cast[name], Action.KEEP_CAMPAIGNS))
        sees = bool(can(cast[name], Action.VIEW_CAMPAIGNS))
        for path in ("", f"{made.number}/", f"{made.number}/searches/", f"{made.number}/together/",
                     f"{made.number}/searches.csv"):
            assert (desk(name).get(ROOT + path).status_code != NOT_ALLOWED) == sees, (name, path)
        assert (desk(name).get(f"{ROOT}{made.number}/search/").status_code != NOT_ALLOWED) == keeps
        assert (list(selectors.visible_to(cast[name])) == [made]) == sees


def test_a_campaign_is_planned_begun_searched_and_read_in_the_browser(desk, cast, at):
    bazaars(cast, at)
    ito = desk("ito")

    wrong = ito.post(f"{ROOT}new/", {**PLAN, "searchers": "Rosa?"})
    page = ito.post(f"{ROOT}new/", PLAN)["Location"]
    ito.post(f"{page}step/", {"step": "begin"})
    now = Campaign.objects.get().coverages.get().holds_from
    search = {"started_at": f"{now + timedelta(microseconds=1):%Y-%m-%d %H:%M:%S.%f}", "minutes": "30",
              "platform": "bazaar", "term": "python", "language": "en", "searcher": "A1", "seen": "40"}
    empty = ito.post(f"{page}search/", {**search, "matching": "0"})
    found = ito.post(f"{page}search/", {**search, "term": "boa", "matching": "6", "specimens": "9", "permit_yes": "1"})
    too_many = ito.post(f"{page}search/", {**search, "searcher": "B2", "matching": "41"})

    text = page_text(ito.get(page))
    assert wrong.status_code == 422 and "no names" in page_text(wrong)
    assert (empty.status_code, found.status_code, too_many.status_code) == (302, 302, 422)
    assert "6 (2.2 to 13.06)" in text and "Without result 1" in text and "Specimens 9" in text
    assert "A permit is mentioned: no 5" in text and "A trend takes 5 periods" in text
    assert "<svg" in ito.get(page).content.decode()


def test_a_change_of_coverage_is_marked_on_the_page_and_breaks_the_line(desk, cast, at):
    start = (at - 400 * DAY).replace(day=3)
    made = begun(cast, start)
    for n in range(12):
        if n == 6:
            services.change_coverage(actor=cast["ito"], number=made.number, at=start + 30 * n * DAY,
                                     scope=scope(platforms=("bazaar", "wall")), reason="The wall too.")
        searched(cast, made, start + 30 * n * DAY + timedelta(hours=1), 5 + 30 * (n >= 6) + n % 2, seen=99)

    answer = desk("ana").get(f"{ROOT}{made.number}/")

    text = page_text(answer)
    assert "The coverage changed." in text and "other platforms" in text and "No trend is shown" in text
    assert "Coverage 1" in text and "Coverage 2" in text


def test_logs_strikes_and_the_file(desk, cast, at):
    made = begun(cast, at - 5 * DAY)
    head = "started_at,minutes,platform,term,language,searcher,seen,matching,specimens,value_usd,permit_yes,listings\n"
    ito, day = desk("ito"), (at - DAY).date().isoformat()

    def upload(body):
        return ito.post(f"{ROOT}{made.number}/searches/upload/", {
            "file": SimpleUploadedFile("log.csv", body, content_type="text/csv")})

    faulty = upload(f"{head}{day}T08:00,30,wall,python,en,A1,60,0,,,,\n".encode())
    good = upload(f"{head}{day}T08:00,30,bazaar,python,en,A1,60,2,,,,\n{day}T09:00,30,bazaar,boa,en,A1,60,0,,,,\n"
                  .encode())
    wrong = Search.objects.get(matching=2)
    ito.post(f"{ROOT}{made.number}/searches/{wrong.pk}/strike/", {"reason": "Counted toys."})

    rows = list(csv.DictReader(io.StringIO(
        ito.get(f"{ROOT}{made.number}/searches.csv").content.decode("utf-8-sig"))))
    assert (faulty.status_code, good.status_code) == (422, 302)
    assert "Line 2:" in page_text(faulty) and "not in the protocol" in page_text(faulty)
    assert [(each["matching"], each["coverage"], each["counts"]) for each in rows] == [("0", "1", "yes"),
                                                                                      ("2", "1", "no")]
    assert "Counted toys." in page_text(ito.get(f"{ROOT}{made.number}/searches/"))


def test_correlation_is_answered_with_its_limits_or_says_what_is_wrong(desk, cast, at):
    start = (at - 900 * DAY).replace(day=3)
    made = begun(cast, start)
    moments = [start.replace(year=start.year + (start.month - 1 + n) // 12, month=(start.month - 1 + n) % 12 + 1)
               + timedelta(hours=1) for n in range(27)]
    counts = [(7 * n * n + 3 * n) % 23 for n in range(27)]
    for when, count in zip(moments, counts, strict=True):
        searched(cast, made, when, count)
    table = "month,value\n" + "".join(f"{when:%Y-%m},{2 * count + 1}\n"
                                      for when, count in zip(moments, counts, strict=True))
    ana, path = desk("ana"), f"{ROOT}{made.number}/together/"

    answer = ana.post(path, {"kind": "series", "series": table, "most_lag": "3"})
    none = ana.post(path, {"kind": "seizures", "most_lag": "3"})
    faulty = ana.post(path, {"kind": "series", "series": "month,value\n2027-99,1", "most_lag": "3"})

    text = page_text(answer)
    assert answer.status_code == 200 and "in the same month: r = 1" in text
    assert "does not say that one causes the other" in text and "7 lags were looked at" in text
    assert "27 periods" in text and "<svg" in answer.content.decode()
    assert (none.status_code, faulty.status_code) == (422, 422)
    assert "no month in common" in page_text(none) and "Line 2:" in page_text(faulty)


def test_the_list_costs_the_same_however_long_it_is(desk, cast, at, django_assert_max_num_queries):
    ana = desk("ana")
    first = begun(cast, at - DAY)
    for n in range(30):
        searched(cast, first, at + n * timedelta(minutes=1))
    ana.get(ROOT)
    facts = {field.name: getattr(first, field.name) for field in Campaign._meta.concrete_fields
             if field.name not in ("id", "number")}
    Campaign.objects.bulk_create(Campaign(number=f"QM-M-2000-{n:03d}", **facts) for n in range(60))

    with django_assert_max_num_queries(10):
        text = page_text(ana.get(ROOT))
    with django_assert_max_num_queries(10):
        ana.get(f"{ROOT}{first.number}/searches/")
    with django_assert_max_num_queries(12):
        ana.get(f"{ROOT}{first.number}/")

    assert "QM-M-2000-059" in text


def test_a_campaign_fills_in_the_portals_form_on_trends(desk, cast, at):
    made = begun(cast, at - 10 * DAY)
    empty = page_text(desk("ito").get(f"{ROOT}{made.number}/"))
    searched(cast, made, at - 9 * DAY, 9, specimens=12)
    searched(cast, made, at - 8 * DAY)
    ito = desk("ito")

    page = ito.get(f"{ROOT}{made.number}/").content.decode()
    form = ito.get(f"/portal/desk/new/trend/?campaign={made.number}").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    kept = ito.post("/portal/desk/new/trend/", typed)

    assert "Tell it in the portal" not in empty
    assert f"/portal/desk/new/trend/?campaign={made.number}" in page
    assert (typed["effort"], typed["effort_unit"], typed["scope_changed"]) == ("1", "hours", "no")
    assert "Matching adverts; 9" in typed["counts"] and "Python regius" in typed["taxa"]
    assert kept.status_code == 302
    for path in ("practice/?campaign=" + made.number, "trend/?campaign=none"):
        assert ito.get("/portal/desk/new/" + path).context["form"]["title"].value() is None
