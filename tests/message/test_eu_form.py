"""The Union's forms: each box is filled from the record and read back from the PDF at its place, on all five forms."""

from __future__ import annotations

from decimal import Decimal

import pypdfium2
import pytest
from tests.message.papers import BASE, seals
from tests.message.permits import MARIO, QUARTZ, line, permit, re_export

from wildgate.convention.vocabulary import Appendix, DocumentKind, Source
from wildgate.message.eu_form import BOXES, FIRST_AT, FORMS, SPECIMEN, STEP, Box, location, net_mass, write_eu_pdf
from wildgate.message.qr import read_picture
from wildgate.seal.text import to_url

POINTS = 72 / 25.4
A4 = 297.0


def read_back(page: pypdfium2.PdfPage, box: Box, down: float = 0.0) -> str:
    """The words inside a box of a page."""
    top, left = box.y + down, box.x
    words = page.get_textpage().get_text_bounded(
        left=left * POINTS, right=(left + box.width) * POINTS, top=(A4 - top) * POINTS,
        bottom=(A4 - top - box.height) * POINTS)
    return " ".join(words.split())


FILLED = {
    "1": "Mario Ferro, Lacuna Hides Ltd 12 Harbour Road Port Lacuna 4001 QM Demoland", "2": "2 September 2027",
    "3": "Quartz Leather GmbH Bergstrasse 7 8001 Quartzstadt QZ Quartzland", "4": "QM Demoland", "5": "QZ Quartzland",
    "6": "—", "7": "Demoland Wildlife Authority 1 Convention Square Lacuna QM Demoland",
    "8": "SKI skin Belly skins, salted Marks: QM 2027 CNG 000001-001200 Operation A-PG-501", "9": "—",
    "10": "1200 number of specimens", "11": "II", "12": "B", "13": "I/W", "14": "T Commercial",
    "15": "PG Papua New Guinea", "16": "PG-2026-000123", "17": "4 May 2026", "18": "SG Singapore", "19": "SG26RX0009",
    "20": "30 November 2026", "21": "Crocodylus novaeguineae", "22": "New Guinea crocodile",
    "23": "Valid only if transport meets the IATA regulations. Tags must stay on the skins. "
          "Further specimens: 1, on the continuation sheets. Replaces 27QM000044DL.",
    "24": "[ ] have been surrendered to the issuing authority",
    "25": "Bo Osei Lacuna, 3 March 2027 Security stamp QM 0004711", "26": "AWB 176-12345675",
    "27": "Form 3 goes back to the Management Authority, the original to the re-exporter.",
}
FURTHER = {"8": "SKI skin Belly skins, salted Acquired 1 July 1969", "9": "12.125", "10": "12.125 kilogram", "11": "II",
           "12": "", "13": "O", "14": "T Commercial", "15": "XX Unknown", "16": "—", "17": "—", "18": "—", "19": "—",
           "20": "—", "21": "Crocodylus novaeguineae", "22": "New Guinea crocodile"}


def test_every_box_is_read_back_at_its_place_on_all_five_forms():
    record = re_export()
    data = write_eu_pdf(record, seals(record), base_url=BASE, annexes={"A": "B"})

    assert {box.number for box in BOXES} == set(FILLED) == {str(number) for number in range(1, 28)}
    assert {box.number for box in SPECIMEN} == set(FURTHER)
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == 2 * len(FORMS)
        for form in FORMS:
            first, further = document[2 * form - 2], document[2 * form - 1]
            for box in BOXES:
                assert read_back(first, box).startswith(f"{box.number} {box.words} {FILLED[box.number]}"), (form, box)
            for box in SPECIMEN:
                told = f"{box.number} {box.words} {FURTHER[box.number]}".strip()
                assert read_back(further, box, FIRST_AT) == told, (form, box)
            words = " ".join(first.get_textpage().get_text_range().split())
            assert f"Form {form}: {FORMS[form][0]}" in words
            assert "Annex not on record (box 12 left open): specimen B." in words


def test_further_specimens_stand_with_the_code_of_their_own_page():
    record = permit(6)
    tokens = seals(record)

    data = write_eu_pdf(record, tokens, base_url=BASE, forms=(1,))

    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == 3
        codes = [read_picture(document[at].render(scale=2.2).to_pil()) for at in range(3)]
        assert codes == [[to_url(BASE, tokens[0])], [to_url(BASE, tokens[0])], [to_url(BASE, tokens[1])]]
        for page, blocks in ((1, "BCD"), (2, "EF")):
            words = document[page].get_textpage().get_text_range()
            assert [letter for letter in "ABCDEFG" if f"Specimen {letter}" in words] == list(blocks)
            last = read_back(document[page], SPECIMEN[0], FIRST_AT + (len(blocks) - 1) * STEP)
            assert last.startswith("8 Description of specimens SKI skin")


@pytest.mark.parametrize(("kind", "tick", "told"), [
    (DocumentKind.IMPORT_PERMIT, "IMPORT", "form 2 to the importer"),
    (DocumentKind.EXPORT_PERMIT, "EXPORT", "original to the exporter"),
    (DocumentKind.OWNERSHIP, "OTHER", "As the special conditions say")])
def test_the_kind_is_ticked_and_says_which_form_goes_where(kind, tick, told):
    record = permit(kind=kind)

    data = write_eu_pdf(record, seals(record), base_url=BASE, forms=(1,))

    with pypdfium2.PdfDocument(data) as document:
        words = " ".join(document[0].get_textpage().get_text_range().split())
        assert told in words
        assert f"× {tick}" in words.replace("×", "× ").replace("  ", " ")


def test_box_6_is_for_live_wild_animals_of_annex_a_that_come_in():
    gorilla = line(taxon="Gorilla gorilla", term="LIV", source=Source.WILD, appendix=Appendix.I)
    record = permit(kind=DocumentKind.IMPORT_PERMIT, lines=(gorilla,))

    assert location(record, {"A": "A"}) == QUARTZ.address
    assert location(record, {"A": "B"}) == "—"
    assert location(permit(lines=(gorilla,), importer=MARIO), {"A": "A"}) == "—"


@pytest.mark.parametrize(("quantity", "unit", "kilograms"), [
    ("1200", "NAR", ""), ("12.125", "KGM", "12.125"), ("250", "GRM", "0.25"), ("3", "BOX", "")])
def test_the_net_mass_is_in_kilograms(quantity, unit, kilograms):
    assert net_mass(line(quantity=Decimal(quantity), unit=unit)) == kilograms


def test_a_text_too_long_for_its_box_stands_in_full_at_the_end():
    words = " ".join(f"w{number:04d}" for number in range(400))
    record = permit(special_conditions=words)

    data = write_eu_pdf(record, seals(record), base_url=BASE, forms=(1,))

    with pypdfium2.PdfDocument(data) as document:
        box = next(box for box in BOXES if box.number == "23")
        assert "in full on the last page" in read_back(document[0], box)
        rest = " ".join(page.get_textpage().get_text_range() for page in document)
        assert "w0399" in rest


def test_seals_and_pages_agree():
    record = permit(5)
    with pytest.raises(ValueError, match="2 pages but 1 seals"):
        write_eu_pdf(record, seals(record)[:1], base_url=BASE)
