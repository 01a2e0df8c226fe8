"""The ledger at work: balances under their row locks, one line written for each change.

Locks are taken in the order of the balances' keys, after that of the application or permit and before the number
series and the event chain. Every caller is inside a transaction; a refusal leaves nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.quotas.models import QuotaBalance, QuotaEntry, QuotaHold
from wildgate.convention.quota import NOTHING, Balance, Entry, in_quota_units
from wildgate.convention.refusal import Refusal

State = QuotaHold.State
OPEN = (State.RESERVED, State.BOUND)


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line asks of one balance, in the quota's units; `factor` of them are one unit of the line."""

    balance: int
    block: str
    quantity: Decimal
    factor: Decimal
    label: str
    quota: int


@dataclass(slots=True)
class Books:
    """Locked balances, with the lines to be written for them."""

    subject: str
    actor: str
    at: datetime
    rows: dict[int, QuotaBalance]
    balances: dict[int, Balance]
    entries: list[QuotaEntry]

    @classmethod
    def lock(cls, keys: Iterable[int], *, subject: str, actor: str, at: datetime) -> Books:
        rows = {row.pk: row for row in
                QuotaBalance.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk")}
        return cls(subject, actor, at, rows, {key: row.balance for key, row in rows.items()}, [])

    def write(self, key: int, kind: Entry, quantity: Decimal, *, block: str, of: Entry = Entry.BIND,
              why: str = "") -> None:
        """One ledger line; nothing is written for nothing."""
        if not quantity:
            return
        self.balances[key] = self.balances[key].after(kind, quantity, of)
        self.entries.append(QuotaEntry(
            balance_id=key, subject=self.subject, block=block, kind=kind.value, quantity=quantity, why=why,
            of=of.value if kind is Entry.RETURN else "", actor=self.actor, at=self.at))

    def save(self) -> None:
        """Write the lines. The database moves the balances by them, and checks each once more."""
        QuotaEntry.objects.bulk_create(self.entries)
        for key, row in self.rows.items():
            new = self.balances[key]
            row.reserved, row.bound, row.used = new.reserved, new.bound, new.used

    def newest(self, key: int) -> Decimal:
        """The quantity bound last that is still held: what a refusal tells apart from the rest."""
        hold = (QuotaHold.objects.filter(balance_id=key, state=State.BOUND).exclude(subject=self.subject)
                .order_by("-pk").first())
        return hold.quantity if hold else NOTHING


def take(demands: Iterable[Demand], *, kind: Entry, subject: str, until: date, actor: str,
         at: datetime) -> Books | Refusal:
    """Reserve or bind what the lines ask for, all or nothing. What the subject held before is given up for it."""
    asked = list(demands)
    own = QuotaHold.objects.filter(subject=subject, state__in=OPEN)
    books = Books.lock([*(one.balance for one in asked), *own.values_list("balance_id", flat=True)],
                       subject=subject, actor=actor, at=at)
    held = list(own.order_by("pk"))
    for hold in held:
        of = Entry.RESERVE if hold.state == State.RESERVED else Entry.BIND
        books.write(hold.balance_id, Entry.RETURN, hold.quantity, block=hold.block, of=of, why="replaced")
    for one in asked:
        balance = books.balances[one.balance]
        if one.quantity > balance.free:
            return balance.refuse(one.quantity, newest=books.newest(one.balance), label=one.label)
        books.write(one.balance, kind, one.quantity, block=one.block)
    books.save()
    if held:
        QuotaHold.objects.filter(pk__in=[hold.pk for hold in held]).update(state=State.CLOSED)
    QuotaHold.objects.bulk_create([
        QuotaHold(balance_id=one.balance, subject=subject, block=one.block, quantity=one.quantity, factor=one.factor,
                  until=until, state=State.RESERVED if kind is Entry.RESERVE else State.BOUND) for one in asked])
    return books


def settle(subject: str, *, moved: Mapping[str, Decimal], why: str, actor: str, at: datetime,
           expired: bool = False, before: date | None = None) -> tuple[Books, Decimal]:
    """Use what moved of each line and give the rest back. The number is what moved beyond anything held.

    `expired`: the holds end with their date and may still be used by an endorsement that arrives late;
    `before`: only holds that ended before this day.
    """
    wanted = [*OPEN, State.EXPIRED] if moved else [*OPEN]
    keys = QuotaHold.objects.filter(subject=subject, state__in=wanted).values_list("balance_id", flat=True)
    books = Books.lock(list(keys), subject=subject, actor=actor, at=at)
    if not books.rows:
        return books, NOTHING
    holds = QuotaHold.objects.select_for_update().filter(subject=subject, state__in=wanted).order_by("pk")
    beyond = NOTHING
    for hold in holds if before is None else holds.filter(until__lt=before):
        beyond += _settle_one(books, hold, moved.get(hold.block, NOTHING), why)
        hold.state = State.EXPIRED if expired else State.CLOSED
        hold.save(update_fields=["state"])
    books.save()
    return books, beyond


def _settle_one(books: Books, hold: QuotaHold, moved: Decimal, why: str) -> Decimal:
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
    """What one permit holds becomes that of the permit after it: given back and bound again, so the sum stays."""
    own = QuotaHold.objects.filter(subject=subject, state=State.BOUND).order_by("pk")
    books = Books.lock(list(own.values_list("balance_id", flat=True)), subject=subject, actor=actor, at=at)
    for hold in list(own):
        for books.subject, kind in ((subject, Entry.RETURN), (heir, Entry.BIND)):
            books.write(hold.balance_id, kind, hold.quantity, block=hold.block, why="replaced")
        QuotaHold.objects.create(balance_id=hold.balance_id, subject=heir, block=hold.block, quantity=hold.quantity,
                                 factor=hold.factor, until=hold.until, state=State.BOUND)
    own.update(state=State.CLOSED)
    books.save()
