"""Verify beside the register: an unknown permit tells of a stolen key, and what differs is named fact by fact."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.permits.test_replacing import gone
from tests.cast import NOON, issued
from tests.desks import page_text

from wildgate.apps.permits import documents, parcel, sealing, services
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.signing import write_all
from wildgate.apps.permits.verification import verify
from wildgate.message.xml import write_v2
from wildgate.seal.text import to_digits
from wildgate.seal.verdict import Role
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def permit(cast, settings) -> Permit:
    found = issued(cast, NOON)
    write_all(found)
    sealing.publish(found.party, found.shard, NOON)
    return found


def judged(settings, data: bytes, name: str = "", role: Role = Role.PUBLIC):
    return verify(data, name, role, SOON, home=settings.HOME)


def code(permit: Permit) -> bytes:
    return to_digits(permit.seals[0]).encode()


def test_the_register_agrees_with_all_forms_of_a_permit(permit, settings):
    for form in ("pdf", "xml", "png", "txt"):
        found = judged(settings, documents.read(permit, form))

        assert found.verdict.genuine and found.differing == (), form
        assert found.entry["known"] and found.entry["state"] == "valid" and found.entry["digest"] == permit.digest


def test_a_code_by_our_key_that_the_register_does_not_know_is_a_loud_fault(permit, settings):
    thief = replace(permit.record, number="26QM009999E")
    token = sealing.seal(thief, permit.shard, permit.status_index)[0]
    for path in (settings.HOME / "status").rglob("digests/*.cwt"):
        path.unlink()

    verdict = judged(settings, to_digits(token).encode()).verdict

    assert not verdict.genuine and verdict.answer.value == "refuse"
    assert verdict.reasons[0].code == "register-unknown" and "the key may be stolen" in verdict.reasons[0].reason


def test_another_permit_under_a_known_number_is_one_too(permit, settings):
    more = replace(permit.record, lines=(replace(permit.record.lines[0], quantity=Decimal(99999)),))
    token = sealing.seal(more, permit.shard, permit.status_index)[0]
    for path in (settings.HOME / "status").rglob("digests/*.cwt"):
        path.unlink()

    assert judged(settings, to_digits(token).encode()).verdict.reasons[0].code == "register-other"


def test_the_register_knows_a_state_before_the_list_does(permit, settings, cast):
    services.cancel(actor=cast["amina"], number=permit.number, reason="Wrong species.", at=NOON)

    found = judged(settings, code(permit))

    assert (found.verdict.state, found.verdict.answer.value) == ("cancelled", "refuse")
    assert {why.code for why in found.verdict.reasons} >= {"cancelled", "register-state"}


def test_a_permit_of_goods_that_have_left_is_refused_at_export_and_nowhere_else(cast, settings):
    permit = gone(cast, NOON)
    sealing.publish(permit.party, permit.shard, NOON)

    told = {role: judged(settings, code(permit), role=role).verdict for role in (Role.EXPORT, Role.IMPORT)}

    assert told[Role.EXPORT].genuine and told[Role.EXPORT].answer.value == "refuse"
    assert told[Role.EXPORT].reasons[0].code == "left-before-issue"
    assert "left-before-issue" not in {why.code for why in told[Role.IMPORT].reasons}


def test_a_message_that_was_altered_is_told_fact_by_fact(permit, settings):
    more = replace(permit.record, lines=(replace(permit.record.lines[0], quantity=Decimal(1300)),))
    xml = write_v2(more, seal_text=documents.code_text(permit))

    found = judged(settings, xml)

    assert not found.verdict.genuine
    assert [each.as_json() for each in found.differing] == [
        {"box": "11", "what": "quantity of line 1", "register": "1200 NAR", "message": "1300 NAR"}]


def test_the_page_names_register_and_message(permit, settings, client):
    from django.core.files.uploadedfile import SimpleUploadedFile
    more = replace(permit.record, importer=replace(permit.record.importer, name="Orlo SA"))
    xml = write_v2(more, seal_text=documents.code_text(permit))

    text = page_text(client.post("/verify/", {"file": SimpleUploadedFile("p.xml", xml), "role": "public"}))

    assert "register: Quartz Leather Co" in text and "message: Orlo SA" in text


def test_the_page_tells_of_signature_and_time_stamp(permit, settings, client):
    from django.core.files.uploadedfile import SimpleUploadedFile
    pdf = SimpleUploadedFile("p.pdf", documents.read(permit, "pdf"))

    text = page_text(client.post("/verify/", {"file": pdf, "role": "public"}))

    assert "PDF: signature holds" in text and "no time stamp" in text


@pytest.mark.parametrize(("role", "answer"), [(Role.PUBLIC, "hold"), (Role.CARRIER, "hold"), (Role.IMPORT, "hold")])
def test_a_label_tells_of_its_permit_and_never_stands_for_it(permit, settings, role, answer):
    found = judged(settings, parcel.label(permit, NOON), role=role)

    assert found.verdict.facts["kind"] == "label" and found.verdict.facts["number"] == permit.number
    assert found.verdict.answer.value == answer and found.verdict.reasons[0].code == "label"
    assert f"label of permit {permit.number}" in found.verdict.reasons[0].reason


def test_the_label_of_a_lost_permit_says_so_and_names_nobody(permit, settings, cast):
    pdf = parcel.label(permit, NOON)
    services.cancel(actor=cast["amina"], number=permit.number, reason="Lost.", at=NOON)

    found = judged(settings, pdf)

    assert found.verdict.answer.value == "refuse" and found.verdict.state == "cancelled"
    assert not [name for name in ("Lacuna", "Quartz Leather") if name in json.dumps(found.verdict.facts)]
    assert parcel.label(permit, SOON) == pdf


def test_the_trader_prints_the_label_and_a_stranger_does_not(permit, desk):
    mario = desk("mario")

    assert "Label (PDF, A6)" in page_text(mario.get(f"/permits/{permit.number}/"))
    assert mario.get(f"/permits/{permit.number}/label.pdf").content.startswith(b"%PDF")
    assert desk("sam").get(f"/permits/{permit.number}/label.pdf").status_code in (403, 404)


def test_the_command_compares_with_the_register(permit, settings, capsys, tmp_path):
    more = replace(permit.record, lines=(replace(permit.record.lines[0], quantity=Decimal(1300)),))
    file = tmp_path / "permit.xml"
    file.write_bytes(write_v2(more, seal_text=documents.code_text(permit)))
    home = ["--home", str(settings.HOME)]
    (settings.HOME / "wildgate.sqlite3").touch()

    assert main(["verify", str(file), *home]) == 1
    assert "box 11, quantity of line 1: register 1200 NAR; message 1300 NAR" in capsys.readouterr().out
    assert main(["verify", str(file), "--json", *home]) == 1
    told = json.loads(capsys.readouterr().out)["register"]
    assert told["known"] and told["differs"][0]["message"] == "1300 NAR"
