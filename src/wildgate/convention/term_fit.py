"""Whether a term makes sense for a taxon: leaves of animals and tusks of parrots are slips of the pen."""

from __future__ import annotations

from wildgate.convention import tables
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Kingdom

PLANT_TERMS = frozenset(
    [
        "BAR",
        "CHP",
        "DPL",
        "FLO",
        "FPT",
        "FRU",
        "GRS",
        "KNL",
        "LOG",
        "LVS",
        "PLY",
        "ROO",
        "SAW",
        "SEE",
        "STE",
        "TIM",
        "TRW",
        "VEN",
        "WPR",
    ]
)
ANIMAL_TERMS = frozenset(
    [
        "BAL",
        "BOC",
        "BOD",
        "BON",
        "BOP",
        "CAL",
        "CAV",
        "CLA",
        "COR",
        "DFN",
        "EAR",
        "EGG",
        "EGL",
        "ESH",
        "FEA",
        "FFN",
        "FIG",
        "FOO",
        "FPL",
        "FPS",
        "GAB",
        "GAL",
        "GEN",
        "GIL",
        "HAI",
        "HAP",
        "HOC",
        "HOP",
        "HOR",
        "IJW",
        "IVC",
        "IVP",
        "LEG",
        "LPL",
        "LPS",
        "MEA",
        "MUS",
        "PLA",
        "PRL",
        "PUP",
        "ROS",
        "RUG",
        "SCA",
        "SHE",
        "SID",
        "SKE",
        "SKI",
        "SKP",
        "SKU",
        "SWI",
        "TAI",
        "TEE",
        "TRO",
        "TUS",
    ]
)
# The pair list of 2018 lacks these for taxa that are traded so (bark of Prunus africana, meat of conchs and bears).
GENERAL = frozenset({"MEA", "OIL", "BAR", "POW", "EXT", "TIM", "MUS", "WAX", "GAL", "CLO", "DER", "SPE", "JWL"})


def term_fits(term: str, taxon: Taxon) -> bool:
    """False when the term is of the other kingdom, or the accepted pairs rule it out for the taxon's family."""
    plant = taxon.kingdom is Kingdom.PLANT
    if term in (ANIMAL_TERMS if plant else PLANT_TERMS):
        return False
    return term in GENERAL or tables.taxon_term_ok(term, taxon.lineage) is not False
