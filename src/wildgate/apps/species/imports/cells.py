"""Cells of a download: markup taken off, names told from authors, places told apart."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

SCRIPT = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
BREAK = re.compile(r"<\s*(?:br|/?p|/?li|/?tr|/?div)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\s*\n\s*")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
NOT_UTF8 = re.compile(r"[\ud800-\udfff]")
MOJIBAKE = re.compile(r"[ÃÂ][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a"
                      r"\u20ac\u2122]")

LETTER = r"a-zà-öø-ÿœ"
EPITHET = rf"[{LETTER}]+(?:-[{LETTER}]+)*"
GENUS = r"[A-Z][a-zà-öø-ÿ]+(?:-[A-Za-z][a-z]+)*"
PARTICLES = (r"(?!(?:de|del|della|da|das|do|dos|du|la|le|van|von|vom|der|den|et|ex|in|sensu|auct|hort|nec|non|and|y|f|"
             r"zu|ter|te|ten|emend)\b)")
SYNONYM = re.compile(rf"({GENUS}(?: \({GENUS}\)| \([a-z]+\))?(?: (?:x |× )?(?:(?:var|ssp|subsp|subvar|f|forma)\.? )?"
                     rf"{PARTICLES}{EPITHET}){{0,3}})(?: (.*))?", re.DOTALL)
NEXT_SYNONYM = re.compile(rf",\s+(?={GENUS} (?:\({GENUS}\) )?(?:(?:var|ssp|subsp|f)\.? )?{PARTICLES}[{LETTER}])")
SCIENTIFIC = re.compile(rf'{GENUS}(?: (?:(?:var|ssp|subsp|f)\. )?(?:{EPITHET}|"[^"]{{1,40}}")){{0,4}}')
SECOND_HALVES = frozenset({"SAR", "Province of China", "Sint Eustatius and Saba", "Saint Eustatius and Saba",
                           "Islamic Republic of", "Plurinational State of", "Bolivarian Republic of",
                           "Republic of", "United Republic of", "Federated States of",
                           "the former Yugoslav Republic of", "The"})
APPENDIX_HEAD = re.compile(r"(?:^|\n)\s*(?:\*\*)?(?:Appendix\s+)?(I{1,3}|NC)(?:\*\*|:)[ \t]*")
UNDER = re.compile(r"(?:[Ii]ncluded in|listing) ([A-Z][A-Za-z]+ spp\.)")


def plain(text: str) -> str:
    """The words of a cell: markup off, entities read, spaces single, line breaks kept."""
    if not text:  # most cells of a download are
        return text
    if text.isascii() and text.isprintable() and "<" not in text and "&" not in text:
        return " ".join(text.split())
    if "<" in text:
        text = TAG.sub("", BREAK.sub("\n", SCRIPT.sub("", text)))
    if "&" in text:
        text = html.unescape(text)
    text = CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


def one_line(text: str) -> str:
    """The same as a single line."""
    return plain(text).replace("\n", " ")


def synonyms(text: str) -> list[tuple[str, str]]:
    """Names and authors out of one cell: `Boa regia Shaw, 1802, Cenchris regia (Shaw, 1802)`."""
    found: list[tuple[str, str]] = []
    for part in NEXT_SYNONYM.split(one_line(text)):
        match = SYNONYM.fullmatch(part.strip(" ,;"))
        if match:
            name = re.sub(r" \([A-Za-z-]+\)(?= [a-z])", "", match[1]).strip()
            found.append((name[:200], (match[2] or "").strip(" ,;")[:250]))
        elif found and part.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]}, {part.strip()}"[:250].lstrip(", "))
    return found


def common_names(text: str) -> list[str]:
    """Common names out of one cell, split by commas that stand outside brackets."""
    parts = re.split(r"\s*[,;]\s*(?![^()]*\))", one_line(text))
    return [part[:200] for part in dict.fromkeys(parts) if part]


def places(text: str) -> list[str]:
    """Names of countries out of one cell; a name that holds a comma (`Taiwan, Province of China`) stays whole."""
    if not text:
        return []
    found: list[str] = []
    for part in re.split(r"\s*,\s*", one_line(text)):
        if found and part in SECOND_HALVES:
            found[-1] = f"{found[-1]}, {part}"
        elif part:
            found.append(part)
    return found


def codes(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,]+", text) if part]


@lru_cache(maxsize=4096)
def by_appendix(text: str) -> tuple[tuple[str, str], ...]:
    """An annotation cell as (Appendix, note) pairs: `Appendix I:Except ... \\nAppendix II:Population of ...`."""
    clean = plain(text)
    heads = list(APPENDIX_HEAD.finditer(clean))
    ends = [*(head.start() for head in heads[1:]), len(clean)]
    return tuple((head[1], clean[head.end():end].strip()) for head, end in zip(heads, ends, strict=False))


def under(note: str) -> str:
    """The wider entry that a note says the taxon is listed under, as it writes it: `Pythonidae spp.`"""
    found = UNDER.search(note)
    return found[1] if found else ""
