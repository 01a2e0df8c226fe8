"""Sentences of the engines reach a page in its language: each is translated, keeps its values, and can be stored."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polib
import pytest
from django.utils.translation import override

from wildgate.convention.catalogue import SENTENCES, caution
from wildgate.convention.illegal import IllegalRow
from wildgate.convention.illegal_checks import check
from wildgate.convention.listing import law
from wildgate.convention.refusal import refuse
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.reporting import check_each
from wildgate.convention.sentence import Sentence, say
from wildgate.kit.sentences import as_kept, in_words, read_back, told_again
from wildgate.screening.claims import read_claims
from wildgate.screening.reading import read_listing

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from said_sentences import for_all, for_officials  # noqa: E402

OUTER = SENTENCES["perhaps-refused"]
"""`If it is covered, it is refused: %(why)s`"""
INNER = SENTENCES["operation-missing"]


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_every_sentence_of_an_engine_is_translated(language: str) -> None:
    catalogue = polib.pofile(str(ROOT / f"src/wildgate/site/locale/{language}/LC_MESSAGES/django.po"))
    there = {entry.msgid for entry in catalogue if entry.msgstr and not entry.obsolete}
    asked = for_all() if language == "ar" else [*for_all(), *for_officials()]

    assert len(asked) > 20
    assert [text for text in asked if text not in there] == []


def test_a_sentence_within_a_sentence_is_worded_too_live_and_as_it_was_kept() -> None:
    told = say(OUTER, why=say(INNER, taxon="Crocodylus niloticus"))

    with override("fr"):
        live, stored = in_words(told), in_words(json.loads(json.dumps(as_kept(told))))
        again = in_words(told_again(json.loads(json.dumps(as_kept(told)))))
        warned = in_words(caution("perhaps-refused", (), why=say(INNER, taxon="Crocodylus niloticus")))
        refused = in_words(json.loads(json.dumps(refuse("x", OUTER, why=say(INNER, taxon="Crocodylus niloticus"))
                                                 .as_kept())))

    assert live == stored == again == warned == refused
    assert "Crocodylus niloticus" in live
    assert live != str(told)
    assert "needs the number" not in live
    assert str(told) == OUTER % {"why": INNER % {"taxon": "Crocodylus niloticus"}}


def test_what_the_checks_and_the_reading_of_listings_say_can_be_worded() -> None:
    bad = IllegalRow(incident="1", date="yesterday", species="Nobodia nulla", quantity="-1", unit="QQQ", term="ZZZ",
                     origin="Mr Smith", transit="", destination="", value="a lot")
    row = ReportRow("X", "Nobodia nulla", "ZZZ", "few", "QQQ", "QX", "1950", purpose="?", source="?")
    read = read_listing("Elephant ivory carving, faux, hippo print stamp")
    said = [*(each.sentence for each in check([bad], law(), 2026)),
            *(each.sentence for each in check_each([row], law(), part=Part.EXPORTS, party="QM")),
            *(each.says for each in read.reasons),
            *(each.reason for each in read_claims("Wild caught, CITES permit", ""))]

    assert len(said) > 15
    assert [text for text in said if not isinstance(text, Sentence)] == []


def test_an_answer_that_was_kept_word_for_word_is_read_back() -> None:
    told = INNER % {"taxon": "Crocodylus niloticus"}

    back = read_back(told, INNER)

    assert isinstance(back, Sentence)
    assert back.values == {"taxon": "Crocodylus niloticus"}
    assert read_back("Something else.", INNER) == "Something else."
