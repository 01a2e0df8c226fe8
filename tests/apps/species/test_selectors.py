"""Finding taxa by what people type."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.species.selectors import search, suggest


@pytest.mark.parametrize(("typed", "accepted", "how"), [
    ("Loxodonta africana", "Loxodonta africana", "scientific name"),
    ("loxodonta afr", "Loxodonta africana", "scientific name"),
    ("L. africana", "Loxodonta africana", "abbreviation"),
    ("africana loxodonta", "Loxodonta africana", "scientific name"),
    ("Loxodonta africna", "Loxodonta africana", "misspelling"),
    ("Aliger gigas", "Strombus gigas", "synonym"),
    ("Crocodylia spp.", "Crocodylia", "scientific name"),
    ("royal python", "Python regius", "common name (English)"),
    ("éléphant d'Afrique", "Loxodonta africana", "common name (French)"),
    ("elephant d’afrique", "Loxodonta africana", "common name (French)"),
    ("african elephant", "Loxodonta africana", "common name (English)"),
    ("tintorera", "Prionace glauca", "common name (Spanish)"),
    ("Crocodylus novaeguineae", "Crocodylus novaeguineae", "scientific name"),
])
def test_the_first_match_is_the_one_meant(typed: str, accepted: str, how: str) -> None:
    first = search(typed)[0]

    assert (first.accepted, first.matched_by) == (accepted, how)


def test_a_match_carries_rank_and_appendices() -> None:
    elephant, lovebird = search("Loxodonta africana")[0], search("Agapornis roseicollis")[0]

    assert (elephant.rank, elephant.appendices, elephant.score) == ("species", ("I", "II"), 100.0)
    assert lovebird.appendices == ()


def test_suggestions_are_names_that_would_pass() -> None:
    assert suggest("Pyton regius")[0] == "Python regius"
    assert suggest("Panthera tigriss")[0] == "Panthera tigris"
    assert len(suggest("Crocodilus")) <= 3


@pytest.mark.parametrize("typed", ["", "   ", "???", "a" * 5000, "\x00", "qqqqzzzzqqqq"])
def test_nonsense_finds_nothing(typed: str) -> None:
    assert search(typed) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_survived(typed: str) -> None:
    assert len(search(typed, 5)) <= 5


def test_it_answers_while_one_types() -> None:
    typed = ["Lox", "elephant", "Pythn regius", "caiman", "Dalbergia nigr", "perroquet gris", "tortue", "Acipenser"] * 5
    search("warm up")
    spent = []
    for text in typed:
        start = time.perf_counter()
        search(text)
        spent.append(time.perf_counter() - start)
    assert sorted(spent)[int(len(spent) * 0.95)] < 0.05
