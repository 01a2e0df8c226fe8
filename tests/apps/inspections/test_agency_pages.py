"""The narrow desk of another agency in the browser: what it shows, what it never tells, and whom letters reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.apps.inspections.goods import of_permit, planned, recorded
from tests.apps.inspections.test_agency_requests import answered, asked, fisher
from tests.apps.letters.post import run, told
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Authority, Person, Post
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import AgencyRequest, AgencyResult, Inspection
from wildgate.apps.inspections.services import identifying
from wildgate.apps.inspections.services.asking_agencies import tell_overdue
from wildgate.apps.inspections.services.identifying import Question
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.letters import selectors as letters
from wildgate.kit.models import Job

pytestmark = pytest.mark.django_db
LIST_QUERIES = 10


def test_asked_answered_corrected_through_the_pages(cast, at, desk):
    found = recorded(cast, at, of_permit(cast, at, place="Shed 4"), Line("wrong-quantity", quantity="1190"))
    jean, vera, page = desk("jean"), desk("vera"), f"/inspections/{found.number}/"
    form = {"ask_agency": "veterinary", "ask_question": "How many?", "ask_note": "Ask for Jean", "ask_due_at": ""}

    missing = jean.post(f"{page}agency/ask/", form)
    assert (missing.status_code, 'href="#id_ask_due_at"' in missing.content.decode()) == (422, True)
    assert 'value="How many?"' in missing.content.decode()
    until = (timezone.now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
    assert jean.post(f"{page}agency/ask/", form | {"ask_due_at": until}).url == page
    made = AgencyRequest.objects.get()
    assert vera.get("/").url == "/agency/"
    assert made.number in page_text(vera.get("/agency/")) and "Shed 4" in page_text(vera.get("/agency/"))
    own = f"/agency/{made.number}/"
    blank = vera.get(own)
    assert "Crocodylus novaeguineae" in page_text(blank) and "Ask for Jean" in page_text(blank)
    assert 'name="quantity-1" value="1190"' in blank.content.decode()

    refused = vera.post(own, {"quantity-1": "1150", "unit-1": "NAR", "in_order-1": ""})
    assert (refused.status_code, 'href="#id_in_order-1"' in refused.content.decode()) == (422, True)
    assert 'name="quantity-1" value="1150"' in refused.content.decode()
    assert vera.post(own, {"quantity-1": "1150", "unit-1": "NAR", "in_order-1": "yes"}).url == own
    assert "The goods are retained" in page_text(vera.get(own)) and "Retained" in page_text(jean.get(page))
    assert "answered by the agency itself" in page_text(jean.get(page))
    assert vera.post(own, {"quantity-1": "1190", "unit-1": "NAR", "in_order-1": "yes"}).url == own
    assert "retained" not in page_text(vera.get(own)) and "Retained" not in page_text(jean.get(page))
    assert made.number in page_text(vera.get("/agency/?view=done"))


def test_the_amount_of_the_agency_fills_the_form_of_customs(cast, at, desk):
    found = of_permit(cast, at)
    answered(cast, at, asked(cast, at, found), "1150")

    assert 'name="quantity-1" value="1150"' in desk("jean").get(f"/inspections/{found.number}/").content.decode()


def test_an_agency_reads_nothing_of_risk_traders_or_papers(cast, at, desk):
    found = recorded(cast, at, of_permit(cast, at, place="Shed 4"),
                     Line("false-permit", quantity="1190", remark="Stamp of Quagmire"))
    Inspection.objects.update(lane="red", reasons=["intelligence"])
    found.lines.update(marks=["RING-77"])
    made = asked(cast, at, found)
    cast["finn"] = fisher(cast, at)
    answered(cast, at, asked(cast, at, found, "fisheries"), "1190", in_order="no", remark="Smells of Quagmire",
             who="finn")

    texts = [desk("vera").get(path).content.decode() for path in (
        "/agency/", "/agency/?view=done", f"/agency/{made.number}/")]

    assert "1,190" in texts[2] and "Not in order" in texts[2]
    for text in texts:
        for secret in (found.reference, "Lacuna Hides", "Quartz", "Quagmire", "RING-77", "Jean Moreau", "False",
                       "Intelligence", "lane", "Finn"):
            assert secret not in text.partition("<main")[2], secret
    for path in (f"/inspections/{found.number}/", "/inspections/", f"/permits/{found.reference}/", "/border/",
                 "/inspections/seizures/", "/declarations/", "/people/", "/cases/", "/risk/", "/inspections/cards/"):
        assert desk("vera").get(path).status_code == NOT_ALLOWED, path


def test_a_request_to_another_agency_is_like_none(cast, at, desk):
    cast["finn"] = fisher(cast, at)
    found = of_permit(cast, at)
    Job.objects.all().delete()
    made = asked(cast, at, found)
    finn, nobodys = desk("finn"), f"QM-G-{at.year}-999999"

    for way in ("get", "post"):
        theirs = getattr(finn, way)(f"/agency/{made.number}/")
        assert theirs.status_code == 404
        assert page_text(theirs) == page_text(getattr(finn, way)(f"/agency/{nobodys}/"))
    assert made.number not in page_text(finn.get("/agency/")) + page_text(finn.get("/agency/?view=done"))
    assert finn.post(f"/agency/{made.number}/withdraw/", {"why": "x"}).status_code == NOT_ALLOWED
    run()
    assert told(cast["finn"]) == []


def test_a_withdrawn_request_says_why_and_tells_no_amounts(cast, at, desk):
    found = recorded(cast, at, of_permit(cast, at), Line("wrong-quantity", quantity="1190"))
    made, page = asked(cast, at, found), f"/inspections/{found.number}/"

    refused = desk("jean").post(f"/agency/{made.number}/withdraw/", {"why": ""})
    assert (refused.status_code, f'href="#id_why_{made.number}"' in refused.content.decode()) == (422, True)
    assert desk("jean").post(f"/agency/{made.number}/withdraw/", {"why": "Counted by us"}).url == page

    text = page_text(desk("vera").get(f"/agency/{made.number}/"))
    assert "Counted by us" in text and "1,190" not in text and "Send the answer" not in text
    assert desk("vera").post(f"/agency/{made.number}/", {"quantity-1": "1", "in_order-1": "yes"}).status_code == 422
    assert AgencyResult.objects.count() == 0


def test_letters_reach_the_agency_the_asker_and_the_management_authority(cast, at):
    cast["finn"] = fisher(cast, at)
    found = recorded(cast, at, of_permit(cast, at), Line("in-order"))
    Job.objects.all().delete()  # the documents of the permit are another story
    made = asked(cast, at, found, due_at=at + timedelta(days=20))
    run()
    assert told(cast["vera"]) == [f"Request {made.number}: customs ask your agency about a consignment"]
    letter, = letters.shown(cast["vera"], letters.inbox(cast["vera"]))
    assert letter.url == f"/agency/{made.number}/"

    answered(cast, at, made, "1150")
    run()
    assert f"Request {made.number}: the agency has answered" in told(cast["jean"])
    assert f"Permit {found.reference}: customs counted another quantity" in told(cast["amina"])
    answered(cast, at, made, "1200")
    run()
    assert f"Request {made.number}: the agency has corrected its answer" in told(cast["jean"])
    assert f"Inspection {found.number}: the amounts agree again" in told(cast["amina"])
    assert len(told(cast["vera"])) == 1 and told(cast["finn"]) == []
    assert not [title for title in told(cast["nadia"]) if made.number in title]


def test_who_asked_and_the_agency_are_told_once_that_an_answer_is_overdue(cast, at):
    found = of_permit(cast, at)
    Job.objects.all().delete()
    made = asked(cast, at, found)  # its time is over by the clock of the database
    run()
    tell_overdue(made.pk, at=at + timedelta(days=1))
    run()

    assert told(cast["vera"]).count(f"Request {made.number}: your answer is overdue") == 1
    assert told(cast["jean"]).count(f"Request {made.number}: the agency has not answered in time") == 1

    answered(cast, at, made, "1200")
    other = asked(cast, at, found, due_at=at + timedelta(hours=1))
    services.withdraw_request(actor=cast["jean"], number=other.number, why="Not needed", at=at)
    run()
    assert not [title for title in told(cast["vera"]) if other.number in title and "overdue" in title]


def test_who_asked_and_the_expert_are_told_once_that_an_identification_is_overdue(cast, at):
    Job.objects.all().delete()
    past = at - timedelta(days=30)  # its last day is over by the clock of the database
    made = services.ask(actor=cast["jean"], asked=Question("Which?", expert=cast["lena"].person_id), at=past)
    run()
    identifying.tell_overdue(made.pk, made.due_on.isoformat(), at=at)
    run()
    title = f"Identification {made.number}: your opinion is overdue"
    assert told(cast["lena"]).count(title) == 1
    assert told(cast["jean"]).count(f"Identification {made.number} was not answered in time") == 1

    services.answer(actor=cast["lena"], number=made.number, wanted="The underside.", at=past)
    services.send_more(actor=cast["jean"], number=made.number, note="Here.", at=past + timedelta(days=7))
    identifying.tell_overdue(made.pk, made.due_on.isoformat(), at=at)
    run()
    assert told(cast["lena"]).count(title) == 2


def test_whoever_left_the_agency_reads_its_letters_no_more(cast, at, desk):
    found = of_permit(cast, at)
    Job.objects.all().delete()
    asked(cast, at, found, due_at=at + timedelta(days=20))
    run()
    vera = Person.objects.get(pk=cast["vera"].person_id)
    Post.objects.filter(person=vera).update(until=at.date() - timedelta(days=1))

    left = actor_of(vera, at.date())

    assert letters.shown(left, letters.inbox(left)) == []
    assert desk("vera").get("/agency/").status_code == NOT_ALLOWED


def test_the_administrator_makes_an_agency_and_its_person(cast, at, desk):
    sam = desk("sam")
    office = {"kind": "agency", "name": "Plant Health", "address": "Green 1", "place": "Port Lacuna"}

    assert sam.post("/authorities/add/", office).status_code == 422
    assert sam.post("/authorities/add/", office | {"kind": "customs", "agency": "plant-health"}).status_code == 422
    assert sam.post("/authorities/add/", office | {"agency": "plant-health"}).status_code == 302
    made = Authority.objects.get(name="Plant Health")
    sam.post(f"/authorities/{made.pk}/", {"name": "Plant Service", "address": "Green 1", "place": "P",
                                          "agency": "police"})
    made.refresh_from_db()
    assert (made.name, made.agency) == ("Plant Service", "plant-health")
    assert "Plant health service" in page_text(sam.get("/authorities/"))
    lena = cast["lena"].person_id
    assert sam.post(f"/people/{lena}/posts/", {"role": "agency", "authority": made.pk}).status_code == 302
    assert actor_of(Person.objects.get(pk=lena), at.date()).agencies == {"plant-health"}
    assert asked(cast, at, of_permit(cast, at), "plant-health").state == "open"


@pytest.mark.parametrize("who", ["vera", "jean"])
def test_the_list_asks_the_database_the_same_few_questions_for_any_length(cast, at, desk, who):
    def one(n):
        found = recorded(cast, at, planned(cast, at, reference=f"SX-{n}"),
                         Line("in-order", taxon="Ara macao", term="FEA", quantity="1"))
        asked(cast, at, found)

    one(0)
    desk(who).get("/agency/")
    with CaptureQueriesContext(connection) as few:
        desk(who).get("/agency/")
    for n in range(1, 6):
        one(n)
    with CaptureQueriesContext(connection) as many:
        text = page_text(desk(who).get("/agency/"))
    assert text.count("Ara macao") == 6
    assert len(many) == len(few) <= LIST_QUERIES


def test_customs_are_told_that_nobody_can_be_asked_here(cast, at, desk):
    found = of_permit(cast, at)
    assert "Ask another agency" in page_text(desk("jean").get(f"/inspections/{found.number}/"))
    Post.objects.filter(person_id=cast["vera"].person_id).update(until=at.date() - timedelta(days=1))

    text = page_text(desk("jean").get(f"/inspections/{found.number}/"))

    assert "No other agency has a log-in here" in text and "Ask another agency" not in text
    assert "Ask another agency" not in page_text(desk("amina").get(f"/inspections/{found.number}/"))


def test_customs_read_the_request_as_the_agency_does_and_answer_nothing(cast, at, desk):
    found = of_permit(cast, at)
    made = asked(cast, at, found)

    page = desk("jean").get(f"/agency/{made.number}/")

    assert f"/inspections/{found.number}/" in page.content.decode() and "Send the answer" not in page_text(page)
    assert desk("jean").post(f"/agency/{made.number}/", {"quantity-1": "1", "in_order-1": "yes"}).status_code == 422
