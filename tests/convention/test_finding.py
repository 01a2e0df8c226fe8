"""What a standing finding covers, what it stops, and which of several is the nearest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention.finding import (
    KINDS,
    Answer,
    Factor,
    Line,
    Period,
    StandingFinding,
    answer,
    givers,
    instead,
)
from wildgate.convention.listing import law
from wildgate.convention.quota import Claim, Scope, Specimens, lineage
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import By, Direction, FindingKind

D = Decimal
DAY = date(2027, 3, 3)
BARK = StandingFinding(
    key=1, number="SO-1", version=1, kind=FindingKind.NON_DETRIMENT, by=By.SCIENTIFIC, home="QM",
    scope=Scope("Prunus africana", frozenset({"BAR"}), frozenset({"W"}), frozenset(), "North"), positive=True,
    start=date(2027, 1, 1), end=date(2029, 12, 31), review=date(2028, 12, 31), amount=D(180), unit="TON",
    plans=frozenset({"NP-12"}))


def line(taxon: str = "Prunus africana", term: str = "BAR", source: str = "W", purpose: str = "T", origin: str = "QM",
         region: str = "North", plan: str = "NP-12", quantity: str = "30000", unit: str = "KGM",
         direction: Direction = Direction.EXPORT) -> Line:
    it = Specimens(lineage(law(), taxon), term, source, purpose, origin, region)
    return Line(Claim("0", it, D(quantity), unit), direction, plan)


def said(it: Line, *standing: StandingFinding, on: date = DAY, by: By = By.SCIENTIFIC,
         kind: FindingKind = FindingKind.NON_DETRIMENT) -> Answer | None:
    return answer(it, kind, by, on, standing or (BARK,))


def code(it: Line, *standing: StandingFinding) -> str:
    found = said(it, *standing)
    return "open" if found is None else found.refusal.code if found.refusal else f"made by {found.finding.number}"


def test_a_line_within_the_finding_is_covered():
    assert said(line()) == Answer(BARK)


@pytest.mark.parametrize(("it", "what"), [
    (line(plan="NP-13"), "standing-plan"),
    (line(plan=""), "standing-plan-missing"),
    (line(plan="np-12"), "made by SO-1"),
    (line(region=""), "standing-region"),
    (line(region="north"), "made by SO-1"),
    (line(region="South"), "open"),
    (line(term="POW"), "open"),
    (line(source="X"), "open"),
    (line(source="U"), "open"),
    (line(origin="QZ"), "open"),
    (line(taxon="Prunus avium"), "open"),
])
def test_what_is_outside_is_stopped_or_left_to_the_authority(it, what):
    assert code(it) == what


def test_a_refusal_names_the_line_the_finding_and_what_would_pass():
    no = said(line(plan="NP-13")).refusal

    assert no.reason == ("Management plan NP-13 is outside SO-1 of the Scientific Authority: Prunus africana may come "
                         "from NP-12 only.")
    assert no.field == "lines[0].plan"
    assert "Res. Conf. 16.7" in no.basis


@pytest.mark.parametrize(("day", "holds"), [
    (date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2028, 12, 31), True), (date(2029, 1, 1), True),
    (date(2029, 12, 31), True), (date(2030, 1, 1), False)])
def test_first_and_last_day_are_included_and_the_review_date_ends_nothing(day, holds):
    assert (said(line(), on=day) is not None) is holds


def test_the_nearest_finding_speaks_and_the_negative_one_between_equals():
    genus = replace(BARK, key=2, number="SO-2", scope=Scope("Prunus"), positive=False, plans=frozenset(), amount=None)
    whole = replace(BARK, key=3, number="SO-3", scope=replace(BARK.scope, region=""), plans=frozenset())
    no = replace(BARK, key=4, number="SO-4", positive=False)

    assert code(line(), genus, BARK) == "made by SO-1"
    assert code(line(region="South"), genus, BARK) == "standing-negative"
    assert code(line(), whole, BARK) == "made by SO-1"
    assert code(line(region="South"), whole, BARK) == "made by SO-3"
    assert code(line(), BARK, no) == "standing-negative"


def test_of_two_plans_the_lines_own_counts():
    other = replace(BARK, key=2, number="SO-2", plans=frozenset({"NP-14"}))

    assert code(line(plan="NP-14"), BARK, other) == "made by SO-2"
    assert code(line(plan="NP-12"), BARK, other) == "made by SO-1"
    assert code(line(plan="NP-9"), BARK, other) == "standing-plan"


def test_a_negative_finding_on_wild_specimens_meets_those_of_unknown_source_as_well():
    no = replace(BARK, positive=False, plans=frozenset(), scope=replace(BARK.scope, region=""))

    assert code(line(source="U"), no) == "standing-negative"
    assert code(line(source="A"), no) == "open"


def test_advice_stands_for_a_finding_of_the_management_authority_only_where_the_law_wants_advice():
    advice = replace(BARK, kind=FindingKind.PROPAGATED, scope=Scope("Prunus africana"), plans=frozenset())
    ma = By.MANAGEMENT

    assert said(line(), advice, by=ma, kind=FindingKind.PROPAGATED) == Answer(advice)
    assert said(line(), BARK, by=ma) is None
    assert said(line(), replace(BARK, by=ma)) is None


def test_units_are_turned_and_what_cannot_be_turned_is_told():
    assert BARK.counted(line()) == D("0.001")
    assert isinstance(BARK.counted(line(unit="NAR")), Refusal)
    assert BARK.exceeded(line(), D(30), D(10), year=2027).reason == (
        "30 t of Prunus africana is too much: 10 left of the 180 t that SO-1 of the Scientific Authority allows "
        "in 2027.")
    assert "on one permit" in replace(BARK, period=Period.PERMIT).exceeded(line(), D(200), D(0), year=2027).reason


def test_every_kind_that_stands_has_an_authority_and_every_group_of_16_7_a_name():
    assert all(givers(kind) for kind in KINDS)
    assert givers(FindingKind.TRANSPORT) == ()
    assert [factor.value for factor in Factor] == ["species", "status", "harvest", "management", "benefits"]


def test_a_changed_word_takes_the_place_of_the_one_before():
    new = replace(BARK, key=9, plans=frozenset({"NP-20"}))
    other = replace(BARK, key=2, number="SO-2")

    assert [one.key for one in instead([BARK, other], "SO-1", new)] == [2, 9]
    assert instead([BARK], "SO-1", None) == []


LINES = st.builds(line, term=st.sampled_from(["BAR", "POW"]), source=st.sampled_from(["W", "A", "U", "X"]),
                  purpose=st.sampled_from(["T", "S"]), origin=st.sampled_from(["QM", "QZ"]),
                  region=st.sampled_from(["", "North", "South"]), plan=st.sampled_from(["", "NP-12", "NP-13"]),
                  direction=st.sampled_from([Direction.EXPORT, Direction.IMPORT]))
SETS = {"terms": ["BAR", "POW"], "sources": ["W", "A", "U"], "purposes": ["T", "S"], "plans": ["NP-12", "NP-13"]}


@st.composite
def wide_and_narrow(draw: st.DrawFn) -> tuple[StandingFinding, StandingFinding]:
    """Two findings of which the second is limited in every way as the first, and more."""
    picks = {name: draw(st.frozensets(st.sampled_from(codes))) for name, codes in SETS.items()}
    fewer = {name: draw(st.frozensets(st.sampled_from(sorted(kept) or SETS[name]), min_size=1))
             if draw(st.booleans()) else kept for name, kept in picks.items()}
    region = draw(st.sampled_from(["", "North"]))
    taxon = draw(st.sampled_from(["", "Prunus", "Prunus africana"]))
    end = draw(st.sampled_from([None, DAY, DAY - timedelta(days=1), DAY + timedelta(days=9)]))

    def built(sets: dict[str, frozenset[str]], taxon: str, region: str, end: date | None) -> StandingFinding:
        return replace(BARK, scope=Scope(taxon, sets["terms"], sets["sources"], sets["purposes"], region),
                       plans=sets["plans"], end=end)
    wide = built(picks, taxon, region, end)
    where = region or draw(st.sampled_from(["", "North"]))
    narrow = built(fewer, draw(st.sampled_from([taxon, "Prunus africana"])), where,
                   min(end, DAY) if end and draw(st.booleans()) else end)
    return wide, narrow


@given(LINES, wide_and_narrow())
def test_a_more_restricted_finding_never_admits_more(it, pair):
    wide, narrow = pair

    def admits(one: StandingFinding) -> bool:
        found = said(it, one)
        return found is not None and found.refusal is None
    assert admits(wide) or not admits(narrow)
