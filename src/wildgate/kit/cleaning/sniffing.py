"""What a file is, by its bytes alone. A file that is two things at once, or more than it should be, is refused.

Nothing is unpacked here: an archive is told by its first bytes or by its directory at the end, and never opened.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from wildgate.kit.cleaning import structure
from wildgate.kit.cleaning.kinds import Kind

EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""The harmless file by which everybody tests virus scanners, in two parts so that none takes this file for it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is. `form` tells the format; `end` is where the picture ends; `more` are codes of what follows."""

    kind: Kind
    form: str
    end: int = 0
    more: tuple[str, ...] = ()


class Refused(ValueError):
    """The file is not taken. `code` is a key of `refusals.SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_BEGINNINGS: Final = (
    (b"PK\x03\x04", "archive"), (b"PK\x05\x06", "archive"), (b"PK\x07\x08", "archive"), (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"), (b"\xfd7zXZ\x00", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"), (b"Rar!\x1a\x07", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"), (b"\x04\x22\x4d\x18", "archive"), (b"MSCF", "archive"), (b"\x1f\x9d", "archive"),
    (b"\x1f\xa0", "archive"), (b"!<arch>", "archive"), (b"xar!", "archive"), (b"\x60\xea", "archive"),
    (b"070701", "archive"), (b"LZIP", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"), (b"{\\rtf", "office"), (b"%!PS", "office"),
    (b"\xc5\xd0\xd3\xc6", "office"),
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"\xfe\xed\xfa\xce", "program"), (b"\xfe\xed\xfa\xcf", "program"),
    (b"\xce\xfa\xed\xfe", "program"), (b"\xcf\xfa\xed\xfe", "program"), (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"), (b"\x00asm", "program"), (b"dex\n", "program"), (b"L\x00\x00\x00\x01\x14\x02\x00", "program"),
    (b"BM", "other-picture"), (b"II*\x00", "other-picture"), (b"MM\x00*", "other-picture"),
    (b"8BPS", "other-picture"), (b"\x00\x00\x00\x0cjP", "other-picture"), (b"\xff\x4f\xff\x51", "other-picture"),
    (b"\xff\x0a", "other-picture"), (b"\x00\x00\x01\x00", "other-picture"),
)
_PAGE: Final = re.compile(rb"<(?:!doctype|\?xml|\?php|(?:html|head|body|script|svg|iframe)[\s>/])", re.IGNORECASE)
"""What makes a web page, a drawing or a program of a server, wherever it stands near the beginning."""
_TAG: Final = re.compile(rb"\s*<(?:!--|(?:object|embed|math|style|title|meta|link|img|a|b|br|p|h1|div|font|table|form)"
                         rb"[\s>/])", re.IGNORECASE)
"""What a browser takes for a web page when a file begins with it."""
_ACTIVE: Final = re.compile(rb"<script[\s>]|<html[\s>]|<iframe[\s>]|<\?php\s|javascript:|%PDF-[12]\.", re.IGNORECASE)
"""Too long to be met by chance among the bytes of a picture."""
_MAIL: Final = re.compile(rb"(?im)^(?:mime-version:|content-type:\s*multipart/|from: <saved by )")
_FILM: Final = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4A ",
                          b"M4B ", b"qt  ", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"MSNV", b"dash", b"mmp4", b"XAVC"})
_SEEN: Final = 1024


def sniff(data: bytes) -> Seen:
    """Tell the file, or raise Refused."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Refused("empty")
    if EICAR in data:
        raise Refused("virus")
    for beginning, code in _BEGINNINGS:
        if data.startswith(beginning):
            raise Refused(_packed(data) if code == "archive" else code)
    if data[257:262] == b"ustar" or data[2:5] == b"-lh" or data[32769:32774] == b"CD001":
        raise Refused("archive")
    for form, tell in (("jpeg", _jpeg), ("png", _png), ("gif", _gif), ("riff", _riff), ("pdf", _pdf), ("film", _film),
                       ("ogg", _ogg)):
        if data.startswith(_MAGIC[form], 4 if form == "film" else 0):
            return tell(data)
    return _text(data)


_MAGIC: Final = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "gif": b"GIF8", "riff": b"RIFF",
                 "pdf": b"%PDF-", "film": b"ftyp", "ogg": b"OggS"}


def _packed(data: bytes) -> str:
    """An archive, an Office document or a program, by the names that stand in clear in a ZIP file."""
    names = data[:65536] + data[-65536:]
    if b"META-INF/MANIFEST.MF" in names or b"AndroidManifest.xml" in names or b"classes.dex" in names:
        return "program"
    if b"[Content_Types].xml" in names or b"mimetypeapplication/vnd.oasis" in names or b"vbaProject.bin" in names:
        return "office"
    return "archive"


def _whole(data: bytes, end: int) -> None:
    """The file ends where its format says, and is nothing else besides."""
    if end > len(data):
        raise Refused("cut-off")
    if data[end:].strip(b"\x00\r\n "):
        raise Refused("two-things")


def _alone(data: bytes) -> None:
    """No second format inside: a web page, a script, a PDF, or the directory of an archive at the end."""
    if _ACTIVE.search(data) or _zip_at_end(data):
        raise Refused("two-things")


def _zip_at_end(data: bytes) -> bool:
    """An archive may have anything in front of it: its directory's end says that it is one."""
    tail = data[-65557:]
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if len(tail) >= at + 22 and at + 22 + struct.unpack_from("<H", tail, at + 20)[0] == len(tail):
            return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _jpeg(data: bytes) -> Seen:
    end = structure.jpeg_end(data)
    if not end:
        raise Refused("cut-off")
    more: list[str] = []
    rest = end
    while data.startswith(b"\xff\xd8\xff", rest):  # phones put a second picture behind the first
        following = structure.jpeg_end(data, rest)
        if not following:
            raise Refused("two-things")
        rest, more = following, [*more, "second-picture"]
    if data[rest + 4:rest + 8] == b"ftyp":  # and a short film
        rest, more = structure.film_end(data, rest), [*more, "clip"]
    _whole(data, rest)
    _alone(data)
    return Seen(Kind.PICTURE, "jpeg", end, tuple(dict.fromkeys(more)))


def _png(data: bytes) -> Seen:
    end = structure.png_end(data)
    _whole(data, end)
    _alone(data)
    return Seen(Kind.PICTURE, "png", end)


def _gif(data: bytes) -> Seen:
    if data[6:8] in (b"/*", b"//") or (data[6:7] == b"=" and data[7:8].isalnum()):  # its width reads as JavaScript
        raise Refused("two-things")
    end = structure.gif_end(data)
    _whole(data, end)
    _alone(data)
    return Seen(Kind.PICTURE, "gif", end)


def _riff(data: bytes) -> Seen:
    end = structure.riff_end(data)
    _whole(data, end)
    _alone(data)
    if data[8:12] == b"WEBP":
        return Seen(Kind.PICTURE, "webp", end)
    if data[8:12] in (b"WAVE", b"AVI "):
        return Seen(Kind.MEDIA, "riff", end)
    raise Refused("unknown")


def _pdf(data: bytes) -> Seen:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("cut-off")
    _whole(data, end + 5)
    if _PAGE.search(data[:_SEEN].split(b" obj", 1)[0]) or _zip_at_end(data):
        raise Refused("two-things")
    return Seen(Kind.PDF, "pdf", len(data))


def _film(data: bytes) -> Seen:
    if data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"):
        raise Refused("other-picture")
    if data[8:12] not in _FILM:
        raise Refused("unknown")
    _whole(data, structure.film_end(data))
    _alone(data)
    return Seen(Kind.MEDIA, "film", len(data))


def _ogg(data: bytes) -> Seen:
    _whole(data, structure.ogg_end(data))
    _alone(data)
    return Seen(Kind.MEDIA, "ogg", len(data))


def _text(data: bytes) -> Seen:
    """Plain text is what decodes as text and does not begin like a web page, a drawing or a saved mail."""
    words = decoded(data)
    start = words[:_SEEN].encode()
    if _PAGE.search(start) or _TAG.match(start):
        raise Refused("web-page")
    if _MAIL.search(start) and "multipart/" in words[:65536]:
        raise Refused("web-page")
    if _zip_at_end(data) or "%PDF-" in words[:_SEEN]:
        raise Refused("two-things")
    return Seen(Kind.TEXT, "text", len(data))


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so."""
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        words = data.decode(coding)
    except UnicodeDecodeError:
        raise Refused("unknown") from None
    if "\x00" in words:
        raise Refused("unknown")
    return words
