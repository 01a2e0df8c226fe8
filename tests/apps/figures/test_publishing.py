"""Statistics for everybody: counted when a month is over, protected, frozen, and open as data."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from lxml import etree
from tests.apps.figures.json_schema import fits
from tests.cast import issued, submitted
from tests.databases import as_owner
from tests.desks import page_text

from wildgate.apps.figures import counting, open_data, publishing
from wildgate.apps.figures.data_sets import DATA_SETS, code_of, complete
from wildgate.apps.figures.models import Case, Mark, Month, Publication
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.site.cli import main

TODAY = datetime(2027, 4, 9, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def month(first: date, direction: str = "export", **counts: Any) -> Month:
    return Month(party="QM", first=first, direction=direction, **counts)


@pytest.fixture
def quarter(db):
    """January to March 2027 and some days of April, counted to the end of the chain."""
    Month.objects.bulk_create([
        month(date(2027, n, 1), received=40 + n, refused=12, withdrawn=0, grounds={"Art. IV.2(a)": 8, "Art. III": 4})
        for n in (1, 2, 3, 4)] + [month(date(2027, 3, 1), "import", received=3, refused=1, grounds={"Art. V": 1}),
                                  month(date(2027, 3, 1), "re-export", received=9)])
    Mark.objects.create(party="QM", seq=events.count("QM"))


def rows(data_set: str, period: str, version: int = 1) -> list[dict[str, Any]]:
    return Publication.objects.get(data_set=data_set, period=period, version=version).rows


def test_whole_months_and_quarters_are_published_once(quarter):
    made = publishing.publish("QM", TODAY)

    assert sorted((each.data_set, each.period) for each in made) == [
        ("applications", "2027-01"), ("applications", "2027-02"), ("applications", "2027-03"),
        ("permits", "2027-01"), ("permits", "2027-02"), ("permits", "2027-03"), ("permits-in-force", "2027-03"),
        ("quota-use", "2027-Q1"), ("refusals", "2027-Q1")]
    assert publishing.publish("QM", TODAY) == []
    assert json.loads(Event.objects.get(kind="statistics-published").data)["published"]["refusals 2027-Q1 v1"]
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Publication.objects.update(rows=[])


def test_nothing_is_published_while_events_wait_to_be_counted(cast, at, quarter):
    submitted(cast, at)

    assert publishing.publish("QM", TODAY) == []


def test_small_cells_are_withheld_and_the_total_does_not_tell_them(quarter):
    publishing.publish("QM", TODAY)

    assert rows("applications", "2027-03") == [
        {"direction": "export", "received": 43, "refused": None, "withdrawn": 0},
        {"direction": "import", "received": None, "refused": None, "withdrawn": 0},
        {"direction": "re-export", "received": None, "refused": 0, "withdrawn": 0},
        {"direction": "all", "received": 55, "refused": 13, "withdrawn": 0}]
    assert rows("refusals", "2027-Q1") == [
        {"ground": "Art. IV.2(a)", "refusals": 24}, {"ground": "other", "refusals": 13},
        {"ground": "all", "refusals": 37}]


def test_a_correction_is_a_version_with_a_reason_and_shows_nothing_that_was_withheld(quarter):
    publishing.publish("QM", TODAY)

    def again(**more):
        return publishing.correct(**{"party": "QM", "data_set": "applications", "period": "2027-03", "by": "system",
                                     "why": "Counted twice", "at": TODAY, **more})

    assert again().code == "nothing-new"
    assert again(why=" ").code == "missing"
    assert again(period="2027-04").code == "not-published"
    assert again(data_set="quota-use").code == "no-such-data-set"
    Month.objects.filter(first="2027-03-01", direction="import").update(received=8, refused=5)

    made = again()

    assert (made.version, made.why) == (2, "Counted twice")
    assert [row["received"] for row in made.rows] == [43, None, None, 60]
    assert rows("applications", "2027-03")[1]["received"] is None


def test_the_days_to_a_permit_and_permits_in_force(cast, at):
    issued(cast, at)
    counting.rebuild("QM", at)
    first = at.date().replace(day=1)
    assert publishing.rows_of("QM", DATA_SETS["permits"], first, at.date()) == [
        {"document": "export-permit", "issued": None, "median_days": None, "slow_days": None},
        {"document": "all", "issued": None, "median_days": None, "slow_days": None}]
    for days in (3, 3, 9, 12):
        once_more(Case.objects.order_by("pk")[0], days)

    found = publishing.rows_of("QM", DATA_SETS["permits"], first, at.date())
    standing = publishing.rows_of("QM", DATA_SETS["permits-in-force"], first, at.date())

    assert found == [{"document": "export-permit", "issued": 5, "median_days": 3, "slow_days": 12},
                     {"document": "all", "issued": 5, "median_days": 3, "slow_days": 12}]
    assert standing == [{"document": "export-permit", "permits": 5}, {"document": "all", "permits": 5}]


def once_more(case: Case, days: int) -> None:
    """The same case again, decided after so many days."""
    application = case.application
    application.pk, application.number = None, f"again-{days}-{Case.objects.count()}"
    application.save()
    case.application, case.days = application, days
    case.save(force_insert=True)


@pytest.mark.parametrize(("since", "every", "codes"), [
    (date(2026, 12, 4), "month", ["2026-12", "2027-01", "2027-02", "2027-03"]),
    (date(2026, 2, 4), "quarter", ["2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"]), (date(2027, 4, 1), "month", [])])
def test_only_what_is_over_is_complete(since, every, codes):
    assert [code_of(first, every) for first in complete(since, TODAY.date(), every, 4)] == codes


@pytest.mark.django_db
def test_every_document_fits_the_schema_and_a_broken_one_does_not(client, quarter):
    publishing.publish("QM", TODAY)
    schema = client.get("/statistics/schema.json").json()
    told = client.get("/statistics/data.json").json()

    assert fits(told, schema, schema) == []
    assert [each["name"] for each in told["dataSets"]] == list(DATA_SETS)
    assert told["dataSets"][0]["title"].keys() == {"en", "fr", "es", "ar"}
    for each in told["dataSets"]:
        whole = client.get(f"/statistics/data/{each['name']}.json").json()
        assert fits(whole, schema, schema) == []
        assert [row["period"] for row in whole["publications"]] == [row["period"] for row in each["publications"]]
        for row in whole["publications"]:
            assert publishing.digest_of(row["rows"]) == row["digest"]
    whole["publications"] = [{**whole["publications"][0], "rows": [{"taxon": 7}]}]
    assert fits(whole, schema, schema) != []


@pytest.mark.django_db
def test_files_are_cached_by_tag_and_versions_stay(client, quarter):
    publishing.publish("QM", TODAY)
    first = client.get("/statistics/data/applications.json")
    lines = list(csv.reader(io.StringIO(client.get("/statistics/data/applications.csv").content.decode())))

    assert first["Cache-Control"] == "public, max-age=300"
    assert client.get("/statistics/data/applications.json", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert lines[0] == ["period", "version", "published", "direction", "received", "refused", "withdrawn"]
    assert ["2027-03", "1", "2027-04-09", "import", "", "", "0"] in lines
    Month.objects.filter(first="2027-03-01").update(received=50)
    publishing.correct(party="QM", data_set="applications", period="2027-03", by="system", why="Late file", at=TODAY)
    assert client.get("/statistics/data/applications.json", headers={"if-none-match": first["ETag"]}).status_code == 200
    old = client.get("/statistics/data/applications/2027-03/v1.json").json()["publications"]
    assert [(row["version"], row["rows"][0]["received"]) for row in old] == [(1, 43)]
    assert client.get("/statistics/data/applications/2027-03/v3.json").status_code == 404
    assert client.get("/statistics/data/people.json").status_code == 404


@pytest.mark.django_db
def test_the_feed_is_atom_and_tells_each_version(client, quarter):
    publishing.publish("QM", TODAY)
    Month.objects.filter(first="2027-03-01").update(received=50)
    publishing.correct(party="QM", data_set="applications", period="2027-03", by="system", why="Late file",
                       at=TODAY.replace(day=10))

    root = etree.fromstring(client.get("/statistics/feed.atom").content)
    entries = root.findall(f"{ATOM}entry")

    assert root.tag == f"{ATOM}feed" and len(entries) == 10
    for node in (root, *entries):
        assert all(node.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        assert datetime.fromisoformat(node.findtext(f"{ATOM}updated")).tzinfo
    assert root.find(f"{ATOM}link[@rel='self']").get("href").endswith("/statistics/feed.atom")
    assert entries[0].findtext(f"{ATOM}title") == "Applications, 2027-03 (version 2)"
    assert entries[0].findtext(f"{ATOM}summary") == "Late file"
    assert len({node.findtext(f"{ATOM}id") for node in entries}) == 10


@pytest.mark.django_db
def test_the_page_is_everybodys_and_costs_the_same_however_much_there_is(client, quarter, django_assert_num_queries):
    assert "Nothing is published yet" in page_text(client.get("/statistics/"))
    publishing.publish("QM", TODAY)
    client.get("/statistics/")

    with django_assert_num_queries(1):
        text = page_text(client.get("/statistics/?month=2027-03"))

    assert "withheld" in text and "Introduction" not in text
    Month.objects.bulk_create([month(date(2026, n, 1), received=50, team=None, group=f"G{n}") for n in range(1, 13)])
    publishing.publish("QM", datetime(2027, 7, 2, tzinfo=UTC))
    with django_assert_num_queries(1):
        assert "June 2027" in page_text(client.get("/statistics/"))
    assert 'dir="rtl"' in client.get("/statistics/", headers={"accept-language": "ar"}).content.decode()


@pytest.mark.django_db
def test_nothing_of_a_person_or_a_firm_is_in_what_is_open(client, cast, at):
    permit = issued(cast, at)
    counting.rebuild("QM", at)
    Month.objects.update(first="2027-03-01")
    publishing.publish("QM", TODAY)

    for name in DATA_SETS:
        text = client.get(f"/statistics/data/{name}.json").content.decode()
        for secret in ("Lacuna", "Mario", "Ferro", permit.number, permit.application.number, "Quartz Leather"):
            assert secret not in text, name
    assert open_data.newest(Publication.objects.all())


@pytest.mark.django_db
def test_the_command_publishes_once_and_again_with_a_reason(capsys):
    begin = datetime.now(UTC).date() - timedelta(days=200)
    Month.objects.bulk_create([month(begin.replace(day=1), received=9)])

    assert main(["figures", "publish", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["published"]
    assert {each["data_set"] for each in told} == set(DATA_SETS)
    assert main(["figures", "publish"]) == 0
    assert capsys.readouterr().out == "0 publications made\n"
    assert main(["figures", "publish", "--again", "applications", "1999-01", "--why", "Late"]) == 1
    assert capsys.readouterr().out == "applications of 1999-01 was not published yet.\n"
