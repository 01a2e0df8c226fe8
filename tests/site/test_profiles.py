"""The base profile shows applying, deciding, issuing, checking and reporting only; the same rows open in both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from tests.cast import issued

from wildgate.apps.accounts.models import Person
from wildgate.site import env, profiles
from wildgate.site.cli.doctor import everything
from wildgate.site.context import WAYS, _ways

OPEN = ("cases", "permits", "trader", "science", "quotas", "species", "reports", "audit", "people", "verify", "border",
        "operations", "paper", "fees", "house", "registers", "stock")
SHUT = ("declarations", "reservations", "procedures", "goods", "programs", "risk", "inspections", "carriers",
        "exchange", "hub", "partners", "market", "platform-notices", "campaigns", "platforms", "portal-desk",
        "tip-desk", "intelligence")


@pytest.fixture
def base(settings):
    settings.PROFILE, settings.DEMO = profiles.BASE, True
    return settings


def client_of(actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def test_what_base_leaves_out_stands_in_no_menu(base, cast, rf):
    names = {name for each in cast.values() for name, _way in _ways(rf.get("/"), each)}

    assert not names & set(SHUT)
    assert names >= {"cases", "permits", "trader", "science", "reports", "audit", "border"}
    base.PROFILE = profiles.FULL
    assert {name for each in cast.values() for name, _way in _ways(rf.get("/"), each)} >= names | {"risk", "market"}


def test_its_addresses_do_not_exist_for_anybody_and_say_so(base, cast):
    officer, stranger = client_of(cast["amina"]), Client()

    for name in SHUT:
        for client in (officer, stranger):
            answer = client.get(reverse(name))
            assert (answer.status_code, "base profile" in answer.text) == (404, True), name
    assert stranger.get("/tip/").status_code == stranger.post("/epix/").status_code == 404
    problem = stranger.post("/api/v1/declarations", data={}, content_type="application/json")
    assert (problem.status_code, problem.headers["Content-Type"], problem.json()["code"]) == (
        404, "application/problem+json", "closed")
    fetching = stranger.get("/taxii2/")
    assert (fetching.status_code, fetching.headers["Content-Type"], fetching.json()["error_code"]) == (
        404, "application/taxii+json;version=2.1", "closed")
    assert stranger.post("/api/v1/verify", data={}, content_type="application/json").status_code != 404


def test_every_page_is_open_or_shut_in_base_and_open_in_full(base):
    pages = {name for name, _label, _action in WAYS}

    assert {name for name in pages if not profiles.shows(name)} >= set(SHUT)
    assert all(profiles.shows(name) for name in OPEN)
    known = {each.split(".")[-1] for each in base.INSTALLED_APPS} | {
        each.split(".")[2] for each in base.INSTALLED_APPS if each.startswith("wildgate.apps.")}
    assert frozenset().union(*profiles.CLOSED.values()) <= known
    base.PROFILE = profiles.FULL
    assert all(profiles.shows(name) for name in pages)
    assert get_resolver().url_patterns


def test_the_same_rows_open_in_both_and_nothing_is_moved(base, cast, at):
    permit = issued(cast, at)
    officer = client_of(cast["amina"])
    page = reverse("permit", args=[permit.number])

    shown = {}
    for profile in (profiles.BASE, profiles.FULL, profiles.BASE):
        base.PROFILE = profile
        answer = officer.get(page)
        assert (answer.status_code, permit.number in answer.text) == (200, True)
        shown[profile] = officer.get("/risk/", follow=True).status_code
        assert officer.get("/reports/").status_code == officer.get("/cases/").status_code == 200
    assert shown[profiles.BASE] == 404
    assert shown[profiles.FULL] != 404


def test_a_desk_that_is_shut_is_not_where_one_begins(base, cast):
    assert client_of(cast["jean"]).get("/").url == "/border/"
    assert not [each for each in everything(here=True) if each.thing.startswith("partner")]


def test_another_word_is_refused(monkeypatch):
    with pytest.raises(SystemExit, match="one of: base, full"):
        env.choice("WILDGATE_PROFILE", ("base", "full"), {"WILDGATE_PROFILE": "small"})
    assert env.choice("WILDGATE_PROFILE", ("base", "full"), {}) == "full"


def test_what_calls_others_or_tells_of_closed_pages_rests_and_is_done_later(base, db, at):
    from wildgate.kit import jobs
    from wildgate.kit.models import Job
    from wildgate.site import metrics
    from wildgate.site.cli.jobs import begin_days
    from wildgate.site.doctor import within
    from wildgate.site.doctor.found import State
    long_ago = at - timedelta(days=400)
    begin_days()
    Job.objects.update(run_after=long_ago)

    jobs.run_pending(resting=profiles.resting())

    left = set(Job.objects.filter(run_after__lte=at).values_list("name", flat=True))
    assert {"signals.each_night", "notices.each_morning", "intelligence.each_day", "stream.send_digests"} <= left
    assert left <= profiles.RESTING
    assert [each.state for each in within.jobs(at)] == [State.WELL]
    assert not [value for each in metrics.measured(at) if each.name == "wildgate_jobs_oldest_due_seconds"
                for _labels, value in each.values if value]
    base.PROFILE = profiles.FULL
    assert [each.state for each in within.jobs(at)] == [State.WRONG]
    jobs.run_pending(resting=profiles.resting())
    assert not Job.objects.filter(run_after__lte=at).exists()


def test_every_job_that_rests_is_one_and_nothing_that_forgets_does():
    from wildgate.kit import jobs
    known = set(jobs._registry)

    assert known >= profiles.RESTING
    assert {"tips.each_day", "market.each_night", "exchange.each_day", "privacy.each_day"} <= known - profiles.RESTING
