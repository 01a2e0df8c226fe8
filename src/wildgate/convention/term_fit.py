"""Whether a term makes sense for a taxon: leaves of animals and tusks of parrots are slips of the pen."""

from __future__ import annotations

from functools import cache

from wildgate.convention import tables
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Kingdom

PLANT_TERMS = frozenset({
    "BAR", "CHP", "DPL", "FLO", "FPT", "FRU", "GRS", "KNL", "LOG", "LVS", "PLY", "ROO", "SAW", "SEE", "STE", "TIM",
    "TRW", "VEN", "WPR"})
ANIMAL_TERMS = frozenset({
    "BAL", "BOC", "BOD", "BON", "BOP", "CAL", "CAV", "CLA", "COR", "DFN", "EAR", "EGG", "EGL", "ESH", "FEA", "FFN",
    "FIG", "FOO", "FPL", "FPS", "GAB", "GAL", "GEN", "GIL", "HAI", "HAP", "HOC", "HOP", "HOR", "IJW", "IVC", "IVP",
    "LEG", "LPL", "LPS", "MEA", "MUS", "PLA", "PRL", "PUP", "ROS", "RUG", "SCA", "SHE", "SID", "SKE", "SKI", "SKP",
    "SKU", "SWI", "TAI", "TEE", "TRO", "TUS"})
# The pair list of 2018 lacks these for taxa that are traded so (bark of Prunus africana, meat of conchs and bears,
# leather of sturgeons and rays, shorn fibre of vicuñas).
GENERAL = frozenset({
    "MEA", "OIL", "BAR", "POW", "EXT", "TIM", "MUS", "WAX", "GAL", "CLO", "DER", "SPE", "JWL", "SKI", "SKP", "LPS",
    "LPL", "FIB"})


def term_fits(term: str, taxon: Taxon) -> bool:
    """False when the term is of the other kingdom, or is accepted for no taxon of the whole class: caviar of a lion.

    The accepted pairs of 2018 are incomplete within a class (they lack the tusks of narwhals), so a pair that is
    merely missing there is `unusual`, never wrong.
    """
    plant = taxon.kingdom is Kingdom.PLANT
    if term in (ANIMAL_TERMS if plant else PLANT_TERMS):
        return False
    if term in GENERAL or tables.taxon_term_ok(term, taxon.lineage) is not False:
        return True
    accepted = _terms_by_class().get(taxon.class_.casefold())
    return accepted is None or term in accepted


def is_unusual(term: str, taxon: Taxon) -> bool:
    """The accepted pairs of 2018 do not hold the term for the taxon's family, though it fits the class."""
    return term not in GENERAL and tables.taxon_term_ok(term, taxon.lineage) is False and term_fits(term, taxon)


@cache
def _terms_by_class() -> dict[str, frozenset[str]]:
    """Terms that the accepted pairs hold for any family, order or class, by class."""
    classes: dict[str, str] = {}
    for row in tables.read_facts("genera"):
        for rank in ("family", "order", "class"):
            classes[row[rank].casefold()] = row["class"].casefold()
    found: dict[str, set[str]] = {}
    for row in tables.read_facts("taxon_terms"):
        if known := classes.get(row["taxon"].casefold()):
            found.setdefault(known, set()).add(row["term_code"])
    return {name: frozenset(terms) for name, terms in found.items() if name}
