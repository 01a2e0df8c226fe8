"""Learning from labelled adverts: weights, calibration, threshold, honest figures. Needs scikit-learn (extra `screen`).

Adverts that are nearly the same stay in one fold, and everything that is chosen (line, threshold) is chosen without the
fold on which it is judged. The same rows and seed give the same model.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.screening.advert import Advert
from wildgate.screening.figures import Figures, Line, best_threshold, figures, line_through
from wildgate.screening.folds import alike, folds
from wildgate.screening.grams import ALL, LETTERS, TITLE, WORDS, grams
from wildgate.screening.model import (
    FEWEST_LABELS,
    FEWEST_OF_A_KIND,
    LEARNT,
    RULES,
    RULES_THRESHOLD,
    Block,
    Model,
    Trained,
    words_in,
)
from wildgate.screening.model_file import MOST_SIGNS

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Places = np.ndarray[Any, np.dtype[np.int64]]

MOST_ROWS: Final = 50_000
MOST_GRAMS: Final = 40_000
FEWEST_SEEN: Final = 3
"""A sign that fewer adverts have teaches chance."""
OUTER, INNER, INNER_OF_MANY = 5, 4, 3
MANY: Final = 3_000
ONE_KIND: Final = 3.0
"""The log-odds where all adverts learnt from are of one kind."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An advert with its answer, the signs of it and what the rules alone say."""

    advert: Advert
    specimen: bool
    signs: dict[str, float]
    rules: float


@dataclass(frozen=True, slots=True)
class Settings:
    """How much the signs weigh beside the words, and how freely weights may grow."""

    signs: float
    freedom: float


BLEND: Final = (Settings(0.1, 30.0), Settings(0.15, 30.0), Settings(0.3, 3.0), Settings(0.6, 1.0))
BLEND_OF_MANY: Final = BLEND[:1]
"""A model is the mean of the models of these settings: with few labels, choosing one of them by folds would choose
chance. Where labels are many the words say enough."""


def can_learn() -> bool:
    """Is the extra `screen` installed?"""
    return find_spec("sklearn") is not None


def train(rows: Sequence[Labelled], *, scope: str, seed: int, gazetteer: str, check: bool = True,
          tell: Callable[[str], None] = lambda text: None) -> Model | Refusal:
    """A model of the scope, or rules only where labels are few. Without `check` no figures are taken."""
    positive = sum(row.specimen for row in rows)
    trained = Trained(scope, len(rows), positive, seed, "few-labels", digest(rows), gazetteer)
    truth = [row.specimen for row in rows]
    if rows:
        scores = [row.rules for row in rows]
        trained = replace(trained, rules=figures(scores, [score >= RULES_THRESHOLD for score in scores], truth))
    if len(rows) < FEWEST_LABELS or min(positive, len(rows) - positive) < FEWEST_OF_A_KIND:
        return Model(RULES, trained)
    if len(rows) > MOST_ROWS:
        return refuse("too-many-labels", "%(rows)s labelled adverts are more than %(most)s; learn from a part of them.",
                      rows=len(rows), most=MOST_ROWS)
    if not can_learn():
        return refuse("no-library", "Learning needs scikit-learn; install the extra “screen” "
                      "(pip install \"wildgate[screen]\"). Rules work without it.")
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    with threadpool_limits(1):  # the same sums anywhere, and no threads that wait for each other
        return _learnt(Table(rows), trained, check, tell)


def digest(rows: Sequence[Labelled]) -> str:
    """Which rows a model was made of, without keeping one of them."""
    total = hashlib.sha256()
    for row in rows:
        total.update(f"{row.advert.title}\x1f{row.advert.description}\x1f{int(row.specimen)}\x1e".encode())
    return total.hexdigest()[:16]


def _learnt(table: Table, trained: Trained, check: bool, tell: Callable[[str], None]) -> Model:
    seed = trained.seed
    inner = INNER_OF_MANY if len(table.truth) > MANY else INNER
    groups = alike([row.advert for row in table.rows])
    everything = list(range(len(table.truth)))
    judged = _judged(table, groups, inner, seed, tell) if check else None
    tell("Choosing line and threshold on all rows.")
    choice = choose(table, everything, groups, inner, seed)
    fitted = table.fit(everything, seed)
    chosen = {"blend": [asdict(each) for each in table.blend], "folds": inner, "groups": len(set(groups))}
    return Model(LEARNT, replace(trained, code="learnt", chosen=chosen, figures=judged), fitted.blocks(table),
                 fitted.sign_weights(table), fitted.bias, choice.line, choice.threshold)


def _judged(table: Table, groups: Sequence[int], inner: int, seed: int, tell: Callable[[str], None]) -> Figures:
    """Every row judged by a model that was chosen and learnt without it and without its like."""
    shares, predicted = [0.0] * len(table.truth), [False] * len(table.truth)
    for number, held in enumerate(folds(table.truth, groups, OUTER, seed), 1):
        tell(f"Judging part {number} of {OUTER}.")
        held_out = set(held)
        rest = [place for place in range(len(table.truth)) if place not in held_out]
        choice = choose(table, rest, groups, inner, seed + number)
        raw = table.fit(rest, seed).raw(table, held)
        for place, value in zip(held, raw, strict=True):
            shares[place] = choice.line.share(value)
            predicted[place] = shares[place] >= choice.threshold
    return figures(shares, predicted, table.truth)


@dataclass(frozen=True, slots=True)
class Choice:
    line: Line
    threshold: float


def choose(table: Table, rows: Sequence[int], groups: Sequence[int], count: int, seed: int) -> Choice:
    """The line and threshold that fit what models of folds of `rows` say of the part that they have not seen."""
    truth = [table.truth[place] for place in rows]
    raw = [0.0] * len(rows)
    for held in folds(truth, [groups[place] for place in rows], count, seed):
        held_out = set(held)
        fitted = table.fit([rows[at] for at in range(len(rows)) if at not in held_out], seed)
        for at, value in zip(held, fitted.raw(table, [rows[at] for at in held]), strict=True):
            raw[at] = value
    line = line_through(raw, truth)
    return Choice(line, best_threshold([line.share(value) for value in raw], truth))


@dataclass(slots=True)
class Wording:
    """Which grams of one form count, and how rare each is."""

    at: int
    columns: Places
    rarity: Floats

    def of(self, counts: csr_matrix) -> csr_matrix:
        """Rows of dampened counts by rarity, each of length one."""
        from sklearn.preprocessing import normalize
        part = counts[:, self.columns].astype(float)
        part.data = 1 + _log(part.data)
        part = part.multiply(self.rarity).tocsr()
        return normalize(part, copy=False)


def _log(values: Floats) -> Floats:
    import numpy as np
    return np.log(values)


@dataclass(slots=True)
class Fitted:
    """Weights over the grams of each form, and over the signs."""

    wordings: list[Wording]
    weights: Floats
    signs: Floats
    bias: float

    def raw(self, table: Table, places: Sequence[int]) -> list[float]:
        words = table.words(places, self.wordings)
        values: list[float] = (words @ self.weights + table.signs[list(places)] @ self.signs + self.bias).tolist()
        return values

    def sign_weights(self, table: Table) -> dict[str, float]:
        return {name: _single(weight) for name, weight in zip(table.sign_names, self.signs.tolist(), strict=True)
                if weight}

    def blocks(self, table: Table) -> tuple[Block, ...]:
        made, start = [], 0
        for wording in self.wordings:
            where, form = table.forms[wording.at]
            names = table.vocabularies[wording.at]
            weights = self.weights[start:start + len(wording.columns)]
            start += len(wording.columns)
            made.append(Block(where, form, tuple(names[column] for column in wording.columns.tolist()),
                              array("f", wording.rarity.tolist()), array("f", weights.tolist())))
        return tuple(made)


def _single(value: float) -> float:
    """As a file keeps it."""
    return array("f", [value])[0]


class Table:
    """All rows counted once; folds take their part."""

    def __init__(self, rows: Sequence[Labelled]) -> None:
        import numpy as np
        self.rows = rows
        self.truth = [row.specimen for row in rows]
        self.blend = BLEND_OF_MANY if len(rows) > MANY else BLEND
        texts = [words_in(row.advert) for row in rows]
        self.forms = [(ALL, LETTERS), (ALL, WORDS)]
        if any(description for _, description in texts):
            self.forms += [(TITLE, LETTERS), (TITLE, WORDS)]
        self.counts: list[csr_matrix] = []
        self.vocabularies: list[list[str]] = []
        for where, form in self.forms:
            counts, names = _counted([title if where == TITLE else [*title, *more] for title, more in texts], form)
            self.counts.append(counts)
            self.vocabularies.append(names)
        self.sign_names = _frequent(rows)
        self.signs = np.array([[row.signs.get(name, 0.0) for name in self.sign_names] for row in rows], dtype=float)

    def wordings(self, places: Sequence[int]) -> list[Wording]:
        """What counts is taken from the rows of training only."""
        import numpy as np
        made = []
        for at, ((_, form), counts) in enumerate(zip(self.forms, self.counts, strict=True)):
            seen = np.asarray((counts[list(places)] > 0).sum(axis=0)).ravel()
            fewest = 2 if form == LETTERS or len(places) > MANY else 1
            columns = np.flatnonzero(seen >= fewest)
            if len(columns) > MOST_GRAMS:
                columns = np.sort(columns[np.argsort(-seen[columns], kind="stable")[:MOST_GRAMS]])
            rarity = np.log((1 + len(places)) / (1 + seen[columns])) + 1
            made.append(Wording(at, columns, rarity.astype(np.float32).astype(float)))
        return made

    def words(self, places: Sequence[int], wordings: list[Wording]) -> csr_matrix:
        """The weighed grams of every form beside each other."""
        from scipy import sparse  # type: ignore[import-untyped]
        return sparse.hstack([each.of(self.counts[each.at][list(places)]) for each in wordings]).tocsr()

    def fit(self, places: Sequence[int], seed: int) -> Fitted:
        """The mean of the models of all settings: again one weight for each gram and each sign."""
        import numpy as np
        wordings = self.wordings(places)
        words, signs = self.words(places, wordings), self.signs[list(places)]
        truth = [self.truth[place] for place in places]
        if len(set(truth)) < 2:  # near-copies that stay together may leave a part with one kind only
            return Fitted(wordings, np.zeros(words.shape[1]), np.zeros(signs.shape[1]),
                          ONE_KIND if truth[0] else -ONE_KIND)
        weights, of_signs, biases = zip(*(_fit(words, signs, truth, each, seed) for each in self.blend), strict=True)
        return Fitted(wordings, np.mean(weights, axis=0), np.mean(of_signs, axis=0), fmean(biases))


def _fit(words: csr_matrix, signs: Floats, truth: Sequence[bool], settings: Settings,
         seed: int) -> tuple[Floats, Floats, float]:
    """Weights of the grams, weights of the signs, and the bias."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression
    learner = LogisticRegression(C=settings.freedom, class_weight="balanced", solver="liblinear", max_iter=500,
                                 random_state=seed)
    learner.fit(sparse.hstack([words, sparse.csr_matrix(signs * settings.signs)]).tocsr(), truth)
    weights: Floats = learner.coef_[0]
    return weights[:words.shape[1]], weights[words.shape[1]:] * settings.signs, float(learner.intercept_[0])


def _frequent(rows: Sequence[Labelled]) -> list[str]:
    """The signs that more than a few adverts have, by name; of very many the most frequent."""
    seen = Counter(name for row in rows for name, value in row.signs.items() if value)
    often = [name for name, count in sorted(seen.items(), key=lambda each: (-each[1], each[0])) if count >= FEWEST_SEEN]
    return sorted(often[:MOST_SIGNS])


def _counted(texts: Sequence[Sequence[str]], form: str) -> tuple[csr_matrix, list[str]]:
    """Counts of every gram, grams in the order in which they are met."""
    import numpy as np
    from scipy import sparse
    places: dict[str, int] = {}
    starts, columns, values = [0], array("q"), array("d")
    for words in texts:
        found = Counter(grams(words, form))
        columns.extend(places.setdefault(gram, len(places)) for gram in found)
        values.extend(found.values())
        starts.append(len(columns))
    shape = (len(texts), len(places))
    counts = sparse.csr_matrix((np.array(values), np.array(columns), np.array(starts)), shape=shape)
    return counts, list(places)
