"""What each column of a download may hold: one rule a column, so that shifted cells are seen where they begin."""

from __future__ import annotations

import re
from datetime import date

from wildgate.apps.species.imports import cells
from wildgate.convention.sentence import Sentence, say

RANKS = {"KINGDOM", "PHYLUM", "CLASS", "ORDER", "FAMILY", "SUBFAMILY", "GENUS", "SPECIES", "SUBSPECIES", "VARIETY"}
KINGDOMS = {"Animalia", "Plantae"}
LISTING = re.compile(r"(?:I{1,3}|NC)(?:/(?:I{1,3}|NC))*")
GROUP = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ ()-]*")
COUNTRY = re.compile(r"[A-Z][A-Z0-9]")
NUMBER = re.compile(r"[0-9]{1,12}")
LONGEST_CELL = 60_000
LONGEST_NAME = 120
LONGEST_GROUP = 40


class BadCell(ValueError):
    """What is wrong with one cell; the reading of its row ends and becomes a fault."""

    def __init__(self, column: str, code: str, reason: Sentence) -> None:
        super().__init__(reason)
        self.column, self.code, self.reason = column, code, reason


def show(value: str) -> str:
    """A value as told in a sentence: short, on one line."""
    value = " ".join(cells.NOT_UTF8.sub("?", value).replace("\x00", "?").split())
    return f"“{value[:40]}{'...' if len(value) > 40 else ''}”"


def sound(column: str, value: str) -> str:
    """The cell itself, once its length and encoding are accepted."""
    if value.isascii() and value.isprintable() and len(value) <= LONGEST_CELL:
        return value
    if len(value) > LONGEST_CELL:
        raise BadCell(column, "too-long", say("%(column)s has more than %(most)s letters.", column=column,
                                             most=LONGEST_CELL))
    if fault := _encoding(column, value):
        raise BadCell(column, "encoding", fault)
    return value


def _encoding(column: str, value: str) -> Sentence | None:
    """Why the bytes of a cell were not what they should be; None when they were."""
    shown = show(value)
    if cells.NOT_UTF8.search(value):
        return say("%(column)s is not UTF-8 text; save the file as UTF-8: %(value)s.", column=column, value=shown)
    if "\x00" in value:
        return say("%(column)s holds a NUL character; the file is damaged or in UTF-16, save it as UTF-8: %(value)s.",
                   column=column, value=shown)
    if cells.MOJIBAKE.search(value):
        return say("%(column)s was read in a wrong encoding before it was saved (its accents are two signs each): "
                   "%(value)s.", column=column, value=shown)
    return None


def number(column: str, value: str) -> str:
    if not NUMBER.fullmatch(value.strip()):
        raise BadCell(column, "not-a-number", say("%(column)s is %(value)s, not a number of the register; are the "
                                                  "columns shifted?", column=column, value=show(value)))
    return value.strip()


def one_of(column: str, value: str, known: set[str]) -> str:
    value = cells.one_line(value)
    if value not in known:
        raise BadCell(column, "unknown-value", say(
            "%(column)s is %(value)s, not one of %(known)s; are the columns shifted?", column=column,
            value=show(value), known=", ".join(sorted(known))))
    return value


def name(column: str, value: str) -> str:
    value = cells.one_line(value)
    if len(value) > LONGEST_NAME or not cells.SCIENTIFIC.fullmatch(value):
        raise BadCell(column, "not-a-name", say("%(column)s is %(value)s, not a scientific name; are the columns "
                                                "shifted?", column=column, value=show(value)))
    return value


def group(column: str, value: str) -> str:
    """Phylum, class, order, family or genus; may be empty."""
    value = cells.one_line(value)
    if value and (len(value) > LONGEST_GROUP or not GROUP.fullmatch(value)):
        raise BadCell(column, "not-a-name", say("%(column)s is %(value)s, not the name of a group; are the columns "
                                                "shifted?", column=column, value=show(value)))
    return value


def listing(column: str, value: str) -> str:
    value = cells.one_line(value)
    if value and not LISTING.fullmatch(value):
        raise BadCell(column, "not-an-appendix", say("%(column)s is %(value)s; an Appendix is I, II, III or NC, "
                                                     "several are split by a stroke.", column=column,
                                                     value=show(value)))
    return value


def yes_or_no(column: str, value: str) -> bool | None:
    value = value.strip().lower()
    if value not in ("", "true", "false", "t", "f"):
        raise BadCell(column, "not-yes-or-no", say("%(column)s is %(value)s, not true or false; are the columns "
                                                   "shifted?", column=column, value=show(value)))
    return None if not value else value.startswith("t")


def country(column: str, value: str) -> str:
    if not COUNTRY.fullmatch(value):
        raise BadCell(column, "not-a-country", say("%(column)s is %(value)s, not a two-letter country code.",
                                                   column=column, value=show(value)))
    return value


def day(column: str, value: str) -> date | None:
    value = value.strip()
    if not value:
        return None
    parts = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", value)
    swapped = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", value)
    try:
        if parts:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
        if swapped:
            return date(int(swapped[3]), int(swapped[2]), int(swapped[1]))
    except ValueError:
        pass
    raise BadCell(column, "not-a-day", say("%(column)s is %(value)s, not a day; write it as 2025-03-06.",
                                           column=column, value=show(value)))
