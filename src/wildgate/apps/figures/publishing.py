"""Publishing statistics: when a month is over its numbers are counted once, protected, and frozen with a digest.

Months and quarters that are published never change with later counts, so nobody can compare two days of a page and see
a single case come or go. A correction is a version of its own, with a reason.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum

from wildgate.apps.figures import counting, use
from wildgate.apps.figures.data_sets import ALL, DATA_SETS, DataSet, code_of, complete, last_day
from wildgate.apps.figures.models import Case, Month, Outcome, Publication
from wildgate.apps.figures.selectors import IN_FORCE, quantile
from wildgate.apps.figures.suppression import LEAST, protect, rolled_up, small
from wildgate.apps.quotas.models import QuotaHold
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_BACK: Final = {"month": 24, "quarter": 8}
Rows = list[dict[str, Any]]


def publish(party: str, at: datetime) -> list[Publication]:
    """Publish what is due; nothing while events wait to be counted. Done again, it finds nothing left to do."""
    if not _due(party, at.date()) or counting.behind(party):
        return []
    with transaction.atomic():
        events.lock_head(party)
        made = [_publication(party, each, code, 1, rows_of(party, each, first, at.date()), at)
                for each, code, first in _due(party, at.date())]
        Publication.objects.bulk_create(made)
        if made:
            _tell(party, made, events.SYSTEM, at)
    return made


def correct(*, party: str, data_set: str, period: str, why: str, by: str, at: datetime) -> Publication | Refusal:
    """Publish a period again, as it is counted now. What was withheld stays so."""
    kind, reason = DATA_SETS.get(data_set), " ".join(why.split())[:300]
    if kind is None or kind.snapshot:
        return refuse("no-such-data-set", "%(name)s is no data set that can be counted again.", name=data_set[:40])
    if not reason:
        return refuse("missing", "Say why the numbers are published again.", field="why")
    with transaction.atomic():
        events.lock_head(party)
        before = list(Publication.objects.filter(party=party, data_set=data_set, period=period).order_by("version"))
        if not before:
            return refuse("not-published", "%(name)s of %(period)s was not published yet.", name=data_set,
                          period=period[:8])
        rows = rows_of(party, kind, _first_day(period), at.date(), _withheld(kind, before))
        made = _publication(party, kind, period, before[-1].version + 1, rows, at, reason)
        if made.digest == before[-1].digest:
            return refuse("nothing-new", "The numbers of %(period)s are the same as in version %(version)s.",
                          period=period, version=before[-1].version)
        made.save()
        _tell(party, [made], by, at)
    return made


def _due(party: str, today: date) -> list[tuple[DataSet, str, date]]:
    since = Month.objects.filter(party=party).aggregate(first=Min("first"))["first"]
    if since is None:
        return []
    newest = dict(Publication.objects.filter(party=party).values_list("data_set").annotate(last=Max("period")))
    found = []
    for each in DATA_SETS.values():
        firsts = list(complete(since, today, each.every, 1 if each.snapshot else MOST_BACK[each.every]))
        codes = [(code_of(first, each.every), first) for first in firsts]
        found += [(each, code, first) for code, first in codes if code > newest.get(each.name, "")]
    return found


def _publication(party: str, each: DataSet, code: str, version: int, rows: Rows, at: datetime,
                 why: str = "") -> Publication:
    return Publication(party=party, data_set=each.name, period=code, version=version, rows=rows, why=why, at=at,
                       digest=digest_of(rows))


def digest_of(rows: Rows) -> str:
    """SHA-256 over the rows as JSON with sorted keys and no blanks."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
                          ).hexdigest()


def _tell(party: str, made: list[Publication], by: str, at: datetime) -> None:
    events.append("statistics-published", "statistics", party=party, actor=by, at=at, data={
        "published": {f"{each.data_set} {each.period} v{each.version}": each.digest[:16] for each in made}})


def rows_of(party: str, each: DataSet, first: date, today: date,
            also: Mapping[str, Collection[str]] | None = None) -> Rows:
    """The protected rows of a data set for the period that begins on `first`."""
    last, held = last_day(first, each.every), also or {}
    if each.name == "applications":
        return _applications(party, first, held)
    if each.name == "permits":
        return _permits(party, first, last, held)
    if each.name == "refusals":
        return _refusals(party, first, last)
    return _in_force(party, today) if each.name == "permits-in-force" else _quotas(party, today)


def _table(key: str, measures: Mapping[str, Counter[str]], held: Mapping[str, Collection[str]]) -> Rows:
    """Rows by kind, each measure protected by itself, all kinds together as the last row."""
    names = sorted({name for counts in measures.values() for name in counts})
    told = {measure: protect({name: counts[name] for name in names}, held.get(measure, ()))
            for measure, counts in measures.items()}
    rows: Rows = [{key: name, **{measure: each.cells[name] for measure, each in told.items()}} for name in names]
    return [*rows, {key: ALL, **{measure: each.total for measure, each in told.items()}}]


def _applications(party: str, first: date, held: Mapping[str, Collection[str]]) -> Rows:
    found = (Month.objects.filter(party=party, first=first).values_list("direction")
             .annotate(a=Sum("received"), b=Sum("refused"), c=Sum("withdrawn")).order_by())
    measures: dict[str, Counter[str]] = {name: Counter() for name in ("received", "refused", "withdrawn")}
    for direction, *sums in found:
        for counts, number in zip(measures.values(), sums, strict=True):
            counts[direction] += number
    return _table("direction", measures, held)


def _permits(party: str, first: date, last: date, held: Mapping[str, Collection[str]]) -> Rows:
    found = (Case.objects.filter(party=party, closed_on__range=(first, last), outcome=Outcome.ISSUED)
             .values_list("permit_kind", "days").annotate(n=Count("pk")).order_by())
    counts, days = Counter[str](), dict[str, Counter[int]]()
    for kind, took, count in found:
        counts[kind] += count
        for name in (kind, ALL):
            days.setdefault(name, Counter())[took or 0] += count
    rows = _table("document", {"issued": counts}, held)
    for row in rows:
        shown = days.get(row["document"], Counter()) if (row["issued"] or 0) >= LEAST else Counter()
        row |= {"median_days": quantile(shown, 50), "slow_days": quantile(shown, 90)}
    return rows


def _refusals(party: str, first: date, last: date) -> Rows:
    grounds = Counter[str]()
    for found in Month.objects.filter(party=party, first__range=(first, last)).values_list("grounds", flat=True):
        grounds.update(found)
    told = rolled_up(grounds)
    ranked = sorted(told.cells.items(), key=lambda pair: (not pair[0], -(pair[1] or 0), pair[0]))
    rows: Rows = [{"ground": name or "other", "refusals": count} for name, count in ranked]
    return [*rows, {"ground": ALL, "refusals": told.total}]


def _in_force(party: str, today: date) -> Rows:
    found = (Case.objects.filter(party=party, permit_state__in=IN_FORCE, permit_until__gte=today)
             .values_list("permit_kind").annotate(n=Count("pk")).order_by())
    return _table("document", {"permits": Counter(dict(found))}, {})


def _quotas(party: str, today: date) -> Rows:
    """Each quota that holds. Where one to four permits used it, what they took is withheld; the quota itself is not."""
    found = use.quotas(party, today)
    takers = dict(QuotaHold.objects.filter(balance__quota__in=[each.quota.pk for each in found]).filter(
        ~Q(state=QuotaHold.State.EXPIRED)).values_list("balance__quota").annotate(n=Count("subject", distinct=True)))
    rows: Rows = []
    for each in sorted(found, key=lambda each: (each.quota.taxon, each.quota.region, each.quota.pk)):
        hidden = small(takers.get(each.quota.pk, 0))
        rows.append({"taxon": each.quota.taxon, "terms": " ".join(each.quota.terms), "region": each.quota.region,
                     "unit": each.quota.unit, "amount": _number(each.amount),
                     **{name: None if hidden else _number(value) for name, value in (
                         ("exported", each.used), ("bound", each.bound), ("free", each.unused))}})
    return rows


def _number(value: Any) -> int | float:
    text = plain(value)
    return float(text) if "." in text else int(text)


def _withheld(kind: DataSet, before: list[Publication]) -> dict[str, set[str]]:
    """What earlier versions withheld, by measure."""
    key, measures = kind.fields[0].name, [field.name for field in kind.fields[1:]]
    return {measure: {row[key] for each in before for row in each.rows if row.get(measure) is None}
            for measure in measures}


def _first_day(period: str) -> date:
    year, _dash, part = period.partition("-")
    return date(int(year), int(part[1:]) * 3 - 2 if part.startswith("Q") else int(part), 1)
