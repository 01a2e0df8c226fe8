"""What a campaign gives: counts with their effort by month and coverage, rates with intervals, trend, the unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from wildgate.apps.campaigns.models import Campaign, Coverage, Pair, Search
from wildgate.convention.refusal import Refusal
from wildgate.screening.trends import Break, Count, Interval, Slope, Unseen, breaks, rate, trend, unseen

MINUTES = 60


@dataclass(slots=True)
class Month:
    """The searches of one month under one coverage. `period` counts months since year 0."""

    period: int
    coverage: Coverage
    searches: int = 0
    without_result: int = 0
    minutes: Decimal = Decimal(0)
    seen: int = 0
    matching: int = 0

    @property
    def hours(self) -> float:
        """The effort."""
        return float(self.minutes) / MINUTES

    @property
    def rate(self) -> Interval | None:
        """Matching adverts in an hour of search."""
        return rate(self.matching, self.hours)

    @property
    def label(self) -> str:
        """The month as 2027-05."""
        return label(self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that the page, the file and the public summary of a campaign show."""

    months: tuple[Month, ...]
    coverages: tuple[Coverage, ...]
    searches: int
    without_result: int
    hours: float
    seen: int
    matching: int
    specimens: int | None
    value: Decimal | None
    permit_yes: int | None
    permit_no: int | None
    trend: Slope | Refusal
    breaks: tuple[Break, ...]
    pairs: tuple[tuple[Pair, Unseen | Refusal], ...]

    @property
    def rate(self) -> Interval | None:
        """Matching adverts in an hour, over the whole campaign."""
        return rate(self.matching, self.hours)

    @property
    def slope(self) -> Slope | None:
        """The trend where there is one."""
        return self.trend if isinstance(self.trend, Slope) else None

    @property
    def why_not(self) -> Refusal | None:
        """Why there is no trend."""
        return self.trend if isinstance(self.trend, Refusal) else None

    def label(self, period: int) -> str:
        """A month as 2027-05."""
        return label(period)


def period_of(moment: datetime) -> int:
    """A month as a number: neighbours differ by one."""
    day = moment.astimezone(UTC)
    return day.year * 12 + day.month - 1


def label(period: int) -> str:
    """The number of a month as 2027-05."""
    return f"{period // 12:04d}-{period % 12 + 1:02d}"


def counts(months: Sequence[Month]) -> list[Count]:
    """The months as the engine of trends takes them; effort in hours."""
    return [Count(each.period, each.matching, each.hours, each.coverage.covered()) for each in months]


def results_of(found: Campaign) -> Results:
    """Read every search that counts, and add up."""
    coverages = {each.pk: each for each in found.coverages.exclude(frozen_at=None).order_by("version")}
    rows = list(found.searches.filter(struck=None).order_by("started_at", "pk"))
    months: dict[tuple[int, int], Month] = {}
    for row in rows:
        key = (period_of(row.started_at), row.coverage_id)
        month = months.setdefault(key, Month(key[0], coverages[row.coverage_id]))
        month.searches += 1
        month.without_result += not row.matching
        month.minutes += row.minutes
        month.seen += row.seen
        month.matching += row.matching
    ordered = tuple(sorted(months.values(), key=lambda each: (each.period, each.coverage.version)))
    said = [row for row in rows if row.permit_yes is not None]
    permits = _summed(row.permit_yes for row in said)
    return Results(
        months=ordered, coverages=tuple(coverages.values()), searches=len(rows),
        without_result=sum(not row.matching for row in rows), hours=float(sum(row.minutes for row in rows)) / MINUTES,
        seen=sum(row.seen for row in rows), matching=sum(row.matching for row in rows),
        specimens=_summed(row.specimens for row in rows), value=_value(rows), permit_yes=permits,
        permit_no=None if permits is None else sum(row.matching for row in said) - permits,
        trend=trend(counts(ordered)), breaks=breaks(counts(ordered)),
        pairs=tuple((each, unseen(each.first, each.second, each.both)) for each in found.pairs.order_by("-pk")))


def _summed(values: object) -> int | None:
    known = [each for each in values if each is not None]  # type: ignore[attr-defined]
    return sum(known) if known else None


def _value(rows: Sequence[Search]) -> Decimal | None:
    known = [row.value for row in rows if row.value is not None]
    return sum(known, Decimal(0)) if known else None


def by_platform(found: Campaign) -> list[tuple[str, int, int, float, Interval | None]]:
    """Platform, searches, matching adverts, hours, rate; the busiest first."""
    sums: dict[str, list[Search]] = defaultdict(list)
    for row in found.searches.filter(struck=None):
        sums[row.platform].append(row)
    rows = [(key, len(each), sum(row.matching for row in each), float(sum(row.minutes for row in each)) / MINUTES)
            for key, each in sums.items()]
    return [(key, made, matching, hours, rate(matching, hours))
            for key, made, matching, hours in sorted(rows, key=lambda row: (-row[2], row[0]))]
