"""Numbers of permits and certificates that a text quotes, told from telephone numbers, prices and article numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from wildgate.convention import tables
from wildgate.convention.tables import read_facts

SHORTEST, LONGEST = 5, 30
TOKEN: Final = re.compile(r"(?<![\w/.@-])(?=[A-Z0-9/.-]*\d)[A-Z0-9](?:[A-Z0-9]|[/.-](?=[A-Z0-9])){4,29}(?![\w@])",
                          re.IGNORECASE)
SPACED: Final = re.compile(r"(?<![\w/.-])\d\d ?[A-Z]{2} ?\d{6} ?[A-Z]?(?![\w/])")
"""The form of the Resolution as people type it, in capitals: 26 QM 000031 E."""
CUE: Final = re.compile(
    r"(?<!\w)(?:(?:re-?)?(?:export|import)\s+(?:permit|certificate|licen[cs]e)|permits?|cites(?:\s+(?:permit|"
    r"certificate|cert|document|doc|"
    r"papers?|licen[cs]e|registration|export|import))*|certificates?|cert|certificat|licen[cs]e|permis|permisos?|"
    r"certificados?|genehmigung|bescheinigung|eg-bescheinigung|vermarktungsbescheinigung|article\s*10|art\.?\s*10|a10|"
    r"permesso|certificato|licença|izin|разрешение|сертификат|许可证|許可證|証明書|登録票|تصريح|شهادة)"
    r"(?:\s+(?:cites|permit|certificate|cert|export|import))?(?P<between>[\s:.,#°º()-]{0,4}(?:(?:number|numbers|no|"
    r"nos|nr|num|numéro|"
    r"numero|número|n|ref|reference|id|is|номер|号|番号|رقم)[\s:.,#°º()-]{0,4}){0,3})$", re.IGNORECASE)
NUMBERED: Final = re.compile(r"[#:°º]|\b(?:number|no|nos|nr|num|num[ée]ro|número|n|ref|id|is)\b|номер|号|番号|رقم",
                             re.IGNORECASE)
OTHER: Final = re.compile(
    r"(?<!\w)(?:tel|telephone|phone|mobile|cell|call|text|whats\s?app|wa|fax|viber|telegram|line\s+id|wechat|"
    r"isbn(?:-1[03])?|issn|"
    r"ean|upc|sku|item|article\s+n(?:o|umber)|art(?:ikel)?\s*nr|model|part|lot|order|tracking|invoice|ref(?:erence)?|"
    r"stamp|"
    r"scott|sg|mi|michel|vin|imei|serial|fishing|driver\S*|driving|building|parking|planning|work|residence|software|"
    r"business|fcc|ce)\W{0,3}(?:licen[cs]e|permit|certificate)?\W{0,3}(?:number|no|nr|"
    r"id)?[\s:.#°]{0,4}$", re.IGNORECASE)
MONEY: Final = re.compile(r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|aud|cad|rmb|price|only|for))\s*$", re.IGNORECASE)
MONEY_AFTER: Final = re.compile(r"^\s*(?:[$€£¥₹%]|(?:usd|eur|gbp|aud|cad|dollars?|euros?|cm|mm|inch(?:es)?|kg|lbs?|"
                                r"oz|g|pcs|years?)\b)",
                                re.IGNORECASE)
DATE: Final = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|(?:19|20)\d\d[/-](?:19|20)?\d\d")
TELEPHONE: Final = re.compile(r"(?:\+|00)\d[\d .()-]{7,}|\d{3}-\d{3}-\d{4}|\d{3}-\d{4}|0\d{2,4}[-/]\d{5,8}")
BEFORE: Final = 60
CHUNK: Final = re.compile(r"(?<!\S)[^\s\d]*+\d\S*")
"""What stands between two spaces and holds a digit."""
SIX: Final = re.compile(r"\d{6}")
STEMS: Final = ("permit", "cites", "cert", "licen", "permi", "genehm", "beschein", "a10", "art", "izin", "разреш",
                "серт", "许可", "許可", "証明", "登録", "تصريح", "شهاد")
"""Every word for a permit holds one of these: where none is, the longer patterns are not tried."""
MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one Party (or `*`: any) numbers its permits."""

    name: str
    party: str
    pattern: re.Pattern[str]
    alone: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number that a text quotes as a permit's. `party` and `scheme` are empty where no known form fits."""

    start: int
    end: int
    number: str
    party: str = ""
    scheme: str = ""

    @property
    def well_formed(self) -> bool:
        """Has it a form that this Party's numbers are known to have? A "no" is no sign of forgery."""
        return bool(self.scheme)


@cache
def schemes() -> tuple[Scheme, ...]:
    """The shipped forms, a Party's own before the recommended one."""
    rows = [Scheme(row["scheme"], row["party"], re.compile(row["pattern"]), row["alone"] == "yes")
            for row in read_facts("permit_number_schemes")]
    return tuple(sorted(rows, key=lambda each: each.party == "*"))


def spelling(number: str) -> str:
    """One spelling of a number: capitals without spaces. `26 qm 000031 e` and `26QM000031E` are one."""
    return re.sub(r"\s+", "", number).upper()


@lru_cache(maxsize=MOST_REMEMBERED)
def form_of(number: str) -> tuple[str, str, bool]:
    """The Party and the scheme that a number fits, and whether the form is peculiar enough to stand alone."""
    number = spelling(number)
    for scheme in schemes():
        found = scheme.pattern.fullmatch(number)
        if found is None:
            continue
        country = found.groupdict().get("cc") or scheme.party
        if country in _countries():
            return country, scheme.name, scheme.alone
    return "", "", False


def quoted(text: str) -> Iterator[Quoted]:
    """Every permit number in the order of the text: a known form, or any number that a word for a permit leads to."""
    if not any(map(str.isdigit, text)):
        return
    phones: list[tuple[int, int]] | None = None
    taken = -1
    for start, end, number in sorted({*_spaced(text), *_tokens(text)}, key=lambda each: (each[0], -each[1])):
        if start < taken:
            continue
        party, scheme, alone = form_of(number)
        before = text[max(0, start - BEFORE):start]
        cue = CUE.search(before) if any(map(before.lower().__contains__, STEMS)) else None
        if cue is None and (not alone or OTHER.search(before)):
            continue
        if cue is not None and not scheme and not _may_be(number, before, cue, text[end:end + 12]):
            continue
        numbered = cue is not None and NUMBERED.search(cue["between"])
        if not scheme and not numbered and phones is None:
            phones = _phones(text)
        if not scheme and not numbered and any(first <= start < last for first, last in phones or ()):
            continue
        taken = end
        yield Quoted(start, end, spelling(number), party, scheme)


def _phones(text: str) -> list[tuple[int, int]]:
    if "+" in text or "-" in text or "/" in text:
        return [found.span() for found in TELEPHONE.finditer(text)]
    return []


def _spaced(text: str) -> Iterator[tuple[int, int, str]]:
    if SIX.search(text):
        yield from ((*found.span(), found[0]) for found in SPACED.finditer(text) if form_of(found[0])[1])


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    for chunk in CHUNK.finditer(text):
        for found in TOKEN.finditer(text, *chunk.span()):
            number = found[0].rstrip(".-/")
            yield found.start(), found.start() + len(number), number


def _may_be(number: str, before: str, cue: re.Match[str], after: str) -> bool:
    """May a number of no known form, after a word for a permit, be a permit's?"""
    digits = sum(map(str.isdigit, number))
    if digits < 3 or MONEY.search(before) or MONEY_AFTER.match(after) or DATE.fullmatch(number):
        return False
    if OTHER.search(before) or OTHER.search(before[:cue.start()] + " "):
        return False
    if (number.isdigit() and len(number) <= 4) or re.fullmatch(r"(?:c|ca)\.?\d{4}s?", number.lower()):
        return False
    if re.fullmatch(r"\d+[.]\d\d?", number) or re.fullmatch(r"\d+(?:st|nd|rd|th|s|cm|mm|g|kg|in|x\d+)", number.lower()):
        return False
    said = cue["between"]
    return bool(NUMBERED.search(said)) or (digits >= 4 and (not number.isdigit() or len(number) >= 6))


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.code for country in tables.countries())
