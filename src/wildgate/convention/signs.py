"""Signs that nobody sees: they turn the direction of a name, hide letters in it, or make two equal numbers differ.

One rule for all that comes from outside. A message of a program is refused for them, since what was sent is kept byte
for byte; what a person typed or pasted loses them, since nobody typed them on purpose.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

JOINERS: Final = "\u200c\u200d"
"""Part of how Persian and the languages of India are written."""
FILLERS: Final = "\u034f\u115f\u1160\u2800\u3164\uffa0"
"""Letters, marks and a symbol that show nothing."""
SEEN: Final = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Marks of the same class that are drawn: signs before Arabic, Syriac and Kaithi numbers."""
_LINES: Final = "\n\r\t"
_HIDES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Not those of no class yet: letters newer than this Python's tables are drawn by newer fonts."""
_UNSEEN: Final = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
                            "\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]")


def hidden(text: str, *, lines: bool = True) -> bool:
    """Does the text hold a sign that no screen shows? `lines`: ends of lines and tabulators are none."""
    return not _plain(text) and any(_hides(sign, lines) for sign in text)


def tidied(text: str) -> str:
    """The text without them; ends of lines stay."""
    return text if _plain(text) else "".join(sign for sign in text if not _hides(sign, True))


def without_unseen(text: str) -> str:
    """The text without marks that turn or hide it. Control characters stay, for whoever reads the field to refuse."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _hides(sign: str, lines: bool) -> bool:
    if sign in FILLERS:
        return True
    if sign in JOINERS or sign in SEEN or (lines and sign in _LINES):
        return False
    return unicodedata.category(sign) in _HIDES
