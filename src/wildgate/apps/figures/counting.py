"""Counting: from the chain's new events to the kept figures, each event once; or all anew from the rows.

A month is counted again as a whole from its cases, so counting twice changes nothing. What was traded is added up, so
the mark moves in the same transaction as the sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from wildgate.apps.figures import traded
from wildgate.apps.figures.cases import refresh
from wildgate.apps.figures.models import Case, Mark, Month, Outcome, Traded
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.lifecycle import PermitAct, Step
from wildgate.kit.models import ChainHead, Event

SLICE = 1000
CASE_EVENTS = frozenset({Step.SUBMIT, Step.REFUSE, Step.ISSUE, Step.WITHDRAW, Step.APPEAL, Step.UPHOLD, Step.REOPEN,
                         "assigned", "handed-over"})
PERMIT_EVENTS = frozenset(PermitAct)
KINDS = [*map(str, CASE_EVENTS), *map(str, PERMIT_EVENTS)]
DIMENSIONS = ("direction", "team_id", "appendix", "group", "perishable")


def catch_up(party: str, at: datetime, *, most: int = SLICE) -> int:
    """Count the events that are new since the last time, at most so many; how many there were."""
    mark = Mark.objects.filter(party=party).first()
    if mark and not _new(party, mark.seq).exists():
        return 0
    with transaction.atomic():
        mark = Mark.objects.select_for_update().get_or_create(party=party)[0]
        head = ChainHead.objects.filter(party=party).values_list("seq", flat=True).first() or 0
        found = list(_new(party, mark.seq)[:most])
        cases = [event.subject.partition(":")[2] for event in found if event.kind in CASE_EVENTS]
        acts = [event for event in found if event.kind in PERMIT_EVENTS]
        permits = _permits(party, acts)
        cases += [permit.application.number for permit in permits.values()]
        months = refresh(Application.objects.filter(party=party, number__in=set(cases)))
        _count(party, months)
        traded.add((event.kind, permits[event.subject]) for event in acts if event.subject in permits)
        mark.seq, mark.at = (found[-1].seq if len(found) == most else head), at
        mark.save()
    return len(found)


def behind(party: str) -> bool:
    """Are there events that were not counted yet?"""
    mark = Mark.objects.filter(party=party).first()
    return mark is None or _new(party, mark.seq).exists()


def rebuild(party: str, at: datetime) -> int:
    """Forget all figures and count every application and permit anew; how many applications there are."""
    with transaction.atomic():
        mark = Mark.objects.select_for_update().get_or_create(party=party)[0]
        mark.seq = ChainHead.objects.filter(party=party).values_list("seq", flat=True).first() or 0
        mark.at = at
        for model in (Case, Month, Traded):
            model._default_manager.filter(party=party).delete()
        applications = Application.objects.filter(party=party, submitted_at__isnull=False)
        months: set[date] = set()
        for keys in _slices(applications.order_by("pk").values_list("pk", flat=True)):
            months |= refresh(Application.objects.filter(pk__in=keys))
        _count(party, months)
        traded.count_all(party)
        mark.save()
    return Case.objects.filter(party=party).count()


def _new(party: str, seq: int) -> Any:
    return Event.objects.filter(party=party, seq__gt=seq, kind__in=KINDS).order_by("seq")


def _permits(party: str, acts: Iterable[Event]) -> dict[str, Permit]:
    numbers = {event.subject.removeprefix("permit:").partition("/")[0] for event in acts}
    found = Permit.objects.filter(party=party, number__in=numbers).select_related("application")
    return {permit.subject: permit for permit in found}


def _slices(keys: Iterable[int]) -> Iterator[list[int]]:
    held: list[int] = []
    for key in keys:
        held.append(key)
        if len(held) == SLICE:
            yield held
            held = []
    if held:
        yield held


@dataclass(slots=True)
class Cell:
    """The figures of one kind of application in one month, while they are added up."""

    received: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    late: int = 0
    spread: Counter[int] = field(default_factory=Counter)
    promised: Counter[int] = field(default_factory=Counter)
    grounds: Counter[str] = field(default_factory=Counter)


def _count(party: str, months: Iterable[date]) -> None:
    """Count these months again."""
    for first in sorted(set(months)):
        cells: dict[tuple[Any, ...], Cell] = {}
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        inside = Case.objects.filter(party=party)
        for *key, count in (inside.filter(received_on__gte=first, received_on__lt=following)
                            .values_list(*DIMENSIONS).annotate(n=Count("pk")).order_by()):
            cells.setdefault(tuple(key), Cell()).received += count
        for *key, outcome, ground, days, promised, count in (
                inside.filter(closed_on__gte=first, closed_on__lt=following)
                .values_list(*DIMENSIONS, "outcome", "ground", "days", "promised")
                .annotate(n=Count("pk")).order_by()):
            _closed(cells.setdefault(tuple(key), Cell()), outcome, ground, days, promised, count)
        Month.objects.filter(party=party, first=first).delete()
        Month.objects.bulk_create([Month(
            party=party, first=first, **dict(zip(DIMENSIONS, key, strict=True)), received=cell.received,
            issued=cell.outcomes[Outcome.ISSUED], refused=cell.outcomes[Outcome.REFUSED],
            withdrawn=cell.outcomes[Outcome.WITHDRAWN], late=cell.late, spread=_keyed(cell.spread),
            promised=_keyed(cell.promised), grounds=_keyed(cell.grounds)) for key, cell in cells.items()])


def _closed(cell: Cell, outcome: str, ground: str, days: int | None, promised: int | None, count: int) -> None:
    cell.outcomes[outcome] += count
    if outcome == Outcome.WITHDRAWN or days is None:
        return
    cell.spread[days] += count
    if promised is not None:
        cell.promised[promised] += count
        cell.late += count if days > promised else 0
    if outcome == Outcome.REFUSED:
        cell.grounds[ground] += count


def _keyed(counts: Counter[Any]) -> dict[str, int]:
    return {str(key): count for key, count in sorted(counts.items())}
