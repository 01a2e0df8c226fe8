"""Scientific names that no table holds: a genus and an epithet that look Latin, as sellers of insects write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from wildgate.convention.listing import law
from wildgate.screening.kin import groups
from wildgate.screening.words import common_words

PAIR: Final = re.compile(r"\b([A-Z][a-z]{3,}|[A-Z]{4,})(?:\s+\([A-Z][a-z]+\))?"
                         r"\s+([a-z]{4,}|[A-Z][a-z]{3,}|[A-Z]{4,})\b")
FAMILY: Final = re.compile(r"\b([A-Z][a-z]{3,}(?:idae|inae)|[A-Z]{4,}(?:IDAE|INAE))\b")
LATIN: Final = re.compile(r"(?:us|um|is|ensis|ii|i|ae|a|ops|odon|os|on|ax|ans|ens|or|ex|yx|x)$")
SURELY_LATIN: Final = re.compile(
    r"(?:[^aeiou]us|atum|inum|ensis|[^aeiou]ii|zi|ulatus|atus|ata|osa|osus|icus|ica|inus|anus|oides|ianum|[^e]ae|"
    r"ilis)$")


def binomials(text: str) -> Iterator[tuple[str, int, int]]:
    """Names of species with their place; of an unknown genus only what can hardly be anything else."""
    for found in PAIR.finditer(text):
        genus, epithet = found[1].capitalize(), found[2].lower()
        if epithet in common_words() or genus.lower() in common_words():
            continue
        if genus in _genera():
            if LATIN.search(epithet):
                yield f"{genus} {epithet}", found.start(), found.end()
        elif found[2].islower() and not found[1].isupper() and LATIN.search(found[1]) and SURELY_LATIN.search(epithet):
            yield f"{genus} {epithet}", found.start(), found.end()


def families(text: str) -> Iterator[tuple[str, int, int]]:
    """Names of families and subfamilies by their endings."""
    for found in FAMILY.finditer(text):
        yield found[1].capitalize(), found.start(), found.end()


@cache
def _genera() -> frozenset[str]:
    ours = (name for group in groups().values() for name in (group.taxon, *group.above))
    return frozenset(law().taxonomy.genera) | frozenset(
        name.split()[0] for name in ours if not name.endswith(("idae", "inae", "formes", "acea")))
