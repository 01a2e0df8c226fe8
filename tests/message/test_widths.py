"""The bounds are above what the setter measures, so a text that is not measured never leaves its box."""

from __future__ import annotations

import json

import typst
from hypothesis import given
from hypothesis import strategies as st

from wildgate.message.pdf import FONTS, PLAIN
from wildgate.message.widths import bounds, width

RULER = b"""#set text(font: json(bytes(sys.inputs.fonts)), size: 100pt)
#let wide(it) = measure(text(weight: "bold", it)).width.pt()
#context [#metadata(json(bytes(sys.inputs.texts)).map(each => calc.max(wide(each), measure(each).width.pt(),
  wide(emph(each)), wide(each + "n") - wide("n")))) <widths>]"""


def measured(texts: list[str]) -> list[float]:
    """The width of each text in em, in the boldest way it may be set."""
    found = typst.query(RULER, "<widths>", field="value", one=True,
                        sys_inputs={"fonts": json.dumps(list(FONTS)), "texts": json.dumps(texts)})
    return [each / 100 for each in json.loads(found)]


def test_no_letter_is_wider_than_its_bound():
    letters = sorted(letter for letter in PLAIN - {"\n"} if width(letter) is not None)

    assert len(letters) > 130
    assert [letter for letter, em in zip(letters, measured(letters), strict=True) if em > width(letter)] == []


def test_words_and_lines_are_bounded_too():
    lines = ["Crocodylus novaeguineae", "WAVING Wombat, AVAToll (Ti)", "12 Tannery Road", "QZ  Quartzland", "fi ffl ÀÇ"]
    found = [bounds(line) for line in lines]

    assert all(one[0] >= em for (one,), em in zip(found, measured(lines), strict=True))


def test_letters_without_a_bound_are_left_to_the_setter():
    assert bounds("خاتم") is None
    assert bounds("x" * 401) is None
    assert bounds("") == ((0.0, 0.0),)


@given(st.lists(st.text("abcXYZ0 ", max_size=20), max_size=4))
def test_each_line_has_its_bound(lines):
    found = bounds("\n".join(lines))

    assert found is not None
    assert len(found) == max(1, len(lines))
    assert all(longest <= whole for whole, longest in found)
