"""Agreed service times beside what was measured: read from the event chain, in working hours.

A notice's time runs from the event that it tells of to its receipt; a question's from the asking to the answer. Only
what has ended is measured, and what still waits is counted beside it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from wildgate.apps.confirmations.services import DAYS as DAYS_TO_CONFIRM
from wildgate.apps.customs.services.asking_export import DAYS as DAYS_TO_ASK
from wildgate.apps.duties import clock, selectors
from wildgate.apps.duties.matrix import BY_CODE, MATRIX
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.kit.charts import Ranked, Series
from wildgate.kit.models import Event

PERIOD: Final = timedelta(days=365)
MOST: Final = 20_000
"""The newest events of these kinds that are read."""
GIVEN, RECEIVED, TAKEN = "notice-given", "notice-received", "notice-taken"


@dataclass(frozen=True, slots=True)
class Promise:
    """A service time: what was agreed, in working hours, and what was measured."""

    code: str
    name: Any
    agreed: int | None
    hours: tuple[float, ...] = ()
    open: int = 0

    @property
    def count(self) -> int:
        return len(self.hours)

    @property
    def median(self) -> float | None:
        return round(median(self.hours), 1) if self.hours else None

    @property
    def slow(self) -> float | None:
        """The 95th percentile: nineteen of twenty took no longer."""
        return round(sorted(self.hours)[ceil(0.95 * len(self.hours)) - 1], 1) if self.hours else None

    @property
    def kept(self) -> int | None:
        """The share that kept what was agreed, in per cent."""
        if not self.hours or self.agreed is None:
            return None
        return round(100 * sum(1 for each in self.hours if each <= self.agreed) / len(self.hours))


def promises(party: str, at: datetime) -> list[Promise]:
    """The three promises of the agreement first (check request, endorsed data, seizure), then every other notice."""
    spans = _Spans(party)
    notices = _notices(party, at, spans)
    first = [_questions(party, at, spans), _endorsements(party, at, spans)]
    rows = [notices[code] for code in ("permit-used", "goods-seized")]
    return [*first, *rows, *(notices[duty.code] for duty in MATRIX if notices[duty.code] not in rows)]


def chart(found: Sequence[Promise]) -> Ranked | None:
    """Median and 95th percentile beside what was agreed, of what was measured at all."""
    seen = [each for each in found if each.hours]
    if not seen:
        return None
    half = tuple(Decimal(str(each.median or 0)) for each in seen)
    more = tuple(Decimal(str(each.slow or 0)) - middle for each, middle in zip(seen, half, strict=True))
    return Ranked(
        key="service-times", title=_("Agreed and measured"), unit=_("working hours"), heading=_("Service"),
        labels=tuple(str(each.name) for each in seen),
        series=(Series(_("half took at most"), half), Series(_("19 of 20 took at most so much more"), more)),
        limits=tuple(each.agreed for each in seen), limit_name=_("agreed"))


class _Spans:
    """Working hours by the calendar of one authority."""

    def __init__(self, party: str) -> None:
        self.calendar, self.zone = calendar_of(party), ZoneInfo(settings.TIME_ZONE)

    def hours(self, start: datetime, end: datetime) -> float:
        return clock.hours_between(start, end, self.calendar, self.zone)


def _events(party: str, kinds: Iterable[str], at: datetime) -> list[tuple[Event, dict[str, Any]]]:
    found = Event.objects.filter(party=party, kind__in=list(kinds), at__gt=at - PERIOD).order_by("-seq")[:MOST]
    return [(event, json.loads(event.data)) for event in reversed(found)]


def _notices(party: str, at: datetime, spans: _Spans) -> dict[str, Promise]:
    given: dict[str, tuple[str, int]] = {}
    ended: dict[str, datetime] = {}
    for event, data in _events(party, (GIVEN, RECEIVED, TAKEN), at):
        if event.kind == GIVEN:
            given[event.subject] = (data["row"], data["of"])
        elif event.kind == RECEIVED or _theirs(given.get(event.subject), data.get("side")):
            ended.setdefault(event.subject, event.at)
    began = dict(Event.objects.filter(party=party, seq__in=[of for _row, of in given.values()])
                 .values_list("seq", "at"))
    hours: dict[str, list[float]] = defaultdict(list)
    still: dict[str, int] = defaultdict(int)
    for subject, (row, of) in given.items():
        if subject in ended and of in began:
            hours[row].append(spans.hours(began[of], ended[subject]))
        else:
            still[row] += 1
    rows = selectors.in_force(party, at.date())
    return {code: Promise(code, _("Receipt: %(what)s") % {"what": BY_CODE[code].what}, agreed.hours,
                          tuple(hours[code]), still[code]) for code, agreed in rows.items() if code in BY_CODE}


def _theirs(given: tuple[str, int] | None, side: str | None) -> bool:
    """Did the system of the receiving side take it?"""
    return given is not None and given[0] in BY_CODE and BY_CODE[given[0]].receiver.value == side


def _questions(party: str, at: datetime, spans: _Spans) -> Promise:
    """A check request: is this permit yours, unaltered, valid, unused? From the asking to the answer."""
    hours, still = _pairs(_events(party, ("confirmation-asked", "confirmation-received", "confirmation-answered"), at),
                          "confirmation-answered", spans, lambda event, data: data.get("question"))
    return Promise("check-request", _("Answer to a check request"), DAYS_TO_CONFIRM * clock.HOURS_A_DAY, hours, still)


def _endorsements(party: str, at: datetime, spans: _Spans) -> Promise:
    closed = "endorsement-question-closed"
    hours, still = _pairs(_events(party, ("endorsement-missing", closed), at), closed, spans,
                          lambda event, data: event.subject)
    return Promise("endorsement", _("Question about a missing export endorsement"), DAYS_TO_ASK * clock.HOURS_A_DAY,
                   hours, still)


def _pairs(found: Iterable[tuple[Event, dict[str, Any]]], last: str, spans: _Spans,
           key: Any) -> tuple[tuple[float, ...], int]:
    began: dict[Any, datetime] = {}
    hours = []
    for event, data in found:
        if event.kind != last:
            began.setdefault(key(event, data), event.at)
        elif (start := began.pop(key(event, data), None)) is not None:
            hours.append(spans.hours(start, event.at))
    return tuple(hours), len(began)
