"""Customs codes beside taxa and terms: what fits, which code would, what hides, and what is far from usual."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.taxonomy import Taxon
from wildgate.targeting.consignment import Item
from wildgate.targeting.goods import Row, shipped
from wildgate.targeting.usual import ENOUGH, learn, plausible

D = Decimal


def lineage(name: str) -> tuple[str, ...]:
    found = law().resolve(name)
    assert isinstance(found, Taxon), found
    return found.lineage


@pytest.mark.parametrize(("hs", "taxon", "term", "answer", "code"), [
    ("4113.30", "Crocodylus niloticus", "SKI", "yes", "fits"),
    ("41133000", "Python bivittatus", "SKP", "yes", "fits"),
    ("160431", "Acipenser baerii", "CAV", "yes", "fits"),
    ("160432", "Acipenser baerii", "CAV", "no", "other-kinds"),
    ("060290", "Paphiopedilum", "LIV", "yes", "fits"),
    ("060290", "Crocodylus niloticus", "LIV", "no", "other-kingdom"),
    ("420221", "Crocodylus niloticus", "SKI", "no", "other-term"),
    ("010632", "Falco cherrug", "LIV", "no", "other-taxon"),
    ("440723", "Dalbergia nigra", "SAW", "no", "other-kinds"),
    ("392640", "Loxodonta africana", "IVC", "no", "warning"),
    ("711311", "Loxodonta africana", "IJW", "yes", "fits-any"),
    ("848210", "Crocodylus niloticus", "LPS", "no", "better-known"),
    ("848210", "Crocodylus niloticus", "PRL", "unknown", "not-in-table"),
    ("970522", "Panthera leo", "TRO", "yes", "fits"),
    ("411330", "Crocodylus niloticus", "", "unknown", "no-term"),
    ("41", "Crocodylus niloticus", "SKI", "unknown", "no-code"),
    ("４１１３３０", "Crocodylus niloticus", "SKI", "unknown", "no-code"),
])
def test_a_code_fits_or_not_and_says_why(hs: str, taxon: str, term: str, answer: str, code: str) -> None:
    found = shipped().fit(hs, lineage(taxon), term)

    assert (found.answer, found.code) == (answer, code)
    assert found.why.endswith(".")
    assert "%(" not in found.why


def test_a_wrong_code_comes_with_better_ones() -> None:
    found = shipped().fit("420500", lineage("Crocodylus niloticus"), "SKI")

    assert found.suggestions[:2] == ("410320", "410640")
    assert shipped().fit("410320", lineage("Crocodylus niloticus"), "SKI").suggestions == ()


def test_which_code_for_this_species_and_what_hides_in_this_code() -> None:
    assert [row.hs for row in shipped().codes_for(lineage("Prunus africana"))][:1] == ["121160"]
    assert shipped().hidden("392640")[0].hides == ("Elephantidae", "Cheloniidae", "Rhinocerotidae")
    assert [each.code for each in shipped().hidden("0508.00")] == ["0508"]
    assert shipped().hidden("848210") == ()


def test_a_code_that_names_listed_goods_needs_a_statement_without_a_permit() -> None:
    assert shipped().needs_statement("4113.30")
    assert not shipped().needs_statement("420500")
    assert not shipped().needs_statement("")


def test_an_authority_adds_takes_away_and_learns() -> None:
    croc = lineage("Crocodylus niloticus")
    mine = shipped().with_rows([Row("848210", "bearings in skins", ("Crocodylia",), ("SKI",), "P", "part")], {"410320"})

    assert mine.fit("848210", croc, "SKI").answer == "yes"
    assert mine.rows["848210"].ours
    assert "410320" not in [row.hs for row in mine.codes_for(croc, "SKI")]
    assert shipped().fit("848210", croc, "SKI").answer == "no"
    twice = mine.with_seen({("420100", "Crocodylus niloticus", "SKI"): 2})
    thrice = mine.with_seen({("420100", "Crocodylus niloticus", "SKI"): 3})
    assert twice.fit("420100", croc, "SKI").code != "learnt"
    assert thrice.fit("420100", croc, "SKI").why.startswith("Code 4201.00 was accepted for SKI")
    assert thrice.fit("420100", lineage("Crocodylus porosus"), "SKI").code != "learnt"
    assert thrice.codes_for(croc, "SKI")[0].hs != "410320"


def test_every_shipped_row_names_terms_and_taxa_that_exist() -> None:
    names = {name for row in shipped().rows.values() for name in row.taxa}
    names |= {name for each in shipped().disguises for name in each.hides}
    names |= {row["taxon"] for row in tables.read_facts("goods_ranges")}
    terms = {term for row in shipped().rows.values() for term in row.terms}
    terms |= {term for each in shipped().disguises for term in each.terms}

    assert len(shipped().rows) == 266
    assert [name for name in names - {"Animalia", "Plantae"} if not isinstance(law().resolve(name), Taxon)] == []
    assert [term for term in terms if tables.term(term) is None] == []
    assert {row["unit"] for row in tables.read_facts("goods_ranges")} <= {unit.code for unit in tables.units()}


SKINS = Item(1, "411330", term="SKI", quantity=D(1200), unit="NAR", net_mass=D(1800), value=D(180000), currency="USD")


@pytest.mark.parametrize(("changes", "codes"), [
    ({}, set()),
    ({"net_mass": D(60)}, {"mass-unusual"}),
    ({"net_mass": D(20000)}, {"mass-unusual"}),
    ({"value": D(1200)}, {"value-unusual"}),
    ({"value": D(0)}, {"value-zero"}),
    ({"value": D(1200), "currency": "QMD"}, set()),
    ({"quantity": D(90000), "net_mass": D(90000), "value": None}, {"quantity-unusual"}),
    ({"quantity": D(1), "net_mass": D(1), "value": None}, set()),
    ({"quantity": None}, set()),
    ({"unit": "LTR"}, {"unit-unusual"}),
    ({"unit": "XYZ"}, {"unit-unknown"}),
    ({"term": "QQQ"}, {"term-unknown"}),
    ({"term": "LOG"}, {"term-unfit"}),
    ({"term": "MEA", "unit": "KGM", "quantity": D(100), "net_mass": D(400), "value": D(1000)}, {"mass-differs"}),
    ({"term": "MEA", "unit": "GRM", "quantity": D(100000), "net_mass": D(100), "value": D(1000)}, set()),
])
def test_what_is_far_from_usual_is_found_and_explained(changes: dict[str, Any], codes: set[str]) -> None:
    found = plausible(replace(SKINS, **changes), lineage("Crocodylus niloticus"))

    assert {each.code for each in found.oddities} == codes
    assert all(each.sentence.endswith(".") for each in found.oddities)


def test_the_ratio_is_to_the_middle_and_unknown_stays_unknown() -> None:
    found = plausible(SKINS, lineage("Crocodylus niloticus"))

    assert found.weight_ratio == pytest.approx(1.5 / math.sqrt(0.2 * 8))
    assert plausible(replace(SKINS, term="GEN"), lineage("Crocodylus niloticus")).weight_ratio is None
    assert plausible(SKINS, ()).oddities == ()


def test_what_was_learnt_replaces_the_shipped_range_and_lies_do_not_move_it() -> None:
    rng = random.Random(7)
    honest = [math.exp(rng.gauss(math.log(2.0), 0.2)) for _ in range(40)]
    usual, poisoned = learn(honest), learn([*honest, *[0.01] * 8])

    assert usual is not None
    assert poisoned is not None
    assert usual.middle == pytest.approx(2.0, rel=0.1)
    assert poisoned.low > 0.4
    assert learn(honest[:ENOUGH - 1]) is None
    light = replace(SKINS, net_mass=D(600))
    assert plausible(light, lineage("Crocodylus niloticus")).oddities == ()
    odd = plausible(light, lineage("Crocodylus niloticus"), {("mass", "NAR"): usual}).oddities
    assert [each.code for each in odd] == ["mass-unusual"]
