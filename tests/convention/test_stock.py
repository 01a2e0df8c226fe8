"""Stock as pure arithmetic: which entry serves a line, what processing yields, and products with a last day."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.permit import Reference
from wildgate.convention.processing import process, usual_yields
from wildgate.convention.products import product_rules, rules_for
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import OLDEST, Ask, Stock, allot
from wildgate.convention.vocabulary import Direction

D = Decimal
STRAPS = Stock(1, "QM-S-2026-000001", "Alligator mississippiensis", "LPS", "NAR", "W",
               Reference("US", "20US123456/9", date(2026, 1, 5)), D(40), D(12))
ASK = Ask(0, "A", "Alligator mississippiensis", "LPS", D(10), "NAR", "W", "US", stock=STRAPS.number)


def refusal(ask: Ask, *stocks: Stock, demanded: bool = False) -> Refusal:
    found = allot([ask], stocks, law(), demanded=demanded)
    assert len(found) == 1
    assert isinstance(found[0], Refusal)
    return found[0]


def test_a_line_draws_from_the_entry_it_names():
    draw, = allot([ASK], [STRAPS], law(), demanded=False)

    assert (draw.block, draw.stock, draw.quantity) == ("A", STRAPS, D(10))


def test_asking_for_more_than_is_left_says_how_much_is_left():
    refused = refusal(replace(ASK, quantity=D(20)), STRAPS)

    assert refused.reason == ("12 of 40 left in stock entry QM-S-2026-000001 (Alligator mississippiensis, LPS), this "
                              "application asks 20.")
    assert (refused.code, refused.field) == ("stock-short", "lines[0].quantity")


def test_lines_of_one_application_share_what_is_left():
    found = allot([ASK, replace(ASK, line=1, block="B")], [STRAPS], law(), demanded=False)

    assert [one.values["asked"] for one in found if isinstance(one, Refusal)] == ["20"]


@pytest.mark.parametrize(("change", "field"), [
    ({"term": "LPL"}, "term"), ({"source": "C"}, "source"), ({"origin": "CO"}, "origin"),
    ({"origin_permit": "20US000000/9"}, "origin_permit"), ({"taxon": "Crocodylus niloticus"}, "taxon"),
    ({"unit": "KGM"}, "unit")])
def test_an_entry_serves_only_what_it_is(change, field):
    assert refusal(replace(ASK, **change), STRAPS).field == f"lines[0].{field}"


def test_names_of_one_taxon_meet():
    old = replace(STRAPS, taxon="Strombus gigas", term="SHE", origin=Reference("BS"))
    ask = replace(ASK, taxon="Lobatus gigas", term="SHE", origin="BS")

    assert not isinstance(allot([ask], [old], law(), demanded=False)[0], Refusal)


def test_units_of_one_measure_convert_and_round_against_the_holder():
    meat = replace(STRAPS, term="MEA", unit="KGM", amount=D(2), free=D(2))
    draw, = allot([replace(ASK, term="MEA", unit="GRM", quantity=D("0.0004"))], [meat], law(), demanded=False)

    assert draw.quantity == D("0.000001")


def test_the_oldest_entry_that_has_enough_is_taken_first():
    older = replace(STRAPS, key=2, number="QM-S-2025-000009", free=D(5))
    draw, = allot([replace(ASK, stock=OLDEST)], [older, STRAPS], law(), demanded=False)
    small, = allot([replace(ASK, stock=OLDEST, quantity=D(5))], [older, STRAPS], law(), demanded=False)

    assert (draw.stock.key, small.stock.key) == (1, 2)


def test_a_line_keeps_the_entry_that_was_put_aside_for_it():
    older = replace(STRAPS, key=2, number="QM-S-2025-000009", free=D(50))
    draw, = allot([replace(ASK, stock=OLDEST, held=1)], [older, STRAPS], law(), demanded=False)

    assert draw.stock.key == 1


def test_stock_is_asked_of_a_line_only_where_it_is_demanded():
    assert allot([replace(ASK, stock="")], [], law(), demanded=False) == ()
    assert refusal(replace(ASK, stock=""), demanded=True).code == "no-stock"
    assert refusal(replace(ASK, stock=OLDEST)).code == "no-stock"
    assert refusal(replace(ASK, stock="QM-S-2026-000777"), STRAPS).code == "no-such-stock"


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=12), st.lists(st.integers(0, 40), max_size=4))
def test_no_allotment_takes_more_than_is_free(wanted, free):
    stocks = [replace(STRAPS, key=i, number=f"S{i}", free=D(left)) for i, left in enumerate(free)]
    asks = [replace(ASK, line=i, block=str(i), quantity=D(many), stock=OLDEST if any_ else "S0")
            for i, (many, any_) in enumerate(wanted)]
    found = allot(asks, stocks, law(), demanded=True)

    taken: dict[int, Decimal] = {}
    for one in found:
        if not isinstance(one, Refusal):
            taken[one.stock.key] = taken.get(one.stock.key, D(0)) + one.quantity
    assert all(amount <= stocks[key].free for key, amount in taken.items())


def test_a_skin_becomes_straps_with_a_stated_yield():
    done = process("SKI", "NAR", D(3), to_term="LPS", quantity=D(90), to_unit="NAR")

    assert not isinstance(done, Refusal)
    assert (done.stated, done.usual) == (D(30), True)


def test_a_yield_above_the_usual_waits_for_the_authority():
    many = process("SKI", "NAR", D(1), to_term="LPS", quantity=D(41), to_unit="NAR")
    strange = process("SKI", "NAR", D(1), to_term="RUG", quantity=D(1), to_unit="NAR")

    assert [done.usual for done in (many, strange) if not isinstance(done, Refusal)] == [False, False]


@pytest.mark.parametrize(("was", "unit", "into", "term", "out", "to_unit", "code"), [
    ("LOG", "MTQ", "10", "SAW", "10.1", "MTQ", "more-out-than-in"),
    ("HOR", "KGM", "1", "HOC", "1001", "GRM", "more-out-than-in"),
    ("LPS", "NAR", "1", "SKI", "1", "NAR", "not-backwards"),
    ("SKI", "NAR", "1", "SKI", "1", "NAR", "not-converted"),
    ("SKI", "NAR", "1", "LPS", "1.5", "NAR", "quantity-fraction"),
    ("SKI", "NAR", "0", "LPS", "1", "NAR", "quantity-not-positive"),
    ("SKI", "NAR", "1", "WAT", "1", "NAR", "term-unknown"),
])
def test_what_processing_cannot_do(was, unit, into, term, out, to_unit, code):
    refused = process(was, unit, D(into), to_term=term, quantity=D(out), to_unit=to_unit)

    assert isinstance(refused, Refusal)
    assert refused.code == code


@given(st.decimals("0.001", 1000, places=3), st.decimals("0.001", 2000, places=3))
def test_what_is_measured_never_grows(into, out):
    done = process("LOG", "MTQ", into, to_term="SAW", quantity=out, to_unit="MTQ")

    assert isinstance(done, Refusal) == (out > into)


def test_every_row_of_the_table_of_yields_names_codes_and_keeps_its_measure():
    for rows in usual_yields().values():
        for row in rows:
            assert tables.term(row.from_term).current
            assert tables.term(row.to_term).current
            assert row.most > 0
            assert row.most <= 1 or row.to_unit != row.from_unit or row.from_unit == "NAR"


CASES = list(csv.DictReader((Path(__file__).parent / "product_cases.tsv").open(encoding="utf-8"), delimiter="\t"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['taxon']} {case['on']} {case['answer']}")
def test_a_product_case(case):
    on = date.fromisoformat(case["on"])
    issued = date.fromisoformat(case["permit_issued"]) if case["permit_issued"] else None
    rules = rules_for(case["taxon"], case["term"], Direction(case["direction"]), on, law())
    refused = [found for rule in rules if (found := rule.refuses(issued, on, line=0, taxon=case["taxon"]))]

    assert [rule.id for rule in rules] == ([case["rule"]] if case["rule"] else [])
    assert [one.code for one in refused] == {"may": [], "may-not": ["product-too-late"],
                                             "unknown": ["product-date-missing"]}[case["answer"]]
    assert [str(rule.last_day(issued)) for rule in rules if issued] == [case["last_day"]] * bool(case["last_day"])


def test_every_product_rule_has_cases_on_both_sides_and_names_its_basis():
    for rule in product_rules():
        assert {case["answer"] for case in CASES if case["rule"] == rule.id} >= {"may", "may-not"}, rule.id
        assert rule.basis


def test_an_authority_settles_an_unconfirmed_rule():
    rule, = rules_for("Huso huso", "CAV", Direction.RE_EXPORT, date(2026, 1, 1), law())
    open_ = rule.refuses(date(2020, 1, 1), date(2026, 1, 1), line=0, taxon="Huso huso")
    settled = rule.refuses(date(2020, 1, 1), date(2026, 1, 1), line=0, taxon="Huso huso",
                           confirmed=frozenset({rule.fact}))

    assert "To be confirmed by your authority." in open_.basis
    assert settled.basis == rule.basis
    assert rules_for("Huso huso", "CAV", Direction.RE_EXPORT, date(2026, 1, 1), law(),
                     not_accepted=frozenset({rule.fact})) == ()


def test_a_dated_rule_holds_between_its_days_only():
    rule = replace(product_rules()[0], start=date(2020, 1, 1), end=date(2024, 1, 1))
    names = ("Huso huso", "Acipenseriformes")

    assert [rule.holds(names, "CAV", Direction.RE_EXPORT, day)
            for day in (date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1))] == [
        False, True, True, False]
