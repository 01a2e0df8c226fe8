"""Which values a fact can have, where that is a closed list: sources, purposes, terms, countries, states."""

from __future__ import annotations

import re
from difflib import get_close_matches
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


SHORT_LIST = 16
"""So many allowed values fit into a sentence."""


def meant(name: str, text: str) -> tuple[str, ...]:
    """Values that would pass instead of a wrong one: what it names, what reads like it, or, of a short list, all."""
    words = allowed_words(name)
    named = _named(name)
    if near := get_close_matches(text.casefold(), named, n=3, cutoff=0.85):
        return tuple(dict.fromkeys(named[each] for each in near))
    if len(words) <= SHORT_LIST:
        return tuple(get_close_matches(text, words, n=3, cutoff=0.6)) or words
    return tuple(get_close_matches(text, words, n=3, cutoff=0.4))


@cache
def _named(name: str) -> dict[str, str]:
    """The codes of countries and terms by their names: who looks for a code often types what it stands for."""
    known = tables.terms() if name == "item.term" else tables.countries() if len(allowed_words(name)) > 200 else ()
    return {each.name(language).casefold(): each.code for language in ("es", "fr", "en") for each in known}
