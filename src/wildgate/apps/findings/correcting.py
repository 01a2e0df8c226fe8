"""After customs corrected a release: what a permit used of a standing finding becomes more or less."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wildgate.apps.findings.ledger import Books, lock
from wildgate.apps.findings.models import StandingBalance, StandingEntry, StandingHold
from wildgate.apps.findings.selectors import CORRECTED
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING, Entry, in_quota_units
from wildgate.kit import events

State = StandingHold.State


def correct(*, party: str, subject: str, block: str, difference: Decimal, actor: str, at: datetime,
            bind_again: bool = False) -> None:
    """Use `difference` more of the findings that the block rests on, or give that much back. Inside a transaction.

    `bind_again`: the permit serves again, so what comes back stays bound for it. More than a finding has room for is an
    overrun, told as such: what moved has moved.
    """
    holds = StandingHold.objects.filter(subject=subject, block=block, state__in=[State.CLOSED, State.EXPIRED])
    lock(holds.values_list("balance__standing_id", flat=True))
    newest = {hold.balance_id: hold for hold in holds.order_by("pk")}
    rows = StandingBalance.objects.select_related("standing").filter(pk__in=newest)
    books = Books(subject, actor, at, {row.pk: row for row in rows}, [])
    for key, hold in newest.items():
        amount = in_quota_units(abs(difference), hold.factor)
        if difference > 0:
            beyond = _take(books, key, block, amount)
            if beyond:
                events.append("standing-overrun", books.rows[key].standing.subject, party=party, actor=actor, at=at,
                              data={"for": subject, "beyond": plain(beyond)})
        else:
            _return(books, key, block, min(amount, _used(hold)))
        if bind_again:
            hold.quantity, hold.state = min(hold.quantity, _room(books.rows[key], hold.quantity)), State.BOUND
            books.write(key, Entry.BIND, hold.quantity, block=block, why=CORRECTED)
            hold.save(update_fields=["quantity", "state"])
    books.save()


def _room(row: StandingBalance, wanted: Decimal) -> Decimal:
    return wanted if row.room is None else max(row.room - row.taken, NOTHING)


def _take(books: Books, key: int, block: str, amount: Decimal) -> Decimal:
    """How much of the amount was beyond what there is room for."""
    have = min(amount, _room(books.rows[key], amount))
    books.write(key, Entry.BIND, have, block=block, why=CORRECTED)
    books.write(key, Entry.USE, have, block=block, why=CORRECTED)
    return amount - have


def _return(books: Books, key: int, block: str, amount: Decimal) -> None:
    """What was used is free again: the one line of this ledger that takes from what is used."""
    if amount:
        books.rows[key].used -= amount
        books.entries.append(StandingEntry(
            balance_id=key, subject=books.subject, block=block, kind=Entry.RETURN.value, quantity=amount,
            why=CORRECTED, actor=books.actor, at=books.at))


def _used(hold: StandingHold) -> Decimal:
    """What this line of the permit used of the finding so far, less what was given back."""
    lines = StandingEntry.objects.filter(balance_id=hold.balance_id, subject=hold.subject, block=hold.block)
    used = sum(lines.filter(kind=Entry.USE.value).values_list("quantity", flat=True), NOTHING)
    back = lines.filter(kind=Entry.RETURN.value, why=CORRECTED).values_list("quantity", flat=True)
    return used - sum(back, NOTHING)
