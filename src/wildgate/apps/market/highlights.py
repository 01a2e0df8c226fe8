"""The text of a listing in pieces, some marked: the words that reasons and claims rest on, as they were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wildgate.kit.sentences import in_words

NAMES: Final = "name"
CLAIM: Final = "claim"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the text. `why` is the sentence for a marked piece, empty for plain words."""

    text: str
    why: str = ""


def pieces(text: str, answers: Mapping[str, Any], where: str) -> list[Piece]:
    """The text cut at its marked places. What does not stand where it should is left unmarked."""
    out: list[Piece] = []
    at = 0
    for start, end, why in _marks(text, answers, where):
        if start < at:
            continue
        out += [Piece(text[at:start]), Piece(text[start:end], why)]
        at = end
    return [piece for piece in (*out, Piece(text[at:])) if piece.text]


def _marks(text: str, answers: Mapping[str, Any], where: str) -> list[tuple[int, int, str]]:
    found = []
    for each in _told(answers):
        start, end = each["start"], each["end"]
        if each["where"] == where and 0 <= start < end <= len(text) and text[start:end] == each["text"]:
            found.append((start, end, in_words(each)))
    return sorted(found, key=lambda mark: (mark[0], -mark[1]))[:MOST]


def _told(answers: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for part in ("specimen", "taxon"):
        yield from answers.get(part, {}).get("reasons", ())
    yield from answers.get("claims", ())
