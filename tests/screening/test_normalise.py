"""Plain words of a text, and the place of each in what was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.screening.normalise import normalise


@pytest.mark.parametrize(("text", "words"), [
    ("TIGER Tooth", "tiger tooth"),
    ("раrаsіtе", "parasite"),
    ("ｔｉｇｅｒ", "tiger"),
    ("ti\u200bger", "tiger"),
    ("ＴÍGÉR̈", "tiger"),
    ("ᏟᎡᎾᏟ", "croc"),
    ("d’ivoire, l'orchidée", "d ivoire l orchidee"),
    ("ladies'-tresses", "ladies tresses"),
    ("العاج والفيل", "عاج فيل"),
    ("हाथी दाँत", "हाथी दाँत"),
    ("🐘x2", "🐘 x2"),
])
def test_letters_are_read_as_they_look(text: str, words: str) -> None:
    assert " ".join(normalise(text).words) == words


def test_a_homoglyph_is_quoted_as_it_was_written() -> None:
    text = "beautiful «sраrrоw\u200bhаwk» — ẞ"
    plain = normalise(text)
    at = plain.plain.index("sparrowhawk")

    assert text[slice(*plain.place(at, at + 11))] == "sраrrоw\u200bhаwk"
    assert text[slice(*plain.span(1, 2))] == "sраrrоw\u200bhаwk"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_every_word_of_any_text_has_a_place_in_it(text: str) -> None:
    plain = normalise(text)

    ends = [0]
    for at in range(len(plain.words)):
        start, end = plain.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= ends[-1] - 1
        ends.append(end)
