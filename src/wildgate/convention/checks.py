"""What the decision table does not say by itself: dates, quotas, numbers and States that a line must satisfy.

Each check looks at one line and answers with a refusal, a doubt, or nothing. None of them makes a decision milder.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from wildgate.convention import tables
from wildgate.convention.case import Answer, Case, Doubt, strictest
from wildgate.convention.catalogue import caution, refusal
from wildgate.convention.exemptions import CERTIFICATES, simplified
from wildgate.convention.history import CERTAIN, COMPARED
from wildgate.convention.listing import Cover, NotListed, ZeroQuota
from wildgate.convention.refusal import Refusal
from wildgate.convention.reservation import Reservation
from wildgate.convention.sentence import say
from wildgate.convention.vocabulary import Appendix, Direction, Kingdom, Outcome, Purpose, Source

CONVENTION_BEGAN = date(1975, 7, 1)
ONE_DAY = timedelta(days=1)
NOWHERE = ("XX", "ZZ")
LAND = frozenset({
    "Plantae", "Amphibia", "Insecta", "Arachnida", "Artiodactyla", "Chiroptera", "Cingulata",
    "Dasyuromorphia", "Diprotodontia", "Lagomorpha", "Monotremata", "Peramelemorphia",
    "Perissodactyla", "Pholidota", "Pilosa", "Primates", "Proboscidea", "Rodentia", "Scandentia",
    "Felidae", "Canidae", "Falconiformes", "Galliformes", "Passeriformes", "Psittaciformes",
    "Strigiformes", "Boidae", "Pythonidae", "Varanidae", "Chamaeleonidae", "Testudinidae"})  # fmt: skip
"""Taxa of which nothing lives at sea; not all such taxa, those of the trade."""
OPEN = Outcome.CONDITIONAL
Check = Callable[[Case], "Refusal | Doubt | None"]


def zero_quota(case: Case) -> Refusal | Doubt | None:
    """A zero export quota of the listing itself: refused; a doubt where it may not hold."""
    if not case.listing.zero_quotas or case.line.source is Source.PRE_CONVENTION:
        return None
    for zero in case.listing.zero_quotas:
        if not _meets(zero, case):
            continue
        certain = case.line.origin not in zero.partial and (zero.source is None or case.line.source is zero.source)
        if certain and case.trade.direction in (Direction.EXPORT, Direction.IMPORT):
            return refusal(
                "zero-quota", ("Art. II", f"Annotation {zero.annotation}"), taxon=case.name, annotation=zero.annotation
            )
        return Doubt(
            caution(
                "perhaps-zero-quota",
                ("Art. II", f"Annotation {zero.annotation}"),
                taxon=case.name,
                annotation=zero.annotation,
            ),
            OPEN,
        )
    return None


def acquisition_date(case: Case) -> Refusal | Doubt | None:
    """A pre-Convention specimen was acquired before the species was first listed (Art. VII.2, Res. Conf. 13.6)."""
    if case.line.source is not Source.PRE_CONVENTION:
        return None
    basis, acquired = ("Art. VII.2", "Res. Conf. 13.6"), case.line.acquired
    if acquired is None:
        return Doubt(caution("acquisition-date-missing", basis, taxon=case.name), OPEN)
    if acquired < CONVENTION_BEGAN:
        return None
    listed = listed_by(case)
    if acquired >= listed:
        return refusal("acquired-after-listing", basis, taxon=case.name, listed=listed, acquired=acquired)
    first = case.listing.first_listed
    if first and isinstance(case.law.listings(case.taxon, case.line.origin, first - ONE_DAY), NotListed):
        return None  # else it stood there before, under a wider entry or one of its own
    return Doubt(caution("first-listing-unknown", basis, taxon=case.name, acquired=acquired), OPEN)


def listed_by(case: Case) -> date:
    """A day on which the taxon stood in the Appendices for certain; its first listing may be earlier."""
    since = case.listing.since if case.listing.certainty in CERTAIN and case.listing.since else case.data_day
    return min(since, COMPARED) if case.law.history.listed_when_compared(case.listing.taxon) else since


def second_source(case: Case) -> Doubt | None:
    """Sources I and O stand beside a second code; no text of the Convention at hand demands it, so it only warns."""
    source = case.line.source
    if source in (Source.CONFISCATED, Source.PRE_CONVENTION) and case.line.second_source is None:
        return Doubt(
            caution("second-source-missing", ("Res. Conf. 12.3",), unconfirmed=True, source=source, taxon=case.name)
        )
    return None


def operation_number(case: Case) -> Doubt | None:
    """Source D is for Appendix I; its animals come from an operation on the register (Res. Conf. 12.10).

    Under another Appendix the trade is none the worse for it, but the code on its paper is wrong."""
    if case.line.source is not Source.REGISTERED:
        return None
    if case.appendix is not Appendix.I:
        told = caution("source-of-one", ("Art. VII.4", "Res. Conf. 12.3"), taxon=case.name, appendix=case.appendix)
        return Doubt(told)
    if case.operation:
        return None
    basis = ("Art. VII.4", "Res. Conf. 12.10")
    if case.taxon.kingdom is Kingdom.ANIMAL and case.trade.direction in (Direction.EXPORT, Direction.RE_EXPORT):
        return Doubt(caution("operation-missing", basis, taxon=case.name), OPEN)
    return Doubt(caution("operation-on-permit", basis, taxon=case.name))


def confiscated(case: Case) -> Doubt | None:
    """Confiscated specimens move only with a decision on their disposal (Art. VIII.4); R06 rules on re-exports."""
    if case.line.source is not Source.CONFISCATED or case.trade.direction is Direction.TRANSIT:
        return None
    told = caution("confiscated", ("Art. VIII.4", "50 CFR 23.37(c)(5)"), taxon=case.name)
    return Doubt(told, None if case.trade.direction is Direction.RE_EXPORT else OPEN)


def unknown_facts(case: Case) -> Doubt | None:
    """Source U is allowed with a justification only."""
    if case.line.source is Source.UNKNOWN:
        return Doubt(caution("source-unknown", ("Res. Conf. 12.3", "50 CFR 23.24"), taxon=case.name))
    return None


def unknown_origin(case: Case) -> Doubt | None:
    """An export leaves from the country of origin, so that it is known; a re-export tells why it is not."""
    if case.line.origin != "XX":
        return None
    return Doubt(
        caution("origin-unknown", ("Res. Conf. 12.3",), taxon=case.name),
        OPEN if case.trade.direction is Direction.EXPORT else None,
    )


def country_of_origin(case: Case) -> Doubt | None:
    """An export leaves from the country of origin; a re-export from another one."""
    origin, sender, direction = case.line.origin, case.trade.sender, case.trade.direction
    if origin == "XX":
        return None
    if direction is Direction.EXPORT and origin not in (sender, "ZZ") and case.line.source is not Source.HIGH_SEAS:
        return Doubt(caution("origin-elsewhere", ("Art. I(d)", "Res. Conf. 12.3"), origin=origin, sender=sender), OPEN)
    if direction is Direction.RE_EXPORT and origin == sender:
        return Doubt(caution("origin-is-sender", ("Art. I(d)",), taxon=case.name), OPEN)
    return None


def fixed_quota(case: Case) -> Refusal | Doubt | None:
    """An annual number that the listing itself sets; what is used of it stands in the ledger, not in the law."""
    for quota in case.listing.fixed_quotas:
        if (
            case.line.source is Source.PRE_CONVENTION
            or (quota.source is not None and quota.source is not case.line.source)
            or (quota.terms and case.line.term not in quota.terms)
            or (quota.countries and case.line.origin not in quota.countries)
        ):
            continue
        basis = ("Art. II", f"Annotation {quota.annotation}")
        moves = case.trade.direction in (Direction.EXPORT, Direction.IMPORT)
        if moves and case.line.unit == "NAR" and case.line.quantity > quota.amount:
            return refusal("over-listing-quota", basis, taxon=case.name, amount=quota.amount)
        return Doubt(caution("listing-quota", basis, taxon=case.name, amount=quota.amount))
    return None


def high_seas(case: Case) -> Doubt | None:
    """S05 and S06: older marine treaties, and catch that may have been landed in another State than the ship's."""
    if case.line.source is not Source.HIGH_SEAS:
        return None
    direction, origin = case.trade.direction, case.line.origin
    for row in case.table.on("landed elsewhere"):
        if direction == row.direction and origin in (case.trade.sender, *NOWHERE) and case.fits(row):
            return Doubt(case.flag(row) if row.fact else caution("flag-state", row.basis, taxon=case.name))
    for row in case.table.on("older treaty"):
        if direction == row.direction and case.fits(row):
            told = caution("older-treaty", row.basis, taxon=case.name, note=row.told)
            return Doubt(told, row.floor(case.trade.purpose))
    return None


def of_the_land(case: Case) -> Doubt | None:
    """Source X is for what was taken at sea: a python or an orchid was not (Art. I(e))."""
    if case.line.source is not Source.HIGH_SEAS or LAND.isdisjoint(case.taxon.lineage):
        return None
    return Doubt(caution("not-of-the-sea", ("Art. I(e)", "Res. Conf. 12.3"), taxon=case.name), OPEN)


def bred_for_commerce(case: Case) -> Doubt | None:
    """Appendix I, source C or A, moved for commerce: the exemption is for non-commercial breeding (Art. VII.5).

    On exports E05 and E06 rule.
    """
    if (
        case.appendix is Appendix.I
        and case.trade.purpose is Purpose.COMMERCIAL
        and case.line.source in (Source.CAPTIVE_BRED, Source.PROPAGATED)
    ):
        return Doubt(
            caution(
                "perhaps-bred-for-commerce", ("Art. VII.4", "Art. VII.5"), taxon=case.name, source=case.line.source
            ),
            None if case.trade.direction is Direction.EXPORT else OPEN,
        )
    return None


def covered(case: Case) -> Doubt | None:
    """An annotation that turns on facts which a term does not tell."""
    coverage = case.coverage
    if coverage.answer is not Cover.CONDITIONAL:
        return None
    label = coverage.annotation or case.listing.annotation or case.listing.label
    return Doubt(
        caution(
            "annotation-conditional",
            ("Art. I(b)", f"Annotation {label}"),
            annotation=label,
            why=coverage.reason,
        ),
        OPEN,
    )


def usual_term(case: Case) -> Doubt | None:
    """A term that the accepted pairs do not hold for the taxon's family, though it fits its class."""
    if case.unusual:
        return Doubt(caution("term-unusual", ("Res. Conf. 12.3",), term=case.line.term, taxon=case.name))
    return None


def usual_unit(case: Case) -> Doubt | None:
    """A unit that the Trade Database does not expect with the term, though it measures the same thing."""
    if tables.term_unit_ok(case.line.term, case.line.unit) is False:
        return Doubt(caution("unit-unusual", ("Res. Conf. 12.3",), term=case.line.term, unit=case.line.unit))
    return None


def usual_purpose(case: Case) -> Doubt | None:
    """A purpose that the Trade Database does not expect with the term."""
    if tables.term_purpose_ok(case.line.term, case.trade.purpose.value) is False:
        return Doubt(caution("purpose-unusual", ("Res. Conf. 12.3",), term=case.line.term, purpose=case.trade.purpose))
    return None


def non_party(case: Case) -> Doubt | None:
    """N01: a State of the route that is not a Party on the day of the trade (Art. X)."""
    outside = outside_the_convention(case)
    if outside is None:
        return None
    for row in case.table.on("outside the Convention"):
        if row.direction in ("any", case.trade.direction) and case.fits(row):
            return Doubt(caution("non-party", row.basis, country=outside), row.floor(case.trade.purpose), row)
    return None


def outside_the_convention(case: Case) -> str | None:
    """The first State of sender, receiver and origin that is not a Party, by name."""
    return _outside(case.trade.sender, case.trade.receiver, case.line.origin, case.trade.on)


@lru_cache(maxsize=16384)
def _outside(sender: str, receiver: str, origin: str, on: date) -> str | None:
    for code in (sender, receiver, origin):
        if code in NOWHERE:
            continue
        country = tables.country(code)
        if country is not None and not country.is_party_on(on):
            return country.name_en
    return None


def reserved(case: Case) -> Doubt | None:
    """A State of the route with a reservation on the taxon is treated as a State not party (Art. XXIII.3): N01."""
    held = reservation(case)
    if held is None:
        return None
    country = tables.country(held.country)
    note = say(" Its words: %(note)s", note=held.note) if held.note else ""
    told = caution("reservation", held.basis, country=country.name_en if country else held.country, taxon=case.name,
                   since=held.since, note=note)  # fmt: skip
    for row in case.table.on("outside the Convention"):
        if row.direction in ("any", case.trade.direction) and case.fits(row):
            return Doubt(told, row.floor(case.trade.purpose), row)
    return Doubt(told, OPEN)


def reserved_from_one(case: Case) -> Doubt | None:
    """The recommendation to treat a reserved taxon of Appendix I as one of Appendix II (Res. Conf. 4.25, kind K)."""
    if case.appendix is not Appendix.I or reservation(case) is None:
        return None
    return Doubt(caution("reservation-as-two", ("Res. Conf. 4.25",), unconfirmed=True, taxon=case.name))


def reservation(case: Case, *, of: tuple[str, ...] = ()) -> Reservation | None:
    """A reservation on the taxon, for its listing, that sender or receiver (or a State of `of`) holds on that day."""
    if not case.law.reserving:
        return None
    for code in of or (case.trade.sender, case.trade.receiver):
        for held in case.law.reservations(case.taxon, code, case.trade.on):
            if held.appendix in (None, case.listing.appendix):
                return held
    return None


def landed_elsewhere(case: Case, answer: Answer) -> Answer:
    """S06: catch of the high seas that leaves another State than the one named as its origin, the ship's flag."""
    if case.line.source is not Source.HIGH_SEAS or answer.decision is Outcome.REFUSE:
        return answer
    if case.line.origin in (case.trade.sender, *NOWHERE):
        return answer
    rows = case.table.on("landed elsewhere")
    return next((case.by(row) for row in rows if case.trade.direction == row.direction and case.fits(row)), answer)


def at_the_border(case: Case, answer: Answer) -> tuple[Answer, list[Refusal]]:
    """I06: once the papers are seen, an import without one that it needs is refused (Art. VIII.1)."""
    seen = case.reading.papers
    if seen is None:
        return answer, []
    missing = [document for document in answer.documents if seen.isdisjoint((document.kind, *document.alternatives))]
    rows = case.table.on("papers missing")
    row = next((row for row in rows if case.trade.direction == row.direction and case.fits(row)), None)
    if row is None or not missing:
        return answer, []
    decision = strictest(answer.decision, row.answer(case.trade.purpose))
    reasons = [
        refusal(row.refusal, row.refusal_basis, taxon=case.name, source=case.line.source, document=document.kind)
        for document in missing
        if decision is Outcome.REFUSE
    ]
    told = (*answer.warnings, case.flag(row)) if row.fact else answer.warnings
    return answer._replace(rule=row.id, decision=decision, warnings=told, basis=row.basis, note=row.note), reasons


CHECKS = (
    zero_quota,
    fixed_quota,
    acquisition_date,
    second_source,
    operation_number,
    confiscated,
    unknown_facts,
    unknown_origin,
    country_of_origin,
    high_seas,
    of_the_land,
    bred_for_commerce,
    simplified,
    covered,
    usual_term,
    usual_unit,
    usual_purpose,
    non_party,
    reserved,
    reserved_from_one,
)
OF_REFUSED = (covered,)
OF_FREE = (confiscated,)
"""What may stop a line that needs no document: seized goods are nobody's effects (Art. VIII.4)."""
OF_CERTIFICATES = tuple(check for check in CHECKS if check is not country_of_origin)
"""A certificate of travellers or institutions serves export and re-export alike (Art. VII.6-7; Res. Conf. 16.8)."""


def checks_of(case: Case, answer: Answer) -> tuple[Check, ...]:
    """The checks that this answer has to pass."""
    if answer.decision is Outcome.NO_DOCUMENT:
        return OF_FREE
    if answer.decision is Outcome.REFUSE:
        return OF_REFUSED
    by_certificate = case.trade.certificate and answer.rule
    if by_certificate and case.table.rule(by_certificate).direction in CERTIFICATES:
        return OF_CERTIFICATES
    return CHECKS


def _meets(zero: ZeroQuota, case: Case) -> bool:
    line = case.line
    return (
        (
            zero.source is None
            or line.source is zero.source
            or (zero.source is Source.WILD and line.source in (Source.UNKNOWN, Source.HIGH_SEAS))
        )
        and (zero.purpose is None or zero.purpose is case.trade.purpose)
        and (not zero.terms or line.term in zero.terms)
        and (not zero.countries or line.origin in zero.countries)
        and (not zero.taxa or bool(set(zero.taxa) & set(case.listing.names or case.taxon.lineage)))
    )
