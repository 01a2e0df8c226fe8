"""The pages: a post's day list, a story from the held goods to the report, the wall that no page leaks through."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.apps.inspections.goods import of_permit, planned, recorded, seized
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.inspections import forms, services, wording
from wildgate.apps.inspections.matrix import HOUSE, Goods, check, in_force, shares, ticket
from wildgate.apps.inspections.models import CheckDraw, CheckSeed, Inspection, Seizure, Suspect
from wildgate.apps.inspections.selectors import controls
from wildgate.apps.inspections.selectors import seizures as reads
from wildgate.apps.inspections.services.identifying import Question
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.reports import illegal
from wildgate.kit.models import Event, EventNote, Job

pytestmark = pytest.mark.django_db
SECRET = "Zebulon Quagmire-Featherstone"


def test_from_held_goods_to_the_report_through_the_pages(cast, at, desk):
    jean = desk("jean")
    found = of_permit(cast, at)
    page = f"/inspections/{found.number}/"

    assert found.number in page_text(jean.get("/inspections/?view=open"))
    assert "Could it be" not in page_text(jean.get(page))
    missing = jean.post(f"{page}result/", {"result-1": "wrong-species", "taxon-1": "", "quantity-1": "7"})
    half = jean.post(f"{page}result/", {"result-1": "wrong-quantity", "quantity-1": "1.5"})
    assert (half.status_code, "is a whole number, not 1.5." in half.content.decode()) == (422, True)
    assert missing.status_code == 422
    assert 'href="#id_taxon-1"' in missing.content.decode() and 'value="7"' in missing.content.decode()
    assert jean.post(f"{page}result/", {"result-1": "wrong-species", "taxon-1": "Crocodylus porosus",
                                        "quantity-1": "1 100"}).url == page
    assert jean.post(f"{page}outcome/", {"outcome": "release"}).status_code == 422
    new = jean.get(f"/inspections/seizures/new/?inspection={found.number}").content.decode()
    assert "Crocodylus porosus" in new and 'value="1100"' in new
    made = jean.post("/inspections/seizures/new/", {
        "inspection": found.number, "count": "1", "lines-0-taxon": "Crocodylus porosus", "lines-0-term": "SKI",
        "lines-0-quantity": "1100", "lines-0-unit": "NAR", "seized_at": "2026-01-05T10:00", "place": "Kivu-2",
        "agency": "Customs", "cause": "wrong-declaration", "mode": "road", "detection": "profiling", "origin": "QM",
        "destination": "QZ", "papers": found.reference, "provision": "Act s. 12", "storage": "Room 3",
        "condition": "Dry"})
    number = Seizure.objects.get().number
    assert made.url == f"/inspections/seizures/{number}/"
    assert Inspection.objects.get().outcome == "seize"
    assert "Crocodylus porosus" in page_text(desk("amina").get(made.url))
    assert jean.get(f"{made.url}label/").status_code == 200
    row, = csv.DictReader(io.StringIO(illegal.to_csv(illegal.rows("QM", 2026))))
    assert (row["Quantity"], row["Species"]) == ("1100", "Crocodylus porosus")


def test_from_a_held_declaration_to_the_seizure_and_risk_control(cast, at, desk):
    from tests.apps.declarations.lodged import skins, take

    from wildgate.apps.risk.models import Result
    form, jean = skins(), desk("jean")
    assert take(cast["jean"], form, at).body["answer"] == "hold"

    link = f"/inspections/new/?behind=declaration&amp;reference={form['reference']}"
    assert link in jean.get("/inspections/").content.decode()
    page = jean.post("/inspections/new/", {
        "behind": "declaration", "reference": form["reference"], "reasons": ["no-paper"], "post": "Kivu-2",
        "minutes": "30", "kind": "physical", "appointment": "2027-03-03T10:00"}).url
    assert link not in jean.get("/inspections/").content.decode()
    jean.post(f"{page}result/", {"result-1": "no-permit"})
    jean.post("/inspections/seizures/new/", {
        "inspection": Inspection.objects.get().number, "count": "1", "lines-0-taxon": "Crocodylus novaeguineae",
        "lines-0-term": "SKI", "lines-0-quantity": "1150", "lines-0-unit": "NAR", "seized_at": "2026-01-05T10:00",
        "place": "Kivu-2", "agency": "Customs", "cause": "no-permit", "mode": "road", "detection": "profiling",
        "provision": "Act s. 12", "storage": "Room 3", "condition": "Dry"})

    assert list(Result.objects.order_by("pk").values_list("outcome", flat=True)) == ["papers", "seized"]
    row, = illegal.rows("QM", 2026)
    assert (row[2], row[8]) == ("Crocodylus novaeguineae", "no permit")


def test_disposal_by_two_desks(cast, at, desk):
    made = seized(cast, at)
    page = f"/inspections/seizures/{made.number}/"
    given = {"proposal-lines": ["1"], "proposal-method": "sold", "proposal-to": "Rescue centre",
             "proposal-why": "Advice", "proposal-consulted": "CD", "proposal-consulted_on": at.date().isoformat(),
             "proposal-provision": "s. 9"}

    refused = desk("amina").post(f"{page}disposal/", given)
    assert (refused.status_code, "Appendix I specimens are never sold." in page_text(refused)) == (422, True)
    assert desk("amina").post(f"{page}disposal/", given | {"proposal-method": "rescue-centre"}).url == page
    key = made.disposals.get().pk
    desk("amina").post(f"{page}disposal/{key}/", {"deed": "agree"})
    assert made.disposals.get().state == "proposed"
    desk("bo").post(f"{page}disposal/{key}/", {"deed": "agree"})
    assert made.disposals.get().state == "decided"
    assert desk("jean").post(f"{page}disposal/{key}/", {"deed": "agree"}).status_code == NOT_ALLOWED
    assert desk("jean").post(f"{page}custody/", {
        "custody-giver": "Nobody", "custody-taker": "Store", "custody-place": "K", "custody-condition": "ok",
        "custody-when": at.strftime("%Y-%m-%dT%H:%M")}).status_code == 422


def test_nobody_but_an_investigator_reads_a_name_anywhere(cast, at, desk, jean, ines, capsys):
    from wildgate.site.cli import main
    found = recorded(cast, at, planned(cast, at), Line("no-permit", taxon="Ara macao", term="LIV", quantity="2"))
    made = seized(cast, at, inspection=found.number)
    wall = f"/inspections/seizures/{made.number}/suspects/"
    handed = desk("jean").post(wall, {"wall-name": SECRET, "wall-identifiers": "ID-99-ZQF", "wall-role": "Driver"})
    assert handed.url == wall

    pages = ["/inspections/", "/inspections/?view=done", "/inspections/?view=open&post=", "/inspections/matrix/",
             f"/inspections/{found.number}/", "/inspections/seizures/", f"/inspections/seizures/{made.number}/",
             f"/inspections/seizures/{made.number}/label/", wall, "/inspections/cards/",
             "/inspections/identifications/", "/audit/", "/audit/events.csv", "/reports/", "/inspections/matrix/draws/"]
    for name in ("amina", "jean", "ana", "nadia", "lena"):
        for page in pages if name in ("amina", "jean", "ana") else pages[4:9]:
            text = desk(name).get(page).getvalue().decode(errors="replace")
            assert SECRET not in text and "ID-99-ZQF" not in text, (name, page)
    for kept in (Event.objects.values_list("data", "subject"), EventNote.objects.values_list("text"),
                 Job.objects.values_list("payload", "last_error")):
        assert SECRET not in str(list(kept)) and "ID-99-ZQF" not in str(list(kept))
    main(["report", "illegal", str(at.year), "--json"])
    assert SECRET not in capsys.readouterr().out
    assert SECRET not in repr(services.behind_the_wall(actor=ines, number=made.number, at=at))

    before = Event.objects.filter(kind="read", subject=f"suspects:{made.number}").count()
    text = page_text(desk("ines").get(wall))
    assert SECRET in text and "Driver" in text
    reads = Event.objects.filter(kind="read", subject=f"suspects:{made.number}")
    assert {each.actor for each in reads} == {ines.label} and reads.count() >= before
    assert services.behind_the_wall(actor=jean, number=made.number, at=at).code == "not-allowed"
    assert Suspect.objects.count() == 1


def test_nationalities_are_released_by_investigators_for_the_report_only(cast, at, desk):
    made = seized(cast, at)
    page = f"/inspections/seizures/{made.number}/suspects/nationalities/"

    assert desk("jean").post(page, {"nationalities": "QZ"}).status_code == NOT_ALLOWED
    desk("ines").post(page, {"nationalities": "QZ, RW"})

    assert next(illegal.rows("QM", at.year))[16] == "QZ; RW"
    assert "QZ, RW" not in desk("amina").get(f"/inspections/seizures/{made.number}/").content.decode()


@pytest.mark.parametrize("view", ["today", "open", "done", "reserved"])
def test_the_day_list_asks_the_database_the_same_few_questions_for_any_length(cast, at, desk, view):
    jean = desk("jean")
    page = f"/inspections/?view={view}"
    planned(cast, at)
    jean.get(page)
    with CaptureQueriesContext(connection) as few:
        jean.get(page)
    for n in range(2, 9):
        found = planned(cast, at, reference=f"SX-{n}")
        if n % 2:
            recorded(cast, at, found, Line("minor-fault", taxon="Ara macao", term="FEA", quantity="1"))
            services.conclude(actor=cast["jean"], number=found.number, outcome="release-reserved", why="Invoice",
                              follow_up_on=at.date() + timedelta(days=4), at=at)
    with CaptureQueriesContext(connection) as many:
        jean.get(page)
    assert len(many) <= max(len(few), 1) + 1 <= 20


@pytest.mark.parametrize(("page", "who"), [
    ("/inspections/seizures/", "amina"), ("/inspections/cards/", "jean"), ("/inspections/identifications/", "lena")])
def test_every_list_asks_the_same_few_questions_for_any_length(cast, at, desk, page, who):
    def one(taxon):
        seized(cast, at)
        services.keep_card(actor=cast["ito"], taxon=taxon, characters="Red.", at=at)
        services.ask(actor=cast["jean"], at=at, asked=Question("What?", taxon, "LIV", expert=cast["lena"].person_id))

    one("Ara macao")
    desk(who).get(page)
    with CaptureQueriesContext(connection) as few:
        desk(who).get(page)
    for taxon in ("Ara ararauna", "Python regius", "Boa constrictor"):
        one(taxon)
    with CaptureQueriesContext(connection) as many:
        desk(who).get(page)
    assert len(many) == len(few) <= 16


def test_lists_show_exactly_what_the_rules_allow(cast, at):
    found, made = planned(cast, at), seized(cast, at)

    for actor in cast.values():
        assert (found in controls.inspections(actor)) == bool(can(actor, Action.VIEW_INSPECTIONS, found))
        assert (controls.inspection(actor, found.number) == found) == bool(can(actor, Action.VIEW_INSPECTIONS, found))
        assert (made in reads.seizures(actor)) == bool(can(actor, Action.VIEW_SEIZURES, made))
        assert (reads.seizure(actor, made.number) == made) == bool(can(actor, Action.VIEW_SEIZURES, made))


def test_samples_and_moving_and_the_laboratorys_answer(cast, at, desk):
    found, jean = planned(cast, at, inland=True, place="Shed 9"), desk("jean")
    page = f"/inspections/{found.number}/"

    for place in (page, f"/inspections/seizures/{seized(cast, at).number}/"):
        refused = jean.post(f"{place}sample/", {"what": "Feather", "seal": "QM-9", "sent_to": ""})
        assert refused.status_code == 422
        assert 'value="Feather"' in refused.content.decode() and 'value="QM-9"' in refused.content.decode()
        assert 'href="#id_sent_to"' in refused.content.decode()
    jean.post(f"{page}sample/", {"what": "Feather", "seal": "QM-9", "sent_to": "Laboratory"})
    label = found.samples.get().label
    assert jean.post(f"/inspections/samples/{label}/", {"answer": " "}).status_code == 422
    assert jean.post(f"/inspections/samples/{label}/", {"answer": "DNA: Ara macao"}).url == page
    assert jean.post(f"/inspections/samples/{label}/", {"answer": "Again"}).status_code == 422
    assert desk("amina").post(f"/inspections/samples/{label}/", {"answer": "Hers"}).status_code == 404
    assert "DNA: Ara macao" in page_text(desk("amina").get(page))
    assert jean.post(f"{page}move/", {"appointment": "soon", "place": "Shed 1"}).status_code == 422
    assert jean.post(f"{page}move/", {"appointment": "2027-03-03T10:00", "place": ""}).status_code == 422
    assert jean.post(f"{page}move/", {"appointment": "2027-03-03T10:00", "place": "Shed 1"}).url == page
    assert Inspection.objects.get().place == "Shed 1"


def test_lists_are_paged_and_ordered_by_lane(cast, at, desk):
    for n in range(3):
        planned(cast, at, reference=f"SX-{n}", appointment=at + timedelta(hours=n))
    Inspection.objects.filter(reference="SX-2").update(lane="red", turn=0)
    base = Inspection.objects.get(reference="SX-1")
    for n in range(60):
        base.pk, base.number = None, f"QM-N-2026-9{n:05}"
        base.save()

    first = desk("jean").get("/inspections/?view=open").content.decode()
    assert first.index("SX-2") < first.index("SX-0")
    assert "1 to 50 of 63" in page_text(desk("jean").get("/inspections/?view=open"))
    assert page_text(desk("jean").get("/inspections/?view=open&page=2")).count("SX-1") == 13


def test_planning_keeps_what_was_typed_and_matrix_rows_hold_from_a_day(cast, at, desk):
    wrong = desk("jean").post("/inspections/new/", {
        "behind": "permit", "reference": "QM-X", "reasons": ["lane"], "post": "Kivu-2", "minutes": "60",
        "appointment": "2027-03-03T10:00"})
    assert wrong.status_code == 422
    assert 'value="QM-X"' in wrong.content.decode() and 'href="#id_reference"' in wrong.content.decode()
    row = {"form": "row", "taxon": "Psittacidae", "kind": "physical", "share": "100", "since": "2099-01-01"}
    assert desk("amina").post("/inspections/matrix/", row).url == "/inspections/matrix/"
    assert desk("amina").post("/inspections/matrix/", row | {"since": "2020-01-01"}).status_code == 422
    assert "House value" in page_text(desk("ana").get("/inspections/matrix/"))
    assert desk("mario").get("/inspections/").status_code == NOT_ALLOWED


def test_draws_are_committed_before_and_anybody_can_draw_again(cast, at):
    found = of_permit(cast, at, kind="")

    draw, seed = CheckDraw.objects.get(), CheckSeed.objects.get()
    committed = Event.objects.get(kind="check-day-committed")
    drawn = Event.objects.get(kind="check-drawn")
    assert committed.seq < drawn.seq
    assert json.loads(committed.data)["commitment"] == seed.commitment
    assert draw.ticket == ticket(seed.secret, found.reference, 1)
    goods = Goods(("Crocodylus novaeguineae",), "SKI", "II", False, "export")
    assert found.kind == draw.kind == check(shares(in_force(HOUSE, at.date()), goods), draw.ticket).kind


@pytest.mark.parametrize(("goods", "expected"), [
    (Goods((), "SKI", "II", False, "export"), {"document": 100, "identity": 10, "physical": 2}),
    (Goods((), "LIV", "I", True, "import"), {"document": 100, "identity": 100, "physical": 100}),
    (Goods((), "LIV", "II", True, "export"), {"document": 100, "identity": 100, "physical": 25}),
    (Goods((), "SKI", "II", False, "transit"), {"document": 100, "identity": 0, "physical": 1}),
])
def test_the_closest_row_decides(at, goods, expected):
    assert shares(in_force(HOUSE, at.date()), goods) == expected


def test_what_is_planned_for_now_is_late_when_its_time_is_used_and_not_before(cast, desk):
    now = timezone.now()
    runs = planned(cast, now, appointment=now - timedelta(minutes=5), minutes=60)
    late = planned(cast, now, reference="SX-2", appointment=now - timedelta(hours=3), minutes=60)
    jean = desk("jean")

    assert "over" not in page_text(jean.get(f"/inspections/{runs.number}/")).split("Appointment")[1][:80]
    assert "over" in page_text(jean.get(f"/inspections/{late.number}/")).split("Appointment")[1][:80]


@pytest.mark.parametrize(("count", "rows"), [("2", 2), ("²", 1), ("٣", 3), ("-1", 1), ("9999", 1), ("", 1)])
def test_how_many_rows_a_form_has_is_asked_with_a_number_or_not_at_all(count, rows):
    assert forms.count_of(QueryDict(f"count={count}"), 1) == rows


@pytest.mark.parametrize(("hours", "told"), [
    (3, "3 hours left"), (-71, "71 hours over"), (-72, "3 days over"), (14880, "620 days left")])
def test_many_hours_are_told_as_days(hours, told):
    assert wording.left(hours, "hours") == told
