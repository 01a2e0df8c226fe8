"""The words of a download as codes: terms keep the code they had, units that convert exactly go to their base unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from wildgate.convention import tables

NUMBER = "NAR"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit of a file is here: its code, and times `factor` a quantity of the unit `code`."""

    code: str
    own: str
    factor: Decimal


def room_table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of this room; lines that begin with `# ` are its head."""
    text = (files("wildgate.worldtrade") / f"{name}.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.split("\n") if line and not line.startswith("# "))
    columns = next(lines).split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))


@cache
def term_codes() -> dict[str, str]:
    """Each word for a term, in lower case, with the code it stands for; a historic term keeps its own code."""
    words: dict[str, str] = {row["word"]: row["code"] for row in room_table("words") if row["kind"] == "term"}
    every = tables.terms()
    for term in every:
        words.setdefault(term.code.casefold(), term.code)
    for term in every:
        words.setdefault(term.name_en.casefold().strip(), term.code)
    for row in tables.read_facts("trade_words"):
        words.setdefault(row["word"].casefold(), row["term_code"])
    for term in every:
        for name in (term.name_fr, term.name_es):
            if name:
                words.setdefault(name.casefold(), term.code)
    return words


@cache
def measures() -> dict[str, Measure]:
    """Each word for a unit, in lower case. A unit without an exact factor stays what it is; blank is a number."""
    by_code = {unit.code: _measure(unit) for unit in tables.units()}
    words = {row["word"]: by_code[row["code"]] for row in room_table("words")
             if row["kind"] == "unit" and row["code"] in by_code}
    for unit in tables.units():
        for name in (unit.code, unit.legacy, unit.symbol, unit.symbol.rstrip("."), unit.name_en, unit.name_fr,
                     unit.name_es):
            if name:
                words.setdefault(name.casefold(), by_code[unit.code])
    return words | {"": by_code[NUMBER]}


def standard_unit(code: str) -> str:
    """The unit in which quantities of the unit `code` are kept: KGM for GRM; the code itself where none converts."""
    found = measures().get(code.strip().casefold())
    return found.code if found else code.strip()


def _measure(unit: tables.Unit) -> Measure:
    if unit.base and unit.factor is not None:
        return Measure(unit.base, unit.code, unit.factor)
    return Measure(unit.code, unit.code, Decimal(1))
