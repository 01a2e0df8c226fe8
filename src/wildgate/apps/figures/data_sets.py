"""The data sets of the public statistics: what each holds, how often it comes, and what its columns are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

MONTH, QUARTER = "month", "quarter"
ALL = "all"
"""The row of all kinds together."""
TEXT, WHOLE, NUMBER = "string", "integer", "number"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: text that names the row, or a number that may be withheld."""

    name: str
    type: str
    words: Any


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set. `every`: how often it comes; a `snapshot` says how things stood when it was published."""

    name: str
    title: Any
    words: Any
    every: str
    fields: tuple[Field, ...]
    snapshot: bool = False


DATA_SETS: Final = {each.name: each for each in (
    DataSet("applications", _("Applications"), _("Applications received, refused and withdrawn, by kind of trade."),
            MONTH, (Field("direction", TEXT, _("Kind of trade")), Field("received", WHOLE, _("Received")),
                    Field("refused", WHOLE, _("Refused")), Field("withdrawn", WHOLE, _("Withdrawn")))),
    DataSet("permits", _("Permits issued"), _("Permits and certificates issued, and the working days it took."),
            MONTH, (Field("document", TEXT, _("Document")), Field("issued", WHOLE, _("Issued")),
                    Field("median_days", WHOLE, _("Half were issued within, working days")),
                    Field("slow_days", WHOLE, _("Nine in ten were issued within, working days")))),
    DataSet("refusals", _("Refusals by ground"), _("Applications refused, by legal ground; rare grounds are put "
                                                   "together."),
            QUARTER, (Field("ground", TEXT, _("Ground")), Field("refusals", WHOLE, _("Refusals")))),
    DataSet("permits-in-force", _("Permits that have not ended"),
            _("Permits and certificates that had not ended on the day of publication, suspended ones too."), MONTH, (
                Field("document", TEXT, _("Document")), Field("permits", WHOLE, _("Permits"))), snapshot=True),
    DataSet("quota-use", _("Use of quotas"), _("Export quotas of this Party on the day of publication: what was "
                                               "exported, what permits still hold, what is free."),
            QUARTER, (Field("taxon", TEXT, _("Species")), Field("terms", TEXT, _("Specimens")),
                      Field("region", TEXT, _("Region")), Field("unit", TEXT, _("Unit")),
                      Field("amount", NUMBER, _("Quota")), Field("exported", NUMBER, _("Exported")),
                      Field("bound", NUMBER, _("Held by permits")), Field("free", NUMBER, _("Free"))), snapshot=True),
)}


def code_of(first: date, every: str) -> str:
    """The name of the month or quarter that begins on that day."""
    return f"{first:%Y-%m}" if every == MONTH else f"{first.year}-Q{(first.month + 2) // 3}"


def complete(since: date, today: date, every: str, most: int) -> Iterator[date]:
    """The first days of the months or quarters that are over, from that of `since` on; at most the newest so many."""
    step = 1 if every == MONTH else 3
    first = date(since.year, (since.month - 1) // step * step + 1, 1)
    found = []
    while (following := _later(first, step)) <= today:
        found.append(first)
        first = following
    yield from found[-most:]


def last_day(first: date, every: str) -> date:
    return _later(first, 1 if every == MONTH else 3) - timedelta(days=1)


def _later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)
