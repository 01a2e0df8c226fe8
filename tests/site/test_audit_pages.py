"""The auditor's pages: find any event, read a permit's story with its readers, and catch a rewritten past."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.cast import issued, submitted
from tests.databases import lift_guards
from tests.desks import NOT_ALLOWED, page_text

from wildgate.kit import events
from wildgate.kit.models import ChainHead, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.mark.parametrize("path", ["/audit/", "/audit/verify/", "/audit/permits/x/"])
def test_the_audit_desk_is_the_auditors_alone(desk, cast, path):
    assert {name for name in cast if desk(name).get(path).status_code != NOT_ALLOWED} == {"ana"}


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ({"kind": "submit"}, {"submit"}),
        ({"actor": "Mario"}, {"start", "submit"}),
        ({"actor": "mario@lacuna.example"}, {"start", "submit"}),
        ({"kind": "no-such"}, set()),
        ({"subject": "application:"}, {"start", "submit"}),
        ({"since": "2999-01-01"}, set()),
        ({"until": "1999-01-01"}, set()),
        ({"actor": "Nobody"}, set()),
    ],
)
def test_events_are_found_by_subject_actor_kind_and_day(desk, cast, now, asked, kinds):
    submitted(cast, now)

    answer = desk("ana").get("/audit/", asked)

    assert {link.kind for link in answer.context["links"]} == kinds


def test_days_that_are_none_are_left_out(desk, cast):
    assert desk("ana").get("/audit/", {"since": "31/12/2026", "before": "x"}).status_code == 200


def test_older_events_follow_by_their_number(desk, cast, now):
    for _ in range(30):
        submitted(cast, now)

    first = desk("ana").get("/audit/", {"kind": "submit", "actor": "Mario"})
    everything = desk("ana").get("/audit/")
    older = desk("ana").get("/audit/?" + everything.context["older"])

    assert first.context["older"] == ""
    seen = [link.seq for page in (everything, older) for link in page.context["links"]]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) > 50


def test_a_permits_story_names_who_did_and_who_read(desk, cast, now):
    permit = issued(cast, now)
    desk("amina").get(f"/cases/{permit.application.number}/")

    answer = desk("ana").get(f"/audit/permits/{permit.number}/")

    kinds = [link.kind for link in answer.context["links"]]
    assert kinds[0] == "start"
    assert {"submit", "approve", "countersign", "issue", "permit-issued", "read"} <= set(kinds)
    assert answer.context["readers"] == ["Amina Keita", "Ana Reyes"]
    assert Event.objects.filter(kind="read", subject=permit.subject, actor=cast["ana"].label).exists()


def test_an_unbroken_chain_is_proved_with_its_head(desk, cast, now):
    submitted(cast, now)

    answer = desk("ana").post("/audit/verify/")

    assert answer.context["proof"]["broken"] is None
    assert ChainHead.objects.get(party="QM").hash in page_text(answer).replace(" ", "")


def test_a_rewritten_event_is_named(desk, cast, now):
    submitted(cast, now)
    lift_guards()
    victim = Event.objects.filter(kind="submit").get()
    Event.objects.filter(pk=victim.pk).update(actor="person:999")

    answer = desk("ana").post("/audit/verify/")

    assert answer.context["proof"]["broken"] == events.Break(
        "QM", victim.seq, "the event was changed after it was written"
    )
    assert str(victim.seq) in page_text(answer)


def test_looking_does_not_run_the_proof(desk, cast):
    assert desk("ana").get("/audit/verify/").context["proof"] is None


def test_the_audit_page_costs_the_same_however_long_the_chain(desk, cast, now, django_assert_num_queries):
    ana = desk("ana")
    submitted(cast, now)
    with django_assert_num_queries(7):
        ana.get("/audit/")
    for _ in range(10):
        submitted(cast, now)

    with django_assert_num_queries(7):
        ana.get("/audit/")
