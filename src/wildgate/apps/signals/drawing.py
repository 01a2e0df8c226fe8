"""A signal as a chart: the years with what could be expected, or two reports beside each other."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from wildgate.apps.signals import wording
from wildgate.apps.signals.models import Signal
from wildgate.kit.charts import Band, Bars, Chart, Ranked, Series, Trend

MOST_YEARS = 40


def chart(row: Signal) -> Chart | None:
    """The picture that fits the kind; none where there is but one figure."""
    years = [(int(year), Decimal(value), None if beside is None else Decimal(beside))
             for year, value, beside, _records in row.series][-MOST_YEARS:]
    if row.kind == Signal.Kind.RISE:
        return _rise(row, years)
    if row.kind in (Signal.Kind.SHIFT, Signal.Kind.CAPTIVE) and len(years) > 1:
        now = _("Bred in captivity") if row.kind == Signal.Kind.CAPTIVE else wording.source(row.source)
        return Trend(key="sources", title=_("By source and year"), heading=_("Year"), unit=wording.unit(row.unit),
                     labels=tuple(str(year) for year, _value, _beside in years),
                     series=(Series(now, tuple(value for _year, value, _beside in years)),
                             Series(wording.source("W"), tuple(beside for _year, _value, beside in years))))
    if row.kind == Signal.Kind.GAP and years:
        _year, value, beside = years[0]
        return Bars(key="reports", title=_("Two reports of the same trade"), heading=_("Reported by"),
                    unit=wording.unit(row.unit), labels=(_("the importer"), _("the exporter")),
                    series=(Series(_("Reported"), (value, beside or Decimal(0))),))
    if row.kind == Signal.Kind.QUOTA and years:
        year, value, beside = years[0]
        return Ranked(key="quota", title=_("The quota and what is taken"), heading=_("Quota"),
                      unit=wording.unit(row.unit), labels=(f"{row.taxon} {year}",),
                      series=(Series(_("Taken"), (value,)),), limits=(beside,), limit_name=_("The whole quota"))
    return None


def _rise(row: Signal, years: list[tuple[int, Decimal, Decimal | None]]) -> Chart:
    """All years, and across them what those before let one expect of the last one."""
    labels = tuple(str(year) for year, _value, _beside in years)
    line = Series(_("Exported"), tuple(value for _year, value, _beside in years))
    low, high = (Decimal(row.words.get(name, "0")) for name in ("low", "high"))
    band = Band(_("Expected of %(year)s") % {"year": row.year}, (low,) * len(years), (high,) * len(years))
    return Trend(key="years", title=_("Year by year"), heading=_("Year"), unit=wording.unit(row.unit), labels=labels,
                 series=(line,), band=band if len(years) > 1 else None)
