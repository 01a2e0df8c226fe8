"""Claims in adverts: found with their place, told from what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.screening.adverts import BY_HAND, KNOWN, TEMPTING, UNKNOWN, Said, made

from wildgate.convention.tables import read_facts
from wildgate.screening.claims import SOURCES, read_claims
from wildgate.screening.permit_numbers import form_of, quoted, spelling


def said(text: str) -> set[str]:
    return {str(claim) for claim in read_claims(text)}


def test_nineteen_of_twenty_claims_are_found_and_right() -> None:
    hits = wrong = missed = 0

    for text, there in [*made(400, seed=11), *BY_HAND]:
        found = said(text)
        hits, wrong, missed = hits + len(found & there), wrong + len(found - there), missed + len(there - found)

    assert hits > 1000
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.95


@pytest.mark.parametrize(("text", "there"), BY_HAND, ids=[text[:30] for text, _ in BY_HAND])
def test_what_people_write_is_read(text: str, there: Said) -> None:
    assert said(text) == there


@pytest.mark.parametrize("text", TEMPTING)
def test_what_only_looks_like_a_claim_is_none(text: str) -> None:
    assert said(text) == set()


@settings(max_examples=60)
@given(st.text(max_size=80), st.sampled_from(["captive bred", "Né en captivité", "野生", "permit no. 26QM000031E",
                                              "c.1890"]))
def test_a_claim_quotes_the_very_words_whatever_stands_around(noise: str, claim: str) -> None:
    text = f"{noise}, {claim}"

    for found in read_claims(text):
        assert text[found.start:found.end] == found.text
        assert 0 <= found.start < found.end <= len(text)


def test_accents_and_gaps_do_not_hide_a_claim_and_its_place_is_the_real_one() -> None:
    text = "Vends perroquet « NÉ   EN\u200b CAPTIVITÉ », bague"

    [claim] = read_claims(text)

    assert (claim.value, claim.code, claim.text) == ("born-in-captivity", "F", "NÉ   EN\u200b CAPTIVITÉ")


@pytest.mark.parametrize(("text", "value"), [
    ("sold with CITES papers", "papers"), ("sold with no CITES papers", "none"), ("no CITES papers needed", "exempt"),
    ("no. 4, CITES papers included", "papers"), ("sans papiers", "none"), ("A10 exempt", "exempt"),
    ("replacement, no questions asked", "")])
def test_papers_there_not_there_and_not_needed_are_three_claims(text: str, value: str) -> None:
    assert "".join(claim.value for claim in read_claims(text) if claim.kind == "paper") == value


def test_a_denied_source_is_no_claim_but_a_new_clause_is() -> None:
    assert said("not wild caught") == set()
    assert said("never wild collected, captive bred") == {"source=captive-bred"}
    assert said("We do not ship. Captive bred.") == {"source=captive-bred"}


def test_where_a_parcel_comes_from_is_no_origin() -> None:
    assert said("ships from Indonesia") == set()
    assert said("imported from Indonesia") == {"origin=ID"}


@pytest.mark.parametrize("number", KNOWN)
def test_a_number_of_a_known_form_needs_no_word_before_it(number: str) -> None:
    [found] = quoted(f"with {number} enclosed")

    assert (found.number, found.well_formed) == (number, True)


@pytest.mark.parametrize("number", [*UNKNOWN, "583412"])
def test_another_number_counts_after_a_word_for_a_permit_only(number: str) -> None:
    assert [each.number for each in quoted(f"permit no. {number}")] == [number]
    assert not list(quoted(f"with {number} enclosed"))


def test_our_own_numbers_are_read_as_people_type_them() -> None:
    [found] = quoted("CITES: 26 QM 000031 E, ask me")

    assert (found.number, found.party, found.scheme) == ("26QM000031E", "QM", "resolution")
    assert spelling(" 26 qm 000031 e") == "26QM000031E"


def test_a_form_with_a_country_that_is_none_is_not_well_formed() -> None:
    assert form_of("26QJ000031E") == ("", "", False)


def test_each_example_of_the_table_fits_its_own_form() -> None:
    for row in read_facts("permit_number_schemes"):
        party, scheme, _ = form_of(row["example"])
        assert scheme in {row["scheme"], "canada", "united-states", "netherlands"}, row
        assert party == row["party"] or row["party"] == "*"


def test_phrases_are_words_and_their_kinds_known() -> None:
    from wildgate.screening.flat import fold
    for row in read_facts("claim_words"):
        assert row["kind"] in {"source", "age", "purpose", "paper", "trap", "near"}
        assert row["kind"] != "source" or row["value"] in SOURCES
        assert all(map(fold, row["phrases"].split(";")))


def test_a_long_text_is_read_in_a_moment() -> None:
    assert said("captive bred " + "permit no " * 50_000) == {"source=captive-bred"}
