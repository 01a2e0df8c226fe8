"""Reads of the kept figures: how long decisions took, how they went, what waits and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from wildgate.apps.figures.models import Case, Month, Outcome
from wildgate.apps.figures.periods import Asked
from wildgate.apps.houserules.models import Team
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.houserules.working_days import Calendar
from wildgate.convention.lifecycle import CaseState, PermitState

AGES = (5, 10, 20, 40, 60)
"""Upper bounds of the ages of the backlog, in working days; older ones are the last group."""
SCIENCE, APPLICANT, AUTHORITY = "science", "applicant", "authority"
TURNS = {CaseState.ASKED.value: APPLICANT, CaseState.WITH_SCIENTIST.value: SCIENCE}
IN_FORCE = (PermitState.VALID.value, PermitState.PARTLY_USED.value, PermitState.EXPORTED.value,
            PermitState.SUSPENDED.value)


@dataclass(slots=True)
class Tally:
    """What was counted of some applications. `spread` counts decisions by the working days they took."""

    received: int = 0
    issued: int = 0
    refused: int = 0
    withdrawn: int = 0
    late: int = 0
    spread: Counter[int] = field(default_factory=Counter)
    promised: Counter[int] = field(default_factory=Counter)
    grounds: Counter[str] = field(default_factory=Counter)

    @property
    def decided(self) -> int:
        return self.issued + self.refused

    @property
    def with_promise(self) -> int:
        return sum(self.promised.values())

    @property
    def kept(self) -> int:
        """Decisions that came no later than promised."""
        return self.with_promise - self.late

    @property
    def kept_share(self) -> int | None:
        """In whole percent, rounded down: 99.9 is not 100."""
        return self.kept * 100 // self.with_promise if self.with_promise else None

    @property
    def median(self) -> int | None:
        return quantile(self.spread, 50)

    @property
    def slow(self) -> int | None:
        """Nine of ten decisions came within so many working days."""
        return quantile(self.spread, 90)

    @property
    def promise(self) -> int | None:
        """The middle promise."""
        return quantile(self.promised, 50)

    def add(self, row: Mapping[str, Any]) -> None:
        for name in ("received", "issued", "refused", "withdrawn", "late"):
            setattr(self, name, getattr(self, name) + row[name])
        self.spread.update({int(days): count for days, count in row["spread"].items()})
        self.promised.update({int(days): count for days, count in row["promised"].items()})
        self.grounds.update(row["grounds"])


def quantile(counts: Counter[int], percent: int) -> int | None:
    """The smallest value that at least so many percent do not pass; None of nothing."""
    left = -(-sum(counts.values()) * percent // 100)
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return None


@dataclass(slots=True)
class Service:
    """The applications of a period: as a whole, by month, by team, by species group, and those whose goods spoil."""

    whole: Tally = field(default_factory=Tally)
    months: dict[date, Tally] = field(default_factory=dict)
    teams: dict[int | None, Tally] = field(default_factory=dict)
    groups: dict[str, Tally] = field(default_factory=dict)
    perishable: Tally = field(default_factory=Tally)


def service(party: str, asked: Asked) -> Service:
    """What was received and decided in the period, in one query."""
    found = Service(months={first: Tally() for first in asked.period.each()})
    rows = (Month.objects.filter(asked.narrow, party=party, first__gte=asked.period.first,
                                 first__lte=asked.period.until)
            .values("first", "team_id", "group", "perishable", "received", "issued", "refused", "withdrawn", "late",
                    "spread", "promised", "grounds"))
    for row in rows:
        found.whole.add(row)
        found.months[row["first"]].add(row)
        found.teams.setdefault(row["team_id"], Tally()).add(row)
        found.groups.setdefault(row["group"], Tally()).add(row)
        if row["perishable"]:
            found.perishable.add(row)
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """The backlog on a day: `ages[state][i]` cases of the i-th age; by whose turn it is; past the promised day."""

    ages: dict[str, list[int]]
    turns: dict[str, list[int]]
    teams: Counter[int | None]
    total: int


def backlog(party: str, asked: Asked, on: date) -> Waiting:
    """What waits now; the period does not matter, the rest of the question does."""
    group = _ages(calendar_of(party), on)
    rows = (Case.objects.filter(asked.narrow, party=party, outcome=Outcome.OPEN)
            .values_list("application__state", "received_on", "team_id").annotate(n=Count("pk")).order_by())
    ages: dict[str, list[int]] = {}
    turns = {turn: [0] * (len(AGES) + 1) for turn in (AUTHORITY, SCIENCE, APPLICANT)}
    teams: Counter[int | None] = Counter()
    for state, received, team, count in rows:
        age = 0 if received > on else group.get(received, len(AGES))
        ages.setdefault(state, [0] * (len(AGES) + 1))[age] += count
        turns[TURNS.get(state, AUTHORITY)][age] += count
        teams[team] += count
    return Waiting(ages, turns, teams, sum(teams.values()))


def _ages(calendar: Calendar, on: date) -> dict[date, int]:
    """The age group of each day, back to where the oldest group begins: whatever came before is in that one."""
    found, day, days = {}, on, 0
    while days <= AGES[-1]:
        found[day] = next(i for i, age in enumerate(AGES) if days <= age)
        days += calendar.works(day)
        day -= timedelta(days=1)
    return found


def in_force(party: str, asked: Asked, on: date) -> dict[str, int]:
    """Permits that have not ended on that day, by state."""
    rows = (Case.objects.filter(asked.narrow, party=party, permit_state__in=IN_FORCE, permit_until__gte=on)
            .values_list("permit_state").annotate(n=Count("*")).order_by("permit_state"))
    return dict(rows)


def lapsed(party: str, asked: Asked, on: date) -> int:
    """Permits whose last day lay in the period and which nobody used."""
    return Case.objects.filter(
        asked.narrow, party=party, permit_state=PermitState.VALID.value, permit_until__gte=asked.period.first,
        permit_until__lt=min(asked.period.until, on)).count()


def team_names(party: str) -> dict[int, Team]:
    """All teams, closed ones too: figures are of the past."""
    return {team.pk: team for team in Team.objects.filter(party=party).order_by("office", "name")}
