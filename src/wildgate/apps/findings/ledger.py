"""The ledger of standing findings at work: families under their row locks, one line written for each change.

Locks are taken in the order of the findings' keys, after that of the application or permit and before the number
series and the event chain; a change of the finding takes the same lock. Every caller is inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.findings import selectors
from wildgate.apps.findings.models import Standing, StandingBalance, StandingEntry, StandingHold
from wildgate.convention.finding import Line, Period, StandingFinding
from wildgate.convention.quota import NOTHING, Entry, in_quota_units
from wildgate.convention.refusal import Refusal

State = StandingHold.State


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line asks of one standing finding, in its units; `factor` of them are one unit of the line."""

    standing: int
    finding: StandingFinding
    line: Line
    quantity: Decimal
    factor: Decimal

    @property
    def block(self) -> str:
        return self.line.claim.block


@dataclass(slots=True)
class Books:
    """Locked balances, with the lines to be written for them."""

    subject: str
    actor: str
    at: datetime
    rows: dict[int, StandingBalance]
    entries: list[StandingEntry]

    def write(self, key: int, kind: Entry, quantity: Decimal, *, block: str, why: str = "") -> None:
        """One ledger line; nothing is written for nothing."""
        if not quantity:
            return
        row = self.rows[key]
        if kind is Entry.BIND:
            row.bound += quantity
        else:
            row.bound -= quantity
            row.used += quantity if kind is Entry.USE else NOTHING
        self.entries.append(StandingEntry(balance_id=key, subject=self.subject, block=block, kind=kind.value,
                                          quantity=quantity, why=why, actor=self.actor, at=self.at))

    def save(self) -> None:
        """Write lines and balances with the room that the finding leaves now; the database checks every row again."""
        StandingEntry.objects.bulk_create(self.entries)
        limits = selectors.limits_of({row.standing_id for row in self.rows.values()}, self.at.date())
        for row in self.rows.values():
            fit_room(row, limits[row.standing_id])


def fit_room(row: StandingBalance, limit: Decimal | None) -> None:
    """Save a balance with room for the limit; where more is taken already, for that and nothing else."""
    row.room = None if limit is None else max(limit, row.taken)
    row.save(update_fields=["room", "bound", "used"])


def lock(keys: Iterable[int]) -> None:
    """Put officers in one line for these findings, always in the same order."""
    list(Standing.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk").values_list("pk"))


def take(demands: Iterable[Demand], *, subject: str, until: date, actor: str, at: datetime) -> Refusal | None:
    """Bind what the lines ask for, all or nothing; the findings are locked. What the subject held is given up."""
    asked, first = list(demands), date(at.year, 1, 1)
    units = {one.standing: one.finding.unit for one in asked}
    StandingBalance.objects.bulk_create(
        [StandingBalance(standing_id=key, start=first, unit=unit) for key, unit in units.items()],
        ignore_conflicts=True)
    held = list(StandingHold.objects.filter(subject=subject, state=State.BOUND).order_by("pk"))
    rows = [*StandingBalance.objects.filter(standing_id__in=units, start=first),
            *StandingBalance.objects.filter(pk__in={hold.balance_id for hold in held}).exclude(
                standing_id__in=units, start=first)]
    books = Books(subject, actor, at, {row.pk: row for row in rows}, [])
    for hold in held:
        books.write(hold.balance_id, Entry.RETURN, hold.quantity, block=hold.block, why="replaced")
    own = {row.standing_id: row.pk for row in rows if row.start == first}
    on_permit: dict[int, Decimal] = {}
    for one in asked:
        row = books.rows[own[one.standing]]
        on_permit[one.standing] = on_permit.get(one.standing, NOTHING) + one.quantity
        if no := too_much(one, on_permit[one.standing], row.taken, at.year):
            return no
        books.write(row.pk, Entry.BIND, one.quantity, block=one.block)
    books.save()
    StandingHold.objects.filter(pk__in=[hold.pk for hold in held]).update(state=State.CLOSED)
    StandingHold.objects.bulk_create([
        StandingHold(balance_id=own[one.standing], version_id=one.finding.key, subject=subject, block=one.block,
                     quantity=one.quantity, factor=one.factor, until=until, state=State.BOUND) for one in asked])
    return None


def too_much(one: Demand, on_permit: Decimal, taken: Decimal, year: int) -> Refusal | None:
    """Does the line go beyond the limit? `on_permit` is what the permit has so far, with it; `taken` without it."""
    amount = one.finding.amount
    if amount is None:
        return None
    if one.finding.period is Period.PERMIT:
        return one.finding.exceeded(one.line, on_permit, NOTHING, year=year) if on_permit > amount else None
    free = amount - taken
    return one.finding.exceeded(one.line, one.quantity, free, year=year) if one.quantity > free else None


def settle(subject: str, *, moved: Mapping[str, Decimal], why: str, actor: str, at: datetime,
           before: date | None = None) -> tuple[Books, Decimal]:
    """Use what moved of each line and give the rest back. The number is what moved beyond anything held.

    `before`: only holds that ended before this day; they may still be used by an endorsement that arrives late.
    """
    wanted = [State.BOUND, State.EXPIRED] if moved else [State.BOUND]
    holds = StandingHold.objects.filter(subject=subject, state__in=wanted).order_by("pk")
    holds = holds if before is None else holds.filter(until__lt=before)
    lock(holds.values_list("balance__standing_id", flat=True))
    found = list(holds)
    rows = StandingBalance.objects.filter(pk__in={hold.balance_id for hold in found})
    books = Books(subject, actor, at, {row.pk: row for row in rows}, [])
    beyond = NOTHING
    for hold in found:
        beyond += _settle_one(books, hold, moved.get(hold.block, NOTHING), why)
        hold.state = State.CLOSED if before is None else State.EXPIRED
        hold.save(update_fields=["state"])
    books.save()
    return books, beyond


def _settle_one(books: Books, hold: StandingHold, moved: Decimal, why: str) -> Decimal:
    need, key = in_quota_units(moved, hold.factor), hold.balance_id
    have: Decimal = hold.quantity
    if hold.state == State.EXPIRED:
        room = books.rows[key].room
        have = min(need, hold.quantity, need if room is None else max(room - books.rows[key].taken, NOTHING))
        books.write(key, Entry.BIND, have, block=hold.block, why="late")
    used = min(have, need)
    books.write(key, Entry.USE, used, block=hold.block, why=why)
    books.write(key, Entry.RETURN, have - used, block=hold.block, why=why)
    return max(need - used, NOTHING)


def pass_on(subject: str, heir: str, *, actor: str, at: datetime) -> None:
    """What one permit holds becomes that of the permit after it: given back and bound again, so the sum stays."""
    own = StandingHold.objects.filter(subject=subject, state=State.BOUND).order_by("pk")
    lock(own.values_list("balance__standing_id", flat=True))
    found = list(own)
    rows = StandingBalance.objects.filter(pk__in={hold.balance_id for hold in found})
    books = Books(subject, actor, at, {row.pk: row for row in rows}, [])
    for hold in found:
        for books.subject, kind in ((subject, Entry.RETURN), (heir, Entry.BIND)):
            books.write(hold.balance_id, kind, hold.quantity, block=hold.block, why="replaced")
        StandingHold.objects.create(
            balance_id=hold.balance_id, version_id=hold.version_id, subject=heir, block=hold.block,
            quantity=hold.quantity, factor=hold.factor, until=hold.until, state=State.BOUND)
    own.update(state=State.CLOSED)
    books.save()
