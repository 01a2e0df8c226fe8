"""What somebody hands over as a permit: a picture, a PDF, a message or a text. Opened, and what it says gathered."""

from __future__ import annotations

import codecs
import math
import re
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

import pypdfium2

from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say, whole
from wildgate.message import qr
from wildgate.message.parsing import MAX_BYTES
from wildgate.message.profile import Fault, Message
from wildgate.message.xml import altered, read_message
from wildgate.seal.text import from_text

if TYPE_CHECKING:
    from wildgate.message.signed import Signature

MAX_TEXT = 64_000
MAX_PAGES = 30
DOTS_PER_POINT = 200 / 72
MAX_PAGE_PIXELS = 20_000_000
ONE_AT_A_TIME = threading.Lock()
"""PDFium is not made for threads."""
KIND_OF_SUFFIX = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".pdf": "pdf", ".xml": "xml", ".txt": "text",
                  ".text": "text"}
WORDS = {"png": say("a PNG picture"), "jpg": say("a JPEG picture"), "pdf": say("a PDF"), "xml": say("an XML message"),
         "text": say("a text")}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SIGNED = b"http://www.w3.org/2000/09/xmldsig#"
WRAPPED = re.compile(r"(?:https?://\S+#)?[\d\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a file says. `texts` are the candidates for a seal, in order; `record` the permit that it spells out.

    `page_text` is the readable text of a PDF, empty for a scan; `signature` what its signatures are worth, and
    `message_signature` what that of the message is.
    """

    kind: str
    texts: tuple[str, ...] = ()
    record: PermitRecord | None = None
    message: Message | None = None
    faults: tuple[Fault, ...] = ()
    signature: Signature | None = None
    page_text: str = ""
    message_signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """What vouches for signatures: certificates (PEM), SHA-256 of certificates, and those of time-stamp authorities.

    `at` is the moment to judge for; now when left out.
    """

    certificates: Sequence[bytes] = ()
    pins: Collection[bytes] = ()
    tsa: Sequence[bytes] = ()
    at: datetime | None = None


def examine(data: bytes, name: str = "", trusted: Sequence[bytes] = (), *, pins: Collection[bytes] = (),
            tsa: Sequence[bytes] = (), at: datetime | None = None) -> Evidence | Refusal:
    """Open `data` by its content; `name` must not say another kind. The rest is the `Trust` for signatures."""
    trust = Trust(trusted, pins, tsa, at)
    if len(data) > MAX_BYTES:
        return refuse("too-large", "The file is larger than %(limit)s MB, the most that is read.",
                      limit=MAX_BYTES // 1_000_000)
    kind = sniff(data)
    if isinstance(kind, Refusal):
        return kind
    named = PurePath(name).suffix.lower()
    if KIND_OF_SUFFIX.get(named, kind) != kind:
        return refuse("mismatched-name", "This file is named %(suffix)s but it is %(kind)s; rename it or choose the "
                                         "right file.", suffix=named, kind=WORDS[kind])
    if kind == "text":
        return _text(data)
    if kind == "xml":
        return _xml(data, trust)
    if kind == "pdf":
        return _pdf(data, trust)
    texts = qr.read_image(data)
    return texts if isinstance(texts, Refusal) else Evidence(kind, tuple(texts))


def sniff(data: bytes) -> str | Refusal:
    """png, jpg, pdf, xml or text, by content."""
    if not data.strip():
        return refuse("empty-file", "The file is empty; choose the permit's picture, PDF, message or text.")
    image = qr.sniff_image(data)
    if image:
        return {"PNG": "png", "JPEG": "jpg"}[image]
    if data.startswith(b"%PDF-"):
        return "pdf"
    try:
        said = data[:MAX_TEXT + 1].decode(_encoding(data), "strict" if len(data) <= MAX_TEXT else "ignore")
    except UnicodeDecodeError:
        said = ""
    if said.lstrip().startswith("<") or data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        return "xml"
    if said and not CONTROL.search(said):
        return "text"
    return refuse("unknown-file", "The file is neither a PNG or JPEG picture, nor a PDF, an XML message or a text; "
                                  "choose one of these.")


def _encoding(data: bytes) -> str:
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _text(data: bytes) -> Evidence | Refusal:
    if len(data) > MAX_TEXT:
        return refuse("too-large", "The text has %(size)s kB; at most %(limit)s kB are read.",
                      size=len(data) // 1000, limit=MAX_TEXT // 1000)
    return Evidence("text", split_texts(data.decode(_encoding(data))))


def split_texts(text: str) -> tuple[str, ...]:
    """One candidate a line; an address that was broken over lines is put together again."""
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    broken = len(lines) > 1 and not any(line.lower().startswith("http") for line in lines[1:])
    if broken and WRAPPED.fullmatch("\n".join(lines)) and lines[0].lower().startswith("http"):
        return ("".join(lines),)
    return lines


def _xml(data: bytes, trust: Trust) -> Evidence | Refusal:
    signature, said = None, data
    if SIGNED in data:
        from wildgate.message.xades import check_xml  # takes longer to load than all the rest: only when signed

        signature, said = check_xml(data, trust.certificates, pins=trust.pins, tsa=trust.tsa, at=trust.at)
    message = read_message(said)
    if isinstance(message, Refusal):
        return message
    fault = altered(data, message)
    incomplete = () if message.record else message.faults
    return Evidence("xml", split_texts(message.seal_text), message.record, message,
                    (fault,) if fault else incomplete, message_signature=signature)


def _pdf(data: bytes, trust: Trust) -> Evidence | Refusal:
    from wildgate.message.signature import check_pdf  # takes longer to load than all the rest: only for a PDF

    with ONE_AT_A_TIME:
        seen = _look(data)
    if isinstance(seen, Refusal):
        return seen
    texts, words, attached = seen
    signature = check_pdf(data, trust.certificates, pins=trust.pins, tsa=trust.tsa, at=trust.at)
    if attached is None:
        return Evidence("pdf", texts, signature=signature, page_text=words)
    inner = _xml(attached, trust)
    if isinstance(inner, Refusal):
        fault = Fault("permit.xml", "", say("The message attached to the PDF cannot be read: %(why)s",
                                            why=whole(inner)))
        return Evidence("pdf", texts, faults=(fault,), signature=signature, page_text=words)
    faults = list(inner.faults)
    if set(map(from_text, inner.texts)) != set(map(from_text, texts)):
        faults.append(Fault("permit.xml", "", say("The seal in the attached message is not the seal printed on the "
                                                  "pages.")))
    return Evidence("pdf", texts, inner.record, inner.message, tuple(faults), signature, words,
                    inner.message_signature)


def _look(data: bytes) -> tuple[tuple[str, ...], str, bytes | None] | Refusal:
    """The codes on the pages, their readable text, and the attached message."""
    try:
        document = pypdfium2.PdfDocument(data)
    except Exception:  # noqa: BLE001  (whatever a parser of a hostile file runs into means the same, here and below)
        return refuse("broken-pdf", "The PDF is damaged, incomplete or locked with a password; ask for it again.")
    try:
        if len(document) > MAX_PAGES:
            return refuse("too-many-pages", "The PDF has %(pages)s pages; at most %(limit)s are read.",
                          pages=len(document), limit=MAX_PAGES)
        return *_pages(document), _attached(document)
    except Exception:  # noqa: BLE001
        return refuse("broken-pdf", "The PDF is damaged or incomplete; ask for it again.")
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument) -> tuple[tuple[str, ...], str]:
    texts: list[str] = []
    words: list[str] = []
    for page in document:
        width, height = page.get_size()
        scale = min(DOTS_PER_POINT, math.sqrt(MAX_PAGE_PIXELS / max(1.0, width * height)))
        texts.extend(qr.read_picture(page.render(scale=scale, grayscale=True).to_pil()))
        words.append(page.get_textpage().get_text_range()[:MAX_TEXT])
    return tuple(dict.fromkeys(texts)), "\n".join(words)


def _attached(document: pypdfium2.PdfDocument) -> bytes | None:
    for at in range(min(document.count_attachments(), 20)):
        attachment = document.get_attachment(at)
        if attachment.get_name() == "permit.xml":
            return bytes(attachment.get_data())
    return None
