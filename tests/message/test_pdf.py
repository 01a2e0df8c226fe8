"""The printed form shows every box, loses nothing, carries its message, and no byte of it can be changed unseen."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache

import pypdfium2
import pytest
import typst
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.message.papers import AT, BASE, certificate, paper, pin, seals, text_of
from tests.message.permits import line, permit, re_export

from wildgate.convention.permit import Address, PermitRecord
from wildgate.message import pdf
from wildgate.message.pdf import Unprintable, undrawable, write_pdf
from wildgate.message.qr import read_picture
from wildgate.message.signature import BYTE_RANGE, check_pdf
from wildgate.message.xml import write_v2

LABELS = ("1 PERMIT/CERTIFICATE No.", "2 Valid until", "3 Importer", "3a Country of import", "4 Exporter/re-exporter",
          "5 Special conditions", "5a Purpose", "5b Security stamp No.", "6 Name, address, national seal/stamp",
          "7 Scientific name", "8 Common name", "9 Description", "10 Appendix and source", "11 Quantity",
          "11a Total exported/", "12 Country of origin", "12a Country of last re-export", "12b No. of operation",
          "13 This permit is issued by", "14 Export endorsement", "15 Bill of lading/air waybill")


def pdf_of(record: PermitRecord) -> bytes:
    return write_pdf(record, seals(record), base_url=BASE, xml=write_v2(record, text_of(record)))


def words_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def codes_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [text for page in document for text in read_picture(page.render(scale=2).to_pil())]


def test_every_box_and_its_value_is_printed() -> None:
    record = re_export()
    words = words_of(pdf_of(record))

    for label in LABELS:
        assert label in words, label
    for value in ("CITES", "CONVENTION ON INTERNATIONAL TRADE IN ENDANGERED SPECIES OF WILD FAUNA AND FLORA",
                  "27QM000045DL", "2 September 2027", "Quartz Leather GmbH", "Mario Ferro, Lacuna Hides Ltd",
                  "T Commercial", "QM 0004711", "Demoland Wildlife Authority", "Crocodylus novaeguineae",
                  "New Guinea crocodile", "SKI skin", "II I/W", "1200 NAR", "1200 / 5000",
                  "PG-2026-000123 · 4 May 2026", "SG26RX0009 · 30 November 2026", "A-PG-501", "1 July 1969",
                  "12.125 KGM", "Lacuna", "3 March 2027",
                  "Bo Osei", "AWB 176-12345675", "Replaces 27QM000044DL", "ISSUED / VALID", "Page 1 of 1"):
        assert value in words, value
    assert words.count("not used") == 2


@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (4, 1), (5, 2), (11, 3)])
def test_more_than_four_lines_go_to_annex_pages_each_with_its_own_seal(lines: int, pages: int) -> None:
    record = permit(lines)
    data = pdf_of(record)

    assert codes_of(data) == text_of(record).splitlines()
    words = words_of(data)
    assert f"Page {pages} of {pages}" in words
    assert words.count("Crocodylus novaeguineae") == lines
    assert words.count("27QM000045DL") >= 2 * pages


def test_a_long_text_continues_on_its_own_sheet_and_nothing_is_lost() -> None:
    conditions = " ".join(f"Condition {number} holds." for number in range(400))
    marks = tuple(f"QM 2027 CNG {number:06d}" for number in range(80))
    address = "x" * 300
    record = permit(1, special_conditions=conditions, importer=Address("Importer " * 60, address, "QZ"),
                    lines=(line(marks=marks, quantity=Decimal("123456789012.123456")),))
    words = words_of(pdf_of(record))

    assert "CONTINUATION SHEET" in words
    assert conditions in words
    assert all(f"{number:06d}" in words for number in range(80))
    assert "123456789012.123456 NAR" in words
    assert words.replace(" ", "").replace("\u200b", "").count("x" * 300) == 1


@pytest.mark.parametrize("name", ["شركة الجلود", "上海石英皮革有限公司", "Ещё один", "Łódź Ñandú",
                                  "#set page(fill: red)", "$x^2$ *bold* \\ \" [content]", "<script>"])
def test_any_name_can_be_printed_and_none_is_a_command(name: str) -> None:
    words = words_of(pdf_of(permit(1, exporter=Address(name, "Street", "QM"))))

    if name.isascii():
        assert " ".join(name.split()) in words
    assert "Street" in words


def test_a_letter_without_a_font_is_refused_by_name_and_never_printed_as_a_box() -> None:
    odd = permit(1, importer=Address("Quartz \uf8ff GmbH", "Street", "QM"))
    refused = undrawable(odd)

    assert refused and refused.code == "no-letter" and "Box 3 holds U+F8FF" in refused.reason
    with pytest.raises(Unprintable) as fault:
        pdf_of(odd)
    assert fault.value.letters == "\uf8ff"


def test_letters_that_no_font_here_draws_name_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "machine_fonts", cache(lambda: typst.Fonts(include_system_fonts=False)))
    monkeypatch.setattr(pdf, "_drawn", set())

    for name, package in (("上海石英", "fonts-droid-fallback"), ("ไทย", "fonts-noto-core"), ("한국", "fonts-nanum"),
                          ("𠮷", "fonts-noto-cjk")):
        refused = undrawable(permit(1, exporter=Address(name, "Street", "QM")))
        assert refused, name
        assert refused.code == "no-font"
        assert refused.values["package"] == package and refused.values["box"] == "4"
        assert name[0] in refused.reason
    assert undrawable(permit(4)) is None


def test_four_lines_with_an_arabic_exporter_and_a_chinese_importer_are_printed_letter_by_letter() -> None:
    arabic, chinese = "شركة الجلود الشرقية", "上海石英皮革有限公司"
    record = permit(4, exporter=Address(arabic, "١٢ شارع الميناء", "EG"), importer=Address(chinese, "世纪大道", "CN"))
    words = words_of(pdf_of(record))

    assert undrawable(record) is None
    assert chinese in words and "世纪大道" in words
    assert arabic in words and "١٢ شارع الميناء" in words


def test_the_message_is_attached_byte_for_byte() -> None:
    record = permit()
    with pypdfium2.PdfDocument(pdf_of(record)) as document:
        attachment = document.get_attachment(0)
        assert attachment.get_name() == "permit.xml"
        assert bytes(attachment.get_data()) == write_v2(record, text_of(record))
    assert b"/AFRelationship /Source" in pdf_of(record) or b"/AFRelationship/Source" in pdf_of(record)


def test_the_same_permit_gives_the_same_bytes() -> None:
    assert pdf_of(permit()) == pdf_of(permit())


def test_tokens_and_pages_must_agree() -> None:
    with pytest.raises(ValueError, match="2 pages but 1 seals"):
        write_pdf(permit(5), seals(permit(5))[:1], base_url=BASE, xml=b"")


def test_the_authority_signs_and_a_pin_or_a_certificate_vouches() -> None:
    data, mine = paper(permit()), certificate()[1]

    assert check_pdf(data, [mine]).sound
    assert check_pdf(data, [], pins=[pin()]).sound
    assert check_pdf(data, [mine]).signer == "Demoland Wildlife Authority"
    assert not check_pdf(data, [certificate("Somebody else")[1]]).sound
    assert not check_pdf(data, []).sound
    assert not check_pdf(pdf_of(permit()), [mine]).signed


def test_no_flipped_bit_passes() -> None:
    data, mine = paper(permit()), certificate()[1]
    positions = [*range(0, len(data), len(data) // 30), *range(data.index(b"/ByteRange"), len(data), 1999)]
    for at in positions:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        assert not check_pdf(changed, [mine]).sound, at


def test_the_unsigned_hole_of_the_signature_has_one_spelling() -> None:
    data, mine = paper(permit()), certificate()[1]
    _, start, end = (int(number) for number in BYTE_RANGE.search(data).groups())
    padding = end - 20
    letter = next(at for at in range(start + 1, padding) if data[at:at + 1].isalpha())

    assert not check_pdf(data[:padding] + b"1" + data[padding + 1:], [mine]).sound
    assert not check_pdf(data[:letter] + data[letter:letter + 1].swapcase() + data[letter + 1:], [mine]).sound


def test_additions_after_the_signature_are_refused() -> None:
    data, mine = paper(permit()), certificate()[1]
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)

    assert not check_pdf(out.getvalue(), [mine]).sound
    assert not check_pdf(data + b"\n% a remark\n", [mine]).sound
    assert not check_pdf(data[:-40], [mine]).sound


def test_what_is_no_pdf_is_not_sound() -> None:
    assert not check_pdf(b"%PDF-1.7 nothing more", [certificate()[1]], at=AT).sound
