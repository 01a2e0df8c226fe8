"""Clocks of data protection: 48 hours, 3 days, 5 working days before a contract; and who receives what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.apps.duties.steps import agree, chain
from tests.apps.letters.post import done
from tests.cast import NOON
from tests.desks import page_text

from wildgate.apps.duties import recipients, services
from wildgate.apps.duties.services.protecting import before, due
from wildgate.apps.houserules.working_days import Calendar
from wildgate.convention.refusal import Refusal

CALENDAR = Calendar(frozenset({date(2026, 12, 25)}))


def test_each_clock_runs_as_its_rule_says():
    assert due("breach", NOON, None, CALENDAR) == NOON + timedelta(hours=48)
    assert due("missent", NOON, None, CALENDAR) == NOON + timedelta(days=3)
    assert due("processor", NOON, date(2026, 12, 30), CALENDAR) == datetime(2026, 12, 22, tzinfo=UTC)
    assert before(date(2026, 12, 28), 1, CALENDAR) == date(2026, 12, 24)


@pytest.mark.django_db
def test_a_breach_is_opened_done_and_stands_in_the_chain(cast, at, desk, django_assert_num_queries):
    soon = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    given = {"kind": "breach", "what": "40 addresses of applicants", "noticed_at": soon}
    assert desk("nadia").post("/duties/data/", {**given, "noticed_at": "2199-01-01T00:00"}).status_code == 422
    assert desk("nadia").post("/duties/data/", {**given, "kind": "processor"}).status_code == 422
    assert desk("nadia").post("/duties/data/", given).status_code == 302
    assert "40 addresses of applicants" in page_text(desk("ana").get("/duties/data/"))
    with django_assert_num_queries(9):
        desk("ana").get("/duties/data/")
    assert desk("jean").post("/duties/data/1/done/").status_code == 403
    refused = services.finish_incident(actor=cast["nadia"], incident=1, outcome=" ", at=at)
    assert isinstance(refused, Refusal)
    found = done(services.finish_incident(actor=cast["nadia"], incident=1, outcome="Told the authority.", at=at))
    assert chain(found.subject) == ["incident-opened", "incident-done"]


@pytest.mark.django_db
def test_the_register_of_recipients_follows_what_is_switched_on(cast, at):
    agree(cast, "imports-relayed", address="registry@ma.example")
    agree(cast, "permit-lost", on=False)
    found = {each.who: [str(what) for what in each.what] for each in recipients.register("QM", at.date())}
    customs = next(what for who, what in found.items() if who.startswith("Customs"))
    assert "A permit was issued" in customs
    assert "A permit was reported lost or stolen" not in customs
    assert found["registry@ma.example"] == ["The imports of the day, as a file"]
