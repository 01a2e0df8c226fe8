"""The stock ledger at work: balances under their row locks, one line written for each change.

Locks are taken in the order of the entries' keys, after those of the application or permit and of the quotas, and
before the number series and the event chain. Every caller is inside a transaction; a refusal leaves nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.stock.models import StockBalance, StockHold, StockLine
from wildgate.convention.quota import NOTHING, Balance, Entry, in_quota_units
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import short

State = StockHold.State
OPEN = (State.RESERVED, State.BOUND)


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line takes of one entry, in the entry's unit; `factor` of them are one unit of the line."""

    entry: int
    block: str
    quantity: Decimal
    factor: Decimal = Decimal(1)


@dataclass(slots=True)
class Books:
    """Locked balances, with the lines to be written for them."""

    subject: str
    actor: str
    at: datetime
    rows: dict[int, StockBalance]
    balances: dict[int, Balance]
    lines: list[StockLine]

    @classmethod
    def lock(cls, keys: Iterable[int], *, subject: str, actor: str, at: datetime) -> Books:
        rows = {row.pk: row for row in locked(keys)}
        return cls(subject, actor, at, rows, {key: row.balance for key, row in rows.items()}, [])

    def write(self, key: int, kind: Entry, quantity: Decimal, *, block: str, of: Entry = Entry.BIND,
              why: str = "") -> None:
        """One ledger line; nothing is written for nothing."""
        if not quantity:
            return
        self.balances[key] = self.balances[key].after(kind, quantity, of)
        self.lines.append(StockLine(
            balance_id=key, subject=self.subject, block=block, kind=kind.value, quantity=quantity, why=why,
            of=of.value if kind is Entry.RETURN else "", actor=self.actor, at=self.at))

    def save(self) -> None:
        """Write the lines. The database moves the balances by them, and checks each once more."""
        StockLine.objects.bulk_create(self.lines)
        for key, row in self.rows.items():
            new = self.balances[key]
            row.reserved, row.bound, row.used = new.reserved, new.bound, new.used


def locked(keys: Iterable[int]) -> list[StockBalance]:
    """The balances of these entries under their locks, in the ledger's order."""
    return list(StockBalance.objects.select_for_update(of=("self",)).select_related("entry")
                .filter(pk__in=set(keys)).order_by("pk"))


def take(demands: Iterable[Demand], *, kind: Entry, subject: str, until: date | None, actor: str,
         at: datetime) -> Refusal | None:
    """Put aside or bind what the lines need, all or nothing. What the subject held before is given up for it."""
    asked = list(demands)
    own = StockHold.objects.filter(subject=subject, state__in=OPEN)
    books = Books.lock([*(one.entry for one in asked), *own.values_list("balance_id", flat=True)],
                       subject=subject, actor=actor, at=at)
    held = list(own.order_by("pk"))
    for hold in held:
        of = Entry.RESERVE if hold.state == State.RESERVED else Entry.BIND
        books.write(hold.balance_id, Entry.RETURN, hold.quantity, block=hold.block, of=of, why="replaced")
    for one in asked:
        balance = books.balances[one.entry]
        if one.quantity > balance.free:
            return short(books.rows[one.entry].entry.stock(balance), one.quantity)
        books.write(one.entry, kind, one.quantity, block=one.block)
    books.save()
    if held:
        StockHold.objects.filter(pk__in=[hold.pk for hold in held]).update(state=State.CLOSED)
    StockHold.objects.bulk_create([
        StockHold(balance_id=one.entry, subject=subject, block=one.block, quantity=one.quantity, factor=one.factor,
                  until=until, state=State.RESERVED if kind is Entry.RESERVE else State.BOUND) for one in asked])
    return None


def settle(subject: str, *, moved: Mapping[str, Decimal], why: str, actor: str, at: datetime,
           expired: bool = False, before: date | None = None) -> Decimal:
    """Use what moved of each line and return the rest. The number is what moved beyond anything held.

    `expired`: the holds end with their date and may still be used by an endorsement that arrives late;
    `before`: only holds that ended before this day.
    """
    wanted = [*OPEN, State.EXPIRED] if moved else [*OPEN]
    own = StockHold.objects.filter(subject=subject, state__in=wanted)
    books = Books.lock(own.values_list("balance_id", flat=True), subject=subject, actor=actor, at=at)
    beyond = NOTHING
    if not books.rows:
        return beyond
    holds = own.select_for_update().order_by("pk")
    for hold in holds if before is None else holds.filter(until__lt=before):
        beyond += _settle_one(books, hold, moved.get(hold.block, NOTHING), why)
        hold.state = State.EXPIRED if expired else State.CLOSED
        hold.save(update_fields=["state"])
    books.save()
    return beyond


def _settle_one(books: Books, hold: StockHold, moved: Decimal, why: str) -> Decimal:
    need, key = in_quota_units(moved, hold.factor), hold.balance_id
    if hold.state == State.RESERVED:
        books.write(key, Entry.RETURN, hold.quantity, block=hold.block, of=Entry.RESERVE, why=why)
        return NOTHING
    have: Decimal = hold.quantity
    if hold.state == State.EXPIRED:
        have = min(need, max(books.balances[key].free, NOTHING))
        books.write(key, Entry.BIND, have, block=hold.block, why="late")
    used = min(have, need)
    books.write(key, Entry.USE, used, block=hold.block, why=why)
    books.write(key, Entry.RETURN, have - used, block=hold.block, why=why)
    return max(need - used, NOTHING)


def pass_on(subject: str, heir: str, *, actor: str, at: datetime) -> None:
    """What one certificate holds becomes that of the one after it: given back and bound again, so the sum stays."""
    own = StockHold.objects.filter(subject=subject, state=State.BOUND).order_by("pk")
    books = Books.lock(list(own.values_list("balance_id", flat=True)), subject=subject, actor=actor, at=at)
    for hold in list(own):
        for books.subject, kind in ((subject, Entry.RETURN), (heir, Entry.BIND)):
            books.write(hold.balance_id, kind, hold.quantity, block=hold.block, why="replaced")
        StockHold.objects.create(balance_id=hold.balance_id, subject=heir, block=hold.block, quantity=hold.quantity,
                                 factor=hold.factor, until=hold.until, state=State.BOUND)
    own.update(state=State.CLOSED)
    books.save()
