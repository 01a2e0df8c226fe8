"""The same figures as a table: for screen readers, for paper, for whoever wants the number. Nothing is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wildgate.kit.charts.shapes import Bars, Chart, Histogram, Multiples, Number, Ranked, Series, Trend, WorldMap
from wildgate.kit.charts.words import written


@dataclass(frozen=True, slots=True)
class Table:
    """A head, and rows of which the first cell names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Write = Callable[[Number | None], str]


def table_of(chart: Chart, write: Write = written) -> Table:
    """Every figure of a chart, in its order; `write` puts numbers into text: for readers, or for other programs."""
    match chart:
        case Bars():
            marks = ((chart.mark.name, chart.mark.value),) if chart.mark else ()
            return _with_marks(_columns(chart.heading, chart.labels, chart.series, write), marks, write)
        case Ranked():
            limits = (Series(chart.limit_name, chart.limits),) if chart.limits else ()
            return _columns(chart.heading, chart.labels, (*chart.series, *limits), write)
        case Trend():
            band = chart.band
            edges = (Series(_("%(name)s: from") % {"name": band.name}, band.low),
                     Series(_("%(name)s: to") % {"name": band.name}, band.high)) if band else ()
            return _columns(chart.heading, chart.labels, (*chart.series, *edges), write)
        case Histogram():
            rows = tuple((span_of(*chart.edges[i:i + 2]), write(count)) for i, count in enumerate(chart.counts))
            return _with_marks(Table((chart.heading, chart.counted), rows),
                               ((mark.name, mark.value) for mark in chart.marks), write)
        case Multiples():
            return _columns(chart.heading, chart.labels, chart.panels, write)
        case WorldMap():
            rows = tuple((place.name, write(place.value)) for place in chart.places)
            return Table((chart.heading, chart.measured),
                         rows + tuple((flow.name, write(flow.value)) for flow in chart.flows))
    raise TypeError(f"{type(chart).__name__} has no table")


def span_of(low: Number, high: Number) -> str:
    """What a bar of a histogram stands for: one value where steps are whole ones, else from below up to."""
    if high - low == 1:
        return written(low)
    return _("%(low)s to under %(high)s") % {"low": written(low), "high": written(high)}


def _columns(heading: str, labels: tuple[str, ...], series: tuple[Series, ...], write: Write) -> Table:
    rows = tuple((label, *(write(each.values[i]) for each in series)) for i, label in enumerate(labels))
    return Table((heading, *(each.name for each in series)), rows)


def _with_marks(table: Table, marks: Iterable[tuple[str, Number]], write: Write) -> Table:
    idle = ("",) * (len(table.head) - 2)
    return Table(table.head, (*table.rows, *((name, write(value), *idle) for name, value in marks)))
