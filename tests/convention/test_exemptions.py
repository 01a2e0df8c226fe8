"""Article VII: travellers, exhibitions, instruments, laboratories; the high seas, transit and the border."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convention.bank import TAXA, Question
from tests.convention.questions import CROCODILE, GORILLA, ask, codes, kinds, line, trade

from wildgate.convention.exemptions import personal_limits
from wildgate.convention.listing import law
from wildgate.convention.ruling import rule, ruling_json
from wildgate.convention.unconfirmed import unconfirmed_facts, unknown_ids
from wildgate.convention.vocabulary import DocumentKind, Outcome, Source

OWN = {"purpose": "P", "personal_effects": True, "carried_by_owner": True}
SHARK = "Carcharhinus falciformis"
CATCH = {"term": "MEA", "unit": "KGM", "source": "X", "quantity": Decimal(10)}
SEA = {"direction": "introduction-from-the-sea", "sender": "ZZ", "receiver": "QM"}


def caviar(grams: int, unit: str = "GRM") -> object:
    return line("Acipenser gueldenstaedtii", term="CAV", quantity=Decimal(grams), unit=unit)


@pytest.mark.rule("P02", "E08")
def test_two_tins_on_two_lines_are_one_quantity() -> None:
    ruling = ask(caviar(100), caviar(100), **OWN)  # type: ignore[arg-type]

    assert [part.rule for part in ruling.lines] == ["E08", "E08"]
    assert "above-personal-limit" in codes(ruling)
    assert kinds(ruling) == ["export-permit"]


@pytest.mark.rule("P02")
def test_the_limit_holds_in_any_unit_of_mass() -> None:
    assert ask(line("Acipenser gueldenstaedtii", term="CAV", quantity=Decimal("0.125"), unit="KGM"), **OWN).decision \
        is Outcome.NO_DOCUMENT
    assert ask(line("Acipenser gueldenstaedtii", term="CAV", quantity=Decimal("0.126"), unit="KGM"), **OWN).decision \
        is Outcome.ALLOW


@pytest.mark.rule("P02")
@pytest.mark.parametrize("limit", [limit for limit in personal_limits() if "Tridacnidae" not in limit.taxa],
                         ids=lambda limit: f"{limit.words}, {limit.unit}")  # giant clams: see test_doubts
def test_each_limit_is_exempt_and_one_step_more_needs_papers(limit: object) -> None:
    taxon = sorted(limit.taxa)[0]  # type: ignore[attr-defined]
    species = {"Acipenseriformes": "Acipenser gueldenstaedtii", "Cactaceae": "Echinopsis chiloensis",
               "Crocodylia": CROCODILE, "Hippocampus": "Hippocampus kuda",
               "Aquilaria": "Aquilaria malaccensis", "Aliger gigas": "Strombus gigas"}.get(taxon, taxon)  # fmt: skip
    for term in sorted(limit.terms):  # type: ignore[attr-defined]
        asked = {"term": term, "unit": limit.unit, "origin": "QM"}  # type: ignore[attr-defined]
        within = ask(line(species, quantity=limit.limit, **asked), **OWN)  # type: ignore[attr-defined]
        above = ask(line(species, quantity=limit.limit + 1, **asked), **OWN)  # type: ignore[attr-defined]
        if within.lines[0].rule is None:
            continue  # an annotation frees this kind of specimen altogether

        assert (within.decision, within.lines[0].rule) == (Outcome.NO_DOCUMENT, "P02"), term
        assert above.decision is not Outcome.NO_DOCUMENT, term
        assert "above-personal-limit" in codes(above), term


@pytest.mark.rule("P02")
@pytest.mark.parametrize(
    ("residence", "origin", "source", "decision"),
    [
        (None, "QM", "W", Outcome.CONDITIONAL),
        ("QZ", "QM", "W", Outcome.CONDITIONAL),
        ("QZ", "PG", "W", Outcome.NO_DOCUMENT),
        ("QM", "QM", "W", Outcome.NO_DOCUMENT),
        ("FR", "QM", "W", Outcome.NO_DOCUMENT),
        (None, "QM", "C", Outcome.NO_DOCUMENT),
        (None, "QM", "F", Outcome.CONDITIONAL),
    ],
)
def test_a_souvenir_of_appendix_ii_turns_on_residence_origin_and_source(
    residence: str | None, origin: str, source: str, decision: Outcome
) -> None:
    ruling = ask(line("Python regius", term="LPS", quantity=Decimal(1), origin=origin, source=source),
                 residence=residence, **OWN)  # fmt: skip

    assert (ruling.lines[0].rule, ruling.decision) == ("P02", decision)


@pytest.mark.rule("P01", "Z04")
def test_a_guitar_of_appendix_i_is_shown_the_way_of_instruments() -> None:
    guitar = line("Dalbergia nigra", term="WPR", quantity=Decimal(1), source="O", acquired=date(1970, 1, 1))

    carried = ask(guitar, **OWN)

    assert (carried.decision, carried.lines[0].rule) == (Outcome.CONDITIONAL, "P01")
    assert "instrument-certificate" in codes(carried)
    assert kinds(ask(guitar, purpose="P", certificate="musical-instrument")) == ["musical-instrument-certificate"]


@pytest.mark.rule("Z02", "Z03")
@pytest.mark.parametrize(("certificate", "purpose"), [("travelling-exhibition", "Q"), ("pet-ownership", "P")])
def test_two_live_animals_need_two_certificates(certificate: str, purpose: str) -> None:
    parrots = line("Ara ararauna", term="LIV", live=True, source="C", quantity=Decimal(2))

    assert "one-animal-a-certificate" in codes(ask(parrots, purpose=purpose, certificate=certificate))


@pytest.mark.rule("S06")
def test_catch_that_leaves_a_port_of_another_flag_asks_the_flag_state() -> None:
    ruling = ask(line(SHARK, origin="PA", **CATCH))
    whale = ask(line("Balaenoptera borealis", origin="PA", **CATCH))

    assert [(d.kind.value, d.issued_by) for d in ruling.documents] == [("export-permit", "PA")]
    assert [(w.code, w.unconfirmed) for w in ruling.warnings] == [("flag-state", True)]
    assert (whale.decision, whale.lines[0].rule) == (Outcome.REFUSE, "E02")


@pytest.mark.rule("S06", "E08")
def test_catch_landed_at_home_only_carries_the_flag() -> None:
    ruling = ask(line(SHARK, origin="ZZ", **CATCH))

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.ALLOW, "E08")
    assert [(w.code, w.unconfirmed) for w in ruling.warnings] == [("flag-state", True)]
    assert ruling_json(ruling)["warnings"][0]["fact"] == "K-flag-state"


@pytest.mark.rule("S06")
def test_a_confirmed_fact_loses_its_flag_and_changes_nothing_else() -> None:
    asked = trade(line(SHARK, origin="PA", **CATCH))

    plain, confirmed = rule(asked, law()), rule(asked, law(), confirmed=frozenset({"K-flag-state"}))

    assert [w.unconfirmed for w in confirmed.warnings] == [False]
    assert (confirmed.decision, confirmed.documents) == (plain.decision, plain.documents)


@pytest.mark.rule("S06", "E07")
@pytest.mark.parametrize(
    ("fact", "item"),
    [
        ("K-flag-state", line(SHARK, origin="ZZ", **CATCH)),
        ("K-second-source", line(CROCODILE, source="O", acquired=date(1970, 1, 1))),
        ("K-appendices-2026", line("Hyaena hyaena", term="SKU", quantity=Decimal(1))),
    ],
)
def test_a_fact_that_is_not_accepted_leaves_the_line_to_the_authority(fact: str, item: object) -> None:
    asked = trade(item, on=date(2026, 11, 22), purpose="S")  # type: ignore[arg-type]

    ruling = rule(asked, law(), not_accepted=frozenset({fact}))

    assert ruling.decision is Outcome.CONDITIONAL
    told = next(w for w in ruling.warnings if w.code == "fact-not-accepted")
    assert fact in told.reason


def test_a_misspelt_fact_is_refused_with_the_right_one() -> None:
    (no,) = unknown_ids(["K-flag-sate", "K-flag-state"])

    assert no.suggestions[0] == "K-flag-state"
    assert unknown_ids(fact.id for fact in unconfirmed_facts()) == ()


@pytest.mark.rule("T01")
@pytest.mark.parametrize(
    ("taxon", "source", "origin", "expected"),
    [
        (GORILLA, "W", "CM", ["export-permit", "import-permit"]),
        (GORILLA, "C", "CM", ["captive-bred-certificate"]),
        (CROCODILE, "W", "CM", ["export-permit"]),
        (CROCODILE, "W", "PG", ["re-export-certificate"]),
    ],
)
def test_transit_travels_with_the_papers_of_others(taxon: str, source: str, origin: str, expected: list[str]) -> None:
    ruling = ask(line(taxon, term="LIV", live=True, source=source, origin=origin), direction="transit", purpose="Z",
                 sender="CM")  # fmt: skip

    assert (ruling.lines[0].rule, kinds(ruling)) == ("T01", expected)
    assert {document.when for document in ruling.documents} == {"to accompany the goods"}


@pytest.mark.rule("I06", "I01")
def test_at_the_border_a_missing_paper_is_a_refusal_and_its_alternative_is_not() -> None:
    asked = trade(line(GORILLA, term="LIV", live=True, origin="QZ"), direction="import", sender="QZ", receiver="QM",
                  purpose="Z")  # fmt: skip
    bred = trade(line(CROCODILE, source="C", origin="QZ"), direction="import", sender="QZ", receiver="QM")

    half = rule(asked, law(), papers=frozenset({DocumentKind.EXPORT_PERMIT}))
    whole = rule(asked, law(), papers=frozenset({DocumentKind.EXPORT_PERMIT, DocumentKind.IMPORT_PERMIT}))
    other = rule(bred, law(), papers=frozenset({DocumentKind.EXPORT_PERMIT}))

    assert (half.decision, half.lines[0].rule) == (Outcome.REFUSE, "I06")
    assert [(no.code, no.basis) for no in half.refusals] == [("document-missing", ("Art. VIII.1",))]
    assert "import-permit" in half.refusals[0].reason
    assert whole == rule(asked, law())
    assert other.decision is Outcome.ALLOW


@pytest.mark.rule("Z06")
def test_samples_are_told_of_the_simplified_procedure_and_others_are_not() -> None:
    blood = ask(line(CROCODILE, term="SPE", quantity=Decimal(20)), purpose="M")

    assert "simplified-procedure" in codes(blood)
    assert "simplified-procedure" not in codes(ask(line(CROCODILE, term="SPE"), purpose="T"))
    assert "simplified-procedure" not in codes(ask(line(CROCODILE, term="SKI"), purpose="S"))


@pytest.mark.rule("S01", "S03", "S05")
def test_the_sea_has_its_findings() -> None:
    live = line("Hippocampus kuda", term="LIV", live=True, source="X", origin="ZZ")

    assert [(f.kind.value, f.by.value) for f in ask(live, **SEA).findings] == [
        ("humane-transport", "management-authority"), ("non-detriment", "scientific-authority")]  # fmt: skip


WAYS = st.sampled_from(["export", "re-export", "import", "transit", "at the border", "to a non-Party",
                        "personal effects carried", "personal effects sent", "musical-instrument"])  # fmt: skip


@given(way=WAYS, taxon=st.sampled_from(TAXA), specimen=st.sampled_from(["live", "sample"]),
       source=st.sampled_from(list(Source)), purpose=st.sampled_from(list("TZGQSHPMENBL")))
@settings(max_examples=200, deadline=None)
def test_a_refusal_always_has_a_basis_and_no_source_asks_more_than_the_wild(
    way: str, taxon: str, specimen: str, source: Source, purpose: str
) -> None:
    asked = rule(Question(way, taxon, specimen, source.value, purpose).trade(), law())
    wild = rule(Question(way, taxon, specimen, "W", purpose).trade(), law())

    assert all(no.basis and no.reason for no in asked.refusals)
    assert bool(asked.refusals) == (asked.decision is Outcome.REFUSE)
    if source in (Source.CAPTIVE_BRED, Source.PROPAGATED, Source.REGISTERED, Source.PRE_CONVENTION):
        assert wild.decision is Outcome.REFUSE or len(asked.documents) <= len(wild.documents)
