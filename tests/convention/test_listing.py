"""Which listing holds: split populations, exceptions, ranks, dates, crosses, annotations."""

from __future__ import annotations

from datetime import date

import pytest

from wildgate.convention.listing import Cover, Law, Listed, Listing, NotListed, Unknown, law
from wildgate.convention.tables import read_facts
from wildgate.convention.vocabulary import Appendix, Purpose, Source


def only(name: str, country: str | None = None, on: date | None = None) -> Listing:
    answer = law().listings(name, country, on)
    assert isinstance(answer, Listed), answer
    assert not answer.ambiguous, answer.ambiguous
    return answer.strictest


@pytest.mark.parametrize(("name", "country", "appendix", "label", "annotation"), [
    ("Loxodonta africana", "BW", "II", "Loxodonta africana", "A10"),
    ("Loxodonta africana", "KE", "I", "Loxodonta africana", None),
    ("Crocodylus novaeguineae", None, "II", "Crocodylia spp.", None),
    ("Falco peregrinus", None, "I", "Falco peregrinus", None),
    ("Falco cherrug", None, "II", "Falconiformes spp.", None),
    ("Caiman latirostris", "BR", "II", "Crocodylia spp.", "A11"),
    ("Caiman latirostris", "PY", "I", "Caiman latirostris", None),
    ("Vicugna vicugna", "PE", "II", "Vicugna vicugna", "A3"),
    ("Canis lupus", "IN", "I", "Canis lupus", None),
    ("Canis lupus", "CA", "II", "Canis lupus", None),
    ("Panthera leo", "ZA", "II", "Felidae spp.", "A4"),
    ("Panthera leo persica", "IN", "I", "Panthera leo", None),
    ("Prionailurus bengalensis", "VN", "II", "Felidae spp.", None),
    ("Dalbergia nigra", "BR", "I", "Dalbergia nigra", None),
    ("Dalbergia latifolia", "IN", "II", "Dalbergia spp.", "#15"),
    ("Python regius", "GH", "II", "Pythonidae spp.", None),
    ("Anguilla anguilla", None, "II", "Anguilla anguilla", None),
    ("Prionace glauca", None, "II", "Carcharhinidae spp.", None),
    ("Psittacus timneh", None, "I", "Psittacus erithacus", None),
    ("Ceratotherium simum simum", "ZA", "II", "Ceratotherium simum simum", "A8 A9"),
    ("Ceratotherium simum cottoni", "CD", "I", "Rhinocerotidae spp.", None),
    ("Alauda arvensis", "UA", "III", "Alauda arvensis", None),
    ("Chelydra serpentina", "US", "II", "Chelydra serpentina", None),
    ("Leucogeranus leucogeranus", None, "I", "Leucogeranus leucogeranus", None),
    ("Cedrela odorata", "BR", "II", "Cedrela spp.", "#6"),
    ("Tridacna gigas", "PW", "II", "Tridacnidae spp.", None),
])
def test_the_most_specific_entry_that_holds_for_the_population_wins(
        name: str, country: str | None, appendix: str, label: str, annotation: str | None) -> None:
    entry = only(name, country)

    assert (entry.appendix.value, entry.label, entry.annotation) == (appendix, label, annotation)


@pytest.mark.parametrize(("name", "country"), [
    ("Agapornis roseicollis", None), ("Cathartes aura", None), ("Canis lupus familiaris", None), ("Bos taurus", None),
    ("Pecari tajacu", "MX"), ("Antilocapra americana", "US"), ("Cedrela odorata", "GH"), ("Struthio camelus", "ZA"),
    ("Alauda arvensis", "FR"), ("Aloe vera", None), ("Felis catus", None), ("Quercus robur", None),
    ("Gadus morhua", None),
    ("Dracaena fragrans", None), ("Homo sapiens", None), ("Anguilla rostrata", None), ("Pereskia aculeata", None)])
def test_what_the_schedule_leaves_out_is_not_listed(name: str, country: str | None) -> None:
    answer = law().listings(name, country)

    assert isinstance(answer, NotListed), answer
    assert answer.reason


@pytest.mark.parametrize("name", [
    "Nosuchgenus novus", "Galeocerdo cuvier", "Crotalus atrox", "Panthera tigriss", "Agalychnis litodryas", ""])
def test_what_we_do_not_know_is_unknown_and_never_not_listed(name: str) -> None:
    assert isinstance(law().listings(name), Unknown)


@pytest.mark.parametrize(("name", "country", "appendices"), [
    ("Vicugna vicugna", "AR", ["I", "II"]), ("Crocodylus acutus", "CO", ["I", "II"]),
    ("Crocodylus porosus", "PH", ["I", "II"]), ("Balaenoptera acutorostrata", "GL", ["I", "II"]),
    ("Loxodonta africana", None, ["I", "II"]), ("Loxodonta africana", "XX", ["I", "II"]),
    ("Caracal caracal", "EG", ["I", "II"]), ("Cedrela odorata", "US", ["II"]), ("Vipera ursinii", "TR", ["I"])])
def test_a_country_of_which_a_part_is_meant_is_never_guessed(
        name: str, country: str | None, appendices: list[str]) -> None:
    answer = law().listings(name, country)

    assert isinstance(answer, Listed)
    assert answer.ambiguous
    assert [entry.appendix.value for entry in answer.listings] == appendices


def test_a_genus_of_which_a_part_is_listed_depends() -> None:
    answer = law().listings("Crotalus spp.")

    assert isinstance(answer, Listed)
    assert "narrowly" in answer.ambiguous


def test_a_species_with_subspecies_listed_otherwise_is_warned_about() -> None:
    assert "name-subspecies" in [w.code for w in law().warnings("Boa constrictor")]
    assert only("Boa constrictor").appendix is Appendix.II


def test_every_row_of_the_listings_leads_back_to_itself() -> None:
    for entry in law().entries():
        country = next(iter((*entry.countries, *entry.partial)), "ZZ" if entry.not_countries else None)
        answer = law().listings(entry.label, country)
        assert isinstance(answer, Listed), entry.label
        assert entry.id in {found.id for found in answer.listings}, entry.label


def test_a_listing_does_not_hold_before_it_took_effect() -> None:
    early = law().listings("Prionace glauca", on=date(2020, 1, 1))

    assert isinstance(early, NotListed)
    assert "2023-11-25" in early.reason
    assert only("Carcharhinus falciformis", on=date(2020, 1, 1)).appendix is Appendix.II
    assert only("Pycnonotus zeylanicus", on=date(2020, 1, 1)).appendix is Appendix.II
    assert only("Pycnonotus zeylanicus", on=date(2023, 11, 25)).appendix is Appendix.I
    assert not early.warnings


def test_a_change_of_2026_warns_and_does_not_decide() -> None:
    later = date(2027, 3, 3)

    for name in ("Rhincodon typus", "Mobula birostris", "Mobulidae spp.", "Amblyrhynchus cristatus", "Conolophus"):
        assert "check-appendices" in [w.code for w in law().warnings(name, later)], name
    assert only("Rhincodon typus", on=later).appendix is Appendix.II
    assert "check-appendices" not in [w.code for w in law().warnings("Rhincodon typus", date(2025, 6, 1))]
    assert "check-appendices" not in [w.code for w in law().warnings("Python regius", later)]


def test_a_taxon_that_was_perhaps_added_in_2026_is_unknown_then_and_not_listed_before() -> None:
    assert isinstance(law().listings("Mustelus mustelus", on=date(2027, 1, 1)), Unknown)
    assert isinstance(law().listings("Mustelus mustelus", on=date(2025, 6, 1)), NotListed)


def test_a_cross_is_as_strict_as_its_strictest_parent() -> None:
    falcon = law().listings("Falco peregrinus x Falco cherrug")
    sturgeon = law().listings("Acipenser baerii x A. naccarii")
    unnamed = law().listings("Falco hybrid")

    assert isinstance(falcon, Listed)
    assert falcon.strictest.appendix is Appendix.I
    assert "hybrid" in [w.code for w in falcon.warnings]
    assert isinstance(sturgeon, Listed)
    assert sturgeon.strictest.label == "Acipenseriformes spp."
    assert isinstance(unnamed, Listed)
    assert unnamed.ambiguous
    assert unnamed.strictest.appendix is Appendix.I


@pytest.mark.parametrize(("name", "country", "term", "answer"), [
    ("Swietenia mahagoni", None, "LOG", Cover.YES), ("Swietenia mahagoni", None, "PLY", Cover.NO),
    ("Swietenia mahagoni", None, "LIV", Cover.YES), ("Swietenia macrophylla", "BR", "PLY", Cover.YES),
    ("Khaya ivorensis", "GH", "TRW", Cover.YES), ("Khaya ivorensis", "GH", "SEE", Cover.NO),
    ("Adansonia grandidieri", "MG", "FRU", Cover.YES), ("Adansonia grandidieri", "MG", "LOG", Cover.NO),
    ("Goniurosaurus kuroiwae", "JP", "EGG", Cover.YES), ("Goniurosaurus kuroiwae", "JP", "SKI", Cover.NO),
    ("Dalbergia latifolia", "IN", "LVS", Cover.NO), ("Dalbergia latifolia", "IN", "WPR", Cover.CONDITIONAL),
    ("Dalbergia retusa", "MX", "WPR", Cover.NO), ("Dalbergia retusa", "PA", "LOG", Cover.YES),
    ("Aquilaria malaccensis", "ID", "CHP", Cover.YES), ("Aquilaria malaccensis", "ID", "FRU", Cover.NO),
    ("Mammillaria elongata", "MX", "SEE", Cover.YES), ("Mammillaria elongata", "US", "SEE", Cover.NO),
    ("Euphorbia trigona", None, "LIV", Cover.CONDITIONAL), ("Crocodylus novaeguineae", None, "SKI", Cover.YES)])
def test_annotations_read_as_terms(name: str, country: str | None, term: str, answer: Cover) -> None:
    coverage = only(name, country).covers(term, country=country)

    assert coverage.answer is answer
    assert coverage.reason


def test_other_specimens_of_an_exclusive_listing_are_deemed_appendix_one() -> None:
    elephant = only("Loxodonta africana", "ZW")
    hide = elephant.covers("SKI", purpose=Purpose.COMMERCIAL, country="ZW")
    jewel = elephant.covers("IJW", purpose=Purpose.PERSONAL, country="ZW")
    trophy = elephant.covers("TRO", purpose=Purpose.COMMERCIAL, country="ZW")

    assert (hide.answer, hide.appendix) == (Cover.YES, Appendix.II)
    assert (jewel.answer, jewel.appendix) == (Cover.YES, Appendix.I)
    assert (trophy.answer, trophy.appendix) == (Cover.YES, Appendix.I)
    assert only("Vicugna vicugna", "PE").covers("MEA").appendix is Appendix.I


@pytest.mark.parametrize(("taxon", "country", "term", "purpose", "answer", "appendix"), [
    ("Loxodonta africana", "BW", "TRO", "H", Cover.YES, "II"), ("Loxodonta africana", "BW", "TRO", "T", Cover.YES, "I"),
    ("Loxodonta africana", "ZA", "SKI", "T", Cover.YES, "II"),
    ("Loxodonta africana", "NA", "LPS", "T", Cover.YES, "II"),
    ("Loxodonta africana", "ZW", "LPS", "P", Cover.YES, "II"), ("Loxodonta africana", "ZW", "LPS", "T", Cover.YES, "I"),
    ("Loxodonta africana", "ZW", "IVC", "P", Cover.YES, "II"), ("Loxodonta africana", "ZA", "IVC", "P", Cover.YES, "I"),
    ("Loxodonta africana", "NA", "IJW", "P", Cover.CONDITIONAL, "II"),
    ("Loxodonta africana", "BW", "TUS", "T", Cover.CONDITIONAL, "II"),
    ("Loxodonta africana", "BW", "LIV", "Z", Cover.CONDITIONAL, "II"),
    ("Ceratotherium simum simum", "ZA", "TRO", "H", Cover.YES, "II"),
    ("Ceratotherium simum simum", "ZA", "TRO", "T", Cover.CONDITIONAL, "II"),
    ("Ceratotherium simum simum", "NA", "TRO", "H", Cover.YES, "I"),
    ("Ceratotherium simum simum", "NA", "LIV", "N", Cover.CONDITIONAL, "II"),
    ("Ceratotherium simum simum", "ZA", "HOR", "H", Cover.YES, "I"),
    ("Vicugna vicugna", "PE", "FIB", "T", Cover.CONDITIONAL, "II")])  # fmt: skip
def test_an_exclusive_listing_allows_what_it_names_without_a_condition(
        taxon: str, country: str, term: str, purpose: str, answer: Cover, appendix: str) -> None:
    """Annotations A10 (a)-(g), A8 and A9, A3 of the Appendices."""
    found = only(taxon, country).covers(term, purpose=Purpose(purpose), country=country)

    assert (found.answer, found.appendix.value) == (answer, appendix)


@pytest.mark.parametrize(("taxon", "term", "source", "answer"), [
    ("Dendrobium nobile", "FLO", "A", Cover.NO), ("Dendrobium nobile", "FLO", "W", Cover.YES),
    ("Vanilla planifolia", "FRU", "A", Cover.NO), ("Vanilla planifolia", "FRU", "W", Cover.CONDITIONAL),
    ("Opuntia ficus-indica", "FRU", "A", Cover.NO), ("Copiapoa cinerea", "FRU", "W", Cover.CONDITIONAL),
    ("Dendrobium nobile", "LIV", "A", Cover.YES), ("Dendrobium", "LIV", "A", Cover.CONDITIONAL),
    ("Phalaenopsis hybrid", "LIV", "A", Cover.CONDITIONAL), ("Phalaenopsis amabilis", "LIV", "A", Cover.YES),
    ("Phalaenopsis hybrid", "LIV", "W", Cover.YES)])  # fmt: skip
def test_what_is_propagated_is_free_where_the_annotation_says_so(
        taxon: str, term: str, source: str, answer: Cover) -> None:
    """Annotation #4 (c) and (d); the exemption of hybrids of four genera of orchids (P3) is for hybrids."""
    assert only(taxon).covers(term, source=Source(source), purpose=Purpose.COMMERCIAL).answer is answer


@pytest.mark.parametrize(("taxon", "country", "code"), [
    ("Prionailurus bengalensis", "TH", "name-species"), ("Prionailurus bengalensis", "CN", "name-subspecies"),
    ("Aonyx capensis", "CM", "name-species"), ("Aonyx capensis", "ZA", "name-subspecies"),
    ("Felis catus x Prionailurus bengalensis", "TH", "name-species")])  # fmt: skip
def test_a_species_is_asked_about_where_its_stricter_subspecies_lives(taxon: str, country: str, code: str) -> None:
    """Appendix I names the populations of these subspecies by country (Res. Conf. 12.3: the name decides)."""
    found = law().listings(taxon, country)

    assert {told.code for told in found.warnings} & {"name-species", "name-subspecies"} == {code}


def test_a_wide_name_says_how_many_more_taxa_are_listed_otherwise() -> None:
    (told,) = [w for w in law().listings("Psittaciformes").warnings if w.code == "name-species"]
    (few,) = [w for w in law().listings("Panthera").warnings if w.code == "name-species"]

    named, more = told.reason.split(": ", 1)[1].split(" more. ")[0].rsplit(" and ", 1)
    assert named.count("(I)") == 6
    assert int(more) + 6 == len({e.taxon for e in law().within("Psittaciformes", None) if e.appendix is Appendix.I})
    assert " more. " not in few.reason


def test_zero_quotas_go_with_the_population_they_are_set_for() -> None:
    caiman = only("Caiman latirostris", "BR").zero_quotas
    none = only("Caiman latirostris", "AR").zero_quotas
    sarawak = only("Crocodylus porosus", "MY").zero_quotas

    assert [(z.annotation, z.source, z.purpose) for z in caiman] == [("A11", Source.WILD, Purpose.COMMERCIAL)]
    assert none == ()
    assert [z.partial for z in sarawak] == [("MY",)]
    assert [q.amount for q in only("Acinonyx jubatus", "NA").fixed_quotas] == [150]


def test_renamed_taxa_rest_on_a_listing_or_on_a_known_exclusion() -> None:
    for row in read_facts("renames"):
        answer = law().listings(row["name"])
        assert isinstance(answer, Listed | NotListed), (row, answer)


def test_the_law_is_one_value_and_keeps_its_answers() -> None:
    assert law() is law()
    assert isinstance(law(), Law)
    assert law().date == "2025-03-06"
    assert law().listings("Python regius", "GH") == law().listings("Python regius", "GH")
