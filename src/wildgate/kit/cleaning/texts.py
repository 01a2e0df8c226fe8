"""Plain text without anything that hides or turns what is read."""

from __future__ import annotations

import unicodedata
from typing import Final

from wildgate.kit.cleaning.kinds import LONGEST_TEXT
from wildgate.kit.cleaning.made import Made
from wildgate.kit.cleaning.sniffing import Refused

_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINING: Final = frozenset("\u200c\u200d\u200e\u200f")
"""Part of how Persian, Hindi, Arabic and Hebrew are written: they stay."""


def rewritten(words: str) -> Made:
    """The text in UTF-8 with Unix line ends. Marks that turn its direction and invisible characters are left out."""
    if len(words) > LONGEST_TEXT:
        raise Refused("too-much-text")
    lines = words.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or sign in _JOINING
                   or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
    removed = {"bidi" if sign in _TURNING else "controls" for sign in set(lines) - set(kept)}
    if not kept.strip():
        raise Refused("empty")
    return Made(kept.encode(), "txt", removed=tuple(removed))
