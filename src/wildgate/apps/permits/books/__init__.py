"""The books that a permit is held against: quotas and suspensions, and whatever else is counted or registered.

Each book is a module with the same six functions. They are called in this order, always inside the transaction of
the step and after the application's lock:

* `refuses(application, trade)`: at submit; why the application cannot be taken, whatever anybody decides.
* `opened(application, trade, at)`: at submit, when the findings stand open; a book may make one or ask for another.
* `bind(application, trade, record, actor, at)`: at issue; takes what the permit needs and fills its boxes, or refuses.
* `settle(permit, act, moved, actor, at)`: something happened to the permit; `moved` is what customs counted, by block.
* `release(application, why, actor, at)`: the application ended without a permit.
* `pass_on(permit, heir, actor, at)`: what a permit still holds becomes that of the application whose permit takes its
  place, unchanged.

A permit that must change is held against the books anew; the one before it lets go first, in the same transaction.

Line i of the trade is block i of the record (`records.block`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits.books import findings, held, quotas, registers, stock
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.kit import events

Moved = Mapping[str, Decimal]
SYSTEM = Actor(label=events.SYSTEM, name="", party="")


class Book(Protocol):
    """What a module of this room offers."""

    def refuses(self, application: Application, trade: Trade) -> tuple[Refusal, ...]: ...

    def opened(self, application: Application, trade: Trade, *, at: datetime) -> None: ...

    def bind(self, application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
             at: datetime) -> PermitRecord | Refusal: ...

    def settle(self, permit: Permit, act: PermitAct, moved: Moved, *, actor: Actor, at: datetime) -> None: ...

    def release(self, application: Application, why: str, *, actor: Actor, at: datetime) -> None: ...

    def pass_on(self, permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None: ...


BOOKS: tuple[Book, ...] = (quotas, stock, registers, findings)
"""In the order in which they lock: every issue takes them in the same one, so no two can wait for each other."""


def refuses(application: Application, trade: Trade) -> tuple[Refusal, ...]:
    """Why the application cannot be taken, from every book. What the permit that it replaces holds counts as free."""
    if application.replaces is None:
        return tuple(refusal for book in BOOKS for refusal in book.refuses(application, trade))
    with transaction.atomic():
        release(application.replaces.application, "replaced", actor=SYSTEM, at=_noon(trade))
        found = tuple(refusal for book in BOOKS for refusal in book.refuses(application, trade))
        transaction.set_rollback(True)
    return found


def opened(application: Application, trade: Trade, *, at: datetime) -> None:
    """Nothing is put aside beside what a permit about to be replaced holds: it would be held twice."""
    for book in BOOKS:
        if application.replaces is None or book is not stock:
            book.opened(application, trade, at=at)


def bind(application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
         at: datetime) -> PermitRecord | Refusal:
    """The record with what the books write into it, or the first refusal: then no book keeps what it had taken."""
    with transaction.atomic():
        if application.replaces is not None:
            release(application.replaces.application, "replaced", actor=actor, at=at)
        for book in BOOKS:
            bound = book.bind(application, trade, record, actor=actor, at=at)
            if isinstance(bound, Refusal):
                transaction.set_rollback(True)
                return bound
            record = bound
    return record


def settle(permit: Permit, act: PermitAct, moved: Moved, *, actor: Actor, at: datetime) -> None:
    for book in BOOKS if held.anything(permit.application) else ():
        book.settle(permit, act, moved, actor=actor, at=at)


def release(application: Application, why: str, *, actor: Actor, at: datetime) -> None:
    for book in BOOKS:
        book.release(application, why, actor=actor, at=at)


def pass_on(permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None:
    for book in BOOKS:
        book.pass_on(permit, heir, actor=actor, at=at)


def _noon(trade: Trade) -> datetime:
    return datetime.combine(trade.on, time(12), UTC)
