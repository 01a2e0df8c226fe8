"""The pages of figures: the service for directors, quotas and permits, and the Scientific Authority's monitoring.

A page shows what was counted and up to which event; the worker counts every minute, a visit never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.figures import advice, advice_page, files, implementation, selectors, service_page, use, use_page
from wildgate.apps.figures import implementation_page as report_page
from wildgate.apps.figures.models import Mark
from wildgate.apps.figures.periods import Asked, choices
from wildgate.apps.figures.service_page import Part
from wildgate.apps.permits.wording import unit_name
from wildgate.convention.vocabulary import Appendix, Direction
from wildgate.kit.charts import Chart
from wildgate.kit.charts.words import written

FINDINGS_ON_A_PAGE, TAXA_ON_A_PAGE = 8, 60
MOST_IN_A_FILE = 20_000
MOST_YEARS = 6


@role(Action.VIEW_FIGURES)
def service(request: Request) -> HttpResponse:
    """How long decisions take, how they go, what waits: the director's page."""
    parts, more = _service(request)
    return _page(request, "figures/service.html", parts, more)


@role(Action.VIEW_FIGURES)
def service_csv(request: Request, name: str) -> HttpResponse:
    """One table of the director's page as a file."""
    return _file(_service(request)[0], name)


@role(Action.VIEW_FIGURES)
def use_of(request: Request) -> HttpResponse:
    """Quotas and permits: what is used, what came back, what is in force, what crossed the border."""
    parts, more = _use(request)
    return _page(request, "figures/use.html", parts, more)


@role(Action.VIEW_FIGURES)
def use_csv(request: Request, name: str) -> HttpResponse:
    """One table of quotas and permits as a file."""
    return _file(_use(request)[0], name)


@role(Action.VIEW_FIGURES)
def implementation_of(request: Request) -> HttpResponse:
    """What the implementation report asks for, year by year."""
    years = implementation.first_years(request.actor.party, request.at.date(), MOST_YEARS)
    found = implementation.sections(request.actor.party, years)
    return render(request, "figures/implementation.html", {
        "asked": Asked.of({}, request.at.date()), "charts": report_page.charts(found, years),
        "tables": [(report_page.TITLES[each.key], report_page.table(each, years)(written)) for each in found
                   if each.rows], "mark": Mark.objects.filter(party=request.actor.party).first()})


@role(Action.VIEW_FIGURES)
def implementation_csv(request: Request) -> HttpResponse:
    """The same as one file."""
    years = implementation.first_years(request.actor.party, request.at.date(), MOST_YEARS)
    found = implementation.sections(request.actor.party, years)
    return files.csv_answer(files.table(report_page.whole(found, years)), "implementation")


@role(Action.VIEW_MONITORING)
def monitoring(request: Request) -> HttpResponse:
    """Permits and actual exports against the Scientific Authority's advice (Article IV.3)."""
    party, today = request.actor.party, request.at.date()
    found = advice.watched(party, today)
    page = Paginator(found, FINDINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    units, years = advice.units(party), advice.years(party)
    unit = request.GET.get("unit", "") if request.GET.get("unit") in units else (units[0] if units else "")
    year = next((each for each in years if str(each) == request.GET.get("year")), years[0] if years else today.year)
    rows = list(advice.traded(party, year, unit)[:TAXA_ON_A_PAGE])
    over = advice.over_years(party, year, unit, [row.taxon for row in rows])
    trend = advice_page.trends(over, year, unit) if any(map(any, (each.values() for each in over.values()))) else None
    return render(request, "figures/advice.html", {
        "may_open": can(request.actor, Action.VIEW_STANDING),
        "page": page, "charts": [(each, advice_page.finding_chart(each, today.year)) for each in page],
        "holders": advice.holders([each for each in found if each.near], party),
        "near": [each for each in found if each.near and each.figures.holds], "against": advice.against(party),
        "units": [(code, unit_name(code)) for code in units], "unit": unit, "years": years, "year": year, "rows": rows,
        "taxa": advice_page.taxa_chart(rows[:advice.MOST_TAXA], year, unit) if rows else None,
        "trends": trend, "mark": Mark.objects.filter(party=party).first()})


@role(Action.VIEW_MONITORING)
def monitoring_csv(request: Request, name: str) -> HttpResponse:
    """The findings, or the taxa of a year, as a file."""
    party, today = request.actor.party, request.at.date()
    if name == "findings":
        return files.csv_answer(advice_page.findings(advice.watched(party, today))(files.bare), "findings")
    year, unit = request.GET.get("year", ""), request.GET.get("unit", "")
    if name != "taxa" or not (year.isascii() and year.isdigit() and len(year) == 4):
        raise Http404(_("There is no such table."))
    rows = list(advice.traded(party, int(year), unit)[:MOST_IN_A_FILE])
    return files.csv_answer(advice_page.taxa(rows)(files.bare), f"taxa-{year}")


def _service(request: Request) -> tuple[dict[str, Part], dict[str, Any]]:
    party, today = request.actor.party, request.at.date()
    asked, teams = Asked.of(request.GET, today), selectors.team_names(party)
    found, waits = selectors.service(party, asked), selectors.backlog(party, asked, today)
    parts: dict[str, Part] = {chart.key: chart for chart in (
        service_page.time_to_decide(found), service_page.spread(found.whole), service_page.promises(found),
        service_page.outcomes(found), service_page.received(found), service_page.backlog(waits))}
    if found.whole.refused:
        chart = service_page.refusals(found.whole)
        parts[chart.key] = chart
    parts |= {"by-state": service_page.waiting(waits), "by-office": service_page.offices(found, waits, teams),
              "by-group": service_page.groups(found)}
    offices = sorted({team.office for team in teams.values() if team.office})
    return parts, {"asked": asked, "whole": found.whole, "waits": waits, "offices": offices,
                   "teams": [(f"team:{team.pk}", team.name) for team in teams.values()]}


def _use(request: Request) -> tuple[dict[str, Part], dict[str, Any]]:
    party, today = request.actor.party, request.at.date()
    asked = Asked.of({"period": request.GET.get("period", "")}, today)
    quotas, states = use.quotas(party, today), selectors.in_force(party, asked, today)
    signed, late = use.late_records(party, asked.period)
    crossings = use_page.crossings(use.crossings(party, asked.period), asked.period)
    parts: dict[str, Part] = {
        crossings.key: crossings, "quotas": use_page.quotas(quotas, use.given_back(quotas, asked.period)),
        "permits": use_page.permits(states, selectors.lapsed(party, asked, today))}
    if quotas:
        parts["quota-shares"] = use_page.shares(quotas)
    return parts, {"asked": asked, "in_force": sum(states.values()), "signed": signed, "late": late,
                   "quota_count": len(quotas)}


def _page(request: Request, template: str, parts: Mapping[str, Part], more: Mapping[str, Any]) -> HttpResponse:
    """Charts stay values, which the template draws; tables are written for the reader."""
    shown = {name.replace("-", "_"): part if isinstance(part, Chart) else part(written)
             for name, part in parts.items()}
    today = request.at.date()
    return render(request, template, {
        **more, **shown, "periods": choices(today), "directions": list(Direction), "appendices": list(Appendix),
        "today": today, "mark": Mark.objects.filter(party=request.actor.party).first()})


def _file(parts: Mapping[str, Part], name: str) -> HttpResponse:
    if name not in parts:
        raise Http404(_("There is no such table."))
    return files.csv_answer(files.table(parts[name]), name)
