"""Standing findings: an authority's word that holds for many permits, until a day, up to a quantity, from some plans.

The Scientific Authority monitors permits and actual exports and advises limits (Articles III.2(a), IV.2(a), IV.3;
Res. Conf. 16.7); the Management Authority may find in the same way that specimens are lawfully acquired (18.7) or a
use not primarily commercial (5.10). Pure: versions, balances and the people behind them are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.quantity import convert
from wildgate.convention.quota import Claim, Scope, Specimens
from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import as_text
from wildgate.convention.vocabulary import By, Code, Direction, FindingKind

K = FindingKind
SCIENTIFIC_KINDS = (K.NON_DETRIMENT, K.PURPOSE_NOT_DETRIMENTAL, K.HOUSING)
MANAGEMENT_KINDS = (K.LEGAL_ACQUISITION, K.NOT_COMMERCIAL)
ADVISED_KINDS = (K.CAPTIVE_BRED, K.PROPAGATED)
"""Made by the Management Authority on the Scientific Authority's advice (Res. Conf. 10.16, 11.11): either may stand."""
KINDS = (*SCIENTIFIC_KINDS, *MANAGEMENT_KINDS, *ADVISED_KINDS)
BASIS: dict[FindingKind, tuple[str, ...]] = {
    K.NON_DETRIMENT: ("Art. III.2(a)", "Art. IV.2(a)", "Art. IV.3", "Res. Conf. 16.7"),
    K.PURPOSE_NOT_DETRIMENTAL: ("Art. III.3(a)",),
    K.HOUSING: ("Art. III.3(b)",),
    K.LEGAL_ACQUISITION: ("Art. III.2(b)", "Art. IV.2(b)", "Art. V.2(a)", "Res. Conf. 18.7"),
    K.NOT_COMMERCIAL: ("Art. III.3(c)", "Res. Conf. 5.10"),
    K.CAPTIVE_BRED: ("Art. VII.4", "Art. VII.5", "Res. Conf. 10.16"),
    K.PROPAGATED: ("Art. VII.4", "Art. VII.5", "Res. Conf. 11.11"),
}
AUTHORITY = {By.SCIENTIFIC: "Scientific Authority", By.MANAGEMENT: "Management Authority"}


class Period(Code):
    """What a quantity limit is counted over."""

    YEAR = "year"
    PERMIT = "permit"


class Factor(Code):
    """The groups of factors that a non-detriment finding weighs (Res. Conf. 16.7 (Rev. CoP17))."""

    SPECIES = "species"
    STATUS = "status"
    HARVEST = "harvest"
    MANAGEMENT = "management"
    BENEFITS = "benefits"


def givers(kind: FindingKind) -> tuple[By, ...]:
    """The authorities that may let a finding of this kind stand; none for kinds that belong to one shipment."""
    if kind in SCIENTIFIC_KINDS:
        return (By.SCIENTIFIC,)
    if kind in MANAGEMENT_KINDS:
        return (By.MANAGEMENT,)
    return (By.SCIENTIFIC, By.MANAGEMENT) if kind in ADVISED_KINDS else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line as findings look at it: the claim, the way it goes, its management plan ("NP-12", empty: none given)."""

    claim: Claim
    direction: Direction
    plan: str = ""

    @property
    def specimens(self) -> Specimens:
        return self.claim.specimens

    def field(self, name: str) -> str | None:
        """The input of the application that a refusal is about, where blocks are positions."""
        return f"lines[{self.claim.block}].{name}" if self.claim.block.isdigit() else None


@dataclass(frozen=True, slots=True)
class StandingFinding:
    """One version of a standing finding. It holds from `start` to `end`, both days included; no `end`: until changed.

    `amount` limits what is granted in a calendar year or by one permit, in `unit`; None: no limit. `plans` empty: any
    management plan or none. `home` is the Party whose finding it is. `key` names the version, `number` all versions.
    """

    key: int
    number: str
    version: int
    kind: FindingKind
    by: By
    home: str
    scope: Scope
    positive: bool
    start: date
    end: date | None = None
    review: date | None = None
    direction: Direction | None = None
    amount: Decimal | None = None
    unit: str = "NAR"
    period: Period = Period.YEAR
    plans: frozenset[str] = frozenset()
    conditions: str = ""

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def concerns(self, line: Line) -> bool:
        """Are these specimens meant, as far as the line tells? One of no stated region may be of the finding's.

        A positive word reaches no further than it says: unknown and high-seas sources are not "wild" to it, and a
        finding on exports is about the home Party's own specimens. A negative one is read wide.
        """
        it = line.specimens
        if self.direction not in (None, line.direction) or not self.scope.covers(it):
            return False
        if not self.positive:
            return True
        if self.scope.sources and it.source not in self.scope.sources:
            return False
        return line.direction is not Direction.EXPORT or it.origin == self.home

    def allows_plan(self, plan: str) -> bool:
        return not self.plans or plan.casefold() in {name.casefold() for name in self.plans}

    def against(self, line: Line) -> Refusal | None:
        """What stands against a line that the finding concerns, whatever its quantity."""
        if self.scope.region and not line.specimens.region:
            return self.no("standing-region", "Give the region: %(finding)s is for %(taxon)s from %(region)s.",
                           line, "region", region=self.scope.region)
        if not self.positive:
            return self.no("standing-negative", "%(finding)s is negative for %(taxon)s: no permit can rest on it.",
                           line, "taxon")
        if self.allows_plan(line.plan):
            return None
        plans = ", ".join(sorted(self.plans))
        if not line.plan:
            return self.no("standing-plan-missing", "Give the management plan: %(finding)s is for %(taxon)s from "
                           "%(plans)s only.", line, "plan", plans=plans)
        return self.no("standing-plan", "Management plan %(plan)s is outside %(finding)s: %(taxon)s may come from "
                       "%(plans)s only.", line, "plan", plan=line.plan, plans=plans)

    def counted(self, line: Line) -> Decimal | Refusal:
        """How many of the finding's units one unit of the line is."""
        turned = convert(Decimal(1), line.claim.unit, self.unit)
        if isinstance(turned, Refusal):
            return self.no("standing-unit", "%(finding)s counts %(taxon)s in %(unit)s and %(given)s cannot be turned "
                           "into it: give the quantity in another unit.", line, "unit", unit=self.unit,
                           given=line.claim.unit)
        return turned

    def exceeded(self, line: Line, asked: Decimal, free: Decimal, *, year: int) -> Refusal:
        """Why `asked` of the finding's units is too much where `free` are left."""
        amount, much = self.spoken(self.amount or Decimal(0)), self.spoken(asked)
        if self.period is Period.PERMIT:
            return self.no("standing-exceeded", "%(asked)s of %(taxon)s is more than the %(amount)s that %(finding)s "
                           "allows on one permit.", line, "quantity", asked=much, amount=amount)
        return self.no("standing-exceeded", "%(asked)s of %(taxon)s is too much: %(left)s left of the %(amount)s that "
                       "%(finding)s allows in %(year)s.", line, "quantity", asked=much,
                       left=plain(max(free, Decimal(0))), amount=amount, year=year)

    def spoken(self, quantity: Decimal) -> str:
        """A quantity of the finding's unit in a sentence: 180 t."""
        unit = tables.unit(self.unit)
        return f"{plain(quantity)} {unit.symbol if unit else self.unit}".strip()

    def no(self, code: str, template: str, line: Line, field: str, **values: object) -> Refusal:
        """A refusal that names this finding and the line's taxon."""
        texts = {key: as_text(value) for key, value in values.items()}
        texts |= {"finding": self.name, "taxon": line.specimens.name}
        return Refusal(code, template % texts, BASIS[self.kind], line.field(field), (), template, texts)

    @property
    def name(self) -> str:
        """The finding as sentences name it; the person behind it is for officials only."""
        return f"{self.number} of the {AUTHORITY[self.by]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the standing findings say to one line: by which of them, and what stands against it, if anything."""

    finding: StandingFinding
    refusal: Refusal | None = None


def serves(finding: StandingFinding, kind: FindingKind, by: By) -> bool:
    """May this standing finding make a finding that the law asks of that authority? Advice may, where law wants it."""
    return finding.kind is kind and (finding.by is by or (by is By.MANAGEMENT and kind in ADVISED_KINDS))


def answer(line: Line, kind: FindingKind, by: By, on: date, standing: Iterable[StandingFinding]) -> Answer | None:
    """The nearest standing finding's word on this line; None where none concerns it and the authority must be asked.

    The nearest is the one on the lowest taxon with the most limits. Between two as near, the negative one counts, then
    one whose plan is the line's own.
    """
    near = sorted((one for one in standing
                   if serves(one, kind, by) and one.holds_on(on) and one.concerns(line)),
                  key=lambda one: (*one.scope.depth(line.specimens), one.positive, not one.allows_plan(line.plan),
                                   one.key))
    if not near:
        return None
    return Answer(near[0], near[0].against(line))


def instead(standing: Iterable[StandingFinding], number: str, new: StandingFinding | None) -> list[StandingFinding]:
    """The standing findings with another version, or none, in the place of `number`: what a change would make."""
    others = [one for one in standing if one.number != number]
    return [*others, replace(new, number=number)] if new is not None else others
