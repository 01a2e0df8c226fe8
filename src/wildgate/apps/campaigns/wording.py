"""Results in words: a rate with its interval, a trend, where no line may be drawn, the unseen, what goes together."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wildgate.apps.campaigns.going_together import Outcome
from wildgate.apps.campaigns.results import Results
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts.words import written
from wildgate.screening.trends import Interval, Unseen

TONES: Final = {"planned": "off", "running": "info", "closed": "ok"}
PARTS: Final = {
    "platforms": gettext_lazy("platforms"), "species": gettext_lazy("species"), "terms": gettext_lazy("search terms"),
    "languages": gettext_lazy("languages"), "searchers": gettext_lazy("searchers"),
    "counting": gettext_lazy("how adverts are counted")}
CHANCE: Final = 0.05
"""By custom: what chance shows more often is not called a link."""
LIMITS: Final = (
    gettext_lazy("That two series go together does not say that one causes the other: both may follow a third."),
    gettext_lazy("%(lags)s lags were looked at; the p-value counts the strongest of all of them."),
    gettext_lazy("The series have %(length)s periods in common; blocks of %(block)s were put into another order "
                 "%(rounds)s times."),
    gettext_lazy("The series are short: only a strong link would show, and none shown is no proof of none."),
    gettext_lazy("Nothing was held constant: effort, season and a steady rise in both series can make such a link."))
"""The sentences of the engine, so that the catalogue holds them."""


def short(value: float, places: int = 2) -> str:
    """A number without idle digits, in the reader's language."""
    return written(Decimal(f"{value:.{places}f}"))


def rate(found: Interval | None) -> str:
    """A rate an hour with its exact interval."""
    if found is None:
        return "–"
    return _("%(rate)s (%(low)s to %(high)s)") % {
        "rate": short(found.value), "low": short(found.low), "high": short(found.high)}


def trend(made: Results) -> str:
    """The trend in one sentence, or why there is none."""
    if made.slope is None:
        return said(made.why_not) if made.why_not else ""
    change = made.slope.change
    values = {"change": _percent(change.value), "low": _percent(change.low), "high": _percent(change.high)}
    said_of = {
        "up": _("The rate rises: %(change)s from month to month (95 %% interval %(low)s to %(high)s)."),
        "down": _("The rate falls: %(change)s from month to month (95 %% interval %(low)s to %(high)s)."),
        "none": _("No trend is shown: %(change)s from month to month, but the 95 %% interval reaches from %(low)s to "
                  "%(high)s.")}
    return said_of[made.slope.direction] % values


def _percent(share: float) -> str:
    return f"{share * 100:+.1f}".replace("-", "−") + " %"


def breaks(made: Results) -> list[str]:
    """Each change of the coverage, and what of it changed."""
    return [_("%(month)s: other %(what)s.") % {
        "month": made.label(each.period), "what": ", ".join(str(PARTS[name]) for name in each.changed)}
        for each in made.breaks]


def unseen(found: Unseen | Refusal) -> str:
    """What two who searched apart let one expect."""
    if isinstance(found, Refusal):
        return said(found)
    return _("%(seen)s seen by either; about %(total)s in all (%(low)s to %(high)s). They found %(first)s and "
             "%(second)s of them.") % {
        "seen": found.seen, "total": short(found.total.value, 0), "low": short(found.total.low, 0),
        "high": short(found.total.high, 0), "first": f"{found.first:.0%}", "second": f"{found.second:.0%}"}


def answer(outcome: Outcome) -> str:
    """The strongest link and how often chance shows as much."""
    best = outcome.found.best
    when = _("in the same month") if not best.lag else (
        ngettext("%(months)s month later", "%(months)s months later", abs(best.lag)) if best.lag > 0 else
        ngettext("%(months)s month earlier", "%(months)s months earlier", abs(best.lag))) % {"months": abs(best.lag)}
    sentence = _("From %(first)s to %(last)s the rate goes most with the other series %(when)s: r = %(r)s. Series "
                 "without any link show as much in %(p)s of all cases.")
    if outcome.found.p > CHANCE:
        sentence = _("From %(first)s to %(last)s no link is shown. The strongest is %(when)s: r = %(r)s, and series "
                     "without any link show as much in %(p)s of all cases.")
    return sentence % {
        "first": outcome.first, "last": outcome.last, "when": when, "r": short(best.r),
        "p": f"{outcome.found.p * 100:.1f} %"}


def limits(outcome: Outcome) -> list[str]:
    """What has to be said beside the number."""
    said_of = [_(each.template) % each.values for each in outcome.found.limits]
    if outcome.breaks:
        said_of.append(_("The coverage changes in these months: each coverage has a level of its own."))
    return said_of
