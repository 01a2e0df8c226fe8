"""What a model sees of an advert beside its words: kinds of words, what the rules read, claims, price, place, shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from wildgate.screening import advert_words
from wildgate.screening.advert import Advert
from wildgate.screening.claims import Claim
from wildgate.screening.grams import words_of
from wildgate.screening.kin import lineage, rank_of
from wildgate.screening.reading import Reading

KINDS_OF_CLAIM = ("source", "age", "purpose", "origin", "paper", "mark", "permit")
SHAPE = ("shape:length", "shape:digits", "shape:capitals", "shape:words", "shape:description", "shape:sign")
SALE = ("sale:price", "sale:no-price", "sale:currency", "sale:location")
NARROW: Final = frozenset({"genus", "species", "subspecies"})
WIDEST: Final = frozenset({"kingdom", "phylum"})


def signs(advert: Advert, read: Reading, claims: Sequence[Claim]) -> dict[str, float]:
    """Every sign by name, about between -1 and 1 so that none drowns the others. `read` is what the rules saw."""
    title, description = advert.judged
    found = {f"rule:{name}": _within(value) for name, value in read.features.items()} | _offer(read)
    for where, text, share in (("title", title, 0.5), ("text", description, 1 / advert_words.MOST)):
        counts = advert_words.count(words_of(text)) if text else [0] * len(advert_words.names())
        found |= {f"{where}:{name}": count * share for name, count in zip(advert_words.names(), counts, strict=True)}
    made = {claim.kind for claim in claims}
    found |= {f"claim:{kind}": float(kind in made) for kind in KINDS_OF_CLAIM}
    return found | _shape(title, description) | _sale(advert)


def _offer(read: Reading) -> dict[str, float]:
    """What is offered, and of which groups, alone and by pairs: a scope may want sharks and no skunk, jaws and no toy.

    Not by genus or species: of so few adverts each a model learns chance."""
    groups = _groups(read.taxon) if read.taxon else ()
    said = [f"kind {read.kind}", f"goods {read.term}", f"{read.kind} as {read.term}",
            *(f"group {group}" for group in groups), *(f"{group} as {read.term}" for group in groups[-1:])]
    return {f"rule:{each}": 1.0 for each in said if not each.endswith(" ")}


@lru_cache(maxsize=20_000)
def _groups(taxon: str) -> tuple[str, ...]:
    """Family, order, class and their like, the nearest first."""
    return tuple(each for each in lineage(taxon) if rank_of(each) not in NARROW | WIDEST)


def _within(value: float) -> float:
    """Large values grow slowly; none is infinite."""
    if not math.isfinite(value):
        return 0.0
    return value if -1 <= value <= 1 else math.copysign(1 + math.log(abs(value)) / 3, value)


def _shape(title: str, description: str) -> dict[str, float]:
    size = max(1, len(title))
    values = (min(2.0, size / 100), sum(map(str.isdigit, title)) / size, sum(map(str.isupper, title)) / size,
              min(2.0, len(title.split()) / 20), min(1.0, len(description) / 2_000),
              float(any(mark in title for mark in "!?*@#")))
    return dict(zip(SHAPE, values, strict=True))


def _sale(advert: Advert) -> dict[str, float]:
    price = advert.price if advert.price is not None and advert.price >= 0 else None
    values = (math.log1p(min(price, 1e7)) / 10 if price is not None else 0.0, float(price is None),
              float(bool(advert.currency)), float(bool(advert.location)))
    return dict(zip(SALE, values, strict=True))
