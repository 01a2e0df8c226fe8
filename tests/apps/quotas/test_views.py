"""The pages of quotas, suspensions, imports and of one taxon: what is shown, to whom, and what officers can change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.quotas.test_imports import GOOD, HEADING
from tests.apps.quotas.test_ledger import monitors, set_quota
from tests.apps.species.downloads import PYTHON, checklist
from tests.cast import NOON, issued
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.quotas.forms import amount_of
from wildgate.apps.quotas.imports import import_quotas
from wildgate.apps.quotas.models import Quota, QuotaBalance, SuspensionRow
from wildgate.apps.species.models import Taxon
from wildgate.apps.species.services import import_files
from wildgate.kit import jobs
from wildgate.kit.models import Event
from wildgate.kit.uploads.models import Upload

pytestmark = pytest.mark.django_db
REFUSED = 422
OFFICIALS = {"amina", "bo", "ito", "flora", "jean", "nadia", "tomas", "ines", "ana", "sam"}
YEAR = NOON.year


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def ban(db):
    """Exports of Varanus salvator from Demoland's neighbour are suspended; so is all its trade until last year."""
    SuspensionRow.objects.create(party="QM", country="QZ", start=date(YEAR - 3, 1, 1), end=date(YEAR - 1, 12, 31),
                                 effect="refuse", way="both", key="old")
    return SuspensionRow.objects.create(party="QM", country="QZ", taxon="Varanus salvator", rank="species",
                                        start=date(YEAR - 1, 1, 1), effect="ask", way="exports", key="new",
                                        note="Only <b>ranched</b> specimens may be traded.", reference="Notif. 1")


def wanted(**more):
    return {"taxon": "Varanus salvator", "country": "QM", "amount": "1 200", "unit": "NAR", "do": "set",
            "start": f"{YEAR}-01-01", "end": f"{YEAR}-12-31", "terms": "SKI, LPS", "sources": ["W"], **more}


class TestQuotas:
    def test_the_pages_are_for_officials(self, desk, cast, ban):
        quota = set_quota(cast["amina"])
        for address in ("/quotas/", f"/quotas/{quota.pk}/", "/suspensions/", f"/suspensions/{ban.pk}/"):
            assert {name for name in cast if desk(name).get(address).status_code == 200} == OFFICIALS, address

    def test_only_officers_set_change_and_share(self, desk, cast):
        quota = set_quota(cast["amina"])
        for name in ("ito", "jean", "ana", "sam", "mario"):
            browser = desk(name)
            assert browser.get("/quotas/new/").status_code == NOT_ALLOWED
            assert browser.post("/quotas/new/", wanted()).status_code == NOT_ALLOWED
            assert browser.post(f"/quotas/{quota.pk}/amount/", {"amount": "9"}).status_code == NOT_ALLOWED
            assert browser.post(f"/quotas/{quota.pk}/shares/", {}).status_code == NOT_ALLOWED
        assert Quota.objects.get().amount == 500
        assert "Change the amount" not in page_text(desk("ana").get(f"/quotas/{quota.pk}/"))

    def test_the_list_is_narrowed_by_country_taxon_year_and_kind(self, desk, cast):
        set_quota(cast["amina"])
        set_quota(cast["amina"], taxon="Python regius", year=YEAR - 1)
        Quota.objects.filter(taxon="Python regius").update(country="TG", kind="conference")

        def shown(**filters):
            rows = desk("amina").get("/quotas/", filters).context["rows"]
            return sorted(row.quota.taxon for row in rows)

        assert shown() == ["Varanus salvator"]
        assert shown(year=YEAR - 1) == ["Python regius"]
        assert shown(year="", taxon="python") == ["Python regius"]
        assert shown(year="", country="QM") == ["Varanus salvator"]
        assert shown(year="", kind="conference") == ["Python regius"]
        assert shown(year="not a year", country="??") == ["Python regius", "Varanus salvator"]

    def test_a_page_holds_fifty(self, desk, cast, tmp_path):
        file = tmp_path / "many.csv"
        rows = [f"{number},Varanus salvator,SPECIES,Demoland,5,,LIV,W,,{YEAR},," for number in range(1, 71)]
        file.write_text("\n".join([HEADING, *rows]))
        import_quotas([file], party="QM", actor="operator", at=NOON)

        answer = desk("amina").get("/quotas/", {"year": YEAR, "page": 2})

        assert (len(answer.context["rows"]), answer.context["page"].paginator.count) == (20, 70)
        assert "51 to 70 of 70" in page_text(answer)

    def test_a_quota_shows_its_bar_and_ledger_with_links_that_the_reader_may_follow(self, desk, cast):
        quota = set_quota(cast["amina"])
        permit = issued(cast, NOON, monitors("30"))
        case = permit.application.number
        officer, customs = (desk(name).get(f"/quotas/{quota.pk}/") for name in ("amina", "jean"))

        assert "30 bound" in page_text(officer)
        assert "470 free of 500" in page_text(officer)
        assert f'href="/cases/{case}/"' in officer.content.decode()
        assert f'href="/permits/{permit.number}/"' in officer.content.decode()
        assert f'href="/cases/{case}/"' not in customs.content.decode()
        assert f'href="/permits/{permit.number}/"' in customs.content.decode()
        assert "Amina Keita" in page_text(officer)

    def test_another_partys_quota_is_not_found(self, desk, cast):
        quota = set_quota(cast["amina"])
        Quota.objects.update(party="QZ")

        assert desk("amina").get(f"/quotas/{quota.pk}/").status_code == 404
        assert desk("amina").post(f"/quotas/{quota.pk}/amount/", {"amount": "9"}).status_code == 404

    def test_an_officer_sets_a_quota(self, desk, cast):
        answer = desk("amina").post("/quotas/new/", wanted(), follow=True)

        quota = Quota.objects.get()
        assert (quota.amount, quota.terms, quota.sources, quota.kind) == (1200, ["LPS", "SKI"], ["W"], "national")
        assert QuotaBalance.objects.get(quota=quota).amount == 1200
        assert "The quota is set." in page_text(answer)
        assert Event.objects.filter(kind="quota-set", actor=cast["amina"].label).exists()

    @pytest.mark.parametrize(("given", "field"), [
        ({"taxon": "Nonexistus fakeus"}, "taxon"), ({"taxon": ""}, "taxon"), ({"amount": "many"}, "amount"),
        ({"amount": "9999999999999"}, "amount"), ({"amount": "1,200"}, "amount"), ({"terms": "XYZ"}, "terms"),
        ({"start": "tomorrow"}, "start"),
        ({"end": f"{YEAR - 1}-12-31"}, "end"), ({"country": "??"}, "country"), ({"sources": ["8"]}, "sources"),
    ])
    def test_a_fault_is_told_beside_its_field_and_nothing_is_lost(self, desk, cast, given, field):
        answer = desk("amina").post("/quotas/new/", wanted(note="Keep me", **given))

        assert answer.status_code == REFUSED
        assert list(answer.context["form"].errors) == [field]
        first = "_0" if field == "sources" else ""
        assert f'href="#id_{field}{first}"' in answer.content.decode()
        assert "Keep me" in answer.content.decode()
        assert not Quota.objects.exists()

    @pytest.mark.parametrize(("typed", "read"), [("19,5", "19.5"), ("1’200", "1200"), ("1.150,5", "1150.5"),
                                                 ("٤٥", "45")])
    def test_a_decimal_comma_is_never_dropped(self, typed, read):
        assert amount_of(typed) == Decimal(read)

    def test_a_name_like_it_is_offered_and_can_be_picked(self, desk, cast):
        slip = {"taxon": "Loxodonta africna", "note": "Keep me"}
        found = desk("amina").post("/quotas/new/", wanted(do="find", **slip))
        asked = desk("amina").post("/quotas/new/", wanted(**slip))

        for page in (found, asked):
            assert page.context["matches"][0].accepted == "Loxodonta africana"
            assert "Keep me" in page.content.decode()
        assert list(asked.context["form"].errors) == ["taxon"]
        assert not Quota.objects.exists()
        desk("amina").post("/quotas/new/", wanted(searched=slip["taxon"], pick="Loxodonta africana", **slip))
        assert Quota.objects.get().taxon == "Loxodonta africana"

    def test_an_amount_is_changed_but_not_below_what_is_taken(self, desk, cast):
        quota = set_quota(cast["amina"])
        issued(cast, NOON, monitors("460"))

        low = desk("amina").post(f"/quotas/{quota.pk}/amount/", {"amount": "400"})
        desk("amina").post(f"/quotas/{quota.pk}/amount/", {"amount": "600"})

        assert low.status_code == REFUSED
        assert "460" in low.context["amount_form"].errors["amount"][0]
        assert QuotaBalance.objects.get().amount == Quota.objects.get().amount == 600
        assert Event.objects.get(kind="quota-changed").data == '{"from":"500","to":"600"}'

    def test_a_share_is_given_to_a_firm_and_no_more_than_there_is(self, desk, cast):
        quota = set_quota(cast["amina"])
        firm = min(cast["mario"].organisations)
        address = f"/quotas/{quota.pk}/shares/"

        done = desk("amina").post(address, {"share-organisation": str(firm), "share-amount": "200"}, follow=True)
        more = desk("amina").post(address, {"share-region": "North", "share-amount": "301"})
        nobody = desk("amina").post(address, {"share-amount": "1"})

        assert "Lacuna Hides Ltd" in page_text(done)
        assert sorted(QuotaBalance.objects.values_list("amount", flat=True)) == [200, 300]
        assert (more.status_code, nobody.status_code) == (REFUSED, REFUSED)
        assert list(nobody.context["share_form"].errors) == ["organisation"]


class TestSuspensions:
    def test_the_list_is_of_a_day(self, desk, ban):
        browser = desk("jean")

        today = browser.get("/suspensions/")
        before = browser.get("/suspensions/", {"on": f"{YEAR - 2}-06-01"})

        assert [row.key for row in today.context["page"]] == ["new"]
        assert [row.key for row in before.context["page"]] == ["old"]
        assert [row.key for row in browser.get("/suspensions/", {"on": "", "taxon": "varanus"}).context["page"]] == [
            "new"]

    def test_a_measure_is_told_in_full_without_its_markup(self, desk, ban):
        answer = desk("amina").get(f"/suspensions/{ban.pk}/")

        assert "Only ranched specimens may be traded." in page_text(answer)
        assert "until it is lifted" in page_text(answer)


class TestTaxon:
    def test_what_the_convention_says_is_public_and_ledgers_are_not(self, client, desk, cast, ban):
        set_quota(cast["amina"])
        issued(cast, NOON, monitors("30"))
        address = "/species/taxon/Varanus salvator/"

        stranger, officer = page_text(client.get(address)), page_text(desk("amina").get(address))

        for told in ("Appendix II", "Varanidae", "500", "Notif. 1"):
            assert told in stranger
        assert "470 free of 500" in officer
        assert "470" not in stranger

    def test_populations_are_told_apart_and_can_be_chosen(self, client):
        both = page_text(client.get("/species/taxon/Loxodonta africana/"))
        botswana = client.get("/species/taxon/Loxodonta africana/", {"population": "BW"})

        assert "Appendix I " in both
        assert "It depends on the population" in both
        assert botswana.context["facts"].appendices == ("II",)

    def test_a_renamed_taxon_says_why(self, client):
        text = page_text(client.get("/species/taxon/Aliger gigas/"))

        assert "Strombus gigas" in text
        assert "Aliger gigas is a synonym" in text

    def test_the_appendix_of_an_earlier_day_is_told(self, client):
        then = client.get("/species/taxon/Manis javanica/", {"on": "2010-01-01"}).context["facts"]

        assert then.appendices == ("II",)
        assert client.get("/species/taxon/Manis javanica/").context["facts"].appendices == ("I",)

    @pytest.mark.parametrize("name", ["Zzz yyy", "<script>alert(1)</script>", "x" * 4000, "Panthera tigriss", "%00"])
    def test_a_name_that_nobody_knows_is_unknown_and_never_unlisted(self, client, name):
        answer = client.get(f"/species/taxon/{name}/")

        assert answer.status_code in (200, 404)
        assert "<script>alert" not in answer.content.decode()
        assert "Unknown, perhaps listed" in page_text(answer)

    def test_imported_names_and_range_states_are_shown(self, client, cast, tmp_path):
        import_files([checklist(tmp_path, PYTHON)], party="QM", by="operator", at=NOON)

        text = page_text(client.get("/species/taxon/Python regius/")).replace("pitón", "Pitón")

        for told in ("Pitón real", "ython royal", "Boa regia", "Benin, Togo", "checklist.csv"):
            assert told in text

    def test_a_quota_of_a_taxon_above_counts(self, client, cast):
        set_quota(cast["amina"], taxon="Varanidae")

        assert "Varanidae" in [each.quota.taxon for each in
                               client.get("/species/taxon/Varanus salvator/").context["quotas"]]


class TestImports:
    def hand_in(self, browser, data: bytes, name: str = "download.csv", rest: str = "rest"):
        return browser.post("/imports/", {"file": SimpleUploadedFile(name, data), "rest": rest}, follow=True)

    def report(self, browser, answer):
        jobs.run_pending()
        return browser.get(answer.request["PATH_INFO"])

    def test_officers_and_the_administrator_import(self, desk, cast):
        assert {name for name in cast if desk(name).get("/imports/").status_code == 200} == {"amina", "bo", "sam"}
        assert desk("ana").post("/imports/", {}).status_code == NOT_ALLOWED
        assert desk("sam").get("/").headers["Location"] == "/first-run/"

    def test_a_checklist_is_told_from_its_heading_and_taken_in(self, desk, home, tmp_path):
        data = checklist(tmp_path, PYTHON, name="a.csv").read_bytes()
        waiting = self.hand_in(desk("sam"), data, "whatever.bin")

        done = self.report(desk("sam"), waiting)

        assert "data-progress" in waiting.content.decode()
        assert done.context["upload"].kind == "taxa"
        assert (done.context["report"]["added"], done.context["report"]["layout"]) == (1, "checklist")
        assert Taxon.objects.get().name == "Python regius"

    def test_the_same_file_again_changes_nothing(self, desk, home):
        data = f"{HEADING}\n{GOOD}\n".encode()
        self.report(desk("amina"), self.hand_in(desk("amina"), data))

        again = self.report(desk("amina"), self.hand_in(desk("amina"), data))

        assert "Nothing changed" in page_text(again)
        assert again.context["report"]["unchanged"] == 1
        none = f"{HEADING}\n2,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,\n".encode()
        refused = page_text(self.report(desk("amina"), self.hand_in(desk("amina"), none)))
        assert "No row can be taken" in refused
        assert "is stored already" not in refused

    def test_refused_rows_are_named_by_line_and_the_rest_is_imported(self, desk, home):
        data = f"{HEADING}\n{GOOD}\n2,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,\n".encode()

        done = self.report(desk("amina"), self.hand_in(desk("amina"), data))

        assert [row[:2] for row in done.context["page"]] == [[3, "Full Name"]]
        assert "1 row was left out" in page_text(done)
        assert Quota.objects.count() == 1

    def test_a_fault_of_a_register_of_names_is_in_the_readers_language(self, desk, home, tmp_path):
        wrong = checklist(tmp_path, PYTHON, PYTHON | {"TaxonId": "x1"}, name="a.csv").read_bytes()
        self.report(desk("sam"), self.hand_in(desk("sam"), wrong))
        cut = self.report(desk("sam"), self.hand_in(desk("sam"), b'{"taxon_concepts": [', "b.json"))
        other = checklist(tmp_path, PYTHON | {"AuthorYear": "Shaw", "FrenchNames": ""}, name="c.csv").read_bytes()
        self.report(desk("sam"), self.hand_in(desk("sam"), other))
        told = [page_text(desk("sam").get(f"/imports/{each.pk}/", HTTP_ACCEPT_LANGUAGE="fr"))
                for each in Upload.objects.order_by("pk")]

        assert "TaxonId contient “x1”, qui n’est pas un numéro du registre" in told[0]
        assert "Le fichier n’est pas du JSON complet" in told[1]
        assert "auteur du nom, synonymes et noms communs" in told[2]
        assert "The file is not whole JSON" in page_text(cut)
        assert not [text for text in told if "not a number" in text or "not whole" in text]

    def test_all_or_nothing_keeps_nothing_and_says_why(self, desk, home):
        data = f"{HEADING}\n{GOOD}\n2,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,\n".encode()

        done = self.report(desk("amina"), self.hand_in(desk("amina"), data, rest="nothing"))

        assert "Nothing was kept" in page_text(done)
        assert not Quota.objects.exists()
        assert Upload.objects.get().state == "refused"

    def test_quotas_by_number_find_their_names_in_the_imported_register(self, desk, home, tmp_path):
        import_files([checklist(tmp_path, PYTHON)], party="QM", by="operator", at=NOON)
        data = b"taxon_concept_id,iso_code2,quota,unit,year\n5467,QM,7,,2026\n"

        done = self.report(desk("amina"), self.hand_in(desk("amina"), data))

        assert done.context["report"]["added"] == 1, done.context["report"]
        assert Quota.objects.get().taxon == "Python regius"

    def test_suspensions_are_taken_in(self, desk, home):
        data = b"id,country_iso2,start_date,notes,start_notification\n1,LR,2018-01-22,All trade.,Notif. 2018/1\n"

        done = self.report(desk("amina"), self.hand_in(desk("amina"), data))

        assert (done.context["upload"].kind, done.context["report"]["added"]) == ("suspensions", 1)

    @pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"a,b\n1,2\n", b"PK\x03\x04zip", b"\xfd7zXZ\x00broken",
                                      b"\x1f\x8bbroken", b"{}", b"%PDF-1.7", b'"' * 30_000])
    def test_what_is_no_download_is_refused_at_the_door_or_in_the_report(self, desk, home, data):
        answer = self.hand_in(desk("amina"), data)

        if answer.status_code == REFUSED:
            assert answer.context["fault"].reason.endswith(".")
            assert not Upload.objects.exists()
        else:
            assert self.report(desk("amina"), answer).context["report"]["refusal"]["reason"].endswith(".")

    def test_a_file_that_is_too_large_is_refused_while_it_arrives(self, desk, home, monkeypatch):
        monkeypatch.setattr("wildgate.apps.quotas.downloads.LARGEST", 20)

        answer = self.hand_in(desk("amina"), b"x" * 21)

        assert answer.context["fault"].code == "too-large"

    def test_the_list_names_who_and_when_and_the_command_line(self, desk, home, tmp_path):
        import_files([checklist(tmp_path, PYTHON)], party="QM", by="operator", at=NOON - timedelta(days=2))
        self.report(desk("amina"), self.hand_in(desk("amina"), f"{HEADING}\n{GOOD}\n".encode(), "ours.csv"))

        answer = desk("sam").get("/imports/")

        assert "ours.csv" in page_text(answer)
        assert "Amina Keita" in page_text(answer)
        assert [(command.kind, command.added) for command in answer.context["commands"]] == [("taxa", 1)]


def test_the_pages_ask_the_database_little(desk, cast, ban, django_assert_num_queries):
    """Four of each are the session, the person, the posts and the unread letters."""
    quota = set_quota(cast["amina"])
    issued(cast, NOON, monitors("30"))
    browser = desk("amina")
    browser.get("/species/taxon/Varanus salvator/")
    for address, most in ((f"/quotas/?year={YEAR}", 7), (f"/quotas/{quota.pk}/", 12), ("/suspensions/", 6),
                          (f"/suspensions/{ban.pk}/", 5), ("/imports/", 6), ("/species/taxon/Varanus salvator/", 10)):
        with django_assert_num_queries(most):
            browser.get(address)
    assert Decimal(30) == QuotaBalance.objects.get().bound
