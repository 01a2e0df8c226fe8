"""What is read about programs: the list, their calls by day, their notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.gateway.models import CallLog, Meter, Notice, Program

DAYS: Final = 31
MOST_NOTICES: Final = 500
GOOD: Final = 300


def programs(actor: Actor, at: datetime) -> QuerySet[Program]:
    """All programs with the number of keys that open, the newest first."""
    if not can(actor, Action.VIEW_PROGRAMS):
        return Program.objects.none()
    opening = Q(keys__revoked_at=None, keys__expires_at__gt=at)
    return (Program.objects.filter(party=actor.party).select_related("organisation", "authority")
            .annotate(open_keys=Count("keys", filter=opening)).order_by("ended_at", "name", "pk"))


def program(actor: Actor, pk: int, at: datetime) -> Program | None:
    return programs(actor, at).filter(pk=pk).first()


@dataclass(slots=True)
class Day:
    """The calls of one day: taken, refused, and what batches held."""

    day: date
    calls: int = 0
    taken: int = 0
    refused: int = 0
    things: int = 0
    rows: list[CallLog] = field(default_factory=list)


def log(found: Program, *, until: date, days: int = DAYS) -> list[Day]:
    """The calls of the last days, the newest first; a day without calls has no row."""
    since = until - timedelta(days=days - 1)
    out: dict[date, Day] = {}
    for row in (CallLog.objects.filter(program=found, day__gte=since, day__lte=until)
                .order_by("-day", "operation", "status")):
        day = out.setdefault(row.day, Day(row.day))
        day.calls += row.calls
        day.things += row.things
        day.rows.append(row)
        if row.status < GOOD:
            day.taken += row.calls
        else:
            day.refused += row.calls
    return list(out.values())


def calls_of(day: date, party: str) -> dict[int, int]:
    """How many calls each program made on a day."""
    rows = CallLog.objects.filter(party=party, day=day).values_list("program").annotate(Sum("calls"))
    return {program: int(calls) for program, calls in rows}


def left_today(found: Program, day: date) -> int:
    """How many calls of its quota a program has left."""
    used = Meter.objects.filter(program=found, day=day).values_list("day_calls", flat=True).first() or 0
    return max(found.daily_quota - used, 0)


def notices(found: Program, after: int) -> list[Notice]:
    """What the program has not confirmed, after that number, oldest first."""
    return list(Notice.objects.filter(program=found, acknowledged_at=None, pk__gt=after).order_by("pk")[:MOST_NOTICES])
