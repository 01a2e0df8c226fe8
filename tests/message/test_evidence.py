"""A file handed over as a permit is opened by what it is, and all its forms must tell the same story."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
from tests.message.papers import AT, BASE, certificate, paper, pin, seals, text_of, verifier
from tests.message.permits import QUARTZ, line, permit, re_export

from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal
from wildgate.message.evidence import Evidence, examine
from wildgate.message.judgement import Judgement, judge
from wildgate.message.pdf import write_pdf
from wildgate.message.qr import write_png
from wildgate.message.signature import sign_pdf
from wildgate.message.xml import write_v2
from wildgate.seal.status import State
from wildgate.seal.text import from_text
from wildgate.seal.verdict import Answer, Role, Verifier


def opened(data: bytes, name: str = "") -> Evidence:
    found = examine(data, name, pins=[pin()])
    assert isinstance(found, Evidence), found
    return found


def judged(data: bytes, by: Verifier | None = None, role: Role = Role.PUBLIC) -> Judgement:
    found = judge(opened(data), by or verifier(pins=[pin()]), role, AT)
    assert isinstance(found, Judgement), found
    return found


def xml_of(record: PermitRecord, sealed: PermitRecord | None = None) -> bytes:
    return write_v2(record, text_of(sealed or record))


FORMS = {
    "text": lambda record: text_of(record).encode(),
    "png": lambda record: write_png(text_of(record)),
    "xml": xml_of,
    "pdf": paper,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_permit_is_accepted(form: str) -> None:
    found = judged(FORMS[form](permit()))

    assert (found.verdict.genuine, found.verdict.state, found.verdict.answer) == (True, "valid", Answer.ACCEPT)
    assert found.faults == ()
    assert found.verdict.facts["number"] == "27QM000045DL"


@pytest.mark.parametrize("form", ["text", "xml", "pdf"])
def test_all_three_pages_are_read_together(form: str) -> None:
    found = judged(FORMS[form](permit(11)))

    assert found.verdict.answer is Answer.ACCEPT, found
    assert len(found.verdict.facts["lines"]) == 11
    assert "scan-every-page" not in {why.code for why in found.verdict.reasons}


def test_a_page_shown_twice_counts_once_and_a_text_may_be_in_utf_16() -> None:
    twice = "\n".join([text_of(permit(11))] * 2)

    for data in (twice.encode(), twice.encode("utf-16")):
        assert len(judged(data).verdict.facts["lines"]) == 11


def test_paper_message_and_code_carry_one_digest() -> None:
    record = re_export()
    evidence = opened(paper(record))

    assert evidence.record == record
    assert judged(paper(record)).verdict.facts["record_digest"] == record.digest.hex()
    assert [from_text(text) for text in opened(xml_of(record)).texts] == [from_text(text) for text in evidence.texts]


@pytest.mark.parametrize(("change", "box"), [
    ({"lines": (line(quantity=Decimal("12000")),)}, "11"), ({"lines": (line(taxon="Crocodylus porosus"),)}, "7"),
    ({"lines": (line(term="LIV"),)}, "9"), ({"importer": replace(QUARTZ, name="Other Ltd")}, "3"),
    ({"valid_until": permit().valid_until + timedelta(days=1)}, "2"), ({"number": "27QM000046DL"}, "1"),
    ({"security_stamp": "QM 0004712"}, "5b"), ({"lines": (line(), line("B"))}, "7"),
    ({"importer": replace(QUARTZ, address="Another street")}, ""), ({"special_conditions": ""}, ""),
])
def test_a_message_that_says_else_than_its_seal_is_refused_by_box(change: dict[str, object], box: str) -> None:
    forged = replace(permit(), **change)
    found = judged(write_v2(forged, text_of(permit())))

    assert (found.verdict.genuine, found.verdict.answer) == (False, Answer.REFUSE)
    assert box in {fault.box for fault in found.faults}


def test_a_flipped_byte_in_the_message_is_refused() -> None:
    data = xml_of(permit())
    seal = data.index(b"<ram:Statement>")
    for at in [*range(0, len(data), 131), *range(seal, seal + 60, 3), len(data) - 1]:
        found = examine(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], "permit.xml")
        if isinstance(found, Refusal):
            continue
        outcome = judge(found, verifier(), Role.PUBLIC, AT)
        assert isinstance(outcome, Refusal) or outcome.verdict.answer is Answer.REFUSE, (at, outcome)


@pytest.mark.parametrize("cut", ["27QM000045DL", "Crocodylus novaeguineae", ">1200<", ">E<"])
def test_a_message_from_which_a_fact_was_taken_away_is_refused(cut: str) -> None:
    data = xml_of(permit()).decode()
    assert cut in data
    found = judged(data.replace(cut, "><" if cut.startswith(">") else "").encode())

    assert found.verdict.answer is Answer.REFUSE
    assert found.faults


def test_four_threads_read_pdfs_at_once() -> None:
    with ThreadPoolExecutor(4) as desk:
        answers = list(desk.map(lambda data: judged(data).verdict.answer, [paper(permit())] * 4))

    assert answers == [Answer.ACCEPT] * 4


def test_a_pdf_signed_by_a_stranger_is_held() -> None:
    record = permit()
    key, mine = certificate("Stranger")
    data = sign_pdf(write_pdf(record, seals(record), base_url=BASE, xml=xml_of(record)), key, [mine])

    assert judged(data).verdict.answer is Answer.HOLD


def test_a_flipped_digit_is_refused() -> None:
    text, rng = text_of(permit()), random.Random(3)
    start = text.index("#") + 1
    for at in rng.sample(range(start, len(text)), 60):
        changed = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1:]
        assert judged(changed.encode()).verdict.genuine is False


def test_a_flipped_byte_in_the_pdf_is_never_accepted() -> None:
    data = paper(permit())
    places = (b"%PDF-", b"/Contents", b"/StructParents", b"stream\n", b"/EmbeddedFile", b"/Marked", b"/ByteRange",
              b"xref")
    for at in [*(data.index(place) + 3 for place in places), *range(0, len(data), len(data) // 16), len(data) - 9]:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        found = examine(changed, "permit.pdf", pins=[pin()])
        if isinstance(found, Refusal):
            continue
        outcome = judge(found, verifier(pins=[pin()]), Role.PUBLIC, AT)
        assert isinstance(outcome, Refusal) or outcome.verdict.answer is not Answer.ACCEPT, at


@pytest.mark.parametrize("number", [b".   ", b"+-. ", b"1e9 ", b"(   "])
def test_a_number_that_is_none_in_the_pdf_is_never_accepted(number: bytes) -> None:
    data = paper(permit())
    assert b"/Marked true" in data
    found = examine(data.replace(b"/Marked true", b"/Marked " + number), "permit.pdf", pins=[pin()])
    outcome = found if isinstance(found, Refusal) else judge(found, verifier(pins=[pin()]), Role.PUBLIC, AT)

    assert isinstance(outcome, Refusal) or outcome.verdict.answer is not Answer.ACCEPT


def test_a_pdf_printed_with_other_values_than_its_seal_is_refused() -> None:
    forged = permit(1, lines=(line(quantity=Decimal("9000")),))
    data = write_pdf(forged, seals(permit()), base_url=BASE, xml=xml_of(permit()))
    found = judged(data)

    assert found.verdict.answer is Answer.REFUSE
    assert "11" in {fault.box for fault in found.faults}


def test_an_unsigned_copy_of_a_signed_pdf_is_held() -> None:
    record = permit()
    data = write_pdf(record, seals(record), base_url=BASE, xml=xml_of(record))

    found = judged(data)
    assert (found.verdict.genuine, found.verdict.answer) == (True, Answer.HOLD)
    assert "document-signature" in {why.code for why in found.verdict.reasons}
    assert judged(data, verifier()).verdict.answer is Answer.ACCEPT


def test_a_pdf_with_another_permits_message_is_refused() -> None:
    data = write_pdf(permit(), seals(permit()), base_url=BASE, xml=xml_of(re_export()))

    assert judged(data).verdict.answer is Answer.REFUSE


def test_a_missing_page_is_named() -> None:
    record = permit(5)
    data = write_v2(record, text_of(record).splitlines()[0])

    assert any("page 2 is missing" in fault.sentence for fault in judged(data).faults)


def test_the_role_decides() -> None:
    data = FORMS["png"](permit())

    assert judged(data, role=Role.EXPORT).verdict.answer is Answer.ACCEPT
    assert judged(data, role=Role.IMPORT).verdict.answer is Answer.HOLD
    assert judged(data, verifier([State.CANCELLED])).verdict.answer is Answer.REFUSE


def png_of_nothing() -> bytes:
    from PIL import Image
    out = io.BytesIO()
    Image.new("L", (200, 200), 255).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("written", [png_of_nothing, lambda: write_v2(permit())], ids=["png", "xml"])
def test_a_file_without_a_code_cannot_be_judged(written: Callable[[], bytes]) -> None:
    refused = judge(opened(written()), verifier(), Role.PUBLIC, AT)

    assert isinstance(refused, Refusal)
    assert refused.code == "no-code"


def test_a_code_of_something_else_is_not_genuine() -> None:
    found = judged(write_png("https://example.com/menu"))

    assert found.verdict.genuine is False
    assert found.verdict.reasons[0].code == "not-a-permit-code"


@pytest.mark.parametrize(("data", "name", "code"), [
    (lambda: paper(permit()), "scan.png", "mismatched-name"),
    (lambda: write_png("x"), "permit.pdf", "mismatched-name"),
    (b"plain", "permit.xml", "mismatched-name"), (b"", "permit.png", "empty-file"),
    (b"%PDF-1.7 and no more", "permit.pdf", "broken-pdf"), (b"\x00\x01\x02", "permit.bin", "unknown-file"),
    (b"GIF89a\x00\x01", "a.gif", "unknown-file"), (b"x" * 70_000, "a.txt", "too-large"),
    (lambda: b"%PDF-" + b"0" * 20_000_001, "a.pdf", "too-large"), (b"<html></html>", "", "not-a-permit-message"),
    (b"<!DOCTYPE a><a/>", "a.xml", "document-type"), (b"\xff\xd8\xff\xe0junk", "a.jpg", "broken-image"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_file_gets_one_sentence(data: bytes | Callable[[], bytes], name: str, code: str) -> None:
    refused = examine(data() if callable(data) else data, name)

    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.reason.endswith(".")


def test_a_misnamed_file_is_told_what_it_is() -> None:
    refused = examine(paper(permit()), "scan.png")

    assert isinstance(refused, Refusal)
    assert refused.reason == "This file is named .png but it is a PDF; rename it or choose the right file."


def blank(pages: int, side: float) -> bytes:
    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as book:
        for _ in range(pages):
            book.new_page(side, side)
        book.save(out)
    return out.getvalue()


def test_a_book_of_pages_is_not_rendered() -> None:
    refused = examine(blank(31, 200), "book.pdf")

    assert isinstance(refused, Refusal)
    assert refused.code == "too-many-pages"


def test_a_giant_page_is_rendered_small() -> None:
    assert opened(blank(1, 14_000)).texts == ()


def test_an_address_broken_over_lines_is_put_together() -> None:
    text = text_of(permit())
    wrapped = "\n".join(text[at:at + 70] for at in range(0, len(text), 70))

    assert judged(wrapped.encode()).verdict.genuine


def test_a_certificate_of_somebody_else_does_not_vouch() -> None:
    found = examine(paper(permit()), "permit.pdf", [certificate("Somebody else")[1]])

    assert isinstance(found, Evidence)
    assert found.signature is not None
    assert not found.signature.sound
