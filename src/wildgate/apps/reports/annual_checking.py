"""The checks of a draft of the annual report: counted, added up, each finding beside its row and its permit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from django.db import transaction

from wildgate.apps.reports import selectors
from wildgate.apps.reports.annual_models import AnnualCheck
from wildgate.apps.reports.wording import FIXES
from wildgate.apps.species.models import TaxonRange
from wildgate.apps.species.registry import Standing, law_of, standing
from wildgate.convention.permit import plain
from wildgate.convention.report_codes import Ranges
from wildgate.convention.report_row import Basis, Part, ReportRow
from wildgate.convention.report_rules import Rule, rule
from wildgate.convention.reporting import ReportFinding, Severity, check_each
from wildgate.convention.taxonomy import Taxon
from wildgate.kit.sentences import as_kept, told_again

MOST_LIVE: Final = 4_000
"""So many permit lines are read and checked while a reader waits. More are checked by a job, the page says when, and so
many of the newest are listed on it."""
MOST_FINDINGS: Final = 500
THERE: Final = (TaxonRange.Certainty.NATIVE, TaxonRange.Certainty.PRESENT, TaxonRange.Certainty.REINTRODUCED)
RowOf = Callable[[ReportFinding], ReportRow]
"""The row that a finding is about."""


@dataclass(frozen=True, slots=True)
class Total:
    """What moved in one term and unit, over all permits of the part."""

    term: str
    unit: str
    rows: int
    quantity: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding of the checks beside the home permit that the row rests on, else the foreign one."""

    finding: ReportFinding
    permit: str
    paper: str = ""

    @property
    def rule(self) -> Rule | None:
        return rule(self.finding.number) if self.finding.number else None

    @property
    def fix(self) -> Any:
        """How the row is put right, in words."""
        return FIXES[self.rule.fix] if self.rule else ""


@dataclass(slots=True)
class Examined:
    """What one pass over the rows of a part told. At most 500 findings are kept; all of them are counted, by rule."""

    rows: int = 0
    permits: int = 0
    errors: int = 0
    warnings: int = 0
    blocking: int = 0
    by_rule: Counter[int] = field(default_factory=Counter)
    totals: list[Total] = field(default_factory=list)
    findings: list[Checked] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows, "permits": self.permits, "errors": self.errors, "warnings": self.warnings,
            "blocking": self.blocking, "by_rule": {str(key): count for key, count in self.by_rule.items()},
            "totals": [[each.term, each.unit, each.rows, each.quantity] for each in self.totals],
            "findings": [[each.finding.as_json() | as_kept(each.finding.sentence), each.permit, each.paper]
                         for each in self.findings]}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Examined:
        """As it was kept."""
        findings = [Checked(ReportFinding(said["row"], said["column"], Severity(said["severity"]), said["code"],
                                          told_again(said), said["rule"]), permit, paper)
                    for said, permit, paper in told["findings"]]
        return cls(told["rows"], told["permits"], told["errors"], told["warnings"], told["blocking"],
                   Counter({int(key): count for key, count in told["by_rule"].items()}),
                   [Total(*each) for each in told["totals"]], findings)


def examine(findings: Iterable[ReportFinding], seen: Tally, row_of: RowOf) -> Examined:
    """Put together what the checks found and what `seen` counted of the rows while they went by."""
    told = Examined()
    for each in findings:
        told.by_rule[each.number] += 1
        if each.severity is Severity.ERROR:
            told.errors += 1
            told.blocking += bool(each.number and rule(each.number).primary)
        else:
            told.warnings += 1
        if len(told.findings) < MOST_FINDINGS:
            row = row_of(each)
            told.findings.append(Checked(each, own_permit(row, seen.part), row.export_permit or row.import_permit))
    told.rows, told.permits, told.totals = seen.rows, seen.permits, seen.totals()
    return told


class Tally:
    """Counts rows as they go by, and remembers the last: it is the one that a finding is about."""

    def __init__(self, part: Part) -> None:
        self.part, self.rows, self.permits = part, 0, 0
        self.last = ReportRow("", "", "", "", "", "", "")
        self._paper = ""
        self._summed: dict[tuple[str, str], tuple[int, Decimal]] = {}

    def through(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        for row in rows:
            self.last, self.rows = row, self.rows + 1
            paper = own_permit(row, self.part)
            self.permits += paper != self._paper or self.rows == 1
            self._paper = paper
            count, quantity = self._summed.get((row.term, row.unit), (0, Decimal(0)))
            self._summed[row.term, row.unit] = count + 1, quantity + _number(row.quantity)
            yield row

    def totals(self) -> list[Total]:
        """Rows and quantities by term and unit, in the order of the terms."""
        return [Total(term, unit, count, plain(quantity))
                for (term, unit), (count, quantity) in sorted(self._summed.items())]


def examined(party: str, year: int, part: Part, basis: Basis) -> Examined:
    """One pass over the part as it stands now; no row is kept."""
    seen = Tally(part)
    found = check_each(seen.through(selectors.rows(party, year, part, basis)), law_of(party), part=part, party=party,
                       ranges=ranges_of(party))
    return examine(found, seen, lambda _finding: seen.last)


def keep(party: str, year: int, part: Part, basis: Basis, at: datetime) -> Examined:
    """Check a part and keep what was told."""
    told = examined(party, year, part, basis)
    with transaction.atomic():
        AnnualCheck.objects.update_or_create(party=party, year=year, part=part.value, basis=basis.value,
                                             defaults={"at": at, "told": told.as_json()})
    return told


def kept(party: str, year: int, part: Part, basis: Basis) -> tuple[Examined, datetime] | None:
    """What was told the last time, and when."""
    found = AnnualCheck.objects.filter(party=party, year=year, part=part.value, basis=basis.value).first()
    return (Examined.of(found.told), found.at) if found else None


def own_permit(row: ReportRow, part: Part) -> str:
    """The number of the home document that the row rests on; empty when only a foreign paper was shown."""
    return row.export_permit if part is Part.EXPORTS else row.import_permit or row.ifs_permit


def ranges_of(party: str) -> Ranges | None:
    """In which countries each species lives, by the distributions that were imported; None where none were."""
    newest = standing(party)
    found = _ranges(party, newest) if newest else {}
    if not found:
        return None

    def there(taxon: Taxon) -> frozenset[str] | None:
        return found.get(taxon.name) or found.get(" ".join(taxon.name.split()[:2]))
    return there


@lru_cache(maxsize=2)
def _ranges(party: str, newest: Standing) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, country in TaxonRange.objects.filter(taxon__party=party, certainty__in=THERE).values_list(
            "taxon__name", "country").iterator(chunk_size=5000):
        found.setdefault(name, set()).add(country)
    return {name: frozenset(countries) for name, countries in found.items()}


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
