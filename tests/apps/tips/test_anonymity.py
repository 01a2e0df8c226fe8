"""Nothing of whoever tells is kept: not the address, the browser, the place in a picture, the receipt or the name."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from tests.apps.tips.tellers import filled
from tests.apps.tips.test_telling import receipt_of

from wildgate.apps.tips.models import Attachment, Tip
from wildgate.kit import jobs

pytestmark = pytest.mark.django_db
IP, AGENT, NAME, FILE = "203.0.113.77", "Quokka/77.3 (DockTablet)", "Philippa Quartermain", "philippa-at-pier-nine.jpg"
CAMERA = "Zenobia Optics 4411"
PLACE = (12.0, 34.0, 56.789)
TRACK = "proxy-7f3a9c21-line-88"
"""How the proxy in front names the request, in its own log beside the address."""
FROM = {"HTTP_X_REQUEST_ID": TRACK, "REMOTE_ADDR": IP, "HTTP_USER_AGENT": AGENT,
        "HTTP_X_FORWARDED_FOR": f"{IP}, 10.0.0.1", "HTTP_REFERER": "https://intranet.example/who-is-philippa",
        "HTTP_COOKIE": "sessionid=stale; csrftoken=bad!"}


def picture() -> bytes:
    """A photograph that says where and with what it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = CAMERA
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    Image.new("RGB", (64, 48), "green").save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def rows() -> Iterator[tuple[str, bytes]]:
    """Every value of every table, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    yield table, bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def files() -> Iterator[tuple[str, bytes]]:
    """Every file below the home, its name included."""
    for file in Path(settings.HOME).rglob("*"):
        if file.is_file():
            yield str(file), str(file).encode() + file.read_bytes()


def test_nothing_of_the_teller_is_anywhere(cast, caplog, tmp_path, settings, capsys):
    settings.HOME, settings.BEHIND_PROXY = tmp_path, True
    teller, shot = Client(**FROM), picture()
    caplog.set_level(logging.DEBUG)
    assert CAMERA.encode() in shot

    answers = [teller.get("/tip/")]
    form = filled(answers[0], name=NAME, contact="philippa@dock.example",
                  attached=SimpleUploadedFile(FILE, shot, "image/jpeg"))
    answers.append(teller.post("/tip/", {**form, "total": "", "attached": SimpleUploadedFile(FILE, shot)}))
    answers.append(teller.post("/tip/", {**form, **filled(answers[1], name=NAME, contact="philippa@dock.example"),
                                         "attached": SimpleUploadedFile(FILE, shot, "image/jpeg")}))
    receipt = receipt_of(answers[2])
    answers += [teller.post("/tip/answer/", {"receipt": receipt}), teller.post("/tip/answer/", {"receipt": "1" * 16}),
                teller.get("/tip/nowhere/")]
    jobs.run_pending()

    grouped = " ".join(receipt[at:at + 4] for at in range(0, 16, 4))
    secrets = [each.encode() for each in (IP, AGENT, "Quokka", NAME, "Philippa", "philippa", FILE, CAMERA, receipt,
                                          grouped, grouped.replace(" ", "-"), "intranet.example")]
    heads = str([dict(answer.items()) for answer in answers]).encode()
    logged = "\n".join([caplog.text, *(str(record.__dict__.get("args")) for record in caplog.records)]).encode()
    said = capsys.readouterr()
    kept = [*rows(), *files(), ("log", logged), ("head", heads), ("out", (said.out + said.err).encode())]

    assert (Tip.objects.count(), Attachment.objects.count(), len(receipt)) == (1, 1, 16)
    assert len(kept) > 500 and any(name.endswith("copy.jpg") or "copy." in name for name, _ in kept)
    assert [(name, secret) for name, value in kept for secret in secrets if secret in value] == []
    assert [name for name, value in kept if TRACK.encode() in value and name != "head"] == []
    assert not any(answer.cookies for answer in answers[:5])


def test_the_picture_that_the_desk_gets_has_no_place_and_cannot_act(cast, desk, tmp_path, settings):
    settings.HOME = tmp_path
    teller = Client(**FROM)
    page = teller.get("/tip/")
    teller.post("/tip/", filled(page, attached=SimpleUploadedFile(FILE, picture(), "image/jpeg")))
    tip = Tip.objects.get()

    answer = desk("ines").get(f"/tip/desk/{tip.number}/files/1/")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content

    assert not Image.open(io.BytesIO(body)).getexif() and CAMERA.encode() not in body
    assert answer["Content-Disposition"].startswith("attachment") and "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff" and FILE not in str(dict(answer.items()))
    assert desk("ana").get(f"/tip/desk/{tip.number}/files/1/").status_code == 404
