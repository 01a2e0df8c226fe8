"""An answer in sentences: what was counted, how it changed, who traded most. Every number is the answer's own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.explorer.answering import Answer
from wildgate.apps.explorer.charting import country, rounded
from wildgate.apps.explorer.hiding import FEWEST, Figure
from wildgate.kit.charts.words import written

MOST_NAMED: Final = 3
FEW_YEARS: Final = 5


def sentences(answer: Answer) -> list[str]:
    """What the charts show, in a few sentences; what is counted stands above them."""
    sums, further = [*_sums(answer)], [*_peak(answer), *_partners(answer)]
    both = len({each.key[0] for each in answer.trend if each.quantity is not None}) > 1
    return [*sums, *([_of_side(answer.side)] if both and further else []), *further]


def _of_side(side: str) -> str:
    """Of two amounts just named, the one that years and shares are of."""
    return _("By what importers reported:") if side == "I" else _("By what exporters reported:")


def _sums(answer: Answer) -> Iterator[str]:
    """What each side reported over the years; the two are never added."""
    for side, told in (("I", _("Importers reported %(amount)s in %(years)s, on %(records)s.")),
                       ("E", _("Exporters reported %(amount)s in %(years)s, on %(records)s."))):
        shown = [each for each in answer.trend if each.key[0] == side and each.quantity is not None]
        if shown:
            years = [int(each.key[1]) for each in shown]
            yield told % {"amount": written(rounded(_total(shown))), "years": span(min(years), max(years)),
                          "records": records(sum(each.records for each in shown))}


def records(count: int) -> str:
    """So many records."""
    return ngettext("%(count)s record", "%(count)s records", count) % {"count": written(count)}


def span(first: int, last: int) -> str:
    """Years from the first to the last."""
    return f"{first}–{last}" if first != last else str(first)


def _total(figures: list[Figure]) -> Decimal:
    return sum((each.quantity for each in figures if each.quantity is not None), Decimal(0))


def _peak(answer: Answer) -> Iterator[str]:
    """The highest year of the side that the breakdowns are of, and where the last years stand beside it."""
    shown = [each for each in answer.trend if each.key[0] == answer.side and each.quantity]
    if len(shown) < FEW_YEARS:
        return
    peak = max(shown, key=lambda each: (each.quantity or 0, each.key[1]))
    last = max(shown, key=lambda each: int(each.key[1]))
    values = {"peak": peak.key[1], "most": written(rounded(peak.quantity)), "last": last.key[1],
              "now": written(rounded(last.quantity))}
    if peak is last:
        yield _("The last year, %(last)s, is the highest: %(now)s.") % values
    else:
        yield _("The highest year was %(peak)s with %(most)s; in %(last)s it was %(now)s.") % values


def _partners(answer: Answer) -> Iterator[str]:
    """Who sold and who bought most, with the share of what that side reported in all."""
    whole = _total([each for each in answer.trend if each.key[0] == answer.side])
    for name, told in (("exporters", _("It came mostly from %(list)s.")),
                       ("importers", _("It went mostly to %(list)s."))):
        shown = [each for each in answer.parts[name] if each.quantity][:MOST_NAMED]
        if shown and whole and len(answer.parts[name]) > 1:
            yield told % {"list": ", ".join(f"{country(each.key[0])} ({_share(each, whole)})" for each in shown)}


def _share(figure: Figure, whole: Decimal) -> str:
    """A share in whole percent; what is less than one is not nothing."""
    percent = int((figure.quantity or Decimal(0)) * 100 / whole)
    return f"{percent} %" if percent else _("under 1 %%") % {}


def held_back() -> str:
    """Why some figures are left out."""
    return _("Figures that rest on fewer than %(fewest)s records are left out (–) where a person could be known by"
             " them: in our own records, and for personal effects, trophies and circuses. So is the next smallest"
             " figure where the rest would give them away.") % {"fewest": FEWEST}
