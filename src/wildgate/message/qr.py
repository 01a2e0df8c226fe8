"""QR codes: print the text of a seal, and read the codes in a picture (ISO/IEC 18004, level Q)."""

from __future__ import annotations

import io
import re
import struct
import zlib
from functools import lru_cache
from typing import Any

import zxingcpp
from PIL import Image

from wildgate.convention.refusal import Refusal, refuse

LEVEL = "Q"
MAX_PIXELS = 40_000_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MAX_TEXT = 2_000
QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
"""Not its small relatives: a Micro QR code checks so little of itself that a reader finds one in any dense page."""
DARK = re.compile(rb"\x00+")


def write_png(text: str, module: int = 8) -> bytes:
    """A black and white PNG, `module` pixels a square, with its quiet zone. Digits behind an address pack tightly.

    Written here: Pillow weighs five filters for every row, and no filter is best for squares.
    """
    squares = _code(text).to_image(scale=1)
    height, width = squares.shape
    dots = Image.frombuffer("L", (width, height), bytes(squares), "raw", "L", 0, 1).convert("1")
    wide = dots.resize((width * module, height), Image.Resampling.NEAREST).tobytes()
    row = (width * module + 7) // 8
    rows = b"".join((b"\0" + wide[at:at + row]) * module for at in range(0, len(wide), row))
    head = struct.pack(">IIBBBBB", width * module, height * module, 1, 0, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 4)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def write_svg(text: str) -> str:
    """The same code as a drawing that scales, with its quiet zone."""
    rows = _code(text).to_image(scale=1)
    height, width = rows.shape
    dots = bytes(rows)
    path = "".join(f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
                   for y in range(height) for run in DARK.finditer(dots[y * width:(y + 1) * width]))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{width}v{height}h-{width}z"/><path d="{path}"/></svg>')


def read_image(data: bytes) -> list[str] | Refusal:
    """Texts of all QR codes in a PNG or JPEG, top to bottom; an empty list when there is none."""
    kind = sniff_image(data)
    if kind is None:
        return refuse("not-an-image", "The file is neither a PNG nor a JPEG picture; choose one of these.")
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return _too_large()
            flat = _on_white(picture)
    except Image.DecompressionBombError:
        return _too_large()
    except Exception:  # noqa: BLE001  (whatever a decoder of a hostile picture runs into means the same)
        return refuse("broken-image", "The picture is damaged or incomplete; save or photograph it again.")
    return read_picture(flat)


def read_picture(picture: Image.Image) -> list[str]:
    """Texts of all QR codes in an opened picture, top to bottom."""
    found = zxingcpp.read_barcodes(picture, formats=QR_CODES)
    ordered = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return list(dict.fromkeys(code.text for code in ordered))


def sniff_image(data: bytes) -> str | None:
    """`PNG` or `JPEG` by the first bytes, never by the name."""
    return "PNG" if data.startswith(PNG) else "JPEG" if data.startswith(JPEG) else None


def _too_large() -> Refusal:
    return refuse("image-too-large", "The picture has more than %(limit)s million pixels; make a smaller one.",
                  limit=MAX_PIXELS // 1_000_000)


@lru_cache(maxsize=4)
def _code(text: str) -> Any:
    """Kept for a moment: the same code is printed on the form and written as a picture."""
    if not 0 < len(text) <= MAX_TEXT:
        raise ValueError(f"A QR code holds 1 to {MAX_TEXT} characters here, not {len(text)}.")
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=LEVEL)


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey on white: transparent backgrounds would otherwise turn black."""
    if picture.mode in {"RGBA", "LA", "PA", "P"}:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("L")
    return picture.convert("L")
