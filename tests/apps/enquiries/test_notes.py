"""The note "no permit needed": sealed, verified offline and online, and void the day a new listing takes effect."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.apps.enquiries.enquirer import CAVIAR, S10, Traveller
from tests.databases import as_owner
from tests.desks import page_text

from wildgate.apps.accounts.access import ANYONE
from wildgate.apps.enquiries import services
from wildgate.apps.enquiries.models import Note
from wildgate.apps.enquiries.trip import Enquiry, Item
from wildgate.apps.permits import sealing
from wildgate.apps.permits.verification import verify
from wildgate.convention.refusal import Refusal
from wildgate.kit.keys import KeyStore, Use
from wildgate.kit.models import Event
from wildgate.message.qr import write_png
from wildgate.seal import note as sealed
from wildgate.seal.text import to_url
from wildgate.seal.token import read_token, seal_note
from wildgate.seal.trust import read_trust_list
from wildgate.seal.verdict import Answer, Role, Verifier

pytestmark = pytest.mark.django_db
BEFORE_SHARKS = datetime(2023, 11, 1, 9, tzinfo=UTC)
"""Requiem sharks entered Appendix II on 25 November 2023, with a delay that was known since the meeting."""
LISTED = date(2023, 11, 25)
SEAHORSES = Item("3 seahorses", "Hippocampus kuda", "BOD", "3", origin="QM")


@pytest.fixture
def home(settings, tmp_path):
    """A home of its own, with keys that are in force since 2023."""
    settings.HOME = tmp_path
    sealing.key_store.cache_clear()
    KeyStore(tmp_path, settings.SECRET_KEY).create("QM", datetime(2023, 1, 1, tzinfo=UTC))
    yield tmp_path
    sealing.key_store.cache_clear()


def enquiry(*items: Item, on: date = date(2023, 11, 5), **changed) -> Enquiry:
    facts = {"id": f"e{on}", "sender": "QM", "receiver": "FR", "on": on.isoformat(), "way": "luggage",
             "why": "personal", "lives": "to", "items": items or (SEAHORSES,)}
    return Enquiry(**facts | changed)


def made(*items: Item, at: datetime = BEFORE_SHARKS, **changed) -> Note | Refusal:
    return services.make_note(actor=ANYONE, enquiry=enquiry(*items, **changed), at=at)


def code_of(note: Note) -> str:
    return to_url("https://wildgate.example", bytes.fromhex(note.token))


def verdict(code: str, at: datetime, home):
    (home / "trust.cwt").write_bytes(sealing.keys().trust_list("QM", at))
    return verify(code.encode(), "", Role.PUBLIC, at, home=home).verdict


def test_a_note_is_made_printed_and_verified(client, cast):
    tourist = Traveller(client).travels().takes(*S10).tells()

    answer = tourist.makes_a_note()
    page = client.get(answer["Location"])

    assert answer.status_code == 302
    note = Note.objects.get()
    assert re.fullmatch(r"QM-N-\d{4}-\d{6}", note.number)
    assert [item["taxon"] for item in note.facts["items"]] == ["Hippocampus kuda"]
    assert "Acipenser" not in page_text(page)
    assert "No CITES permit needed" in page_text(page)
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    code = re.search(r'dir="ltr">(\d+)<', page.content.decode())[1]
    checked = page_text(client.post("/verify/", {"code": code}))
    assert "This note is genuine." in checked
    assert note.number in checked
    assert "Hippocampus kuda" in checked


def test_a_form_sent_twice_makes_one_note(client, cast):
    tourist = Traveller(client).travels().takes(S10[1]).tells()

    first, second = tourist.makes_a_note(), tourist.makes_a_note()

    assert first["Location"] == second["Location"]
    assert Note.objects.count() == 1


def test_a_note_names_nobody_and_its_address_cannot_be_guessed(client, cast):
    tourist = Traveller(client).travels().takes(S10[1]).tells()
    address = tourist.makes_a_note()["Location"]
    event = Event.objects.get(kind="note-made")

    assert len(address.split("/")[3]) >= 16
    assert event.actor == "anyone"
    assert "Hippocampus" not in event.data
    assert client.get("/check/note/QM-N-2026-000001/").status_code == 404


def test_nothing_exempt_makes_no_note(client, cast):
    tin = ("200 g caviar", CAVIAR.replace("gueldenstaedtii", "baerii"), "200", "GRM")
    tourist = Traveller(client).travels().takes(tin)
    answer = tourist.tells().makes_a_note()

    assert answer.status_code == 422
    assert "none of these goods is sure to need no document" in page_text(answer)
    assert Note.objects.count() == 0


def test_the_notes_of_a_day_are_bounded(client, cast, settings):
    settings.NOTES_A_DAY = 1
    for _ in range(2):
        answer = Traveller(client).travels().takes(S10[1]).tells().makes_a_note()

    assert answer.status_code == 422
    assert "no more can be made before tomorrow" in page_text(answer)
    assert Note.objects.count() == 1


def test_a_journey_after_the_notes_last_day_makes_none(home):
    refused = made(on=date(2024, 6, 1))

    assert isinstance(refused, Refusal)
    assert refused.code == "note-too-early"


def test_the_database_keeps_notes_as_they_are(home):
    note = made()
    for change in (lambda: Note.objects.filter(pk=note.pk).update(number="QM-N-1"), note.delete):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_offline_the_engine_alone_believes_a_note_until_its_last_day(home):
    note = made()
    trust = read_trust_list(sealing.keys().trust_list("QM", BEFORE_SHARKS), None)
    engine, token = Verifier(trust), bytes.fromhex(note.token)

    now = engine.verdict(token, Role.PUBLIC, BEFORE_SHARKS + timedelta(days=2))
    late = engine.verdict(token, Role.PUBLIC, datetime(2024, 3, 1, tzinfo=UTC))

    assert (now.genuine, now.state, now.answer) == (True, "valid", Answer.ACCEPT)
    assert now.facts["items"][0]["reason"] == "personal-effects"
    assert now.facts["number"] == note.number
    assert (late.genuine, late.state, late.answer) == (True, "expired", Answer.REFUSE)


def test_an_altered_digit_is_refused(home):
    note = made()
    url = code_of(note)
    place = url.index("#") + 200
    altered = url[:place] + str((int(url[place]) + 1) % 10) + url[place + 1:]

    assert verdict(url, BEFORE_SHARKS, home).genuine
    assert not verdict(altered, BEFORE_SHARKS, home).genuine


def test_its_square_code_is_read_from_a_picture(home):
    note = made()
    verdict(code_of(note), BEFORE_SHARKS, home)
    picture = write_png(code_of(note))

    found = verify(picture, "note.png", Role.PUBLIC, BEFORE_SHARKS, home=home)

    assert found.verdict.facts["number"] == note.number
    assert found.verdict.answer is Answer.ACCEPT


def test_a_key_for_permits_signs_no_note(home):
    note = made()
    claims = read_token(bytes.fromhex(note.token)).claims
    assert isinstance(claims, sealed.Note)
    forged = seal_note(claims, sealing.keys().signing_key("QM", Use.PERMIT, BEFORE_SHARKS))
    trust = read_trust_list(sealing.keys().trust_list("QM", BEFORE_SHARKS), None)

    found = Verifier(trust).verdict(forged, Role.PUBLIC, BEFORE_SHARKS)

    assert not found.genuine
    assert found.reasons[0].code == "key-purpose"


SHARK = Item("shark meat", "Carcharhinus leucas", "MEA", "2", "KGM", origin="QM")


def test_a_note_ends_the_day_before_a_change_that_is_known(home):
    note = made(SHARK)

    assert isinstance(note, Note)
    assert note.facts["items"][0]["reason"] == "not-listed"
    assert note.valid_until == LISTED - timedelta(days=1)


def test_a_listing_that_came_later_voids_the_note_the_day_it_takes_effect(home):
    item = sealed.NoteItem("Carcharhinus leucas", None, "MEA", Decimal(2), "KGM", "QM", "not-listed")
    unaware = sealed.Note("QM", "QM-N-2023-000009", BEFORE_SHARKS, datetime(2024, 1, 30, tzinfo=UTC), "QM", "FR",
                          "luggage", "P", date(2023, 2, 23), (item,))
    token = seal_note(unaware, sealing.keys().signing_key("QM", Use.NOTE, BEFORE_SHARKS))
    code = to_url("https://wildgate.example", token)

    day_before = verdict(code, datetime(2023, 11, 24, 12, tzinfo=UTC), home)
    that_day = verdict(code, datetime(2023, 11, 25, 0, 1, tzinfo=UTC), home)

    assert (day_before.state, day_before.answer) == ("valid", Answer.ACCEPT)
    assert (that_day.genuine, that_day.state, that_day.answer) == (True, "listing-changed", Answer.REFUSE)
    assert that_day.reasons[0].reason == "No longer holds since 2023-11-25: the listing of Carcharhinus leucas changed."


def test_the_printed_page_says_that_a_note_no_longer_holds(client, cast):
    tourist = Traveller(client).travels().takes(("my dog", "Canis lupus familiaris|LIV|dog", "1", "NAR"))
    page = client.get(tourist.makes_a_note()["Location"])

    assert "no longer holds" not in page_text(page)
    note = Note.objects.get()
    later = Note(party="QM", number="QM-N-2026-999999", key="k" * 16, enquiry="e", law=note.law, token=note.token,
                 digest=note.digest, made_at=note.made_at, valid_until=note.valid_until,
                 facts={**note.facts, "items": [{**note.facts["items"][0], "taxon": "Hippocampus kuda"}]})
    later.save()
    assert "This note no longer holds." in page_text(client.get(f"/check/note/{later.key}/"))


def test_seahorses_of_one_note_are_at_most_four(home):
    assert isinstance(made(Item("seahorses", "Hippocampus kuda", "BOD", "5", origin="QM")), Refusal)
