"""Every read about quotas and suspensions: what binds a consignment, where a quota stands, its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from wildgate.apps.quotas.models import Quota, QuotaBalance, QuotaEntry, QuotaHold, SuspensionRow
from wildgate.convention import suspension
from wildgate.convention.listing import Law
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.quota import (
    NOTHING,
    Balance,
    Claim,
    Entry,
    LedgerLine,
    Limit,
    Shipment,
    Specimens,
    exceeds,
    fold,
    lineage,
    refused,
)
from wildgate.convention.refusal import Refusal
from wildgate.convention.suspension import Suspension
from wildgate.kit.books import OPEN

__all__ = ["Standing", "against_foreign", "agrees", "doubts", "holding", "ledger", "limits_of", "measures", "quotas",
           "specimens", "standing", "suspensions"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A quota as a page or a list shows it; the figures are those of all its shares together."""

    quota: Quota
    balance: Balance | None

    @property
    def state(self) -> str:
        if self.quota.amount is None:
            return "in-preparation"
        return "zero" if self.quota.amount == 0 else "open"


def specimens(law: Law, taxon: str, term: str, source: str, purpose: str, origin: str) -> Specimens:
    """Specimens named by their codes, with the lineage that measures are matched against."""
    return Specimens(lineage(law, taxon), term, source, purpose, origin)


def limits_of(party: str, shipment: Shipment) -> dict[str, tuple[Limit, ...]]:
    """The current quotas of the exporting Party that bind each line, the nearest first, by block."""
    names = {name for claim in shipment.claims if shipment.exports_own(claim) for name in claim.specimens.names}
    if not names:
        return {}
    rows = Quota.objects.filter(party=party, current=True, taxon__in=names, country__in=["", shipment.sender],
                                start__lte=shipment.on, end__gte=shipment.on).order_by("pk")
    found = [row.limit for row in rows]
    return {claim.block: tuple(sorted((one for one in found if one.holds(shipment, claim)),
                                      key=lambda one: (*one.scope.depth(claim.specimens), one.amount or NOTHING)))
            for claim in shipment.claims}


def measures(party: str, shipment: Shipment) -> list[Suspension]:
    """The measures of the register that could meet the consignment."""
    countries = {"", shipment.sender, shipment.receiver, *(claim.specimens.origin for claim in shipment.claims)}
    names = {"", *(name for claim in shipment.claims for name in claim.specimens.names)}
    rows = SuspensionRow.objects.filter(Q(end=None) | Q(end__gte=shipment.on), party=party, current=True,
                                        country__in=countries, taxon__in=names, start__lte=shipment.on)
    return [row.measure for row in rows.order_by("start", "pk")]


def judge(party: str, shipment: Shipment) -> suspension.Answer:
    """What the suspensions of the register say to a consignment."""
    return suspension.judge(shipment, measures(party, shipment))


def forbidden(party: str, shipment: Shipment, *, waiting: bool = False,
              limits: Mapping[str, Sequence[Limit]] | None = None) -> tuple[Refusal, ...]:
    """Why nothing can be issued whatever is left: a suspension or a zero quota; `waiting`: one in preparation as well.

    The field is that of the application's line where blocks are positions.
    """
    found = list(judge(party, shipment).refusals)
    bound = limits_of(party, shipment) if limits is None else limits
    for claim in shipment.claims:
        field = f"lines[{claim.block}].taxon" if claim.block.isdigit() else None
        for limit in bound.get(claim.block, ()):
            no = refused(limit, claim, field=field) if limit.certain else None
            if no is not None and (waiting or limit.amount is not None):
                found.append(no)
    return tuple(dict.fromkeys(found))


def doubts(party: str, shipment: Shipment) -> dict[str, tuple[Caution, ...]]:
    """What a person must judge, by the finding that settles it: `no-suspension` and `quota`."""
    unread = [doubt("perhaps-quota", "A quota (%(country)s) for %(taxon)s in %(year)s may cover this line: %(note)s",
                    ("Res. Conf. 14.7",), country=limit.country or "*", taxon=limit.scope.taxon,
                    year=limit.start.year, note=limit.note)
              for found in limits_of(party, shipment).values() for limit in found if not limit.certain]
    answers = {"no-suspension": judge(party, shipment).doubts, "quota": tuple(dict.fromkeys(unread))}
    return {kind: cautions for kind, cautions in answers.items() if cautions}


def against_foreign(party: str, shipment: Shipment, *, issued_on: date) -> tuple[Refusal, ...]:
    """Why another Party's permit should not be accepted: trade is suspended, or it has more than that Party's quota.

    Suspensions hold on the day of the import, the quota of the day of issue (50 CFR 23.26(c)(14)).
    """
    found = [*judge(party, shipment).refusals]
    issued = Shipment(shipment.sender, shipment.receiver, issued_on, shipment.claims, shipment.re_export)
    by_limit: dict[int, tuple[Limit, list[Claim]]] = {}
    bound = limits_of(party, issued)
    for claim in issued.claims:
        for limit in bound.get(claim.block, ()):
            if limit.certain:
                by_limit.setdefault(limit.key, (limit, []))[1].append(claim)
    for limit, claims in by_limit.values():
        no = refused(limit, claims[0]) if limit.amount == 0 else exceeds(limit, claims)
        if no is not None:
            found.append(no)
    return tuple(dict.fromkeys(found))


def quotas(party: str, *, country: str = "", year: int | None = None, taxon: str = "") -> QuerySet[Quota]:
    """Quotas of the register by country, taxon and year."""
    found = Quota.objects.filter(party=party)
    if country:
        found = found.filter(country=country)
    if year is not None:
        found = found.filter(start__year__lte=year, end__year__gte=year)
    if taxon:
        found = found.filter(taxon__icontains=taxon)
    return found.order_by("country", "taxon", "start", "pk")


def suspensions(party: str, *, country: str = "", on: date | None = None) -> QuerySet[SuspensionRow]:
    """Measures of the register by country; `on`: those that stand on that day."""
    found = SuspensionRow.objects.filter(party=party)
    if country:
        found = found.filter(country=country)
    if on is not None:
        found = found.filter(Q(end=None) | Q(end__gte=on), start__lte=on, current=True)
    return found.order_by("country", "taxon", "start", "pk")


def standing(found: Iterable[Quota]) -> list[Standing]:
    """Where these quotas stand."""
    rows = list(found)
    by_quota: dict[int, list[QuotaBalance]] = {}
    for row in QuotaBalance.objects.filter(quota__in=rows):
        by_quota.setdefault(row.quota_id, []).append(row)
    return [Standing(quota, total(by_quota.get(quota.pk, []))) for quota in rows]


def total(rows: Sequence[QuotaBalance]) -> Balance | None:
    """All shares of a quota together; None where no ledger is kept (another Party's quota)."""
    if not rows:
        return None

    def add(name: str) -> Decimal:
        return sum((getattr(row, name) for row in rows), NOTHING)
    return Balance(add("amount"), add("reserved"), add("bound"), add("used"))


def ledger(quota: Quota) -> QuerySet[QuotaEntry]:
    """The quota's ledger, oldest first."""
    return QuotaEntry.objects.filter(balance__quota=quota).order_by("pk")


def holding(subject: str) -> list[QuotaHold]:
    """What an application or its permit holds of quotas now."""
    return list(QuotaHold.objects.filter(subject=subject, state__in=OPEN)
                .select_related("balance__quota").order_by("pk"))


def shares_of(party: str, organisations: Iterable[int], on: date) -> list[QuotaBalance]:
    """The shares that were given to these firms of quotas that are open on that day."""
    return list(QuotaBalance.objects.filter(quota__party=party, quota__start__lte=on, quota__end__gte=on,
                                            organisation_id__in=list(organisations))
                .select_related("quota", "organisation").order_by("organisation__name", "quota__taxon", "pk"))


def agrees(balance: QuotaBalance) -> bool:
    """Does the ledger lead to the balance as it stands?"""
    lines = [LedgerLine(Entry(entry.kind), entry.quantity, Entry(entry.of or Entry.BIND))
             for entry in balance.entries.order_by("pk")]
    return fold(balance.amount, lines) == balance.balance
