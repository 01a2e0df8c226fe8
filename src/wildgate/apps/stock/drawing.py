"""What certificates take of a holder's stock: put aside at submit, bound at issue, used when customs count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from wildgate.apps.stock.ledger import LEDGER, locked
from wildgate.apps.stock.models import StockBalance, StockEntry, StockHold
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING, Balance, Entry
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import Ask, Draw, Stock, StockState, allot
from wildgate.kit import events, jobs
from wildgate.kit.books import OPEN, Demand


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose stock is drawn from, and the subject (an application) that it is held for."""

    party: str
    organisation: int
    subject: str


def plan(holder: Holder, asks: Sequence[Ask], law: Law, *,
         demanded: bool) -> tuple[Draw, ...] | tuple[Refusal, ...]:
    """Which entry each line draws from, with the entries locked until the end of the transaction."""
    asks = [ask for ask in asks if ask.stock or demanded]
    if not asks:
        return ()
    own = list(StockHold.objects.filter(subject=holder.subject, state__in=OPEN).order_by("pk"))
    entry = {hold.block: hold.balance_id for hold in own}
    wanted = Q(number__in=[ask.stock for ask in asks]) | Q(term__in={ask.term for ask in asks},
                                                           source__in={ask.source for ask in asks})
    keys = (StockEntry.objects.filter(wanted, organisation_id=holder.organisation, party=holder.party,
                                      state=StockState.RELEASED.value).values_list("pk", flat=True))
    stocks = [_with_own(row, own) for row in locked(keys)]
    return allot([replace(ask, held=entry.get(ask.block)) for ask in asks], sorted(stocks, key=_age), law,
                 demanded=demanded)


def _with_own(row: StockBalance, own: Sequence[StockHold]) -> Stock:
    """The entry with what the subject itself holds of it counted as free: a new draw gives the old one up."""
    mine = sum((hold.quantity for hold in own if hold.balance_id == row.pk), NOTHING)
    stock = row.entry.stock(row.balance)
    return replace(stock, free=stock.free + mine)


def _age(stock: Stock) -> tuple[date, int]:
    return stock.acquired or date.min, stock.key


def put_aside(holder: Holder, draws: Sequence[Draw], *, actor: str, at: datetime) -> Refusal | None:
    """Keep for an application what its lines will take, until it ends. Inside the transaction that planned it."""
    return LEDGER.take(_demands(draws), kind=Entry.RESERVE, subject=holder.subject, until=None, actor=actor, at=at)


def bind(holder: Holder, draws: Sequence[Draw], *, until: date, actor: str, at: datetime) -> Refusal | None:
    """Bind for a certificate what its lines take, until its last day. Inside the transaction of the issue."""
    refused = LEDGER.take(_demands(draws), kind=Entry.BIND, subject=holder.subject, until=until, actor=actor, at=at)
    if refused is None and draws:
        due = max(at, datetime.combine(until + timedelta(days=1), time(), UTC))
        jobs.enqueue("stock.return_expired_draws", until.isoformat(), party=holder.party, at=due,
                     party_code=holder.party)
    return refused


def _demands(draws: Sequence[Draw]) -> list[Demand]:
    return [Demand(draw.stock.key, draw.block, draw.quantity, draw.factor) for draw in draws]


def use(*, party: str, subject: str, moved: Mapping[str, Decimal], actor: str, at: datetime) -> None:
    """Customs endorsed: what left of each block is used, the rest is in stock again. Inside a transaction."""
    _books, beyond = LEDGER.settle(subject, moved=moved, why="endorsed", actor=actor, at=at)
    if beyond:
        events.append("stock-overrun", subject, party=party, actor=actor, at=at, data={"beyond": plain(beyond)})


def give_back(*, subject: str, why: str, actor: str, at: datetime) -> None:
    """A certificate or application that will not be used returns all it holds. Inside a transaction."""
    LEDGER.settle(subject, moved={}, why=why, actor=actor, at=at)


def return_expired(*, party: str, on: date, at: datetime) -> int:
    """Return what certificates that ended before `on` still hold; how many of them did."""
    subjects = (StockHold.objects.filter(state=StockHold.State.BOUND, until__lt=on, balance__entry__party=party)
                .order_by("subject").values_list("subject", flat=True).distinct())
    done = 0
    for subject in list(subjects):
        with transaction.atomic():
            LEDGER.settle(subject, moved={}, why="expired", actor=events.SYSTEM, at=at, expired=True, before=on)
            events.append("stock-returned", subject, party=party, actor=events.SYSTEM, at=at, data={"why": "expired"})
            done += 1
    return done


def balance_of(entry: StockEntry) -> Balance:
    """Where an entry stands; one that is not released has nothing free."""
    row = StockBalance.objects.filter(pk=entry.pk).first()
    return row.balance if row else Balance(NOTHING)
