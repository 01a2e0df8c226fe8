"""Which adverts should a person label next? Most from kinds that paid so far, some from kinds nobody has looked into.

Adverts fall into kinds by a word that they share. Each kind's yield is drawn from what its labels say (Thompson),
and in
the chosen kind the advert comes that the present score likes best, or, each second time, doubts most. A pure function.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wildgate.screening.grams import words_of

KIND_FROM, KIND_TO = 3, 0.25
"""A word makes a kind when at least so many adverts, and at most this part of them, have it."""
OTHERS: Final = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An advert that may be labelled, with its present score: a model's, or the rules'."""

    id: str
    text: str
    score: float


def kinds(texts: Mapping[str, str]) -> dict[str, str]:
    """The kind of each advert: its word that the most other adverts share, short of words that all share."""
    words = {name: set(words_of(text)) for name, text in texts.items()}
    seen = Counter(word for each in words.values() for word in each if len(word) > 2 and not word.startswith("#"))
    most = max(KIND_FROM, int(KIND_TO * len(texts)))
    fit = {word: count for word, count in seen.items() if KIND_FROM <= count <= most}
    return {name: max((word for word in each if word in fit), key=lambda word: (fit[word], word), default=OTHERS)
            for name, each in words.items()}


def choose(pool: Sequence[Candidate], labelled: Mapping[str, bool], n: int, seed: int, *, doubt: float = 0.5,
           kind_of: Mapping[str, str] | None = None) -> list[str]:
    """The ids of up to `n` adverts of `pool` that have no label yet, in the order in which to read them.

    `labelled` are the answers so far, by id. `doubt` is the part of the batch that goes to what the score doubts.
    `kind_of` saves the work of grouping the same pool again.
    """
    chance = random.Random(f"{seed}:{len(labelled)}")  # noqa: S311  (a draw that can be repeated, no secret)
    kind_of = kind_of or kinds({each.id: each.text for each in pool})
    open_ones: dict[str, list[Candidate]] = defaultdict(list)
    for each in pool:
        if each.id not in labelled:
            open_ones[kind_of[each.id]].append(each)
    yields = _yields(labelled, kind_of)
    chosen: list[str] = []
    while open_ones and len(chosen) < n:
        drawn = {kind: chance.betavariate(*_beliefs(yields, kind, rows)) for kind, rows in sorted(open_ones.items())}
        kind = max(drawn, key=lambda each: drawn[each])
        doubted = chance.random() < doubt
        rows = open_ones[kind]
        best = min(rows, key=lambda each: (abs(each.score - 0.5) if doubted else -each.score, each.id))
        chosen.append(best.id)
        rows.remove(best)
        if not rows:
            del open_ones[kind]
    return chosen


def _yields(labelled: Mapping[str, bool], kind_of: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, found in labelled.items():
        counts[kind_of.get(name, OTHERS)][0 if found else 1] += 1
    return {kind: (finds, misses) for kind, (finds, misses) in counts.items()}


def _beliefs(yields: Mapping[str, tuple[int, int]], kind: str, rows: Sequence[Candidate]) -> tuple[float, float]:
    """What is believed of a kind's yield: its labels, and before them the score of its open adverts."""
    finds, misses = yields.get(kind, (0, 0))
    best = max(each.score for each in rows)
    return 2 * best + finds + 0.05, 2 * (1 - best) + misses + 0.05
