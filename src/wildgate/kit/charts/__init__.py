"""Charts drawn on the server: data in, SVG out, with every figure again in a table that goes under it.

A chart is a value (`Bars`, `Ranked`, `Trend`, `Histogram`, `Multiples`,
`WorldMap`); `draw` makes its picture, `table_of` its
table, and `{% chart value %}` of the template library `charts` both. Bars begin at zero, steps are round, series
differ by pattern as well as colour, colours come from the style sheet by class, and all is mirrored where people read
from the right. Nothing of a chart is decided in a browser, so it prints and works without a script.
"""

from wildgate.kit.charts.drawing import NARROW, WIDE, Drawing, draw
from wildgate.kit.charts.shapes import (
    Band,
    Bars,
    Chart,
    Flow,
    Histogram,
    Mark,
    Multiples,
    Place,
    Ranked,
    Series,
    Trend,
    WorldMap,
)
from wildgate.kit.charts.table import Table, table_of

__all__ = ["NARROW", "WIDE", "Band", "Bars", "Chart", "Drawing", "Flow", "Histogram", "Mark", "Multiples", "Place",
           "Ranked", "Series", "Table", "Trend", "WorldMap", "draw", "table_of"]
