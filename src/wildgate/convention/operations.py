"""Registered operations: whether a breeding operation, nursery or institution of a register covers what a line moves.

Animals of Appendix I bred for commerce come from operations on the register (Art. VII.4, Res. Conf. 12.10), plants
from nurseries (Res. Conf. 9.19); institutions exchange under labels when both are registered (Art. VII.6, 11.15).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wildgate.convention.listing import Law
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Code, Direction, Kingdom, Source

ANIMALS = ("Art. VII.4", "Res. Conf. 12.10 (Rev. CoP15)")
PLANTS = ("Art. VII.4", "Res. Conf. 9.19")
BRED = ("Art. VII.5", "Res. Conf. 10.16")
GROWN = ("Art. VII.5", "Res. Conf. 11.11")
EXCHANGE = ("Art. VII.6", "Res. Conf. 11.15")
NOTHING = Decimal(0)
EXCHANGE_CERTIFICATE = "scientific-exchange"


class OperationKind(Code):
    """What a register holds: breeders of Appendix I animals, other breeders, nurseries, scientific institutions."""

    BREEDING_I = "breeding-appendix-I"
    BREEDING = "breeding"
    NURSERY = "nursery"
    INSTITUTION = "scientific-institution"


class OperationState(Code):
    """Whether an entry stands. Lapsed is not stored: it follows from the date."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Stock:
    """A taxon of an operation and the most that it can put out in a year, in specimens; None: not stated."""

    taxon: str
    yearly: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation as a register has it. `country` is where it lies; `valid_until` None: until withdrawn."""

    number: str
    country: str
    kind: OperationKind
    state: OperationState
    registered_on: date
    valid_until: date | None = None
    next_inspection: date | None = None
    stock: tuple[Stock, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a line says of its operation. `names` are the taxon and all taxa above it, by accepted names."""

    position: int
    number: str
    names: tuple[str, ...]
    kingdom: Kingdom
    source: Source
    quantity: Decimal
    unit: str
    origin: str
    on: date
    outward: bool

    @property
    def taxon(self) -> str:
        return self.names[0]

    @property
    def needed(self) -> bool:
        """Source D stands for Appendix I and a registered operation; other sources may name one."""
        return self.source is Source.REGISTERED

    @property
    def field(self) -> str:
        return f"lines[{self.position}].operation"

    @property
    def basis(self) -> tuple[str, ...]:
        animal = self.kingdom is Kingdom.ANIMAL
        return (ANIMALS if animal else PLANTS) if self.needed else (BRED if animal else GROWN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the register says to a claim. `proven`: an entry answers it, without a doubt left."""

    refusals: tuple[Refusal, ...] = ()
    doubts: tuple[Caution, ...] = ()
    proven: bool = False


FITS: Mapping[tuple[Source, Kingdom], frozenset[OperationKind]] = {
    (Source.REGISTERED, Kingdom.ANIMAL): frozenset({OperationKind.BREEDING_I}),
    (Source.REGISTERED, Kingdom.PLANT): frozenset({OperationKind.NURSERY}),
    (Source.CAPTIVE_BRED, Kingdom.ANIMAL): frozenset({OperationKind.BREEDING_I, OperationKind.BREEDING}),
    (Source.BORN, Kingdom.ANIMAL): frozenset({OperationKind.BREEDING_I, OperationKind.BREEDING}),
    (Source.PROPAGATED, Kingdom.PLANT): frozenset({OperationKind.NURSERY}),
    (Source.ASSISTED, Kingdom.PLANT): frozenset({OperationKind.NURSERY}),
}
"""Which kinds of operation bring forth specimens of a source. Other sources come from none of them."""


def key_of(number: str) -> str:
    """An operation's number in its one spelling: `a-qm 501` is AQM501."""
    return re.sub(r"[\W_]", "", number.upper())


def claims(trade: Trade, law: Law) -> tuple[Claim, ...]:
    """The lines that name an operation or need one."""
    found = []
    outward = trade.direction in (Direction.EXPORT, Direction.RE_EXPORT)
    for i, line in enumerate(trade.lines):
        number = (line.operation or trade.registered_operation or "").strip()
        taxon = law.resolve(line.taxon)
        if isinstance(taxon, Unknown) or trade.certificate == EXCHANGE_CERTIFICATE:
            continue
        if number or line.source is Source.REGISTERED:
            found.append(Claim(i, number, taxon.lineage, taxon.kingdom, line.source, line.quantity, line.unit,
                               line.origin, trade.on, outward))
    return tuple(found)


def judge(claim: Claim, entry: Entry | None, *, home: str, moved: Decimal = NOTHING) -> Verdict:
    """What the register says. `moved` is what left the operation of this taxon in the year before this line.

    The home register is complete, so what it does not have is refused for source D; of another country's register
    we may have a part or an old copy, so the answer there is "ask the authority". A source other than D needs no
    operation: what is wrong with the one that is named is told, not refused.
    """
    ours = claim.origin == home
    if not claim.number:
        if ours and claim.outward and claim.kingdom is Kingdom.ANIMAL:
            return Verdict((_missing(claim),))
        return Verdict()
    if entry is None:
        return _unknown(claim, ours)
    refusals: list[Refusal] = []
    doubts: list[Caution] = []
    for fault, open_abroad in _faults(claim, entry):
        if claim.needed and (ours or not open_abroad):
            refusals.append(fault)
        else:
            doubts.append(Caution(fault.code, f"{fault.reason} Ask the authority.", fault.basis,
                                  template=f"{fault.template} Ask the authority.", values=fault.values))
    doubts += _doubts(claim, entry, moved)
    return Verdict(tuple(refusals), tuple(doubts), not refusals and not doubts)


def stock_of(claim: Claim, entry: Entry) -> Stock | None:
    """The taxon of the entry that covers the line: its own, or the nearest above it."""
    return next((stock for name in claim.names for stock in entry.stock if stock.taxon == name), None)


def _missing(claim: Claim) -> Refusal:
    return refuse("operation-missing", "%(taxon)s with source D needs the number of its registered operation.",
                  taxon=claim.taxon, basis=claim.basis, field=claim.field)


def _unknown(claim: Claim, ours: bool) -> Verdict:
    if ours and claim.needed:
        return Verdict((refuse("operation-unknown", "Operation %(number)s is not in the register: give the number of "
                               "the operation that bred or grew the specimens.", basis=claim.basis, field=claim.field,
                               number=claim.number),))
    return Verdict(doubts=(doubt("operation-unknown", "Operation %(number)s is not in this register. Ask the "
                                    "authority of %(country)s whether it is registered.", claim.basis,
                                    number=claim.number, country=claim.origin),))


def _faults(claim: Claim, entry: Entry) -> list[tuple[Refusal, bool]]:
    """What in the entry stands against the claim, and whether another country's entry leaves it open.

    A copy of another register may lack the newest renewal, so "lapsed" is left open there.
    """
    number, taxon, basis, field = entry.number, claim.taxon, claim.basis, claim.field
    found: list[tuple[Refusal, bool]] = []
    if entry.kind not in FITS.get((claim.source, claim.kingdom), frozenset()):
        found.append((refuse("operation-kind", "Operation %(number)s is registered as %(kind)s: specimens of source "
                             "%(source)s do not come from it.", number=number, kind=entry.kind, source=claim.source,
                             basis=basis, field=field), False))
    if stock_of(claim, entry) is None:
        found.append((refuse("operation-taxon", "Operation %(number)s is not registered for %(taxon)s.", number=number,
                             taxon=taxon, basis=basis, field=field), False))
    if entry.state is not OperationState.ACTIVE:
        found.append((refuse("operation-not-active", "The registration of operation %(number)s is %(state)s.",
                             number=number, state=entry.state, basis=basis, field=field), False))
    if entry.registered_on > claim.on:
        found.append((refuse("operation-not-yet", "Operation %(number)s is registered from %(day)s on.", number=number,
                             day=entry.registered_on, basis=basis, field=field), False))
    if entry.valid_until is not None and entry.valid_until < claim.on:
        found.append((refuse("operation-lapsed", "The registration of operation %(number)s lapsed on %(day)s: it must "
                             "be renewed first.", number=number, day=entry.valid_until, basis=basis, field=field),
                      True))
    return found


def _doubts(claim: Claim, entry: Entry, moved: Decimal) -> list[Caution]:
    """What a person must look at although the entry covers the line."""
    found = []
    if entry.next_inspection is not None and entry.next_inspection < claim.on:
        found.append(doubt("inspection-overdue", "Operation %(number)s was to be inspected by %(day)s.",
                              claim.basis, number=entry.number, day=entry.next_inspection))
    stock = stock_of(claim, entry)
    most = stock.yearly if stock else None
    if most is not None and claim.unit == "NAR" and moved + claim.quantity > most:
        found.append(doubt("output-implausible", "Operation %(number)s states an output of %(most)s %(taxon)s a "
                              "year; with this line %(total)s leave in the year. Check where they come from.",
                              claim.basis, number=entry.number, most=plain(most), taxon=claim.taxon,
                              total=plain(moved + claim.quantity)))
    return found


def exchange_codes(trade: Trade) -> tuple[str, ...]:
    """The institutions' codes that a label of a scientific exchange names: `QM001, QZ014`."""
    texts = [trade.registered_operation or "", *(line.operation or "" for line in trade.lines)]
    return tuple(dict.fromkeys(part.upper() for text in texts for part in re.split(r"[\s,;/]+", text) if part))


def judge_exchange(trade: Trade, found: Sequence[Entry], *, home: str) -> Verdict:
    """Non-commercial loan, gift or exchange: both institutions are registered by their Management Authorities."""
    refusals: list[Refusal] = []
    doubts: list[Caution] = []
    for country in (trade.sender, trade.receiver):
        standing = [entry for entry in found if entry.country == country and _open(entry, trade.on)]
        if standing:
            continue
        if country == home:
            refusals.append(refuse("institution-unknown", "No scientific institution of %(country)s that is registered "
                                   "today is named: a label serves between two registered institutions.",
                                   country=country, basis=EXCHANGE, field="registered_operation"))
        else:
            doubts.append(doubt("institution-unknown", "No scientific institution of %(country)s in this register "
                                   "is named. Ask the authority there whether it is registered.", EXCHANGE,
                                   country=country))
    return Verdict(tuple(refusals), tuple(doubts), not refusals and not doubts)


def _open(entry: Entry, on: date) -> bool:
    return (entry.kind is OperationKind.INSTITUTION and entry.state is OperationState.ACTIVE
            and entry.registered_on <= on and (entry.valid_until is None or entry.valid_until >= on))
