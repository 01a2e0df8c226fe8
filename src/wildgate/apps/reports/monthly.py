"""Trade by month: how many consignments customs endorsed, and how many permit lines moved with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth

from wildgate.apps.customs.models import Endorsement
from wildgate.convention.report_row import Part

STAGES = {Part.EXPORTS: Endorsement.Stage.EXPORT, Part.IMPORTS: Endorsement.Stage.IMPORT}


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a year. `lines` counts permit lines of which something moved."""

    first: date
    consignments: int
    lines: int


def by_month(party: str, year: int, part: Part) -> list[Month]:
    """The twelve months of the year (UTC), those without trade too, in one query."""
    found = (
        Endorsement.objects.filter(
            party=party,
            stage=STAGES[part],
            at__gte=datetime(year, 1, 1, tzinfo=UTC),
            at__lt=datetime(year + 1, 1, 1, tzinfo=UTC),
        )
        .annotate(month=ExtractMonth("at", tzinfo=UTC))
        .values("month")
        .order_by("month")
        .annotate(consignments=Count("pk", distinct=True), moved=Count("lines", filter=Q(lines__quantity__gt=0)))
    )
    counted = {row["month"]: row for row in found}
    empty = {"consignments": 0, "moved": 0}
    return [
        Month(date(year, month, 1), counted.get(month, empty)["consignments"], counted.get(month, empty)["moved"])
        for month in range(1, 13)
    ]
