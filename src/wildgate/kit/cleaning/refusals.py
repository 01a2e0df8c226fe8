"""Why an attachment is not taken, each as one sentence that says what to do instead."""

from __future__ import annotations

from typing import Final

from wildgate.convention.refusal import Refusal
from wildgate.kit.cleaning.kinds import LARGEST, MOST_PAGES, MOST_PIXELS

SENTENCES: Final = {
    "empty": "The file is empty; choose another one.",
    "too-large": "The file has more than %(megabytes)s MB; send a smaller one, or a part of it.",
    "virus": "The file holds a virus or a test for one, and was not kept.",
    "virus-found": "The scanner found something harmful in the file (%(found)s), and it was not kept.",
    "archive": "Packed files are not opened; send the files one by one.",
    "office": "Office documents are not taken, since they may hold programs; send it as a PDF or as a picture.",
    "program": "Programs are not taken; send a picture, a PDF or plain text.",
    "web-page": "Web pages, mails and drawings with code are not taken; print the page to a PDF or take a picture of "
                "the screen.",
    "other-picture": "Pictures are taken as JPEG, PNG, GIF or WebP; save it as one of these.",
    "unknown": "The file is neither a picture, a PDF, plain text, a film nor a sound; send one of these.",
    "two-things": "The file holds more than it says it is, and may be a trap; send a picture of the screen instead.",
    "cut-off": "The file is damaged or incomplete; send it again.",
    "locked": "The PDF is locked; print it to a new PDF without a password.",
    "too-many-pages": "The PDF has more than %(pages)s pages; send the pages that matter.",
    "too-many-pixels": "The picture has more than %(megapixels)s million dots; send a smaller one.",
    "too-much-text": "The text is too long; send the part that matters.",
    "too-heavy": "The file takes too much work to open, and may be a trap; send a picture of it instead.",
    "too-many": "At most %(most)s files can be sent at once; take some out.",
    "busy": "Too many files are being looked at just now; try again in a minute.",
}
_VALUES: Final[dict[str, object]] = {
    "megabytes": LARGEST // 1_000_000, "pages": MOST_PAGES, "megapixels": MOST_PIXELS // 1_000_000}


def refused(code: str, **values: object) -> Refusal:
    """The refusal of a code; what an unknown one means is that the file could not be read."""
    known = code if code in SENTENCES else "cut-off"
    texts = {name: str(value) for name, value in (_VALUES | values).items()}
    return Refusal(known, SENTENCES[known] % texts, field="file", template=SENTENCES[known], values=texts)
