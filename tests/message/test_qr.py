"""A code that was printed reads back; a picture that is none, or is broken, gets one sentence."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
import zxingcpp
from PIL import Image
from tests.message.papers import text_of
from tests.message.permits import permit

from wildgate.convention.refusal import Refusal
from wildgate.message import qr


def jpeg(png: bytes, angle: int = 0) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("L").rotate(angle, expand=True, fillcolor=255).save(out, "JPEG", quality=70)
    return out.getvalue()


@pytest.mark.parametrize("lines", [1, 2, 4])
def test_a_seal_reads_back_from_its_code(lines: int) -> None:
    text = text_of(permit(lines))

    assert qr.read_image(qr.write_png(text, module=4)) == [text]


def test_the_code_is_small_enough_for_its_box() -> None:
    side = Image.open(io.BytesIO(qr.write_png(text_of(permit(4)), module=1))).width - 8

    assert side <= 105  # version 22: half a millimetre a square in 55 mm


def test_a_turned_jpeg_photograph_reads() -> None:
    text = text_of(permit())

    assert qr.read_image(jpeg(qr.write_png(text, module=6), angle=13)) == [text]


def test_one_twelfth_of_the_code_may_be_lost() -> None:
    text = text_of(permit())
    picture = Image.open(io.BytesIO(qr.write_png(text, module=6))).convert("L")
    side = picture.width // 4
    picture.paste(255, (picture.width // 2, picture.height // 2, picture.width // 2 + side, picture.height // 2 + side))
    out = io.BytesIO()
    picture.save(out, "PNG")

    assert qr.read_image(out.getvalue()) == [text]


def test_two_codes_on_one_picture_come_top_to_bottom() -> None:
    codes = [Image.open(io.BytesIO(qr.write_png(text, module=4))) for text in ("first", "second")]
    sheet = Image.new("L", (800, 900), 255)
    sheet.paste(codes[0], (300, 20))
    sheet.paste(codes[1], (20, 500))
    out = io.BytesIO()
    sheet.save(out, "PNG")

    assert qr.read_image(out.getvalue()) == ["first", "second"]


def test_a_code_on_a_transparent_ground_reads() -> None:
    code = Image.open(io.BytesIO(qr.write_png("clear", module=4))).convert("RGBA")
    code.putdata([(0, 0, 0, 255) if dot[0] == 0 else (0, 0, 0, 0) for dot in code.get_flattened_data()])
    out = io.BytesIO()
    code.save(out, "PNG")

    assert qr.read_image(out.getvalue()) == ["clear"]


def test_an_empty_picture_has_no_code() -> None:
    out = io.BytesIO()
    Image.new("L", (300, 300), 255).save(out, "PNG")

    assert qr.read_image(out.getvalue()) == []


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge() -> bytes:
    """A picture of 30,000 by 30,000 dots in a few kilobytes."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return qr.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("data", "code"), [
    (b"GIF89a....", "not-an-image"), (b"", "not-an-image"), (qr.PNG, "broken-image"),
    (qr.JPEG + b"junk", "broken-image"), (qr.write_png("whole")[:200], "broken-image"), (huge(), "image-too-large"),
], ids=["gif", "nothing", "only a head", "junk", "cut off", "bomb"])
def test_what_is_no_picture_gets_one_sentence(data: bytes, code: str) -> None:
    refused = qr.read_image(data)

    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_damaged_pictures_never_raise() -> None:
    rng, data = random.Random(7), jpeg(qr.write_png(text_of(permit()), module=3))
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(8):
            broken[rng.randrange(3, len(broken))] = rng.randrange(256)
        assert isinstance(qr.read_image(bytes(broken)), (list, Refusal))


def test_the_drawing_is_plain_svg() -> None:
    drawing = qr.write_svg("https://permits.example/verify/#123")

    assert drawing.startswith("<svg xmlns=")
    assert "script" not in drawing
    assert drawing == qr.write_svg("https://permits.example/verify/#123")


def test_a_micro_qr_code_is_no_permits_code_and_is_not_looked_for():
    small = zxingcpp.create_barcode("280386", zxingcpp.BarcodeFormat.MicroQRCode).to_image(scale=6)
    picture = Image.fromarray(small)

    assert zxingcpp.read_barcodes(picture)[0].text == "280386"
    assert qr.read_picture(picture) == []
