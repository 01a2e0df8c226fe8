"""Files handed in: kept apart, judged by their bytes, worked off once, and nothing half-written when that fails."""

from __future__ import annotations

import stat

import pytest
from tests.cast import NOON

from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import jobs
from wildgate.kit.models import Job, Series
from wildgate.kit.uploads import services
from wildgate.kit.uploads.models import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(settings, tmp_path, monkeypatch):
    """A kind of file that counts its bytes, and counts its runs in a series."""
    settings.HOME = tmp_path
    monkeypatch.setattr(services, "_handlers", dict(services._handlers))

    @services.handles("count")
    def count(upload, progress, at):
        made, _ = Series.objects.get_or_create(party="QM", name="runs", year=2027)
        Series.objects.filter(pk=made.pk).update(last=made.last + 1)
        if b"bad" in upload.file.read_bytes():
            raise RuntimeError("the handler fell over")
        progress(3, 7)
        return Upload.State.DONE, {"bytes": len(upload.file.read_bytes())}

    return "count"


def hand_in(kind, *parts: bytes, name: str = "list.csv", largest: int = 100, judge=None):
    return services.receive(parts, name, judge=judge or (lambda path: kind), largest=largest, party="QM",
                            by="person:1", at=NOON)


def test_a_file_is_kept_for_the_program_alone_and_removed_after_the_work(kind, tmp_path):
    upload = hand_in(kind, b"one", b"two")

    assert stat.S_IMODE(upload.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(upload.folder.stat().st_mode) == 0o700
    assert upload.folder.is_relative_to(tmp_path / "uploads" / "QM")
    jobs.run_pending()
    upload.refresh_from_db()
    assert (upload.state, upload.report, upload.file.exists()) == ("done", {"bytes": 6}, False)


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "passwd"), ("C:\\temp\\a.csv", "a.csv"), (".hidden", "hidden"), ("-rf.csv", "rf.csv"),
    ("a\x00b\n.csv", "a_b_.csv"), ("", "upload"), ("é 2017-04-21 (1).csv.xz", "é 2017-04-21 (1).csv.xz"),
    ("x" * 300 + ".csv", "x" * 80 + ".csv"),
])
def test_a_name_is_made_harmless(name, safe):
    assert services.safe_name(name) == safe


def test_a_name_never_meets_a_file_of_the_program(kind):
    upload = hand_in(kind, b"data", name="progress.json")

    services.work_off(upload.pk, NOON)

    upload.refresh_from_db()
    assert upload.report == {"bytes": 4}


@pytest.mark.parametrize(("parts", "code"), [((b"x" * 60, b"x" * 60), "too-large"), ((), "empty"), ((b"",), "empty")])
def test_too_much_and_nothing_are_refused_and_leave_nothing(kind, tmp_path, parts, code):
    refused = hand_in(kind, *parts)

    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert not Upload.objects.exists()
    assert not Job.objects.exists()
    assert list((tmp_path / "uploads" / "QM").iterdir()) == []


def test_a_file_of_no_known_kind_is_refused_and_removed(kind, tmp_path):
    refused = hand_in(kind, b"what is it", judge=lambda path: refuse("unknown-layout", "No."))

    assert isinstance(refused, Refusal)
    assert list((tmp_path / "uploads" / "QM").iterdir()) == []


def test_a_handler_that_falls_over_leaves_nothing_half_written_and_is_tried_again(kind):
    upload = hand_in(kind, b"bad")

    jobs.run_pending()

    upload.refresh_from_db()
    assert (upload.state, upload.report) == ("waiting", {})
    assert not Series.objects.filter(name="runs").exists()
    assert "fell over" in services.doing(upload).trouble
    assert upload.file.exists()


def test_work_is_done_once_whoever_asks(kind):
    upload = hand_in(kind, b"good")

    services.work_off(upload.pk, NOON)
    jobs.run_pending()

    assert Series.objects.get(name="runs").last == 1


def test_progress_is_seen_while_the_work_goes_on(kind, monkeypatch):
    upload = hand_in(kind, b"good")
    seen = []
    monkeypatch.setattr(services, "TOLD_EVERY", 0.0)

    @services.handles(kind)
    def watched(upload, progress, at):
        progress(3, 7)
        seen.append(services.doing(upload))
        return Upload.State.DONE, {}

    services.work_off(upload.pk, NOON)

    assert [(doing.rows, doing.of) for doing in seen] == [(3, 7)]


def test_files_are_forgotten_after_a_month(kind):
    upload = hand_in(kind, b"good")

    waiting = Job.objects.get(name="uploads.forget")
    services.forget(upload.pk)

    assert waiting.run_after == NOON + services.KEPT_FOR
    assert not upload.folder.exists()
    assert Upload.objects.filter(pk=upload.pk).exists()
