"""The monitoring page as charts: each standing finding by year, the taxa of a year, the trend of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from wildgate.apps.figures.advice import MOST_PANELS, YEARS, Watched
from wildgate.apps.figures.models import Traded
from wildgate.apps.figures.service_page import Write
from wildgate.apps.permits.wording import source_name, term_name, unit_name
from wildgate.kit.charts import Bars, Mark, Multiples, Ranked, Series, Table


def finding_chart(each: Watched, until: int) -> Bars:
    """What was exported and what permits still hold of one finding, by year, under its limit."""
    version, by_year = each.figures.version, {year.year: year for year in each.years}
    shown = list(range(max(min(by_year, default=until), until - YEARS + 1), until + 1))
    limit = each.figures.limit
    return Bars(
        key=f"finding-{version.standing_id}", heading=_("Year"),
        title=f"{version.standing.number}: {version.taxon}", unit=unit_name(version.unit) or _("specimens"),
        labels=tuple(map(str, shown)),
        series=(Series(_("Exported"), tuple(by_year[year].exported if year in by_year else 0 for year in shown)),
                Series(_("Bound by permits"), tuple(by_year[year].bound if year in by_year else 0 for year in shown))),
        mark=Mark(_("Limit now"), limit) if limit is not None else None)


def findings(found: Sequence[Watched]) -> Callable[[Write], Table]:
    """All findings with limit, bound, exported, left and the share that is taken."""
    def table(write: Write) -> Table:
        rows = []
        for each in found:
            version = each.figures.version
            word = _("positive") if version.positive and not version.withdrawn else _("negative or withdrawn")
            rows.append((version.standing.number, version.taxon, ", ".join(version.terms) or _("all"),
                         ", ".join(version.sources) or _("all"), word, version.unit, write(each.figures.limit),
                         write(each.figures.bound), write(each.figures.used), write(each.left), write(each.share)))
        return Table((_("Finding"), _("Taxon"), _("Terms"), _("Sources"), _("Word"), _("Unit"), _("Limit"), _("Bound"),
                      _("Exported"), _("Left"), _("Taken, %")), tuple(rows))
    return table


def taxa_chart(rows: Sequence[Traded], year: int, unit: str) -> Ranked:
    """What was permitted of each kind of specimen in a year: what left, and what did not."""
    return Ranked(
        key="taxa", title=_("Permitted and exported in %(year)s") % {"year": year}, heading=_("Specimens"),
        unit=unit_name(unit) or _("specimens"), labels=tuple(map(specimen_name, rows)),
        series=(Series(_("Exported"), tuple(row.exported for row in rows)),
                Series(_("Permitted, not exported"),
                       tuple(max(row.issued - row.exported, Decimal(0)) for row in rows))))


def taxa(rows: Sequence[Traded]) -> Callable[[Write], Table]:
    """Every kind of specimen with what was permitted and exported."""
    def table(write: Write) -> Table:
        return Table(
            (_("Taxon"), _("Appendix"), _("Term"), _("Source"), _("Unit"), _("Lines"), _("Permitted"), _("Exported"),
             _("Exported, %")),
            tuple((row.taxon, row.appendix, row.term, row.source, row.unit, write(row.lines), write(row.issued),
                   write(row.exported), write(int(row.exported * 100 / row.issued) if row.issued else None))
                  for row in rows))
    return table


def trends(rows: Mapping[str, Mapping[int, Decimal]], until: int, unit: str) -> Multiples:
    """Actual exports of the most exported taxa, year by year, on one scale."""
    shown = list(range(until - YEARS + 1, until + 1))
    ranked = sorted(rows, key=lambda taxon: -sum(rows[taxon].values()))[:MOST_PANELS]
    return Multiples(
        key="trends", title=_("Actual exports over the years"), heading=_("Year"),
        unit=unit_name(unit) or _("specimens"), labels=tuple(map(str, shown)),
        panels=tuple(Series(taxon, tuple(rows[taxon].get(year, 0) for year in shown)) for taxon in ranked),
        description=_("By the year of the permit; all panels have the same scale."))


def specimen_name(row: Traded) -> str:
    """Taxon, kind and source in words."""
    return f"{row.taxon} · {term_name(row.term)} · {source_name(row.source)}"
