"""Marks on specimens: rings, transponders and tags, read so that one mark has one spelling however it is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code

BASIS = ("Art. VI.7",)
"""A Management Authority may affix a mark to assist in identifying the specimen."""
LONGEST = 60
MOST_IN_A_RANGE = 50_000
LARGEST_CHIP = 2**38 - 1
"""ISO 11784 keeps 38 bits for the animal's own number."""
TEST_CHIP = 999
"""ISO 11784: code 999 is for test transponders."""


class MarkKind(Code):
    """What kind of mark it is. ANY stands for one that was typed without a word for its kind."""

    RING = "ring"
    TRANSPONDER = "transponder"
    TAG = "tag"
    OTHER = "other"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. `value` is its one spelling: parts in capitals joined by hyphens; `closed`: a seamless ring."""

    kind: MarkKind
    value: str
    closed: bool = False

    @property
    def count(self) -> int:
        return 1

    def values(self) -> Iterator[str]:
        yield self.value

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class MarkRange:
    """Marks in a row, `first` to `last`, both counted: QM-2026-NOV-000001 to 001200. `width`: digits, zeros led."""

    kind: MarkKind
    prefix: str
    first: int
    last: int
    width: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def values(self) -> Iterator[str]:
        return (f"{self.prefix}{number:0{self.width}d}" for number in range(self.first, self.last + 1))

    def __str__(self) -> str:
        return f"{self.prefix}{self.first:0{self.width}d} to {self.last:0{self.width}d}"


Marks = tuple[Mark | MarkRange, ...]

_WORDS = (  # in the languages of the pages
    (re.compile(r"^(?:(?:closed|seamless)[ -]+(?:leg[ -]*)?(?:ring|band)|bague fermée|anilla cerrada|حلقة مغلقة)s?\b"),
     MarkKind.RING, True),
    (re.compile(r"^(?:(?:leg[ -]*)?(?:ring|band)|bague|anilla|حلقة)s?\b"), MarkKind.RING, False),
    (re.compile(r"^(?:micro-?chip|chip|transponder|pit(?:[ -]tag)?|puce|transpondeur|transpondedor|شريحة)s?\b"),
     MarkKind.TRANSPONDER, False),
    (re.compile(r"^(?:tag|label|seal|étiquette|etiqueta|precinto|بطاقة)s?\b"), MarkKind.TAG, False),
    (re.compile(r"^(?:serial|tattoo|brand|notch)\b"), MarkKind.OTHER, False),
)
_LEAD = re.compile(r"^[\s:.#]*(?:no\.?|nos\.?|number|numbers|n°)?[\s:.#]+", re.IGNORECASE)
_RANGE = re.compile(r"^(?P<first>.*\d)\s*(?:…|\.{2,3}|–|—|\s-\s|\s(?:to|au|al|à|a|hasta|إلى)\s)\s*(?P<last>.*\d)$",
                    re.IGNORECASE)
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_TAIL = re.compile(r"^(?P<prefix>.*?)(?P<digits>\d{1,12})$")
_CHIP = re.compile(r"^[\d\s.*-]+$")


def spelling(text: str) -> str:
    """The one spelling of a mark: `qm 12`, `QM12` and `QM-12` are QM-12; a chip's digits stand without gaps."""
    kept = unicodedata.normalize("NFKC", text).upper()
    digits = re.sub(r"\D", "", kept)
    if len(digits) == 15 and _CHIP.match(kept):
        return digits
    return "-".join(_PARTS.findall(kept))


def read_mark(text: str, kind: MarkKind | None = None) -> Mark | MarkRange | Refusal:
    """A mark or a row of marks as typed, with or without a word for its kind, or why it is none."""
    told, closed, rest = _kind_of(text.strip())
    kind = kind or told
    if len(rest) > LONGEST * 2 or not spelling(rest):
        return refuse("mark-unreadable", "%(text)s is not a mark: write its letters and digits, up to %(most)s of "
                      "them.", text=_shown(text), most=LONGEST, basis=BASIS)
    if kind is not MarkKind.TRANSPONDER and (found := _RANGE.match(rest)) and not _is_chip(rest):
        return _row(kind or MarkKind.ANY, found["first"], found["last"])
    if kind is MarkKind.TRANSPONDER or (kind is None and _is_chip(rest)):
        return _transponder(rest)
    value = spelling(rest)
    if len(value) > LONGEST:
        return refuse("mark-too-long", "%(text)s is longer than %(most)s characters: no mark is.", text=_shown(text),
                      most=LONGEST, basis=BASIS)
    return Mark(kind or MarkKind.ANY, value, closed)


def read_marks(text: str) -> Marks | Refusal:
    """All marks of a line, one a row or between commas; the first that cannot be read, or is given twice, refuses."""
    found: list[Mark | MarkRange] = []
    seen: set[str] = set()
    for row in re.split(r"[\n,;]", text):
        if not row.strip():
            continue
        mark = read_mark(row)
        if isinstance(mark, Refusal):
            return mark
        for value in mark.values():
            if value in seen:
                return refuse("mark-twice", "The mark %(mark)s is given twice: no two specimens carry one mark.",
                              mark=value, basis=BASIS)
            seen.add(value)
        found.append(mark)
    return tuple(found)


def miscounted(marks: Marks, quantity: Decimal, unit: str) -> Refusal | None:
    """Tags in a row: each specimen carries one, so there are as many tags as specimens."""
    if unit != "NAR" or not any(isinstance(mark, MarkRange) for mark in marks):
        return None
    tags = sum(mark.count for mark in marks if mark.kind in (MarkKind.TAG, MarkKind.ANY))
    if tags == quantity:
        return None
    return refuse("tags-miscounted", "The line has %(quantity)s specimens and %(tags)s tags (%(marks)s): each specimen "
                  "carries one.", quantity=f"{quantity:f}", tags=tags, marks=", ".join(map(str, marks))[:120],
                  basis=BASIS)


def _kind_of(text: str) -> tuple[MarkKind | None, bool, str]:
    lowered = text.casefold()
    for pattern, kind, closed in _WORDS:
        if found := pattern.match(lowered):
            rest = text[found.end():]
            return kind, closed, _LEAD.sub("", f" {rest}").strip()
    return None, False, text


def _is_chip(text: str) -> bool:
    return bool(_CHIP.match(text)) and len(re.sub(r"\D", "", text)) == 15


def _row(kind: MarkKind, first: str, last: str) -> MarkRange | Refusal:
    """A row of marks: the second end may repeat the first one's letters or give its digits only."""
    start, end = _TAIL.match(spelling(first)), _TAIL.match(spelling(last))
    shown = f"{first.strip()} to {last.strip()}"
    if start is None or end is None or end["prefix"] not in ("", start["prefix"]):
        return refuse("range-unreadable", "%(text)s is not a row of marks: both ends have the same letters.",
                      text=_shown(shown), basis=BASIS)
    row = MarkRange(kind, start["prefix"], int(start["digits"]), int(end["digits"]), len(start["digits"]))
    if row.count < 1 or len(end["digits"]) > row.width:
        return refuse("range-reversed", "%(text)s does not run from a lower to a higher number of the same length.",
                      text=_shown(shown), basis=BASIS)
    if row.count > MOST_IN_A_RANGE:
        return refuse("range-too-long", "%(text)s are %(count)s marks; at most %(most)s stand in one row.",
                      text=_shown(shown), count=row.count, most=MOST_IN_A_RANGE, basis=BASIS)
    return row


def _transponder(text: str) -> Mark | Refusal:
    """ISO 11784: three digits of country or manufacturer, twelve of the animal. Older chips have 9 or 10 signs."""
    value = spelling(text)
    plain = value.replace("-", "")
    if re.fullmatch(r"\d{9}|[0-9A-F]{10}", plain):
        return Mark(MarkKind.TRANSPONDER, plain)
    if not re.fullmatch(r"\d{15}", plain):
        return refuse("chip-unreadable", "%(text)s is not a transponder's number: it has 15 digits (ISO 11784), on "
                      "older chips 9 digits or 10 signs.", text=_shown(text), basis=("ISO 11784",))
    maker, own = int(plain[:3]), int(plain[3:])
    if maker in (0, TEST_CHIP) or own > LARGEST_CHIP:
        return refuse("chip-impossible", "%(text)s is no animal's transponder: %(why)s", text=_shown(text),
                      why=_why(maker), basis=("ISO 11784",))
    return Mark(MarkKind.TRANSPONDER, plain)


def _why(maker: int) -> str:
    if maker == TEST_CHIP:
        return "code 999 marks test chips."
    if maker == 0:
        return "its first three digits name no country or manufacturer."
    return "its last twelve digits are above 274877906943."


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text.strip()[:LONGEST])
