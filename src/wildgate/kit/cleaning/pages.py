"""PDF pages as pictures in a new PDF: what was written, drawn or filled in is seen; nothing in it can act."""

from __future__ import annotations

import math
import re
from io import BytesIO
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import (
    Image,
    JpegImagePlugin,  # noqa: F401  (loaded before the doors shut)
)

from wildgate.kit.cleaning.kinds import MOST_OBJECTS, MOST_PAGES, SHOWN_PAGES
from wildgate.kit.cleaning.made import Made
from wildgate.kit.cleaning.sniffing import Refused

SCALE: Final = 130 / 72
"""130 dots to the inch: small print can be read."""
MOST_DOTS: Final = 4_000_000
_ACTIONS: Final = re.compile(rb"/(?:Launch|OpenAction|AA|SubmitForm|GoToR|GoToE|RichMedia)\b")
_LINKS: Final = re.compile(rb"/URI\b")
_SCRIPT: Final = re.compile(rb"/(?:JavaScript|JS)\b")


def ready() -> None:
    """Load the engine before the doors shut. Fonts of the machine stay outside: a PDF brings its own, or gets plain
    ones."""
    pypdfium2.PdfDocument.new().close()


def redrawn(data: bytes) -> Made:
    """The first pages of a PDF as pictures; which is all that is kept of it."""
    if data.count(b" obj") > MOST_OBJECTS:
        raise Refused("too-heavy")
    try:
        source = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        raise Refused("locked" if fault.err_code == pdfium.FPDF_ERR_PASSWORD else "cut-off") from None
    if pdfium.FPDF_GetSecurityHandlerRevision(source.raw) != -1:
        raise Refused("locked")
    if len(source) > MOST_PAGES:
        raise Refused("too-many-pages")
    if not len(source):
        raise Refused("cut-off")
    removed = _removed(source, data)
    source.init_forms()  # what was filled in is drawn; there is no engine here that would run its scripts
    drawn = pypdfium2.PdfDocument.new()
    for at in range(min(len(source), SHOWN_PAGES)):
        _draw(source[at], drawn)
    out = BytesIO()
    drawn.save(out)
    return Made(out.getvalue(), "pdf", min(len(source), SHOWN_PAGES), removed)


def _removed(source: pypdfium2.PdfDocument, data: bytes) -> tuple[str, ...]:
    found = {
        "javascript": pdfium.FPDFDoc_GetJavaScriptActionCount(source.raw) > 0 or _SCRIPT.search(data) is not None,
        "attachments": source.count_attachments() > 0 or b"/EmbeddedFile" in data,
        "actions": _ACTIONS.search(data) is not None,
        "links": _LINKS.search(data) is not None,
        "forms": source.get_formtype() != pdfium.FORMTYPE_NONE,
        "metadata": bool(any(source.get_metadata_dict().values())) or b"/Metadata" in data,
        "pages": len(source) > SHOWN_PAGES,
    }
    return tuple(code for code, there in found.items() if there)


def _draw(page: pypdfium2.PdfPage, target: pypdfium2.PdfDocument) -> None:
    """One page as one picture of the same size."""
    width, height = page.get_size()
    if not (0 < width < 1e5 and 0 < height < 1e5):
        raise Refused("cut-off")
    scale = min(SCALE, math.sqrt(MOST_DOTS / (width * height)))
    picture: Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    page.close()
    coded = BytesIO()
    picture.save(coded, "JPEG", quality=80)
    image = pypdfium2.PdfImage.new(target)
    coded.seek(0)
    image.load_jpeg(coded, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    sheet = target.new_page(width, height)
    sheet.insert_obj(image)
    sheet.gen_content()
    sheet.close()
