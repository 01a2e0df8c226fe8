"""`{% chart value %}`: a chart's picture in two widths, and its figures in a table under it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language_bidi

from wildgate.kit.charts import NARROW, WIDE, Chart, draw, table_of

register = template.Library()


@register.inclusion_tag("charts/figure.html")
def chart(value: Chart, csv: str = "", level: int = 3) -> dict[str, Any]:
    """A figure with title, picture and table. `csv`: where the table can be fetched; `level`: of its heading.

    The narrow picture shows where there is little room, the wide one elsewhere: the style sheet chooses.
    """
    rtl = get_language_bidi()
    return {"chart": value, "narrow": draw(value, NARROW, rtl=rtl).svg, "wide": draw(value, WIDE, rtl=rtl).svg,
            "table": table_of(value), "csv": csv, "level": level}
