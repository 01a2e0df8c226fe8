"""Export quotas: whom a quota binds, what is left of it, and the arithmetic of its ledger (Res. Conf. 14.7).

A quota limits what may be exported in its year. Permits issued are counted when they are issued (box 11a), actual
exports when customs endorse; what a permit did not use is free again. Pure: the ledger's rows are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from wildgate.convention.listing import Law
from wildgate.convention.permit import PermitRecord, plain
from wildgate.convention.quantity import convert
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.register import RegisterLaw
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Code, Direction, DocumentKind, Source

BASIS = ("Res. Conf. 14.7",)
NOTHING = Decimal(0)
STEP = Decimal("0.000001")
AS_WILD = frozenset({Source.WILD.value, Source.HIGH_SEAS.value, Source.UNKNOWN.value})
"""A measure on wild specimens also meets those of unknown source and those from the high seas."""
HOME_TAKEN = frozenset({"XX"})


class QuotaKind(Code):
    """Who set a quota."""

    NATIONAL = "national"
    CONFERENCE = "conference"
    COMMITTEE = "committee"
    LISTING = "listing"


class Entry(Code):
    """The four kinds of ledger lines."""

    RESERVE = "reserve"
    BIND = "bind"
    USE = "use"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Specimens:
    """What one line moves, as quotas and suspensions look at it. `names` is the lineage, the most specific first."""

    names: tuple[str, ...]
    term: str
    source: str
    purpose: str
    origin: str
    region: str = ""

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which specimens are meant. Empty means any; `taxon` may be a species or any taxon above or below it."""

    taxon: str = ""
    terms: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    region: str = ""

    def covers(self, it: Specimens) -> bool:
        """Are these specimens meant? A region binds specimens of that region and those of no stated region."""
        if self.taxon and self.taxon not in it.names:
            return False
        if not self._source(it.source):
            return False
        return ((not self.terms or it.term in self.terms) and (not self.purposes or it.purpose in self.purposes)
                and (not self.region or not it.region or it.region.casefold() == self.region.casefold()))

    def _source(self, code: str) -> bool:
        return (not self.sources or code in self.sources
                or (Source.WILD.value in self.sources and code in AS_WILD))

    def depth(self, it: Specimens) -> tuple[int, int]:
        """How near to the specimens: 0 for their own name; then the number of other limits, fewer is wider."""
        near = it.names.index(self.taxon) if self.taxon in it.names else len(it.names)
        return near, -sum(map(bool, (self.terms, self.sources, self.purposes, self.region)))


@dataclass(frozen=True, slots=True)
class Claim:
    """One line that asks for a part of a quota."""

    block: str
    specimens: Specimens
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """A trade or a permit as quotas and suspensions look at it: `sender` exports, `receiver` imports."""

    sender: str
    receiver: str
    on: date
    claims: tuple[Claim, ...]
    re_export: bool = False

    def exports_own(self, claim: Claim) -> bool:
        """Does the line leave the country that it was taken or bred in? Only that counts against its quotas."""
        return not self.re_export and claim.specimens.origin in (self.sender, *HOME_TAKEN)


def shipment_of_trade(trade: Trade, law: Law) -> Shipment:
    """An application's trade; blocks are the positions of its lines, from 0."""
    claims = tuple(
        Claim(str(i), Specimens(lineage(law, line.taxon), line.term, line.source.value, trade.purpose.value,
                                line.origin, line.region), line.quantity, line.unit)
        for i, line in enumerate(trade.lines))
    return Shipment(trade.sender, trade.receiver, trade.on, claims, trade.direction is not Direction.EXPORT
                    and trade.direction is not Direction.IMPORT)


def shipment_of_record(record: PermitRecord, law: Law, regions: Mapping[str, str] | None = None) -> Shipment:
    """A permit about to be issued; blocks are the letters of its lines. `regions` are those of harvest, by block."""
    purpose = record.purpose.value if record.purpose else ""
    claims = tuple(
        Claim(line.block, Specimens(lineage(law, line.taxon), line.term, line.source.value, purpose,
                                    line.origin.country, (regions or {}).get(line.block, "")),
              line.quantity, line.unit)
        for line in record.lines)
    return Shipment(record.exporter.country, record.importer.country, record.issued_at.date(), claims,
                    record.kind is DocumentKind.RE_EXPORT)


def lineage(law: Law, name: str) -> tuple[str, ...]:
    """The names that a measure on this taxon may stand at, its own first; an unknown name stands alone with its genus.

    A measure that was written down before a name was sunk stands at the sunk name, so those count as the taxon's own.
    """
    found = law.resolve(name)
    if not isinstance(found, Taxon):
        return tuple(dict.fromkeys((name, name.split(" ")[0])))
    sunk = _sunk(law)
    own, *above = found.lineage
    return tuple(dict.fromkeys((own, *sunk.get(own, ()), *sunk.get(found.species, ()), *above)))


@lru_cache(maxsize=4)
def _sunk(law: Law) -> Mapping[str, tuple[str, ...]]:
    """Accepted names with the synonyms that stand for them alone, by the shipped tables and the imports of a Party."""
    told = [(old, new) for old, (new, how) in law.taxonomy.renames.items() if how == "synonym"]
    if isinstance(law, RegisterLaw):
        told += [(old, new[0]) for old, new in law.register.synonyms.items() if len(new) == 1]
    found: dict[str, list[str]] = {}
    for old, new in told:
        found.setdefault(new, []).append(old)
    return {new: tuple(olds) for new, olds in found.items()}


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a quota, or one share of it, stands."""

    amount: Decimal
    reserved: Decimal = NOTHING
    bound: Decimal = NOTHING
    used: Decimal = NOTHING

    @property
    def free(self) -> Decimal:
        return self.amount - self.reserved - self.bound - self.used

    @property
    def held(self) -> Decimal:
        """Taken but not exported yet: put aside for applications or bound by permits."""
        return self.reserved + self.bound

    @property
    def counted(self) -> Decimal:
        """What box 11a counts: exported, and bound by permits that may still export."""
        return self.bound + self.used

    def after(self, kind: Entry, quantity: Decimal, of: Entry = Entry.BIND) -> Balance:
        """The balance after one ledger line. `of` is what a return undoes. Raises ValueError where it cannot be."""
        reserved, bound, used = self.reserved, self.bound, self.used
        if kind is Entry.RESERVE:
            reserved += quantity
        elif kind is Entry.BIND:
            bound += quantity
        elif kind is Entry.USE:
            bound, used = bound - quantity, used + quantity
        elif of is Entry.RESERVE:
            reserved -= quantity
        elif of is Entry.USE:
            used -= quantity
        else:
            bound -= quantity
        new = Balance(self.amount, reserved, bound, used)
        if quantity <= 0 or min(reserved, bound, used, new.free) < 0:
            raise ValueError(f"{kind} of {plain(quantity)} at {self}")
        return new

    def refuse(self, asked: Decimal, *, newest: Decimal = NOTHING, label: str = "") -> Refusal:
        """Why `asked` is too much: "10 left of 500: 460 + 30 bound." `newest` is the latest quantity bound."""
        return refuse("quota-exceeded", "%(left)s left of %(amount)s: %(taken)s.", basis=BASIS,
                      left=plain(max(self.free, NOTHING)), amount=plain(self.amount), taken=self.told(newest),
                      asked=plain(asked), quota=label)

    def told(self, newest: Decimal = NOTHING) -> str:
        """What is taken, in words: used, bound before and by the newest permit, reserved."""
        parts = [f"{plain(self.used)} used"] if self.used else []
        if 0 < newest < self.bound:
            parts.append(f"{plain(self.bound - newest)} + {plain(newest)} bound")
        elif self.bound or not (self.used or self.reserved):
            parts.append(f"{plain(self.bound)} bound")
        if self.reserved:
            parts.append(f"{plain(self.reserved)} reserved")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger; a return says what it undoes."""

    kind: Entry
    quantity: Decimal
    of: Entry = Entry.BIND


def fold(amount: Decimal, lines: Iterable[LedgerLine]) -> Balance:
    """The balance that a ledger leads to. Raises ValueError for lines that could not have happened in this order."""
    balance = Balance(amount)
    for line in lines:
        balance = balance.after(line.kind, line.quantity, line.of)
    return balance


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota as a value. `amount` None: in preparation, no number is set yet.

    `certain` False: its text says more than its codes, so a person must judge whether a line is meant.
    `factors` turn other units into the quota's: 1 of the unit is so many of the quota.
    """

    key: int
    country: str
    scope: Scope
    unit: str
    amount: Decimal | None
    start: date
    end: date
    certain: bool = True
    label: str = ""
    note: str = ""
    factors: Mapping[str, Decimal] = field(default_factory=dict)

    def holds(self, shipment: Shipment, claim: Claim) -> bool:
        """Does the quota bind this line? One without a country binds every exporter. It is for the year's own harvest,
        so pre-Convention specimens count only where it names their source."""
        if claim.specimens.source == Source.PRE_CONVENTION.value and not self.scope.sources:
            return False
        return (self.country in ("", shipment.sender) and self.start <= shipment.on <= self.end
                and shipment.exports_own(claim) and self.scope.covers(claim.specimens))

    def factor(self, unit: str) -> Decimal | Refusal:
        """How many of the quota's units one `unit` is."""
        if unit in self.factors:
            return self.factors[unit]
        turned = convert(Decimal(1), unit, self.unit)
        if isinstance(turned, Refusal):
            return refuse("quota-unit", "The quota for %(label)s counts in %(right)s and %(given)s cannot be turned "
                          "into it: give the quantity in %(right)s.", label=self.label, right=self.unit, given=unit,
                          basis=BASIS)
        return turned


def in_quota_units(quantity: Decimal, factor: Decimal) -> Decimal:
    """A quantity as the quota counts it, rounded up at the sixth decimal so that rounding never overdraws."""
    return (quantity * factor).quantize(STEP, ROUND_CEILING)


def refused(limit: Limit, claim: Claim, *, field: str | None = None) -> Refusal | None:
    """What the quota forbids whatever its ledger says: a zero quota, and one that is still in preparation."""
    if limit.amount is None:
        return _forbidden("quota-in-preparation", "The quota of %(country)s for %(taxon)s in %(year)s is in "
                          "preparation: nothing is exported before its number is set.", limit, claim, field)
    if limit.amount == 0:
        return _forbidden("zero-quota", "The quota of %(country)s for %(taxon)s in %(year)s is zero: nothing may be "
                          "exported.", limit, claim, field)
    return None


def _forbidden(code: str, template: str, limit: Limit, claim: Claim, field: str | None) -> Refusal:
    return refuse(code, template, basis=BASIS, field=field, taxon=limit.scope.taxon or claim.specimens.name,
                  country=limit.country or "every Party", year=limit.start.year)


def exceeds(limit: Limit, claims: Sequence[Claim]) -> Refusal | None:
    """Another Party's permit that by itself has more than that Party's quota of the year."""
    total = NOTHING
    for claim in claims:
        factor = limit.factor(claim.unit)
        if isinstance(factor, Refusal) or limit.amount is None:
            return None
        total += in_quota_units(claim.quantity, factor)
    if limit.amount is None or total <= limit.amount:
        return None
    return refuse("over-quota", "The permit has %(asked)s, the quota of %(country)s for %(label)s in %(year)s is "
                  "%(amount)s: refuse the goods and contact the authority that issued it.", asked=plain(total),
                  country=limit.country, label=limit.label or limit.scope.taxon, year=limit.start.year,
                  amount=plain(limit.amount), basis=(*BASIS, "50 CFR 23.26(c)(14)"))


def quota_year(year: int, *, caviar: bool = False) -> tuple[date, date]:
    """First and last day: the calendar year, or 1 March to the end of February for caviar (Res. Conf. 12.7)."""
    if caviar:
        return date(year, 3, 1), date(year + 1, 3, 1) - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)
