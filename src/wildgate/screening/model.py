"""A learnt model of one scope (platform, group of taxa, language): weights of words and signs, scored without library.

A scope with too few labels has a model too: it says "rules only", and the rules' score stands. Training is elsewhere.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any, Final

from wildgate.convention.sentence import Sentence, say
from wildgate.screening.advert import Advert
from wildgate.screening.figures import Figures, Line
from wildgate.screening.grams import ALL, LETTERS, TITLE, WORDS, Counted, words_of
from wildgate.screening.long_texts import LongTexts, long_texts

FEWEST_LABELS: Final = 100
FEWEST_OF_A_KIND: Final = 10
LEARNT, RULES = "learnt", "rules"
RULES_THRESHOLD: Final = 0.5
TOLD: Final = 4
LEAST_TOLD: Final = 0.02
MANY_WORDS: Final = 60
"""From so many words on the sums of a text are worth arrays."""
"""So many of the weightiest words and signs are told as reasons."""
MOST_COUNTED: Final = 8_192
TF: Final = (0.0, *(1 + math.log(count) for count in range(1, MOST_COUNTED)))
"""A count, dampened. A listing that is judged has fewer pieces of words than this."""
TF_SQUARED: Final = tuple(each * each for each in TF)
SAID: Final[Mapping[str, str]] = {
    "learnt": "Learnt from %(labels)s labelled adverts, %(positive)s of them specimens.",
    "few-labels": "Rules only: %(labels)s labels with %(positive)s specimens are too few; a scope needs %(fewest)s, "
                  "and "
                  "ten of each kind.",
}


@dataclass(frozen=True, slots=True)
class Trained:
    """What a model was made of. `figures` come from cross-validation: none of these adverts was seen before."""

    scope: str
    labels: int
    positive: int
    seed: int
    code: str
    rows_digest: str
    gazetteer: str
    chosen: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures | None = None
    rules: Figures | None = None

    @property
    def sentence(self) -> str:
        return SAID[self.code] % {"labels": self.labels, "positive": self.positive, "fewest": FEWEST_LABELS}


@dataclass(slots=True)
class Block:
    """Weights of one form of grams in one text. Counts are dampened, weighed by rarity and brought to length one."""

    where: str
    form: str
    grams: tuple[str, ...]
    rarity: array[float]
    weight: array[float]
    counted: Counted = field(init=False)
    product: list[float] = field(init=False)
    _rarity_squared: list[float] = field(init=False)
    _long: list[LongTexts | None] = field(init=False, default_factory=list, compare=False)

    def __post_init__(self) -> None:
        self.counted = Counted(self.form, {gram: place for place, gram in enumerate(self.grams)})
        self._rarity_squared = [each * each for each in self.rarity]
        self.product = [a * b for a, b in zip(self.rarity, self.weight, strict=True)]

    def add(self, words: Sequence[str]) -> float:
        if self.form == LETTERS and len(words) >= MANY_WORDS:
            if not self._long:
                self._long.append(long_texts(self.counted, self.product, self._rarity_squared, TF))
            if self._long[0]:
                return self._long[0].add(words)
        found = self.counted.count(words)
        counts = found.values()
        total = sum(map(mul, map(TF.__getitem__, counts), map(self.product.__getitem__, found)))
        square = sum(map(mul, map(TF_SQUARED.__getitem__, counts), map(self._rarity_squared.__getitem__, found)))
        return total / math.sqrt(square) if square else 0.0

    def parts(self, words: Sequence[str]) -> dict[str, float]:
        """What each gram adds."""
        found = self.counted.count(words)
        counts = found.values()
        norm = math.sqrt(sum(map(mul, map(TF_SQUARED.__getitem__, counts),
                                 map(self._rarity_squared.__getitem__, found))))
        values = map(mul, map(TF.__getitem__, counts), map(self.product.__getitem__, found))
        return {gram: value / norm for gram, value in zip(map(self.grams.__getitem__, found), values, strict=True)}


MOVED: Final = {
    "word": ("the word “%(what)s” raises the score", "the word “%(what)s” lowers the score"),
    "title": ("words of “%(what)s” in the title raise the score", "words of “%(what)s” in the title lower the score"),
    "text": ("words of “%(what)s” in the description raise the score",
             "words of “%(what)s” in the description lower the score"),
    "rule": ("the rules (%(what)s) raise the score", "the rules (%(what)s) lower the score"),
    "claim": ("a claim of %(what)s raises the score", "a claim of %(what)s lowers the score"),
    "sale": ("the sale (%(what)s) raises the score", "the sale (%(what)s) lowers the score"),
    "shape": ("the text's %(what)s raises the score", "the text's %(what)s lowers the score"),
}
"""What a word or a sign did, by its kind: up, down."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that moved a score: a word of the text or a sign, with its weight in log-odds."""

    name: str
    weight: float

    @property
    def says(self) -> Sentence:
        """What it did, in words."""
        kind, _, what = self.name.partition(":")
        raises, lowers = MOVED.get(kind, MOVED["shape"])
        return say(raises if self.weight > 0 else lowers, what=what)

    def __str__(self) -> str:
        return self.says


@dataclass
class Model:
    """Weights of a scope. `line` turns them into a share that means what it says; from `threshold` on it is a yes."""

    kind: str
    trained: Trained
    blocks: tuple[Block, ...] = ()
    sign_weights: dict[str, float] = field(default_factory=dict)
    bias: float = 0.0
    line: Line = field(default_factory=Line)
    threshold: float = RULES_THRESHOLD

    def share(self, advert: Advert, signs: Mapping[str, float], rules: float) -> float:
        """The chance, 0 to 1, that the advert offers a specimen. `rules` is the rules' score, for rules-only scopes."""
        if self.kind == RULES:
            return rules
        return self.line.share(self.raw(*words_in(advert), signs))

    def raw(self, title: Sequence[str], description: Sequence[str], signs: Mapping[str, float]) -> float:
        texts = {TITLE: title, ALL: [*title, *description]}
        total = self.bias + sum(block.add(texts[block.where]) for block in self.blocks)
        return total + sum(self._signed(signs).values())

    def _signed(self, signs: Mapping[str, float]) -> dict[str, float]:
        """What each sign of the advert adds; a model knows many more signs than one advert has."""
        weights = self.sign_weights
        return {name: weights[name] * value for name, value in signs.items() if value and name in weights}

    def says(self, share: float) -> bool:
        return share >= self.threshold

    def parts(self, advert: Advert, signs: Mapping[str, float]) -> list[Part]:
        """The words and signs that moved the score most."""
        if self.kind == RULES:
            return []
        title, description = words_in(advert)
        texts = {TITLE: title, ALL: [*title, *description]}
        weights: dict[str, float] = {}
        for block in self.blocks:
            if block.form == WORDS:
                said = block.parts(texts[block.where])
                weights = {**said, **{gram: weights[gram] + said.get(gram, 0.0) for gram in weights}}
        told = [(f"word:{gram}", weight) for gram, weight in weights.items() if abs(weight) > LEAST_TOLD]
        told += [(name, weight) for name, weight in self._signed(signs).items() if abs(weight) > LEAST_TOLD]
        told.sort(key=lambda each: (-abs(each[1]), each[0]))
        return [Part(name, self.line.slope * weight) for name, weight in told[:TOLD]]


def words_in(advert: Advert) -> tuple[tuple[str, ...], tuple[str, ...]]:
    title, description = advert.judged
    return words_of(title), words_of(description) if description else ()
