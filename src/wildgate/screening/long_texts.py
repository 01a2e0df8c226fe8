"""The sum of a long text's pieces of words with numpy, where it is installed: five times as quick, the same score."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from wildgate.screening.grams import MOST_REMEMBERED, Counted

if TYPE_CHECKING:
    import numpy as np

    Places = np.ndarray[Any, np.dtype[np.intp]]


class LongTexts:
    """Sums for one block of a model. The places of a word's pieces are kept as an array."""

    def __init__(self, counted: Counted, product: Sequence[float], rarity_squared: Sequence[float],
                 tf: Sequence[float]) -> None:
        import numpy as np
        self._counted = counted
        self._product, self._rarity_squared = np.array(product), np.array(rarity_squared)
        self._tf = np.array(tf)
        self._words: dict[str, Places] = {}

    def add(self, words: Sequence[str]) -> float:
        """What the block adds: weighed counts over their length."""
        import numpy as np
        known = self._words
        places = np.concatenate([self._learn(word) if (found := known.get(word)) is None else found for word in words])
        counts = np.bincount(places, minlength=len(self._product))
        there = np.flatnonzero(counts)
        tf = self._tf[counts[there]]
        square = float((tf * tf * self._rarity_squared[there]).sum())
        total = float((tf * self._product[there]).sum())
        return total / float(np.sqrt(square)) if square else 0.0

    def _learn(self, word: str) -> Places:
        import numpy as np
        places = np.array(self._counted.places_of(word), dtype=np.intp)
        if len(self._words) < MOST_REMEMBERED:
            self._words[word] = places
        return places


def long_texts(counted: Counted, product: Sequence[float], rarity_squared: Sequence[float],
               tf: Sequence[float]) -> LongTexts | None:
    """None without numpy: then the standard library does it."""
    return LongTexts(counted, product, rarity_squared, tf) if find_spec("numpy") else None
