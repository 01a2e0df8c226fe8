"""The implementation report's numbers as tables and charts, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.figures.implementation import Section
from wildgate.apps.figures.service_page import Write
from wildgate.apps.inspections import codes
from wildgate.apps.permits import wording
from wildgate.apps.registers import wording as registers
from wildgate.kit.charts import Bars, Series, Table

TITLES: Final[Mapping[str, Any]] = {
    "issued": gettext_lazy("Permits and certificates issued"), "refused": gettext_lazy("Applications refused"),
    "cancelled": gettext_lazy("Permits cancelled"), "seizures": gettext_lazy("Seizures by reason"),
    "agencies": gettext_lazy("Seizures by service"), "sanctions": gettext_lazy("Sanctions"),
    "disposals": gettext_lazy("Disposals carried out"), "inspections": gettext_lazy("Inspections by outcome"),
    "quotas": gettext_lazy("Export quotas"), "findings": gettext_lazy("Non-detriment findings"),
    "operations": gettext_lazy("Operations registered"),
}
ADDED_UP: Final = frozenset({"issued", "refused", "cancelled", "seizures", "agencies", "disposals", "inspections",
                             "operations"})
"""Sections whose rows are parts of a whole; rows of the others overlap."""
WORDS: Final[Mapping[str, Any]] = {
    "sanction": gettext_lazy("Seizures with a sanction"), "set": gettext_lazy("Set"),
    "used": gettext_lazy("Used at all"), "full": gettext_lazy("Used up or bound"),
    "standing-positive": gettext_lazy("Standing, positive"), "standing-negative": gettext_lazy("Standing, negative"),
    "case-positive": gettext_lazy("Single cases, positive"), "case-negative": gettext_lazy("Single cases, negative"),
}


def word(key: str, code: str) -> str:
    """A row's name in the reader's language."""
    found: Mapping[str, Any] = {
        "issued": wording.DOCUMENT_WORDS, "cancelled": wording.DOCUMENT_WORDS, "refused": wording.DIRECTION_WORDS,
        "seizures": dict(codes.Cause.choices), "disposals": dict(codes.Method.choices),
        "inspections": dict(codes.Outcome.choices), "operations": registers.KINDS}.get(key, WORDS)
    return capfirst(str(wording.word(found, code))) if code or code in found else _("Not told")


def table(each: Section, years: Sequence[int]) -> Callable[[Write], Table]:
    """One subject with a column for each year, the sum below where rows are parts of a whole."""
    def written(write: Write) -> Table:
        rows = [(word(each.key, code), *map(write, counts)) for code, counts in each.rows.items()]
        if each.key in ADDED_UP and len(rows) > 1:
            rows.append((_("Together"), *map(write, each.sums)))
        return Table((_("Kind"), *map(str, years)), tuple(rows))
    return written


def charts(found: Sequence[Section], years: Sequence[int]) -> list[Bars]:
    """Decisions and seizures over the years."""
    sums = {each.key: each.sums or (0,) * len(years) for each in found}
    labels = tuple(map(str, years))
    return [
        Bars(key="decisions", title=_("Permits issued and applications refused"), heading=_("Year"), labels=labels,
             unit=_("applications"),
             series=(Series(_("Issued"), sums["issued"]), Series(_("Refused"), sums["refused"]))),
        Bars(key="enforcement", title=_("Seizures"), heading=_("Year"), labels=labels, unit=_("seizures"),
             series=(Series(_("Seizures"), sums["seizures"]),))]


def whole(found: Sequence[Section], years: Sequence[int]) -> Callable[[Write], Table]:
    """All subjects as one table, for a file."""
    def written(write: Write) -> Table:
        return Table((_("Subject"), _("Kind"), *map(str, years)), tuple(
            (str(TITLES[each.key]), word(each.key, code), *map(write, counts))
            for each in found for code, counts in each.rows.items()))
    return written
