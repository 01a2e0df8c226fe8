"""Charts of a campaign: rates by month, broken where the coverage changes, and correlation by lag."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from wildgate.apps.campaigns.results import Results
from wildgate.kit.charts import Band, Bars, Chart, Series, Trend
from wildgate.screening.correlation import Correlation

MOST_MONTHS, MOST_COVERAGES = 36, 6


def rates(made: Results) -> Chart | None:
    """Matching adverts an hour of search, with the exact interval as a band. No line runs across a change."""
    months = [each for each in made.months if each.rate is not None][-MOST_MONTHS:]
    versions = sorted({each.coverage.version for each in months})[-MOST_COVERAGES:]
    months = [each for each in months if each.coverage.version in versions]
    if not months:
        return None
    found = [each.rate for each in months]
    twice = {each.period for each in months if sum(other.period == each.period for other in months) > 1}
    labels = tuple(f"{each.label} ({each.coverage.version})" if each.period in twice else each.label
                   for each in months)
    series = tuple(
        Series(_("Coverage %(version)s") % {"version": version},
               tuple(_short(each.rate.value) if each.rate and each.coverage.version == version else None
                     for each in months)) for version in versions)
    band = Band(_("95 % interval"), tuple(_short(each.low) if each else None for each in found),
                tuple(_short(each.high) if each else None for each in found))
    return Trend(key="rates", title=_("Matching adverts an hour of search"), heading=_("Month"), unit=_("an hour"),
                 labels=labels, series=series, band=band if len(versions) == 1 else None)


def lags(found: Correlation) -> Chart:
    """How strong the link is at each lag, whichever its sign."""
    return Bars(key="lags", title=_("Strength of the link by lag"), heading=_("Lag in months"),
                labels=tuple(f"{each.lag:+d}" if each.lag else "0" for each in found.lags),
                series=(Series(_("Together"), tuple(_short(max(each.r, 0.0)) for each in found.lags)),
                        Series(_("Against each other"), tuple(_short(max(-each.r, 0.0)) for each in found.lags))))


def _short(value: float) -> Decimal:
    return Decimal(f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}") if value else Decimal(0)
