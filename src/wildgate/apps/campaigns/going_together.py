"""Does supply on the Internet go with seizures, or with any other monthly series? Asked of a campaign's rates."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.campaigns.results import Month, Results, label, period_of
from wildgate.apps.inspections.selectors import seizures as seized
from wildgate.convention.refusal import Refusal, refuse
from wildgate.screening.correlation import ROUNDS, Correlation, correlate, season

MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
MOST_MONTHS, MOST_BYTES = 600, 100_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: over how many lags, and what is held constant."""

    most_lag: int = 6
    effort: bool = True
    season: bool = False
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer, and the months of which it speaks."""

    found: Correlation
    first: str
    last: str
    breaks: int


def ask(made: Results, other: Mapping[int, float], question: Question, *, rounds: int = ROUNDS) -> Outcome | Refusal:
    """Correlate the rates of a campaign with a series by month, over the longest stretch of months that both have.

    Where the coverage changes in it, each coverage has a level of its own, as in the trend.
    """
    ours: dict[int, list[Month]] = {}
    for month in made.months:
        if month.hours > 0:
            ours.setdefault(month.period, []).append(month)
    stretch = _longest(set(ours) & set(other))
    if not stretch:
        return refuse("together-none", "The two series have no month in common.", field="series")
    rates = [sum(each.matching for each in ours[period]) / sum(each.hours for each in ours[period])
             for period in stretch]
    controls: dict[str, list[float]] = {}
    if question.effort:
        controls["effort"] = [sum(each.hours for each in ours[period]) for period in stretch]
    if question.season:
        controls |= season([period % 12 + 1 for period in stretch])
    held = [ours[period][-1].coverage.covered() for period in stretch]
    kinds = list(dict.fromkeys(held))
    controls |= {f"coverage-{n}": [float(each == kind) for each in held] for n, kind in enumerate(kinds[1:], 2)}
    found = correlate(rates, [other[period] for period in stretch], most_lag=question.most_lag, controls=controls,
                      steady=question.steady, rounds=rounds)
    return found if isinstance(found, Refusal) else Outcome(
        found, label(stretch[0]), label(stretch[-1]), len(kinds) - 1)


def seizures(actor: Actor) -> dict[int, float]:
    """Seizures by month, as many as the actor may see; months without any are 0 between the first and the last."""
    found = Counter(period_of(moment) for moment in seized.seizures(actor).values_list("seized_at", flat=True))
    return {period: float(found[period]) for period in range(min(found), max(found) + 1)} if found else {}


def series_of(text: str) -> dict[int, float] | list[tuple[int, Refusal]] | Refusal:
    """A table `month,value` as a series; or every fault with its line."""
    if len(text.encode()) > MOST_BYTES:
        return refuse("list-large", "The file is larger than %(most)s bytes.", most=MOST_BYTES, field="series")
    lines = [(number, [cell.strip() for cell in cells])
             for number, cells in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff"))), 1) if any(cells)]
    if not lines or [cell.lower() for cell in lines[0][1]] != ["month", "value"]:
        return refuse("list-head", "The first line has to be: %(head)s", head="month,value", field="series")
    if len(lines) - 1 > MOST_MONTHS:
        return refuse("list-long", "The list has more than %(most)s lines: part it.", most=MOST_MONTHS, field="series")
    found: dict[int, float] = {}
    faults: list[tuple[int, Refusal]] = []
    for number, cells in lines[1:]:
        place = MONTH.fullmatch(cells[0]) if len(cells) == 2 else None
        value = _number(cells[1]) if place else None
        period = int(place[1]) * 12 + int(place[2]) - 1 if place else 0
        if place is None or value is None or period in found:
            faults.append((number, refuse("series-line", "Write a month that was not there yet and a number, like "
                                          "2027-05,12.")))
            continue
        found[period] = value
    return faults or found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) < 1e15 else None


def _longest(periods: set[int]) -> list[int]:
    """The longest run of months without a gap; the newest of equally long ones."""
    best: list[int] = []
    run: list[int] = []
    for period in sorted(periods):
        run = [*run, period] if run and period == run[-1] + 1 else [period]
        best = run if len(run) >= len(best) else best
    return best
