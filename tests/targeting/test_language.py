"""The language of profiles: what reads well, what is refused and where, and that the unknown is never true."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.convention.refusal import Refusal
from wildgate.targeting.fields import FIELDS, Value
from wildgate.targeting.language import parse
from wildgate.targeting.rule import Rule, deny, reasons

S16 = "item.source in {C, D} and party.first_of_taxon and permit.share >= 95 % and declaration.free_zones >= 2"
FULL: dict[str, Value] = {"item.source": "C", "party.first_of_taxon": True, "permit.share": 0.95,
                          "declaration.free_zones": 2}


def rule(text: str) -> Rule:
    read = parse(text)
    assert not isinstance(read, Refusal), read.reason
    return read


@pytest.mark.parametrize(("text", "facts", "answer"), [
    (S16, FULL, True),
    (S16, {**FULL, "permit.share": Decimal("0.9499")}, False),
    (S16, {**FULL, "permit.share": None}, None),
    (S16, {**FULL, "permit.share": None, "item.source": "W"}, False),
    ("item.listed or item.live", {"item.live": True}, True),
    ("item.listed or item.live", {"item.live": False}, None),
    ("not item.has_permit", {}, None),
    ("not (item.listed and item.source is W)", {"item.listed": False}, True),
    ("item.source is not W", {"item.source": "w"}, False),
    ("item.source not in {W, X}", {"item.source": "C"}, True),
    ("item.taxon begins \"Manis\" and item.live is no", {"item.taxon": "Manis javanica", "item.live": False}, True),
    ("declaration.changed has {route, destination}", {"declaration.changed": frozenset({"route"})}, True),
    ("not declaration.changed has route", {"declaration.changed": frozenset()}, True),
    ("permit.validity > 6 months", {"permit.validity": 6}, False),
    ("item.quantity_ratio >= 5 times", {"item.quantity_ratio": float("nan")}, None),
    ("item.live", {"item.live": "yes"}, None),
    ("item.chapter is 01 and item.hs begins 0106", {"item.chapter": "01", "item.hs": "010613"}, True),
])
def test_a_rule_is_true_false_or_unknown(text: str, facts: dict[str, Value], answer: bool | None) -> None:
    assert rule(text).judge(facts) is answer


@pytest.mark.parametrize(("text", "code", "at", "suggestion"), [
    ("item.sorce is C", "unknown-field", 1, "item.source"),
    ("item.live and share > 2", "unknown-field", 15, "permit.share"),
    ("importer.nationality is CN", "nobody-by-origin", 1, None),
    ("item.live and party.ethnicity", "nobody-by-origin", 15, None),
    ("permit.share >= 95", "wrong-unit", 17, "95 %"),
    ("permit.share > 2000 %", "out-of-range", 16, None),
    ("rate.lane >= 110 % and item.listed", "out-of-range", 14, None),
    ("model.score > 100 %", "never-true", None, None),
    ("rate.taxon <= 100 %", "always-true", None, None),
    ("party.watched > 500 points", "out-of-range", 17, None),
    ("permit.validity > 6 days", "wrong-unit", 21, "months"),
    ("item.quantity > 5 kg", "wrong-unit", 19, None),
    ("item.live > 3", "wrong-comparison", 11, None),
    ("item.source < C", "wrong-comparison", 13, None),
    ("item.source is wild", "wrong-value", 16, None),
    ("declaration.mode is aire", "wrong-value", 21, "air"),
    ("item.hs is 12", "wrong-value", 12, None),
    ("item.origin is ZZZ and item.live", "wrong-value", 16, None),
    ("item.live and", "expected", 14, None),
    ("item.source in {C, D", "expected", 21, None),
    ("item.live)", "expected", 10, None),
    ("item.live; drop table", "strange-sign", 10, None),
    ("", "rule-empty", 1, None),
    ("((((((((((item.live))))))))))", "rule-too-deep", 9, None),
    (" or ".join(["item.live"] * 41), "rule-too-wide", 521, None),
    ("item.live " * 300, "rule-too-long", 2000, None),
    ("item.origin is CN", "country-alone", None, None),
    ("item.live or declaration.route has {CN, VN}", "country-alone", None, None),
    ("intelligence.points > 40", "intelligence-alone", None, None),
    ("intelligence.points > 40 and item.origin is CN", "intelligence-alone", None, None),
    ("item.source is C and item.source is W", "never-true", None, None),
    ("permit.share > 80 % and permit.share < 50 %", "never-true", None, None),
    ("permit.share >= 0", "always-true", None, None),
    ("item.listed or not item.listed", "always-true", None, None),
])
def test_what_is_wrong_is_said_with_its_place(text: str, code: str, at: int | None, suggestion: str | None) -> None:
    refused = parse(text)

    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.values.get("at") == (str(at) if at else None)
    assert suggestion is None or suggestion in refused.suggestions


@pytest.mark.parametrize(("text", "sentence", "allowed"), [
    ("item.listed and item.sorce is C", "Character 17: There is no fact “item.sorce”.", "item.source"),
    ("item.listed\nand item.has_permit\nand item.sorce is C", "Line 3, character 5: There is no fact “item.sorce”.",
     "item.source"),
    ("item.source in {C, D", "Character 21: The rule ends where there should be , or }.", None),
    ("item.source in C, D", "Character 16: There should be a list such as {C, D} here, not “C”.", None),
    ("item.source", "Character 12: item.source is compared with is, is not, in {…} or begins; "
     "the rule ends before that.", None),
    ("item.source in {Q}", "Character 17: “Q” is no value of item.source (source code).", "W"),
    ("item.origin is France and item.live", "Character 16: “France” is no value of item.origin (country of origin).",
     "FR"),
    ("item.term is skins", "Character 14: “skins” is no value of item.term (CITES term).", "SKI"),
    ("", "Write when the profile applies, for instance: item.listed and not item.has_permit.", None),
])
def test_a_fault_is_told_as_whoever_typed_the_rule_counts(text: str, sentence: str, allowed: str | None) -> None:
    refused = parse(text)

    assert isinstance(refused, Refusal)
    assert refused.reason == sentence
    assert allowed is None or allowed in refused.suggestions


def test_a_document_stop_rests_on_documents() -> None:
    assert isinstance(parse("rate.lane > 50 % and item.listed", hard=True), Refusal)
    assert not isinstance(parse("permit.expired", hard=True), Refusal)


def test_no_field_speaks_of_a_person() -> None:
    words = ("national", "ethnic", "relig", "gender", "birth", "age")
    assert not [name for name in FIELDS if name.rsplit(".", 1)[1].startswith(words)]


def test_the_reasons_are_the_comparisons_that_were_true() -> None:
    told = [each.english for each in reasons(rule(S16 + " or item.live"), FULL)]

    assert told == ["source code: C", "the first consignment of this taxon by this party",
                    "declared quantity against what is left on the permit: 95 % (95 % or more)",
                    "free zones on the way: 2 (2 or more)"]


@given(st.text(alphabet="item.livesource C{}(),%<>=and or not\"0123456789", max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_rule_or_a_refusal(text: str) -> None:
    read = parse(text)

    if isinstance(read, Refusal):
        assert read.reason
    else:
        assert read.judge({}) is None


@given(st.dictionaries(st.sampled_from(["item.source", "item.live", "permit.share"]),
                       st.sampled_from(["C", "W", True, False, 0.5, 0.97, None])))
@settings(max_examples=60, deadline=None)
def test_a_denial_turns_the_answer_and_leaves_the_unknown(facts: dict[str, Value]) -> None:
    said = rule("item.source is C and (item.live or permit.share >= 95 %)")
    answer = said.judge(facts)

    assert deny(said).judge(facts) is (None if answer is None else not answer)


def test_a_reason_says_no_behind_the_fact_and_lists_no_values_before_the_one_that_was_found():
    told = reasons(rule("not permit.known and declaration.changed has route and declaration.direction is import"),
                   {"permit.known": False, "declaration.changed": frozenset({"route"}),
                    "declaration.direction": "import"})

    assert [each.english for each in told] == [
        "the permit stands in the issuer's register: no", "what was changed after the first version: route",
        "direction: import"]
