"""Text on a chart: numbers as the reader writes them, and how wide a text gets, so that none covers another."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

from wildgate.kit.charts.shapes import Number

NOTHING = "–"
SIZE = 13
"""Height of letters in the units of a drawing."""
THIN = frozenset("iljtfrI|.,:;'()[] -·!")
WIDE = frozenset("mwMW@%—…")


def written(value: Number | None) -> str:
    """A number in the reader's language, thousands grouped, no idle zeros; a dash where there is none."""
    if value is None:
        return NOTHING
    number = Decimal(value)
    plain = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return number_format(plain, use_l10n=True, force_grouping=True)


def width_of(text: str, size: float = SIZE) -> float:
    """How wide a text will be at most, by rule of thumb for system fonts: too wide rather than too narrow."""
    return sum(_share(letter) for letter in text) * size


def _share(letter: str) -> float:
    if letter in THIN:
        return 0.38
    if letter in WIDE:
        return 0.98
    if letter.isupper():
        return 0.74
    return 1.05 if ord(letter) > 0x2E80 else 0.62


def fitting(text: str, room: float, size: float = SIZE) -> str:
    """The text, or as much of its beginning as there is room for."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"
