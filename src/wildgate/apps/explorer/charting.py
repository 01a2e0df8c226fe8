"""An answer as charts: a trend of both sides, a map with flows, partners, sources, species and months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.explorer.answering import Answer
from wildgate.apps.explorer.hiding import Figure
from wildgate.apps.permits import wording
from wildgate.kit.charts import Bars, Flow, Place, Ranked, Series, Trend, WorldMap
from wildgate.kit.charts.shapes import MOST_SERIES, Values
from wildgate.kit.charts.words import written
from wildgate.kit.charts.world import on_map

MOST_BARS: Final = 10
PLENTY, LEAST = 1000, Decimal("0.001")
MOST_UNPLACED, LONGEST_SOURCE = 6, 48


def rounded(quantity: Decimal | None) -> Decimal | None:
    """A quantity for the eye: thousands without decimals, the rest with three. Files have it in full."""
    if quantity is None or quantity < LEAST:
        return quantity
    return quantity.quantize(Decimal(1) if quantity >= PLENTY else LEAST)


def country(code: str) -> str:
    """A country as readers call it; its code where there is no name; a sentence where there is no code."""
    return wording.country_name(code) if code and code != "-" else _("not stated")


def side_name(side: str) -> str:
    return _("importers") if side == "I" else _("exporters")


def specimens(answer: Answer) -> str:
    """What the figures count: the kind of specimen and its unit."""
    return specimens_of(answer.question.term, answer.question.unit)


def specimens_of(term: str, unit: str) -> str:
    """A kind of specimen in a unit; a blank unit is the number of specimens."""
    return _("%(term)s (%(unit)s)") % {
        "term": wording.term_name(term) if term not in {"", "-"} else _("not stated"),
        "unit": wording.unit_name(unit) if unit not in {"", "-"} else _("number of specimens")}


def trend(answer: Answer) -> Trend | None:
    """Both sides by year; a year without a record is a gap, not a zero."""
    if (span := answer.years) is None:
        return None
    years = [str(year) for year in range(span[0], span[1] + 1)]
    by_key = {figure.key: rounded(figure.quantity) for figure in answer.trend}
    sides = [side for side in ("I", "E") if any(figure.key[0] == side for figure in answer.trend)]
    names = {"I": _("Importers reported"), "E": _("Exporters reported")}
    return Trend(
        key="trend", title=_("Trade by year"), heading=_("Year"), unit=specimens(answer), labels=tuple(years),
        description=_("What importers and what exporters reported, each by itself. A gap is a year without a record."),
        series=tuple(Series(names[side], tuple(by_key.get((side, year)) for year in years)) for side in sides))


def world(answer: Answer) -> WorldMap | None:
    """Who sold or who bought, with the largest flows as arrows."""
    asked = answer.question
    buyers = bool(asked.exporter) and not asked.importer
    shaded = answer.importers if buyers else answer.exporters
    places = [Place(each.key[0], country(each.key[0]), rounded(each.quantity) or 0) for each in shaded
              if each.quantity is not None]
    if not places:
        return None
    flows = tuple(_flow(each) for each in answer.flows if each.quantity is not None)
    told = [_("Shaded: where it went.") if buyers else _("Shaded: where it came from."),
            ngettext("Arrow: the largest flow.", "Arrows: the %(count)s largest flows, their width in proportion.",
                     len(flows)) % {"count": len(flows)}]
    lost = [place for place in places if not on_map(place.code)]
    if lost:
        told.append(_("Not on the map: %(list)s.") % {"list": "; ".join(
            f"{place.name} {written(place.value)}" for place in lost[:MOST_UNPLACED])})
    return WorldMap(
        key="map", title=_("Where it went") if buyers else _("Where it came from"), description=" ".join(told),
        heading=_("Country"), unit=specimens(answer), measured=specimens(answer), places=tuple(places), flows=flows)


def _flow(figure: Figure) -> Flow:
    start, end = figure.key
    return Flow(start, end, f"{country(start)} → {country(end)}", rounded(figure.quantity) or 0)


def ranked(answer: Answer, name: str) -> Ranked | None:
    """The largest of exporters, importers or taxa."""
    figures = [each for each in answer.parts[name] if each.quantity is not None][:MOST_BARS]
    if len(figures) < 2:
        return None
    titles = {"exporters": _("Largest exporters"), "importers": _("Largest importers"),
              "taxa": _("Species traded most")}
    headings = {"exporters": _("Exporter"), "importers": _("Importer"), "taxa": _("Name in the records")}
    labels = tuple(each.key[0] if name == "taxa" else country(each.key[0]) for each in figures)
    return Ranked(key=name, title=titles[name], heading=headings[name], unit=specimens(answer), labels=labels,
                  series=(Series(specimens(answer), tuple(rounded(each.quantity) for each in figures)),))


def mix(answer: Answer) -> Bars | None:
    """Sources by year, the commonest five apart and the others together."""
    if not answer.mix:
        return None
    sums: dict[str, Decimal] = {}
    for each in answer.mix:
        sums[each.key[1]] = sums.get(each.key[1], Decimal(0)) + (each.quantity or 0)
    order = sorted(sums, key=lambda code: (-sums[code], code))
    few = order if len(order) <= MOST_SERIES else order[:MOST_SERIES - 1]
    years = sorted({int(each.key[0]) for each in answer.mix})
    labels = tuple(str(year) for year in range(years[0], years[-1] + 1))
    series = [Series(source_in_words(code), _by_year(answer.mix, labels, [code])) for code in few]
    if rest := order[len(few):]:
        series.append(Series(_("other sources"), _by_year(answer.mix, labels, rest)))
    return Bars(key="sources", title=_("Sources by year"), heading=_("Year"), unit=specimens(answer), labels=labels,
                series=tuple(series))


def _by_year(figures: Sequence[Figure], years: Sequence[str], codes: Sequence[str]) -> Values:
    found: dict[str, Decimal] = {}
    for each in figures:
        if each.key[1] in codes and each.quantity is not None:
            found[each.key[0]] = found.get(each.key[0], Decimal(0)) + each.quantity
    return tuple(rounded(found.get(year)) for year in years)


def source_in_words(code: str) -> str:
    if not code or code == "-":
        return _("source not stated")
    told = f"{code} · {wording.source_name(code)}"
    return told if len(told) <= LONGEST_SOURCE else told[:LONGEST_SOURCE - 1].rstrip() + "…"


def months(answer: Answer) -> Bars | None:
    """Our own records by month of the year."""
    shown = {each.key: rounded(each.quantity) for each in answer.months if each.key[1] != "0"}
    if not any(shown.values()):
        return None
    names = {"I": _("Let in here"), "E": _("Left from here")}
    return Bars(
        key="months", title=_("Through the year"), heading=_("Month"), unit=specimens(answer),
        description=_("Only this system's own records know the month: all their years together."),
        labels=tuple(date_format(date(2001, month, 1), "M") for month in range(1, 13)),
        series=tuple(Series(names[side], tuple(shown.get((side, str(month))) for month in range(1, 13)))
                     for side in ("I", "E") if any(key[0] == side for key in shown)))
