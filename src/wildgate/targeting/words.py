"""Which values a fact can have, where that is a closed list: sources, purposes, terms, countries, states."""

from __future__ import annotations

import re
from functools import cache

from wildgate.convention import tables
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.vocabulary import Appendix, Direction, Purpose, Source

_FORMS = {
    "item.hs": re.compile(r"\d{6}"),
    "item.chapter": re.compile(r"\d{2}"),
    "declaration.procedure": re.compile(r"[0-9A-Za-z-]{1,10}"),
}


@cache
def allowed_words(name: str) -> tuple[str, ...]:
    """The values a field can have; empty where any text may be one."""
    if name in {"declaration.departure", "declaration.destination", "declaration.route", "item.origin"}:
        return tuple(country.code for country in tables.countries())
    return {
        "declaration.direction": tuple(str(one.value) for one in Direction),
        "declaration.mode": ("air", "sea", "road", "rail", "post"),
        "declaration.changed": ("consignee", "route", "destination"),
        "item.rank": ("kingdom", "phylum", "class", "order", "family", "subfamily", "genus", "species", "subspecies",
                      "variety"),
        "item.appendix": tuple(str(one.value) for one in Appendix),
        "item.term": tuple(term.code for term in tables.terms()),
        "item.unit": tuple(unit.code for unit in tables.units()),
        "item.source": tuple(str(one.value) for one in Source),
        "item.purpose": tuple(str(one.value) for one in Purpose),
        "item.code_fits": ("yes", "no", "unknown"),
        "permit.state": (*(str(state.value) for state in PermitState), "unknown"),
    }.get(name, ())


def fits(name: str, text: str) -> bool:
    """May this text be compared with that field?"""
    if form := _FORMS.get(name):
        return form.fullmatch(text) is not None
    words = allowed_words(name)
    return not words or text.casefold() in {word.casefold() for word in words}
