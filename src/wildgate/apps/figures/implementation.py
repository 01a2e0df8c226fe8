"""The numbers that the implementation report asks for, year by year: permits, seizures, sanctions, quotas, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet, Sum

from wildgate.apps.figures.models import Case, Outcome
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.inspections.models import Disposal, Inspection, Seizure
from wildgate.apps.permits.models import Opinion, PermitStatus
from wildgate.apps.quotas.models import Quota
from wildgate.apps.registers.models import Operation
from wildgate.convention.illegal import service_of
from wildgate.convention.lifecycle import PermitState

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Counts of one subject: a row for each code, with a count for each year."""

    key: str
    rows: dict[str, Counts]

    @property
    def sums(self) -> Counts:
        return tuple(map(sum, zip(*self.rows.values(), strict=True))) if self.rows else ()


def sections(party: str, years: Sequence[int]) -> list[Section]:
    """Every subject in its order, each from one question to the database."""
    cases = Case.objects.filter(party=party)
    seizures = Seizure.objects.filter(party=party)
    return [
        Section("issued", by_day(cases.filter(outcome=Outcome.ISSUED), "closed_on", years, "permit_kind")),
        Section("refused", by_day(cases.filter(outcome=Outcome.REFUSED), "closed_on", years, "direction")),
        Section("cancelled", by_time(PermitStatus.objects.filter(
            permit__party=party, state=PermitState.CANCELLED.value), "changed_at", years, "permit__kind")),
        Section("seizures", by_time(seizures, "seized_at", years, "cause")),
        Section("agencies", _by_service(by_time(seizures, "seized_at", years, "agency"))),
        Section("sanctions", {"sanction": _together(by_time(
            seizures.exclude(sanction=""), "seized_at", years, "party"), years)}),
        Section("disposals", by_time(Disposal.objects.filter(
            seizure__party=party, state=Disposal.State.DONE), "done_at", years, "method")),
        Section("inspections", by_time(Inspection.objects.filter(party=party).exclude(
            state=Inspection.State.PLANNED), "recorded_at", years, "outcome")),
        Section("quotas", _quotas(party, years)),
        Section("findings", _findings(party, years)),
        Section("operations", by_day(Operation.objects.filter(
            party=party, country=party), "registered_on", years, "kind")),
    ]


def by_day(found: QuerySet[Any], field: str, years: Sequence[int], key: str) -> dict[str, Counts]:
    """Counts by code and year of a date."""
    return _by(found, years, key, {year: Q(**{f"{field}__range": (date(year, 1, 1), date(year, 12, 31))})
                                      for year in years})


def by_time(found: QuerySet[Any], field: str, years: Sequence[int], key: str) -> dict[str, Counts]:
    """Counts by code and year (UTC) of a time."""
    return _by(found, years, key, {year: Q(**{f"{field}__gte": datetime(year, 1, 1, tzinfo=UTC),
                                              f"{field}__lt": datetime(year + 1, 1, 1, tzinfo=UTC)})
                                   for year in years})


def _by(found: QuerySet[Model], years: Sequence[int], key: str, inside: dict[int, Q]) -> dict[str, Counts]:
    """One question: conditional counts, so that no function is called on each row."""
    any_year = Q()
    for each in inside.values():
        any_year |= each
    rows = found.filter(any_year).values(key).annotate(**{
        f"y{year}": Count("pk", filter=inside[year]) for year in years}).order_by(key)
    return {row[key]: tuple(row[f"y{year}"] for year in years) for row in rows}


def _together(rows: dict[str, Counts], years: Sequence[int]) -> Counts:
    return tuple(sum(counts[i] for counts in rows.values()) for i in range(len(years)))


def _by_service(rows: dict[str, Counts]) -> dict[str, Counts]:
    """Names of agencies put together by the kind of service they name."""
    told: dict[str, Counts] = {}
    for name, counts in rows.items():
        kind = service_of(name)
        had = told.get(kind, (0,) * len(counts))
        told[kind] = tuple(a + b for a, b in zip(had, counts, strict=True))
    return dict(sorted(told.items()))


def _quotas(party: str, years: Sequence[int]) -> dict[str, Counts]:
    """Quotas of the Party's own by the year they begin in: set, used at all, used up."""
    rows = (Quota.objects.filter(party=party, country=party, current=True, start__gte=date(min(years), 1, 1),
                                 start__lte=date(max(years), 12, 31))
            .values("pk", "start").annotate(whole=Sum("balances__amount"), used=Sum("balances__used"),
                                            bound=Sum("balances__bound")).order_by())
    told: dict[str, Counter[int]] = {"set": Counter(), "used": Counter(), "full": Counter()}
    for row in rows:
        year, used, whole = row["start"].year, row["used"] or 0, row["whole"] or 0
        told["set"][year] += 1
        told["used"][year] += bool(used)
        told["full"][year] += bool(whole and used + (row["bound"] or 0) >= whole)
    return {name: tuple(counts[year] for year in years) for name, counts in told.items()}


def _findings(party: str, years: Sequence[int]) -> dict[str, Counts]:
    """Non-detriment findings: standing ones by version, and opinions on single applications."""
    standing = by_time(StandingVersion.objects.filter(
        standing__party=party, standing__kind="non-detriment", withdrawn=False), "given_at", years, "positive")
    single = by_time(Opinion.objects.filter(application__party=party), "at", years, "positive")
    nothing = (0,) * len(years)
    return {"standing-positive": _of(standing, True, nothing), "standing-negative": _of(standing, False, nothing),
            "case-positive": _of(single, True, nothing), "case-negative": _of(single, False, nothing)}


def _of(rows: dict[Any, Counts], key: object, nothing: Counts) -> Counts:
    return rows.get(key, nothing)


def first_years(party: str, today: date, most: int) -> list[int]:
    """The years shown: this one and those before it, at most so many, from the first with an application on."""
    first = Case.objects.filter(party=party).order_by("received_on").values_list(F("received_on")).first()
    since = first[0].year if first else today.year
    return list(range(max(since, today.year - most + 1), today.year + 1))
