"""What do I need? A tourist's caviar, sea horses and guitar (scenario S10), and what else people bring to the page."""

from __future__ import annotations

import re

import pytest
from tests.apps.enquiries.enquirer import CAVIAR, GUITAR, S10, SEAHORSE, Traveller, soon
from tests.desks import markup, page_text

from wildgate.apps.enquiries.models import Note
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def tourist(client, cast):
    return Traveller(client)


def parts(answer):
    """The answer on each kind of goods, as text."""
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split())
            for part in re.findall(r"<article.*?</article>", answer.content.decode(), re.S)]


def test_a_tourist_with_caviar_seahorses_and_a_guitar(tourist):
    caviar, seahorses, guitar = parts(tourist.travels().takes(*S10).tells("", "", "1985").answer)

    assert "A permit is needed" in caviar
    assert "125 g of sturgeon caviar per person are exempt; yours is 200 g" in caviar
    assert "the whole quantity needs a permit" in caviar
    assert "Export permit from Demoland" in caviar
    assert "With 125 g of sturgeon caviar or less in your own luggage you would need no permit." in caviar
    assert "No CITES document needed" in seahorses
    assert "Up to 4 dead seahorses per person are exempt; yours is 3." in seahorses
    assert "Res. Conf. 13.7" in seahorses
    assert "France may have stricter rules of its own" in seahorses
    assert "Appendix I" in guitar
    assert "Musical instrument certificate from Demoland" in guitar
    assert "made before the listing" in guitar


def test_without_its_year_the_guitar_asks_for_it(tourist):
    (guitar,) = parts(tourist.travels().takes(S10[2]).tells().answer)

    assert "It depends: ask the authority first" in guitar
    assert "When was the instrument made?" in guitar


def test_two_tins_of_one_traveller_are_one_quantity(tourist):
    tins = (("100 g caviar of Acipenser gueldenstaedtii", CAVIAR, "100", "GRM"),
            ("100 g caviar", "Acipenser baerii|CAV|caviar", "100", "GRM"))

    for tin in parts(tourist.travels().takes(*tins).tells().answer):
        assert "yours is 200 g: the whole quantity needs a permit" in tin


@pytest.mark.parametrize(("trip", "amount", "word"), [
    ({}, "4", "No CITES document needed"), ({}, "5", "A permit is needed"),
    ({"way": "post"}, "3", "A permit is needed"), ({"way": "bought-online"}, "3", "A permit is needed"),
    ({"why": "gift"}, "3", "A permit is needed"), ({"why": "sale"}, "3", "A permit is needed")])
def test_the_exemption_is_for_few_own_things_in_own_luggage(tourist, trip, amount, word):
    some = ("seahorses Hippocampus kuda", SEAHORSE, amount, "NAR")

    (found,) = parts(tourist.travels(**trip).takes(some).tells().answer)

    assert word in found


def test_a_finished_instrument_of_another_rosewood_is_left_out_by_the_annotation(tourist):
    wood = ("guitar with rosewood", "Dalbergia latifolia|WPR|guitar", "1", "NAR")

    (guitar,) = parts(tourist.travels().takes(wood).tells().answer)

    assert "No CITES document needed" in guitar
    assert "Annotation #15 reads" in guitar
    assert "finished musical instruments" in guitar


def test_rosewood_of_an_unknown_species_is_left_to_the_authority(tourist):
    wood = ("guitar with rosewood", "Dalbergia|WPR|guitar", "1", "NAR")

    (guitar,) = parts(tourist.travels().takes(wood).tells().answer)

    assert "It depends" in guitar
    assert "a narrower name may change the answer" in guitar


def test_a_toy_is_no_matter_of_cites_and_a_dog_is_in_no_appendix(tourist):
    toy, dog = parts(tourist.travels().takes(("peluche", "none", "", ""), (
        "my dog", "Canis lupus familiaris|LIV|dog", "1", "NAR")).answer)

    assert "Not a matter of CITES" in toy
    assert "No CITES document needed" in dog
    assert "The species is in no Appendix of the Convention." in dog


def test_what_is_not_understood_is_asked_again(tourist):
    tourist.travels().goes_on(words="wallet\n3 seahorses")

    assert "We do not know what it is made of." in page_text(tourist.answer)
    tourist.goes_on(which_0="other", again_0="python", which_1="Hippocampus|BOD|seahorse", amount_1="3", unit_1="NAR")
    assert tourist.step == "understood"
    assert "Burmese python" in page_text(tourist.answer)
    assert 'value="Hippocampus|BOD|seahorse" checked' in tourist.html
    tourist.goes_on(which_0="Python bivittatus|LPS|wallet", amount_0="1", unit_0="NAR",
                    which_1="Hippocampus|BOD|seahorse", amount_1="3", unit_1="NAR")
    assert tourist.step == "details-0"


def test_nothing_is_chosen_for_the_asker(tourist):
    tourist.travels().goes_on(words="python leather wallet")

    assert not re.search(r'type="radio"[^>]* checked', tourist.html)
    tourist.goes_on()
    assert tourist.answer.status_code == 422
    assert "Choose what it is." in page_text(tourist.answer)


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"sender": "", "receiver": "FR"}, "Choose a country."), ({"sender": "QM", "receiver": "ZZ"}, "Choose a country."),
    ({"sender": "QM", "receiver": "QM"}, "Choose another country"),
    ({"sender": "QM", "receiver": "FR", "on": "1999-01-01"}, "Write a day from today on"),
    ({"sender": "QM", "receiver": "FR", "on": "tomorrow"}, "Write a day from today on")])
def test_faults_of_the_trip_are_told_beside_the_field(tourist, fields, sentence):
    tourist.goes_on(**{"on": soon(), **fields})

    assert tourist.answer.status_code == 422
    assert sentence in page_text(tourist.answer)
    assert tourist.step == "trip"


@pytest.mark.parametrize("amount", ["", "0", "-3", "many", "1e99", "NaN"])
def test_an_amount_must_be_a_number(tourist, amount):
    tourist.travels().takes(("3 seahorses", "Hippocampus|BOD|seahorse", amount, "NAR"))

    assert tourist.answer.status_code == 422
    assert "Write a number" in page_text(tourist.answer)


@pytest.mark.parametrize("sent", ["", "forged", "x" * 20_000])
def test_a_page_that_was_changed_on_its_way_begins_again(client, cast, sent):
    answer = client.post("/check/", {"so_far": sent, "step": "understood"})

    assert answer.status_code == 410
    assert "please begin again" in page_text(answer)


def test_a_signed_state_with_a_step_that_is_not_there_begins_again(tourist):
    tourist.travels()

    for step in ("details-7", "details-x", "answered", "../x"):
        assert tourist.client.post("/check/", {"so_far": tourist.so_far, "step": step}).status_code == 410


def test_every_page_can_go_back_and_keeps_what_was_answered(tourist):
    tourist.travels().takes(S10[1])
    seen = []
    for _ in range(4):
        tourist.goes_on("back")
        seen.append(tourist.step)

    assert seen == ["understood", "goods", "how", "trip"]
    assert '<option value="FR" selected>' in tourist.html


def test_too_many_goods_at_once(tourist):
    tourist.travels().goes_on(words="\n".join(["3 seahorses"] * 9))

    assert "At most 8 kinds of goods" in page_text(tourist.answer)


def test_nothing_of_an_enquiry_is_kept_or_shown_in_an_address(tourist):
    before = Event.objects.count()
    tourist.travels().takes(*S10).tells()

    assert Event.objects.count() == before
    assert Note.objects.count() == 0
    assert "sessionid" not in tourist.client.cookies
    assert "caviar" not in tourist.answer.request["PATH_INFO"] + tourist.answer.request["QUERY_STRING"]
    assert "no-store" in tourist.answer["Cache-Control"]


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_the_pages_open_in_every_language(tourist, language):
    tourist.client.cookies["django_language"] = language
    answer = tourist.travels().takes(*S10).tells("", "", "1985").answer

    assert f'lang="{language}"' in answer.content.decode()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in answer.content.decode()


def test_the_start_page_leads_here(client, cast):
    assert 'href="/check/"' in client.get("/").content.decode()


def test_the_year_said_with_the_goods_is_carried_to_the_details(tourist):
    tourist.travels().takes(("guitar of Dalbergia nigra bought 1985", GUITAR, "1", "NAR"))

    assert 'name="acquired" id="id_acquired" value="1985"' in tourist.html


def test_the_steps_have_names_that_are_read_aloud_in_the_language_of_the_page(client, cast):
    page = markup(client.get("/check/", headers={"Accept-Language": "fr"}).content.decode())
    named = re.findall(r'<span class="hidden-text">([^<]+)</span></li>', page)

    assert len(named) == 5
    assert not {"trip", "how", "goods", "understood", "details"} & set(named)
    assert "Nous avons bien compris ?" in named or "Did we understand you?" not in named
    assert re.search(r"<title>([^<]+)</title>", page)[1].count("De quoi ai-je besoin") == 1
