"""Papers that are not as they should be, what is seen beside the quantities, overrides and outages at the desk."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import NOON, SKINS, issued
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.balances.models import Balance, Outage
from wildgate.apps.customs import fits, services
from wildgate.apps.customs.models import Detail, Endorsement, ForeignPermit, MissingEndorsement, Photo, Rejection
from wildgate.apps.customs.services import Item
from wildgate.apps.permits import documents, sealing, verification
from wildgate.apps.permits import services as permits
from wildgate.kit.models import Event
from wildgate.seal.text import to_url
from wildgate.seal.verdict import Role

pytestmark = pytest.mark.django_db
BOX_14 = {"port": "Kivu-2", "transport_document": "020-44556677", "packages": "3", "key": "k" * 32}
PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\n"
       b"IDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82")
LIVE = {**SKINS, "lines": [{**SKINS["lines"][0], "term": "LIV", "quantity": "30"}]}
OVER = {"over-A": "100", "over_port": "Kivu-2", "over_document": "020-9", "reason": "Live goods spoil.",
        "authority": "Director of customs", "key": "o" * 32}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def permit(cast):
    return issued(cast, NOON)


@pytest.fixture
def foreign(jean, now):
    today = now.date()
    return services.register_foreign(
        actor=jean, country="QZ", number="26QZ000007E", kind="export-permit", issued_on=today - timedelta(days=5),
        valid_until=today + timedelta(days=90), exporter_country="QZ", importer_country="QM", purpose="T",
        lines=[Item("Python regius", "II", "W", "SKI", "40", "NAR", "QZ")], at=now)


def reject(jean, number, now, **change):
    given = {"country": "QM", "reason": "altered", "evidence": "Box 11 was written over.", "port": "Kivu-2", **change}
    return services.reject(actor=jean, number=number, at=now, **given)


class TestTheFirstScreen:
    def test_answers_four_questions_in_order(self, desk, permit):
        words = page_text(desk("jean").get(f"/border/permits/{permit.number}/"))

        places = [words.index(question) for question in (
            "Is it real?", "May it still be used here?", "Does it fit the declaration?", "What to look at in the box?")]
        assert places == sorted(places)
        assert "1200 of 1200 specimens are left" in words
        assert "No declaration names this permit" in words

    def test_a_declaration_that_does_not_fit_is_shown(self, desk, permit, monkeypatch):
        monkeypatch.setattr(fits, "_fitting", [lambda actor, permit, at: [
            fits.Fit("D-1", "ok", ("All agrees.",)),
            fits.Fit("D-2", "no", ("Another species.",), "/declarations/D-2/")]])
        monkeypatch.setattr(fits, "_looking", [lambda actor, permit, at: [fits.Look("Look-alike:", "Caiman.")]])

        html = desk("jean").get(f"/border/permits/{permit.number}/").content.decode()

        assert 'href="/declarations/D-2/"' in html
        assert "D-2: Another species." in html
        assert "Look-alike: Caiman." in html


class TestWhatIsSeen:
    def test_seals_container_and_animals_stand_with_the_endorsement(self, desk, cast, now):
        live = issued(cast, NOON, LIVE)

        answer = desk("jean").post(f"/border/permits/{live.number}/", {
            **BOX_14, "quantities-A": "30", "seals": "QM-1, QM-2", "container": "poor", "venomous-A": "1",
            "unwell-A": "2"}, follow=True)

        detail = Detail.objects.get()
        assert (detail.seals, detail.container) == (["QM-1", "QM-2"], "poor")
        words = page_text(answer)
        assert "QM-1, QM-2" in words
        assert "venomous 2 unwell" in words

    def test_more_unwell_than_left_alive_are_a_slip_and_endorse_nothing(self, desk, cast):
        live = issued(cast, NOON, LIVE)

        answer = desk("jean").post(f"/border/permits/{live.number}/", {
            **BOX_14, "quantities-A": "12", "unwell-A": "13"})

        html = answer.content.decode()
        assert answer.status_code == 422
        assert "On line A 13 are unwell, but only 12 moved alive." in page_text(answer)
        assert 'href="#id_unwell-A"' in html
        assert 'aria-invalid="true"' in html.split('id="id_unwell-A"')[1].split(">")[0]
        assert '<details class="deed" open>' in html
        assert not Endorsement.objects.exists()
        assert not Event.objects.filter(kind="export-endorsed").exists()

    def test_the_dead_on_arrival_are_among_those_that_arrived_and_none_of_them_is_unwell(self, desk, jean, now):
        today = now.date()
        live = services.register_foreign(
            actor=jean, country="QZ", number="26QZ000009E", kind="export-permit", issued_on=today, purpose="T",
            valid_until=today + timedelta(days=90), exporter_country="QZ", importer_country="QM",
            lines=[Item("Python regius", "II", "C", "LIV", "50", "NAR", "QZ")], at=now)
        path = f"/border/foreign/QZ/{live.number}/{today}/"
        typed = {**BOX_14, "quantities-A": "45", "unwell-A": "41"}

        many = desk("jean").post(path, {**typed, "dead-A": "46"})
        unwell = desk("jean").post(path, {**typed, "dead-A": "5"})
        right = desk("jean").post(path, {**typed, "dead-A": "5", "unwell-A": "40"}, follow=True)

        assert 'aria-invalid="true"' in many.content.decode().split('id="id_dead-A"')[1].split(">")[0]
        assert "On line A 41 are unwell, but only 40 moved alive." in page_text(unwell)
        assert "5 dead on arrival" in page_text(right)

    def test_what_cannot_be_read_endorses_nothing_and_keeps_what_was_typed(self, desk, permit):
        answer = desk("jean").post(f"/border/permits/{permit.number}/", {
            **BOX_14, "quantities-A": "1150", "seals": "x" * 40})

        assert answer.status_code == 422
        assert "x" * 40 in answer.content.decode()
        assert not Endorsement.objects.exists()

    def test_photographs_are_pictures_by_their_bytes_and_downloads_only(self, desk, jean, permit, now):
        made = services.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1200"},
                                port="Kivu-2", transport_document="020-1", at=now)
        at = f"/border/endorsements/{made.digest}/photographs/"
        wrong = desk("jean").post(at, {"photos": SimpleUploadedFile("../../x.png", b"<svg onload=alert(1)>")})
        assert (wrong.status_code, Photo.objects.count()) == (422, 0)

        for _ in range(2):
            desk("jean").post(at, {"photos": SimpleUploadedFile("box.png", PNG)})

        photo = Photo.objects.get()
        answer = desk("jean").get(f"/border/photographs/{photo.pk}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.content == PNG
        assert desk("mario").get(f"/border/photographs/{photo.pk}/").status_code in (200, 404)


class TestOverride:
    def test_it_is_not_offered_against_the_authority(self, desk, cast, permit, at):
        address, form = f"/border/permits/{permit.number}/", b"/override/"
        assert form in desk("nadia").get(address).content
        permits.cancel(actor=cast["amina"], number=permit.number, reason="A mistake.", at=at)

        assert form not in desk("nadia").get(address).content

    def test_only_a_supervisor_with_grounds(self, desk, permit):
        at = f"/border/permits/{permit.number}/override/"
        desk("jean").post(f"/border/permits/{permit.number}/", {**BOX_14, "quantities-A": "1150"})
        assert desk("jean").post(at, OVER).status_code == NOT_ALLOWED
        refused = desk("nadia").post(at, {**OVER, "reason": ""})
        assert refused.status_code == 422
        assert 'value="Director of customs"' in refused.content.decode()

        answer = desk("nadia").post(at, OVER)
        again = desk("nadia").post(at, OVER)

        assert answer.status_code == again.status_code == 302
        assert answer["Location"] == again["Location"]
        shown = page_text(desk("nadia").get(answer["Location"]))
        assert "1,150 had moved before" in shown
        assert "Line A: 50 more than was left. Reason:" in shown
        assert "Director of customs" in shown
        border = desk("jean").get(f"/border/permits/{permit.number}/").content.decode()
        assert answer["Location"] in border
        balance = Balance.objects.get()
        assert (balance.consumed, balance.overridden) == (1250, 50)
        assert Event.objects.filter(kind="balance-overridden").count() == 1
        words = page_text(desk("nadia").get(f"/balances/permits/{permit.number}/"))
        assert "Override" in words
        assert "Live goods spoil. · Director of customs" in words


class TestRejection:
    def test_a_rejected_number_is_red_at_once_everywhere_and_lifted_by_the_authority(
            self, desk, jean, amina, permit, now):
        sealing.publish(permit.party, permit.shard, now)
        sealing.publish_trust(permit.party, now)
        code = to_url(documents.verify_base(), permit.seals[0]).encode()
        found = reject(jean, f"{permit.number[:4]} {permit.number[4:]}", now)
        assert (found.permit, found.subject) == (permit, permit.subject)

        refused = services.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1"},
                                   port="K", transport_document="1", at=now)
        assert refused.code == "rejected"
        judged = verification.verify(code, "", Role.PUBLIC, now, home=settings.HOME)
        assert (judged.verdict.answer.value, judged.verdict.reasons[0].code) == ("refuse", "rejected")
        assert "was rejected at Kivu-2" in page_text(desk("jean").post("/border/", {"code": code.decode()}))

        assert services.lift(actor=jean, rejection=found.pk, why="No.", at=now).code == "not-allowed"
        services.lift(actor=amina, rejection=found.pk, why="Our own correction.", at=now)
        assert services.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "1"}, port="K",
                                transport_document="1", at=now).pk

    def test_the_packet_holds_letters_record_and_photographs(self, desk, jean, foreign, now):
        answer = desk("jean").post("/border/rejected/new/", {
            "country": "QZ", "number": foreign.number, "reason": "forged", "evidence": "The seal is a photocopy.",
            "port": "Kivu-2"}, follow=True)
        found = Rejection.objects.get()
        assert found.foreign == foreign
        assert "Red" in page_text(answer)
        desk("jean").post(f"/border/rejected/{found.pk}/photographs/", {"photos": SimpleUploadedFile("a.png", PNG)})

        archive = zipfile.ZipFile(io.BytesIO(desk("jean").get(f"/border/rejected/{found.pk}/packet.zip").content))

        assert archive.namelist() == ["rejection.json", "letter-en.txt", "letter-fr.txt", "letter-es.txt",
                                      "photographs/01.png", "sha256.txt"]
        record = json.loads(archive.read("rejection.json"))
        assert (record["reason"], record["lines"][0]["taxon"]) == ("forged", "Python regius")
        assert "Jean" not in archive.read("letter-en.txt").decode() + archive.read("rejection.json").decode()
        assert Event.objects.get(kind="paper-rejected").subject == foreign.subject

    @pytest.mark.parametrize(("change", "field"), [
        ({"country": "XX1"}, "country"), ({"reason": "mood"}, "reason"), ({"evidence": " "}, "evidence"),
        ({"port": ""}, "port")])
    def test_what_is_missing_is_named(self, jean, now, change, field):
        assert reject(jean, "26QZ1", now, **change).field == field


class TestAMissingEndorsement:
    def test_is_asked_in_one_click_with_a_clock_and_counted_by_country(self, desk, foreign, now):
        at = f"/border/foreign/QZ/{foreign.number}/{foreign.issued_on}/"
        assert "No export endorsement?" in page_text(desk("jean").get(at))

        for _ in range(2):
            desk("jean").post(f"{at}ask/", {"port": "Kivu-2"})

        question = MissingEndorsement.objects.get()
        told = Event.objects.get(kind="endorsement-missing")
        assert told.subject == foreign.subject
        assert json.loads(told.data)["due_on"] == question.due_on.isoformat()
        assert "Question to the exporting authority" in page_text(desk("jean").get(at))
        wrong = desk("amina").post(f"/border/missing/{question.pk}/", {"state": "confirmed", "outcome": ""})
        assert wrong.status_code == 422
        desk("amina").post(f"/border/missing/{question.pk}/", {"state": "confirmed", "outcome": "By letter of today."})
        listing = desk("jean").get("/border/missing/")
        assert [(each["country"], each["asked"], each["confirmed"]) for each in listing.context["countries"]] == [
            ("QZ", 1, 1)]
        assert ForeignPermit.objects.get().state == "registered"


def test_an_outage_is_announced_shown_and_worked_off(desk, now):
    begins = f"{now - timedelta(hours=2):%Y-%m-%d %H:%M}"
    assert desk("nadia").post("/border/outages/", {"begins_at": "tomorrow"}).status_code == 422
    desk("nadia").post("/border/outages/", {"begins_at": begins, "why": "Power."})
    outage = Outage.objects.get()
    assert "announced to be out of reach" in page_text(desk("jean").get("/border/"))

    desk("nadia").post(f"/border/outages/{outage.pk}/end/")
    desk("nadia").post(f"/border/outages/{outage.pk}/end/", {"reconciled": "1"})

    outage.refresh_from_db()
    assert outage.reconciled_at is not None
    assert desk("jean").get(f"/border/outages/{outage.pk}/").status_code == 200


def test_lists_cost_the_same_with_one_row_or_many(desk, jean, foreign, now):
    pages = ("/border/rejected/", "/border/missing/", "/balances/reservations/", "/balances/overrides/",
             "/balances/procedures/", "/border/outages/")
    counts = {}
    for rows in (1, 3):
        for n in range(rows):
            reject(jean, f"26QZ{rows}{n}", now)
        services.ask_exporter(actor=jean, foreign=("QZ", foreign.number, foreign.issued_on), port="K", at=now)
        for page in pages:
            desk("nadia").get(page)
            with CaptureQueriesContext(connection) as asked:
                assert desk("nadia").get(page).status_code == 200
            counts.setdefault(page, []).append(len(asked))
    assert all(first == second <= 14 for first, second in counts.values()), counts
