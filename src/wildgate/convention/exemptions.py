"""Article VII before Articles III to V: transit, personal effects and the certificates of travellers and institutions.

Each function answers for one line, or with None where the exemption does not hold; a warning then says why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from wildgate.convention import quantity
from wildgate.convention.case import Answer, Case
from wildgate.convention.catalogue import caution
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.refusal import Refusal
from wildgate.convention.rules import WILD, rule_by_id
from wildgate.convention.vocabulary import Appendix, Direction, Kingdom, Outcome, Purpose, Source

CERTIFICATES = {
    "scientific-exchange": "Z01",
    "travelling-exhibition": "Z02",
    "pet-ownership": "Z03",
    "musical-instrument": "Z04",
    "sample-collection": "Z05",
}
_MOVES = (Direction.EXPORT, Direction.RE_EXPORT, Direction.IMPORT)


@dataclass(frozen=True, slots=True)
class PersonalLimit:
    """How much of a kind of Appendix II specimens one person may carry (Res. Conf. 13.7)."""

    taxa: frozenset[str]
    terms: frozenset[str]
    limit: Decimal
    unit: str
    words: str
    basis: tuple[str, ...]


def special(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """The exemption that decides the line, if one does, and the reasons why others do not."""
    trade = case.trade
    if trade.direction is Direction.TRANSIT:
        return _transit(case), ()
    if trade.direction not in _MOVES:
        return None, ()
    if trade.certificate:
        return _certificate(case)
    if trade.personal_effects:
        return _personal(case)
    return None, ()


def _transit(case: Case) -> Answer:
    """T01: no document of the transit State; the papers of export (and import) travel with the goods."""
    answer = case.by(rule_by_id("T01"))
    if case.appendix is Appendix.I and case.line.source in WILD and case.trade.purpose is Purpose.COMMERCIAL:
        told = caution("transit-of-commerce", ("Art. III.3(c)", "Art. VII.1"), taxon=case.name, source=case.line.source)
        return answer._replace(decision=Outcome.CONDITIONAL, warnings=(told,))
    return answer


def _certificate(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """Z01 to Z05: the certificate that the trader holds or asks for, where it can serve this line."""
    kind = case.trade.certificate or ""
    row = rule_by_id(CERTIFICATES[kind])
    line, purpose = case.line, case.trade.purpose
    why = ""
    if line.source not in row.sources:
        why = f"it does not cover source {line.source}."
    elif purpose not in row.purposes:
        why = f"it does not cover purpose {purpose}."
    elif case.taxon.kingdom not in row.kingdoms or (row.id == "Z03" and not line.live):
        why = "it is for live animals."
    elif row.id == "Z04" and case.appendix is Appendix.I and line.source is not Source.PRE_CONVENTION:
        why = "specimens of Appendix I must be pre-Convention."
    elif row.id == "Z05" and case.appendix is Appendix.I and line.source is not Source.REGISTERED:
        why = "specimens of Appendix I must be of source D."
    elif row.id == "Z01" and line.live and case.taxon.kingdom is Kingdom.ANIMAL:
        why = "live animals do not travel under a scientific label."
    if why:
        return None, (caution("certificate-not-available", row.basis, certificate=kind, taxon=case.name, why=why),)
    told = (caution("certificate-not-accepted-everywhere", ("Res. Conf. 16.8",)),) if row.id == "Z04" else ()
    return case.by(row), told


def _personal(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    """P01 to P04: personal and household effects, carried by their owner, not live."""
    trade, line = case.trade, case.line
    why = ""
    if trade.purpose is not Purpose.PERSONAL:
        why = f"the purpose is {trade.purpose}, not P."
    elif line.live:
        why = "live specimens are never exempt."
    elif not trade.carried_by_owner:
        why = "the owner does not carry the goods; goods mailed or sent separately are not exempt."
    if why:
        return None, (caution("not-personal-effects", rule_by_id("P04").basis, taxon=case.name, why=why),)
    if case.appendix is Appendix.III:
        return Answer("P03", Outcome.NO_DOCUMENT), _stricter(case)
    if case.appendix is Appendix.I:
        why = "the owner did not acquire it outside the State of residence and bring it there."
        return _maybe(case, "P01", why), _stricter(case)
    return _personal_ii(case)


def _personal_ii(case: Case) -> tuple[Answer | None, tuple[Caution, ...]]:
    row, line, trade = rule_by_id("P02"), case.line, case.trade
    limits = [limit for limit in personal_limits() if line.term in limit.terms and limit.taxa & set(case.taxon.lineage)]
    measured = [(limit, quantity.compare(line.quantity, line.unit, limit.limit, limit.unit)) for limit in limits]
    known = [(limit, sign) for limit, sign in measured if not isinstance(sign, Refusal)]
    if limits and not known:
        why = f"it is at most {limits[0].words}: give the quantity in {limits[0].unit}."
        return _maybe(case, "P02", why), _stricter(case)
    for limit, sign in known:
        if sign > 0:
            told = caution("above-personal-limit", limit.basis, taxon=case.name, limit=limit.words)
            return None, (told,)
    if known or (trade.residence is not None and (trade.residence == trade.sender or line.origin != trade.sender)):
        return Answer("P02", Outcome.NO_DOCUMENT), _stricter(case)
    why = (
        "it was not acquired in the State where it was taken from the wild, outside the State of residence, "
        "while that State requires export permits."
    )
    return _maybe(case, row.id, why), _stricter(case)


def _maybe(case: Case, rule_id: str, why: str) -> Answer:
    told = caution("effects-conditional", rule_by_id(rule_id).basis, taxon=case.name, why=why)
    return Answer(rule_id, Outcome.CONDITIONAL, warnings=(told,))


def _stricter(case: Case) -> tuple[Caution, ...]:
    return (caution("stricter-law", ("Art. XIV.1",), taxon=case.name),)


@cache
def personal_limits() -> tuple[PersonalLimit, ...]:
    """The limits of `wildgate/data/personal_effects.tsv`."""
    text = resources.files("wildgate.data").joinpath("personal_effects.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    return tuple(
        PersonalLimit(
            frozenset(taxa.split("|")),
            frozenset(terms.split("|")),
            Decimal(limit),
            unit,
            words,
            tuple(part.strip() for part in basis.split(";")),
        )
        for taxa, terms, limit, unit, words, basis in rows
    )
