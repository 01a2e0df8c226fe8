"""The Scientific Authority's monitoring: permits and actual exports against its advice (Article IV.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Sum

from wildgate.apps.customs.models import EndorsementLine
from wildgate.apps.figures.models import Traded
from wildgate.apps.findings.models import StandingBalance, StandingHold
from wildgate.apps.findings.selectors import Figures, figures
from wildgate.apps.permits.models import Application, Opinion, Permit
from wildgate.convention.lifecycle import CaseState

NEAR = 80
"""From this share of its limit, in percent, a finding is shown as close to it."""
YEARS = 6
MOST_TAXA = 12
MOST_PANELS = 8


@dataclass(frozen=True, slots=True)
class Year:
    """What permits of one year took of a standing finding. `limit` is what the database held them to."""

    year: int
    limit: Decimal | None
    bound: Decimal
    exported: Decimal


@dataclass(frozen=True, slots=True)
class Watched:
    """A standing finding of the Scientific Authority with what was taken of it, this year and before."""

    figures: Figures
    years: tuple[Year, ...]

    @property
    def share(self) -> int | None:
        """Percent of this year's limit that is taken, rounded up: 80.1 is not 80."""
        limit = self.figures.limit
        return -int(-(self.figures.taken * 100) // limit) if limit else None

    @property
    def left(self) -> Decimal | None:
        limit = self.figures.limit
        return max(limit - self.figures.taken, Decimal(0)) if limit is not None else None

    @property
    def near(self) -> bool:
        return self.share is not None and self.share >= NEAR


def watched(party: str, on: date) -> list[Watched]:
    """Every standing finding, those that hold first and of these the fullest; in two queries and one for the years."""
    found = figures(party, on)
    rows: dict[int, list[Year]] = {}
    for row in StandingBalance.objects.filter(standing__party=party, start__gte=date(on.year - YEARS + 1, 1, 1),
                                              start__lte=on).order_by("start"):
        rows.setdefault(row.standing_id, []).append(Year(row.start.year, row.room, row.bound, row.used))
    every = [Watched(each, tuple(rows.get(each.version.standing_id, ()))) for each in found]
    return sorted(every, key=lambda each: (not each.figures.holds, -(each.share or -1),
                                           each.figures.version.standing_id))


def holders(found: Sequence[Watched], party: str) -> dict[int, list[tuple[str, Decimal]]]:
    """For findings close to their limit: the permits that still hold a part of it, the largest parts first."""
    keys = [each.figures.version.standing_id for each in found if each.near]
    holds = (StandingHold.objects.filter(balance__standing__in=keys, balance__standing__party=party,
                                         state=StandingHold.State.BOUND)
             .values_list("balance__standing", "subject").annotate(q=Sum("quantity")).order_by("-q")[:100])
    permits = {case: number for number, case in Permit.objects.filter(
        party=party, application__number__in=[_case(subject) for _key, subject, _quantity in holds]).values_list(
        "number", "application__number")}
    told: dict[int, list[tuple[str, Decimal]]] = {}
    for key, subject, quantity in holds:
        if number := permits.get(_case(subject)):
            told.setdefault(key, []).append((number, quantity))
    return told


def _case(subject: str) -> str:
    """The number of the case that holds a part: holds stay in the name of the application that took them."""
    return subject.removeprefix("application:")


@dataclass(frozen=True, slots=True)
class Against:
    """What became of applications whose newest opinion is negative. `issued` and `exported` must be nothing."""

    followed: int
    open: int
    issued: int
    exported: int
    numbers: tuple[str, ...] = ()


def against(party: str) -> Against:
    """Negative opinions, and whether they were followed: on single cases and by standing findings."""
    later = Opinion.objects.filter(application=OuterRef("application"), authority=OuterRef("authority"),
                                   pk__gt=OuterRef("pk"))
    unnamed = Opinion.objects.filter(application=OuterRef("application"), authority=None, pk__gt=OuterRef("pk"))
    negative = Opinion.objects.filter(~Exists(later) & ~Exists(unnamed), positive=False, application__party=party)
    states = dict(negative.values_list("application", "application__state"))
    ended = [CaseState.REFUSED.value, CaseState.WITHDRAWN.value, CaseState.APPEALED.value]
    refused = StandingHold.objects.filter(balance__standing__party=party, version__positive=False)
    numbers = _issued_against(party, negative, refused)
    exported = EndorsementLine.objects.filter(endorsement__permit__number__in=numbers, endorsement__party=party,
                                              endorsement__stage="export", quantity__gt=0)
    values = list(states.values())
    return Against(
        followed=sum(state in ended for state in values),
        open=sum(state not in ended and state != CaseState.ISSUED.value for state in values), issued=len(numbers),
        exported=exported.values("endorsement__permit").distinct().count() if numbers else 0, numbers=tuple(numbers))


def _issued_against(party: str, negative: QuerySet[Opinion], refused: QuerySet[StandingHold]) -> list[str]:
    """Permits that stand against a negative word. The services make none; this looks at the rows all the same."""
    cases = {_case(subject) for subject in refused.values_list("subject", flat=True).distinct()[:1000]}
    told = set(negative.values_list("application", flat=True))
    if cases:
        told |= set(Application.objects.filter(party=party, number__in=cases).values_list("pk", flat=True))
    return sorted(Permit.objects.filter(application__in=told).values_list("number", flat=True)[:1000])


def units(party: str) -> list[str]:
    """The units that exports were permitted in, the most used first."""
    rows = Traded.objects.filter(party=party).values_list("unit").annotate(n=Sum("lines")).order_by("-n", "unit")
    return [unit for unit, _lines in rows]


def years(party: str) -> list[int]:
    """The years of which there are permits, the newest first."""
    return list(Traded.objects.filter(party=party).order_by("-year").values_list("year", flat=True).distinct())


def traded(party: str, year: int, unit: str) -> QuerySet[Traded]:
    """What was permitted and exported in a year in one unit, the most first."""
    return Traded.objects.filter(party=party, year=year, unit=unit).order_by("-issued", "taxon", "pk")


def over_years(party: str, until: int, unit: str, taxa: Sequence[str]) -> dict[str, dict[int, Decimal]]:
    """Exports of these taxa by year."""
    rows = (Traded.objects.filter(party=party, unit=unit, taxon__in=taxa, year__gt=until - YEARS, year__lte=until)
            .values_list("taxon", "year").annotate(q=Sum("exported")).order_by())
    told: dict[str, dict[int, Decimal]] = {}
    for taxon, year, quantity in rows:
        told.setdefault(taxon, {})[year] = quantity
    return told
