"""Cards, what is mistaken for what, and requests: answered by who was asked, seen by nobody else; files judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.inspections.goods import PNG, planned, seized
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Confusion, Filed, Request
from wildgate.apps.inspections.selectors import cards as reads
from wildgate.apps.inspections.services.identifying import Question
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
CARD = {"taxon": "Ornithoptera croesus", "names": "Wallace's birdwing", "characters": "Forewing with orange band.",
        "terms": ("BOD", "LIV"), "look_alikes": [("Ornithoptera priamus", "Green band, smaller.")]}


def asked(cast, at, **more):
    made = services.ask(actor=cast["jean"], at=at, asked=Question("Which birdwing?", **{
        "declared": "Ornithoptera priamus", "term": "BOD", **more}))
    assert isinstance(made, Request), made
    return made


def test_a_named_expert_sees_and_answers_only_what_was_asked_of_them(cast, at):
    hers, others = asked(cast, at, expert=cast["lena"].person_id), asked(cast, at)
    lena, ito, mario = cast["lena"], cast["ito"], cast["mario"]

    assert list(reads.requests(lena)) == [hers]
    assert set(reads.requests(ito)) == set(reads.requests(cast["jean"])) == {hers, others}
    assert not reads.requests(mario).exists()
    for actor in cast.values():
        for each in (hers, others):
            right = can(actor, Action.ASK_IDENTIFICATION, each) or can(actor, Action.ANSWER_IDENTIFICATION, each)
            assert (each in reads.requests(actor)) == bool(right) == (reads.request(actor, each.number) == each)
    assert services.answer(actor=lena, number=others.number, at=at, wanted="x").code == "no-such-request"
    assert services.ask(actor=cast["jean"], at=at, asked=Question("?", expert=mario.person_id)).field == "expert"


def test_an_answer_teaches_and_more_pictures_open_the_question_again(cast, at):
    found = asked(cast, at, expert=cast["lena"].person_id, inspection=planned(cast, at).number)

    def answer(**more):
        return services.answer(actor=cast["lena"], number=found.number, at=at, **more)

    assert answer().field == "wanted"
    assert answer(taxon="Ornithoptera croesus", grounds="Band.").field == "confidence"
    assert answer(taxon="Ornithoptera croesus", confidence="certain").field == "grounds"
    assert answer(wanted="The underside.").state == "unclear"
    assert answer(wanted="Again.").code == "answered-already"
    services.send_more(actor=cast["jean"], number=found.number, note="Underside.", at=at + timedelta(days=7))
    assert Request.objects.get().due_on > found.due_on
    assert answer(taxon="Ornithoptera croesus", confidence="certain", grounds="Orange band.").state == "answered"
    assert (Confusion.objects.get().declared, Confusion.objects.get().times) == ("Ornithoptera priamus", 1)
    assert Event.objects.filter(kind="identification-asked").count() == 2
    assert Event.objects.filter(kind="identification-answered").count() == 2


def test_cards_are_found_by_name_look_alike_and_form(cast, at, ito):
    card = services.keep_card(actor=ito, at=at, **CARD)

    for text, term in (("croesus", ""), ("Ornithoptera priamus", ""), ("birdwing", ""), ("", "BOD"), ("", "")):
        assert list(reads.cards(cast["jean"], text, term)) == [card], (text, term)
    assert not reads.cards(cast["jean"], "", "SKI")
    assert not reads.cards(cast["mario"])
    assert services.keep_card(actor=cast["jean"], at=at, **CARD).code == "not-allowed"
    assert services.keep_card(actor=ito, at=at, **{**CARD, "look_alikes": [("Nothing x", "y")]}).field.startswith(
        "look_alikes[0]")


@pytest.mark.parametrize(("name", "content", "code"), [
    ("x.png", b"MZ\x90" * 30, "not-a-document"), ("x.exe", PNG, "wrong-name"), ("x.png", b"", "empty"),
    ("x.svg", b"<svg onload=alert(1)>", "not-a-document"), ("x.jpg", PNG, "wrong-name"),
    ("x.pdf", b"%PDF-1.4 /JavaScript %%EOF", "active-document"), ("x.png", PNG[:40], "not-a-document"),
])
def test_hostile_files_are_refused(cast, at, jean, name, content, code):
    found = planned(cast, at)

    assert services.file_in(actor=jean, place="inspection", key=found.number, name=name, parts=[content],
                            at=at).code == code
    assert not Filed.objects.exists()


def test_files_are_kept_once_under_a_safe_name_and_served_to_who_may_see_the_place(cast, at, jean, desk):
    found = seized(cast, at)
    kept = [services.file_in(actor=jean, place="seizure", key=found.number, name="../../etc/pa\x00ss.png",
                             parts=[PNG], at=at) for _ in range(2)]

    assert kept[0] == kept[1] == Filed.objects.get()
    assert "/" not in kept[0].upload.file_name and len(kept[0].upload.digest) == 64
    page = f"/inspections/files/{kept[0].pk}/"
    answer = desk("amina").get(page)
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert {desk(name).get(page).status_code for name in ("mario", "lena", "ito")} == {404}


def test_a_refused_picture_of_a_card_keeps_its_author_and_licence(cast, at, ito, desk):
    card = services.keep_card(actor=ito, at=at, **CARD)
    typed = {"caption": "Upperside", "author": "Dr Ito", "licence": "CC BY"}

    answer = desk("ito").post(f"/inspections/files/card/{card.taxon}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_file"' in page
    assert all(f'value="{each}"' in page for each in typed.values())


def test_lena_answers_from_one_page(cast, at, desk):
    found = asked(cast, at, expert=cast["lena"].person_id)
    services.file_in(actor=cast["jean"], place="request", key=found.number, name="w.png", parts=[PNG], at=at)
    page, lena = f"/inspections/identifications/{found.number}/", desk("lena")

    assert found.number in page_text(lena.get("/inspections/identifications/"))
    assert "Names like it" in page_text(lena.post(page, {"taxon": "Ornithoptera croesu", "find": "1"}))
    asks = page_text(lena.get(page))
    assert "It is (optional)" in asks and "How sure (optional)" not in asks and "you saw (optional)" not in asks
    silent = page_text(lena.post(page, {"taxon": "Ornithoptera croesus", "confidence": "certain"}))
    assert "Write which characters you saw." in silent
    assert "Write the species, or what must be sent to tell it." in page_text(lena.post(page, {"taxon": " "}))
    wrong = lena.post(page, {"taxon": "Ornithoptera croesus", "grounds": "Band"})
    assert (wrong.status_code, "Choose how sure you are." in page_text(wrong)) == (422, True)
    assert lena.post(page, {"taxon": "Ornithoptera croesus", "confidence": "certain", "grounds": "Band"}).url == page
    assert "Ornithoptera croesus" in page_text(desk("jean").get(page))
    again = lena.post(page, {"taxon": "Ornithoptera priamus", "confidence": "certain", "grounds": "Wings"})
    assert (again.status_code, f"{found.number} was answered already." in page_text(again)) == (422, True)
    assert lena.get(f"/inspections/identifications/{asked(cast, at).number}/").status_code == 404
    assert desk("mario").get("/inspections/identifications/").status_code == NOT_ALLOWED
    assert desk("lena").get("/inspections/").status_code == NOT_ALLOWED


def test_a_card_is_written_with_pictures_that_name_author_and_licence(cast, at, desk):
    from django.core.files.uploadedfile import SimpleUploadedFile
    ito, jean = desk("ito"), desk("jean")
    given = {"taxon": "Ornithoptera croesus", "terms": "BOD", "characters": "Orange band.",
             "look_alikes": "Ornithoptera priamus: green band"}

    def picture(**more):
        return ito.post("/inspections/files/card/Ornithoptera croesus/",
                        {"file": SimpleUploadedFile("w.png", PNG), **more})

    assert ito.post("/inspections/cards/new/", given | {"look_alikes": "Nonsense x: y"}).status_code == 422
    page = ito.post("/inspections/cards/new/", given).url
    picture(author="", licence="CC0")
    assert not Filed.objects.exists()
    picture(author="L. Park", licence="CC0 1.0")
    text = page_text(jean.get(page))
    assert "Orange band." in text and "L. Park · CC0 1.0" in text and "green band" in text
    assert "Ornithoptera croesus" in page_text(jean.get("/inspections/cards/?q=croesus&term=BOD"))
    assert jean.post("/inspections/cards/new/", given).status_code == NOT_ALLOWED
