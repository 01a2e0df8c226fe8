"""The permit as paper: the standard form (Res. Conf. 12.3, Annex 2) as PDF/A-3 with its message attached."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from wildgate.convention import tables
from wildgate.convention.permit import LINES_ON_A_PAGE, Address, PermitLine, PermitRecord, Reference, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message import qr
from wildgate.message.profile import OTHER_NAMES, TYPE_LETTERS, country_name
from wildgate.message.rosette import rosettes
from wildgate.message.widths import bounds, texts
from wildgate.seal.text import to_url

FONTS = ("Libertinus Serif", "Noto Serif", "Noto Naskh Arabic", "Noto Sans Arabic", "Noto Serif CJK SC",
         "Noto Sans CJK SC", "Droid Sans Fallback", "Noto Sans", "DejaVu Sans")
"""Libertinus is inside typst; the others serve further scripts where the machine has them."""

STANDARD: Final = "a-3a"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VALID = "ISSUED / VALID"
NOT_DRAWN = re.compile(r'(?:the text|contains the codepoint) `"(.*?)"`')
PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA), *range(0x410, 0x450), 0x2013,
                            0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2039, 0x203A, 0xD7, 0x0A)))
"""Letters that the font inside typst draws: Latin with accents, Greek, Cyrillic, common signs."""
PROBE = b"""#let permit = json(bytes(sys.inputs.permit))
#set document(title: "letters", date: datetime(year: 2026, month: 1, day: 1))
#set text(font: permit.fonts, lang: "en")
#permit.words"""
MOST_NAMED = 6
NO_LETTER = {"Co", "Cn", "Cs", "Cc"}
"""Private, unassigned, half and control characters: a PDF/A may not hold them, whatever a font draws for them."""
PACKAGES = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "BOPOMOFO", "FULLWIDTH", "YI"),
                         "fonts-droid-fallback") | {"HANGUL": "fonts-nanum"}
"""Debian's packages by the first word of a letter's name; for all other scripts it is fonts-noto-core."""
NOT_SET = frozenset({"xml", "qr", "fonts"})
"""Parts of the form's data that are not words on the paper."""


class Unprintable(ValueError):
    """The form could not be set; the message is the setter's own. `letters` are those that no font draws."""

    def __init__(self, message: str, letters: str = "") -> None:
        super().__init__(message)
        self.letters = letters


def write_pdf(record: PermitRecord, tokens: Sequence[bytes], *, base_url: str, xml: bytes,
              state_word: str = "") -> bytes:
    """The form with a page for every four lines, the page's seal as a QR code, and `xml` attached as permit.xml.

    `tokens` holds one token for each page of `record.pages`; `base_url` is the address that opens when a camera reads
    the code. Raises ValueError when tokens and pages differ in number, and Unprintable for a letter that no font on
    this machine draws: ask `undrawable` before issue.
    """
    if len(tokens) != len(record.pages):
        raise ValueError(f"The permit has {len(record.pages)} pages but {len(tokens)} seals.")
    data = _form(record, [to_url(base_url, token) for token in tokens], xml.decode(), state_word or VALID)
    known = {text: found for text in texts(data, NOT_SET) if (found := bounds(text)) is not None}
    return _set(_template(), data | {"wide": known, "rosettes": rosettes()}, data["moment"])


def undrawable(record: PermitRecord) -> Refusal | None:
    """Why the permit cannot be printed on this machine: the first box with letters that no font here draws.

    Quick where the paper holds the usual letters only, and where the words were drawn before.
    """
    for box, text in _words_of(record):
        rare = frozenset(word for word in text.split() if not PLAIN.issuperset(word))
        if rare and not rare <= _drawn:
            if letters := [letter for letter in text if unicodedata.category(letter) in NO_LETTER and letter != "\n"]:
                return refuse("no-letter", "Box %(box)s holds %(letters)s, which is no letter of any script, so it "
                                           "cannot be printed; correct the box.", box=box, letters=_named(letters))
            if missing := _missing(" ".join(sorted(rare))):
                return _no_font(box, missing)
            _drawn.update(rare)
    return None


_drawn: set[str] = set()
"""Words that were drawn once on this machine."""


def _words_of(record: PermitRecord) -> Iterator[tuple[str, str]]:
    yield "1", f"{record.number} {record.replaces}"
    for box, who in (("3", record.importer), ("4", record.exporter), ("6", record.authority)):
        yield box, f"{who.name} {who.address}"
    yield from (("5", record.special_conditions), ("5b", record.security_stamp), ("13", record.place),
                ("13", record.official), ("15", record.transport_document))
    for line in record.lines:
        yield from (("7", line.taxon), ("8", line.common_name), ("9", " ".join((line.description, *line.marks))),
                    ("12", line.origin.number), ("12b", line.operation),
                    ("12a", line.last_re_export.number if line.last_re_export else ""))


def _missing(words: str) -> str:
    """The letters of these words that no font draws."""
    missing = ""
    while words.strip() and len(missing) < MOST_NAMED:
        try:
            _set(PROBE, {"fonts": list(FONTS), "words": words}, 0)
            break
        except Unprintable as fault:
            if not fault.letters:
                raise
            missing += fault.letters
            words = words.translate({ord(letter): " " for letter in fault.letters})
    return missing


def _no_font(box: str, letters: str) -> Refusal:
    script = unicodedata.name(letters[0], "").split(" ")[0]
    package = "fonts-noto-cjk" if script == "CJK" and letters[0] > "\uffff" else PACKAGES.get(script, "fonts-noto-core")
    return refuse("no-font", "No font on this server draws %(letters)s in box %(box)s; install the package %(package)s "
                             "and issue again.", letters=_named(letters), box=box, package=package)


def _named(letters: Iterable[str]) -> str:
    return ", ".join(f"{letter} (U+{ord(letter):04X})" if letter.isprintable() else f"U+{ord(letter):04X}"
                     for letter in list(dict.fromkeys(letters))[:MOST_NAMED])


def _set(template: bytes, data: dict[str, Any], moment: int) -> bytes:
    """Set a form. A letter without a font costs one more look at the machine's fonts: one may just have come."""
    inputs = {"permit": json.dumps(data, ensure_ascii=False)}
    for last in (False, True):
        try:
            out: bytes = typst.compile(template, font_paths=machine_fonts(), pdf_standards=[STANDARD],
                                       sys_inputs=inputs, timestamp=moment)
            return out
        except typst.TypstError as error:
            found = NOT_DRAWN.search(error.message)
            if last or not found:
                raise Unprintable(f"The form could not be set: {error.message}.",
                                  _unescaped(found[1]) if found else "") from error
            machine_fonts.cache_clear()
    raise AssertionError


@cache
def _template() -> bytes:
    return files("wildgate.message").joinpath("form.typ").read_bytes()


@cache
def machine_fonts() -> Any:
    """Looking through the machine's fonts takes longer than setting a page: once a process."""
    return typst.Fonts()


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]{1,6})\}", lambda code: chr(int(code[1], 16)), text)


def _form(record: PermitRecord, urls: Sequence[str], xml: str, state: str) -> dict[str, Any]:
    at = record.issued_at.astimezone(UTC)
    letter = TYPE_LETTERS.get(record.kind, "O")
    return {
        "title": f"CITES permit/certificate {record.number}", "moment": int(at.timestamp()),
        "issued": [at.year, at.month, at.day, at.hour, at.minute, at.second], "issued_text": words(at.date()),
        "country": country_name(record.party) or record.party,
        "fonts": list(FONTS), "state": state, "number": record.number, "letter": letter,
        "other": OTHER_NAMES.get(record.kind, ""), "valid_until": words(record.valid_until),
        "importer": _party(record.importer), "exporter": _party(record.exporter),
        "authority": _party(record.authority, with_country=True),
        "conditions": record.special_conditions + (
            f"\nReplaces {record.replaces}." if record.replaces else ""),
        "purpose": f"{record.purpose}  {tables.purpose_name(record.purpose.value)}" if record.purpose else "—",
        "stamp": record.security_stamp or "—", "place": record.place, "official": record.official,
        "transport": record.transport_document, "digest_short": short(record.digest), "xml": xml,
        "sheets": [_sheet(page, number, url) for number, (page, url) in
                   enumerate(zip(record.pages, urls, strict=True), start=1)],
    }


def _sheet(lines: Sequence[PermitLine], number: int, url: str) -> dict[str, Any]:
    blocks = [line.block for line in lines]
    last = ALPHABET.find(blocks[-1])
    free = ALPHABET[last + 1:last + LINES_ON_A_PAGE] if last >= 0 else ""
    struck = list(free.ljust(LINES_ON_A_PAGE, "–"))[:LINES_ON_A_PAGE - len(lines)]
    return {"page": number, "qr": qr.write_svg(url), "lines": [_block(line) for line in lines], "struck": struck,
            "letters": blocks + struck}


def _party(who: Address, *, with_country: bool = False) -> dict[str, str]:
    country = _country(who.country)
    lines = [who.name, who.address, country if with_country else ""]
    return {"name": who.name, "country": country, "lines": "\n".join(filter(None, lines))}


def _country(code: str) -> str:
    return f"{code}  {country_name(code)}".strip()


def _block(line: PermitLine) -> dict[str, str]:
    term, unit = tables.term(line.term), tables.unit(line.unit)
    sources = str(line.source) + (f"/{line.second_source}" if line.second_source else "")
    used = "" if line.quota_used is None else plain(line.quota_used)
    quota = "" if line.quota is None else plain(line.quota)
    marks = "Marks: " + "; ".join(line.marks) if line.marks else ""
    return {
        "block": line.block, "taxon": line.taxon, "common": line.common_name,
        "description": "\n".join(filter(None, [f"{line.term}  {term.name_en if term else ''}".strip(),
                                               line.description, marks])),
        "appendix": f"{line.appendix}  {sources}", "source": tables.source_name(line.source.value),
        "quantity": f"{plain(line.quantity)} {line.unit}", "unit": unit.name_en if unit else "",
        "quota": f"{used} / {quota}" if used or quota else "—",
        "origin": _reference(line.origin), "last": _reference(line.last_re_export) if line.last_re_export else "—",
        "operation": " · ".join(filter(None, [line.operation, words(line.acquired) if line.acquired else ""])) or "—",
    }


def _reference(paper: Reference) -> str:
    papers = " · ".join(filter(None, [paper.number, words(paper.issued_on) if paper.issued_on else ""]))
    return "\n".join(filter(None, [_country(paper.country), papers]))


def words(day: date) -> str:
    """A date that no reader can take for another: 3 March 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short(digest: bytes) -> str:
    """The first 16 bytes in groups of four hex digits: what a person compares with the screen."""
    text = digest[:16].hex()
    return " ".join(text[at:at + 4] for at in range(0, len(text), 4))
