"""Facts from the registers: quotas, suspensions, breeding operations, range States."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import Q, Sum

from wildgate.apps.quotas.models import Quota, QuotaBalance, SuspensionRow
from wildgate.apps.registers.models import OperationOutput, OperationTaxon
from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.apps.species.models import TaxonRange
from wildgate.convention.operations import OperationKind, OperationState
from wildgate.convention.quota import Limit, Shipment
from wildgate.convention.suspension import judge
from wildgate.targeting.consignment import Consignment, Item

BRED = frozenset("CDFA")
ONE = Decimal(1)
THERE = (TaxonRange.Certainty.NATIVE, TaxonRange.Certainty.PRESENT, TaxonRange.Certainty.REINTRODUCED)
REVIEW = "significant trade"


class Limits:
    """The groups `quota`, `suspension` and, of `source`, what the registers know."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.shipments: dict[tuple[str, int], Shipment] = {
            (said.reference, item.number): batch.shipment(said, item) for said, item in batch.items() if item.taxon}
        names = {name for shipment in self.shipments.values() for name in shipment.claims[0].specimens.names}
        self.taxa = {batch.name(item) for _, item in batch.items() if item.taxon}
        self._quotas(names)
        self._measures(names)
        self._operations()
        self.ranges: dict[str, set[str]] = defaultdict(set)
        for taxon, country in TaxonRange.objects.filter(
                taxon__party=batch.party, taxon__name__in=self.taxa, certainty__in=THERE).values_list(
                "taxon__name", "country"):
            self.ranges[taxon].add(country)

    def of(self, said: Consignment, item: Item) -> Facts:
        shipment = self.shipments.get((said.reference, item.number))
        if shipment is None:
            return {}
        taxon = self.batch.name(item)
        ranges = self.ranges.get(taxon)
        return {**self._quota(item, shipment), **self._suspension(shipment), **self._bred(said, item, taxon),
                "source.range_state": item.origin in ranges if ranges and item.origin else None}

    def _quotas(self, names: set[str]) -> None:
        on = self.batch.on
        rows = list(Quota.objects.filter(party=self.batch.party, current=True, taxon__in=names, start__lte=on,
                                         end__gte=on).order_by("pk")) if names else []
        self.limits: list[Limit] = [row.limit for row in rows if row.certain]
        self.taken: dict[int, Decimal] = defaultdict(Decimal)
        for balance in QuotaBalance.objects.filter(quota__in=rows) if rows else ():
            self.taken[balance.quota_id] += balance.bound + balance.used

    def _quota(self, item: Item, shipment: Shipment) -> Facts:
        claim = shipment.claims[0]
        if not shipment.exports_own(claim):
            return {}
        bound = [limit for limit in self.limits if limit.holds(shipment, claim) and limit.amount is not None
                 and limit.country in ("", shipment.sender)]
        if not bound:
            return {}
        shares = [(self.taken[limit.key] + self._asked(item, shipment, limit)) / limit.amount for limit in bound
                  if limit.amount]
        return {"quota.zero": any(limit.amount == 0 for limit in bound), "quota.share": max(shares, default=None),
                "quota.days_left": min((limit.end - self.batch.on).days for limit in bound)}

    def _asked(self, item: Item, shipment: Shipment, limit: Limit) -> Decimal:
        """What this item takes on top: nothing where a permit of ours was counted against the quota at issue."""
        if any(ref.country in ("", self.batch.party) and ref.role == "home" for ref in item.permits):
            return Decimal(0)
        factor = limit.factor(item.unit) if item.unit else ONE
        return (item.quantity or Decimal(0)) * factor if isinstance(factor, Decimal) else Decimal(0)

    def _measures(self, names: set[str]) -> None:
        on = self.batch.on
        rows = SuspensionRow.objects.filter(Q(end=None) | Q(end__gte=on), party=self.batch.party, current=True,
                                            taxon__in={"", *names}, start__lte=on).order_by("start", "pk")
        found = list(rows) if self.shipments else []
        self.measures = [row.measure for row in found]

    def _suspension(self, shipment: Shipment) -> Facts:
        answer = judge(shipment, self.measures)
        met = [each for each in self.measures if each.meets(shipment, shipment.claims[0])]
        return {"suspension.in_force": bool(answer.refusals),
                "suspension.review": any(REVIEW in each.note.casefold() for each in met)}

    def _operations(self) -> None:
        year, party = self.batch.at.year, self.batch.party
        wanted = {self.batch.name(item) for _, item in self.batch.items() if item.source in BRED}
        self.known: dict[tuple[str, str], list[OperationTaxon]] = defaultdict(list)
        rows = (OperationTaxon.objects.filter(operation__party=party, taxon__in=wanted,
                                              operation__state=OperationState.ACTIVE.value)
                .select_related("operation")) if wanted else ()
        for row in rows:
            self.known[row.taxon, row.operation.country].append(row)
        out = (OperationOutput.objects.filter(operation__party=party, taxon__in=wanted, year=year)
               .exclude(state=OperationOutput.State.RETURNED).values_list("taxon").annotate(n=Sum("quantity"))
               ) if wanted else ()
        self.output = dict(out)

    def _bred(self, said: Consignment, item: Item, taxon: str) -> Facts:
        """What the register says of those who could have bred it; of another Party it knows only what was told."""
        if item.source not in BRED:
            return {}
        there = self.known.get((taxon, item.origin), [])
        home = item.origin == self.batch.party
        can = sum((row.yearly for row in there if row.yearly), Decimal(0))
        return {
            "source.facility_known": True if there else False if home else None,
            "source.registered": any(row.operation.kind == OperationKind.BREEDING_I.value for row in there)
            if there or home else None,
            "source.output_share": (self.output.get(taxon, Decimal(0)) + (item.quantity or 0)) / can
            if can and home else None}
