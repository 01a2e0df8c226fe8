"""The auditor's pages: find any event, read a permit's story with its readers, and catch a rewritten past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
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


def test_the_audit_desk_is_the_auditors_alone(desk, cast):
    opened = {path: {name for name in cast if desk(name).get(path).status_code != NOT_ALLOWED}
              for path in ("/audit/", "/audit/verify/", "/audit/permits/x/", "/audit/cases/x/", "/audit/events.csv")}

    assert {path: names for path, names in opened.items() if names != {"ana"}} == {}


@pytest.mark.parametrize("asked", [{"until": "9999-12-31"}, {"until": "0001-01-02", "out": "yes"}])
def test_the_first_and_the_last_day_that_there_are_can_be_asked_for(desk, asked):
    assert desk("ana").get("/audit/", asked).status_code == 200


def test_events_are_found_by_permit_case_firm_person_kind_and_day(desk, cast, now):
    number = submitted(cast, now)
    asked = (
        ({"kind": "submit"}, {"submit"}),
        ({"actor": "Mario"}, {"start", "submit"}),
        ({"actor": "mario@lacuna.example"}, {"start", "submit"}),
        ({"kind": "no-such"}, set()),
        ({"subject": "application:"}, {"start", "submit"}),
        ({"subject": number}, {"start", "submit"}),
        ({"subject": f"application:{number}"}, {"start", "submit"}),
        ({"subject": "QM-A-1999-000001"}, set()),
        ({"firm": "lacuna"}, {"start", "submit"}),
        ({"firm": "Nobody"}, set()),
        ({"subject": "26QM000001E"}, set()),
        ({"since": "2999-01-01"}, set()),
        ({"until": "1999-01-01"}, set()),
        ({"actor": "Nobody"}, set()),
        ({"actor": "Mario", "kind": "submit", "firm": "Lacuna", "subject": number}, {"submit"}),
    )

    found = [{link.kind for link in desk("ana").get("/audit/", fields).context["links"]} for fields, _ in asked]

    assert [(fields, kinds) for (fields, due), kinds in zip(asked, found, strict=True) if kinds != due] == []


@pytest.mark.parametrize(
    ("zone", "asked"),
    [
        ("UTC", (
            ({"low": "6", "high": "8"}, [6, 7]),
            ({"low": "22", "high": "6"}, [5, 23]),
            ({"low": "0", "high": "24"}, [5, 6, 7, 12, 18, 19, 23]),
            ({"out": "yes"}, [5, 6, 19, 23]),
        )),
        ("Asia/Tokyo", (
            ({"low": "14", "high": "17"}, [5, 6, 7]),
            ({"out": "yes"}, [12, 18, 19]),
        )),
    ],
)
def test_hours_are_those_of_the_own_clock_and_weekends_are_out(desk, cast, now, zone, asked):
    """A Wednesday's events at seven hours UTC, and one on the Saturday before."""
    from wildgate.apps.controls.models import Limits

    Limits.objects.create(party="QM", zone=zone, set_at=now - timedelta(days=30))
    noon = now.replace(hour=12, minute=30) - timedelta(days=7 + (now.weekday() - 2) % 7)
    with transaction.atomic():
        for hour in (5, 6, 7, 12, 18, 19, 23):
            events.append("tick", "clock", party="QM", actor="system", at=noon.replace(hour=hour))
        events.append("rest", "clock", party="QM", actor="system", at=noon - timedelta(days=4))

    found = [desk("ana").get("/audit/", {**fields, "kind": "tick"}).context["links"] for fields, _ in asked]
    resting = desk("ana").get("/audit/", {"out": "yes", "kind": "rest"}).context["links"]

    assert [sorted(link.at.hour for link in links) for links in found] == [hours for _, hours in asked]
    assert len(resting) == 1


def test_a_search_is_an_event_in_codes_and_the_same_one_again_is_not(desk, cast, now):
    number = submitted(cast, now)
    ana = desk("ana")
    ana.get("/audit/")
    assert not Event.objects.filter(kind="audit-searched").exists()

    for _ in range(2):
        ana.get("/audit/", {"actor": "Mario Ferro", "firm": "Lacuna", "subject": number})

    told = Event.objects.get(kind="audit-searched")
    assert told.actor == cast["ana"].label
    assert cast["mario"].label in told.data
    assert "Mario" not in told.data
    assert "acuna" not in told.data
    ana.get("/audit/", {"subject": "Mario Ferro"})
    assert not Event.objects.filter(data__contains="Ferro").exists()
    assert f"application:{number}" in told.data


def test_a_file_of_events_is_an_event_too(desk, cast, now):
    submitted(cast, now)

    answer = desk("ana").get("/audit/events.csv", {"kind": "submit"})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert cast["mario"].label in lines[1]
    assert '"events":1' in Event.objects.get(kind="audit-exported").data


def test_a_case_without_a_permit_has_a_story(desk, cast, now):
    number = submitted(cast, now)

    answer = desk("ana").get(f"/audit/cases/{number}/")

    assert [link.kind for link in answer.context["links"]] == ["start", "submit", "read"]
    assert answer.context["readers"] == ["Ana Reyes"]


def test_every_way_to_search_has_an_index_that_gives_the_order(cast, now):
    """No plan reads the whole chain, and none but a firm's or a case's few events are sorted."""
    from django.db import connection

    from wildgate.site.audit.asked import Asked, search

    if connection.vendor != "sqlite":
        return
    submitted(cast, now)
    for asked, index, sorts in (
        (Asked(), "event_time", False),
        (Asked(kind="read"), "event_kind", False),
        (Asked(actor="person:7"), "event_actor", False),
        (Asked(subject="26QM000001E"), "event_subject", True),
        (Asked(subject="26QM000001E", kind="read", since=now.date()), "event_subject", True),
        (Asked(firm="Lacuna"), "event_subject", True),
        (Asked(firm="Lacuna", actor="Amina", kind="take"), "event_subject", True),
        (Asked(out=True), "event_time", False),
        (Asked(low=22, high=4, kind="permit-issued"), "event_kind", False),
    ):
        plan = search("QM", asked, now).events[:51].explain()
        assert index in plan, (asked, plan)
        assert "SCAN kit_event" not in plan
        assert ("TEMP B-TREE FOR ORDER BY" in plan.replace("LAST TERM OF ", "")) <= (
            sorts or "LAST TERM" in plan), (asked, plan)


def test_days_that_are_none_are_left_out(desk, cast):
    assert desk("ana").get("/audit/", {"since": "31/12/2026", "before": "x"}).status_code == 200


def test_older_events_follow_by_their_number(desk, cast, now):
    for _ in range(2):
        submitted(cast, now)
    with transaction.atomic():
        for _ in range(60):
            events.append("tick", "clock", party="QM", actor="system", at=now)

    first = desk("ana").get("/audit/", {"kind": "submit", "actor": "Mario"})
    everything = desk("ana").get("/audit/")
    older = desk("ana").get("/audit/?" + everything.context["older"])
    oldest = desk("ana").get("/audit/?" + older.context["older"]) if older.context["older"] else older
    assert oldest.context["newest"] == ""

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
    for _ in range(3):
        submitted(cast, now)

    with django_assert_num_queries(7):
        ana.get("/audit/")
