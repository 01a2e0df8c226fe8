"""Giving a tip: the door without names, its toll and budget, the receipt, and the talk both ways."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.tips.tellers import TEXT, filled, give, given, graded, worked
from tests.desks import page_text

from wildgate.apps.letters.models import Letter
from wildgate.apps.tips import buckets, folding, puzzles, receipts, services
from wildgate.apps.tips.models import Bucket, Message, SpentPuzzle, Tip
from wildgate.apps.tips.services import dialogue
from wildgate.apps.tips.services.intake import Taken
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
HEADERS = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer"}


def receipt_of(answer):
    return "".join(re.findall(r"<span>(\d{4})</span>", answer.content.decode()))


def test_a_tip_is_given_without_script_cookie_or_session_and_the_receipt_leads_back(client):
    page = client.get("/tip/")
    done = client.post("/tip/", filled(page, place="North gate"))
    receipt = receipt_of(done)
    back = client.post("/tip/answer/", {"receipt": receipt})

    assert (page.status_code, done.status_code, back.status_code) == (200, 200, 200)
    assert re.fullmatch(r"\d{16}", receipt)
    assert "Nobody has looked at it yet" in page_text(back)
    assert Tip.objects.get().receipt == receipts.digest_of(receipt)
    for answer in (page, done, back, client.get("/tip/safety/"), client.get("/tip/answer/")):
        assert not answer.cookies and "Set-Cookie" not in answer
        assert {name: answer[name] for name in HEADERS} == HEADERS
        assert "csrf" not in answer.content.decode()
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.content.decode())


def test_somebody_who_is_signed_in_is_not_seen(desk, cast):
    ines = desk("ines")
    before = dict(ines.cookies)

    page = ines.get("/tip/")
    done = ines.post("/tip/", filled(page))

    assert not page.cookies and not done.cookies and dict(ines.cookies) == before
    assert "Ines" not in page.content.decode() + done.content.decode()
    assert Event.objects.get(kind="tip-received").actor == "anyone"


@pytest.mark.parametrize(("language", "direction", "word"), [
    ("en", "ltr", "Give a tip"), ("fr", "ltr", ""), ("es", "ltr", ""), ("ar", "rtl", "")])
def test_the_address_chooses_the_language_and_the_form_keeps_it(client, language, direction, word):
    page = client.get(f"/tip/?lang={language}")
    client.post(f"/tip/?lang={language}", filled(page))

    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert page["Content-Language"] == language and word in page_text(page)
    assert Tip.objects.get().language == language


def test_a_page_with_faults_keeps_every_word_and_leads_to_each_fault(client):
    page = client.get("/tip/")

    wrong = client.post("/tip/", filled(page, text="", kind="", place="Pier 4", name="Rosa", total=""))
    html = wrong.content.decode()

    assert wrong.status_code == 422 and not Tip.objects.exists()
    assert 'value="Pier 4"' in html and 'value="Rosa"' in html
    for place in ("#id_text", "#id_kind_0", "#id_total"):
        assert f'href="{place}"' in html
        assert f'id="{place[1:]}"' in html
    assert "keeps machines away" in html


def test_too_long_a_text_is_refused_and_too_large_a_form_answered(client):
    page = client.get("/tip/")

    long = client.post("/tip/", filled(page, text="word " * 2001))
    large = client.post("/tip/", {"text": "x" * 2_100_000})

    assert long.status_code == 422 and "10000" in page_text(long).replace(",", "")
    assert large.status_code == 413 and "Go back" in page_text(large)


def test_the_toll_is_paid_by_work_or_by_a_sum_in_any_figures(at):
    puzzle = puzzles.make(1, at)
    total = sum(puzzle.numbers)
    arabic = "".join("٠١٢٣٤٥٦٧٨٩"[int(each)] for each in str(total))

    assert puzzles.solved(puzzle, work=worked(puzzle), total="")
    assert puzzles.solved(puzzle, work="", total=str(total)) and puzzles.solved(puzzle, work="", total=arabic)
    assert not puzzles.solved(puzzle, work="", total=str(total + 1))
    assert not puzzles.solved(puzzle, work="x1", total="") and not puzzles.solved(puzzle, work="", total="")
    assert puzzles.read(puzzle.written, at) == puzzle
    assert puzzles.read(puzzle.written, at + puzzles.HOLDS) is None
    assert puzzles.read(puzzle.written[:-1] + "x", at) is None


def test_the_toll_grows_while_many_come(at):
    calm, crowded = puzzles.make(1, at), puzzles.make(0, at)

    assert (calm.bits, len(calm.numbers)) == (14, 2)
    assert (crowded.bits, len(crowded.numbers)) == (20, 5)


def test_a_puzzle_serves_once(client):
    form = filled(client.get("/tip/"))

    first = client.post("/tip/", form)
    again = client.post("/tip/", form)

    assert (first.status_code, again.status_code) == (200, 422)
    assert "was sent before" in page_text(again) and TEXT in page_text(again)
    assert Tip.objects.count() == SpentPuzzle.objects.count() == 1


def test_an_empty_budget_says_when_to_come_again_and_loses_no_word(client):
    page = client.get("/tip/")
    form = filled(page, place="Pier 4")
    Bucket.objects.create(party="QM", name="intake", tokens=0, at=page.wsgi_request.at)

    later = client.post("/tip/", form)
    Bucket.objects.update(tokens=1)
    html = later.content.decode()
    again = client.post("/tip/", {**form, "puzzle": re.search(r'name="puzzle" value="([^"]+)"', html)[1]})

    assert later.status_code == 503 and 0 < int(later["Retry-After"]) <= 60
    assert "send it again in 1 minutes" in page_text(later) and TEXT in page_text(later) and 'value="Pier 4"' in html
    assert 'id="toll"' not in html, "the toll that was paid is asked for again"
    assert again.status_code == 200 and Tip.objects.count() == 1


def test_two_who_reach_for_the_last_token_get_it_once(own_database, at_once, at):
    Bucket.objects.create(party="QM", name="guess", tokens=1, at=at)

    waits = at_once(*[lambda: buckets.take(buckets.GUESS, "QM", at)] * 2)

    assert sorted(waits) == [0, 5]


def test_a_wrong_receipt_answers_like_an_unknown_one_and_guessing_runs_dry(client, told):
    unknown = client.post("/tip/answer/", {"receipt": "1234 5678 9012 3456"})
    junk = client.post("/tip/answer/", {"receipt": "not a number"})
    Bucket.objects.filter(name="guess").update(tokens=0.5)
    dry = client.post("/tip/answer/", {"receipt": told.receipt})

    assert unknown.status_code == junk.status_code == 422
    assert page_text(unknown).replace("1234 5678 9012 3456", "") == page_text(junk).replace("not a number", "")
    assert dry.status_code == 503 and int(dry["Retry-After"]) in (1, 2, 3)
    assert client.get(f"/tip/answer/?receipt={told.receipt}").content.count(told.receipt.encode()) == 0


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", "  {0}{1} "])
def test_a_receipt_is_found_however_it_is_written(told, at, typed):
    found = dialogue.found(typed.format(told.receipt[:8], told.receipt[8:]), at)

    assert isinstance(found, Tip) and found.pk == told.tip.pk


def test_both_sides_talk_through_the_receipt_and_no_name_is_seen(client, desk, told, cast, at):
    ines, page = desk("ines"), f"/tip/desk/{told.tip.number}/"

    ines.post(page, {"do": "say", "say-text": "Which gate is it?"})
    asked = client.post("/tip/answer/", {"receipt": told.receipt})
    passed = re.search(r'name="pass" value="([^"]+)"', asked.content.decode())[1]
    answered = client.post("/tip/answer/", {"pass": passed, "text": "Gate four, the blue door."})
    twice = client.post("/tip/answer/", {"pass": passed, "text": "Gate four, the blue door."})

    assert "Which gate is it?" in page_text(asked) and "Ines" not in asked.content.decode()
    assert told.receipt not in asked.content.decode() and told.tip.number not in asked.content.decode()
    assert "We have your message" in page_text(answered) and "Gate four" in page_text(answered)
    assert twice.status_code == 200 and Message.objects.filter(by=None).count() == 1
    assert "New message" in page_text(ines.get("/tip/desk/"))
    assert "Gate four" in page_text(ines.get(page)) and "The teller" in page_text(ines.get(page))
    assert client.post("/tip/answer/", {"pass": passed[:-2] + "xx", "text": "x"}).status_code == 410
    assert client.post("/tip/answer/", {"pass": passed, "text": " "}).status_code == 422


def test_a_word_after_the_end_of_a_tip_finds_whoever_worked_on_it_until_it_is_read(desk, told, cast, at):
    number, ines = told.tip.number, desk("ines")
    page = f"/tip/desk/{number}/"
    graded(cast["ines"], number, at)
    services.take_no_action(actor=cast["ines"], number=number, reason="The gate was watched for a month.", at=at)

    services.answer(tip=told.tip, text="He is back, with another ape.", at=at)

    assert {each.person_id for each in Letter.objects.filter(kind="tip-answered")} == {cast["ines"].person_id}
    assert number in page_text(ines.get("/tip/desk/?state=unread"))
    ines.post(page, {"do": "mark-read"})
    again = ines.post(page, {"do": "mark-read"})
    assert (Tip.objects.get().unread, Tip.objects.get().state, again.status_code) == (False, "no-action", 422)
    assert number not in page_text(ines.get("/tip/desk/?state=unread"))


def test_nearly_the_same_words_are_folded_and_none_is_dropped(at):
    first = given(at).tip
    near = given(at, TEXT.replace("each Friday", "every Friday") + " Please hurry.").tip
    third = given(at, TEXT.upper()).tip
    other = given(at, "A man sells young parrots from a red car beside the school, on most mornings before nine.").tip
    behind = given(at, TEXT, kind="officials").tip

    assert near.first == third.first == first
    assert other.first is None and behind.first is None
    assert Tip.objects.count() == 5 and near.spam == first.spam + 10
    assert folding.alike(first.sketch, other.sketch) < 0.2


def test_words_decide_the_clock(at):
    calm = given(at).tip
    listed = given(at, "Scales in bags at the market of the old town", species="pangolins, cashew").tip
    alive = given(at, "Young owls in a box without water by the road", alive="yes").tip
    plant = given(at, "Cactus plants in parcels to collectors abroad", species="Opuntia").tip

    assert listed.urgent and listed.appendix_one and listed.due_at == at + timedelta(hours=4)
    assert alive.urgent and not alive.appendix_one and alive.due_at == at + timedelta(hours=4)
    assert not calm.urgent and not plant.urgent
    assert calm.due_at >= at + timedelta(days=3)


def test_appendix_one_is_seen_in_the_words_of_a_tip_that_leaves_the_field_for_species_empty(at):
    told = ["Container MSKU 123456-7: sacks of pangolin scales under cashew nuts",
            "They sell r.h.i.n.o h.o.r.n at dock 4",
            "Des écailles de pangolin partent vendredi", "حراشف البنغول في حاوية", "A Panthera tigris skin in the van"]
    calm = ["A man sells young birds from a red car", "Snakes in a box at the market",
            "Sacks of cashew nuts, the tiger shop"]

    assert [given(at, text).tip.due_at for text in told] == [at + timedelta(hours=4)] * len(told)
    assert not any(given(at, text).tip.appendix_one for text in calm)


def test_a_file_that_cannot_be_taken_is_said_at_its_field_and_the_words_stay(client):
    form = filled(client.get("/tip/"), attached=SimpleUploadedFile("rosa.zip", b"PK\x03\x04" + b"0" * 200))

    wrong = client.post("/tip/", form)

    assert wrong.status_code == 422 and not Tip.objects.exists() and not SpentPuzzle.objects.exists()
    assert 'href="#id_attached"' in wrong.content.decode() and TEXT in page_text(wrong)
    assert "Choose your files again" in page_text(wrong)


def test_spam_goes_last_and_is_not_dropped(cast, at):
    spam = given(at, "casino bitcoin loan http://a.example http://b.example www.c.example").tip
    calm = given(at, place="North gate").tip
    same = given(at + timedelta(seconds=1), "Somebody keeps young falcons in a cellar by the river", place="Mill").tip
    Tip.objects.update(due_at=same.due_at)

    from wildgate.apps.tips.selectors import Asked, queue
    assert [each.pk for each in queue(cast["ines"], Asked())] == [calm.pk, same.pk, spam.pk]
    assert spam.spam > 40 and calm.spam == 0


def test_a_refused_tip_takes_no_number(at):
    Bucket.objects.create(party="QM", name="intake", tokens=0, at=at)

    refused = give(at)
    later = give(at + timedelta(minutes=2))

    assert isinstance(refused, Refusal) and refused.code == "come-again"
    assert isinstance(later, Taken) and later.tip.number.endswith("-000001")
    assert services.answer(tip=later.tip, text="x" * 10_001, at=at).code == "tip-long"
