"""Registration that lapses: the sentence, the notice two weeks before, and what the daily run throws away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from tests.apps.accounts.offices import firm

from wildgate.apps.accounts import jobs, links, services
from wildgate.apps.accounts.models import Knock, Link, Organisation
from wildgate.apps.accounts.selectors import registration_refusal
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("change", "code"), [
    ({}, None), ({"registered_until": 0}, None), ({"registered_until": -1}, "registration-ended"),
    ({"regular_until": -1}, "regularity-ended"), ({"registered_until": 30, "regular_until": 30}, None),
    ({"state": "waiting"}, "not-verified"), ({"state": "refused", "registered_until": 30}, "not-verified")])
def test_who_may_apply_today(cast, at, change, code):
    office, on = firm("Lacuna Hides Ltd"), at.date()
    for field, value in change.items():
        setattr(office, field, on + timedelta(days=value) if isinstance(value, int) else value)

    refused = registration_refusal(office, on)

    assert (refused.code if refused else None) == code
    if refused:
        assert refused.basis == ("House rule: registration",)
        assert "Lacuna Hides Ltd" in refused.reason


def endings() -> list[str]:
    return list(Event.objects.filter(kind="registration-ending").order_by("seq").values_list("data", flat=True))


def test_an_ending_is_announced_two_weeks_before_and_once(cast, amina, at):
    office = firm("Lacuna Hides Ltd")
    services.set_terms(actor=amina, organisation=office.pk, registered_until=at.date() + timedelta(days=15),
                       regular_until=at.date() + timedelta(days=300), at=at)
    jobs.each_day(at=at, party_code="QM")
    assert endings() == []

    for days in (1, 2, 9):
        jobs.each_day(at=at + timedelta(days=days), party_code="QM")
    assert len(endings()) == 1
    assert '"what":"registration"' in endings()[0]

    services.set_terms(actor=amina, organisation=office.pk, registered_until=at.date() + timedelta(days=20),
                       regular_until=None, at=at)
    jobs.each_day(at=at + timedelta(days=10), party_code="QM")
    assert len(endings()) == 2, "a new day of ending is announced anew"


def test_the_daily_run_asks_for_the_next(cast, at):
    jobs.begin("QM", at)
    assert Job.objects.filter(name="accounts.each_day").count() == 1
    Job.objects.all().delete()

    jobs.each_day(at=at, party_code="QM")
    jobs.begin("QM", at)

    waiting = Job.objects.get(name="accounts.each_day")
    assert (waiting.run_after, waiting.payload) == (at, {"party_code": "QM"})


def test_what_nobody_needs_is_thrown_away(cast, mario, at):
    for made in (at - timedelta(days=9), at):
        links.make(Link.Purpose.JOIN, f"x{made.day}@y.example", party="QM", at=made,
                   organisation=Organisation.objects.first())
        Knock.objects.create(form="register", who="x", at=made)
    Session.objects.create(session_key="over", expire_date=at - timedelta(hours=1))
    Session.objects.create(session_key="open", expire_date=at + timedelta(hours=1))
    for key in ("over", "open"):
        UserSession.objects.create(user_id=mario.person_id, session_key=key, ip="203.0.113.77", user_agent="x")

    jobs.clean_up(at)

    assert Link.objects.get().expires_at > at
    assert Knock.objects.get().at == at
    kept = UserSession.objects.get()
    assert (kept.session_key, kept.ip) == ("open", "203.0.113.0")
