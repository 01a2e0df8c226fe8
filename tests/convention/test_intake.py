"""Trades at the door: what is right becomes a Trade, what is wrong a sentence with its field and what would pass."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convention.questions import as_json

from wildgate.convention.fields import read_json
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction, Purpose, Source


def faults(**changes: object) -> dict[str, Refusal]:
    outcome = parse_trade(as_json(**changes), law())
    return {} if isinstance(outcome, Trade) else {refusal.field or "": refusal for refusal in outcome}


def test_the_example_of_the_contract_is_read_exactly() -> None:
    trade = parse_trade(as_json(), law())

    assert isinstance(trade, Trade)
    assert (trade.direction, trade.on, trade.sender, trade.receiver) == (Direction.EXPORT, date(2027, 3, 3), "QM", "QZ")
    assert trade.purpose is Purpose.COMMERCIAL
    assert trade.lines[0].quantity == Decimal(1200)
    assert trade.lines[0].source is Source.CAPTIVE_BRED


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"line__taxon": "Gorila gorilla"}, "lines[0].taxon", "taxon-unknown"),
        ({"line__taxon": "Canis aureuss"}, "lines[0].taxon", "taxon-unknown"),
        ({"line__taxon": ""}, "lines[0].taxon", "missing"),
        ({"line__taxon": 5}, "lines[0].taxon", "not-a-text"),
        ({"line__taxon": "x" * 201}, "lines[0].taxon", "too-long"),
        ({"line__taxon": "Ara\u0000ara"}, "lines[0].taxon", "control-character"),
        ({"line__taxon": "Ara\u202eara"}, "lines[0].taxon", "control-character"),
        ({"line__term": "ZZZ"}, "lines[0].term", "term-unknown"),
        ({"line__term": "HAN"}, "lines[0].term", "term-historic"),
        ({"line__term": "LVS"}, "lines[0].term", "term-not-of-taxon"),
        ({"line__unit": "KIL"}, "lines[0].unit", "unit-unknown"),
        ({"line__unit": "BOX"}, "lines[0].unit", "unit-historic"),
        ({"line__term": "LIV", "line__unit": "LTR"}, "lines[0].unit", "unit-not-of-term"),
        ({"line__quantity": "0"}, "lines[0].quantity", "quantity-not-positive"),
        ({"line__quantity": "-3"}, "lines[0].quantity", "quantity-not-positive"),
        ({"line__quantity": "1.5"}, "lines[0].quantity", "quantity-fraction"),
        ({"line__quantity": "NaN"}, "lines[0].quantity", "quantity-not-a-number"),
        ({"line__quantity": True}, "lines[0].quantity", "quantity-not-a-number"),
        ({"line__quantity": 1.5}, "lines[0].quantity", "quantity-not-a-number"),
        ({"line__quantity": float("nan")}, "lines[0].quantity", "quantity-not-a-number"),
        ({"line__quantity": ["1"]}, "lines[0].quantity", "quantity-not-a-number"),
        ({"line__quantity": None}, "lines[0].quantity", "missing"),
        ({"line__quantity": "9" * 13}, "lines[0].quantity", "quantity-too-large"),
        ({"line__source": "A"}, "lines[0].source", "source-not-of-kingdom"),
        ({"line__source": "Q"}, "lines[0].source", "code-unknown"),
        ({"line__taxon": "Dendrobium nobile", "line__term": "LIV"}, "lines[0].source", "source-not-of-kingdom"),
        (
            {"line__taxon": "Dendrobium nobile", "line__term": "LIV", "line__source": "R"},
            "lines[0].source",
            "source-not-of-kingdom",
        ),
        (
            {"line__taxon": "Dendrobium nobile", "line__term": "LIV", "line__source": "F"},
            "lines[0].source",
            "source-not-of-kingdom",
        ),
        ({"line__source": "Y"}, "lines[0].source", "source-not-of-kingdom"),
        ({"line__second_source": "W"}, "lines[0].second_source", "second-source"),
        ({"line__origin": "QQ"}, "lines[0].origin", "country-unknown"),
        ({"line__origin": "ZZ"}, "lines[0].origin", "origin-sea"),
        ({"line__acquired": "2030-01-01"}, "lines[0].acquired", "acquired-later"),
        ({"line__acquired": "1.1.1970"}, "lines[0].acquired", "date-wrong"),
        ({"line__live": "yes"}, "lines[0].live", "not-a-flag"),
        ({"line__colour": "green"}, "lines[0].colour", "key-unknown"),
        ({"line__note": "n" * 2001}, "lines[0].note", "too-long"),
        ({"from": "XY"}, "from", "country-unknown"),
        ({"to": "XX"}, "to", "country-unknown"),
        ({"to": "ZZ"}, "to", "country-is-sea"),
        ({"from": "ZZ"}, "from", "country-is-sea"),
        ({"to": "QM"}, "to", "same-country"),
        ({"direction": "exports"}, "direction", "code-unknown"),
        ({"purpose": "K"}, "purpose", "code-unknown"),
        ({"on": "2027-02-30"}, "on", "date-wrong"),
        ({"on": None}, "on", "missing"),
        ({"on": 20270303}, "on", "not-a-text"),
        ({"certificate": "circus"}, "certificate", "certificate-unknown"),
        ({"lines": []}, "lines", "lines-missing"),
        ({"lines": {}}, "lines", "lines-missing"),
        ({"lines": [1]}, "lines[0]", "not-an-object"),
        ({"lines": [{}] * 201}, "lines", "lines-too-many"),
        ({"exporter": "x"}, "exporter", "key-unknown"),
    ],
)
def test_each_fault_is_told_with_its_field(change: dict[str, object], field: str, code: str) -> None:
    found = faults(**change)

    assert found[field].code == code
    assert found[field].reason.endswith((".", ". "))
    assert "%(" not in found[field].reason


@pytest.mark.parametrize(
    ("change", "field", "suggestion"),
    [
        ({"line__taxon": "Gorila gorilla"}, "lines[0].taxon", "Gorilla gorilla"),
        ({"line__term": "handbags"}, "lines[0].term", "LPS"),
        ({"line__term": "HAN"}, "lines[0].term", "LPS"),
        ({"line__unit": "KIL"}, "lines[0].unit", "KGM"),
        ({"to": "France"}, "to", "FR"),
        ({"direction": "exports"}, "direction", "export"),
        ({"line__colour": 1, "line__orign": "QM"}, "lines[0].orign", "origin"),
    ],
)
def test_what_would_pass_is_suggested(change: dict[str, object], field: str, suggestion: str) -> None:
    assert suggestion in faults(**change)[field].suggestions


def test_all_faults_are_told_at_once() -> None:
    assert set(faults(to="QM", line__term="HAN", line__quantity="0")) == {"to", "lines[0].term", "lines[0].quantity"}


def test_names_come_from_whoever_knows_more() -> None:
    outcome = parse_trade(as_json(line__taxon="Gorila"), law(), suggest=lambda name: (f"near {name}",))

    assert isinstance(outcome, tuple)
    assert outcome[0].suggestions == ("near Gorila",)


def test_the_past_is_ruled_on_but_not_applied_for() -> None:
    assert isinstance(parse_trade(as_json(on="2020-01-01"), law()), Trade)

    outcome = parse_trade(as_json(on="2027-03-02"), law(), today=date(2027, 3, 3))

    assert isinstance(outcome, tuple)
    assert [(no.field, no.code) for no in outcome] == [("on", "date-past")]


def test_introduction_from_the_sea_comes_from_no_country() -> None:
    sea = {
        "direction": "introduction-from-the-sea",
        "from": "ZZ",
        "to": "QM",
        "line__origin": "ZZ",
        "line__source": "X",
        "line__taxon": "Carcharhinus falciformis",
        "line__term": "DFN",
        "line__unit": "KGM",
        "line__quantity": "12.5",
    }

    assert isinstance(parse_trade(as_json(**sea), law()), Trade)
    assert faults(**{**sea, "line__source": "W", "line__origin": "QM"})["lines[0].source"].code == "source-not-sea"


def test_bark_of_prunus_is_no_slip_of_the_pen() -> None:
    assert not faults(line__taxon="Prunus africana", line__term="BAR", line__unit="KGM", line__source="W")


def test_composed_and_decomposed_letters_are_one_name() -> None:
    trade = parse_trade(as_json(line__note="cafe\u0301"), law())

    assert isinstance(trade, Trade)
    assert trade.lines[0].note == "café"


def test_an_unusual_unit_of_the_same_measure_is_no_fault() -> None:
    assert not faults(line__term="TUS", line__taxon="Loxodonta africana", line__unit="GRM", line__source="W")


@pytest.mark.parametrize("data", [None, [], "text", 5, True])
def test_what_is_no_object_is_refused(data: object) -> None:
    outcome = parse_trade(data, law())

    assert isinstance(outcome, tuple)
    assert outcome[0].code == "not-an-object"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "not-json"),
        (b"\xff\xfe", "not-utf8"),
        (b"[" * 9 + b"]" * 9, "json-too-deep"),
        (b'{"a": 1, "a": 2}', "key-twice"),
        (b'"' + b"x" * 1_000_001 + b'"', "json-too-large"),
        (b"", "empty"),
        (b"[" * 100_000, "json-too-deep"),
    ],
)
def test_json_has_limits_before_it_is_parsed(data: bytes, code: str) -> None:
    outcome = read_json(data)

    assert isinstance(outcome, Refusal)
    assert outcome.code == code


def test_a_string_without_an_end_is_read_once() -> None:
    """Each of its quotes was tried as a beginning: 64 kB took 15 seconds, a whole file hours."""
    began = time.process_time()
    outcome = read_json(":" + '"\\' * 400_000)

    assert isinstance(outcome, Refusal)
    assert outcome.code == "not-json"
    assert time.process_time() - began < 2


def test_numbers_of_json_keep_their_spelling() -> None:
    data = as_json(line__quantity="Q")
    whole = json.dumps(data).replace('"Q"', "1200")
    rounded = json.dumps(data).replace('"Q"', "1200.10")

    assert isinstance(parse_trade(read_json(whole), law()), Trade)
    assert isinstance(parse_trade(read_json(rounded), law()), tuple)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(as_json())), st.sampled_from(sorted(as_json()["lines"][0])), JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_no_value_in_any_field_breaks_the_door(key: str, line_key: str, value: object, line_value: object) -> None:
    for data in ({**as_json(), key: value}, as_json(**{f"line__{line_key}": line_value})):
        outcome = parse_trade(data, law())

        assert isinstance(outcome, Trade) or all(isinstance(no, Refusal) and no.reason for no in outcome)


@pytest.mark.parametrize(("field", "value"), [
    ("from", "\u00df"), ("line__origin", "\u0131n"), ("line__term", "\ufb01g"), ("purpose", "\u017f"),
    ("line__source", "\u0131"), ("residence", "\u00df")])  # fmt: skip
def test_a_foreign_letter_is_no_code_though_its_capital_is(field: str, value: str) -> None:
    """ß has the capitals SS, the code of South Sudan; dotless i and long s have I and S."""
    name = field.replace("line__", "lines[0].")

    assert name in faults(**{{"from": "sender"}.get(field, field): value})


@pytest.mark.parametrize(("name", "fault"), [
    ("Gorill\u0430 gorilla", "taxon-letters"), ("Equus hemionus h\u0435mionus", "taxon-letters"),
    ("\u041f\u0430\u043d\u0434\u0430", "taxon-unknown"), ("Lama guanicoe (M\u00fcller, 1776)", None)])  # fmt: skip
def test_a_name_of_two_alphabets_is_typed_again(name: str, fault: str | None) -> None:
    found = faults(line__taxon=name).get("lines[0].taxon")

    assert (found.code if found else None) == fault


def test_the_first_unknown_keys_are_told_and_the_rest_left() -> None:
    found = faults(**{f"key{number}": 1 for number in range(20_000)})

    assert len(found) == 20
    assert {no.code for no in found.values()} == {"key-unknown"}


@pytest.mark.parametrize("value", ["1e999999", "-0", "1" * 5000, "NaN", "Infinity", "1.0", "[1]", '{"a": 1}', "true"])
def test_a_bare_number_is_whole_short_and_a_number(value: str) -> None:
    data = json.dumps(as_json(line__quantity="Q")).replace('"Q"', value)

    outcome = parse_trade(read_json(data), law())

    assert isinstance(outcome, tuple)
    assert [no.field for no in outcome] == ["lines[0].quantity"]
    assert len(outcome[0].reason) < 300


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader_of_json(data: bytes) -> None:
    read_json(data)
