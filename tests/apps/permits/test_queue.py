"""The queue by team, promised day and person; cases handed on; many uniform cases decided at once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from tests.apps.houserules.house import entered
from tests.cast import NOON, SKINS, ready, submitted
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.houserules.models import Absence, Team
from wildgate.apps.houserules.working_days import Calendar
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Batch, BatchCase, Finding, Permit
from wildgate.apps.permits.queues import clock
from wildgate.apps.permits.services import batches
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.models import Event, Job

pytestmark = pytest.mark.django_db
LIVE = {**SKINS, "lines": [{"taxon": "Python regius", "term": "LIV", "quantity": "4", "unit": "NAR", "source": "C",
                            "origin": "QM", "live": "yes"}]}
MONDAY = date(2027, 3, 1)


@pytest.mark.parametrize(("due", "tone", "words"), [
    (MONDAY, "hold", "due today"), (date(2027, 3, 2), "hold", "1 working day left"),
    (date(2027, 3, 5), "ok", "4 working days left"), (date(2027, 2, 26), "no", "1 working day late"),
    (date(2027, 2, 27), "no", "1 working day late"),
])
def test_the_clock_counts_working_days_in_words_and_tone(due, tone, words):
    shown = clock(due, Calendar(), MONDAY)

    assert (shown.tone, shown.words) == (tone, words)


def shown(answer):
    return [row.case.number for row in answer.context["rows"]]


def in_review(cast, at, who="amina", answers=None):
    number = submitted(cast, at, answers)
    services.take(actor=cast[who], case=number, at=at)
    return number


def test_a_case_goes_to_its_team_with_its_promised_day_and_what_spoils_has_its_own_queue(cast, at, desk):
    skins = Team.objects.create(party="QM", name="Skins", groups=["Reptilia"])
    plants = Team.objects.create(party="QM", name="Plants", groups=["Plantae"])
    entered(cast, "service-time", {"days": 15})
    entered(cast, "service-time", {"days": 2, "perishable": True})
    slow, quick = submitted(cast, at), submitted(cast, at, LIVE)

    cases = {case.number: case for case in Application.objects.all()}
    assert {case.team for case in cases.values()} == {skins}
    assert (cases[slow].perishable, cases[quick].perishable) == (False, True)
    assert cases[quick].due_on < cases[slow].due_on
    amina = desk("amina")
    assert shown(amina.get("/cases/")) == [quick, slow]
    assert shown(amina.get("/cases/?sort=age")) == [slow, quick]
    assert shown(amina.get("/cases/?tab=perishable")) == [quick]
    assert shown(amina.get(f"/cases/?team={plants.pk}")) == []
    Application.objects.filter(number=slow).update(due_on=at.date() - timedelta(days=30))
    late = amina.get("/cases/?tab=late")
    assert shown(late) == [slow]
    assert "working days late" in page_text(late)


def test_the_clock_stands_still_while_the_applicant_is_asked(cast, desk):
    """Asked on a Monday and answered on the next week's Wednesday: the promised day comes seven working days later."""
    asked_at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    entered(cast, "service-time", {"days": 3}, at=min(asked_at, NOON))
    number = in_review(cast, asked_at)
    due = Application.objects.get(number=number).due_on
    services.ask(actor=cast["amina"], case=number, text="Which tags?", at=asked_at)
    Application.objects.filter(number=number).update(due_on=MONDAY - timedelta(days=9))
    amina = desk("amina")
    waiting, late = amina.get("/cases/?tab=waiting"), amina.get("/cases/?tab=late")
    assert shown(waiting) == [number]
    assert shown(late) == []
    for answer in (waiting, amina.get(f"/cases/{number}/")):
        assert "clock stands still" in page_text(answer)
        assert not re.search(r"working days? late|promised for", page_text(answer))
    Application.objects.filter(number=number).update(due_on=due)

    services.answer(actor=cast["mario"], case=number, text="QM-1 to QM-9.", at=asked_at + timedelta(days=9))

    assert due == date(2027, 3, 4)
    assert Application.objects.get(number=number).due_on == date(2027, 3, 15)


@pytest.mark.parametrize("asked", ["team=x", "team=99999999999", "sort=evil", "whose=%00", "q=%00", "page=-1"])
def test_an_address_that_no_form_of_ours_makes_shows_the_queue(cast, at, desk, asked):
    assert desk("amina").get(f"/cases/?{asked}").status_code == 200


def test_a_stand_in_sees_the_absent_ones_cases_with_their_own_rights_only(cast, at, desk):
    number, today = in_review(cast, at), timezone.now().date()
    bo = desk("bo")
    assert shown(bo.get("/cases/?tab=mine")) == []
    Absence.objects.create(party="QM", person_id=cast["amina"].person_id, stand_in_id=cast["bo"].person_id,
                           since=today, until=today)

    assert shown(bo.get("/cases/?tab=mine")) == [number]
    assert "You stand in for Amina Keita until" in page_text(bo.get("/cases/"))
    own = page_text(desk("amina").get("/cases/?tab=review"))
    assert "Bo Osei stands in for you" in own
    assert "Amina Keita, away: Bo Osei stands in" in own
    assert shown(bo.get("/cases/?tab=review&whose=mine")) == [number]
    Finding.objects.update(made=True)
    services.approve(actor=cast["bo"], case=number, at=at)
    refused = services.countersign(actor=cast["bo"], case=number, at=at)
    assert refused.reason.endswith("Nobody countersigns their own decision.")


def test_cases_are_given_to_an_officer_and_handed_over_in_one(cast, at, desk):
    ours = [in_review(cast, at) for _ in range(2)]
    amina, bo = desk("amina"), cast["bo"].person_id

    amina.post("/cases/many/", {"tab": "review", "case": ours[:1], "deed": "assign", "to": bo})
    nobody = amina.post("/cases/many/", {"tab": "review", "case": ours[:1], "deed": "assign",
                                         "to": cast["mario"].person_id})
    same = amina.post("/cases/hand-over/", {"of": bo, "to": bo})
    amina.post("/cases/hand-over/", {"of": cast["amina"].person_id, "to": bo})

    assert set(Application.objects.values_list("officer_id", flat=True)) == {bo}
    assert Event.objects.filter(kind="assigned").count() == 2
    assert 'href="#id_to"' in nobody.content.decode()
    assert 'href="#id_to"' in same.content.decode()


def test_many_cases_are_decided_one_by_one_and_each_refusal_is_its_own(cast, at, desk):
    green, open_ = in_review(cast, at), in_review(cast, at)
    Finding.objects.filter(application__number=green).update(made=True)

    answer = desk("amina").post("/cases/many/", {"tab": "mine", "case": [green, open_], "deed": "approve"}, follow=True)

    states = dict(Application.objects.values_list("number", "state"))
    assert (states[green], states[open_]) == ("approved", "in-review")
    assert "is still open" in page_text(answer)
    assert (answer.context["done"], answer.context["refused"]) == (1, 1)


def test_own_decisions_are_not_countersigned_in_a_crowd_either(cast, at):
    own, others = in_review(cast, at, "bo"), in_review(cast, at)
    Finding.objects.update(made=True)
    services.approve(actor=cast["bo"], case=own, at=at)
    services.approve(actor=cast["amina"], case=others, at=at)

    batch = services.decide_many(actor=cast["bo"], deed="countersign", cases=[own, others], at=at)

    assert isinstance(batch, Batch)
    assert dict(Application.objects.values_list("number", "state")) == {own: "approved", others: "countersigned"}


@pytest.mark.parametrize(("who", "deed"), [("mario", "approve"), ("ito", "issue"), ("ana", "issue"),
                                           ("amina", "countersign")])
def test_nobody_decides_many_who_may_not_decide_one(cast, at, desk, who, deed):
    number = submitted(cast, at)

    refused = services.decide_many(actor=cast[who], deed=deed, cases=[number], at=at)
    answer = desk(who).post("/cases/many/", {"case": [number], "deed": deed})

    assert isinstance(refused, Refusal)
    assert refused.code == "not-allowed"
    assert answer.status_code in (NOT_ALLOWED, 422)
    assert not Batch.objects.exists()


def test_a_long_batch_is_a_job_that_goes_on_where_it_was_killed(cast, at, desk, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    cases = [ready(cast, at) for _ in range(3)]
    amina = desk("amina")
    told = amina.post("/cases/many/", {"tab": "issue", "all": "yes", "deed": "issue"})
    batch = Batch.objects.get()
    assert (Permit.objects.count(), told.url) == (0, f"/cases/batches/{batch.pk}/")

    first = batch.cases.order_by("pk").first()
    batches.decide_one(batch, first.pk, cast["amina"], at)
    page = amina.get(told.url)
    assert (page.context["doing"].rows, page.context["doing"].of, Permit.objects.count()) == (1, 3, 1)
    assert "data-progress" in page.content.decode()
    Job.objects.update(state=Job.State.DEAD)
    stopped = page_text(amina.get(told.url))
    assert "What is listed here is decided and stays so." in stopped
    assert "Nothing of the file was kept" not in stopped
    Job.objects.update(state=Job.State.WAITING)

    batches.decide_one(batch, first.pk, cast["amina"], at)
    jobs.run_pending()

    assert sorted(Permit.objects.values_list("application__number", flat=True)) == sorted(cases)
    assert BatchCase.objects.filter(done=True).count() == 3
    assert not Job.objects.filter(name="permits.work_off_batch").exists()
    assert amina.get(told.url).context["doing"] is None
    assert events.verify("QM") is None
