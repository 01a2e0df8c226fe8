"""The rules of the house on screen: propose, look at both, confirm; teams; absence; nobody else's business."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.houserules.house import TODAY, entered, proposed
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.houserules import selectors
from wildgate.apps.houserules.models import Absence, Rule, Team
from wildgate.apps.houserules.parts import SHEETS
from wildgate.apps.species.registry import law_of
from wildgate.kit.national import national

pytestmark = pytest.mark.django_db
REFUSED = 422
NEXT_WEEK = (TODAY + timedelta(days=7)).isoformat()
TARIFF = {"currency": "QML", "base": "40", "per_line": "2.50", "extras-urgent": "10"}


def test_a_tariff_goes_from_one_desk_to_the_other_and_into_force(cast, desk):
    amina, bo = desk("amina"), desk("bo")
    waits = page_text(amina.post("/house/rules/tariff/propose/", TARIFF, follow=True))
    rule = Rule.objects.get()
    own = page_text(amina.get("/house/waiting/"))
    text = page_text(bo.get("/house/waiting/"))
    done = page_text(bo.post("/house/waiting/", {"do": "confirm", "rule": [str(rule.pk)]}, follow=True))

    assert "a second person has confirmed" in waits
    assert "your own" in own
    assert "Confirm what is ticked" not in own
    assert "40.00 QML" in text
    assert "Urgent case 10.00 QML" in text
    assert "1 change is confirmed" in done
    assert "40.00 QML" in page_text(amina.get("/house/rules/tariff/"))


def test_what_waits_is_shown_beside_what_holds(cast, desk):
    entered(cast, "partner-form", {"country": "QZ", "form": "electronic"})
    proposed(cast, "partner-form", {"country": "QZ", "form": "security-paper"})

    text = page_text(desk("bo").get("/house/waiting/"))
    assert "Security paper only" in text
    assert "Electronic only" in text


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(cast, desk):
    answer = desk("amina").post("/house/rules/tariff/propose/", {**TARIFF, "currency": "JPY", "why": "Dearer paper"})
    body = answer.content.decode()

    assert answer.status_code == REFUSED
    assert "JPY has no coin that small" in page_text(answer)
    assert 'href="#id_per_line"' in body
    assert 'value="Dearer paper"' in body
    assert not Rule.objects.exists()


def test_a_change_starts_from_what_holds_and_an_entry_can_be_ended(cast, desk):
    rule = entered(cast, "condition", {"name": "Tags", "texts": {"en": "Tagged.", "fr": "Étiqueté."},
                                       "groups": ["Aves"]})
    page = desk("amina").get(f"/house/rules/condition/propose/?of={rule.pk}").content.decode()
    end = desk("amina").post(f"/house/entries/{rule.pk}/end/", {"end-since": NEXT_WEEK, "end-why": "Old."}, follow=True)

    assert "Étiqueté." in page
    assert 'value="Aves"' in page
    assert "a second person" in page_text(end)
    assert Rule.objects.filter(ends=True, state="proposed", since=NEXT_WEEK).exists()


def test_the_rules_of_another_day_can_be_looked_up(cast, desk):
    entered(cast, "partner-form", {"country": "QZ", "form": "electronic"})
    entered(cast, "partner-form", {"country": "QZ", "form": "security-paper"}, since=TODAY + timedelta(days=5))

    def shown(day):
        return page_text(desk("ana").get(f"/house/rules/partner-form/?on={day}")).partition("To come")[0].partition(
            "History")[0]

    assert "Electronic only" in shown(TODAY + timedelta(days=4))
    assert "Security paper only" in shown(TODAY + timedelta(days=5))
    assert "Nothing is decided" in shown(TODAY - timedelta(days=1))
    assert "In force today" in shown("nonsense")
    assert "Forms that partners take Which form of permit another Party accepts at its border. 0" in page_text(
        desk("ana").get(f"/house/?on={TODAY - timedelta(days=1)}"))


def test_a_new_working_week_begins_with_the_free_days_that_hold_now(cast, desk):
    def ticked():
        page = desk("sam").get("/house/rules/week/propose/").content.decode()
        return [day for day in range(7) if re.search(rf'<input[^>]*name="weekend" value="{day}"[^>]*checked', page)]

    shipped = ticked()
    rule = proposed(cast, "week", {"weekend": ["4", "5"]})
    desk("bo").post("/house/waiting/", {"do": "confirm", "rule": rule.pk})

    assert (shipped, ticked()) == ([5, 6], [4, 5])


def test_declining_takes_a_reason(cast, desk):
    rule = proposed(cast, "week", {"weekend": ["4", "5"]})
    silent = desk("bo").post("/house/waiting/", {"decline": rule.pk, f"why-{rule.pk}": ""}, follow=True)
    done = desk("bo").post("/house/waiting/", {"decline": rule.pk, f"why-{rule.pk}": "Not yet."}, follow=True)

    assert "Say why" in page_text(silent)
    assert "is declined" in page_text(done)
    assert "Declined" in page_text(desk("bo").get("/house/rules/week/"))


def test_a_file_of_measures_and_a_fact_become_law_by_two_screens(cast, desk):
    toml = ('title = "Demoland"\n[[measure]]\nid = "a"\nwords = "Stay."\nbasis = ["Decree 7"]\ncountries = ["QM"]\n'
            'at = "from"\ntaxa = ["Crocodylia"]\nrefuse = true\n')
    sam = desk("sam")
    wrong = sam.post("/house/rules/overlay/propose/", {
        "name": "skins", "switch": "in-force", "text": SimpleUploadedFile("x.toml", b"title =\n")})
    sam.post("/house/rules/overlay/propose/", {
        "name": "skins", "switch": "in-force", "text": SimpleUploadedFile("x.toml", toml.encode())})
    sam.post("/house/rules/fact/propose/", {"fact": "K-history", "stand": "confirmed"})
    desk("amina").post("/house/waiting/", {"do": "confirm", "rule": list(Rule.objects.values_list("pk", flat=True))})

    here = national(law_of("QM"))
    assert wrong.status_code == REFUSED
    assert "not TOML" in page_text(wrong)
    assert [each.title for each in here.overlays] == ["Demoland"]
    assert here.confirmed == {"K-history"}
    assert "WILDGATE_OVERLAYS = –" in page_text(sam.get("/house/rules/overlay/"))


def test_a_measure_keeps_its_file_when_only_its_state_changes(cast, desk):
    toml = ('title = "D"\n[[measure]]\nid = "a"\nwords = "S."\nbasis = ["D"]\ncountries = ["QM"]\nat = "from"\n'
            'taxa = ["Aves"]\nask = true\n')
    rule = entered(cast, "overlay", {"name": "own", "switch": "off", "text": toml})
    desk("amina").post(f"/house/rules/overlay/propose/?of={rule.pk}", {"name": "own", "switch": "in-force"})

    assert Rule.objects.get(state="proposed").value == {"name": "own", "switch": "in-force", "text": toml}


def test_holidays_come_from_a_file_with_faults_by_line(cast, desk):
    def send(text):
        return desk("amina").post("/house/holidays/file/", {"file": SimpleUploadedFile("h.csv", text.encode())},
                                  follow=True)

    wrong = send("day,en\n2027-02-30,Never\n")
    right = send("day,en,fr\n2027-12-25,Christmas,Noël\n2027-01-01,New Year,\n")

    assert "2: day is not a date" in page_text(wrong)
    assert "2 holidays are proposed" in page_text(right)
    assert Rule.objects.filter(kind="holiday", state="proposed").count() == 2


def test_teams_by_screen(cast, desk):
    sam = desk("sam")
    wrong = sam.post("/house/teams/", {"name": "Flora", "groups": "Weeds"})
    sam.post("/house/teams/", {"name": "Flora", "groups": "plantae", "directions": ["export"]})
    flora = Team.objects.get()
    sam.post(f"/house/teams/{flora.pk}/", {"do": "add", "person": cast["bo"].own_id})
    nobody = sam.post(f"/house/teams/{flora.pk}/", {"do": "add", "person": "9" * 400})
    text = page_text(sam.get("/house/teams/"))

    assert nobody.status_code == 302
    assert wrong.status_code == REFUSED
    assert (flora.groups, flora.directions) == (["Plantae"], ["export"])
    assert "Bo Osei" in text
    assert "Team" not in page_text(sam.post(f"/house/teams/{flora.pk}/", {"do": "close"}, follow=True)).replace(
        "Teams", "").replace("The team", "")


def test_absence_by_screen(cast, desk):
    amina, bo = cast["amina"].own_id, cast["bo"].own_id
    day = (TODAY + timedelta(days=2)).isoformat()
    away = {"person": amina, "stand_in": bo, "since": day, "until": NEXT_WEEK}
    others = desk("bo").post("/house/away/", away)
    done = desk("amina").post("/house/away/", away, follow=True)
    absence = Absence.objects.get()

    assert others.status_code == REFUSED
    assert "Bo Osei" in page_text(done)
    assert "Nobody who countersigns" not in page_text(done)
    crossed = page_text(desk("bo").post("/house/away/", {**away, "person": bo, "stand_in": amina}, follow=True))
    assert "Bo Osei is away on some of these days as well: nobody stands in then." in crossed
    assert "Nobody who countersigns is here from" in crossed
    Absence.objects.filter(person=bo).delete()
    assert "Is back" not in page_text(desk("ito").get("/house/away/"))
    desk("sam").post(f"/house/away/{absence.pk}/back/")
    assert Absence.objects.get().ended_at is not None


@pytest.mark.parametrize(("who", "page"), [
    ("mario", "/house/"), ("jean", "/house/"), ("ana", "/house/waiting/"), ("ito", "/house/rules/tariff/propose/"),
    ("ana", "/house/teams/"), ("mario", "/house/away/"), ("ito", "/house/holidays/file/")])
def test_desks_stay_apart(cast, desk, who, page):
    assert desk(who).get(page).status_code == NOT_ALLOWED


def test_an_auditor_reads_every_kind_and_changes_none(cast, desk):
    assert "Re-export certificate" in page_text(desk("sam").get("/house/rules/tariff/propose/"))
    rule = entered(cast, "text", {"name": "contact", "texts": {"en": "Here."}})

    for kind in SHEETS:
        assert "Propose an entry" not in page_text(desk("ana").get(f"/house/rules/{kind}/"))
    assert desk("ana").post(f"/house/entries/{rule.pk}/end/").status_code == NOT_ALLOWED
    assert desk("ana").get("/house/rules/nothing/").status_code == 404


def test_pages_ask_as_often_for_many_entries_as_for_few(cast, desk, django_assert_max_num_queries):
    def ask(number):
        for n in range(*number):
            entered(cast, "remit", {"authority": str(BODY), "part": f"p{n}"})
            proposed(cast, "port", {"name": f"Port {n}", "use": "both"})
        counts = []
        for page in ("/house/", "/house/rules/remit/", "/house/waiting/"):
            with django_assert_max_num_queries(40) as asked:
                assert desk("bo").get(page).status_code == 200
            counts.append(len(asked))
        return counts

    from wildgate.apps.accounts.models import Authority
    BODY = Authority.objects.filter(kind="scientific").values_list("pk", flat=True)[0]
    desk("bo").get("/house/")
    few = ask((0, 2))
    assert ask((2, 9)) == few
    assert selectors.counts("QM", TODAY)["remit"] == 9


def test_the_administrator_sees_how_rulings_take_each_fact_and_measure(cast, desk, monkeypatch):
    monkeypatch.setenv("WILDGATE_CONFIRMED", "K-history")
    entered(cast, "fact", {"fact": "K-reservation", "stand": "not-accepted"})
    entered(cast, "overlay", {"name": "eu", "switch": "in-force"})
    facts, measures = (page_text(desk("sam").get(f"/house/rules/{kind}/")) for kind in ("fact", "overlay"))

    def said(text, name):
        return text.partition(f" {name} ")[2]

    assert said(facts, "K-flag-state").index("Open") < said(facts, "K-flag-state").index("K-history")
    assert said(facts, "K-history").index("Confirmed") < said(facts, "K-history").index("K-reservation")
    assert "Not accepted" in said(facts, "K-reservation").partition("K-second-source")[0]
    assert "In force" in said(measures, "eu").partition("quartzland")[0]
    assert 'selected>K-flag-state' in desk("sam").get("/house/rules/fact/propose/?about=K-flag-state").content.decode()
