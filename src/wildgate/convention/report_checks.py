"""The checks that the Trade Database runs on an annual report, on our side of the door (Species+, `db/seeds.rb`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from wildgate.convention import quantity
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_codes import ALL_COLUMNS, Asked, Fault, Ranges, faults_of, unit_of
from wildgate.convention.report_layouts import NO_NUMBER, PERMIT_SIGNS
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.report_rules import Rule, rule
from wildgate.convention.report_rules import Severity as Severity
from wildgate.convention.sentence import say, whole
from wildgate.convention.taxonomy import Unknown

MOST_REMEMBERED: Final = 100_000
SEIZED: Final = "I"
Papers = tuple[str, str, str, str]
"""The numbers of the export permit, the import permit, the permit of origin, the introduction from the sea."""
E, W = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """What is wrong in a row: its number in the file, the column, how grave, a stable code and one sentence.

    `number` is that of the rule, see `report_rules.py`.
    """

    row: int
    column: str
    severity: Severity
    code: str
    sentence: str
    number: int = 0

    @property
    def rule(self) -> Rule | None:
        return rule(self.number) if self.number else None

    def as_json(self) -> dict[str, object]:
        return {"row": self.row, "column": self.column, "severity": self.severity.value, "code": self.code,
                "rule": self.number, "reason": self.sentence}


def check_rows(
    rows: Iterable[ReportRow], law: Law, *, part: Part | None = None, party: str | None = None,
    ranges: Ranges | None = None, columns: frozenset[str] = ALL_COLUMNS,
) -> tuple[ReportFinding, ...]:
    """Everything that `check_each` finds."""
    return tuple(check_each(rows, law, part=part, party=party, ranges=ranges, columns=columns))


def check_each(
    rows: Iterable[ReportRow], law: Law, *, part: Part | None = None, party: str | None = None,
    ranges: Ranges | None = None, columns: frozenset[str] = ALL_COLUMNS,
) -> Iterator[ReportFinding]:
    """Check row by row, in the order of the rows. `party` is the reporting Party, where known.

    `ranges` answers in which countries a species lives; None where that is not known here. `columns` are those that
    the file has: a summary without years is not told of every row that its year is missing. Rows that say the same in
    codes are judged once; quantities and numbers each time.
    """
    known: dict[tuple[str, ...], tuple[int, tuple[Fault, ...]]] = {}
    seen: set[int] = set()
    numbered = part is not None and "export_permit" in columns
    for position, row in enumerate(rows, start=2):
        codes = (row.appendix, row.species, row.term, row.unit, row.partner, row.year, row.purpose, row.source,
                 row.origin)
        if (judged := known.get(codes)) is None:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            taxon = law.resolve(row.species) if row.species else Unknown("", "missing")
            judged = known[codes] = hash(codes), tuple(
                faults_of(Asked(row, law, taxon, part, party, ranges, columns)))
        of_codes, faults = judged
        papers = row.export_permit, row.import_permit, row.origin_permit, row.ifs_permit
        of_row = hash((of_codes, papers, row.quantity, row.description, row.remarks))
        twice = of_row in seen
        seen.add(of_row)
        if (faults or twice or row.source == SEIZED or (numbered and not (row.export_permit or row.ifs_permit))
                or not row.quantity or _quantity(row.quantity, row.unit) is not None or _split(papers)):
            number = row.number or position
            for found in (faults, _numbers(row, part, columns, papers, twice=twice)):
                for of_rule, column, severity, code, sentence in found:
                    yield ReportFinding(number, column, severity, code, sentence, of_rule)


def _numbers(row: ReportRow, part: Part | None, columns: frozenset[str], papers: Papers, *,
             twice: bool) -> Iterator[Fault]:
    if row.quantity:
        if (wrong := _quantity(row.quantity, row.unit)) is not None:
            yield wrong
    else:
        yield 5, "quantity", E, "missing", say("The quantity is missing.")
    if twice and "export_permit" in columns:
        yield 37, "quantity", W, "row-twice", say(
            "The same row stands above already: is it another line, or the same?")
    if part is not None and "export_permit" in columns and not row.export_permit and not row.ifs_permit:
        yield 33, "export_permit", W, "missing", \
            say('The number of the export permit is missing: write "-" if there is none.')
    if _split(papers):
        name, number = next((name, each) for name, each in zip(
            ("export_permit", "import_permit", "origin_permit", "ifs_permit"), papers, strict=True)
            if PERMIT_SIGNS.search(each))
        yield 36, name, W, "permit-signs", say(
            "The permit number '%(number)s' holds a colon, semicolon or comma, at which the Trade Database splits it: "
            "write one number, without these signs.", number=number[:60])
    if row.source == SEIZED and "export_permit" in columns and all(paper in ("", NO_NUMBER) for paper in papers):
        yield 38, "source", W, "seized", say(
            "Seized specimens without a permit belong to the illegal trade report; here stands trade in confiscated "
            "specimens under a permit.")


@lru_cache(maxsize=64)
def _split(papers: Papers) -> bool:
    """Whether the Trade Database would split one of the numbers. The lines of a permit follow each other."""
    return any(PERMIT_SIGNS.search(each) for each in papers)


@lru_cache(maxsize=65536)
def _quantity(text: str, unit: str) -> Fault | None:
    amount = quantity.parse_quantity(text)
    if isinstance(amount, Refusal):
        return 7, "quantity", E, amount.code, whole(amount)
    fault = quantity.check_number(amount, unit_of(unit) or quantity.NUMBER if unit else quantity.NUMBER)
    return None if fault is None else (35, "quantity", W, fault.code, whole(fault))


