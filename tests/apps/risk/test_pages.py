"""The pages of risk control: who sees them, how much they ask of the database, and that they work without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.risk.consignments import export, skins
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.risk import jobs, seeds, services
from wildgate.apps.risk.forms import CapacityForm
from wildgate.apps.risk.models import Assessment, Capacity, Intelligence, Limits, Profile, Seed, WatchEntry
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
PAGES = ("", "profiles/", "figures/", "models/", "trusted/", "seeds/")
OWN = ("profiles/new/", "lists/", "intelligence/", "values/", "profiles/take-in/")


@pytest.mark.parametrize("page", [*PAGES, *OWN])
def test_pages_are_for_risk_managers_and_not_for_traders(cast, at, desk, page):
    assert desk("tomas").get(f"/risk/{page}").status_code == 200
    assert desk("mario").get(f"/risk/{page}").status_code == NOT_ALLOWED
    assert desk("ana").get(f"/risk/{page}").status_code == (200 if page in PAGES else NOT_ALLOWED)


def test_the_reason_of_a_lane_is_shown_whole_on_the_days_list(at, desk, cast):
    services.assess_all(at=at, consignments=[export("R1", at, skins())])
    row = Assessment.objects.get()
    row.grounds = [{"template": f"{'A long reason of many parts; ' * 12}and its end."}]
    row.save()

    assert "and its end." in page_text(desk("tomas").get(f"/risk/?day={at.date()}"))


def test_the_days_lanes_are_paged_in_few_queries(cast, at, desk, django_assert_max_num_queries):
    services.assess_all(at=at, consignments=[export(f"R{i:03}", at, skins(quantity=str(i + 1))) for i in range(60)])
    desk("tomas").get("/risk/")
    with django_assert_max_num_queries(14):
        page = desk("tomas").get(f"/risk/?day={at.date()}")
    assert "1 to 50 of 60" in page_text(page)
    assert "0 of 12" in page_text(page)
    with django_assert_max_num_queries(12):
        assert "1 to 50 of" in page_text(desk("tomas").get("/risk/profiles/"))
    with django_assert_max_num_queries(16):
        desk("tomas").get("/risk/figures/")


def test_why_this_lane_and_the_customs_lane_beside_it(cast, at, desk):
    services.assess(consignment=export("QM/1 2", at), at=at)

    page = desk("jean").get("/risk/lanes/QM/1 2/")
    assert "Listed goods without a permit" in page_text(page)
    assert "Show the score" not in page_text(page)
    desk("jean").post("/risk/lanes/QM/1 2/customs/", {"lane": "yellow"})
    assert Assessment.objects.get().customs_lane == "yellow"
    assert "The stricter one is followed: Red." in page_text(desk("jean").get("/risk/lanes/QM/1 2/"))
    assert desk("jean").get("/risk/lanes/nothing/").status_code == 404


def test_a_fault_of_a_rule_is_marked_where_it_was_typed_with_what_may_stand_there(cast, at, desk):
    shown = desk("tomas").post("/risk/profiles/check/", {"rule": "item.listed and item.source in {Q} and item.live"})
    ends = desk("tomas").post("/risk/profiles/check/", {"rule": "item.source in {C, D"})

    assert "item.listed and item.source in {<mark>Q</mark>} and item.live<" in shown.content.decode()
    assert "Allowed here: W, X, R, D, A, C, F, Y, I, O, U." in shown.content.decode()
    assert "item.source in {C, D<mark>▲</mark>" in ends.content.decode()
    assert "W, X, R, D, A, C, F, Y, I, O, U" in page_text(desk("tomas").get("/risk/profiles/new/"))


def test_a_profile_from_writing_to_force_without_scripts(cast, at, desk):
    typed = {"code": "many-skins", "title": "Many skins", "rule": "item.term is SKI and item.quantity >= 5x",
             "points": 40, "basis": "D"}
    wrong = desk("tomas").post("/risk/profiles/new/", typed)
    assert wrong.status_code == 422
    assert "item.term is SKI and item.quantity &gt;= 5x" in wrong.content.decode()
    assert 'href="#id_rule"' in wrong.content.decode()

    desk("tomas").post("/risk/profiles/new/", {**typed, "rule": "item.term is SKI and item.quantity >= 500"})
    key = Profile.objects.get().pk
    for who, do in (("tomas", "try"), ("tomas", "propose"), ("tomas", "confirm"), ("nadia", "confirm")):
        desk(who).post(f"/risk/profiles/{key}/{do}/")
    assert Profile.objects.get().state == "in-force"
    assert "It would have selected 0 of 0" in page_text(desk("ana").get(f"/risk/profiles/{key}/"))
    assert desk("ana").post(f"/risk/profiles/{key}/retire/", {"why": "x"}).status_code == 302
    assert Profile.objects.get().state == "in-force"


@pytest.mark.parametrize(("rule", "says"), [
    ("item.listed and not item.has_permit", "The rule can be read"), ("item.listd", "Perhaps: item.listed"),
    ("party.nationality is QZ", "nationality"), ("", "Write when the profile applies")])
def test_a_rule_is_checked_while_it_is_typed(cast, at, desk, rule, says):
    assert says in desk("tomas").post("/risk/profiles/check/", {"rule": rule}).content.decode()


def test_a_file_of_profiles_is_taken_in(cast, at, desk):
    text = b'[[profile]]\ncode = "a-b"\ntitle = "A title"\nwhen = "item.generic and item.listed"\npoints = 20\n'
    desk("tomas").post("/risk/profiles/take-in/", {"file": SimpleUploadedFile("p.toml", text)})
    assert Profile.objects.get().state == "draft"
    wrong = desk("tomas").post("/risk/profiles/take-in/", {"file": SimpleUploadedFile("p.toml", b"\xff")})
    assert wrong.status_code == 422


def test_the_shipped_profiles_are_put_in_force_by_a_press_where_there_are_none(cast, at, desk):
    assert "The first declaration does so by itself" in page_text(desk("tomas").get("/risk/profiles/"))
    desk("tomas").post("/risk/profiles/shipped/")
    assert Profile.objects.filter(state="in-force").count() > 50
    assert desk("ana").post("/risk/profiles/shipped/").status_code == NOT_ALLOWED


def test_names_and_intelligence_are_entered_on_their_pages(cast, at, desk):
    later = (at.date() + timedelta(days=60)).isoformat()
    desk("ines").post("/risk/lists/", {"name": "Harbour Reptiles SA", "reason": "Seized.", "source": "S 1",
                                       "expires_on": later})
    desk("tomas").post(f"/risk/lists/{WatchEntry.objects.get().pk}/confirm/")
    assert "97: Harbour Reptiles SA" in page_text(desk("ines").get("/risk/lists/?name=Harbour+Reptile"))
    desk("ines").post("/risk/intelligence/", {"text": "Parrots", "reliability": "B", "content": 2,
                                              "taxon": "Psittacidae", "points": 30, "expires_on": later})
    assert "B2" in page_text(desk("tomas").get("/risk/intelligence/"))
    assert desk("ines").post("/risk/intelligence/", {"text": "x", "points": 5}).status_code == 422
    desk("ines").post(f"/risk/intelligence/{Intelligence.objects.get().pk}/end/")
    assert Intelligence.objects.get().ended_at is not None


def test_auditors_draw_a_told_day_again(cast, at, desk):
    services.assess_all(at=at, consignments=[export(f"R{i}", at, skins()) for i in range(30)])
    seed = Seed.objects.get(day=at.date())
    secret = seed.secret
    assert secret not in desk("ana").get("/risk/seeds/").content.decode()
    jobs.tell_day(owner="QM", at=at + timedelta(days=1))

    page = page_text(desk("ana").get(f"/risk/seeds/?again={at.date()}"))

    seed.refresh_from_db()
    assert seed.told_at is not None
    assert "the draw agrees" in page
    assert seed.commitment == seeds.commitment(seed.secret)
    assert Event.objects.filter(kind="risk-seed-committed").count() >= 2
    Assessment.objects.filter(reference="R5").update(ticket=not Assessment.objects.get(reference="R5").ticket)
    assert "does not agree" in page_text(desk("ana").get(f"/risk/seeds/?again={at.date()}"))
    assert "told when the day is over" in page


def test_values_and_boxes_are_set_and_kept_in_the_chain(cast, at, desk):
    values = {name: getattr(Limits(party="QM"), name) for name in (
        "random_percent", "trusted_percent", "random_boxes", "red_points", "yellow_points", "trusted_factor",
        "name_points", "trusted_years", "trusted_consignments", "trusted_clean")}
    assert desk("tomas").post("/risk/values/", {"which": "limits", **values, "random_percent": 0}).status_code == 422
    desk("tomas").post("/risk/values/", {"which": "limits", **values, "random_percent": 5})
    desk("tomas").post("/risk/values/", {"which": "capacity", "post": "Kivu-2", "shift": "night", "begins": 20,
                                         "boxes": 3, "papers": 9})
    assert Limits.objects.get().random_percent == 5
    assert Capacity.objects.get().boxes == 3
    assert Event.objects.filter(kind__in=("risk-limits-set", "risk-capacity-set")).count() == 2


def test_figures_say_what_the_random_sample_says_and_are_files_too(cast, at, desk):
    rows = services.assess_all(at=at, consignments=[export(f"R{i}", at, skins(quantity=str(i + 1))) for i in range(20)])
    Assessment.objects.update(sampled=False)
    Assessment.objects.filter(pk__in=[row.pk for row in rows[:10]]).update(sampled=True, chance=0.5)
    for number in range(10):
        services.record_result(reference=f"R{number}", item=1, outcome="species" if number < 2 else "clean",
                               by="person:1", at=at)

    page = page_text(desk("nadia").get("/risk/figures/"))

    assert "20.0 %" in page or "20 %" in page
    told = desk("nadia").get("/risk/figures/compliance.csv").content.decode()
    assert "In the random sample,10,," in told
    assert desk("nadia").get("/risk/figures/yield-lane.csv").status_code == 200
    assert desk("nadia").get("/risk/figures/nothing.csv").status_code == 404


def test_an_hour_that_no_day_has_is_told_in_words():
    form = CapacityForm({"post": "Kivu-2", "shift": "day", "begins": "24", "boxes": "10", "papers": "20"})

    assert form.errors == {"begins": ["Full hour (UTC), 0 to 23."]}
