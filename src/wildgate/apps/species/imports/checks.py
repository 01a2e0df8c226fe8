"""What each column of a download may hold: one rule a column, so that shifted cells are seen where they begin."""

from __future__ import annotations

import re
from datetime import date

from wildgate.apps.species.imports import cells

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

    def __init__(self, column: str, code: str, reason: str) -> None:
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
        raise BadCell(column, "too-long", f"{column} has more than {LONGEST_CELL} letters.")
    if fault := cells.encoding_fault(value):
        raise BadCell(column, "encoding", f"{column} {fault}: {show(value)}.")
    return value


def number(column: str, value: str) -> str:
    if not NUMBER.fullmatch(value.strip()):
        raise BadCell(column, "not-a-number", f"{column} is {show(value)}, not a number of the register; "
                      "are the columns shifted?")
    return value.strip()


def one_of(column: str, value: str, known: set[str]) -> str:
    value = cells.one_line(value)
    if value not in known:
        raise BadCell(column, "unknown-value", f"{column} is {show(value)}, not one of {', '.join(sorted(known))}; "
                      "are the columns shifted?")
    return value


def name(column: str, value: str) -> str:
    value = cells.one_line(value)
    if len(value) > LONGEST_NAME or not cells.SCIENTIFIC.fullmatch(value):
        raise BadCell(column, "not-a-name", f"{column} is {show(value)}, not a scientific name; "
                      "are the columns shifted?")
    return value


def group(column: str, value: str) -> str:
    """Phylum, class, order, family or genus; may be empty."""
    value = cells.one_line(value)
    if value and (len(value) > LONGEST_GROUP or not GROUP.fullmatch(value)):
        raise BadCell(column, "not-a-name", f"{column} is {show(value)}, not the name of a group; "
                      "are the columns shifted?")
    return value


def listing(column: str, value: str) -> str:
    value = cells.one_line(value)
    if value and not LISTING.fullmatch(value):
        raise BadCell(column, "not-an-appendix", f"{column} is {show(value)}; an Appendix is I, II, III or NC, "
                      "several are split by a stroke.")
    return value


def yes_or_no(column: str, value: str) -> bool | None:
    value = value.strip().lower()
    if value not in ("", "true", "false", "t", "f"):
        raise BadCell(column, "not-yes-or-no", f"{column} is {show(value)}, not true or false; "
                      "are the columns shifted?")
    return None if not value else value.startswith("t")


def country(column: str, value: str) -> str:
    if not COUNTRY.fullmatch(value):
        raise BadCell(column, "not-a-country", f"{column} is {show(value)}, not a two-letter country code.")
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
    raise BadCell(column, "not-a-day", f"{column} is {show(value)}, not a day; write it as 2025-03-06.")
