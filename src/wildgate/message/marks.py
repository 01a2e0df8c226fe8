"""Marks of individuals (box 9), one for each, with its kind. What a text of a message means is proposed, never done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SPLIT = 5_000
KINDS = (
    ("microchip", re.compile(r"\b(microchip|transponder|chip|pit)\b|^\d{15}$", re.IGNORECASE)),
    ("closed ring", re.compile(r"\b(closed ring|ring|band|bague|anillo|anilla)\b", re.IGNORECASE)),
    ("tag", re.compile(r"\b(tag|label|étiquette|etiqueta|precinto)\b", re.IGNORECASE)),
    ("serial number", re.compile(r"\b(serial|s/n|no\. de série|número de serie)", re.IGNORECASE)),
)
RANGE = re.compile(r"(.*?)(\d{1,12})\s*(?:-|–|to|…)\s*(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Mark:
    """`kind` is one of the four, or nothing where the text does not say."""

    text: str
    kind: str = ""


def read_mark(text: str) -> Mark:
    """The mark of one text; the text stays as it was printed on the animal or the skin."""
    return Mark(text, next((kind for kind, words in KINDS if words.search(text.strip())), ""))


def proposed(text: str) -> tuple[Mark, ...]:
    """The single marks that a range such as `CNG 001-120` seems to mean; none where it is no range.

    Only a proposal: `A 12-15` may be one mark with a dash. Whoever reads the paper confirms it.
    """
    found = RANGE.fullmatch(text.strip())
    if found is None or len(found[2]) != len(found[3]):
        return ()
    first, last = int(found[2]), int(found[3])
    if not 0 < last - first < MAX_SPLIT:
        return ()
    kind = read_mark(text).kind
    return tuple(Mark(f"{found[1]}{number:0{len(found[2])}d}", kind) for number in range(first, last + 1))


def split(texts: Iterable[str], confirmed: Iterable[str] = ()) -> tuple[Mark, ...]:
    """One mark for each text, and for each confirmed range one for each of its numbers."""
    agreed = frozenset(confirmed)
    return tuple(mark for text in texts for mark in ((proposed(text) if text in agreed else ()) or (read_mark(text),)))
