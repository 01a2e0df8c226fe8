"""Signs that nobody sees: what turns or hides a name is found, what a language needs stays."""

from __future__ import annotations

import pytest

from wildgate.convention.signs import hidden, tidied, without_unseen

REVERSED = "Lacuna \u202eSEDIH\u202c Ltd"


@pytest.mark.parametrize("text", [
    REVERSED, "26QM\u200b000001E", "a\ufeffb", "\u2066x\u2069", "a\u200fb", "a\u00adb", "x\u2028y", "a\x07b", "\ue000",
    "A\U000e0041", "A\u3164", "a\u2800", "\ufff9a"])
def test_what_no_screen_shows_is_found_and_taken_out(text: str) -> None:
    assert hidden(text)
    assert not hidden(tidied(text))
    assert len(tidied(text)) < len(text)


@pytest.mark.parametrize("text", [
    "Lacuna Hides Ltd", "شركة الجلود", "می\u200cخواهم", "क्\u200dष", "Grès & Fils\r\n\t2 rue", "🐊 skins", "日本 毛皮",
    "\u0600١٢"])
def test_what_a_language_writes_stays(text: str) -> None:
    assert not hidden(text)
    assert tidied(text) == without_unseen(text) == text


def test_typed_text_keeps_its_control_characters_for_the_field_to_refuse() -> None:
    assert without_unseen("a\x00\u202eb") == "a\x00b"
    assert hidden("two\nlines", lines=False)
