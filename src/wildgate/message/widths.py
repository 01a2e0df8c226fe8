"""How wide a text can be at most, so that the form need not measure what surely fits its box.

Bounds in em for the bold face of the form's first font, by class of letter; a test holds them against the setter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

LONGEST: Final = 400
"""Longer texts are measured: they seldom fit a box surely."""
_CLASSES: Final = (
    (0.42, " !,.:;'|()-/\\ijl{}[]It\"f·°’‘"), (0.54, "0123456789$_"), (0.84, "H&"), (0.8, "w—"),
    (0.96, "mM…"), (1.08, "W@Æ"),
)
_SPECIAL: Final = {letter: em for em, letters in _CLASSES for letter in letters}
CAPITAL, SMALL = 0.8, 0.72
_CAPITALS: Final = frozenset("ABCDEFGJKLNOPQRSTUVXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŠŽŁĆČ")
_SMALL: Final = frozenset("abcdeghknopqrsuvxyzàáâãäåçèéêëìíîïñòóôõöøùúûüýÿšžłćčß%+*?–#<>=~«»“”×‹›")
_SPACE: Final = _SPECIAL[" "]

Bound = tuple[float, float]
"""The whole line and its longest word, in em."""


def bounds(text: str) -> tuple[Bound, ...] | None:
    """The bounds of each line of `text`; None for letters without a bound, and for long texts."""
    if len(text) > LONGEST:
        return None
    lines = []
    for line in text.split("\n"):
        words = [_word(word) for word in line.split()] or [0.0]
        if None in words:
            return None
        known = [word for word in words if word is not None]
        lines.append((round(sum(known) + _SPACE * (len(known) - 1), 2), round(max(known), 2)))
    return tuple(lines)


def _word(word: str) -> float | None:
    whole = 0.0
    for letter in word:
        em = width(letter)
        if em is None:
            return None
        whole += em
    return whole


def width(letter: str) -> float | None:
    """The most that one letter can take, in em; None where no bound is known."""
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    return SMALL if letter in _SMALL else CAPITAL if letter in _CAPITALS else None


def texts(value: Any, leave: frozenset[str], key: str = "") -> Iterator[str]:
    """Every text in a form's data, but for what stands under the names to `leave`."""
    if isinstance(value, str):
        if key not in leave:
            yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts(each, leave, name)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts(each, leave, key)
