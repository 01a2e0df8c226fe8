"""Article VII before Articles III to V: transit, personal effects and the certificates of travellers and institutions.

Each function answers for one line, or with None where the exemption does not hold; a warning then says why not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from wildgate.convention import quantity
from wildgate.convention.case import Answer, Case, Doubt, strictest
from wildgate.convention.catalogue import caution
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.convention.rules import WILD, Rule
from wildgate.convention.sentence import Sentence, say
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.vocabulary import Appendix, Direction, Kingdom, Outcome, Purpose, Source

CERTIFICATES = (
    "scientific-exchange",
    "travelling-exhibition",
    "pet-ownership",
    "musical-instrument",
    "sample-collection",
)
SAMPLE = "SPE"
ONE_ANIMAL = ("travelling-exhibition", "pet-ownership")
INSTRUMENT_TERMS = ("CAR", "IVC", "KEY", "WPR")
_OF_INSTRUMENTS = frozenset({*INSTRUMENT_TERMS, "BAL", "BOC", "BON", "BOP", "DER", "HAP", "HOC", "HOP", "HOR", "IVP",
                             "LPL", "LPS", "PLA", "SHE", "SKP"})  # fmt: skip
"""What an instrument, its parts and accessories are reported as; logs, boards and whole skins are none."""
_SERVES: dict[str, tuple[Callable[[Case], bool], str]] = {
    "musical-instrument": (
        lambda case: not case.line.live and case.line.term in _OF_INSTRUMENTS,
        say("it is for finished instruments, their parts and accessories."),
    ),
    "sample-collection": (lambda case: not case.line.live, say("live specimens are no samples.")),
}
"""Kinds of specimens that a certificate is made for (Res. Conf. 16.8; 50 CFR 23.50); no row here: for any."""
BRED = (Source.CAPTIVE_BRED, Source.PROPAGATED)
_MOVES = (Direction.EXPORT, Direction.RE_EXPORT, Direction.IMPORT)
_NEVER: tuple[Callable[[Case], bool], str] = (lambda case: False, say("its condition does not hold."))
_CONDITIONS: dict[str, tuple[Callable[[Case], bool], str]] = {
    "": (lambda case: True, ""),
    "carried": (lambda case: not case.line.live and case.trade.carried_by_owner, ""),
    "live": (lambda case: case.line.live, say("it is for live animals.")),
    "live or sent": (lambda case: case.line.live or not case.trade.carried_by_owner, ""),
    "a sample": (lambda case: case.line.term == SAMPLE and not case.line.live, ""),
    "not a live animal": (
        lambda case: not (case.line.live and case.taxon.kingdom is Kingdom.ANIMAL),
        say("live animals do not travel under a scientific label."),
    ),
    "Appendix I only D": (
        lambda case: case.appendix is not Appendix.I or case.line.source is Source.REGISTERED,
        say("specimens of Appendix I must be of source D."),
    ),
    "Appendix I only O": (
        lambda case: case.appendix is not Appendix.I or case.line.source is Source.PRE_CONVENTION,
        say("specimens of Appendix I must be pre-Convention."),
    ),
}


@dataclass(frozen=True, slots=True)
class PersonalLimit:
    """How much of a kind of Appendix II specimens one person may carry (Res. Conf. 13.7)."""

    taxa: frozenset[str]
    terms: frozenset[str]
    limit: Decimal
    unit: str
    words: Sentence
    basis: tuple[str, ...]


def special(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """The exemption that decides the line, if one does, and the reasons why others do not."""
    trade = case.trade
    if trade.direction not in _MOVES:
        return None, ()
    if trade.certificate:
        return _certificate(case)
    if trade.personal_effects:
        return _personal(case)
    return None, ()


def transit(case: Case, answer: Answer) -> Answer:
    """T01 and commerce in Appendix I: the papers that must travel with the goods cannot exist."""
    wild_i = case.appendix is Appendix.I and case.standing in WILD
    if case.trade.direction is not Direction.TRANSIT or not wild_i or case.trade.purpose is not Purpose.COMMERCIAL:
        return answer
    told = caution("transit-of-commerce", ("Art. III.3(c)", "Art. VII.1"), taxon=case.name, source=case.line.source)
    return answer._replace(
        decision=strictest(answer.decision, Outcome.CONDITIONAL), warnings=(*answer.warnings, told)
    )


def simplified(case: Case) -> Doubt | None:
    """Z06: samples for science, medicine or the courts may travel on a partially completed document."""
    if case.trade.direction not in (Direction.EXPORT, Direction.RE_EXPORT):
        return None
    for row in case.table.under("simplified-procedure"):
        if case.fits(row) and _CONDITIONS.get(row.when, _NEVER)[0](case):
            told = caution("simplified-procedure", row.basis, taxon=case.name, note=row.told)
            return Doubt(told, row.floor(case.trade.purpose))
    return None


def _certificate(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """Z01 to Z05: the certificate that the trader holds or asks for, where it can serve this line."""
    kind, line = case.trade.certificate or "", case.line
    for row in case.table.under(kind):
        if why := _why_not(row, case):
            no = caution("certificate-not-available", row.basis, certificate=say(kind), taxon=case.name, why=why)
            return None, (no,)
        told: list[Caution] = []
        if kind == "musical-instrument":
            told.append(caution("certificate-not-accepted-everywhere", ("Res. Conf. 16.8",)))
        if kind in ONE_ANIMAL and line.live and case.taxon.kingdom is Kingdom.ANIMAL and line.quantity > 1:
            amount = plain(line.quantity)
            told.append(caution("one-animal-a-certificate", row.basis, taxon=case.name, amount=amount))
        return case.by(row), tuple(told)
    return None, ()


def _why_not(row: Rule, case: Case) -> str:
    """Why the certificate of `row` cannot serve the line; empty where it can."""
    holds, why = _CONDITIONS.get(row.when, _NEVER)
    serves, no = _SERVES.get(row.direction, _CONDITIONS[""])
    if case.line.source not in row.sources:
        return say("it does not cover source %(source)s.", source=case.line.source)
    if case.trade.purpose not in row.purposes:
        return say("it does not cover purpose %(purpose)s.", purpose=case.trade.purpose)
    if case.appendix not in row.appendices:
        return say("it does not cover Appendix %(appendix)s.", appendix=case.appendix)
    if case.taxon.kingdom not in row.kingdoms:
        return say("it is for the other kingdom.")
    if not serves(case):
        return no
    return "" if holds(case) else why or _NEVER[1]


def _personal(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """P01 to P04: personal and household effects, carried by their owner, not live (Art. VII.3)."""
    rows = case.table.under("personal-effects")
    row = next((row for row in rows if case.fits(row) and _CONDITIONS.get(row.when, _NEVER)[0](case)), None)
    if row is None:
        why = say("the purpose is %(purpose)s, not P.", purpose=case.trade.purpose)
        told = caution("not-personal-effects", ("Art. VII.3", "Res. Conf. 13.7"), taxon=case.name, why=why, note="")
        return None, (told,)
    if row.decision is None:
        why = say("live specimens are never exempt." if case.line.live else "the owner does not carry the goods.")
        return None, (caution("not-personal-effects", row.basis, taxon=case.name, why=why, note=row.told),)
    if case.appendix is Appendix.II:
        return _personal_ii(case, row)
    if row.decision is Outcome.CONDITIONAL:
        answer = _maybe(case, row, say("the owner did not acquire it outside the State of residence and bring it "
                                       "there."))
    else:
        answer = case.by(row)
    return answer, _stricter(case)


def _personal_ii(case: Case, row: Rule) -> tuple[Answer | None, tuple[Caution, ...]]:
    """P02: exempt within the limits; otherwise by where the owner lives and where the specimen was taken."""
    limits = [limit for limit in personal_limits() if case.line.term in limit.terms and _of(case.taxon.lineage, limit)]
    measured = [(limit, quantity.compare(_carried(case, limit), limit.unit, limit.limit, limit.unit))
                for limit in limits if quantity.convertible(case.line.unit, limit.unit)]  # fmt: skip
    for limit, sign in measured:
        if sign != 0 and sign != -1:
            return None, (caution("above-personal-limit", limit.basis, taxon=case.name, limit=limit.words),)
    if len(measured) < len(limits):  # giant clams are limited by number and by weight, and a line gives one of them
        least = say(
            "it is at most %(limit)s." if measured else "it is at most %(limit)s: give the quantity in %(unit)s.",
            limit=limits[0].words,
            unit=limits[0].unit,
        )
        return _maybe(case, row, least), _stricter(case)
    if measured or _clearly_exempt(case):
        return case.by(row), _stricter(case)
    why = say(
        "it was not acquired in the State where it was taken from the wild, outside the State of residence, "
        "while that State requires export permits."
    )
    return _maybe(case, row, why), _stricter(case)


def _carried(case: Case, limit: PersonalLimit) -> Decimal:
    """How much of one kind the traveller carries in all: two tins on two lines are one quantity."""
    total = Decimal(0)
    for line in case.trade.lines:
        taxon = case.law.resolve(line.taxon)
        if line.term not in limit.terms or isinstance(taxon, Unknown) or not _of(taxon.lineage, limit):
            continue
        part = quantity.convert(line.quantity, line.unit, limit.unit)
        total += Decimal(0) if isinstance(part, Refusal) else part
    return total


def _of(lineage: tuple[str, ...], limit: PersonalLimit) -> bool:
    return not limit.taxa.isdisjoint(lineage)


def _clearly_exempt(case: Case) -> bool:
    """One of the three conditions of Article VII.3(b) cannot be met: then the exemption stands.

    They are: acquired outside the State of residence, in the State of removal from the wild; imported into the State
    of residence; that State requires export permits.
    """
    trade, line = case.trade, case.line
    if line.source in BRED:
        return True
    return trade.residence is not None and (trade.residence != trade.receiver or line.origin != trade.sender)


def _maybe(case: Case, row: Rule, why: str) -> Answer:
    answer = case.by(row)
    told = [caution("effects-conditional", row.basis, taxon=case.name, why=why)]
    if case.appendix is Appendix.I and case.line.term in INSTRUMENT_TERMS:
        told.append(caution("instrument-certificate", ("Res. Conf. 16.8",), taxon=case.name))
    return answer._replace(
        decision=strictest(answer.decision, Outcome.CONDITIONAL), warnings=(*answer.warnings, *told)
    )


def _stricter(case: Case) -> tuple[Caution, ...]:
    return (caution("stricter-law", ("Art. XIV.1",), taxon=case.name),)


@cache
def personal_limits() -> tuple[PersonalLimit, ...]:
    """The limits of `wildgate/data/personal_effects.tsv`."""
    return tuple(
        PersonalLimit(
            frozenset(row["taxa"].split("|")),
            frozenset(row["terms"].split("|")),
            Decimal(row["limit"]),
            row["unit"],
            say(row["words"]),
            tuple(part.strip() for part in row["basis"].split(";")),
        )
        for row in read_facts("personal_effects")
    )
