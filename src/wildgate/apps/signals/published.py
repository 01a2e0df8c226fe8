"""Published quotas of every Party against what was reported of their years, out of the register and the store."""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name)
from __future__ import annotations

from decimal import Decimal

from wildgate.apps.quotas.models import Quota
from wildgate.worldtrade.questions import AMOUNT
from wildgate.worldtrade.signals import Quota as Taken
from wildgate.worldtrade.store import Store

YEARS = 3
MOST = 3000
SIDES = {"E": "the exporter", "I": "importers"}
REPORTED = f"""SELECT exporter, taxon, term, unit, source, year, reporter, {AMOUNT} FROM summed
WHERE kind = $kind AND year >= $first AND (origin = '' OR origin = exporter)
GROUP BY exporter, taxon, term, unit, source, year, reporter"""


def against_reports(store: Store, party: str, kind: str, last: int) -> tuple[Taken, ...]:
    """Whole-year quotas of the newest years of the store: the larger of two reports counts, unit by unit."""
    first = last - YEARS + 1
    held = list(Quota.objects.filter(party=party, current=True, certain=True, amount__isnull=False,
                                     start__year__gte=first, start__year__lte=last).exclude(country="")
                .order_by("-start", "pk")[:MOST])
    if not held:
        return ()
    rows: dict[tuple[str, str, int], list[tuple[str, str, str, str, Decimal]]] = {}
    for exporter, taxon, term, unit, source, year, side, quantity in store.query(
            REPORTED, {"kind": kind, "first": first}):
        rows.setdefault((exporter, taxon, int(year)), []).append((term, unit, source, side, quantity))
    found = (_taken(row, rows.get((row.country, row.taxon, row.start.year), [])) for row in held)
    return tuple(each for each in found if each is not None)


def _taken(quota: Quota, rows: list[tuple[str, str, str, str, Decimal]]) -> Taken | None:
    """What was reported under a quota; None where nothing was in its unit."""
    sums = {"E": Decimal(0), "I": Decimal(0)}
    for term, unit, source, side, quantity in rows:
        fits = (not quota.terms or term in quota.terms) and (not quota.sources or source in quota.sources)
        if fits and (unit or "NAR") == quota.unit:
            sums[side] += quantity
    side = max(sums, key=lambda each: sums[each])
    if not sums[side]:
        return None
    return Taken(quota.taxon, ",".join(quota.terms), quota.unit, ",".join(quota.sources)[:4], quota.country,
                 quota.start, quota.end, quota.amount or Decimal(0), sums[side], SIDES[side])
