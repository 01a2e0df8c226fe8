"""The pages of the registers: an officer keeps operations, a holder keeps specimens, each sees what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.apps.registers.farm import FALCON, TODAY, falcons, neighbour, operation, specimen
from tests.cast import submitted
from tests.desks import BACKEND, NOT_ALLOWED, page_text

from wildgate.apps.accounts.models import Person
from wildgate.apps.registers.models import Attorney, Operation, Specimen

REFUSED = 422


@pytest.fixture
def olga(desk, cast):
    """A browser of the trader of another firm."""
    browser = Client()
    browser.force_login(Person.objects.get(pk=neighbour().person_id), backend=BACKEND)
    return browser


def test_an_officer_registers_renews_and_suspends(desk):
    amina = desk("amina")
    typed = {"kind": "breeding-appendix-I", "country": "qm", "number": "A-QM-501", "name": "Falcon House",
             "taxa": "Falco peregrinus: 20\nFalco rusticolus", "registered_on": "2020-01-01"}

    done = amina.post("/registers/new/", typed)
    row = Operation.objects.get()
    page = f"/registers/{row.pk}/"
    assert done["Location"] == page
    assert {one.taxon: one.yearly for one in row.taxa.all()} == {"Falco peregrinus": 20, "Falco rusticolus": None}

    again = amina.post("/registers/new/", typed)
    assert again.status_code == REFUSED
    assert "is in the register already" in page_text(again)

    short = amina.post(f"{page}renew/", {"renew-until": "2020-01-01"})
    assert short.status_code == REFUSED
    assert 'href="#id_renew-until"' in short.content.decode()
    amina.post(f"{page}renew/", {"renew-until": (TODAY + timedelta(days=500)).isoformat()})
    amina.post(f"{page}inspect/", {"inspect-on": TODAY.isoformat(), "inspect-note": "Twelve pairs."})
    amina.post(f"{page}suspend/", {"suspend-why": "Wild birds seen."})
    amina.post(f"{page}change/", {**typed, "name": "Falcon Hall"})

    row.refresh_from_db()
    assert (row.state, row.name, row.last_inspection) == ("suspended", "Falcon Hall", None)
    words = page_text(amina.get(page))
    assert "Suspended" in words
    assert "Twelve pairs." in words
    assert "Let it stand again" in words
    assert "Falcon Hall" in page_text(amina.get("/registers/?q=rusticolus&kind=breeding-appendix-I"))
    assert "Falcon Hall" not in page_text(amina.get("/registers/?q=orchid"))


def test_others_look_or_stay_outside(desk, cast):
    row = operation(cast["amina"])

    assert desk("ana").get(f"/registers/{row.pk}/").status_code == 200
    assert desk("ana").post(f"/registers/{row.pk}/suspend/", {"suspend-why": "x"}).status_code == NOT_ALLOWED
    assert desk("mario").get("/registers/").status_code == NOT_ALLOWED
    assert desk("amina").get("/specimens/").status_code == NOT_ALLOWED
    assert desk("amina").get("/registers/999/").status_code == 404


def test_a_holder_registers_a_falcon_and_an_officer_confirms_it(desk, mario):
    holder, mario = str(min(mario.organisations)), desk("mario")
    typed = {"organisation": holder, "taxon": FALCON, "marks": "closed ring QM 12", "sex": "f", "source": "C",
             "origin": "QM", "acquired": "bred", "acquired_on": TODAY.isoformat()}

    wrong = mario.post("/specimens/new/", {**typed, "marks": "QM 12"})
    done = mario.post("/specimens/new/", typed)

    assert wrong.status_code == REFUSED
    assert 'href="#id_marks"' in wrong.content.decode()
    number = Specimen.objects.get().number
    assert done["Location"] == f"/specimens/{number}/"
    assert "QM-12" in page_text(mario.get("/specimens/"))
    amina = desk("amina")
    assert number in page_text(amina.get("/registers/specimens/"))
    amina.post(f"/registers/specimens/{number}/confirm/", {"confirm-note": "Seen."})
    assert "Confirmed" in page_text(mario.get(f"/specimens/{number}/"))


def test_a_falcon_goes_from_hand_to_hand(desk, cast, olga):
    mario, row = desk("mario"), specimen(cast["mario"], "ring QM-12")
    page = f"/specimens/{row.number}/"

    assert olga.get(page).status_code == 404
    assert mario.post(f"{page}offer/", {"offer-to": "Nobody"}).status_code == REFUSED
    mario.post(f"{page}offer/", {"offer-to": "Orlo SA"})
    offer = page_text(olga.get("/specimens/"))
    seen = page_text(olga.get(page))
    taken = olga.post(f"{page}accept/", {}, follow=True)

    assert "from Lacuna Hides Ltd" in offer
    assert "Take it over" in seen
    assert "So far" not in seen, "its past is the holder's until it is taken over"
    assert "The specimen is in your account." in taken.content.decode()
    assert mario.get(page).status_code == 404


def test_a_birth_a_new_ring_a_power_of_attorney_and_a_death(desk, cast):
    mario = desk("mario")
    mother = specimen(cast["mario"], "ring QM-1", sex="f")
    page = f"/specimens/{mother.number}/"

    mario.post("/specimens/birth/", {"mother": mother.number, "father": "", "born": TODAY.isoformat(),
                                     "marks": "closed ring QM-2", "sex": "u"})
    mario.post(f"{page}mark/", {"mark-old": "QM-1", "mark-new": "ring QM-3", "mark-why": "Broken."})
    mario.post(f"{page}empower/", {"empower-name": "Pia Pilot", "empower-start": TODAY.isoformat(),
                                   "empower-end": (TODAY + timedelta(days=30)).isoformat()})
    given = page_text(mario.get(page))
    mario.post(f"{page}revoke/", {"attorney": str(Attorney.objects.get().pk)})
    late = mario.post(f"{page}end/", {"end-state": "dead", "end-on": (TODAY + timedelta(days=9)).isoformat()})
    mario.post(f"{page}end/", {"end-state": "dead", "end-on": TODAY.isoformat()})

    chick = Specimen.objects.exclude(pk=mother.pk).get()
    assert (chick.mother, chick.source) == (mother, "F")
    assert "Pia Pilot" in given
    assert Attorney.objects.get().revoked_on is not None
    assert late.status_code == REFUSED
    words = page_text(mario.get(page))
    assert all(word in words for word in ("Dead", "QM-3", "QM-1 > QM-3: Broken.", "No longer in use"))


def test_the_case_page_shows_the_entry_and_the_tags(desk, cast, at):
    row = operation(cast["amina"])
    case = submitted(cast, at, falcons(quantity="12", marks="tags QM-2026-000001 to 000012"))

    words = page_text(desk("amina").get(f"/cases/{case}/"))

    assert "Falcon House" in words
    assert "0 on permits this year, of 20 stated" in words
    assert "The register covers this line." in words
    assert "12 marks: QM-2026-000001 to 000012" in words
    assert "By the register: A-QM-501 Falcon House, active" in words
    assert f'href="/registers/{row.pk}/"' in desk("amina").get(f"/cases/{case}/").content.decode()


def test_lists_ask_the_database_a_fixed_number_of_times(desk, cast, django_assert_max_num_queries):
    for i in range(12):
        specimen(cast["mario"], f"ring QM-{i}")
    desk("mario").get("/specimens/")

    with django_assert_max_num_queries(14):
        desk("mario").get("/specimens/")
