"""The status page tells the truth: place in the queue, promised day, what is missing; home shows what waits first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from tests.cast import SKINS, submitted
from tests.desks import page_text

from wildgate.apps.accounts.models import Organisation, Person, Post
from wildgate.apps.fees.models import Charge
from wildgate.apps.houserules.models import Team
from wildgate.apps.permits import services, whereabouts
from wildgate.apps.permits.models import Application
from wildgate.convention.refusal import Refusal


def test_the_place_in_the_teams_queue_counts_only_what_nobody_took(cast: Any, desk: Any, at: Any) -> None:
    first, taken, other, mine = (submitted(cast, at + timedelta(minutes=i)) for i in range(4))
    birds, reptiles = (Team.objects.create(party="QM", name=name) for name in ("Birds", "Reptiles"))
    Application.objects.update(team=reptiles)
    Application.objects.filter(number=other).update(team=birds)
    services.take(actor=cast["amina"], case=taken, at=at)

    assert "Place 2 of 2 in the queue of the team Reptiles." in page_text(desk("mario").get(f"/apply/{mine}/"))
    assert "Place 1 of 2" in page_text(desk("mario").get(f"/apply/{first}/"))
    assert "in the queue" not in page_text(desk("mario").get(f"/apply/{taken}/"))


PROMISES = (
    (datetime(2027, 3, 8, tzinfo=UTC), "A decision is promised by 8 March 2027: 3 working days are left."),
    (datetime(2027, 3, 3, tzinfo=UTC), "A decision is promised for today."),
    (datetime(2027, 3, 1, tzinfo=UTC), "promised for 1 March 2027: 2 working days ago. The authority sees"),
)


def test_the_promised_day_is_counted_in_working_days(cast: Any) -> None:
    wednesday = datetime(2027, 3, 3, 9, tzinfo=UTC)
    case = Application.objects.get(number=submitted(cast, wednesday))
    for promised, words in PROMISES:
        case.due_on = promised.date()
        where = whereabouts.of(case, None, wednesday)

        page = render_to_string("permits/trader_status.html", {"case": case, "where": where, "word": {"turn": "x"}})
        assert words in " ".join(page.split())


def test_a_fee_that_is_due_is_missing_and_leads_to_its_page(cast: Any, desk: Any, at: Any) -> None:
    case = Application.objects.get(number=submitted(cast, at))
    Charge.objects.filter(subject=case.subject).delete()
    Charge.objects.create(party="QM", subject=case.subject, organisation=case.organisation, amount=Decimal("1040.500"),
                          currency="EUR", made_at=at)

    page = page_text(desk("mario").get(f"/apply/{case.number}/"))
    assert "Pay the fee of 1,040.50 EUR." in page
    for language, told in (("en", "1,040.50 EUR"), ("fr", "1 040,50 EUR"), ("ar", "1,040.50 EUR")):
        page_there = page_text(desk("mario").get(f"/apply/{case.number}/", headers={"accept-language": language}))
        assert page_there.replace("\xa0", " ").count(told) == 2
    assert "Your turn: pay the fee." in page
    assert "The authority's turn" not in page
    assert "Your turn: pay the fee." in page_text(desk("mario").get("/apply/"))


def test_a_refused_or_appealed_case_asks_for_nothing_any_more(cast: Any, desk: Any, at: Any) -> None:
    tariff(cast, at)
    case = submitted(cast, at)
    assert " open" in page_text(desk("mario").get(f"/apply/{case}/"))
    services.take(actor=cast["amina"], case=case, at=at)
    services.refuse_case(actor=cast["amina"], case=case, reason="No.", basis="Art. IV", at=at)
    refused = page_text(desk("mario").get(f"/apply/{case}/"))
    desk("mario").post(f"/apply/{case}/appeal/", {"text": "It is not so."})
    appealed = page_text(desk("mario").get(f"/apply/{case}/"))

    assert "The last day is" in refused
    assert "What has to be found" not in refused
    assert "Appeal of" in appealed
    assert "It is for the review, however that ended." in refused
    assert "pay the fee." not in refused + appealed + page_text(desk("mario").get("/apply/"))


def test_home_shows_what_waits_for_me_first(cast: Any, desk: Any, at: Any) -> None:
    asked = submitted(cast, at)
    services.take(actor=cast["amina"], case=asked, at=at)
    services.ask(actor=cast["amina"], case=asked, text="Which farm?", at=at)
    later = submitted(cast, at + timedelta(hours=1))
    page = page_text(desk("mario").get("/apply/"))

    places = [page.index(words) for words in ("Your turn", asked, "With the authority, or decided", later)]
    assert places == sorted(places)


def test_who_acts_for_several_is_asked_for_whom_and_sees_one_at_a_time(cast: Any, desk: Any, at: Any) -> None:
    mario = cast["mario"]
    other = Organisation.objects.exclude(pk__in=mario.organisations).first()
    assert other is not None
    Organisation.objects.update(state="verified")
    Post.objects.create(party="QM", person_id=mario.person_id, role="trader", organisation=other)
    own = submitted(cast, at)
    base = desk("mario").post("/apply/", {"organisation": other.pk})["Location"].removesuffix("route/")
    theirs = base.split("/")[2]

    assert Application.objects.get(number=theirs).organisation == other
    page = page_text(desk("mario").get("/apply/", {"for": other.pk}))
    assert "For whom do you apply?" in page
    assert theirs in page
    assert own not in page
    both = page_text(desk("mario").get("/apply/"))
    assert theirs in both
    assert own in both


def test_a_lapsed_registration_is_told_before_and_at_the_door(cast: Any, desk: Any, at: Any) -> None:
    mario = cast["mario"]
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at, answers=SKINS)
    assert isinstance(case, Application)
    Organisation.objects.filter(pk=case.organisation_id).update(registered_until=at.date() - timedelta(days=1))

    page = page_text(desk("mario").get(f"/apply/{case.number}/check/"))
    outcome = services.submit(actor=mario, case=case.number, at=at)
    assert "It cannot be submitted now" in page
    assert "Submit the application" not in page
    assert isinstance(outcome, tuple)
    assert isinstance(outcome[0], Refusal)
    assert outcome[0].code == "registration-ended"


def test_the_fee_is_shown_before_and_charged_at_submission(cast: Any, desk: Any, at: Any) -> None:
    from wildgate.apps.houserules.models import Rule

    mario = cast["mario"]
    assert not Rule.objects.filter(kind="tariff").exists()
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at, answers=SKINS)
    assert isinstance(case, Application)
    assert "No fee is charged" in page_text(desk("mario").get(f"/apply/{case.number}/check/"))
    tariff(cast, at)

    assert "55.00 EUR, to be paid after you submit." in page_text(desk("mario").get(f"/apply/{case.number}/check/"))
    assert not Charge.objects.exists()
    desk("mario").post(f"/apply/{case.number}/check/", {"declared": "yes"})
    charge = Charge.objects.get(subject=case.subject)
    assert (charge.amount, charge.currency, charge.state) == (Decimal(55), "EUR", "due")


def tariff(cast: Any, at: Any) -> None:
    """55 EUR for any document."""
    from wildgate.apps.houserules.models import Rule

    Rule.objects.create(party="QM", kind="tariff", key="any", since=at.date() - timedelta(days=30), state="confirmed",
                        value={"document": "", "currency": "EUR", "base": "55", "per_line": "0", "lines_included": 0,
                               "extras": {}}, proposed_by_id=cast["amina"].person_id, proposed_at=at,
                        decided_by_id=cast["bo"].person_id, decided_at=at)


@pytest.mark.parametrize("path", ["status", "tasks", "documents", "balances", "check", "lost", "appeal"])
def test_pages_cost_the_same_however_many_rows(cast: Any, desk: Any, at: Any, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from tests.cast import issued

    counts = []
    for lines in (1, 3):
        answers = {**SKINS, "lines": SKINS["lines"] * lines}
        address = _page(cast, at, path, answers, issued)
        desk("mario").get(address)
        with CaptureQueriesContext(connection) as caught:
            assert desk("mario").get(address).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= MOST_QUERIES[path]


MOST_QUERIES = {"status": 20, "tasks": 9, "documents": 9, "balances": 6, "check": 13, "lost": 7, "appeal": 8}


def _page(cast: Any, at: Any, path: str, answers: Any, issued: Any) -> str:
    mario = cast["mario"]
    if path == "balances":
        return "/apply/balances/"
    if path == "lost":
        return f"/permits/{issued(cast, at, answers).number}/lost/"
    if path in ("status", "appeal"):
        number = submitted(cast, at, answers)
        if path == "appeal":
            services.take(actor=cast["amina"], case=number, at=at)
            services.refuse_case(actor=cast["amina"], case=number, reason="No.", basis="Art. IV", at=at)
        return f"/apply/{number}/" + ("appeal/" if path == "appeal" else "")
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at, answers=answers)
    return f"/apply/{case.number}/" + ("" if path == "tasks" else f"{path}/")


def test_an_agent_applies_for_the_client_and_the_permit_names_the_client(cast: Any, desk: Any, at: Any) -> None:
    from tests.journeys.test_form_to_permit import granted

    from wildgate.apps.accounts.models import Mandate
    from wildgate.apps.accounts.selectors import actor_of

    mario = cast["mario"]
    client = Organisation.objects.exclude(pk__in=mario.organisations).first()
    assert client is not None
    Organisation.objects.update(state="verified")
    mandate = Mandate.objects.create(party="QM", client=client, agent_id=min(mario.organisations), since=at.date(),
                                     given_by_id=mario.person_id, given_at=at, kinds=["import-permit"])
    agent = actor_of(Person.objects.get(pk=mario.person_id), at.date())
    case = services.start(actor=agent, organisation=client.pk, at=at, answers=SKINS)
    assert isinstance(case, Application)

    barred = services.submit(actor=agent, case=case.number, at=at)
    assert isinstance(barred, tuple)
    assert [each.code for each in barred] == ["not-allowed"]
    Mandate.objects.filter(pk=mandate.pk).update(kinds=[])
    assert client.name in page_text(desk("mario").get(f"/apply/{case.number}/"))
    done = services.submit(actor=agent, case=case.number, at=at)
    assert isinstance(done, Application), done
    permit = granted(cast, case.number, at)
    assert permit.record.exporter.name == client.name
