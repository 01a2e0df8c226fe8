"""Finding taxa by what people type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.species.index import fold
from wildgate.apps.species.selectors import names_of, search, suggest


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


@pytest.mark.parametrize("typed", ["elephant", "Pythn regius", "caiman", "Dalbergia nigr", "perroquet gris", "tortue"])
def test_while_one_types_a_slip_is_looked_for_among_few_names(typed: str) -> None:
    """What the answer costs is the number of names compared; how long it takes is measured as `species.search`."""
    index, query = names_of().index, fold(typed)

    compared = sum(len(bucket.about_as_long(query)) for bucket in index.alike(query))

    assert 0 < compared < len(index) / 12
