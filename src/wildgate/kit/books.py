"""Balances from which many draw: rows under their locks, a line written for each change, holds until they are settled.

An app that keeps such a book brings its tables and the words for "too little": `Ledger`. The book is the same for all.
Locks are taken in the order of the balances' keys, after those of the application or permit and before the number
series and the event chain. Every caller is inside a transaction; a refusal leaves nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models

from wildgate.convention.quota import NOTHING, Balance, Entry, in_quota_units
from wildgate.convention.refusal import Refusal


class State(models.TextChoices):
    """Of a hold. What ended with its date may still be used by an endorsement that arrives late."""

    RESERVED = "reserved"
    BOUND = "bound"
    EXPIRED = "expired"
    CLOSED = "closed"


OPEN: Final = (State.RESERVED, State.BOUND)
Rows = list[Any]
"""Of the app's own tables."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line asks of one balance, in the balance's unit; `factor` of them are one unit of the line."""

    balance: int
    block: str
    quantity: Decimal
    factor: Decimal = Decimal(1)


@dataclass(slots=True)
class Books:
    """Locked balances, with the lines to be written for them."""

    table: type[models.Model]
    subject: str
    actor: str
    at: datetime
    rows: dict[int, Any]
    balances: dict[int, Balance]
    lines: Rows = field(default_factory=list)

    def write(self, key: int, kind: Entry, quantity: Decimal, *, block: str, of: Entry = Entry.BIND,
              why: str = "") -> None:
        """One line; nothing is written for nothing."""
        if not quantity:
            return
        self.balances[key] = self.balances[key].after(kind, quantity, of)
        self.lines.append(self.table(
            balance_id=key, subject=self.subject, block=block, kind=kind.value, quantity=quantity, why=why,
            of=of.value if kind is Entry.RETURN else "", actor=self.actor, at=self.at))

    def save(self) -> None:
        """Write the lines. The database moves the balances by them, and checks each once more."""
        self.table._default_manager.bulk_create(self.lines)
        for key, row in self.rows.items():
            new = self.balances[key]
            row.reserved, row.bound, row.used = new.reserved, new.bound, new.used


@dataclass(frozen=True, slots=True)
class Ledger:
    """The book of one app.

    `locked` gives balances by key under their locks, in the order of their keys; `short` is what a balance answers that
    has too little for a demand.
    """

    locked: Callable[[Iterable[int]], Rows]
    lines: type[models.Model]
    holds: type[models.Model]
    short: Callable[[Books, Any], Refusal]

    def lock(self, keys: Iterable[int], *, subject: str, actor: str, at: datetime) -> Books:
        rows = {row.pk: row for row in self.locked(keys)}
        return Books(self.lines, subject, actor, at, rows, {key: row.balance for key, row in rows.items()})

    def take(self, demands: Iterable[Demand], *, kind: Entry, subject: str, until: date | None, actor: str,
             at: datetime) -> Refusal | None:
        """Reserve or bind what the lines ask for, all or nothing. What the subject held before is given up for it."""
        asked = list(demands)
        own = self._held(subject, OPEN)
        books = self.lock([*(one.balance for one in asked), *own.values_list("balance_id", flat=True)],
                          subject=subject, actor=actor, at=at)
        held = list(own)
        for hold in held:
            of = Entry.RESERVE if hold.state == State.RESERVED else Entry.BIND
            books.write(hold.balance_id, Entry.RETURN, hold.quantity, block=hold.block, of=of, why="replaced")
        for one in asked:
            if one.quantity > books.balances[one.balance].free:
                return self.short(books, one)
            books.write(one.balance, kind, one.quantity, block=one.block)
        books.save()
        holds = self.holds._default_manager
        if held:
            holds.filter(pk__in=[hold.pk for hold in held]).update(state=State.CLOSED)
        holds.bulk_create([
            self.holds(balance_id=one.balance, subject=subject, block=one.block, quantity=one.quantity,
                       factor=one.factor, until=until,
                       state=State.RESERVED if kind is Entry.RESERVE else State.BOUND) for one in asked])
        return None

    def settle(self, subject: str, *, moved: Mapping[str, Decimal], why: str, actor: str, at: datetime,
               expired: bool = False, before: date | None = None) -> tuple[Books, Decimal]:
        """Use what moved of each line and give the rest back. The number is what moved beyond anything held.

        `expired`: the holds end with their date and may still be used by an endorsement that arrives late;
        `before`: only holds that ended before this day.
        """
        own = self._held(subject, [*OPEN, State.EXPIRED] if moved else OPEN)
        books = self.lock(list(own.values_list("balance_id", flat=True)), subject=subject, actor=actor, at=at)
        beyond = NOTHING
        if not books.rows:
            return books, beyond
        holds = own.select_for_update()
        for hold in holds if before is None else holds.filter(until__lt=before):
            beyond += _settle_one(books, hold, moved.get(hold.block, NOTHING), why)
            hold.state = State.EXPIRED if expired else State.CLOSED
            hold.save(update_fields=["state"])
        books.save()
        return books, beyond

    def pass_on(self, subject: str, heir: str, *, actor: str, at: datetime) -> None:
        """What one permit holds becomes that of the permit after it: given back and bound again, so the sum stays."""
        own = self._held(subject, [State.BOUND])
        books = self.lock(list(own.values_list("balance_id", flat=True)), subject=subject, actor=actor, at=at)
        for hold in list(own):
            for books.subject, kind in ((subject, Entry.RETURN), (heir, Entry.BIND)):
                books.write(hold.balance_id, kind, hold.quantity, block=hold.block, why="replaced")
            self.holds._default_manager.create(
                balance_id=hold.balance_id, subject=heir, block=hold.block, quantity=hold.quantity,
                factor=hold.factor, until=hold.until, state=State.BOUND)
        own.update(state=State.CLOSED)
        books.save()

    def _held(self, subject: str, states: Iterable[State]) -> Any:
        return self.holds._default_manager.filter(subject=subject, state__in=list(states)).order_by("pk")


def _settle_one(books: Books, hold: Any, moved: Decimal, why: str) -> Decimal:
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
