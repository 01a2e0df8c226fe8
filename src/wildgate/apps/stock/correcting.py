"""After customs corrected a release: what a certificate used of a stock entry becomes more or less; what an import
brought in does too. Inside the transaction of the correction, months later as well.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, Sum

from wildgate.apps.stock.intake import NewStock
from wildgate.apps.stock.ledger import LEDGER
from wildgate.apps.stock.models import StockEntry, StockHold, StockLine
from wildgate.apps.stock.services import enter
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING, Entry, in_quota_units
from wildgate.convention.stock import StockKind
from wildgate.kit import events
from wildgate.kit.books import Books

WHY: Final = "corrected"
State = StockHold.State


def correct(*, party: str, subject: str, block: str, difference: Decimal, actor: str, at: datetime,
            bind_again: bool = False) -> None:
    """Use `difference` more of the entry that the block drew from, or put that much back into it.

    `bind_again`: the certificate serves again, so what comes back stays bound for it. More than is free is an overrun,
    told as such: what moved has moved.
    """
    hold = StockHold.objects.select_for_update().filter(
        subject=subject, block=block, state__in=[State.CLOSED, State.EXPIRED]).order_by("-pk").first()
    if hold is None:
        return
    books, key = LEDGER.lock([hold.balance_id], subject=subject, actor=actor, at=at), hold.balance_id
    amount = in_quota_units(abs(difference), hold.factor)
    if difference > 0:
        have = min(amount, max(books.balances[key].free, NOTHING))
        _use(books, key, have, block)
        if amount > have:
            events.append("stock-overrun", subject, party=party, actor=actor, at=at,
                          data={"beyond": plain(amount - have)})
    else:
        books.write(key, Entry.RETURN, min(amount, _used(hold)), block=block, of=Entry.USE, why=WHY)
    if bind_again:
        hold.quantity = min(hold.quantity, max(books.balances[key].free, NOTHING))
        hold.state = State.BOUND
        books.write(key, Entry.BIND, hold.quantity, block=block, why=WHY)
        hold.save(update_fields=["quantity", "state"])
    books.save()


def correct_arrival(*, party: str, subject: str, block: str, difference: Decimal, actor: str, at: datetime) -> None:
    """Less came in than was entered, or more: less is taken out of the entry, more is an entry on the same papers.

    What left the entry already cannot be taken out of it; that much is told as an overrun.
    """
    own = f"import:{subject}:{block}"[-100:]
    entry = StockEntry.objects.select_for_update().filter(party=party, key=own).first()
    if entry is None:
        return
    if difference > 0:
        again = StockEntry.objects.filter(party=party, key__startswith=f"{own}+").count() + 1
        made = enter(party, entry.organisation_id, _like(entry, difference), key=f"{own}+{again}", at=at)
        events.append("stock-entered", subject, party=party, actor=actor, at=at, data={"entries": [made.number]})
        return
    left = -difference
    for row in StockEntry.objects.filter(Q(key=own) | Q(key__startswith=f"{own}+"), party=party).order_by("pk"):
        books = LEDGER.lock([row.pk], subject=f"correction:{row.number}", actor=actor, at=at)
        have = min(left, max(books.balances[row.pk].free, NOTHING))
        _use(books, row.pk, have, "")
        books.save()
        left -= have
    if left:
        events.append("stock-overrun", subject, party=party, actor=actor, at=at, data={"beyond": plain(left)})


def _use(books: Books, key: int, amount: Decimal, block: str) -> None:
    books.write(key, Entry.BIND, amount, block=block, why=WHY)
    books.write(key, Entry.USE, amount, block=block, why=WHY)


def _used(hold: StockHold) -> Decimal:
    """What this line of the certificate used of the entry so far, less what was put back."""
    lines = StockLine.objects.filter(balance_id=hold.balance_id, subject=hold.subject, block=hold.block)
    told = lines.aggregate(used=Sum("quantity", filter=Q(kind=Entry.USE.value)),
                           back=Sum("quantity", filter=Q(kind=Entry.RETURN.value, of=Entry.USE.value)))
    used: Decimal = (told["used"] or NOTHING) - (told["back"] or NOTHING)
    return used


def _like(entry: StockEntry, quantity: Decimal) -> NewStock:
    return NewStock(
        StockKind(entry.kind), entry.taxon, entry.term, quantity, entry.unit, entry.source, entry.origin,
        entry.acquired, entry.second_source, entry.origin_permit, entry.origin_permit_date, entry.last_country,
        entry.last_permit, entry.last_permit_date, entry.reference)
