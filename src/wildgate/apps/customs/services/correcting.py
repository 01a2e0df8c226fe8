"""A declaration was corrected or invalidated after release: the endorsement stays as it was sealed, a correction stands
beside it, and permit, annual report and every book that the release wrote in follow, months later too: quotas, stock,
specimens and standing findings.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.ledger import Book
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs.models import Correction, Endorsement, EndorsementLine
from wildgate.apps.customs.services import accounts
from wildgate.apps.findings import correcting as standing
from wildgate.apps.permits.services.acts import move_permit
from wildgate.apps.quotas import correcting as quotas
from wildgate.apps.quotas.services import return_after
from wildgate.apps.registers.services import correcting as specimens
from wildgate.apps.stock import correcting as stock
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.permit import plain
from wildgate.convention.quota import NOTHING
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events

USED: Final = frozenset({PermitState.EXPORTED.value, PermitState.USED.value})


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a permit corrected, as the books of quotas, stock and standing findings take it."""

    party: str
    subject: str
    block: str
    difference: Decimal
    actor: str
    at: datetime
    bind_again: bool


def correct(book: Book, claim: Claim, before: Decimal, *, actor: Actor, at: datetime, why: str) -> None:
    """What follows from a claim that now has `claim.consumed` in place of `before`. Inside the ledger's transaction.

    An item that waits for the endorsement of its declaration is corrected in the ledger only.
    """
    difference = claim.consumed - before
    if not claim.endorsed or not difference:
        return
    permit, block = book.permit, claim.block
    _beside_endorsement(claim, book.lines[block].pk, difference, actor, at, why)
    events.append(accounts.WRITTEN_BACK, permit.subject, party=permit.party, actor=actor.label, at=at, data={
        "why": why, "block": block, "before": plain(before), "now": plain(claim.consumed), "stage": claim.stage,
        "reference": claim.reference, "item": claim.item, "endorsement": claim.endorsed})
    nothing = not any(row.consumed for row in book.rows.values())
    serves_again = nothing and permit.status.state in USED and at.date() <= permit.valid_until
    for each in (book.lines if serves_again else [block]):
        _books(book, claim.stage, each, difference if each == block else NOTHING, actor, at, serves_again)
    if serves_again:
        move_permit(permit, PermitAct.ENDORSEMENT_WITHDRAWN, actor=actor, at=at, data={"endorsement": claim.endorsed})
        return_after(permit.party, permit.valid_until, at)


def _books(book: Book, stage: str, block: str, difference: Decimal, actor: Actor, at: datetime, again: bool) -> None:
    """What the release wrote of one line, written back; `again`: bound for the permit as before it was used."""
    permit, row = book.permit, book.rows[block]
    deed = Deed(permit.party, permit.application.subject, block, difference, actor.label, at, again)
    if stage == Endorsement.Stage.EXPORT:
        quotas.correct(**asdict(deed))
        stock.correct(**asdict(deed))
        specimens.correct(subject=deed.subject, block=block, now=row.consumed, permitted=book.lines[block].quantity,
                          actor=actor.label, at=at, bind_again=again)
    elif difference and permit.kind == DocumentKind.IMPORT_PERMIT.value:
        stock.correct_arrival(party=permit.party, subject=permit.subject, block=block, difference=difference,
                              actor=actor.label, at=at)
    standing.correct(**asdict(deed))


def _beside_endorsement(claim: Claim, line: int, difference: Decimal, actor: Actor, at: datetime, why: str) -> None:
    for own in EndorsementLine.objects.filter(endorsement__party=claim.party, endorsement__digest=claim.endorsed,
                                              permit_line_id=line)[:1]:
        last = own.corrections.order_by("-pk").first()
        old = last.quantity if last else own.quantity
        Correction.objects.create(line=own, quantity=max(old + difference, Decimal(0)), before=old, why=why,
                                  reference=claim.reference, item=claim.item, version=claim.version,
                                  actor=actor.label, at=at)
