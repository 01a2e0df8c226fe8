"""The lists to choose from on an application: countries, kinds of specimens, units, sources and purposes, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from wildgate.apps.permits import wording
from wildgate.convention import tables
from wildgate.convention.vocabulary import Purpose, Source


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list, with its words."""

    code: str
    label: str
    hint: str = ""
    group: str = ""


def country_choices(language: str, *, origin: bool = False, sea: bool = False) -> tuple[Choice, ...]:
    """Countries by name. As an origin a specimen may also come from the sea or from nobody knows where."""
    special = tuple(each for each in _countries(language, "special") if origin or (sea and each.code == "ZZ"))
    return (*_countries(language, "iso", "demo"), *special)


@lru_cache(maxsize=16)
def _countries(language: str, *kinds: str) -> tuple[Choice, ...]:
    return _sorted(Choice(each.code, each.name(language)) for each in tables.countries() if each.kind in kinds)


@lru_cache(maxsize=8)
def term_choices(language: str) -> tuple[Choice, ...]:
    """Kinds of specimens by name."""
    return _sorted(
        Choice(each.code, f"{capital(each.name(language))} ({each.code})") for each in tables.terms() if each.current
    )


@lru_cache(maxsize=8)
def unit_choices(language: str) -> tuple[Choice, ...]:
    """Units, the number of specimens first."""
    return tuple(
        Choice(each.code, f"{capital(each.name(language))} ({each.code})") for each in tables.units() if each.current
    )


def source_choices() -> tuple[Choice, ...]:
    """Sources in the order of the resolution."""
    return tuple(Choice(each.value, f"{each.value} · {capital(wording.source_name(each))}") for each in Source)


def purpose_choices() -> tuple[Choice, ...]:
    """Purposes in the order of the resolution."""
    return tuple(Choice(each.value, f"{each.value} · {capital(wording.purpose_name(each))}") for each in Purpose)


def _sorted(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices, key=lambda each: each.label.casefold()))


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
