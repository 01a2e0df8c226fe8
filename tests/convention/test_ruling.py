"""What the law answers: each rule by a real taxon, each answer with its basis, the strictest line first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convention.questions import CROCODILE, GORILLA, ORCHID_I, ask, codes, kinds, line, trade

from wildgate.convention.listing import law
from wildgate.convention.outcome import Ruling
from wildgate.convention.ruling import rule, ruling_json
from wildgate.convention.vocabulary import By, Direction, Outcome, Purpose, Source


def found(ruling: Ruling) -> set[tuple[str, str]]:
    return {(finding.kind.value, finding.by.value) for finding in ruling.findings}


def live(taxon: str, **changes: object):
    return line(taxon, term="LIV", live=True, quantity=Decimal(1), **changes)


def test_appendix_i_from_the_wild_is_not_exported_for_commerce() -> None:
    ruling = ask(live(GORILLA), purpose="T")

    assert ruling.decision is Outcome.REFUSE
    assert ruling.lines[0].rule == "E02"
    assert [no.code for no in ruling.refusals] == ["primarily-commercial"]
    assert "Art. III.3(c)" in ruling.refusals[0].basis
    assert ruling.documents == ruling.findings == ()


def test_appendix_i_export_to_a_zoo_needs_the_import_permit_first() -> None:
    ruling = ask(live(GORILLA), purpose="Z")

    assert ruling.decision is Outcome.ALLOW
    assert [(d.kind.value, d.issued_by, d.when) for d in ruling.documents] == [
        ("import-permit", "QZ", "before the export permit"),
        ("export-permit", "QM", "before export"),
    ]
    assert found(ruling) == {
        ("legal-acquisition", By.MANAGEMENT),
        ("humane-transport", By.MANAGEMENT),
        ("import-permit-granted", By.MANAGEMENT),
        ("quota", By.MANAGEMENT),
        ("non-detriment", By.SCIENTIFIC),
    }


def test_appendix_i_import_findings_are_made_by_the_importing_state() -> None:
    ruling = ask(live(GORILLA, origin="QZ"), direction="import", purpose="Z", sender="QZ", receiver="QM")

    assert ruling.lines[0].rule == "I01"
    assert [(d.kind.value, d.issued_by) for d in ruling.documents] == [("import-permit", "QM"), ("export-permit", "QZ")]
    assert found(ruling) == {
        ("not-primarily-commercial", By.MANAGEMENT),
        ("purpose-not-detrimental", By.SCIENTIFIC),
        ("suitable-housing", By.SCIENTIFIC),
    }


def test_appendix_i_import_for_commerce_is_refused() -> None:
    ruling = ask(live(GORILLA, origin="QZ"), direction="import", sender="QZ", receiver="QM")

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.REFUSE, "I02")
    assert "Art. III.3(c)" in ruling.refusals[0].basis


def test_mario_may_choose_between_certificate_and_permit_for_bred_crocodiles() -> None:
    ruling = ask(line(CROCODILE, source="C"))

    assert (ruling.decision, ruling.lines[0].rule, ruling.lines[0].listing) == (Outcome.ALLOW, "E09", "Crocodylia spp.")
    assert kinds(ruling) == ["captive-bred-certificate"]
    assert [kind.value for kind in ruling.documents[0].alternatives] == ["export-permit"]
    assert "non-detriment" not in {finding.kind.value for finding in ruling.findings}


def test_wild_appendix_ii_needs_the_finding_of_the_scientific_authority() -> None:
    ruling = ask(line(CROCODILE))

    assert (ruling.decision, ruling.lines[0].rule, kinds(ruling)) == (Outcome.ALLOW, "E08", ["export-permit"])
    assert ("non-detriment", By.SCIENTIFIC) in found(ruling)


def test_live_specimens_bring_humane_transport_and_dead_ones_do_not() -> None:
    assert ("humane-transport", By.MANAGEMENT) in found(ask(live(CROCODILE)))
    assert ("humane-transport", By.MANAGEMENT) not in found(ask(line(CROCODILE)))


def test_bred_gorillas_go_to_zoos_and_not_to_market() -> None:
    assert ask(live(GORILLA, source="C"), purpose="Z").lines[0].rule == "E05"
    assert kinds(ask(live(GORILLA, source="C"), purpose="Z")) == ["captive-bred-certificate"]

    ruling = ask(live(GORILLA, source="C"), purpose="T")

    assert ruling.decision is Outcome.REFUSE
    assert codes(ruling) == {"primarily-commercial"}


def test_source_d_needs_its_operation_number() -> None:
    without = ask(live("Falco peregrinus", source="D"))
    with_number = ask(live("Falco peregrinus", source="D", operation="A-QM-501"))

    assert (without.decision, "operation-missing" in codes(without)) == (Outcome.CONDITIONAL, True)
    assert (with_number.decision, with_number.lines[0].rule) == (Outcome.ALLOW, "E03")
    assert kinds(with_number) == ["export-permit"]


def test_appendix_i_plants_propagated_for_science() -> None:
    assert ask(live(ORCHID_I, source="A"), purpose="S").lines[0].rule == "E06"
    assert ask(live(ORCHID_I, source="A"), purpose="T").decision is Outcome.CONDITIONAL


def test_appendix_iii_depends_on_who_listed_it() -> None:
    by_india = ask(live("Canis aureus", origin="IN"), sender="IN", receiver="FR")
    by_another = ask(live("Canis aureus", origin="PK"), sender="PK", receiver="FR")

    assert (by_india.lines[0].rule, kinds(by_india)) == ("E11", ["export-permit"])
    assert (by_another.lines[0].rule, kinds(by_another)) == ("E12", ["certificate-of-origin"])


@pytest.mark.parametrize(
    ("sender", "origin", "expected"),
    [("IN", "IN", "export-permit"), ("PK", "PK", "certificate-of-origin"), ("FR", "IN", "re-export-certificate")],
)
def test_appendix_iii_import_shows_the_paper_of_its_route(sender: str, origin: str, expected: str) -> None:
    ruling = ask(live("Canis aureus", origin=origin), direction="import", sender=sender, receiver="US")

    assert (ruling.lines[0].rule, kinds(ruling)) == ("I05", [expected])


@pytest.mark.parametrize(
    ("acquired", "decision", "code"),
    [
        (date(1970, 1, 1), Outcome.ALLOW, None),
        (date(2024, 1, 1), Outcome.REFUSE, "acquired-after-listing"),
        (None, Outcome.CONDITIONAL, "acquisition-date-missing"),
        (date(1990, 1, 1), Outcome.CONDITIONAL, "first-listing-unknown"),
    ],
)
def test_pre_convention_rests_on_the_date_of_acquisition(
    acquired: date | None, decision: Outcome, code: str | None
) -> None:
    ruling = ask(line(CROCODILE, source="O", acquired=acquired, second_source=Source.WILD))

    assert ruling.decision is decision
    assert ruling.lines[0].rule == "E07"
    assert codes(ruling) == ({code} if code else set())


def test_a_missing_second_code_is_an_unconfirmed_warning() -> None:
    ruling = ask(line(CROCODILE, source="O", acquired=date(1970, 1, 1)))

    assert [(w.code, w.unconfirmed) for w in ruling.warnings] == [("second-source-missing", True)]
    assert ruling.decision is Outcome.ALLOW


def test_live_re_export_of_appendix_i_needs_the_import_permit_and_dead_does_not() -> None:
    alive = ask(live(GORILLA, origin="CM"), direction="re-export", purpose="Z")
    dead = ask(line(GORILLA, term="SKU", origin="CM", quantity=Decimal(1)), direction="re-export", purpose="S")

    assert (alive.lines[0].rule, kinds(alive)) == ("R01", ["import-permit", "re-export-certificate"])
    assert kinds(dead) == ["re-export-certificate"]


@pytest.mark.parametrize("source", ["W", "F", "R", "U", "X", "Y"])
def test_re_export_of_appendix_i_for_commerce_is_refused_for_every_wild_source(source: str) -> None:
    taxon = ORCHID_I if source == "Y" else GORILLA
    ruling = ask(live(taxon, source=source, origin="CM"), direction="re-export")

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.REFUSE, "R02")


@pytest.mark.parametrize(("direction", "expected"), [("export", "E08"), ("re-export", "R06")])
def test_confiscated_specimens_are_never_simply_allowed(direction: str, expected: str) -> None:
    ruling = ask(
        line(CROCODILE, source="I", second_source=Source.WILD, origin="QM" if direction == "export" else "PG"),
        direction=direction,
    )

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.CONDITIONAL, expected)


def test_what_no_rule_holds_is_asked() -> None:
    ruling = ask(line(CROCODILE, source="D", operation="A-QM-501"))

    assert ruling.decision is Outcome.CONDITIONAL
    assert "no-rule" in codes(ruling)


@pytest.mark.parametrize("route", [{"receiver": "KP"}, {"sender": "KP"}, {"origin": "KP"}])
def test_a_state_outside_the_convention_makes_it_conditional(route: dict[str, str]) -> None:
    origin = route.pop("origin", route.get("sender", "QM"))
    ruling = ask(line(CROCODILE, source="C", origin=origin), **route)

    assert ruling.decision is Outcome.CONDITIONAL
    assert ruling.lines[0].rule == "N01"
    assert "non-party" in codes(ruling)


def test_what_an_annotation_leaves_out_needs_no_document_and_the_annotation_is_cited() -> None:
    ruling = ask(line("Swietenia macrophylla", term="LVS", unit="KGM", origin="PE"), sender="PE", receiver="US")

    assert ruling.decision is Outcome.NO_DOCUMENT
    assert ruling.lines[0].annotation == "#6"
    assert ruling.lines[0].appendix is not None
    assert ruling.warnings[0].code == "not-covered"


def test_a_taxon_outside_the_appendices_needs_no_document() -> None:
    ruling = ask(line("Homo sapiens"))

    assert (ruling.decision, ruling.lines[0].appendix, ruling.lines[0].listing) == (Outcome.NO_DOCUMENT, None, None)


def test_a_name_nobody_knows_is_not_called_unlisted() -> None:
    assert ask(line("Nonexistus fictus")).decision is Outcome.CONDITIONAL


def test_populations_decide_and_doubt_asks_which() -> None:
    mexican = ask(line("Antilocapra americana", term="TRO", origin="MX"), purpose="H", sender="MX", receiver="DE")
    american = ask(line("Antilocapra americana", term="TRO", origin="US"), purpose="H", sender="US", receiver="DE")
    unknown = ask(line("Antilocapra americana", term="TRO", origin="XX"), purpose="H", direction="import")

    assert mexican.lines[0].rule == "E01"
    assert american.decision is Outcome.NO_DOCUMENT
    assert (unknown.decision, codes(unknown)) == (Outcome.CONDITIONAL, {"ask-population"})


def test_a_zero_quota_of_the_listing_refuses() -> None:
    ruling = ask(live("Centrochelys sulcata", origin="ML"), sender="ML", receiver="FR")
    for_science = ask(live("Centrochelys sulcata", origin="ML"), sender="ML", receiver="FR", purpose="S")

    assert ruling.decision is Outcome.REFUSE
    assert [no.code for no in ruling.refusals] == ["zero-quota"]
    assert for_science.decision is Outcome.ALLOW


def test_changes_known_from_reports_only_warn_or_ask() -> None:
    before = ask(live("Hyaena hyaena", origin="PK"), sender="PK", receiver="FR", on=date(2026, 3, 4))
    after = ask(live("Hyaena hyaena", origin="PK"), sender="PK", receiver="FR", on=date(2026, 3, 5))

    assert "check-appendices" not in codes(before)
    assert "check-appendices" in codes(after)


def test_introduction_from_the_sea() -> None:
    sea = {"direction": "introduction-from-the-sea", "sender": "ZZ", "receiver": "QM"}
    shark = ask(line("Carcharhinus falciformis", term="DFN", unit="KGM", source="X", origin="ZZ"), **sea)
    whale = line("Balaenoptera borealis", term="MEA", unit="KGM", source="X", origin="ZZ")

    assert [(d.kind.value, d.issued_by) for d in shark.documents] == [("introduction-from-the-sea-certificate", "QM")]
    assert ask(whale, **sea).lines[0].rule == "S02"
    assert ask(whale, purpose="S", **sea).lines[0].rule == "S01"


def test_transit_needs_the_papers_of_the_others() -> None:
    ruling = ask(live(GORILLA, origin="CM"), direction="transit", purpose="Z", sender="CM", receiver="QZ")

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.ALLOW, "T01")
    assert kinds(ruling) == ["export-permit", "import-permit"]
    assert ask(live(GORILLA, origin="CM"), direction="transit", sender="CM").decision is Outcome.CONDITIONAL


OWN = {"purpose": "P", "personal_effects": True, "carried_by_owner": True}


@pytest.mark.parametrize(
    ("grams", "decision"), [(125, Outcome.NO_DOCUMENT), (126, Outcome.ALLOW), (200, Outcome.ALLOW)]
)
def test_caviar_above_the_limit_needs_papers_for_the_whole(grams: int, decision: Outcome) -> None:
    ruling = ask(line("Acipenser gueldenstaedtii", term="CAV", quantity=Decimal(grams), unit="GRM"), **OWN)

    assert ruling.decision is decision
    assert ruling.lines[0].rule == ("P02" if decision is Outcome.NO_DOCUMENT else "E08")


def test_three_seahorses_are_exempt_and_the_destination_may_be_stricter() -> None:
    ruling = ask(line("Hippocampus kuda", term="BOD", quantity=Decimal(3)), **OWN)

    assert (ruling.decision, codes(ruling)) == (Outcome.NO_DOCUMENT, {"stricter-law"})


@pytest.mark.parametrize("change", [{"carried_by_owner": False}, {"purpose": "T"}])
def test_goods_sent_or_sold_are_no_personal_effects(change: dict[str, object]) -> None:
    ruling = ask(line("Hippocampus kuda", term="BOD", quantity=Decimal(3)), **{**OWN, **change})

    assert (ruling.lines[0].rule, "not-personal-effects" in codes(ruling)) == ("E08", True)


def test_live_animals_are_never_personal_effects() -> None:
    assert "not-personal-effects" in codes(ask(live("Ara ararauna", source="C"), **OWN))


def test_appendix_i_effects_are_asked() -> None:
    assert ask(line(GORILLA, term="SKU", quantity=Decimal(1)), **OWN).decision is Outcome.CONDITIONAL


@pytest.mark.parametrize(
    ("certificate", "item", "purpose", "expected"),
    [
        ("musical-instrument", line("Dalbergia nigra", term="WPR", source="O", acquired=date(1970, 1, 1)), "P", "Z04"),
        ("travelling-exhibition", live("Panthera tigris", source="C"), "Q", "Z02"),
        ("pet-ownership", live("Ara ararauna", source="C"), "P", "Z03"),
        ("scientific-exchange", line(CROCODILE, term="SPE"), "S", "Z01"),
        ("sample-collection", line(CROCODILE, source="W"), "T", "Z05"),
    ],
)
def test_certificates_of_article_vii(certificate: str, item: object, purpose: str, expected: str) -> None:
    ruling = ask(item, purpose=purpose, certificate=certificate)  # type: ignore[arg-type]

    assert (ruling.decision, ruling.lines[0].rule) == (Outcome.ALLOW, expected)
    assert len(ruling.documents) == 1


@pytest.mark.parametrize(
    ("certificate", "item", "purpose", "expected"),
    [
        ("musical-instrument", line("Dalbergia nigra", term="WPR"), "P", "E01"),
        ("travelling-exhibition", live("Panthera tigris"), "Q", "E01"),
        ("pet-ownership", line(CROCODILE), "P", "E08"),
        ("sample-collection", line(GORILLA, term="SKU", source="C"), "Q", "E05"),
    ],
)
def test_a_certificate_that_cannot_serve_leaves_the_ordinary_rule(
    certificate: str, item: object, purpose: str, expected: str
) -> None:
    ruling = ask(item, purpose=purpose, certificate=certificate)  # type: ignore[arg-type]

    assert ruling.lines[0].rule == expected
    assert "certificate-not-available" in codes(ruling)


def test_goods_of_another_country_are_not_simply_exported() -> None:
    ruling = ask(line(CROCODILE, origin="PG"))

    assert (ruling.decision, "origin-elsewhere" in codes(ruling)) == (Outcome.CONDITIONAL, True)


def test_an_unusual_unit_is_looked_at_but_decides_nothing() -> None:
    ruling = ask(line(CROCODILE, term="LIV", unit="GRM"), line(CROCODILE, term="LIV", unit="MTR"))

    assert "unit-unusual" in codes(ruling)
    assert ruling.decision is Outcome.ALLOW


def test_the_trade_is_as_strict_as_its_strictest_line() -> None:
    free, allowed, refused = line("Homo sapiens"), line(CROCODILE), live(GORILLA)

    assert ask(free).decision is Outcome.NO_DOCUMENT
    assert ask(free, allowed).decision is Outcome.ALLOW
    assert ask(free, allowed, refused).decision is Outcome.REFUSE


SAMPLE = [
    line("Homo sapiens"),
    line(CROCODILE),
    line(CROCODILE, source="C"),
    line(CROCODILE, source="O"),
    live(GORILLA),
    live("Falco peregrinus", source="D"),
    live("Canis aureus"),
    line("Nonexistus fictus"),
]


@given(st.lists(st.sampled_from(SAMPLE), min_size=1, max_size=6), st.sampled_from(list(Purpose)), st.randoms())
@settings(max_examples=150, deadline=None)
def test_order_does_not_matter_and_the_whole_is_the_merge_of_its_lines(lines, purpose, chance) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)

    one, other = (rule(trade(*some, purpose=purpose.value), law()) for some in (lines, shuffled))

    assert one.decision is other.decision
    assert set(one.documents) == set(other.documents)
    assert set(one.findings) == set(other.findings)
    assert one.decision.rank == min(part.decision.rank for part in one.lines)
    assert set(one.documents) == {document for part in one.lines for document in part.documents}


TAXA = [CROCODILE, GORILLA, "Canis aureus", "Falco peregrinus"]
MILDER = [Source.CAPTIVE_BRED, Source.PRE_CONVENTION, Source.REGISTERED]


@pytest.mark.parametrize(("taxon", "direction", "purpose"), product(TAXA, ["export", "re-export", "import"], Purpose))
def test_a_milder_source_never_needs_more_documents_than_the_wild(taxon: str, direction: str, purpose: Purpose) -> None:
    wild = ask(live(taxon), direction=direction, purpose=purpose.value)
    for source in MILDER:
        milder = ask(
            live(taxon, source=source, acquired=date(1970, 1, 1), operation="A-QM-501"),
            direction=direction,
            purpose=purpose.value,
        )

        assert wild.decision is Outcome.REFUSE or len(milder.documents) <= len(wild.documents), source


@pytest.mark.parametrize("direction", list(Direction))
def test_every_answer_names_its_basis(direction: Direction) -> None:
    for taxon, source, purpose in product([*TAXA, ORCHID_I], Source, Purpose):
        ruling = ask(live(taxon, source=source), direction=direction.value, purpose=purpose.value)

        assert all(part.basis for part in (*ruling.documents, *ruling.findings, *ruling.refusals))
        assert all(warning.basis or warning.code.startswith("name-") for warning in ruling.warnings)
        assert (ruling.decision is Outcome.REFUSE) == bool(ruling.refusals)
        if ruling.decision is Outcome.CONDITIONAL:
            assert ruling.warnings


def test_the_json_has_the_shape_of_the_contract() -> None:
    shape = ruling_json(ask(line(CROCODILE, source="C")))

    assert set(shape) == {"decision", "documents", "findings", "refusals", "warnings", "lines", "law"}
    assert shape["documents"][0] == {
        "kind": "captive-bred-certificate",
        "issued_by": "QM",
        "when": "before export",
        "basis": ["Art. VII.5"],
        "alternatives": ["export-permit"],
    }
    assert shape["lines"][0] == {
        "taxon": CROCODILE,
        "accepted": CROCODILE,
        "appendix": "II",
        "annotation": None,
        "listing": "Crocodylia spp.",
        "rule": "E09",
        "decision": "allow",
        "basis": ["Art. VII.5", "50 CFR 23.41"],
        "note": "No non-detriment finding under the exemption.",
    }
