"""The common name printed in box 8: the first of the shipped names of the taxon itself, never of a higher one."""

from __future__ import annotations

import re
from functools import cache

from wildgate.convention.listing import law
from wildgate.convention.tables import read_facts


def common_name(taxon: str, language: str = "en") -> str:
    """The taxon's common name in English or French (Spanish where shipped), or an empty text."""
    return _names(language).get(taxon, "")


@cache
def _names(language: str) -> dict[str, str]:
    found = {row["name"]: row[language].split(";")[0].strip() for row in read_facts("names") if row.get(language)}
    if language in ("en", "fr"):
        for entry in law().entries():
            if name := re.split(r"[;,/]", entry.name_en if language == "en" else entry.name_fr)[0].strip():
                found.setdefault(entry.taxon, name)
    return found
