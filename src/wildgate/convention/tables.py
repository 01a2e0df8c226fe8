"""The code lists: terms, units, purposes, sources, countries and which of them go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from wildgate.convention.vocabulary import Kingdom

CHORDATES = frozenset({"mammalia", "aves", "reptilia", "amphibia", "elasmobranchii", "actinopteri", "coelacanthi",
                       "dipneusti"})


def read_facts(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped table, `name` without its ending; lines that begin with `# ` are its head."""
    text = (files("wildgate") / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.split("\n") if line and not line.startswith("# "))
    columns = next(lines).split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))


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
    """A kind of specimen (three letters). Unit fields hold unit codes, several split by `|`; `form` is raw, live or
    worked; a historic term (`current` false) names its successors in `replaced_by`."""

    preferred_unit: str = ""
    alternative_unit: str = ""
    form: str = ""
    current: bool = True
    replaced_by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unit(Named):
    """A unit. Times `factor` a quantity is in `base`; None where no conversion exists (boxes, bags)."""

    symbol: str = ""
    base: str = ""
    factor: Decimal | None = None
    current: bool = True
    legacy: str = ""


@dataclass(frozen=True, slots=True)
class Country(Named):
    """A country or area code. `kind`: iso, special, former, demo. `periods` of membership as (from, until).

    `covered_by` is the Party through which an area without a membership of its own takes part (kind K).
    """

    name_ar: str = ""
    kind: str = "iso"
    periods: tuple[tuple[date, date | None], ...] = ()
    covered_by: str = ""

    def name(self, language: str = "en") -> str:
        """The name in `en`, `fr`, `es` or `ar`; English for any other language."""
        return self.name_ar or self.name_en if language[:2].lower() == "ar" else Named.name(self, language)

    @property
    def party_since(self) -> date | None:
        """The day the present or last membership took effect; None for a State that was never a Party."""
        return self.periods[-1][0] if self.periods else None

    def is_party_on(self, day: date) -> bool:
        """Was it a Party, or part of one, on `day`? The end of a period is the first day outside."""
        if self.covered_by and (party := country(self.covered_by)):
            return party.is_party_on(day)
        return any(start <= day and (end is None or day < end) for start, end in self.periods)


@dataclass(frozen=True, slots=True)
class SourceRules:
    """Which kingdoms and Appendices a source code is valid for, and whether another code stands beside it."""

    kingdoms: frozenset[Kingdom]
    appendices: frozenset[str]
    may_combine: bool


def term(code: str) -> Term | None:
    """The term with this code, current or historic."""
    return _terms().get(code)


def terms() -> tuple[Term, ...]:
    """All terms, current ones first."""
    return tuple(_terms().values())


def unit(code: str) -> Unit | None:
    """The unit with this code, current or historic."""
    return _units().get(code)


def units() -> tuple[Unit, ...]:
    """All units, current ones first."""
    return tuple(_units().values())


def country(code: str) -> Country | None:
    """The country or area with this two-letter code."""
    return _countries().get(code)


def countries() -> tuple[Country, ...]:
    """All countries and areas by code."""
    return tuple(_countries().values())


def purpose_name(code: str, language: str = "en") -> str:
    """The name of a purpose; empty when there is no such code."""
    found = _purposes().get(code)
    return found.name(language) if found else ""


def source_name(code: str, language: str = "en") -> str:
    """The name of a source; empty when there is no such code."""
    found = _sources().get(code)
    return found[0].name(language) if found else ""


def source_rules(code: str) -> SourceRules | None:
    """What a source code is valid for; None when there is no such code."""
    found = _sources().get(code)
    return found[1] if found else None


def term_unit_ok(term_code: str, unit_code: str) -> bool | None:
    """May this unit stand with this term? None: no rule for the term. An empty unit is the number of specimens."""
    pairs = _pairs("term_units", "term_code", "unit_code").get(term_code)
    return None if pairs is None else (unit_code or "NAR") in pairs


def term_purpose_ok(term_code: str, purpose_code: str) -> bool | None:
    """May this purpose stand with this term? None: no rule for the term."""
    pairs = _pairs("term_purposes", "term_code", "purpose_code").get(term_code)
    return None if pairs is None else purpose_code in pairs


def taxon_term_ok(term_code: str, lineage: Iterable[str]) -> bool | None:
    """Does the term make sense for a taxon, given its names from species to kingdom? None: no rule."""
    if term_code not in _ruled_terms():
        return None
    by_taxon = _pairs("taxon_terms", "taxon", "term_code")
    names = {name.casefold() for name in lineage}
    if names & CHORDATES:
        names.add("chordata")
    ruled = [by_taxon[name] for name in names if name in by_taxon]
    if any(term_code in pairs for pairs in ruled):
        return True
    known_family = any(name in by_taxon and name.endswith(("idae", "aceae")) for name in names)
    return False if known_family else None


def legacy_term(text: str) -> str | None:
    """The one current code that a historic code or an English, French or Spanish name stands for."""
    found = _terms().get(text.strip().upper())
    if found is None:
        return _term_names().get(text.strip().casefold())
    if found.current:
        return found.code
    return found.replaced_by[0] if len(found.replaced_by) == 1 else None


def legacy_unit(text: str) -> tuple[str, Decimal] | None:
    """A current code and the factor to it for a symbol, a name or a historic code; blank is the number of specimens."""
    if not text.strip():
        return "NAR", Decimal(1)
    found = _unit_names().get(text.strip().casefold())
    if found is None or (not found.current and found.factor is None):
        return None
    return (found.code, Decimal(1)) if found.current else (found.base, found.factor or Decimal(1))


@cache
def _terms() -> dict[str, Term]:
    rows = [Term(r["code"], r["name_en"], r["name_fr"], r["name_es"], r["preferred_unit"], r["alternative_unit"],
                 r["form"], r["status"] == "current", tuple(r["replaced_by"].split("|")) if r["replaced_by"] else (),
                 r["note"]) for r in read_facts("terms")]
    return {row.code: row for row in rows}


@cache
def _term_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for found in _terms().values():
        successor = found.code if found.current else found.replaced_by[0] if len(found.replaced_by) == 1 else ""
        for name in (found.name_en, found.name_fr, found.name_es):
            if successor and name:
                names.setdefault(name.casefold(), successor)
    return names


@cache
def _units() -> dict[str, Unit]:
    rows = [Unit(r["code"], r["name_en"], r["name_fr"], r["name_es"], r["symbol"], r["base_unit"],
                 Decimal(r["factor_to_base"]) if r["factor_to_base"] else None, r["status"] == "current",
                 r["legacy_trade_db_code"]) for r in read_facts("units")]
    return {row.code: row for row in rows}


@cache
def _unit_names() -> dict[str, Unit]:
    names: dict[str, Unit] = {}
    for found in _units().values():
        for name in (found.code, found.legacy, found.symbol, found.symbol.rstrip("."), found.name_en, found.name_fr,
                     found.name_es):
            if name:
                names.setdefault(name.casefold(), found)
    return names


@cache
def _countries() -> dict[str, Country]:
    return {r["code"]: Country(r["code"], r["name_en"], r["name_fr"], r["name_es"], r["name_ar"], r["kind"],
                               _periods(r["periods"]), r["covered_by"]) for r in read_facts("countries")}


def _periods(text: str) -> tuple[tuple[date, date | None], ...]:
    spans = (span.split("/") for span in text.split())
    return tuple((date.fromisoformat(start), date.fromisoformat(end) if end else None) for start, end in spans)


@cache
def _purposes() -> dict[str, Named]:
    return {r["code"]: Named(r["code"], r["name_en"], r["name_fr"], r["name_es"]) for r in read_facts("purposes")}


@cache
def _sources() -> dict[str, tuple[Named, SourceRules]]:
    found = {}
    for r in read_facts("sources"):
        kingdoms = {k for k, column in ((Kingdom.ANIMAL, "valid_animals"), (Kingdom.PLANT, "valid_plants"))
                    if r[column] == "Y"}
        appendices = {a for a, column in (("I", "valid_app1"), ("II", "valid_app2"), ("III", "valid_app3"))
                      if r[column] == "Y"}
        found[r["code"]] = (Named(r["code"], r["name_en"], r["name_fr"], r["name_es"]),
                            SourceRules(frozenset(kingdoms), frozenset(appendices), r["may_combine"] == "Y"))
    return found


@cache
def _pairs(name: str, key: str, value: str) -> dict[str, frozenset[str]]:
    """The pairs of a table by their key; taxa are compared without regard to case."""
    found: dict[str, set[str]] = {}
    for r in read_facts(name):
        found.setdefault(r[key].casefold() if key == "taxon" else r[key], set()).add(r[value])
    return {k: frozenset(v) for k, v in found.items()}


@cache
def _ruled_terms() -> frozenset[str]:
    return frozenset(r["term_code"] for r in read_facts("taxon_terms"))
