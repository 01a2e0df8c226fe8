"""The paper on screen: the chamber prints, the authority keeps the drawers, the holder learns what the original is."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from tests.apps.paper.printshop import chamber, done, given, printed, shop
from tests.cast import NOON, issued
from tests.desks import BACKEND, NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Person
from wildgate.apps.paper import services
from wildgate.apps.paper.models import Assignment, DayCount, Print, PrintOffice, Sheet
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
REFUSED = 422
NOT_THERE = 404


@pytest.fixture
def sit(cast, desk):
    """A browser of anybody, the chamber's clerks too."""
    def browser(name: str) -> Client:
        if name not in ("carla", "cem"):
            return desk(name)
        found = Client()
        found.force_login(Person.objects.get(pk=cast[name].person_id), backend=BACKEND)
        return found
    return browser


def test_the_clerk_prints_reports_and_a_colleague_confirms(cast, sit):
    office = shop(cast)
    permit = given(cast, office)
    carla, cem = sit("carla"), sit("cem")
    page = f"/printing/permits/{permit.number}/"

    assert permit.number in page_text(carla.get("/printing/", follow=True))
    assert carla.get(f"{page}pdf").content.startswith(b"%PDF")
    assert "recorded on sheet 0071233" in page_text(carla.post(page, {"sheets": "0071233"}, follow=True))
    again = carla.post(page, {"sheets": "0071234"})
    assert (again.status_code, "was printed once, on sheet 0071233" in page_text(again)) == (REFUSED, True)

    carla.post(f"{page}1/end/", {"kind": "spoiled", "reason": "Toner smeared."})
    report = Print.objects.get().reports.get()
    assert "Nobody confirms their own report" in page_text(
        carla.post(f"/printing/reports/{report.pk}/confirm/", follow=True))
    assert "can be printed again" in page_text(cem.post(f"/printing/reports/{report.pk}/confirm/", follow=True))
    assert Sheet.objects.get(number="0071233").state == "spoiled"


def test_several_at_once_and_the_count_of_the_drawer(cast, sit):
    office = shop(cast)
    numbers = [given(cast, office).number for _ in range(2)]
    desk = f"/printing/{office.pk}/"
    other = issued(cast, NOON).number

    files = ZipFile(BytesIO(b"".join(sit("carla").post(f"{desk}files/", {"numbers": [*numbers, other]}))))
    assert files.namelist() == [f"{number}.pdf" for number in numbers]

    text = page_text(sit("carla").post(f"{desk}run/", {"numbers": numbers, "first_sheet": "0071233"}, follow=True))
    assert "Printed: 2, on sheets 0071233–0071234." in text
    assert "0071235–0071292" in text

    wrong = sit("carla").post(f"{desk}count/", {"counted": "57"})
    assert "The ledger expects 58 sheets, you counted 57" in page_text(wrong)
    sit("carla").post(f"{desk}count/", {"counted": "58"})
    sit("cem").post(f"{desk}count/", {"counted": "58"})
    assert DayCount.objects.get().check_made.checked_by.name == "Cem Aydin"
    assert "Count agrees" in page_text(sit("carla").get(desk))


def test_the_authority_runs_the_paper_from_its_pages(cast, sit):
    amina = sit("amina")
    amina.post("/paper/offices/add/", {"name": "Chamber North", "kind": "chamber", "prints": "1"})
    office = PrintOffice.objects.get()
    amina.post("/paper/receive/", {"sheets": "0001-0100", "received_on": str(NOON.date()), "supplier_ref": "D 7"})
    amina.post("/paper/hand-out/", {"office": office.pk, "way": "out", "sheets": "0001-0010"})
    permit = issued(cast, NOON)
    amina.post("/paper/assign/", {"office": office.pk, "numbers": permit.number})
    amina.post("/paper/take-out/", {"sheets": "0100", "act": "lost", "reason": "Not in the box."})

    text = page_text(amina.get("/paper/"))

    assert "0011–0099" in text
    assert "1 sheet is lost" in text
    assert Assignment.objects.get().state == "accepted"
    assert "was received before" in page_text(
        amina.post("/paper/receive/", {"sheets": "0050-0150", "received_on": str(NOON.date())}))


def test_the_holder_learns_what_the_original_is_and_asks_for_an_office(cast, sit):
    office = shop(cast)
    permit = issued(cast, NOON)
    page = f"/permits/{permit.number}/"

    text = page_text(sit("mario").get(page))
    assert "The original is the paper that customs endorse first: the register counts its use" in text
    assert "Every other print is a copy and proves nothing." in text
    sit("mario").post(f"/paper/ask/{permit.number}/", {"office": office.pk})
    assert sit("carla").get(f"/printing/permits/{permit.number}/").status_code == NOT_THERE
    assert permit.number in page_text(sit("bo").get("/paper/"))
    sit("bo").post(f"/paper/asked/{permit.number}/", {"do": "accept"})
    assert permit.number in page_text(sit("carla").get(f"/printing/{office.pk}/"))


def test_each_fetch_of_the_file_is_an_event_and_the_file_stays_the_same(cast, sit):
    permit = issued(cast, NOON)
    address = f"/permits/{permit.number}/pdf"

    files = {sit("mario").get(address).content, sit("mario").get(address).content, sit("amina").get(address).content}
    sit("mario").get(f"/permits/{permit.number}/xml")

    assert len(files) == 1
    told = Event.objects.filter(kind="document-handed-out", subject=permit.subject).order_by("seq")
    assert [(event.actor, event.data) for event in told] == [
        (cast["mario"].label, '{"number":1}'), (cast["mario"].label, '{"number":2}'),
        (cast["amina"].label, '{"number":3}')]
    for who, names in (("amina", True), ("jean", True), ("mario", False)):
        text = page_text(sit(who).get(f"/permits/{permit.number}/"))
        assert "The file was fetched 3 times." in text
        assert ("3 · Amina Keita" in text) is names


def test_customs_compare_the_sheet_in_their_hand(cast, sit):
    permit = given(cast, shop(cast))
    printed(cast, permit.number, "0071233")

    for page in (f"/permits/{permit.number}/", f"/border/permits/{permit.number}/"):
        assert "sheet 0071233 Original" in page_text(sit("jean").get(page))


def test_a_print_office_sees_nothing_else(cast, sit):
    office = shop(cast)
    permit, other = given(cast, office), issued(cast, NOON)
    elsewhere = chamber(cast, "Chamber of Commerce, Kivu")
    carla = sit("carla")

    assert carla.get(f"/printing/permits/{other.number}/").status_code == NOT_THERE
    assert carla.get(f"/printing/permits/{other.number}/pdf").status_code == NOT_THERE
    assert carla.get(f"/printing/{elsewhere.pk}/").status_code == NOT_THERE
    for page in (f"/permits/{permit.number}/", "/permits/", "/cases/", "/paper/", "/apply/", "/border/", "/audit/"):
        assert carla.get(page).status_code == NOT_ALLOWED, page
    assert carla.get("/", follow=True).redirect_chain[-1][0] == f"/printing/{office.pk}/"


@pytest.mark.parametrize(("who", "page"), [
    ("mario", "/paper/"), ("jean", "/printing/"), ("ito", "/paper/"), ("ana", "/paper/receive/")])
def test_desks_stay_apart(cast, sit, who, page):
    assert sit(who).get(page).status_code == NOT_ALLOWED


def test_the_auditor_reads_the_drawers(cast, sit):
    shop(cast)

    text = page_text(sit("ana").get("/paper/"))

    assert "0071233–0071292" in text
    assert "Enter a delivery" not in text


def test_the_desk_asks_the_database_little(cast, sit, django_assert_max_num_queries):
    office = shop(cast)
    carla = sit("carla")
    for _ in range(3):
        given(cast, office)
    done(services.print_run(actor=cast["carla"], first_sheet="0071240", at=NOON,
                            numbers=[given(cast, office).number for _ in range(2)]))
    with django_assert_max_num_queries(16):
        carla.get(f"/printing/{office.pk}/")
