"""A question to the trade rows as a value, and the SQL condition it stands for: plain SQL that any engine reads."""

from __future__ import annotations

from dataclasses import dataclass

from wildgate.worldtrade.words import standard_unit

RANKS = ("taxon", "species", "genus", "family", "order", "class")
COLUMN_OF_RANK = {"genus": "genus", "family": "family", "order": "order_name", "class": "class_name"}
BLANK = "-"
MOST_CODES = 300


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Codes may be several, joined by commas; "-" is a blank. `kind` "" lets the store choose one.

    `rank` "" or "taxon" is the name exactly as reported; "species" takes its subspecies too; a higher rank takes all
    that was reported below it. A `unit` is asked in the unit it is kept in: GRM means KGM.
    """

    taxon: str = ""
    rank: str = ""
    term: str = ""
    unit: str = ""
    source: str = ""
    purpose: str = ""
    importer: str = ""
    exporter: str = ""
    origin: str = ""
    first_year: int | None = None
    last_year: int | None = None
    reporter: str = ""
    kind: str = ""
    appendix: str = ""


Values = dict[str, object]


def condition(q: Question) -> tuple[str, Values]:
    """The words after WHERE and the values of their places."""
    tests: list[str] = []
    values: Values = {}
    for column in ("kind", "term", "source", "purpose", "importer", "exporter", "origin", "reporter", "appendix"):
        _among(tests, values, column, getattr(q, column))
    _among(tests, values, "unit", ",".join(units_of(q)))
    if q.taxon:
        _taxon(tests, values, q)
    if q.first_year is not None:
        tests.append('"year" >= $first_year')
        values["first_year"] = q.first_year
    if q.last_year is not None:
        tests.append('"year" <= $last_year')
        values["last_year"] = q.last_year
    return " AND ".join(tests) or "1 = 1", values


def units_of(q: Question) -> tuple[str, ...]:
    """The units that are asked for, as they are kept; "-" is a blank one."""
    return tuple(standard_unit(code) for code in q.unit.split(",")) if q.unit else ()


def _taxon(tests: list[str], values: Values, q: Question) -> None:
    values["taxon"] = q.taxon
    if q.rank in COLUMN_OF_RANK:
        tests.append(f"{COLUMN_OF_RANK[q.rank]} = $taxon")
    elif q.rank == "species":
        # the first two tests follow from the third; by them an engine passes over files that hold other names
        tests.append("taxon >= $taxon AND taxon < $taxon_end AND (taxon = $taxon OR taxon LIKE $taxon_below)")
        values["taxon_below"], values["taxon_end"] = f"{q.taxon} %", f"{q.taxon}!"
    else:
        tests.append("taxon = $taxon")


def _among(tests: list[str], values: Values, column: str, asked: str) -> None:
    codes = [code.strip() for code in asked.split(",") if code.strip()][:MOST_CODES]
    if not codes:
        return
    for place, code in enumerate(codes):
        values[f"{column}_{place}"] = "" if code == BLANK else code
    if len(codes) == 1:
        tests.append(f"{column} = ${column}_0")
    else:
        tests.append(f"{column} IN ({', '.join(f'${column}_{place}' for place in range(len(codes)))})")
