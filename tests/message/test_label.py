"""Labels and stamp pages: every code is read from the rendered page at 150 dots an inch, and the words are there."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pypdfium2
import pytest
from tests.seal.world import CUSTOMS, token

from wildgate.message import qr
from wildgate.message.label import Label, write_label, write_stamp_page
from wildgate.seal.endorsement import Endorsement, Stage
from wildgate.seal.text import to_url
from wildgate.seal.token import permit_digest, seal_endorsement

BASE = "https://permits.demoland.example/verify/"
AT = datetime(2027, 3, 4, 9, 30, tzinfo=UTC)


def label(turn: int = 0, lines: int = 1, **changed: object) -> Label:
    amounts = tuple(Decimal(1150 + place) for place in range(lines))
    sealed = seal_endorsement(Endorsement(
        "QM", "QM-E-2027-00031", permit_digest(token()), Stage.EXPORT, "QMKV2", amounts, AT,
        f"020-445566{70 + turn}", 12, bytes(32) if turn > 1 else None), CUSTOMS)
    facts = {"moved": tuple(("ABCDEFGHIJ"[place], amount, "KGM" if place else "NAR")
                            for place, amount in enumerate(amounts)), **changed}
    return Label("QM", "QM-E-2027-00031", "import" if turn and turn % 2 == 0 else "export", "Kivu-2", AT,
                 "020-44556677", token=sealed, digest=permit_digest(sealed), packages=12, turn=turn, **facts)


def rendered(data: bytes, dots: int = 150) -> tuple[list[str], list[str], tuple[float, float]]:
    """The texts of the codes, the words of the pages, and the size of the first page in millimetres."""
    with pypdfium2.PdfDocument(data) as document:
        found = [code for page in document for code in qr.read_picture(page.render(scale=dots / 72).to_pil())]
        words = [page.get_textpage().get_text_range() for page in document]
        width, height = document[0].get_size()
    return found, words, (round(width / 72 * 25.4), round(height / 72 * 25.4))


@pytest.mark.parametrize("lines", [1, 4, 10])
def test_a_label_is_read_from_its_print(lines):
    one = label(lines=lines)

    codes, [words], size = rendered(write_label(one, base_url=BASE))

    assert codes == [to_url(BASE, one.token)]
    assert size == (105, 74)
    for said in ("EXPORT ENDORSED", "QM-E-2027-00031", "Kivu-2", "4 March 2027", "020-44556677", "A 1150", "12"):
        assert said in " ".join(words.split()), said
    assert ("and 4 more" in words) == (lines == 10)


def test_a_long_station_does_not_push_the_code_off_the_label():
    one = label()
    long = Label(**{name: getattr(one, name) for name in Label.__slots__} | {
        "station": "Poste de douane de la Nouvelle-Zemblelande orientale, quai 4", "transport_document": "W" * 48})

    codes, pages, _ = rendered(write_label(long, base_url=BASE))

    assert (len(codes), len(pages)) == (1, 1)


def test_a_stamp_page_carries_each_crossing_with_its_code():
    crossings = [label(turn) for turn in range(1, 8)]

    codes, pages, _ = rendered(write_stamp_page(crossings, base_url=BASE))

    assert codes == [to_url(BASE, each.token) for each in crossings]
    assert len(pages) == 2
    assert "OUT" in pages[0]


def test_no_crossing_no_page():
    with pytest.raises(ValueError, match="at least one"):
        write_stamp_page([], base_url=BASE)
