"""National stricter measures: they add what they say, where they say, and never make a ruling milder."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convention.bank import WAYS, Question
from tests.convention.questions import CROCODILE, GORILLA, kinds, line, trade

from wildgate.convention.listing import law
from wildgate.convention.outcome import Ruling
from wildgate.convention.overlay import Overlay, load_overlay, shipped_overlays
from wildgate.convention.ruling import rule
from wildgate.convention.vocabulary import Appendix, DocumentKind, Outcome, Purpose, Source

EU, QUARTZLAND = shipped_overlays()["eu"], shipped_overlays()["quartzland"]
PARROT = {"term": "LIV", "live": True, "quantity": Decimal(1), "origin": "QZ"}
HEAD = 'title = "Demoland"\n'
MEASURE = """[[measure]]
id = "D1"
words = "No skins leave."
basis = ["Wildlife Act, s. 1"]
countries = ["QM"]
at = "from"
appendix = ["II"]
refuse = true
"""


def load(*measures: str) -> Overlay:
    overlay = load_overlay(HEAD + "".join(measures))
    assert isinstance(overlay, Overlay), overlay
    return overlay


def under(overlay: Overlay, *lines: object, **changes: object) -> Ruling:
    return rule(trade(*lines, **changes), law(), [overlay])  # type: ignore[arg-type]


def test_the_european_union_asks_an_import_permit_for_annex_b() -> None:
    there = {"direction": "import", "sender": "QM", "receiver": "FR"}

    by_the_convention = rule(trade(line(), **there), law())
    in_france = under(EU, line(), **there)

    assert kinds(by_the_convention) == ["export-permit"]
    assert kinds(in_france) == ["export-permit", "import-permit"]
    assert [(d.issued_by, d.basis) for d in in_france.documents][1] == ("FR", ("Reg. (EC) 338/97, Art. 4(2)",))
    assert [(w.code, w.unconfirmed) for w in in_france.warnings] == [("stricter-national-law", True)]
    assert kinds(under(EU, line(), receiver="US", direction="import")) == ["export-permit"]


def test_live_annex_b_animals_bring_the_finding_on_housing() -> None:
    ruling = under(EU, line("Ara ararauna", **{**PARROT, "origin": "QM"}), receiver="DE")

    assert ("suitable-housing", "management-authority") in {(f.kind.value, f.by.value) for f in ruling.findings}


def test_a_document_that_the_convention_already_asks_is_not_asked_twice() -> None:
    gorilla = line(GORILLA, term="LIV", live=True, quantity=Decimal(1))

    assert kinds(under(EU, gorilla, receiver="FR", purpose="Z")) == ["import-permit", "export-permit"]


def test_exempt_effects_stay_exempt_unless_the_measure_says_otherwise() -> None:
    own = {"purpose": "P", "personal_effects": True, "carried_by_owner": True, "receiver": "FR"}
    horses = line("Hippocampus kuda", term="BOD", quantity=Decimal(3))
    wider = load(MEASURE.replace('"from"', '"to"').replace('"QM"', '"FR"') + "exemptions_too = true\n")

    assert under(EU, horses, **own).decision is Outcome.NO_DOCUMENT
    assert under(wider, horses, **own).decision is Outcome.REFUSE


@pytest.mark.parametrize(
    ("taxon", "source", "on", "sender", "expected"),
    [
        ("Ara ararauna", "W", date(2025, 6, 1), "QZ", Outcome.REFUSE),
        ("Ara ararauna", "W", date(2024, 6, 30), "QZ", Outcome.ALLOW),
        ("Ara ararauna", "W", date(2024, 7, 1), "QZ", Outcome.REFUSE),
        ("Ara ararauna", "C", date(2025, 6, 1), "QZ", Outcome.ALLOW),
        ("Ara ararauna", "W", date(2025, 6, 1), "QM", Outcome.ALLOW),
        ("Python regius", "W", date(2025, 6, 1), "QZ", Outcome.ALLOW),
    ],
)
def test_an_export_ban_holds_for_its_taxa_sources_states_and_days(
    taxon: str, source: str, on: date, sender: str, expected: Outcome
) -> None:
    ruling = under(QUARTZLAND, line(taxon, source=source, **{**PARROT, "origin": sender}), sender=sender,
                   receiver="FR", on=on)  # fmt: skip

    assert ruling.decision is expected
    if expected is Outcome.REFUSE:
        assert [(no.code, no.basis) for no in ruling.refusals] == [
            ("national-measure", ("Quartzland Wildlife Export Order 2024, s. 3",))]  # fmt: skip
        assert ruling.documents == ruling.findings == ()


def test_a_measure_ends_after_its_last_day() -> None:
    log = line("Dalbergia latifolia", term="LOG", unit="MTQ", origin="QZ")
    last, after = (under(QUARTZLAND, log, sender="QZ", receiver="FR", on=on)
                   for on in (date(2027, 12, 31), date(2028, 1, 1)))  # fmt: skip

    assert "stricter-national-law" in {w.code for w in last.warnings}
    assert last.decision is Outcome.CONDITIONAL
    assert "stricter-national-law" not in {w.code for w in after.warnings}


def test_a_taxon_outside_the_appendices_is_meant_where_it_is_named() -> None:
    named = load(MEASURE.replace('appendix = ["II"]', 'taxa = ["Homo sapiens"]'))
    by_appendix = load(MEASURE)

    assert under(named, line("Homo sapiens")).decision is Outcome.REFUSE
    assert under(by_appendix, line("Homo sapiens")).decision is Outcome.NO_DOCUMENT


def test_what_may_not_be_covered_is_asked_and_not_refused() -> None:
    doubtful = line("Nonexistus fictus")
    overlay = load(MEASURE)

    assert under(overlay, doubtful) == rule(trade(doubtful), law())


def test_a_national_permit_that_is_missing_at_the_border_is_a_refusal() -> None:
    asked = trade(line(origin="QM"), direction="import", receiver="FR")

    half = rule(asked, law(), [EU], papers=frozenset({DocumentKind.EXPORT_PERMIT}))
    whole = rule(asked, law(), [EU], papers=frozenset({DocumentKind.EXPORT_PERMIT, DocumentKind.IMPORT_PERMIT}))

    assert (half.decision, [no.code for no in half.refusals]) == (Outcome.REFUSE, ["document-missing"])
    assert whole.decision is Outcome.ALLOW


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("title = ", "end of document", "not-toml"),
        ("\ntitle: x", "line 2, column 6", "not-toml"),
        (MEASURE, "title", "missing"),
        (HEAD, "measure", "measures-missing"),
        (HEAD + MEASURE + 'colour = "red"\n', "line 2, measure[0].colour", "key-unknown"),
        (HEAD + MEASURE.replace('"II"', '"IV"'), "line 2, measure[0].appendix", "code-unknown"),
        (HEAD + MEASURE.replace('["QM"]', '["Q9"]'), "line 2, measure[0].countries", "country-unknown"),
        (HEAD + MEASURE.replace('["QM"]', '"QM"'), "line 2, measure[0].countries", "not-a-list"),
        (HEAD + MEASURE.replace('["QM"]', "[]"), "line 2, measure[0].countries", "not-a-list"),
        (HEAD + MEASURE.replace('["QM"]', "[7]"), "line 2, measure[0].countries", "not-a-text"),
        (HEAD + MEASURE.replace('basis = ["Wildlife Act, s. 1"]\n', ""), "line 2, measure[0].basis", "basis-missing"),
        (HEAD + MEASURE.replace("refuse = true\n", ""), "line 2, measure[0].document", "adds-nothing"),
        (HEAD + MEASURE.replace('appendix = ["II"]\n', ""), "line 2, measure[0].appendix", "taxa-missing"),
        (HEAD + MEASURE + 'taxa = ["Crocodilus nilocitus"]\n', "line 2, measure[0].taxa", "taxon-unknown"),
        (HEAD + MEASURE + 'term = ["SKN"]\n', "line 2, measure[0].term", "term-unknown"),
        (HEAD + MEASURE + 'annex = "B"\n', "line 2, measure[0].annex", "annex-unknown"),
        (HEAD + MEASURE + "from = 2027-01-01\nuntil = 2026-01-01\n", "line 2, measure[0].until", "dates-crossed"),
        (HEAD + MEASURE + 'until = "soon"\n', "line 2, measure[0].until", "date-wrong"),
        (HEAD + MEASURE + 'document = "import-permit"\n', "line 2, measure[0].by", "missing"),
        (HEAD + MEASURE + MEASURE, "line 10, measure[1].id", "id-twice"),
        (HEAD + "annex = 3\n" + MEASURE, "annex", "not-a-table"),
        (HEAD + 'measure = "none"\n', "measure", "measures-missing"),
        (HEAD + f"x = {'[' * 5000}{']' * 5000}\n", None, "overlay-too-deep"),
        ("#" * 500_001, None, "overlay-too-large"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line_and_key(text: str, field: str | None, code: str) -> None:
    refusals = load_overlay(text)

    assert isinstance(refusals, tuple)
    assert (field, code) in {(no.field, no.code) for no in refusals}
    assert all(no.reason for no in refusals)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_an_overlay_or_refusals(text: str) -> None:
    assert load_overlay(HEAD + MEASURE + text) is not None


@st.composite
def measures(draw: st.DrawFn) -> str:
    """Any measure that a State may take."""
    some = lambda codes: draw(st.none() | st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True))  # noqa: E731
    rows = {
        "countries": ["QM", "QZ", "KP", "PG"][draw(st.integers(0, 3)):],
        "appendix": some([code.value for code in Appendix]) or ["I", "II", "III"],
        "taxa": some(["Crocodylia", "Primates", "Aloe ferox", "Canis aureus"]),
        "source": some([code.value for code in Source]),
        "purpose": some([code.value for code in Purpose]),
        "term": some(["LIV", "SPE"]),
    }
    adds = draw(st.sampled_from(['document = "import-permit"\nby = "to"\nwhen = "before import"', "refuse = true",
                                 'finding = "quota"\nauthority = "management-authority"', "ask = true",
                                 'document = "export-permit"\nby = "from"\nwhen = "before export"\nask = true']))
    flags = draw(st.sampled_from(["", "exemptions_too = true", "live = true", "live = false"]))
    head = f'id = "M{draw(st.integers(0, 10**6))}"\nwords = "Stricter."\nbasis = ["Act"]\n'
    at = f'at = "{draw(st.sampled_from(["from", "to", "origin"]))}"\n'
    lists = "".join(f"{key} = {values}\n" for key, values in rows.items() if values)
    return f"[[measure]]\n{head}{at}{lists}{adds}\n{flags}\n".replace("'", '"')


QUESTIONS = st.builds(Question, st.sampled_from(list(WAYS)), st.sampled_from([GORILLA, CROCODILE, "Canis aureus",
                      "Aloe ferox"]), st.sampled_from(["live", "sample"]), st.sampled_from([s.value for s in Source]),
                      st.sampled_from([p.value for p in Purpose]))  # fmt: skip


@given(st.lists(measures(), min_size=1, max_size=3, unique_by=lambda text: text.split("\n")[1]),
       st.lists(QUESTIONS, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_no_overlay_ever_weakens_a_ruling(texts: list[str], asked: list[Question]) -> None:
    overlay = load(*texts)
    for question in asked:
        before = rule(question.trade(), law())

        after = rule(question.trade(), law(), [overlay])

        assert after.decision.rank <= before.decision.rank
        assert set(before.refusals) <= set(after.refusals)
        assert set(before.warnings) <= set(after.warnings)
        if after.decision is not Outcome.REFUSE:
            assert set(before.documents) <= set(after.documents)
            assert set(before.findings) <= set(after.findings)
        if after != before:
            assert "stricter-national-law" in {warning.code for warning in after.warnings}
