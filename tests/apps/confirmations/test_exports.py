"""A foreign permit without the export endorsement: asked in one click, answered, closed, counted by country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests.apps.houserules.house import entered
from tests.cast import NOON
from tests.desks import page_text

from wildgate.apps.confirmations import exports, services
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import Answer
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import ForeignPermit, MissingEndorsement
from wildgate.kit import jobs
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def paper(jean, number="26QZ/0007-E", country="QZ") -> ForeignPermit:
    found = customs.register_foreign(
        actor=jean, country=country, number=number, issued_on=TODAY - timedelta(days=5),
        valid_until=TODAY + timedelta(days=90), kind="export-permit", exporter_country=country, importer_country="QM",
        purpose="T", lines=[customs.Item("Python bivittatus", "II", "W", "SKI", "300", "NAR", country)], at=NOON)
    assert isinstance(found, ForeignPermit), found
    return found


def page_of(found: ForeignPermit) -> str:
    return f"/confirmations/foreign/{found.country}/{found.number}/{found.issued_on.isoformat()}/"


def test_one_click_makes_the_question_and_the_mail_and_the_link_answers_it(cast, desk):
    found = paper(cast["jean"])
    assert "Ask the exporting authority" in page_text(desk("jean").get(page_of(found)))
    entered(cast, "port", {"name": "Kivu-2", "use": "both", "codes": ["QMKV2"]})
    asked = {"actor": cast["jean"], "foreign": (found.country, found.number, found.issued_on), "at": NOON}
    assert customs.ask_exporter(port="Atlantis", **asked).code == "place-unknown"
    desk("jean").post(page_of(found), {"do": "ask"})
    desk("jean").post(page_of(found), {"do": "ask"})
    jobs.run_pending()

    question = Question.objects.get()
    assert (question.other, question.about, question.facts[0]["quantity"]) == ("QZ", "endorsement", "300")
    mail = desk("amina").post(page_of(found), {"do": "mail"}, follow=True)
    link = f"/confirmations/answer/{mail.context['link'].rpartition('answer/')[2]}"
    assert "came to our border without the endorsement" in mail.context["text"]
    assert "Did your customs let these goods leave under it?" in mail.context["text"]
    other = Client()
    assert other.post(link, {"ours": "yes"}).status_code == 422
    assert other.post(link, {"ours": "yes", "left": "yes", "endorsed": "no", "quantities": "yes"}).status_code == 302
    desk("jean").post(page_of(found), {"do": "take"})

    missing = MissingEndorsement.objects.get()
    assert (missing.state, missing.outcome, missing.closed_by_id) == ("confirmed", question.number,
                                                                      cast["jean"].person_id)
    chain = Event.objects.filter(subject=found.subject).exclude(kind="read").order_by("seq")
    assert list(chain.values_list("kind", flat=True)) == [
        "foreign-registered", "endorsement-missing", "confirmation-asked", "confirmation-link-made",
        "confirmation-answered", "endorsement-question-closed"]


def test_an_answer_that_an_officer_writes_down_closes_it_and_countries_are_counted(cast, desk):
    for number, country in (("A1", "QZ"), ("A2", "QZ"), ("B1", "BR")):
        key = paper(cast["jean"], number, country)
        customs.ask_exporter(actor=cast["jean"], foreign=(country, number, key.issued_on), port="Kivu-2", at=NOON)
    jobs.run_pending()
    said = Answer({"ours": "yes", "left": "no", "endorsed": "no", "quantities": "unknown"})
    services.answer(actor=cast["amina"], number=Question.objects.get(permit_number="A1").number, answer=said,
                    at=NOON + timedelta(days=1))

    rows = exports.by_country(cast["ana"], TODAY + timedelta(days=60))
    assert [(row.code, row.asked, row.open, row.overdue, row.denied) for row in rows] == [
        ("QZ", 2, 1, 1, 1), ("BR", 1, 1, 1, 0)]
    assert "Brazil" in page_text(desk("ana").get("/confirmations/endorsements/"))
    assert exports.by_country(cast["mario"], TODAY) == []


def test_who_has_no_part_in_it_sees_nothing(cast, desk):
    found = paper(cast["jean"])
    assert desk("mario").get(page_of(found)).status_code == 403
    assert desk("amina").get("/confirmations/foreign/QZ/none/2026-01-01/").status_code == 404
    assert desk("amina").get("/confirmations/foreign/QZ/none/yesterday/").status_code == 404
    assert exports.about(cast["mario"], "QZ", found.number, date(2026, 1, 1)) is None
