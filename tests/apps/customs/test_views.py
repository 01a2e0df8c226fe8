"""The border desk: the verdict before all else, what may be endorsed and what not; a double click endorses once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override
from tests.cast import SKINS, issued
from tests.desks import NOT_ALLOWED, page_text
from tests.seal.world import STRANGER, record

from wildgate.apps.customs.forms import by_block
from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.permits import documents, sealing, services
from wildgate.kit.models import Event
from wildgate.message.qr import read_image
from wildgate.seal.text import to_url
from wildgate.seal.token import seal_permit

pytestmark = pytest.mark.django_db
BOX_14 = {"port": "Kivu-2", "transport_document": "020-44556677", "packages": "", "key": "k" * 32}


@pytest.fixture
def now(at):
    """Yesterday's noon: nothing here depends on the present second, and the permit's way is remembered."""
    return at


@pytest.fixture
def permit(cast, now):
    return issued(cast, now)


@pytest.fixture
def published(permit):
    """The signed lists as they stand after the permit's issue."""
    sealing.publish(permit.party, permit.shard, timezone.now())
    sealing.publish_trust(permit.party, timezone.now())
    return permit


def test_the_border_is_for_customs_only(desk, cast, permit):
    answers = {name: desk(name).get(f"/border/permits/{permit.number}/").status_code for name in cast}

    assert answers == {name: 200 if name in ("jean", "nadia") else NOT_ALLOWED for name in cast}


def test_a_number_leads_to_the_permit_however_it_is_typed(desk, permit):
    answer = desk("jean").get("/border/", {"number": f" {permit.number.lower()} "})

    assert answer["Location"] == f"/border/permits/{permit.number}/"


def test_a_number_is_found_with_gaps_strokes_and_our_country_before_it(desk, permit):
    number, jean = permit.number, desk("jean")
    typed = [f"{number[:2]} {number[2:4]} {number[4:]}", f"{number[:-1]}/{number[-1]}", f"QM-{number}"]

    answers = [jean.get("/border/", {"number": each}) for each in typed]

    assert [each["Location"] for each in answers] == [f"/border/permits/{number}/"] * 3


@pytest.mark.parametrize(("language", "counted", "kept"), [
    ("en", "1,150.5", "1150.5"), ("en", "19,5", "19.5"), ("fr", "0,125", "0.125"), ("es", "1.150,5", "1150.5"),
    ("fr", "1\u202f150", "1150"), ("ar", "١٬١٥٠٫٥", "1150.5")])
def test_a_count_is_read_alike_on_pages_of_every_language(language, counted, kept):
    with override(language):
        assert by_block({"quantities-A": f" {counted} "}, "quantities", ["A"]) == {"A": kept}


@pytest.mark.parametrize(("typed", "said"), [
    ("1,150", "can be read in two ways: write 1150 or 1.15."),
    ("1.150", "can be read in two ways: write 1150 or 1.15."), ("11,5", "is a whole number, not 11.5.")])
def test_what_may_mean_two_counts_is_asked_about_and_endorses_nothing(desk, permit, typed, said):
    answer = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": typed, **BOX_14})

    assert answer.status_code == 422
    assert said in page_text(answer)
    assert f'value="{typed}"' in answer.content.decode()
    assert not Endorsement.objects.exists()


def test_a_decimal_comma_is_endorsed_as_the_page_then_shows_it(desk, cast, now):
    leather = {**SKINS, "lines": [{**SKINS["lines"][0], "unit": "KGM", "quantity": "1200"}]}
    permit = issued(cast, now, leather)

    answer = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "19,5", **BOX_14}, follow=True)

    assert Endorsement.objects.get().lines.get().quantity == Decimal("19.5")
    assert "19.5" in page_text(answer)


def test_an_unknown_number_is_said_to_be_unknown(desk, permit):
    answer = desk("jean").get("/border/", {"number": "26QM999999E"})

    assert "26QM999999E" in page_text(answer)
    assert "There is no permit" in page_text(answer)


def test_the_page_shows_what_is_permitted_and_leaves_the_count_to_the_officer(desk, permit):
    html = desk("jean").get(f"/border/permits/{permit.number}/").content.decode()

    assert "1,200" in html
    field = html.split('id="id_quantities-A"')[1].split(">")[0]
    assert 'value="1' not in field
    assert 'value="Kivu-2"' in html


def test_endorsing_keeps_what_was_counted_and_shows_what_goes_back(desk, permit):
    answer = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "1 150", **BOX_14}, follow=True)

    endorsement = Endorsement.objects.get()
    assert endorsement.lines.get().quantity == 1150
    assert endorsement.port == "Kivu-2"
    assert answer.redirect_chain == [(f"/border/endorsements/{endorsement.digest}/", 302)]
    assert [line["left"] for line in answer.context["moved"]] == ["50"]


def test_a_double_click_endorses_once(desk, permit):
    first = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "1150", **BOX_14})
    second = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "1150", **BOX_14})

    assert first["Location"] == second["Location"]
    assert Endorsement.objects.count() == 1


def test_a_second_endorsement_is_refused_in_one_sentence(desk, permit):
    desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "1150", **BOX_14})

    answer = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "50", **BOX_14, "key": "other"})

    assert answer.status_code == 422
    assert "already used for an export" in page_text(answer)
    assert "<button" not in answer.content.decode().split('class="verdict')[1].split("</main>")[0]
    assert Endorsement.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said", "field"),
    [
        ({"quantities-A": "1201"}, "1,201 leave but 1,200 are permitted", "id_quantities-A"),
        ({"quantities-A": ""}, "Give the quantity", "id_quantities-A"),
        ({"quantities-A": "many"}, "", "id_quantities-A"),
        ({"quantities-A": "5", "transport_document": ""}, "bill of lading", "id_transport_document"),
        ({"quantities-A": "5", "port": " "}, "port or station", "id_port"),
        ({"quantities-A": "5", "packages": "-3"}, "packages", "id_packages"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_what_was_typed(desk, permit, typed, said, field):
    answer = desk("jean").post(f"/border/permits/{permit.number}/", {**BOX_14, **typed})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in page_text(answer)
    assert f'href="#{field}"' in html
    assert f'id="{field}"' in html
    assert f'value="{BOX_14["key"]}"' in html
    assert Endorsement.objects.count() == 0


def test_a_cancelled_permit_cannot_be_endorsed(desk, cast, permit, now):
    services.cancel(actor=cast["amina"], number=permit.number, reason="Issued to the wrong firm.", at=now)

    shown = desk("jean").get(f"/border/permits/{permit.number}/")
    sent = desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "5", **BOX_14})

    assert "The permit was cancelled by its Management Authority." in page_text(shown)
    assert 'id="id_quantities-A"' not in shown.content.decode()
    assert sent.status_code == 422
    assert Endorsement.objects.count() == 0


def test_a_scanned_code_shows_verdict_and_form_at_once(desk, published):
    png = documents.read(published, "png")

    answer = desk("jean").post("/border/", {"file": SimpleUploadedFile("permit.png", png)})

    assert answer.status_code == 200
    assert answer.context["judged"].verdict.genuine
    assert 'id="id_quantities-A"' in answer.content.decode()


def test_a_code_of_a_party_without_keys_here_is_not_called_a_forgery(desk, published):
    foreign = seal_permit(record(party="QX", number="QX-E-1"), STRANGER, status_uri="QX/27Q3/0", status_index=1)[0]

    page = page_text(desk("jean").post("/border/", {"code": to_url("https://qx.example", foreign)}))
    assert "Not proven: hold the goods, and ask." in page and "Not genuine" not in page


def test_a_pasted_code_of_a_forged_permit_is_refused(desk, published):
    text = documents.code_text(published)
    forged = text[:-1] + ("1" if text[-1] != "1" else "2")

    answer = desk("jean").post("/border/", {"code": forged})

    assert 'id="id_quantities-A"' not in answer.content.decode()
    assert page_text(answer)


@pytest.mark.parametrize("sent", [{}, {"code": "   "}, {"code": "hello"}])
def test_a_code_that_is_none_is_told_at_its_field(desk, permit, sent):
    answer = desk("jean").post("/border/", sent)

    assert 'id="id_quantities-A"' not in answer.content.decode()
    assert answer.status_code in (200, 422)


def test_a_broken_picture_is_one_sentence(desk, published):
    answer = desk("jean").post("/border/", {"file": SimpleUploadedFile("permit.png", b"\x89PNG\r\n\x1a\nbroken")})

    assert answer.status_code == 422
    assert "damaged" in page_text(answer)


def test_the_label_carries_the_sealed_endorsement(desk, permit):
    desk("jean").post(f"/border/permits/{permit.number}/", {"quantities-A": "1150", **BOX_14})
    endorsement = Endorsement.objects.get()

    answer = desk("jean").get(f"/border/endorsements/{endorsement.digest}/label.png")

    assert answer["Content-Type"] == "image/png"
    from wildgate.seal.text import from_text

    assert [from_text(text) for text in read_image(answer.content)] == [endorsement.seal]


def paper(now, **changes):
    day = now.date()
    return {
        "country": "QZ",
        "number": "26QZ000007/E",
        "kind": "export-permit",
        "issued_on": (day - timedelta(days=20)).isoformat(),
        "valid_until": (day + timedelta(days=100)).isoformat(),
        "exporter_country": "QZ",
        "purpose": "T",
        "count": "2",
        "lines-0-taxon": "Crocodylus novaeguineae",
        "lines-0-appendix": "II",
        "lines-0-source": "W",
        "lines-0-term": "SKI",
        "lines-0-quantity": "300",
        "lines-0-unit": "NAR",
        "lines-0-origin": "QZ",
        "lines-1-unit": "NAR",
        **changes,
    }


def test_a_foreign_permit_is_registered_and_its_import_endorsed(desk, cast, now):
    jean = desk("jean")

    registered = jean.post("/border/foreign/new/", paper(now), follow=True)
    path = registered.redirect_chain[-1][0]
    looked_up = [page_text(jean.get("/border/", {"number": each})) for each in ("26 qz 000007 E", "26QZ000007E")]
    assert all("26QZ000007/E" in each and "There is no permit" not in each for each in looked_up)
    endorsed = jean.post(path, {"quantities-A": "290", **BOX_14}, follow=True)

    assert ForeignPermit.objects.get().state == "used"
    assert Endorsement.objects.get().stage == "import"
    assert [line["left"] for line in endorsed.context["moved"]] == ["10"]
    again = jean.post(path, {"quantities-A": "1", **BOX_14, "key": "another"})
    assert again.status_code == 422
    assert "already used for an import" in page_text(again)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"number": ""}, "id_number", "required"),
        ({"country": "QM"}, "id_country", "home Party"),
        ({"lines-0-taxon": "Xyzzus plughii"}, "id_lines-0-taxon", "not a name"),
        ({"lines-0-quantity": "-3"}, "id_lines-0-quantity", ""),
        ({"valid_until": "soon"}, "id_valid_until", ""),
    ],
)
def test_a_foreign_paper_is_refused_field_by_field(desk, cast, now, change, field, said):
    answer = desk("jean").post("/border/foreign/new/", paper(now, **change))

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert said in page_text(answer)
    assert ForeignPermit.objects.count() == 0


def test_a_foreign_paper_is_refused_in_the_language_of_the_officer(desk, cast, now):
    jean = desk("jean")
    jean.cookies["django_language"] = "fr"
    answer = jean.post("/border/foreign/new/", paper(now, valid_until="2019-01-01"))

    assert answer.status_code == 422
    assert "Le permis expire avant sa délivrance. Vérifiez les deux dates." in page_text(answer)


def test_another_line_is_added_without_losing_the_others(desk, cast, now):
    answer = desk("jean").post("/border/foreign/new/", {**paper(now), "more": "1"})

    html = answer.content.decode()
    assert 'name="lines-2-taxon"' in html
    assert 'value="Crocodylus novaeguineae"' in html
    assert ForeignPermit.objects.count() == 0


def test_an_appendix_one_import_needs_the_home_import_permit(desk, cast, now):
    jean = desk("jean")
    answer = jean.post(
        "/border/foreign/new/", paper(now, **{"lines-0-taxon": "Panthera pardus", "lines-0-appendix": "I"}), follow=True
    )
    path = answer.redirect_chain[-1][0]

    refused = jean.post(path, {"quantities-A": "3", **BOX_14})

    assert 'id="id_import_permit"' in answer.content.decode()
    assert refused.status_code == 422
    assert "a valid import permit of this authority must be shown" in page_text(refused)


def test_the_permit_page_costs_the_same_with_one_line_or_nine(desk, cast, permit, now, django_assert_num_queries):
    long = issued(cast, now, {**SKINS, "lines": SKINS["lines"] * 9})
    jean = desk("jean")
    for number in (permit.number, long.number):
        jean.get(f"/border/permits/{number}/")

    with django_assert_num_queries(22):
        jean.get(f"/border/permits/{permit.number}/")
    with django_assert_num_queries(22):
        jean.get(f"/border/permits/{long.number}/")


def test_a_look_at_the_border_is_an_event(desk, cast, permit):
    desk("jean").get(f"/border/permits/{permit.number}/")

    assert Event.objects.filter(kind="read", subject=permit.subject, actor=cast["jean"].label).count() == 1
