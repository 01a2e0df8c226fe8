"""Terms, units, sources, countries: what goes with what, and what old codes mean today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from wildgate.convention import tables
from wildgate.convention.vocabulary import Kingdom


def test_there_are_93_current_terms_and_nine_current_units() -> None:
    assert sum(term.current for term in tables.terms()) == 93
    assert [unit.code for unit in tables.units() if unit.current] == [
        "NAR", "GRM", "KGM", "LTR", "MLT", "CMQ", "MTR", "MTK", "MTQ"]


def test_countries_are_249_iso_codes_each_with_three_names_and_the_special_ones() -> None:
    countries = tables.countries()

    assert sum(c.kind == "iso" for c in countries) == 249
    assert all(c.name_en and c.name_fr and c.name_es for c in countries)
    assert {c.code for c in countries if c.kind == "demo"} == {"QM", "QZ"}
    assert tables.country("DE").name("fr") == "Allemagne"
    assert tables.country("DE").name("ar") == "ألمانيا"
    assert all(each.name_ar for each in tables.countries())


def test_there_are_185_parties_in_2025() -> None:
    real = [c for c in tables.countries() if c.kind != "demo"]

    assert sum(c.is_party_on(date(2025, 3, 6)) for c in real if not c.covered_by) == 185


def test_the_emirates_left_and_came_back() -> None:
    emirates = tables.country("AE")

    assert emirates.is_party_on(date(1988, 1, 26))
    assert not emirates.is_party_on(date(1988, 1, 27))
    assert not emirates.is_party_on(date(1990, 5, 8))
    assert emirates.is_party_on(date(1990, 5, 9))
    assert emirates.party_since == date(1990, 5, 9)


@pytest.mark.parametrize(("term", "unit", "answer"), [
    ("LIV", "NAR", True), ("LIV", "", True), ("LIV", "MTQ", False), ("LOG", "MTQ", True), ("TRW", "MTQ", None)])
def test_units_go_with_terms(term: str, unit: str, answer: bool | None) -> None:
    assert tables.term_unit_ok(term, unit) is answer


def test_purposes_go_with_terms() -> None:
    assert tables.term_purpose_ok("TRO", "H") is True
    assert tables.term_purpose_ok("TRW", "T") is None


def test_terms_make_sense_for_taxa() -> None:
    assert tables.taxon_term_ok("FEA", ("Psittacus erithacus", "Psittacidae", "Psittaciformes", "Aves", "Animalia"))
    assert tables.taxon_term_ok("FEA", ("Python regius", "Pythonidae", "Serpentes", "Reptilia", "Animalia")) is False
    assert tables.taxon_term_ok("TRW", ("Khaya", "Meliaceae", "Plantae")) is None


def test_old_codes_and_names_lead_to_one_current_code_or_none() -> None:
    assert tables.legacy_term("WOO") == "WPR"
    assert tables.legacy_term("Sawn wood") == "SAW"
    assert tables.legacy_term("peau") == "SKI"
    assert tables.legacy_term("FIN") is None
    assert tables.legacy_unit("") == ("NAR", Decimal(1))
    assert tables.legacy_unit("KG") == ("KGM", Decimal(1))
    assert tables.legacy_unit("KIL") == ("KGM", Decimal(1))
    assert tables.legacy_unit("PND") == ("KGM", Decimal("0.45359237"))
    assert tables.legacy_unit("BAG") is None


def test_source_c_is_for_animals_only_and_d_for_appendix_one() -> None:
    assert tables.source_rules("C").kingdoms == {Kingdom.ANIMAL}
    assert tables.source_rules("A").kingdoms == {Kingdom.PLANT}
    assert tables.source_rules("D").appendices == {"I"}
    assert tables.source_rules("Q") is None
    assert tables.source_name("W") == "Taken from the wild"
    assert tables.purpose_name("T", "es")


def test_an_area_takes_part_through_its_party_from_that_partys_first_day():
    assert tables.country("HK").is_party_on(date(2020, 1, 1))
    assert tables.country("GL").is_party_on(date(2020, 1, 1))
    assert not tables.country("HK").is_party_on(date(1980, 1, 1))
    assert not tables.country("TW").is_party_on(date(2020, 1, 1))
