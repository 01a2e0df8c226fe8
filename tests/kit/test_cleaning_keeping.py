"""Attachments that are kept: the original sealed, the copy served so that it cannot act, both forgotten in time."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from datetime import timedelta

import pytest
from django.http import Http404
from tests.cast import NOON
from tests.kit import hostile

from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.cleaning import keeping, serving, wording
from wildgate.kit.cleaning.models import Held, place
from wildgate.kit.models import Event, EventNote, Job

pytestmark = pytest.mark.django_db
PICTURE = hostile.camera_picture()


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME, settings.CLAMD = tmp_path, ""
    return tmp_path


def held_of(data: bytes = PICTURE, name: str = "IMG of Mario.jpg", **more: object) -> Held:
    outcome = keeping.hold([data[:100], data[100:]], name, party="QM", by="tip", at=NOON, **more)
    assert isinstance(outcome, Held), outcome
    return outcome


def files_of(home) -> list:
    return [path for path in (home / "uploads").rglob("*") if path.is_file()]


def test_an_original_is_sealed_and_nothing_of_it_lies_in_clear(home):
    held = held_of()

    assert held.digest == hashlib.sha256(PICTURE).hexdigest()
    assert {path.name for path in files_of(home)} == {"copy.jpg", "original.sealed"}
    for path in files_of(home):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert b"SERIAL-4711" not in path.read_bytes()
        assert b"Mario" not in path.read_bytes()
    assert b"Mario" not in bytes(Held.objects.get().name)
    assert "Mario" not in Event.objects.get().data


def test_two_sealed_originals_of_the_same_file_share_no_byte_order():
    first, second = held_of(), held_of()

    assert first.sealed.read_bytes()[:60] != second.sealed.read_bytes()[:60]
    assert first.digest == second.digest


def test_the_original_is_opened_with_a_reason_that_is_kept():
    held = held_of()

    without = keeping.opened(held, actor="person:7", reason=" ", at=NOON)
    opened = keeping.opened(held, actor="person:7", reason="Evidence in case 18.", at=NOON)

    assert isinstance(without, Refusal)
    assert without.code == "no-reason"
    assert opened == PICTURE
    assert keeping.name_of(held) == "IMG of Mario.jpg"
    event = Event.objects.get(kind="attachment-opened")
    assert (event.actor, event.subject) == ("person:7", held.subject)
    assert EventNote.objects.get(event=event).text == "Evidence in case 18."
    assert events.verify("QM") is None


@pytest.mark.parametrize("at", [0, 40, 500, -1])
def test_a_changed_original_is_told(at):
    held = held_of()
    sealed = bytearray(held.sealed.read_bytes())
    sealed[at] ^= 1
    held.sealed.write_bytes(sealed)

    outcome = keeping.opened(held, actor="person:7", reason="Evidence.", at=NOON)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "damaged-original"
    assert not Event.objects.filter(kind="attachment-opened").exists()


def test_an_original_under_another_secret_or_in_anothers_place_does_not_open(settings):
    held, other = held_of(), held_of(hostile.picture("PNG"))

    held.sealed.write_bytes(other.sealed.read_bytes())
    settings.SECRET_KEY = "another secret"
    outcomes = [keeping.opened(one, actor="person:7", reason="Evidence.", at=NOON) for one in (held, other)]

    assert [outcome.code for outcome in outcomes] == ["damaged-original", "damaged-original"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a\x00b", "x" * 5000, ""])
def test_a_name_is_never_a_place(home, name):
    held = held_of(name=name)

    assert all(path.is_relative_to(held.folder) for path in files_of(home))
    assert keeping.name_of(held) == name[:300]
    assert name[:10] not in serving.attachment(held)["Content-Disposition"] or not name


def test_what_is_refused_leaves_no_file_no_row_and_no_event(home):
    outcome = keeping.hold([hostile.zip_bomb()], "photo.jpg", party="QM", by="tip", at=NOON)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "archive"
    assert files_of(home) == []
    assert not Held.objects.exists()
    assert not Event.objects.exists()


def test_a_file_that_is_too_large_is_refused_while_it_arrives(home):
    sent = []

    def parts():
        for _ in range(100):
            sent.append(1)
            yield b"\0" * 1_000_000

    outcome = keeping.hold(parts(), "film.mp4", party="QM", by="tip", at=NOON)

    assert isinstance(outcome, Refusal)
    assert (outcome.code, len(sent)) == ("too-large", 26)
    assert files_of(home) == []


def test_of_several_files_all_are_kept_or_none(home):
    good, bad = ("a", [hostile.picture("PNG")]), ("b", [b"MZ program"])

    refused = keeping.hold_each([good, bad], party="QM", by="tip", at=NOON)
    crowd = keeping.hold_each([good] * 3, party="QM", by="tip", at=NOON, most=2)
    kept = keeping.hold_each([good, ("c", [b"a note"])], party="QM", by="tip", at=NOON)

    assert (refused.code, crowd.code) == ("program", "too-many")
    assert [held.kind for held in kept] == ["picture", "text"]
    assert len(files_of(home)) == 4


def test_what_a_process_that_died_left_in_clear_is_removed(home):
    left = place("QM") / "incoming" / "left"
    left.mkdir(parents=True)
    (left / "original").write_bytes(PICTURE)
    os.utime(left, (time.time() - 4000,) * 2)

    held_of()

    assert not left.exists()


def test_a_copy_is_handed_out_so_that_it_cannot_act():
    answer = serving.attachment(held_of())

    assert answer["Content-Disposition"].startswith('attachment; filename="attachment-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "image/jpeg"


def test_only_pictures_drawn_anew_have_a_preview():
    picture, note = held_of(), held_of(b"a note")
    film = held_of(b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\x0cmdatfilm")

    assert serving.preview(picture).content == picture.file.read_bytes()
    assert serving.attachment(note)["Content-Type"] == "text/plain; charset=utf-8"
    for absent in (lambda: serving.preview(note), lambda: serving.preview(film), lambda: serving.attachment(film)):
        with pytest.raises(Http404):
            absent()
    assert "not shown" in str(wording.shown(film))


def test_an_original_leaves_as_bytes_of_no_type():
    answer = serving.original(held_of(), b"<script>")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_attachment_is_forgotten_in_time_and_its_digest_stays(home):
    held = held_of(kept_until=NOON + timedelta(days=90))

    keeping.forget_when_due(held.pk, NOON + timedelta(days=89))
    assert keeping.opened(held, actor="person:7", reason="Evidence.", at=NOON) == PICTURE
    assert Job.objects.get(name="cleaning.forget").run_after == NOON + timedelta(days=90)

    keeping.forget_when_due(held.pk, NOON + timedelta(days=90))
    keeping.forget_when_due(held.pk, NOON + timedelta(days=91))

    held.refresh_from_db()
    outcome = keeping.opened(held, actor="person:7", reason="Evidence.", at=NOON)
    assert (outcome.code, outcome.values["digest"]) == ("forgotten", held.digest)
    assert keeping.name_of(held) == ""
    assert Event.objects.filter(kind="attachment-forgotten").count() == 1
    with pytest.raises(Http404):
        serving.attachment(held)


@pytest.mark.django_db(transaction=True)
def test_the_files_of_a_forgotten_attachment_are_gone(home, own_database):
    held_of(kept_until=NOON - timedelta(days=1))

    jobs.run_pending()

    assert files_of(home) == []


def test_an_attachment_that_became_evidence_is_kept_longer():
    held = held_of(kept_until=NOON + timedelta(days=90))

    keeping.keep_until(held, None)
    keeping.forget_when_due(held.pk, NOON + timedelta(days=400))

    assert keeping.opened(held, actor="person:7", reason="Evidence.", at=NOON) == PICTURE


def test_what_was_taken_out_and_whether_it_was_scanned_is_said():
    held = held_of()

    assert "the place where it was taken" in [str(word) for word in wording.removed(held)]
    assert str(wording.scanned(held)) == "Not scanned: this installation has no virus scanner."
