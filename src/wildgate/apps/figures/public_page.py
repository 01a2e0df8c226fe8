"""The public statistics as charts and tables, from what was published and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.apps.figures.data_sets import ALL, DATA_SETS
from wildgate.apps.figures.models import Publication
from wildgate.apps.figures.periods import quarter_name
from wildgate.apps.figures.service_page import month_label
from wildgate.apps.permits import wording
from wildgate.apps.permits.grounds import ground_name
from wildgate.apps.permits.templatetags.permits import day
from wildgate.kit.charts import Band, Bars, Chart, Ranked, Series, Table, Trend
from wildgate.kit.charts.words import written

MONTHS_SHOWN = 12
MOST_QUOTAS = 12

Rows = Sequence[Mapping[str, Any]]
ByPeriod = Mapping[str, Publication]


def charts(found: Mapping[str, ByPeriod]) -> dict[str, Chart]:
    """The charts there is something for, by key."""
    months = sorted(found["applications"])[-MONTHS_SHOWN:]
    out: list[Chart] = []
    if months:
        out += [_received(found, months), _outcomes(found, months), _time(found, months)]
    for name, make in (("permits-in-force", _in_force), ("refusals", _refusals), ("quota-use", _quotas)):
        if found[name] and (chart := make(found[name][max(found[name])])):
            out.append(chart)
    return {chart.key: chart for chart in out}


def _value(found: ByPeriod, period: str, key: str, name: str) -> Any:
    """A number of all kinds together; None where it is withheld or was not published."""
    rows: Rows = found[period].rows if period in found else ()
    return next((row[name] for row in rows if row[key] == ALL), None)


def _labels(months: Sequence[str]) -> tuple[str, ...]:
    firsts = [date.fromisoformat(f"{month}-01") for month in months]
    several = len({first.year for first in firsts}) > 1
    return tuple(month_label(first, several_years=several) for first in firsts)


def _series(found: Mapping[str, ByPeriod], months: Sequence[str], data_set: str, name: str, words: str) -> Series:
    key = DATA_SETS[data_set].fields[0].name
    return Series(words, tuple(_value(found[data_set], month, key, name) for month in months))


def _received(found: Mapping[str, ByPeriod], months: Sequence[str]) -> Bars:
    return Bars(key="received", title=_("Applications received"), heading=_("Month"), unit=_("applications"),
                labels=_labels(months), series=(_series(found, months, "applications", "received", _("Received")),))


def _outcomes(found: Mapping[str, ByPeriod], months: Sequence[str]) -> Bars:
    return Bars(
        key="outcomes", title=_("Issued, refused, withdrawn"), heading=_("Month"), unit=_("applications"),
        labels=_labels(months),
        series=(_series(found, months, "permits", "issued", _("Permit issued")),
                _series(found, months, "applications", "refused", _("Refused")),
                _series(found, months, "applications", "withdrawn", _("Withdrawn"))))


def _time(found: Mapping[str, ByPeriod], months: Sequence[str]) -> Trend:
    median = _series(found, months, "permits", "median_days", _("Half were issued within"))
    slow = _series(found, months, "permits", "slow_days", _("Nine in ten were issued within"))
    return Trend(key="time-to-issue", title=_("Time to issue"), heading=_("Month of the permit"),
                 unit=_("working days"), labels=_labels(months), series=(median, slow),
                 band=Band(_("Middle to slowest tenth"), median.values, slow.values),
                 description=_("Working days from the day an application was handed in to the permit."))


def _in_force(row: Publication) -> Ranked | None:
    shown = [(name_of("document", each["document"]), each["permits"]) for each in row.rows
             if each["document"] != ALL and each["permits"]]
    return Ranked(key="in-force", title=_("Permits that have not ended"), heading=_("Document"), unit=_("permits"),
                  labels=tuple(label for label, _count in shown),
                  series=(Series(_("Not ended"), tuple(count for _label, count in shown)),),
                  description=_("On %(day)s.") % {"day": day(row.at)}) if shown else None


def _refusals(row: Publication) -> Ranked | None:
    shown = sorted(((each["refusals"], name_of("ground", each["ground"])) for each in row.rows
                    if each["ground"] != ALL and each["refusals"]), reverse=True)[:MOST_QUOTAS]
    return Ranked(key="refusals", title=_("Refusals by ground"), heading=_("Ground"), unit=_("refusals"),
                  labels=tuple(label for _count, label in shown),
                  series=(Series(_("Refusals"), tuple(count for count, _label in shown)),),
                  description=period_name(row.period)) if shown else None


def _quotas(row: Publication) -> Ranked | None:
    shown = [each for each in row.rows if each["exported"] is not None and each["amount"]]
    shown = sorted(shown, key=lambda each: each["free"] / each["amount"])[:MOST_QUOTAS]

    def shares(name: str) -> tuple[Decimal, ...]:
        return tuple(round(Decimal(str(each[name])) * 100 / Decimal(str(each["amount"])), 1) for each in shown)

    return Ranked(key="quota-use", title=_("Use of quotas"), heading=_("Quota"), unit=_("percent of the quota"),
                  labels=tuple(quota_name(each) for each in shown),
                  series=(Series(_("Exported"), shares("exported")), Series(_("Held by permits"), shares("bound"))),
                  limits=tuple(100 for _each in shown), limit_name=_("The whole quota"),
                  description=_("On %(day)s.") % {"day": day(row.at)}) if shown else None


def quota_name(row: Mapping[str, Any]) -> str:
    """A quota by its taxon, its specimens and its region."""
    terms = ", ".join(wording.term_name(term) for term in row["terms"].split())
    region = f" · {row['region']}" if row["region"] else ""
    return f"{row['taxon']}{f' ({terms})' if terms else ''}{region}"


def tables(found: Mapping[str, ByPeriod], month: str) -> list[tuple[str, Table]]:
    """The month by kind, and the newest quotas, as tables: each with its data set's name."""
    out = [(name, table(name, found[name][month].rows)) for name in ("applications", "permits") if month in found[name]]
    for name in ("permits-in-force", "quota-use"):
        if found[name]:
            out.append((name, table(name, found[name][max(found[name])].rows)))
    return out


def table(name: str, rows: Rows) -> Table:
    """Rows of a data set for readers; a withheld number says so."""
    fields = DATA_SETS[name].fields
    if name == "quota-use":
        fields = (fields[0], *fields[3:])
    body = []
    for row in rows:
        cells = [quota_name(row) if name == "quota-use" else name_of(fields[0].name, row[fields[0].name])]
        for field in fields[1:]:
            value = row[field.name]
            cells.append(wording.unit_name(value) if field.name == "unit"
                         else _("withheld") if value is None else written(Decimal(str(value))))
        body.append(tuple(cells))
    return Table(tuple(str(field.words) for field in fields), tuple(body))


def name_of(key: str, code: str) -> str:
    """What names a row, in the reader's language."""
    if code == ALL:
        return _("All kinds")
    if key == "ground":
        return _("Other grounds") if code == "other" else ground_name(code)
    words = wording.DIRECTION_WORDS if key == "direction" else wording.DOCUMENT_WORDS
    return str(wording.word(words, code)) if code else _("Not told")


def period_name(period: str) -> str:
    """A month or quarter as people read it."""
    year, _dash, part = period.partition("-")
    if part.startswith("Q"):
        return quarter_name(date(int(year), int(part[1:]) * 3 - 2, 1))
    return date_format(date(int(year), int(part), 1), "F Y")
