"""The virus scanner: asked over a real socket; found, clean, silent and absent are four different things."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager

import pytest
from tests.cast import NOON
from tests.kit import hostile

from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning import keeping, scanning, wording

PICTURE = hostile.picture("PNG")


class Clamd(threading.Thread):
    """Speaks as much of clamd as we use, and answers what it is told to."""

    def __init__(self, door: socket.socket, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.door, self.answer, self.got = door, answer, b""

    def run(self) -> None:
        line, _ = self.door.accept()
        with line, line.makefile("rb") as stream:
            if not self.answer:
                return  # hangs up
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!I", stream.read(4))[0]:
                self.got += stream.read(size)
            line.sendall(self.answer)


@contextmanager
def clamd(settings, tmp_path, answer: bytes, family: str = "unix"):
    with socket.socket(socket.AF_UNIX if family == "unix" else socket.AF_INET) as door:
        door.bind(str(tmp_path / "c.ctl") if family == "unix" else ("127.0.0.1", 0))
        door.listen()
        settings.CLAMD = f"unix:{tmp_path / 'c.ctl'}" if family == "unix" else f"tcp:127.0.0.1:{door.getsockname()[1]}"
        scanner = Clamd(door, answer)
        scanner.start()
        yield scanner
        scanner.join(5)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "file").write_bytes(PICTURE * 300)
    return tmp_path / "file"


@pytest.mark.parametrize("family", ["unix", "tcp"])
def test_a_scanner_that_finds_nothing_has_read_the_whole_file(settings, tmp_path, file, family):
    with clamd(settings, tmp_path, b"stream: OK\0", family) as scanner:
        assert scanning.scan(file) is True

    assert scanner.got == file.read_bytes()


def test_what_the_scanner_finds_is_refused_with_its_harmless_name(settings, tmp_path, file):
    with clamd(settings, tmp_path, b"stream: Win.Test <b>X</b>-1 FOUND\0"):
        outcome = scanning.scan(file)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "virus-found"
    assert "Win.Test__b_X_/b_-1" in outcome.reason


@pytest.mark.parametrize("answer", [
    b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but not quite\0", b"\xff\0"])
def test_an_answer_that_is_none_is_not_taken_for_clean(settings, tmp_path, file, answer):
    with clamd(settings, tmp_path, answer):
        assert scanning.scan(file) is False


@pytest.mark.parametrize(("address", "told"), [
    ("", None), ("unix:/nowhere/clamd.ctl", False), ("tcp:127.0.0.1:1", False), ("rubbish", False), ("tcp:x", False)])
def test_no_scanner_is_not_a_silent_scanner(settings, file, address, told):
    settings.CLAMD = address

    assert scanning.scan(file) is told


@pytest.mark.django_db
def test_an_attachment_tells_what_the_scanner_said(settings, tmp_path):
    settings.HOME = tmp_path
    with clamd(settings, tmp_path, b"stream: OK\0"):
        clean = keeping.hold([PICTURE], "a", party="QM", by="tip", at=NOON)
    settings.CLAMD = "unix:/nowhere"
    silent = keeping.hold([PICTURE], "a", party="QM", by="tip", at=NOON)

    assert (clean.scanned, silent.scanned) == (True, False)
    assert str(wording.scanned(clean)) == "A virus scanner found nothing."
    assert "gave no answer" in str(wording.scanned(silent))
