"""Trade by month: how many consignments customs endorsed, and how many permit lines moved with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from wildgate.apps.customs.models import Endorsement, EndorsementLine
from wildgate.apps.reports.selectors import first
from wildgate.convention.report_row import Part

STAGES = {Part.EXPORTS: Endorsement.Stage.EXPORT, Part.IMPORTS: Endorsement.Stage.IMPORT}


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a year. `lines` counts permit lines of which something moved; None where they were not counted."""

    first: date
    consignments: int
    lines: int | None


def by_month(party: str, year: int, part: Part, *, lines: bool = True) -> list[Month]:
    """The twelve months of the year (UTC), those without trade too. Consignments are counted in one index; `lines` of a
    large year are many, and are looked up one by one."""
    inside = {"party": party, "stage": STAGES[part], "at__gte": first(year), "at__lt": first(year + 1)}
    consignments = _counted(Endorsement.objects.filter(**inside), "at", year)
    moved = _counted(EndorsementLine.objects.filter(
        quantity__gt=0, **{f"endorsement__{name}": value for name, value in inside.items()}),
        "endorsement__at", year) if lines else [None] * 12
    return [Month(date(year, month, 1), *counts) for month, counts in enumerate(
        zip(consignments, moved, strict=True), 1)]


def _counted(found: QuerySet[Any], at: str, year: int) -> list[int]:
    """How many rows there are in each month of the year. The time is counted, which the index holds. Months are told by
    their bounds, not taken out of each time: SQLite would ask Python for each row."""
    begins = [*(datetime(year, month, 1, tzinfo=UTC) for month in range(1, 13)), first(year + 1)]
    told: dict[str, int] = found.aggregate(**{
        f"m{month}": Count(at, filter=Q(**{f"{at}__gte": begins[month - 1], f"{at}__lt": begins[month]}))
        for month in range(1, 13)})
    return [told[f"m{month}"] for month in range(1, 13)]
