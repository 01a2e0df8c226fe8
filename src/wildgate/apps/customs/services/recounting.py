"""Goods that were written off are counted again: the ledger and the endorsement are corrected as after a corrected
declaration.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.balances.finding import in_unit
from wildgate.apps.balances.ledger import Book, Named
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs.services import correcting
from wildgate.apps.permits.models import PermitLine
from wildgate.convention import writeoff
from wildgate.convention.refusal import Refusal


def correct_books(*, actor: Actor, amount: Decimal, unit: str, at: datetime, item: int,
                  reference: str = "", number: str = "") -> bool | Refusal:
    """What was written off becomes `amount`, in `unit`: of an item of the declaration of that reference, or of a line
    of our permit of that number, both counted from 1.

    False: nothing was written off, or by several declarations, of which nobody counted each.
    """
    claims = Claim.objects.filter(party=actor.party, consumed__gt=0).select_related("balance__permit_line__permit")
    if number:
        lines = PermitLine.objects.filter(permit__party=actor.party, permit__number=number).order_by("position")
        claims = claims.filter(balance__permit_line__in=list(lines[item - 1:item]) if item else [])
    else:
        claims = claims.filter(reference=reference, item=item)
    found = list(claims[:2])
    if len(found) != 1:
        return False
    permit = found[0].balance.permit_line.permit
    book = Book.lock(permit, actor=actor, at=at, reference=found[0].reference)
    claim = next(each for each in book.own(found[0].reference) if each.pk == found[0].pk)
    line, before = book.lines[claim.block], claim.consumed
    if not amount:
        moves = writeoff.withdraw(book.rows[claim.block].sums, claim.share)
    else:
        now = in_unit(line, WriteOff(permit.number, quantity=amount, unit=unit))
        if isinstance(now, Refusal):
            return now
        if now == before:
            return False
        moves = writeoff.amend(book.rows[claim.block].sums, claim.share, now, block=claim.block)
    if refused := book.write(claim, moves, Named(claim.reference, claim.item, claim.version, why="recounted")):
        return refused
    correcting.correct(book, claim, before, actor=actor, at=at, why="recounted")
    book.save()
    return True
