"""Every read about standing findings: what holds on a day, what is used of it, what must be looked at again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from wildgate.apps.findings.models import StandingBalance, StandingEntry, StandingVersion
from wildgate.convention.finding import Period
from wildgate.convention.quota import NOTHING, Entry, LedgerLine, fold

REVIEW_AHEAD = timedelta(days=90)
CORRECTED = "corrected"
"""Why a ledger line stands there that customs' correction wrote."""
BOTTOMLESS = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Figures:
    """A standing finding as a page shows it on a day: the version that holds or held last, and what is taken."""

    version: StandingVersion
    holds: bool
    begun: bool
    bound: Decimal
    used: Decimal
    coming: StandingVersion | None = None

    @property
    def taken(self) -> Decimal:
        return self.bound + self.used

    @property
    def limit(self) -> Decimal | None:
        """The quantity of a year, where there is one."""
        return self.version.amount if self.version.period == Period.YEAR.value else None


def newest_on(on: date) -> QuerySet[StandingVersion]:
    """Of each standing finding the newest version that has begun by that day; it may have ended since."""
    newest = (StandingVersion.objects.filter(standing=OuterRef("standing"), start__lte=on).order_by("-version")
              .values("pk")[:1])
    return StandingVersion.objects.filter(pk=Subquery(newest)).select_related("standing", "person")


def in_force(party: str, on: date, names: Collection[str] | None = None) -> list[StandingVersion]:
    """The versions that hold on that day, for these taxa where names are given."""
    found = newest_on(on).filter(standing__party=party, withdrawn=False)
    if names is not None:
        found = found.filter(taxon__in=names)
    return [row for row in found.order_by("pk") if row.end is None or row.end >= on]


def limits_of(keys: Iterable[int], on: date) -> dict[int, Decimal | None]:
    """The quantity that each finding allows in the year of that day: nothing once it is withdrawn, None: no limit."""
    found: dict[int, Decimal | None] = {}
    for row in newest_on(on).filter(standing_id__in=set(keys)):
        by_year = row.amount if row.period == Period.YEAR.value else None
        found[row.standing_id] = NOTHING if row.withdrawn else by_year
    return found


def versions(party: str, number: str) -> list[StandingVersion]:
    """All versions of a standing finding, the newest first."""
    return list(StandingVersion.objects.filter(standing__party=party, standing__number=number)
                .select_related("standing", "person").order_by("-version"))


def figures(party: str, on: date) -> list[Figures]:
    """Every standing finding of the Party with its use in the year of that day: those that hold come first."""
    rows = list(StandingVersion.objects.filter(standing__party=party).select_related("standing", "person")
                .order_by("standing_id", "-version"))
    balances = {row.standing_id: row for row in
                StandingBalance.objects.filter(standing__party=party, start=date(on.year, 1, 1))}
    by_finding: dict[int, list[StandingVersion]] = {}
    for row in rows:
        by_finding.setdefault(row.standing_id, []).append(row)
    found = [_figures(each, balances.get(key), on) for key, each in by_finding.items()]
    return sorted(found, key=lambda each: (not each.holds, -each.version.standing_id))


def figures_of(party: str, number: str, on: date) -> Figures | None:
    """One standing finding with its use; None when there is none of that number."""
    rows = versions(party, number)
    if not rows:
        return None
    balance = StandingBalance.objects.filter(standing_id=rows[0].standing_id, start=date(on.year, 1, 1)).first()
    return _figures(rows, balance, on)


def _figures(rows: list[StandingVersion], balance: StandingBalance | None, on: date) -> Figures:
    begun = next((row for row in rows if row.start <= on), None)
    now = begun or rows[0]
    holds = begun is not None and not begun.withdrawn and (begun.end is None or begun.end >= on)
    bound, used = (balance.bound, balance.used) if balance else (NOTHING, NOTHING)
    return Figures(now, holds, begun is not None, bound, used, rows[0] if rows[0].version > now.version else None)


def for_review(found: Iterable[Figures], on: date) -> list[Figures]:
    """Those that hold and whose review is due within three months or over: the reminder list, the oldest first."""
    due = [each for each in found
           if each.holds and each.version.review is not None and each.version.review <= on + REVIEW_AHEAD]
    return sorted(due, key=lambda each: each.version.review or on)


def lapsed(party: str, on: date, names: Collection[str]) -> list[StandingVersion]:
    """The positive versions for these taxa that were the last word and have ended or been withdrawn by that day."""
    found = newest_on(on).filter(standing__party=party, taxon__in=names, positive=True)
    return [row for row in found.order_by("pk") if row.withdrawn or (row.end is not None and row.end < on)]


def agrees(row: StandingBalance) -> bool:
    """Does the ledger lead to the balance as it stands?"""
    lines = [LedgerLine(Entry(entry.kind), entry.quantity, _undone(entry)) for entry in row.entries.order_by("pk")]
    told = fold(BOTTOMLESS, lines)
    return (told.bound, told.used) == (row.bound, row.used)


def _undone(entry: StandingEntry) -> Entry:
    """What a return undoes: after a correction what was used, else what was bound."""
    return Entry.USE if entry.why == CORRECTED and entry.kind == Entry.RETURN.value else Entry.BIND
