"""What becomes of quotas and permits: used and unused quota, what was given back, crossings by month, late records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from wildgate.apps.customs.models import Endorsement, OfflineRecord
from wildgate.apps.figures.periods import Period, next_month
from wildgate.apps.quotas.models import Quota, QuotaBalance, QuotaEntry
from wildgate.convention.quota import Entry

MOST_QUOTAS = 12
LATE = timedelta(hours=24)
"""A crossing that was signed without a signal should reach the register within a day."""


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """A quota of the Party's own: what was exported of it, what permits still hold, what nobody asked for."""

    quota: Quota
    amount: Decimal
    used: Decimal
    bound: Decimal

    @property
    def unused(self) -> Decimal:
        return self.amount - self.used - self.bound

    @property
    def unused_share(self) -> int:
        return int(self.unused * 100 / self.amount) if self.amount else 0


def quotas(party: str, on: date) -> list[QuotaUse]:
    """The quotas that hold on that day and were touched or set here, the most used first."""
    rows = (QuotaBalance.objects.filter(quota__party=party, quota__country=party, quota__current=True,
                                        quota__start__lte=on, quota__end__gte=on)
            .values("quota").annotate(whole=Sum("amount"), gone=Sum("used"), held=Sum("bound")).order_by())
    sums = {row["quota"]: row for row in rows}
    found = [QuotaUse(quota, sums[quota.pk]["whole"], sums[quota.pk]["gone"], sums[quota.pk]["held"])
             for quota in Quota.objects.filter(pk__in=sums)]
    return sorted(found, key=lambda each: (each.unused_share, each.quota.taxon, each.quota.pk))


def given_back(found: Iterable[QuotaUse], period: Period) -> dict[int, dict[str, Decimal]]:
    """What came back to each of these quotas in the period, by the reason."""
    rows = (QuotaEntry.objects.filter(balance__quota__in=[each.quota.pk for each in found], kind=Entry.RETURN.value,
                                      of__in=["", Entry.BIND.value], at__gte=_midnight(period.first),
                                      at__lt=_midnight(period.until + timedelta(days=1)))
            .exclude(why="replaced").values_list("balance__quota", "why").annotate(q=Sum("quantity")).order_by())
    told: dict[int, dict[str, Decimal]] = {}
    for quota, why, quantity in rows:
        told.setdefault(quota, {})[why] = quantity
    return told


def crossings(party: str, period: Period) -> dict[str, Counter[date]]:
    """Consignments that customs endorsed, by stage and month (UTC): counted in an index, which holds the time."""
    months = list(period.each())
    inside = {f"m{i}": Count("at", filter=Q(at__gte=_midnight(first), at__lt=_midnight(next_month(first))))
              for i, first in enumerate(months)}
    rows: Iterable[Mapping[str, Any]] = (
        Endorsement.objects.filter(party=party, stage__in=Endorsement.Stage.values, at__gte=_midnight(months[0]),
                                   at__lt=_midnight(next_month(months[-1])))
        .values("stage").annotate(**inside).order_by())
    told: dict[str, Counter[date]] = {stage.value: Counter() for stage in Endorsement.Stage}
    for row in rows:
        told[row["stage"]].update({first: row[f"m{i}"] for i, first in enumerate(months)})
    return told


def late_records(party: str, period: Period) -> tuple[int, int]:
    """Crossings signed without a signal in the period: how many, and how many of them arrived more than a day later."""
    found = OfflineRecord.objects.filter(party=party, endorsement__isnull=False, made_at__gte=_midnight(period.first),
                                         made_at__lt=_midnight(period.until + timedelta(days=1)))
    return found.count(), found.filter(arrived_at__gt=F("made_at") + LATE).count()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
