"""What the director asks for: a month, a quarter, a year or the last twelve months, and which applications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.convention.vocabulary import Appendix, Direction

WRITTEN = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
YEARS_BACK, QUARTERS_BACK, MONTHS_BACK = 5, 8, 12


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months from `first` on. `code` is how an address names it: 2026, 2026-Q3, 2026-11, or nothing."""

    code: str
    first: date
    months: int

    @property
    def until(self) -> date:
        """The last day."""
        return next_month(list(self.each())[-1]) - timedelta(days=1)

    def each(self) -> Iterator[date]:
        """The first day of each month."""
        day = self.first
        for _number in range(self.months):
            yield day
            day = next_month(day)

    @property
    def name(self) -> str:
        if self.months == 1:
            return date_format(self.first, "F Y")
        if self.code and self.months == 3:
            return quarter_name(self.first)
        return str(self.first.year) if self.code else _("The last twelve months")


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def quarter_name(first: date) -> str:
    return _("Quarter %(quarter)s of %(year)s") % {"quarter": (first.month + 2) // 3, "year": first.year}


def period_of(code: str, today: date) -> Period:
    """The period that an address names; the last twelve months where it names none."""
    found = WRITTEN.fullmatch(code)
    if found is None:
        this = today.replace(day=1)
        return Period("", next_month(date(this.year - 1, this.month, 1)), 12)
    year = int(found["year"])
    if found["quarter"]:
        return Period(code, date(year, int(found["quarter"]) * 3 - 2, 1), 3)
    return Period(code, date(year, int(found["month"] or 1), 1), 1 if found["month"] else 12)


def choices(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The periods to choose from, in groups."""
    years = [(str(today.year - n), str(today.year - n)) for n in range(YEARS_BACK)]
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    quarters = []
    for _number in range(QUARTERS_BACK):
        quarters.append((f"{first.year}-Q{(first.month + 2) // 3}", quarter_name(first)))
        first = date(first.year - (first.month == 1), (first.month - 4) % 12 + 1, 1)
    months, day = [], today.replace(day=1)
    for _number in range(MONTHS_BACK):
        months.append((f"{day:%Y-%m}", date_format(day, "F Y")))
        day = (day - timedelta(days=1)).replace(day=1)
    return [(_("Years"), years), (_("Quarters"), quarters), (_("Months"), months)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which applications, in which period. `team` is `team:3`, `office:Port Kivu` or nothing."""

    period: Period
    direction: str = ""
    team: str = ""
    appendix: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any], today: date) -> Asked:
        """Read from an address; what cannot be read is left out."""
        def text(name: str) -> str:
            return str(data.get(name, "")).strip()[:100]

        direction, appendix, team = text("direction"), text("appendix"), text("team")
        kind, _colon, key = team.partition(":")
        known = kind == "office" or (kind == "team" and key.isascii() and key.isdigit() and len(key) < 19)
        return cls(period_of(text("period"), today), direction if direction in set(Direction) else "",
                   team if known else "", appendix if appendix in set(Appendix) else "")

    @property
    def query(self) -> str:
        """The question as the query part of an address."""
        given = {"period": self.period.code, "direction": self.direction, "team": self.team,
                 "appendix": self.appendix}
        return urlencode({key: value for key, value in given.items() if value})

    @property
    def narrow(self) -> Q:
        """The condition on cases and on months alike."""
        found = Q()
        if self.direction:
            found &= Q(direction=self.direction)
        if self.appendix:
            found &= Q(appendix=self.appendix)
        kind, _colon, key = self.team.partition(":")
        if kind == "team":
            found &= Q(team_id=int(key))
        elif kind == "office":
            found &= Q(team__office=key)
        return found
