"""What this system knows beside the trade store: what left on its permits, its quotas, where a taxon lives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from wildgate.apps.customs.models import Correction, Endorsement, EndorsementLine
from wildgate.apps.quotas.models import Quota, QuotaBalance
from wildgate.apps.registers.models import OperationTaxon
from wildgate.apps.species.models import TaxonRange
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.operations import OperationState
from wildgate.convention.taxonomy import Taxon
from wildgate.worldtrade.signals import Flow, Own
from wildgate.worldtrade.signals import Quota as Taken

YEARS = 12
MOST = 50_000
THERE = (TaxonRange.Certainty.NATIVE, TaxonRange.Certainty.PRESENT, TaxonRange.Certainty.REINTRODUCED)


def own(party: str, on: date) -> Own:
    """Everything of a Party's own, in a number of queries that does not grow."""
    return Own(party, flows(party, on), quotas(party, on), native(party), outputs(party), imported(party, on))


COLUMNS = ("permit_line__taxon", "permit_line__term", "permit_line__unit", "endorsement__permit__importer_country",
           "permit_line__origin", "permit_line__source")


def flows(party: str, on: date) -> tuple[Flow, ...]:
    """What customs saw leave on our permits, by year; as corrected, where customs corrected it."""
    lines = EndorsementLine.objects.filter(
        endorsement__party=party, endorsement__stage=Endorsement.Stage.EXPORT, permit_line__isnull=False,
        endorsement__at__year__gt=on.year - YEARS).annotate(year=ExtractYear("endorsement__at"))
    rows = (lines.filter(quantity__gt=0).values_list(*COLUMNS, "year").annotate(n=Count("pk"), moved=Sum("quantity"))
            .order_by()[:MOST])
    more = _corrected(lines)
    law = law_of(party)
    groups: dict[str, str] = {}
    found = []
    for *key, n, amount in rows:
        taxon, term, unit, importer, origin, source, year = key
        moved = Decimal(amount) + more.get(tuple(key), Decimal(0))
        group = groups[taxon] if taxon in groups else groups.setdefault(taxon, group_of(law, taxon))
        if moved > 0:
            found.append(Flow(taxon, group, term, unit, importer, "" if origin == party else origin, source, year,
                              moved, n))
    return tuple(found)


def _corrected(lines: QuerySet[EndorsementLine]) -> dict[tuple[Any, ...], Decimal]:
    """By how much the newest corrections of customs changed each flow: there are few of them."""
    newest: dict[int, tuple[tuple[Any, ...], Decimal]] = {}
    rows = Correction.objects.filter(line__in=lines).annotate(year=ExtractYear("line__endorsement__at")).order_by("pk")
    for key, now, before, *of in rows.values_list("line_id", "quantity", "line__quantity",
                                                  *(f"line__{name}" for name in COLUMNS), "year")[:MOST]:
        newest[key] = tuple(of), Decimal(now) - before
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for flow, change in newest.values():
        found[flow] += change
    return found


def group_of(law: Law, taxon: str) -> str:
    """The class of an animal; empty for plants and for names that are not known."""
    found = law.resolve(taxon)
    known = {"Mammalia", "Aves", "Reptilia", "Amphibia"}
    return next((name for name in found.lineage if name in known), "") if isinstance(found, Taxon) else ""


def quotas(party: str, on: date) -> tuple[Taken, ...]:
    """Our own quotas that hold now with what the ledger says is exported and bound."""
    held = list(Quota.objects.filter(party=party, current=True, certain=True, country__in=("", party), start__lte=on,
                                     end__gte=on, amount__isnull=False).order_by("pk")[:2000])
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for balance in QuotaBalance.objects.filter(quota__in=[row.pk for row in held]):
        taken[balance.quota_id] += balance.bound + balance.used
    return tuple(Taken(row.taxon, ",".join(row.terms), row.unit, ",".join(row.sources)[:4], party, row.start, row.end,
                       row.amount or Decimal(0), taken[row.pk]) for row in held)


def outputs(party: str) -> dict[tuple[str, str], Decimal | None]:
    """What active operations state that they breed in a year; None for a taxon of which one states nothing."""
    found: dict[tuple[str, str], Decimal | None] = {}
    for taxon, country, yearly in OperationTaxon.objects.filter(
            operation__party=party, operation__state=OperationState.ACTIVE.value).values_list(
            "taxon", "operation__country", "yearly"):
        held = found.get((taxon, country), Decimal(0))
        found[taxon, country] = None if yearly is None or held is None else held + yearly
    return found


def imported(party: str, on: date) -> dict[tuple[str, str], dict[int, Decimal]]:
    """Live specimens that customs saw come in, by year."""
    rows = (EndorsementLine.objects.filter(
        endorsement__party=party, endorsement__stage=Endorsement.Stage.IMPORT, foreign_line__term="LIV",
        endorsement__at__year__gt=on.year - YEARS).annotate(year=ExtractYear("endorsement__at"))
        .values_list("foreign_line__taxon", "year").annotate(came=Sum("quantity")).order_by()[:MOST])
    found: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    for taxon, year, amount in rows:
        found[taxon, party][year] = Decimal(amount)
    return found


def native(party: str) -> Callable[[str, str], bool | None]:
    """Whether a taxon lives in the wild in a country: None where the register has no range of it."""
    ranges: dict[str, set[str]] = defaultdict(set)
    for taxon, country in TaxonRange.objects.filter(taxon__party=party, certainty__in=THERE).values_list(
            "taxon__name", "country"):
        ranges[taxon].add(country)
    return lambda taxon, country: country in ranges[taxon] if taxon in ranges else None
