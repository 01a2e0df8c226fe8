"""After customs corrected a release: what a permit used of a quota becomes more or less, months later too."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wildgate.apps.quotas.ledger import LEDGER
from wildgate.apps.quotas.models import QuotaHold
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING, Entry, in_quota_units
from wildgate.kit import events
from wildgate.kit.books import Books


def correct(*, party: str, subject: str, block: str, difference: Decimal, actor: str, at: datetime,
            bind_again: bool = False) -> None:
    """Use `difference` more of what the block's quotas have free, or give that much back; none: only `bind_again`.
    Inside a transaction.

    `bind_again`: the permit serves again, so what comes back stays bound for it. More than is free is an overrun,
    told as such: what moved has moved.
    """
    holds = list(QuotaHold.objects.select_for_update().filter(
        subject=subject, block=block, state__in=[QuotaHold.State.CLOSED, QuotaHold.State.EXPIRED]).order_by("pk"))
    newest = {hold.balance_id: hold for hold in holds}
    books = LEDGER.lock(newest, subject=subject, actor=actor, at=at)
    for key, hold in newest.items():
        amount = in_quota_units(abs(difference), hold.factor)
        if difference < 0 or bind_again:
            _give_back(books, key, hold, min(amount, books.balances[key].used), bind_again)
        else:
            _take(books, key, hold, amount, party)
    books.save()


def _give_back(books: Books, key: int, hold: QuotaHold, amount: Decimal, bind_again: bool) -> None:
    books.write(key, Entry.RETURN, amount, block=hold.block, of=Entry.USE, why="corrected")
    if not bind_again:
        return
    again = min(hold.quantity, max(books.balances[key].free, NOTHING))
    books.write(key, Entry.BIND, again, block=hold.block, why="corrected")
    hold.quantity, hold.state = again, QuotaHold.State.BOUND
    hold.save(update_fields=["quantity", "state"])


def _take(books: Books, key: int, hold: QuotaHold, amount: Decimal, party: str) -> None:
    have = min(amount, max(books.balances[key].free, NOTHING))
    books.write(key, Entry.BIND, have, block=hold.block, why="corrected")
    books.write(key, Entry.USE, have, block=hold.block, why="corrected")
    if amount > have:
        events.append("quota-overrun", books.rows[key].quota.subject, party=party, actor=books.actor, at=books.at,
                      data={"for": books.subject, "beyond": plain(amount - have)})
