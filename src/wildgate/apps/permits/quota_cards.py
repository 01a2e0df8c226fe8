"""The quotas that a case would draw on, as an officer sees them: used, bound, this case, free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wildgate.apps.permits import answers
from wildgate.apps.permits.models import Application
from wildgate.apps.quotas import selectors as quotas
from wildgate.apps.quotas.models import Quota
from wildgate.convention.lifecycle import CLOSED
from wildgate.convention.quota import Balance, Claim, Limit, in_quota_units, shipment_of_trade
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade


@dataclass(frozen=True, slots=True)
class QuotaCard:
    """One quota with its figures in its own unit; `this` is what the case asks of it."""

    taxon: str
    terms: tuple[str, ...]
    year: int
    unit: str
    total: Decimal
    used: Decimal
    bound: Decimal
    this: Decimal


def cards(case: Application, on: date) -> list[QuotaCard]:
    """The quotas with a ledger that bind a line of an open case; none once the case is closed."""
    if case.case_state in CLOSED:
        return []
    trade = answers.trade_of(case.answers, home=case.party, on=on, law=case.law)
    if not isinstance(trade, Trade):
        return []
    shipment = shipment_of_trade(trade, case.law)
    claims = {claim.block: claim for claim in shipment.claims}
    asked: dict[int, Decimal] = {}
    for block, limits in quotas.limits_of(case.party, shipment).items():
        for limit in limits:
            asked[limit.key] = asked.get(limit.key, Decimal(0)) + _counted(limit, claims[block])
    found = quotas.standing(Quota.objects.filter(pk__in=asked).order_by("pk")) if asked else []
    return [_card(each.quota, each.balance, asked[each.quota.pk]) for each in found if each.balance is not None]


def _card(quota: Quota, balance: Balance, this: Decimal) -> QuotaCard:
    return QuotaCard(quota.taxon, tuple(quota.terms), quota.start.year, quota.unit, balance.amount, balance.used,
                     balance.bound + balance.reserved, this)


def _counted(limit: Limit, claim: Claim) -> Decimal:
    """The line in the quota's unit; nothing where it cannot be turned into it (issue will say so)."""
    factor = limit.factor(claim.unit)
    return Decimal(0) if isinstance(factor, Refusal) else in_quota_units(claim.quantity, factor)
