"""Rings, transponders and tags that an advert names, told from jewellery, phone cases and price tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from wildgate.convention.marks import Mark, MarkKind, read_mark

NUMBER: Final = (r"(?P<number>(?=[A-Z0-9./ -]{0,24}\d)(?:[A-Z]{1,4}[ -])?(?:[A-Z0-9]|[./-](?=[A-Z0-9])){2,24}"
                 r"(?:[ ](?=[A-Z0-9-]*\d)[A-Z0-9-]{2,10}(?![\w.]|\s?(?:mm|cm|kg|usd|eur|years?|pairs?|pcs)\b)){0,2})")
"""Letters and digits, in up to three parts: `QM-2026-1`, `DE 23-1234`, `FR 1234 12`."""
NO: Final = r"(?:\s*(?:number|no|nos|nr|num(?:é|e)ro|n[úu]mero|num|code|id|n)\b\.?|\s*n[°º]|\s*[#:])"
CHIP: Final = re.compile(
    r"(?<!\w)(?:micro-?\s?chip(?:ped)?|transponder|transpondeur|transpondedor|pit[ -]tag|puce(?:\s+[ée]lectronique)?|"
    r"chip|微芯片|マイクロチップ)"
    rf"(?:{NO}){{0,3}}[\s:.#]*(?P<number>\d[\d .-]{{7,22}}\d|[0-9A-F]{{10}})(?![\w])", re.IGNORECASE)
RING: Final = re.compile(
    r"(?<!\w)(?P<lead>(?:closed|close|seamless|leg|split|breeder'?s?|steel)[ -]+(?:leg[ -]+)?)?(?:ring(?:ed)?|rung|"
    r"band(?:ed)?|"
    r"bague(?:\s+ferm[ée]e)?|bagu[ée]e?|anilla(?:\s+cerrada)?|anillad[oa]|beringt|fussring|fußring|anello|кольцо)"
    rf"(?P<no>(?:{NO}){{1,3}})?[\s:.#]+{NUMBER}(?![\w])", re.IGNORECASE)
TAG: Final = re.compile(
    r"(?<!\w)(?P<lead>(?:cites|skin|hide|security|export|plastic|self-locking|farm|management)[ -]+)?(?:tag(?:ged)?|"
    r"label|seal|[ée]tiquette|etiqueta|precinto)"
    rf"(?P<no>(?:{NO}){{1,3}})?[\s:.#]+{NUMBER}(?![\w])", re.IGNORECASE)
BARE: Final = re.compile(
    r"(?<!\w)(?:(?P<chip>micro-?\s?chipped|gechippt|puc[ée]e?|microchipado)|"
    r"(?P<ring>(?:closed|close|seamless)[ -]+(?:leg[ -]+)?(?:ring(?:ed|s)?|rung|band(?:ed|s)?)|bague\s+ferm[ée]e|"
    r"anilla\s+cerrada|"
    r"geschlossen\s+beringt))(?!\w)", re.IGNORECASE)
SEAMLESS: Final = re.compile(r"ferm[ée]e|cerrada|beringt|fussring|fußring|anillad", re.IGNORECASE)
JEWEL: Final = re.compile(r"^(?:size|\d{1,2}(?:\.\d+)?(?:mm|cm|k|ct|kt|in)?$|925|750|585|375|\d+/\d+$|"
                          r"\d{1,2}k)", re.IGNORECASE)
FALSE_LEAD: Final = re.compile(r"(?:price|name|gift|hash|dog|luggage|bag|gold|silver|wedding|engagement|sterling|"
                               r"nose|ear|key|"
                               r"signet|diamond|rubber|hair|watch|wrist|resistance|size|bull|rock|record|swing|jazz|"
                               r"care|washing|clothing|"
                               r"hang|swing|rfid|nfc|potato|chocolate|computer|sim|memory)[ -]+$", re.IGNORECASE)
CHIPS, RINGS, TAGS = "chip", "ring", "tag"
BEGINNINGS: Final = (
    *((each, CHIPS) for each in ("micro", "transpond", "pit", "puc", "chip", "gechippt", "微芯片", "マイクロ")),
    *((each, RINGS) for each in ("ring", "rung", "band", "bagu", "anill", "beringt", "fussring", "fußring", "anello",
                                 "кольцо")),
    *((each, TAGS) for each in ("tag", "label", "seal", "étiquette", "etiquette", "etiqueta", "precinto")))
"""How each word for a mark begins: where none does, the patterns are not tried."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark at its place. No value: only that there is one is claimed."""

    start: int
    end: int
    kind: MarkKind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()


def marks_in(text: str) -> Iterator[Seen]:
    """The marks of a text in no special order; of one place the most telling."""
    kinds = _named(text.lower())
    if not kinds:
        return
    taken: list[tuple[int, int]] = []
    for seen in _all(text, kinds):
        if not any(start < seen.end and seen.start < end for start, end in taken):
            taken.append((seen.start, seen.end))
            yield seen


def _named(lowered: str) -> set[str]:
    """Which marks a text may speak of, by the beginnings of its words."""
    return {BEGINNINGS[which][1] for which, start, _ in _beginnings().find_matches_as_indexes(lowered, overlapping=True)
            if not start or not (lowered[start - 1].isalnum() or lowered[start - 1] == "_")}


@cache
def _beginnings() -> AhoCorasick:
    return AhoCorasick([word for word, _ in BEGINNINGS], matchkind=MatchKind.Standard)


def _all(text: str, kinds: set[str]) -> Iterator[Seen]:
    for found in CHIP.finditer(text) if CHIPS in kinds else ():
        mark = read_mark(found["number"].strip(" .-"), MarkKind.TRANSPONDER)
        if isinstance(mark, Mark) and not FALSE_LEAD.search(text[:found.start()][-20:]):
            yield Seen(*found.span(), MarkKind.TRANSPONDER, mark.value)
    for pattern, kind, named in ((RING, MarkKind.RING, RINGS), (TAG, MarkKind.TAG, TAGS)):
        for found in pattern.finditer(text) if named in kinds else ():
            if _counts(found, text, kind):
                mark = read_mark(found["number"].rstrip(".-/"), kind)
                if isinstance(mark, Mark):
                    yield Seen(*found.span(), kind, mark.value)
    for found in BARE.finditer(text) if kinds & {CHIPS, RINGS} else ():
        yield Seen(*found.span(), MarkKind.TRANSPONDER if found["chip"] else MarkKind.RING)


def _counts(found: re.Match[str], text: str, kind: MarkKind) -> bool:
    number = found["number"]
    lead = found["lead"] or SEAMLESS.search(found[0])
    if not any(map(str.isdigit, number)) or FALSE_LEAD.search(text[:found.start()][-20:]):
        return False
    if found["no"]:
        return not (kind is MarkKind.RING and JEWEL.match(number) and not lead)
    return bool(lead) and not JEWEL.match(number) and (len(number) >= 4 or not number.isdigit())
