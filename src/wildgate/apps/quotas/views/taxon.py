"""One taxon: what the law and the registers say of it, for anybody; where our quotas stand, for officials."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import public
from wildgate.apps.quotas import selectors
from wildgate.apps.quotas.forms import LawFilterForm
from wildgate.apps.quotas.models import Quota, SuspensionRow
from wildgate.apps.species.pages import TaxonFacts, tabs, taxon_facts

MOST_SHOWN = 50
LONGEST_NAME = 120
UNKNOWN = 404


@public
def taxon(request: HttpRequest, name: str) -> HttpResponse:
    """The taxon page. What the Convention says is public; a quota's ledger is the authority's."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today: date = request.at.date()  # type: ignore[attr-defined]
    form = LawFilterForm(request.GET)
    on, population = form.asked("on"), form.asked("population") or None
    facts = taxon_facts(name.replace("\x00", "").strip()[:LONGEST_NAME], party=settings.PARTY, population=population,
                        on=on)
    day = on or today
    official = can(actor, Action.VIEW_QUOTAS).allowed
    return render(request, "quotas/taxon.html", {
        "facts": facts, "form": form, "on": on, "population": population, "year": day.year, "official": official,
        "may_set": can(actor, Action.SET_QUOTAS).allowed, "tabs": tabs(actor, "species"),
        "quotas": selectors.standing(_quotas(facts, day.year, population)[:MOST_SHOWN]) if facts.taxon else [],
        "measures": list(_measures(facts, day, population)[:MOST_SHOWN]) if facts.taxon else [],
        "country_bans": _bans(day, population) if facts.taxon else 0,
    }, status=UNKNOWN if facts.taxon is None and facts.unknown and not facts.suggestions else 200)


def _quotas(facts: TaxonFacts, year: int, population: str | None) -> QuerySet[Quota]:
    """Current quotas of the year for the taxon or a taxon above it."""
    found = selectors.quotas(settings.PARTY, year=year).filter(current=True, taxon__in=facts.lineage)
    return found.filter(country__in=["", population]) if population else found


def _measures(facts: TaxonFacts, day: date, population: str | None) -> QuerySet[SuspensionRow]:
    found = selectors.suspensions(settings.PARTY, on=day).filter(taxon__in=facts.lineage)
    return found.filter(country__in=["", population]) if population else found


def _bans(day: date, population: str | None) -> int:
    """Measures on all trade with a country: they hold for this taxon as well."""
    return selectors.suspensions(settings.PARTY, country=population or "", on=day).filter(taxon="").count()
