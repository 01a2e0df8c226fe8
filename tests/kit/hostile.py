"""Files as strangers send them, good and bad, all made here: none of them is kept in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


def picture(form: str, size: tuple[int, int] = (64, 48), colour: str = "teal", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def camera_picture(size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG that says where it was taken, with a thumbnail, a comment, XMP and a note of its camera's number."""
    exif = Image.Exif()
    exif[0x010F], exif[0xC62F] = "Kamera", "SERIAL-4711"
    exif[0x0112] = 6  # lies on its side
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (47.0, 22.0, 30.0), "E", (8.0, 33.0, 1.0)
    thumbnail = picture("JPEG", (16, 12), "red")
    return picture("JPEG", size, exif=exif.tobytes() + thumbnail, comment=b"taken by Mario",
                   xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>Mario</creator></x:xmpmeta>")


def zip_of(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def zip_bomb() -> bytes:
    """Four archives deep; the innermost unpacks to a thousand times its size."""
    data = b"\0" * 5_000_000
    for depth in range(4):
        data = zip_of(**{f"level{depth}": data})
    return data


def macro_document() -> bytes:
    return zip_of(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<w/>",
                     "word__vbaProject.bin": b"\xd0\xcf\x11\xe0 AutoOpen Shell"})


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and carries a line of it."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b""))


def gif_script() -> bytes:
    """A picture for a browser's <img>, a program for its <script>."""
    return b"GIF89a/*\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00" + b"\x3b*/=1;alert(document.cookie)//"


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
                 % (len(objects) + 1, trailer, start))


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (more, len(data), data)


def acting_pdf(pages: int = 1) -> bytes:
    """Pages that say hello, with a script that runs on opening, a link and a program attached."""
    kids = b" ".join(b"%d 0 R" % (10 + at) for at in range(pages))
    page = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>"
            b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://example.org/)>>>>]>>")
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R/Names<</JavaScript<</Names[(go) 5 0 R]>>"
        b"/EmbeddedFiles<</Names[(run.exe) 6 0 R]>>>>>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages), stream(b"BT /F 24 Tf 20 100 Td (HELLO) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
        b"<</Type/Filespec/F(run.exe)/EF<</F 7 0 R>>>>", stream(b"MZ program", b"/Type/EmbeddedFile"),
        b"<</Author(Mario)>>", b"null", *[page] * pages])


def endless_pdf() -> bytes:
    """A hundred thousand pages out of a few hundred bytes: each level of the tree names the one below ten times."""
    levels = [b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join([b"%d 0 R" % (3 + at)] * 10), 10 ** (5 - at))
              for at in range(5)]
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", *levels, b"<</Type/Page/MediaBox[0 0 300 200]>>"])
