"""The learnt part of risk: from past results to a score with its reasons.

LightGBM over the columns of `targeting.features`, with more past findings never lowering a risk. Without LightGBM, or
with too few results, rates speak alone; without results, how unusual value and mass are. A model says which it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from wildgate.targeting.calibration import Platt, Ranking, Spread, platt, psi, ranking, reliability, spread
from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared, from_rows
from wildgate.targeting.rates import RateBook
from wildgate.targeting.wording import Part, part_of

if TYPE_CHECKING:
    from wildgate.targeting.features import Floats, History

FEWEST_FINDINGS = 30
"""With fewer findings, or fewer clean cases, nothing is learnt beyond rates."""
ROUNDS = 120
SETTINGS: Mapping[str, Any] = {
    "objective": "binary", "learning_rate": 0.08, "num_leaves": 15, "min_data_in_leaf": 100, "lambda_l2": 10.0,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbose": -1,
}
"""Chosen on the training year and its following quarter, never on the test quarter. One thread: the same anywhere."""
MOST_SPREAD = 5_000
CHECKED_PART = 0.2
"""The last part of the days of training, on which a model is checked and calibrated before it learns all."""


class Kind(str, Enum):
    """What speaks in a model."""

    LEARNT = "learnt"
    RATES = "rates"
    UNUSUAL = "unusual"

    def __str__(self) -> str:
        return self.value


SAID: Mapping[str, str] = {
    "learnt": "Learnt from %(cases)s results with %(findings)s findings.",
    "few-results": "Only %(findings)s findings in %(cases)s results: rates of past findings speak, no model.",
    "no-library": "LightGBM is not installed (the extra “risk”): rates of past findings speak, no model.",
    "no-results": "There is no result yet: scores say how unusual value and mass are; rely on the profiles.",
    "one-sided": "All %(cases)s results are alike: scores say how unusual value and mass are; rely on the profiles.",
}


@dataclass(frozen=True, slots=True)
class Trained:
    """What a model was made of and how it did on days it had not seen."""

    cases: int
    findings: int
    first_day: int
    last_day: int
    seed: int
    code: str
    checked: Ranking | None = None
    table: tuple[tuple[int, float, float], ...] = ()

    @property
    def sentence(self) -> str:
        return SAID[self.code] % {"cases": self.cases, "findings": self.findings}


@dataclass(slots=True)
class Model:
    """A score for declarations of one mapping. `book` speaks where nothing was learnt."""

    kind: Kind
    columns: Columns
    trained: Trained
    history: History | None = None
    booster: Any = None
    line: Platt = field(default_factory=Platt)
    spreads: dict[str, Spread] = field(default_factory=dict)
    book: RateBook | None = None

    def score(self, rows: Declared) -> list[float]:
        """From 0 to 1 for each row; what was learnt is calibrated to the results it was checked on."""
        if self.history is not None:
            return self._shares(self._raw(self.history.matrix(rows)))
        return self.book.score(rows) if self.book else [0.0] * len(rows)

    def score_one(self, row: Mapping[str, str]) -> float:
        return self.score(from_rows([row], self.columns))[0]

    def parts(self, rows: Declared) -> list[list[Part]]:
        """For each row what makes its score, the weightiest first. The weights of a learnt model add up to the log-odds
        of the score."""
        if self.history is None:
            return [[] for _ in range(len(rows))]
        matrix = self.history.matrix(rows)
        names = self.history.names
        found = self.booster.predict(matrix, pred_contrib=True, num_threads=1)
        return [self._told(names, values, weights) for values, weights in zip(matrix, found, strict=True)]

    def _told(self, names: list[str], values: Floats, weights: Floats) -> list[Part]:
        at = dict(zip(names, map(float, values), strict=True)) | {"base": self.history.base if self.history else 0.0}
        told = [part_of(self.columns, name, at, self.line.slope * float(weight))
                for name, weight in zip(names, weights[:-1], strict=True)]
        start = Part("start", self.line.logit(float(weights[-1])), "part-start", {})
        return [start, *sorted((part for part in told if part.weight), key=lambda part: -abs(part.weight))]

    def drift(self, rows: Declared) -> dict[str, float]:
        """How far what comes in has moved since the days of the check (population stability index), furthest first."""
        if self.history is None:
            return {}
        now = _watched(self.history, rows, self.history.matrix(rows))
        moved = {name: psi(each, now[name].tolist()) for name, each in self.spreads.items()}
        return dict(sorted(moved.items(), key=lambda each: -each[1]))

    def _raw(self, matrix: Floats) -> list[float]:
        raw: list[float] = self.booster.predict(matrix, raw_score=True, num_threads=1).tolist()
        return raw

    def _shares(self, raw: Sequence[float]) -> list[float]:
        return [self.line.share(each) for each in raw]


def can_learn() -> bool:
    """Is the extra `risk` installed?"""
    return find_spec("lightgbm") is not None and find_spec("numpy") is not None


def train(rows: Declared, *, seed: int = 1, check: bool = True) -> Model:
    """A model from rows with results, the best that their number and this installation allow."""
    rows = rows.by_day()
    looked = [place for place, found in enumerate(rows.findings) if found is not None]
    findings = sum(bool(rows.findings[place]) for place in looked)
    few = min(findings, len(looked) - findings) < FEWEST_FINDINGS
    code = ("no-results" if not looked else "one-sided" if findings in {0, len(looked)} else "few-results" if few
            else "learnt" if can_learn() else "no-library")
    days = [rows.days[place] for place in looked] or [0]
    trained = Trained(len(looked), findings, days[0], days[-1], seed, code)
    if code == "learnt":
        return _learnt(rows, trained, check=check)
    book = RateBook(rows.columns)
    book.learn(rows if code not in {"no-results", "one-sided"} else rows.blind([]))
    kind = Kind.RATES if code in {"few-results", "no-library"} else Kind.UNUSUAL
    return Model(kind, rows.columns, trained, book=book)


def _learnt(rows: Declared, trained: Trained, *, check: bool) -> Model:
    line = Platt()
    spreads: dict[str, Spread] = {}
    if check:
        trained, line, spreads = _checked(rows, trained)
    history, booster = _grown(rows, trained.seed)
    return Model(Kind.LEARNT, rows.columns, trained, history, booster, line, spreads)


def _checked(rows: Declared, trained: Trained) -> tuple[Trained, Platt, dict[str, Spread]]:
    """Learn the earlier days and look at the later ones: figures, reliability table, calibration line, and how the
    columns are spread when days not yet seen come in."""
    looked = [place for place, found in enumerate(rows.findings) if found is not None]
    cut = looked[int(len(looked) * (1 - CHECKED_PART))]
    earlier, later = rows.part(range(cut)), rows.part([place for place in looked if place >= cut])
    if min(sum(map(bool, earlier.findings)), sum(map(bool, later.findings))) < FEWEST_FINDINGS:
        return trained, Platt(), {}
    history, booster = _grown(earlier, trained.seed)
    matrix = history.matrix(later)
    raw = booster.predict(matrix, raw_score=True, num_threads=1).tolist()
    found = [bool(one) for one in later.findings]
    line = platt(raw, found)
    shares = [line.share(each) for each in raw]
    table = tuple((each.cases, each.said, each.found) for each in reliability(shares, found))
    return Trained(trained.cases, trained.findings, trained.first_day, trained.last_day, trained.seed, trained.code,
                   ranking(shares, found), table), line, {
                       name: spread(values[::max(1, len(matrix) // MOST_SPREAD)].tolist())
                       for name, values in _watched(history, later, matrix).items()}


def _watched(history: History, rows: Declared, matrix: Floats) -> dict[str, Floats]:
    """What drift is measured on: amounts and ratios, and how much is new. Rates move by themselves as history grows."""
    sizes = {name: matrix[:, place] for place, name in enumerate(history.names)
             if name.startswith(("log:", "against:"))}
    return {**sizes, **history.newness(rows)}


def _grown(rows: Declared, seed: int) -> tuple[History, Any]:
    import lightgbm

    from wildgate.targeting.features import History
    quiet()
    history = History(rows.columns)
    matrix, found = history.learn(rows)
    settings = {**SETTINGS, "seed": seed, "monotone_constraints": history.monotone,
                "min_data_in_leaf": max(5, min(int(SETTINGS["min_data_in_leaf"]), len(found) // 100))}
    booster = lightgbm.train(settings, lightgbm.Dataset(matrix, found, feature_name=_plain(history.names)), ROUNDS)
    return history, booster


def _plain(names: Sequence[str]) -> list[str]:
    """LightGBM takes no colon in a name."""
    return [name.replace(":", "_").replace("+", "_") for name in names]


def quiet() -> None:
    """Keep LightGBM from talking."""
    import lightgbm
    lightgbm.register_logger(_Silent())


class _Silent:
    """LightGBM writes to standard output unless it is given something to write to."""

    def info(self, message: str) -> None:
        """Nothing that a risk officer needs."""

    def warning(self, message: str) -> None:
        """Nothing that a risk officer needs."""


def odds(share: float) -> float:
    """The log-odds of a share, to which the parts of a score add up."""
    return math.log(share / (1 - share))
