"""What becomes of quotas and permits, as charts and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from wildgate.apps.figures.periods import Period
from wildgate.apps.figures.service_page import Write, month_label
from wildgate.apps.figures.use import MOST_QUOTAS, QuotaUse
from wildgate.apps.permits.wording import permit_state_word, term_name
from wildgate.kit.charts import Bars, Ranked, Series, Table

REASONS = ("endorsed", "expired", "cancelled", "returned")


def shares(found: Sequence[QuotaUse]) -> Ranked:
    """How far each quota is used, in percent: quotas of skins and of tonnes stand on one scale."""
    shown = found[:MOST_QUOTAS]

    def percent(part: Decimal, each: QuotaUse) -> Decimal:
        return round(part * 100 / each.amount, 1) if each.amount else Decimal(0)

    return Ranked(
        key="quota-shares", title=_("Quotas: exported and bound"), heading=_("Quota"), unit=_("percent of the quota"),
        labels=tuple(quota_name(each) for each in shown),
        series=(Series(_("Exported"), tuple(percent(each.used, each) for each in shown)),
                Series(_("Bound by permits"), tuple(percent(each.bound, each) for each in shown))),
        limits=tuple(100 for _each in shown), limit_name=_("The whole quota"),
        description=_("The %(count)s most used of the quotas that hold now.") % {"count": len(shown)}
        if len(found) > len(shown) else "")


def quota_name(each: QuotaUse) -> str:
    """A quota by its taxon and terms."""
    terms = ", ".join(term_name(term) for term in each.quota.terms)
    region = f" · {each.quota.region}" if each.quota.region else ""
    return f"{each.quota.taxon}{f' ({terms})' if terms else ''}{region}"


def quotas(found: Sequence[QuotaUse], back: Mapping[int, Mapping[str, Decimal]]) -> Callable[[Write], Table]:
    """Each quota with its figures and what came back to it in the period, by reason."""
    def table(write: Write) -> Table:
        rows = []
        for each in found:
            came = back.get(each.quota.pk, {})
            other = sum((amount for why, amount in came.items() if why not in REASONS), Decimal(0))
            rows.append((quota_name(each), each.quota.unit, write(each.amount), write(each.used), write(each.bound),
                         write(each.unused), *(write(came.get(why, Decimal(0))) for why in REASONS), write(other)))
        return Table((_("Quota"), _("Unit"), _("Amount"), _("Exported"), _("Bound"), _("Free"),
                      _("Back: less was exported"), _("Back: expired"), _("Back: cancelled"),
                      _("Back: returned unused"), _("Back: other")), tuple(rows))
    return table


def permits(found: Mapping[str, int], lapsed: int) -> Callable[[Write], Table]:
    """Permits that have not ended, by state, and those that ended unused in the period."""
    def table(write: Write) -> Table:
        rows = [(str(permit_state_word(state).label), write(count)) for state, count in found.items()]
        return Table((_("Permits"), _("Number")),
                     (*rows, (_("Ended unused in the period"), write(lapsed))))
    return table


def crossings(found: Mapping[str, Counter[date]], period: Period) -> Bars:
    """Consignments endorsed at the border, by month."""
    months = list(period.each())
    several = len({month.year for month in months}) > 1
    return Bars(
        key="crossings", title=_("Endorsed at the border"), heading=_("Month"), unit=_("consignments"),
        labels=tuple(month_label(month, several_years=several) for month in months),
        series=(Series(_("Export"), tuple(found["export"][month] for month in months)),
                Series(_("Import"), tuple(found["import"][month] for month in months))))
