"""The public page that verifies: what it answers to real permits, to rubbish and to far too much."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.cast import NOON, SKINS, issued
from tests.desks import markup

from wildgate.apps.permits import documents, sealing, services
from wildgate.apps.permits.models import Permit


@pytest.fixture
def permit(cast: dict[str, Any]) -> Permit:
    """A permit of yesterday, its lists published now."""
    made: Permit = issued(cast, NOON)
    sealing.publish(made.party, made.shard, timezone.now())
    return made


def text(answer: Any) -> str:
    return markup(answer.content.decode())


def banner(answer: Any) -> str:
    found = re.search(r'<div class="verdict (\w+)".*?<h1>(.*?)</h1>', text(answer))
    return f"{found.group(1)}: {found.group(2)}" if found else ""


def ask(code: str = "", role: str = "public", file: Any = None) -> Any:
    """A browser that enforces tokens: the page must not need one."""
    given = {"code": code, "role": role} | ({"file": file} if file else {})
    return Client(enforce_csrf_checks=True).post("/verify/", given)


def test_anyone_may_open_it_and_gets_no_cookie(db: Any, client: Client) -> None:
    answer = client.get("/verify/")

    assert answer.status_code == 200
    assert '<form class="card stack" id="verify"' in text(answer)
    assert 'name="code"' in text(answer)
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("public", "ok: This permit is genuine."),
        ("export", "ok: Accept."),
        ("carrier", "ok: Accept."),
        ("import", "hold: Hold, and ask."),
        ("nonsense", "ok: This permit is genuine."),
        ("", "ok: This permit is genuine."),
    ],
)
def test_a_genuine_permit_is_answered_by_role(permit: Permit, role: str, expected: str) -> None:
    answer = ask(documents.code_text(permit), role)

    assert banner(answer) == expected
    for words in (permit.number, "Crocodylus novaeguineae", "Quartz Leather Co", "less than a minute old", "1,200"):
        assert words in text(answer)


def test_digits_alone_are_enough(permit: Permit) -> None:
    assert banner(ask(documents.code_text(permit).partition("#")[2])) == "ok: This permit is genuine."


@pytest.mark.parametrize("form", ["png", "pdf", "xml", "txt"])
def test_every_document_of_the_permit_is_read(permit: Permit, form: str) -> None:
    file = SimpleUploadedFile(f"permit.{form}", documents.read(permit, form))

    assert banner(ask(file=file)) == "ok: This permit is genuine."


def test_a_cancelled_permit_is_refused(permit: Permit, cast: dict[str, Any]) -> None:
    services.cancel(actor=cast["amina"], number=permit.number, reason="Issued in error.", at=timezone.now())
    sealing.publish(permit.party, permit.shard, timezone.now())
    answer = ask(documents.code_text(permit))

    assert banner(answer) == "no: Do not accept."
    assert "cancelled this permit" in text(answer)


def test_a_changed_code_is_refused(permit: Permit) -> None:
    code = documents.code_text(permit)
    answer = ask(code[:-1] + str((int(code[-1]) + 1) % 10))

    assert answer.status_code in (200, 422)
    assert not banner(answer).startswith("ok")


def test_an_altered_message_is_refused(permit: Permit) -> None:
    xml = documents.read(permit, "xml").replace(b">1200<", b">9200<")  # digits of the seal stay
    answer = ask(file=SimpleUploadedFile("permit.xml", xml))

    assert banner(answer) == "no: Do not accept."
    assert "altered" in text(answer)


def test_a_private_persons_name_is_not_shown(cast: dict[str, Any]) -> None:
    made = issued(cast, NOON, {**SKINS, "other_name": "Rosa Private", "other_private": "yes"})
    sealing.publish(made.party, made.shard, timezone.now())

    assert "Rosa Private" not in text(ask(documents.code_text(made)))
    assert "a private person" in text(ask(documents.code_text(made)))


@pytest.mark.parametrize(
    ("code", "file", "sentence"),
    [
        ("", None, "Paste the code or choose a file."),
        ("   ", None, "Paste the code or choose a file."),
        ("", ("a.exe", b"MZ\x00\x01\x02\x00"), "neither a PNG or JPEG picture"),
        ("", ("a.png", b"%PDF-1.7 broken"), "named .png but it is a PDF"),
        ("", ("a.pdf", b"%PDF-1.7 broken"), "damaged"),
        ("", ("a.xml", b"<a><b>"), ""),
        ("", ("a.png", b"\x89PNG\r\n\x1a\nbroken"), ""),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(permit: Permit, code: str, file: Any, sentence: str) -> None:
    answer = ask(code, file=SimpleUploadedFile(*file) if file else None)

    assert answer.status_code == 422
    found = re.search(r'<div class="summary-errors".*?<a href="#id_(?:code|file)">([^<]+)</a></li></ul>', text(answer))
    assert found
    assert sentence in found.group(1)


@pytest.mark.parametrize("code", ["hello", "https://example.org/", "1" * 5000, "CP1:%%%", "\x00\x01", "\u202edigits"])
def test_rubbish_is_never_accepted(permit: Permit, code: str) -> None:
    answer = ask(code)

    assert answer.status_code in (200, 422)
    assert not banner(answer).startswith("ok")


def test_what_was_pasted_is_not_lost_and_not_executed(permit: Permit) -> None:
    page = text(ask("<script>alert(1)</script>"))

    assert "<script>alert" not in page


def test_a_paste_of_five_megabytes_gets_a_clear_sentence(permit: Permit) -> None:
    answer = Client().post("/verify/", f"code={'1' * 5_000_000}", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "This is too large" in text(answer)


def test_a_file_of_thirty_megabytes_is_refused_before_it_is_read(permit: Permit) -> None:
    answer = ask(file=SimpleUploadedFile("a.png", b"\x89PNG" + b"0" * 30_000_000))

    assert answer.status_code == 413
    assert "This is too large" in text(answer)


def test_one_address_too_often_in_a_minute_waits_and_others_do_not(db: Any, settings: Any) -> None:
    settings.VERIFY_A_MINUTE = 2
    here, there = ({"REMOTE_ADDR": f"2001:db8:{part}::7"} for part in (1, 2))
    answers = [Client().post("/verify/", {"code": "hello"}, **where) for where in (here, here, here, there)]
    if len({answer.wsgi_request.at.minute for answer in answers}) > 1:  # a new minute began between them
        answers = [Client().post("/verify/", {"code": "hello"}, **where) for where in (here, here, here, there)]

    assert [answer.status_code == 429 for answer in answers] == [False, False, True, False]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert "More than 2 codes were checked from your network" in text(answers[2])
    assert "hello" in text(answers[2])
    assert [Client().get("/verify/", **here).status_code for _ in range(4)] == [200] * 4


def test_without_a_trust_list_nothing_is_called_genuine(db: Any, tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path
    answer = ask("1" * 40)

    assert answer.status_code == 422
    assert "no trust list" in text(answer)


def test_a_new_trust_list_is_taken_at_once(permit: Permit, tmp_path: Any) -> None:
    from wildgate.seal.trusted import home_verifier

    copy = tmp_path / "trust.cwt"
    copy.write_bytes((settings.HOME / "trust.cwt").read_bytes())
    first = home_verifier(tmp_path)
    assert home_verifier(tmp_path) is first
    copy.unlink()
    copy.write_bytes((settings.HOME / "trust.cwt").read_bytes())
    assert home_verifier(tmp_path) is not first
