"""The tour of the demo world follows the visitor's own permit; the first-run list follows what the database holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from tests.apps.houserules.house import entered
from tests.cast import issued, ready, submitted
from tests.desks import markup

from wildgate.apps.accounts.models import Person, Post
from wildgate.apps.customs import services as customs
from wildgate.apps.permits import services
from wildgate.kit import events
from wildgate.site import first_run, tour

pytestmark = pytest.mark.django_db


def states(answer):
    return [stop.state for stop in answer.context["stops"]]


def test_a_visitor_sees_what_is_done_and_what_comes_next(desk, cast, at):
    issued(cast, at)
    later = at + timedelta(hours=1)
    assert states(desk("mario").get("/tour/")) == ["next", *["later"] * 8]

    case = ready(cast, later)
    half = desk("amina").get("/tour/")
    permit = services.issue(actor=cast["amina"], case=case, at=later)
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="QMKV2", at=later,
                    transport_document="020-1", quantities={"A": "1200"})
    events.note_read(permit.subject, party="QM", actor=cast["ana"].label, at=later)

    assert states(half) == [*["done"] * 6, "next", "later", "later"]
    assert half.context["stops"][6].url == f"/cases/{case}/"
    assert half.context["stops"][6].here
    assert states(desk("ana").get("/tour/")) == ["done"] * 9


def test_each_step_leads_over_the_door_of_its_person(client, desk, cast, at):
    submitted(cast, at + timedelta(hours=1))

    stranger, mario = (markup(who.get("/tour/").content.decode()) for who in (client, desk("mario")))

    assert 'href="/accounts/login/?email=amina%40ma.example&amp;next=/cases/QM-A-' in stranger
    assert '<input type="hidden" name="next" value="/accounts/login/?email=amina%40ma.example' in mario
    assert "demo-only-leopard-9" in stranger


def test_there_is_no_tour_outside_the_demo_world(client, cast):
    assert client.get("/tour/").status_code == 404
    assert "leopard" not in client.get("/").content.decode()


def test_the_tour_costs_the_same_however_many_cases_there_are(desk, cast, at, django_assert_num_queries):
    mario = desk("mario")
    submitted(cast, at + timedelta(hours=1))
    with django_assert_num_queries(7):
        mario.get("/tour/")
    for _ in range(3):
        submitted(cast, at + timedelta(hours=2))

    with django_assert_num_queries(7):
        mario.get("/tour/")


def test_every_step_is_a_person_of_the_demo_world():
    from wildgate.site.demo.cast import CAST

    assert {step.who for step in tour.STEPS} <= {member.email.partition("@")[0] for member in CAST}


def open_points():
    today = timezone.now().date()
    return {str(each.label) for each in first_run.checks("QM", today) if not each.done}


def test_the_first_run_list_gets_shorter_with_what_is_entered(cast, settings):
    everything = open_points()
    assert "The authorities" not in everything
    assert {"Second factors", "Service times", "The tariff", "Mail", "Species and listings"} <= everything

    entered(cast, "service-time", {"days": "10"})
    for person in Person.objects.filter(pk__in=Post.objects.exclude(role="trader").values("person_id")):
        TOTP.activate(person, generate_totp_secret())
    settings.SECURE = True

    assert everything - open_points() == {"Service times", "Second factors", "An address of its own, encrypted"}


def test_without_a_second_officer_or_the_keys_the_list_says_so(cast, tmp_path, settings):
    Post.objects.filter(role__in=("countersigner", "customs")).delete()
    settings.HOME = tmp_path

    assert {"Two officers", "The keys", "Customs"} <= open_points()


def test_the_list_is_the_administrators_and_their_desk(desk, cast):
    assert desk("sam").get("/")["Location"] == "/first-run/"
    asked = desk("sam").get("/first-run/")
    assert asked.status_code == 200
    assert asked.context["next"].label == "Second factors"
    assert '<a class="button" href="/people/">Next: Second factors</a>' in asked.content.decode()
    assert desk("amina").get("/first-run/").status_code == 403


def test_an_empty_installation_tells_its_operator_what_to_do(client, db):
    assert "wildgate users authority" in client.get("/").content.decode()
