"""What people write for their goods, read into quantities and candidates; what is not sure stays a question."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wildgate.apps.enquiries.everyday import ARTICLE, LANGUAGES, entries
from wildgate.apps.enquiries.naming import understood
from wildgate.convention import tables
from wildgate.convention.listing import Listed, NotListed, law
from wildgate.convention.term_fit import term_fits

CAVIAR = "Acipenseriformes|CAV|caviar"
AFRICAN = "Loxodonta africana"
PHRASES = [
    # words, quantity, unit, a candidate that must be offered
    ("200 g caviar of Acipenser gueldenstaedtii in one tin", "200", "GRM", "Acipenser gueldenstaedtii|CAV|caviar"),
    ("200 g caviar", "200", "GRM", CAVIAR),
    ("0.2 kg of caviar", "0.2", "KGM", CAVIAR),
    ("2 tins of 50 g caviar", "100", "GRM", CAVIAR),
    ("two 50g tins of caviar", "100", "GRM", CAVIAR),
    ("200 g caviar in 2 tins", "200", "GRM", CAVIAR),
    ("4 oz caviar", "113.4", "GRM", CAVIAR),
    ("3 seahorses", "3", "NAR", "Hippocampus|BOD|seahorse"),
    ("3 dried seahorses", "3", "NAR", "Hippocampus|BOD|stuffed"),
    ("3 Hippocampus kuda", "3", "NAR", "Hippocampus kuda|BOD|seahorse"),
    ("one guitar with Dalbergia nigra", "1", "NAR", "Dalbergia nigra|WPR|guitar"),
    ("guitar with rosewood", None, "NAR", "Dalbergia|WPR|guitar"),
    ("my mahogany violin", None, "NAR", "Swietenia macrophylla|WPR|guitar"),
    ("piano with ivory keys", None, "NAR", f"{AFRICAN}|IVC|guitar"),
    ("python leather wallet", None, "NAR", "Python bivittatus|LPS|wallet"),
    ("wallet made of leather", None, "NAR", "Bos taurus|LPS|wallet"),
    ("a carved ivory bracelet, bought 1990", "1", "NAR", f"{AFRICAN}|IJW|bracelet"),
    ("elephant hair bracelet", None, "NAR", f"{AFRICAN}|HAP|bracelet"),
    ("a pair of crocodile boots", "1", "NAR", "Crocodylia|LPS|shoe"),
    ("live African grey parrot", None, "NAR", "Psittacus erithacus|LIV|livepet"),
    ("Snowy owl feather", None, "NAR", "Bubo scandiacus|FEA|feather"),
    ("a green iguana belt", "1", "NAR", "Iguana iguana|LPS|belt"),
    ("our cat", None, "NAR", "Felis catus|LIV|cat"),
    ("24 ml oud oil", "24", "MLT", "Aquilaria|OIL|oil"),
    ("1,200 skins of Crocodylus novaeguineae", "1200", "NAR", "Crocodylus novaeguineae|SKI|skin"),
    ("3 rainsticks", "3", "NAR", "Cactaceae|CAR|rainstick"),
    ("wool scarf", None, "NAR", "Ovis aries|GAR|scarf"),
    ("two orchids", "2", "NAR", "Orchidaceae|LIV|orchid"),
    ("fake fur coat", None, "NAR", "none"),
    ("200 g de caviar", "200", "GRM", CAVIAR),
    ("deux boîtes de 50 g de caviar", "100", "GRM", CAVIAR),
    ("sac à main en crocodile", None, "NAR", "Crocodylus niloticus|LPS|handbag"),
    ("3 hippocampes séchés", "3", "NAR", "Hippocampus|BOD|stuffed"),
    ("portefeuille en cuir de python", None, "NAR", "Python bivittatus|LPS|wallet"),
    ("statue en ivoire achetée en 1985", None, "NAR", f"{AFRICAN}|IVC|carving"),
    ("une guitare en palissandre de Rio", "1", "NAR", "Dalbergia nigra|WPR|guitar"),
    ("trois bâtons de pluie", "3", "NAR", "Cactaceae|CAR|rainstick"),
    ("manteau de vison", None, "NAR", "Mustela vison|GAR|coat"),
    ("une tortue terrestre vivante", "1", "NAR", "Testudo hermanni|LIV|livepet"),
    ("coquille de bénitier", None, "NAR", "Tridacnidae|SHE|clam"),
    ("peluche", None, "NAR", "none"),
    ("125,5 g de caviar", "125.5", "GRM", CAVIAR),
    ("cartera de piel de pitón", None, "NAR", "Python bivittatus|LPS|wallet"),
    ("3 caballitos de mar", "3", "NAR", "Hippocampus|BOD|seahorse"),
    ("una guitarra de palisandro", "1", "NAR", "Dalbergia|WPR|guitar"),
    ("pulsera de marfil de 1970", None, "NAR", f"{AFRICAN}|IJW|bracelet"),
    ("un loro vivo", "1", "NAR", "Psittaciformes|LIV|livepet"),
    ("zapatos de cocodrilo", None, "NAR", "Crocodylia|LPS|shoe"),
    ("2 conchas de caracol rosado", "2", "NAR", "Strombus gigas|SHE|shell"),
    ("dos palos de lluvia", "2", "NAR", "Cactaceae|CAR|rainstick"),
    ("٢٠٠ غرام كافيار", "200", "GRM", CAVIAR),
    ("محفظة من جلد التمساح", None, "NAR", "Crocodylia|LPS|wallet"),
    ("سوار عاج", None, "NAR", f"{AFRICAN}|IJW|bracelet"),
]


@pytest.mark.parametrize(("words", "quantity", "unit", "offered"), PHRASES, ids=[row[0] for row in PHRASES])
def test_own_words_are_read_as_a_quantity_and_candidates(words, quantity, unit, offered):
    (goods,) = understood(words, "")

    assert goods.quantity in ((Decimal(quantity),) if quantity else (None, 1))
    assert goods.unit == unit
    assert offered in [each.key for each in goods.candidates]


@pytest.mark.parametrize(("words", "year"), [
    ("a carved ivory bracelet, bought 1990", 1990), ("statue en ivoire achetée en 1985", 1985),
    ("pulsera de marfil de 1970", 1970), ("3 seahorses", None), ("2000 g caviar", None)])
def test_a_year_is_a_year_and_a_weight_is_not(words, year):
    assert understood(words, "")[0].year == year


def test_two_materials_of_one_thing_are_two_questions():
    rosewood, ivory = understood("a guitar with rosewood and ivory", "")

    assert {each.taxon for each in rosewood.candidates} >= {"Dalbergia nigra", "Dalbergia"}
    assert {each.term for each in ivory.candidates} == {"IVC"}
    assert all(each.instrument for each in (*rosewood.candidates, *ivory.candidates))


def test_several_goods_in_one_sentence_and_on_several_lines():
    found = understood("3 seahorses and 2 rainsticks, 1 python wallet\n200 g caviar; peluche", "")

    assert [each.thing for each in found] == ["seahorse", "rainstick", "wallet", "caviar", "plush"]


@pytest.mark.parametrize(("words", "keys"), [
    ("200 g caviar of Acipenser gueldenstaedtii in one tin, 3 Hippocampus kuda, one guitar with Dalbergia nigra",
     ["Acipenser gueldenstaedtii|CAV|caviar", "Hippocampus kuda|BOD|seahorse", "Dalbergia nigra|WPR|guitar"]),
    ("3 seahorses, a guitar with Dalbergia nigra", ["Hippocampus|BOD|seahorse", "Dalbergia nigra|WPR|guitar"]),
    ("Hippocampus kuda, guitar with Dalbergia nigra", ["Hippocampus kuda|BOD|seahorse", "Dalbergia nigra|WPR|guitar"]),
    ("2 rainsticks and a crocodile wallet", ["Cactaceae|CAR|rainstick", "Crocodylia|LPS|wallet"]),
    ("3 hippocampes et un portefeuille en cuir de python",
     ["Hippocampus|BOD|seahorse", "Python bivittatus|LPS|wallet"]),
    ("un loro vivo y dos palos de lluvia", ["Psittaciformes|LIV|livepet", "Cactaceae|CAR|rainstick"]),
    ("3 conch shells, an ivory bracelet", ["Strombus gigas|SHE|conch", f"{AFRICAN}|IJW|bracelet"]),
])
def test_no_thing_of_a_list_is_lost_or_taken_for_a_part_of_its_neighbour(words, keys):
    found = understood(words, "")

    assert len(found) == len(keys)
    assert all(key in [each.key for each in goods.candidates] for key, goods in zip(keys, found, strict=True))


def test_every_material_named_by_its_scientific_name_is_asked_about():
    found = understood("guitar with Dalbergia nigra and Loxodonta africana", "")

    assert [goods.candidates[0].key for goods in found] == ["Dalbergia nigra|WPR|guitar", f"{AFRICAN}|IVC|guitar"]
    assert all(each.instrument for goods in found for each in goods.candidates)


def test_a_part_behind_and_is_no_thing_of_its_own():
    assert {goods.thing for goods in understood("a guitar with a rosewood neck and an ivory nut", "")} == {"guitar"}


@pytest.mark.parametrize(("words", "terms"), [
    ("12 crocodile skins", {"SKI"}), ("a crocodile leather", {"SKI"}), ("douze peaux de crocodile", {"SKI"}),
    ("2 cueros de cocodrilo", {"SKI"}), ("3 جلد التمساح", {"SKI"}), ("an elephant skin", {"SKI"}),
    ("giraffe bones", {"BON"}), ("2 crocodile hides", {"SKI"}), ("leopard skin coat", {"GAR"}),
    ("a crocodile", {"SKI", "SKU", "TEE"}), ("turtle shell", {"CAP", "LIV", "CAR"}), ("وحيد القرن", {"HOR", "HOC"})])
def test_words_that_name_a_part_offer_that_part_alone(words, terms):
    assert {each.term for each in understood(words, "")[0].candidates} == terms


@pytest.mark.parametrize("words", ["wallet", "guitar", "blue thing", "xyzzy", "???", "12", "1985"])
def test_what_is_not_known_is_asked_and_never_guessed(words):
    assert all(not each.candidates for each in understood(words, ""))


@pytest.mark.parametrize("words", ["", " \n;;", "9" * 500, "\x00\u202e" * 50, "a" * 5000, "1/0 kg -5 g of caviar",
                                   "ivory " * 100, "²³ ½ kg caviar"])
def test_nonsense_is_read_without_complaint_and_within_bounds(words):
    found = understood(words, "")

    assert len(found) <= 8
    assert all(len(each.candidates) <= 8 for each in found)


def test_every_row_names_terms_units_and_taxa_that_exist():
    for entry in entries().values():
        assert tables.unit(entry.unit).current, entry.id
        for term in entry.terms:
            assert tables.term(term.rpartition(":")[2]).current, (entry.id, term)
        for taxon in entry.taxa:
            assert not hasattr(law().resolve(taxon), "reason"), (entry.id, taxon)
            assert all(term_fits(term, law().resolve(taxon)) for term in entry.terms if entry.what != ARTICLE), entry.id


def test_every_row_has_words_in_every_language():
    assert [entry.id for entry in entries().values() if not all(all(entry.words[each]) for each in LANGUAGES)] == []


def test_most_candidates_stand_in_a_table():
    answers = [law().listings(taxon) for entry in entries().values() for taxon in entry.taxa]

    assert sum(isinstance(each, Listed | NotListed) for each in answers) / len(answers) > 0.98
