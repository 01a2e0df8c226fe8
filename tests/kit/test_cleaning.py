"""Attachments by strangers: told by their bytes, drawn anew or refused, in a child that is held."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from tests.kit import hostile

from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning import cleaner, sniffing, wording
from wildgate.kit.cleaning.cleaner import Cleaned, clean
from wildgate.kit.cleaning.kinds import REMOVED, Kind
from wildgate.kit.cleaning.refusals import SENTENCES
from wildgate.kit.cleaning.texts import rewritten

NOTHING_KEPT = {"file"}


@pytest.fixture
def cleaned(tmp_path, settings):
    """Clean these bytes under a name that lies."""
    settings.CLAMD = ""

    def one(data: bytes) -> Cleaned | Refusal:
        (tmp_path / "file").write_bytes(data)
        return clean(tmp_path / "file", into=tmp_path)

    return one


def code_of(outcome: Cleaned | Refusal) -> str:
    assert isinstance(outcome, Refusal), outcome
    assert outcome.field == "file"
    return outcome.code


def sniffed(data: bytes) -> str:
    try:
        return sniffing.sniff(data).form
    except sniffing.Refused as refused:
        return refused.code


HOSTILE = {
    "a virus test": (hostile.EICAR, "virus"),
    "a nested zip bomb": (hostile.zip_bomb(), "archive"),
    "a picture that is a script": (hostile.gif_script(), "two-things"),
    "a drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "web-page"),
    "a document with macros": (hostile.macro_document(), "office"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "office"),
    "a hundred thousand pages": (hostile.endless_pdf(), "too-many-pages"),
    "a picture of 2.5 billion dots": (hostile.png_of(50_000, 50_000), "too-many-pixels"),
    "half a photograph": (hostile.camera_picture((640, 480))[:3000], "cut-off"),
    "nothing": (b"", "empty"),
    "a PDF of no bytes": (b"%PDF-1.7\n", "cut-off"),
    "a PDF without pages": (hostile.pdf([b"<</Type/Catalog>>"]), "cut-off"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_a_reason_and_leaves_nothing(cleaned, tmp_path, data, code):
    outcome = cleaned(data)

    assert code_of(outcome) == code
    assert {path.name for path in tmp_path.iterdir()} == NOTHING_KEPT


@pytest.mark.parametrize(("data", "told"), [
    (b"<!DOCTYPE html><p>hello", "web-page"), (b"\xef\xbb\xbf \n<HTML>", "web-page"),
    ("<html>".encode("utf-16"), "web-page"), (b"<?xml version='1.0'?><a/>", "web-page"),
    (b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n", "web-page"),
    (b"MZ\x90\x00", "program"), (b"\x7fELF\x02", "program"), (b"#!/bin/sh\nrm -rf /", "program"),
    (hostile.zip_of(**{"META-INF__MANIFEST.MF": b"Main-Class: A"}), "program"),
    (b"Rar!\x1a\x07\x01\x00", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"), (b"\x1f\x8b\x08\x00", "archive"),
    (b"name" + b"\0" * 253 + b"ustar\x0000" + b"\0" * 300, "archive"), (b"{\\rtf1 hello}", "office"),
    (b"\0\0\0\x18ftypheic", "other-picture"), (b"BM\x00\x00", "other-picture"), (b"\0\0\0\x10ftypmp42\0\0\0\0", "film"),
    (b"RIFF\x04\0\0\0WAVE", "riff"), (b"\x00\xff\x13\x37", "unknown"), (b"caf\xe9 in Latin-1", "unknown"),
    (b"<!-- a --><p>", "web-page"), (b"  <a href=x>", "web-page"), (b"hello\n<script src=x>", "web-page"),
    (b"A price < 5 and 7 > 3", "text"), (b"[12:01] Ana: <Media omitted>\n[12:02] Bo: a <b> c", "text"),
    (b"  \n\0 ", "empty"), (b"\xff\xd8\xff\xe0\0\2\xff\xda\0\2" + b"\xff" * 1_000_000 + b"\0", "cut-off"),
])
def test_a_file_is_told_by_its_bytes(data, told):
    assert sniffed(data) == told


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("more", [hostile.zip_of(a=b"x"), b"<script>alert(1)</script>", b"MZ program", b"%PDF-1.7\n"])
def test_a_picture_with_something_behind_it_is_refused(form, more):
    assert sniffed(hostile.picture(form)) == form.lower()
    assert sniffed(hostile.picture(form) + more) == "two-things"


def test_a_picture_with_a_page_or_an_archive_inside_is_refused():
    assert sniffed(hostile.picture("JPEG", comment=b"<script>alert(1)</script>")) == "two-things"
    assert sniffed(hostile.picture("JPEG", comment=b"%PDF-1.4 1 0 obj")) == "two-things"
    assert sniffed(hostile.acting_pdf().replace(b"%%EOF\n", hostile.zip_of(a=b"x") + b"%%EOF")) == "pdf"
    assert sniffed(hostile.acting_pdf() + hostile.zip_of(a=b"x")) == "two-things"
    assert sniffed(b"%PDF-1.7\n<script>alert(1)</script>\n" + hostile.acting_pdf()) == "two-things"


def test_every_picture_of_a_phone_is_taken_and_what_stands_behind_it_named():
    first, film = hostile.picture("JPEG"), b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\x0cmdatfilm"

    assert sniffing.sniff(first + hostile.picture("JPEG", colour="red") + film).more == ("second-picture", "clip")
    assert sniffing.sniff(first + film).end == len(first)
    assert sniffed(first + film + b"MZ") == "two-things"


def test_a_photograph_keeps_its_dots_and_loses_where_it_was_taken(cleaned):
    given = hostile.camera_picture()

    outcome = cleaned(given)

    assert isinstance(outcome, Cleaned)
    assert (outcome.kind, outcome.pages, outcome.scanned) == (Kind.PICTURE, 1, None)
    assert set(outcome.removed) == {"exif", "gps", "xmp", "thumbnail", "comment"}
    assert b"SERIAL-4711" in given
    copy = outcome.file.read_bytes()
    for trace in (b"Exif", b"SERIAL-4711", b"Mario", b"xmpmeta", b"Kamera"):
        assert trace not in copy
    assert copy.count(b"\xff\xd8\xff") == 1
    drawn = Image.open(io.BytesIO(copy))
    assert drawn.size == (48, 64)  # turned as the camera said
    assert all(abs(a - b) < 6 for a, b in zip(drawn.getpixel((20, 20)), (0, 128, 128), strict=True))


def test_the_parts_of_a_picture_that_moves_are_left_out(cleaned):
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    outcome = cleaned(out.getvalue())

    assert outcome.removed == ("frames",)
    assert outcome.file.name == "copy.png"
    drawn = Image.open(outcome.file)
    assert (getattr(drawn, "n_frames", 1), drawn.convert("RGB").getpixel((5, 5))) == (1, (255, 0, 0))


def test_a_pdf_becomes_pictures_of_its_pages(cleaned):
    outcome = cleaned(hostile.acting_pdf(pages=2))

    assert isinstance(outcome, Cleaned)
    assert (outcome.kind, outcome.pages) == (Kind.PDF, 2)
    assert {"javascript", "attachments", "actions", "links"} <= set(outcome.removed)
    copy = outcome.file.read_bytes()
    for trace in (b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/OpenAction", b"/URI", b"MZ program", b"Mario"):
        assert trace not in copy
    with pypdfium2.PdfDocument(copy) as drawn:
        assert (len(drawn), drawn[0].get_size()) == (2, (300.0, 200.0))
        assert drawn[0].get_textpage().get_text_range() == ""
        assert min(drawn[0].render().to_pil().convert("L").getdata()) < 60  # HELLO is still to be read


def test_of_a_long_pdf_the_first_fifty_pages_are_drawn_and_that_is_said(cleaned):
    outcome = cleaned(hostile.acting_pdf(pages=53))

    assert outcome.pages == 50
    assert "pages" in outcome.removed


def test_a_locked_pdf_is_refused(cleaned):
    locked = (b"/Encrypt<</Filter/Standard/V 1/R 2/P -64/O<%s>/U<%s>>>/ID[<00><00>]" % (b"61" * 32, b"62" * 32))

    assert code_of(cleaned(hostile.pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"],
                                       locked))) == "locked"


def test_text_is_kept_without_what_hides_or_turns_it(cleaned):
    outcome = cleaned("\ufeffIvory\r\nsee invoice\u202efdp.exe\u202c \x1b[31m\x00".replace("\x00", "").encode())

    assert outcome.kind is Kind.TEXT
    assert outcome.file.read_bytes() == b"Ivory\nsee invoicefdp.exe [31m"
    assert outcome.removed == ("controls", "bidi")


def test_marks_that_belong_to_how_a_language_is_written_stay():
    words = "می\u200cخواهم \u200fעברית\u200f क्\u200dष"

    made = rewritten(words)

    assert (made.copy.decode(), made.removed) == (words, ())


def test_film_and_sound_are_kept_without_a_copy(cleaned, tmp_path):
    outcome = cleaned(b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\x0cmdatfilm")

    assert (outcome.kind, outcome.file) == (Kind.MEDIA, None)
    assert {path.name for path in tmp_path.iterdir()} == NOTHING_KEPT


def test_the_child_knows_neither_django_nor_the_database():
    told = subprocess.run([sys.executable, "-c", "import sys, wildgate.kit.cleaning.child; "
                           "print([name for name in ('django', 'sqlite3', 'psycopg') if name in sys.modules])"],
                          capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


ATTEMPTS = """
import json, os, socket, sys
from wildgate.kit.cleaning import confine
confine.limit(5)
confine.shut()
def tried(what):
    try:
        what()
    except (OSError, MemoryError):
        return "held"
    return "escaped"
print(json.dumps({
    "read": tried(lambda: open("/etc/passwd")), "write": tried(lambda: open(sys.argv[1], "w")),
    "call": tried(lambda: socket.socket()), "memory": tried(lambda: bytearray(3_000_000_000)),
    **({"fork": tried(os.fork), "remove": tried(lambda: os.unlink(sys.argv[2])),
        "signal": tried(lambda: os.kill(os.getppid(), 0)), "run": tried(lambda: os.execv("/bin/true", ["true"]))}
       if sys.platform == "linux" else {}),
}), flush=True)
os._exit(0)
"""


def test_the_child_opens_nothing_calls_nobody_and_starts_nothing(tmp_path):
    (tmp_path / "there").touch()

    told = subprocess.run([sys.executable, "-c", ATTEMPTS, str(tmp_path / "new"), str(tmp_path / "there")],
                          capture_output=True, text=True, check=True)

    assert set(json.loads(told.stdout).values()) == {"held"}
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_child_that_loops_for_ever_is_killed_by_its_own_limit(tmp_path):
    loop = "from wildgate.kit.cleaning import confine; confine.limit(1); confine.shut()\nwhile True: pass"
    (tmp_path / "file").touch()
    began = time.monotonic()

    outcome = cleaner.in_child([sys.executable, "-c", loop], tmp_path / "file", tmp_path / "out")

    assert code_of(outcome) == "too-heavy"
    assert time.monotonic() - began < 20


def test_a_child_that_waits_for_ever_is_killed_on_the_clock(tmp_path):
    (tmp_path / "file").touch()

    outcome = cleaner.in_child([sys.executable, "-c", "import signal; signal.pause()"], tmp_path / "file",
                               tmp_path / "out", patience=0.3)

    assert code_of(outcome) == "too-heavy"


@pytest.mark.parametrize("told", [
    {"kind": "picture", "ending": "html", "pages": 1, "removed": []},
    {"kind": "picture", "ending": "../x", "pages": 1, "removed": []},
    {"kind": "pdf", "ending": "jpg", "pages": 1, "removed": []},
    {"kind": "picture", "ending": "png", "pages": 1, "removed": []},
    {"kind": "picture", "ending": "jpg", "pages": -1, "removed": []},
    {"kind": "picture", "ending": "jpg", "pages": 1, "removed": {}},
    {"kind": ["picture"], "ending": "jpg", "pages": 1, "removed": []},
    {"kind": "picture", "ending": ["jpg"], "pages": 1, "removed": []},
    {},
])
def test_a_child_that_was_taken_over_is_not_believed(tmp_path, told):
    (tmp_path / "draft").write_bytes(b"\xff\xd8\xff<script>")

    assert cleaner._taken(told, tmp_path / "draft", tmp_path, None) is None


def test_every_refusal_of_the_child_has_its_sentence_and_every_loss_its_words():
    source = "".join(path.read_text() for path in Path(cleaner.__file__).parent.glob("*.py"))
    raised = set(re.findall(r"""(?:Refused|refused)\("([a-z-]+)\"""", source))

    assert raised <= set(SENTENCES)
    assert set(REMOVED) == set(wording._REMOVED)
