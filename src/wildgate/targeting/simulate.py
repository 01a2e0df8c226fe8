"""What would have been found: past declarations inspected again week by week, with only the results of what was opened.

Each week the engine learns from what it has opened so far, opens its share of the week, part of it by a random draw
over all consignments, and is told the results of these alone. It shows what a rate of inspection and a random share are
worth before anybody stands at a border.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting.declared import Declared
from wildgate.targeting.intervals import Share, wilson
from wildgate.targeting.model import Model, train
from wildgate.targeting.selection import draw

COLD_WEEKS = 4
"""Without earlier results the first weeks are opened by chance alone."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week: how many came, were opened, were opened by chance, and were found."""

    week: int
    start: int
    """Ordinal of its first day."""
    declared: int
    opened: int
    by_chance: int
    findings: int
    findings_by_chance: int
    all_findings: int
    speaks: str

    @property
    def precision(self) -> float:
        return self.findings / self.opened if self.opened else 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A whole simulation. Figures leave out the weeks before the engine chose (`start`)."""

    rate: float
    random: float
    seed: int
    start: int
    weeks: tuple[Week, ...]

    @property
    def chosen(self) -> tuple[Week, ...]:
        return self.weeks[self.start:]

    @property
    def precision(self) -> float:
        opened = sum(week.opened for week in self.chosen)
        return sum(week.findings for week in self.chosen) / opened if opened else 0.0

    @property
    def recall(self) -> float:
        there = sum(week.all_findings for week in self.chosen)
        return sum(week.findings for week in self.chosen) / there if there else 0.0

    @property
    def measured(self) -> Share:
        """The part of findings in the whole trade, as the random draw alone shows it."""
        return wilson(sum(week.findings_by_chance for week in self.chosen),
                      sum(week.by_chance for week in self.chosen),
                      population=sum(week.declared for week in self.chosen))

    @property
    def truth(self) -> float:
        there = sum(week.declared for week in self.chosen)
        return sum(week.all_findings for week in self.chosen) / there if there else 0.0

    def as_json(self) -> dict[str, object]:
        return {"rate": self.rate, "random": self.random, "seed": self.seed, "start_weeks": self.start,
                "precision": round(self.precision, 5), "recall": round(self.recall, 5),
                "measured": {key: value if value is None else round(value, 5)
                             for key, value in asdict(self.measured).items()},
                "truth": round(self.truth, 5),
                "weeks": [{**asdict(week), "precision": round(week.precision, 5)} for week in self.weeks]}


def simulate(rows: Declared, *, rate: float, random: float, seed: int, warm: int = 0,
             learn: Callable[[Declared, int], Model] | None = None,
             tell: Callable[[Week], None] | None = None) -> Run | Refusal:
    """Inspect `rate` of each week again, `random` of that by chance. `warm` weeks at the beginning are known in full;
    without them the first weeks are opened by chance. Rows without a result are left out."""
    if refused := _faulty(rows, rate, random, warm):
        return refused
    rows = rows.part([place for place, found in enumerate(rows.findings) if found is not None]).by_day()
    grow = learn or (lambda known, number: train(known, seed=number, check=False))
    first = rows.days[0]
    start = warm or COLD_WEEKS
    seen: list[int] = []
    weeks: list[Week] = []
    for number, places in _weeks(rows.days, first):
        speaks, by_chance, opened = "all" if warm else "chance", set[int](), places
        if number >= start:
            known = rows.part(range(places[0])).blind(seen)
            model = grow(known, seed)
            speaks = str(model.kind)
            by_chance, opened = _opened(rows, places, model.score(rows.part(places)), rate, random, seed)
        elif not warm:
            by_chance, opened = _opened(rows, places, [0.0] * len(places), rate, 1.0, seed)
        seen += opened
        weeks.append(_week(rows, number, first, places, opened, by_chance, speaks))
        if tell:
            tell(weeks[-1])
    return Run(rate, random, seed, min(start, len(weeks)), tuple(weeks))


def _faulty(rows: Declared, rate: float, random: float, warm: int) -> Refusal | None:
    if not 0 < rate <= 1 or not 0 <= random <= 1 or warm < 0:
        return refuse("simulate-shares", "The rate lies above 0 and goes up to 1, the random part from 0 to 1, warm "
                      "weeks from 0.")
    if not any(found is not None for found in rows.findings):
        return refuse("simulate-blind", "A simulation needs past results; the column of results is empty or missing.")
    if not any(rows.days):
        return refuse("simulate-undated", "A simulation goes week by week; the mapping names no date.")
    return None


def _weeks(days: Sequence[int], first: int) -> Iterator[tuple[int, list[int]]]:
    """Weeks in order, each with the places of its rows; a week without any is passed over."""
    weeks: dict[int, list[int]] = {}
    for place, day in enumerate(days):
        weeks.setdefault((day - first) // 7, []).append(place)
    yield from sorted(weeks.items())


def _opened(rows: Declared, places: Sequence[int], scores: Sequence[float], rate: float, random: float,
            seed: int) -> tuple[set[int], list[int]]:
    """What is drawn by chance, and all that is opened."""
    slots = max(1, round(rate * len(places)))
    chance = {place: draw(str(seed), rows.ids[place]) for place in places}
    drawn = set(sorted(places, key=chance.__getitem__)[:round(slots * random)])
    ranked = sorted(range(len(places)), key=lambda at: (-scores[at], chance[places[at]]))
    chosen = [places[at] for at in ranked if places[at] not in drawn][:slots - len(drawn)]
    return drawn, [*drawn, *chosen]


def _week(rows: Declared, number: int, first: int, places: Sequence[int], opened: Sequence[int], by_chance: set[int],
          speaks: str) -> Week:
    return Week(number, first + 7 * number, len(places), len(opened), len(by_chance),
                sum(bool(rows.findings[place]) for place in opened),
                sum(bool(rows.findings[place]) for place in by_chance),
                sum(bool(rows.findings[place]) for place in places), speaks)
