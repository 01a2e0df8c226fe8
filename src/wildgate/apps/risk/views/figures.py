"""The risk manager's figures, with every table as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.risk import figures
from wildgate.apps.risk.forms import PeriodForm
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.permit import plain
from wildgate.kit.charts import Chart, Table, table_of
from wildgate.kit.charts.shapes import Number
from wildgate.kit.charts.words import written

USUAL = timedelta(days=90)
TITLES = {"compliance": gettext_lazy("What the random sample says"),
          "profiles": gettext_lazy("Profiles and their hits"),
          "yield-lane": gettext_lazy("Findings by lane"), "yield-reason": gettext_lazy("Findings by what drew it")}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@role(Action.VIEW_RISK_FIGURES)
def page(request: Request) -> HttpResponse:
    """Compliance, yields, misses, workload, and what is suggested for profiles."""
    party, today = request.actor.party, request.at.date()
    form = PeriodForm(request.GET or None)
    since, until = form.days(today, today - USUAL)
    found = figures.counted(party, since, until)
    made = figures.parts(party, found, today)
    told = figures.standings(party, found, today)
    heard = [(row, each) for row, each in told if each.hits.of]
    return render(request, "risk/figures.html", {
        "since": since, "until": until, "said": found.compliance, "tabs": rooms(request.actor, "risk-figures"),
        "query": f"since={since.isoformat()}&until={until.isoformat()}",
        "charts": [(key, part) for key, part in made.items() if isinstance(part, Chart)],
        "tables": [(key, TITLES[key], part(written)) for key, part in made.items()
                   if not isinstance(part, Chart) and key != "profiles"],
        "standings": [(row, each, figures.ADVICE[each.advice], _(each.why.template) % each.why.values)
                      for row, each in heard], "silent": len(told) - len(heard),
        "wrong": [figures.percent(each) for each in (
            found.compliance.wrong.rate, found.compliance.wrong.low, found.compliance.wrong.high)]})


@role(Action.VIEW_RISK_FIGURES)
def download(request: Request, name: str) -> HttpResponse:
    """One table of the page as a file."""
    today = request.at.date()
    since, until = PeriodForm(request.GET or None).days(today, today - USUAL)
    made = figures.parts(request.actor.party, figures.counted(request.actor.party, since, until), today)
    if name not in made:
        raise Http404(_("There is no such table."))
    part = made[name]
    table = table_of(part, _bare) if isinstance(part, Chart) else part(_bare)
    return HttpResponse("\ufeff" + _csv(table), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="risk-{name}.csv"', "Cache-Control": "private, no-store"})


def _bare(value: Number | None) -> str:
    """A number for a file: digits and a point."""
    return "" if value is None else plain(Decimal(value))


def _csv(table: Table) -> str:
    """Text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([[f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row]
                      for row in (table.head, *table.rows)])
    return out.getvalue()
