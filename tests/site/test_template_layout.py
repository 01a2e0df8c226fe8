"""A template is read by people too: one element or condition a line, not a page in one line."""

from __future__ import annotations

import re
from pathlib import Path

import wildgate

LONGEST = 250
SAMPLES = "styleguide.html"  # whose samples of markup are text
_SENTENCE = re.compile(r"\{% (?:blocktranslate .*?endblocktranslate|translate .*?|verbatim .*?endverbatim) %\}")


def test_no_line_of_a_template_is_long_but_for_its_sentences() -> None:
    root = Path(wildgate.__file__).parent
    pages = sorted(page for page in root.rglob("templates/**/*.html") if page.name != SAMPLES)
    long = [f"{path.relative_to(root)}:{number}" for path in pages
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if len(_SENTENCE.sub("", line)) > LONGEST]

    assert long == []
