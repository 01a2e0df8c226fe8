"""Learning from labelled adverts: weights, calibration, threshold, honest figures. Needs scikit-learn (extra `screen`).

Adverts that are nearly the same stay in one fold, and everything that is chosen (settings, line, threshold) is chosen
without the fold on which it is judged. The same rows and seed give the same model.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.screening.advert import Advert
from wildgate.screening.figures import Figures, Line, average_precision, best_threshold, figures, line_through
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

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Places = np.ndarray[Any, np.dtype[np.int64]]

MOST_ROWS: Final = 50_000
MOST_GRAMS: Final = 40_000
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


TRIED: Final = (Settings(0.0, 3.0), Settings(0.15, 30.0), Settings(0.3, 3.0), Settings(0.6, 1.0))


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
    tell("Choosing settings, line and threshold on all rows.")
    choice = choose_settings(table, everything, groups, inner, seed)
    fitted = table.fit(everything, choice.settings, seed)
    chosen = {**asdict(choice.settings), "folds": inner, "groups": len(set(groups))}
    return Model(LEARNT, replace(trained, code="learnt", chosen=chosen, figures=judged), fitted.blocks(table),
                 fitted.sign_weights, fitted.bias, choice.line, choice.threshold)


def _judged(table: Table, groups: Sequence[int], inner: int, seed: int, tell: Callable[[str], None]) -> Figures:
    """Every row judged by a model that was chosen and learnt without it and without its like."""
    shares, predicted = [0.0] * len(table.truth), [False] * len(table.truth)
    for number, held in enumerate(folds(table.truth, groups, OUTER, seed), 1):
        tell(f"Judging part {number} of {OUTER}.")
        held_out = set(held)
        rest = [place for place in range(len(table.truth)) if place not in held_out]
        choice = choose_settings(table, rest, groups, inner, seed + number)
        raw = table.fit(rest, choice.settings, seed).raw(table, held)
        for place, value in zip(held, raw, strict=True):
            shares[place] = choice.line.share(value)
            predicted[place] = shares[place] >= choice.threshold
    return figures(shares, predicted, table.truth)


@dataclass(frozen=True, slots=True)
class Choice:
    settings: Settings
    line: Line
    threshold: float


def choose_settings(table: Table, rows: Sequence[int], groups: Sequence[int], count: int, seed: int) -> Choice:
    """The settings that rank best across folds of `rows`, with the line and threshold that fit what was not seen."""
    truth = [table.truth[place] for place in rows]
    parts = folds(truth, [groups[place] for place in rows], count, seed)
    raws: dict[Settings, list[float]] = {each: [0.0] * len(rows) for each in TRIED}
    for held in parts:
        held_out = set(held)
        rest = [rows[at] for at in range(len(rows)) if at not in held_out]
        asked, wordings = [rows[at] for at in held], table.wordings(rest)
        known, unseen = table.worded(rest, wordings), table.worded(asked, wordings)
        for settings in TRIED:
            fitted = table.fit(rest, settings, seed, wordings, known)
            for at, value in zip(held, fitted.raw(table, asked, unseen), strict=True):
                raws[settings][at] = value
    best = max(TRIED, key=lambda each: (round(average_precision(raws[each], truth), 4), -each.signs))
    line = line_through(raws[best], truth)
    return Choice(best, line, best_threshold([line.share(value) for value in raws[best]], truth))


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
    """Weights over the grams of each form and the signs."""

    wordings: list[Wording]
    weights: Floats
    bias: float
    sign_names: list[str]
    settings: Settings

    def raw(self, table: Table, places: Sequence[int], worded: list[csr_matrix] | None = None) -> list[float]:
        matrix = table.matrix(places, worded or table.worded(places, self.wordings), self.settings)
        values: list[float] = (matrix @ self.weights + self.bias).tolist()
        return values

    @property
    def sign_weights(self) -> dict[str, float]:
        if not self.settings.signs:
            return {}
        found = self.weights[len(self.weights) - len(self.sign_names):].tolist()
        return {name: _single(weight * self.settings.signs)
                for name, weight in zip(self.sign_names, found, strict=True) if weight}

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
        self.sign_names = sorted({name for row in rows for name, value in row.signs.items() if value})
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

    def worded(self, places: Sequence[int], wordings: list[Wording]) -> list[csr_matrix]:
        """The weighed grams of each form: the same for all settings."""
        return [wording.of(self.counts[wording.at][list(places)]) for wording in wordings]

    def matrix(self, places: Sequence[int], worded: list[csr_matrix], settings: Settings) -> csr_matrix:
        from scipy import sparse  # type: ignore[import-untyped]
        signs = [sparse.csr_matrix(self.signs[list(places)] * settings.signs)] if settings.signs else []
        return sparse.hstack([*worded, *signs]).tocsr()

    def fit(self, places: Sequence[int], settings: Settings, seed: int,
            wordings: list[Wording] | None = None, worded: list[csr_matrix] | None = None) -> Fitted:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        wordings = wordings or self.wordings(places)
        matrix = self.matrix(places, worded or self.worded(places, wordings), settings)
        truth = [self.truth[place] for place in places]
        if len(set(truth)) < 2:  # near-copies that stay together may leave a part with one kind only
            return Fitted(wordings, np.zeros(matrix.shape[1]), ONE_KIND if truth[0] else -ONE_KIND, self.sign_names,
                          settings)
        learner = LogisticRegression(C=settings.freedom, class_weight="balanced", solver="liblinear", max_iter=500,
                                     random_state=seed)
        learner.fit(matrix, truth)
        return Fitted(wordings, learner.coef_[0], float(learner.intercept_[0]), self.sign_names, settings)


def _counted(texts: Sequence[Sequence[str]], form: str) -> tuple[csr_matrix, list[str]]:
    """Counts of every gram, grams in the order in which they are met."""
    from collections import Counter

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
