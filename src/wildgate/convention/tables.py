"""The code lists: terms, units, purposes, sources, countries and which of them go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wildgate.convention.vocabulary import Kingdom


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its names in the three languages of the Convention."""

    code: str
    name_en: str
    name_fr: str
    name_es: str

    def name(self, language: str = "en") -> str:
        """The name in `en`, `fr` or `es`; English for any other language."""
        return {"fr": self.name_fr, "es": self.name_es}.get(language[:2].lower()) or self.name_en


@dataclass(frozen=True, slots=True)
class Term(Named):
    """A kind of specimen (three letters). Units are codes; `form` is raw, live, worked ...; `current` or historic."""

    preferred_unit: str = ""
    alternative_unit: str = ""
    form: str = ""
    current: bool = True
    replaced_by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unit(Named):
    """A unit. `factor` turns a quantity into `base`; None where no conversion exists (boxes, bags)."""

    symbol: str = ""
    base: str = ""
    factor: Decimal | None = None
    current: bool = True
    legacy: str = ""


@dataclass(frozen=True, slots=True)
class Country(Named):
    """A country or area code. `kind`: iso, special, former, region, demo. `periods` of membership: (from, until)."""

    kind: str = "iso"
    periods: tuple[tuple[date, date | None], ...] = ()

    @property
    def party_since(self) -> date | None:
        """The day the present or last membership took effect; None for a State that was never a Party."""
        return self.periods[-1][0] if self.periods else None

    def is_party_on(self, day: date) -> bool:
        """Was it a Party on `day`? `until` is the first day outside."""
        return any(start <= day and (end is None or day < end) for start, end in self.periods)


@dataclass(frozen=True, slots=True)
class SourceRules:
    """Which kingdoms and Appendices a source code is valid for, and whether another code stands beside it."""

    kingdoms: frozenset[Kingdom]
    appendices: frozenset[str]
    may_combine: bool


def term(code: str) -> Term | None: raise NotImplementedError
def terms() -> tuple[Term, ...]: raise NotImplementedError
def unit(code: str) -> Unit | None: raise NotImplementedError
def units() -> tuple[Unit, ...]: raise NotImplementedError
def country(code: str) -> Country | None: raise NotImplementedError
def countries() -> tuple[Country, ...]: raise NotImplementedError
def purpose_name(code: str, language: str = "en") -> str: raise NotImplementedError
def source_name(code: str, language: str = "en") -> str: raise NotImplementedError
def source_rules(code: str) -> SourceRules | None: raise NotImplementedError
def term_unit_ok(term_code: str, unit_code: str) -> bool | None: raise NotImplementedError
def term_purpose_ok(term_code: str, purpose_code: str) -> bool | None: raise NotImplementedError
def taxon_term_ok(term_code: str, lineage: Iterable[str]) -> bool | None: raise NotImplementedError
def legacy_term(text: str) -> str | None: raise NotImplementedError
def legacy_unit(text: str) -> tuple[str, Decimal] | None: raise NotImplementedError
