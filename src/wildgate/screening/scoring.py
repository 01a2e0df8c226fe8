"""How probably is a specimen offered: plain features of a listing and a weighed sum of them, with no model at all."""

from __future__ import annotations

import math
from typing import Final

from wildgate.screening.cues import (
    ALIVE,
    CARVING,
    COPY,
    FOSSIL,
    GRAIN,
    HUMAN,
    JEWEL,
    LEATHER,
    MATERIAL,
    OFFER,
    REAL,
    STAMP,
    SURE_COPY,
    SURE_STAMP,
    THING,
    Cue,
    cues,
    looks_like_a_stamp,
    terms,
    words_of,
)
from wildgate.screening.disguise import PLAIN
from wildgate.screening.gazetteer import Found
from wildgate.screening.kin import NO, UNKNOWN, standing
from wildgate.screening.names import CODE
from wildgate.screening.normalise import Normal, is_picture
from wildgate.screening.placing import IVORY, Placed

OFFERED, NOT_OFFERED = 0.5, 0.49
PARTS: Final = frozenset({"SKU", "BON", "TEE", "CLA", "FEA", "TRO", "HOR", "SKI", "SHE", "SCA", "DFN", "IVC", "SKE",
                          "BOD", "TUS", "CAP"})
GOODS: Final = frozenset({"LPS", "LPL", "GAR", "RUG", "JWL", "CAR", "MEA", "POW", "DER"})
START: Final = -1.7
WEIGHTS: Final = {
    "taxon": 1.2, "latin": 0.8, "listed": 0.0, "colour_only": -0.8, "part": 2.0, "goods": 1.4, "leather": 1.3,
    "real": 0.5,
    "fossil": -0.3, "copy": -1.2, "grain": -0.5, "thing": -1.8, "stamp": -1.5, "value": -1.5, "jewel": -0.4,
    "brand": -1.0,
    "no_taxon": -1.3, "hidden": 0.3, "code": 0.2, "more_taxa": 0.0, "described_taxon": 0.0, "described_part": 0.0,
    "described_real": 0.0, "described_copy": -0.5, "bare": -0.8, "sure_copy": -1.5, "described_thing": -0.5,
    "alive": 1.8, "ivory": 1.8, "offer": 1.4,
}
"""Fitted once on labelled advertisements and rounded; weights of 0 are for models."""
SMALL: Final = frozenset({"Insecta", "Arachnida", "Mollusca", "Malacostraca", "Arthropoda"})
"""Collectors' animals: they are sold whole, under nothing but their name."""
CARVED: Final = frozenset({
    "Elephantidae", "Loxodonta africana", "Elephas maximus", "Mammuthus",
    "Hippopotamus amphibius", "Odobenus rosmarus", "Monodon monoceros", "Physeter macrocephalus",
    "Cetacea", "Rhinoplax vigil",
})
"""Animals of whose teeth figures are carved: a figure of ivory is no toy."""
KINGDOMS: Final = frozenset({"Animalia", "Plantae"})
"""What names of unlike kinds have in common: no animal or plant is meant by them together."""
FEATURES: Final = tuple(WEIGHTS)


def features(normal: Normal, placed: Placed, told: tuple[Cue, ...], below: Normal | None,
             found: tuple[Found, ...], more: tuple[Found, ...]) -> dict[str, float]:
    """The same keys for every listing: yes is 1, no is 0."""
    kinds = {cue.kind for cue in told}
    said = terms(normal)
    codes = {cue.kind for cue in said if not is_picture(cue.words)}
    pictured = {cue.kind for cue in said} - codes
    under = _described(below)
    all_found = (*found, *more)
    law = standing(placed.taxon).listed if placed.taxon else NO
    yes = {
        "taxon": bool(placed.taxon), "latin": placed.latin or "idae" in normal.plain,
        "listed": law not in (NO, UNKNOWN),
        "colour_only": placed.by_colour, "part": bool(codes & PARTS) and bool(placed.taxon),
        "goods": bool(codes & GOODS or pictured & (PARTS | GOODS)) and not placed.by_colour and (
            bool(placed.taxon) or LEATHER in kinds),
        "leather": LEATHER in kinds, "real": REAL in kinds, "fossil": FOSSIL in kinds, "copy": COPY in kinds,
        "grain": any(cue.kind == GRAIN and any(0 <= cue.first - last <= 3 for last in placed.ends) for cue in told),
        "thing": thing(told, placed) is not None, "stamp": STAMP in kinds,
        "value": looks_like_a_stamp(normal.text), "jewel": JEWEL in kinds, "brand": HUMAN in kinds,
        "no_taxon": not placed.taxon,
        "hidden": any(each.how != PLAIN for each in all_found), "code": any(each.kind == CODE for each in all_found),
        "more_taxa": len({each.taxon for each in placed.candidates}) > 1,
        "described_taxon": any(each.sure and each.taxa for each in more), **under,
    }
    yes["sure_copy"] = any(cue.kind == COPY and cue.words in words_of(SURE_COPY) for cue in told)
    made = yes["part"] or yes["goods"] or yes["leather"]
    one = yes["taxon"] and placed.taxon not in KINGDOMS
    yes["alive"] = one and not made and ALIVE in kinds
    yes["ivory"] = one and not made and any(each.said.count(" ") and not IVORY.isdisjoint(each.said.split())
                                                     for each in placed.candidates)
    yes["bare"] = yes["taxon"] and not (made or yes["real"] or yes["alive"] or yes["ivory"]) and (
        SMALL.isdisjoint(placed.lineage))
    yes["offer"] = one and yes["bare"] and OFFER in kinds
    return {key: float(yes[key]) for key in FEATURES}


def score(features: dict[str, float]) -> float:
    """Between 0 and 1."""
    return round(1 / (1 + math.exp(-START - sum(WEIGHTS[key] * value for key, value in features.items()))), 4)


def thing(told: tuple[Cue, ...], placed: Placed) -> Cue | None:
    """A word of things that only show or name an animal, where nothing says that the specimen is real or made of it."""
    if any(cue.kind in (REAL, LEATHER) for cue in told):
        return next((cue for cue in told if cue.kind == STAMP and cue.words in words_of(SURE_STAMP)), None)
    carved = words_of(CARVING) if placed.taxon in CARVED else frozenset()
    return next((cue for cue in told if cue.kind in (THING, STAMP, HUMAN) and cue.words not in carved), None)


def _described(below: Normal | None) -> dict[str, bool]:
    told = {cue.kind for cue in cues(below)} if below else set()
    codes = {cue.kind for cue in terms(below)} if below else set()
    return {"described_part": bool(codes & PARTS), "described_real": REAL in told, "described_copy": COPY in told,
            "described_thing": THING in told and MATERIAL not in told}
