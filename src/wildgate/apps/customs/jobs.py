"""What becomes of write-offs by the clock: reservations that ran out come back, part-used documents are settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.ledger import Book, Named
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import accounts, drawing, foreign_calls, releasing
from wildgate.apps.permits import books
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention import writeoff
from wildgate.convention.lifecycle import PermitAct, PermitState
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.jobs import job

RUN_OUT = "reservation-run-out"


@job
def give_back_run_out(*, at: datetime, party_code: str, number: str) -> None:
    """What declarations set aside on this permit and did not release in time is free again, with a ledger line each.
    What the same declaration released before is endorsed now. Run again, it finds nothing left to do."""
    permit = permit_of(party_code, number)
    if permit is not None:
        with transaction.atomic():
            give_back(permit, at)


def give_back(permit: Permit, at: datetime) -> int:
    """Inside a transaction; how many reservations came back."""
    book = Book.lock(permit, actor=events.SYSTEM, at=at)
    out = [claim for claim in book.claims if claim.reserved and claim.until is not None and claim.until <= at]
    for claim in out:
        named = Named(claim.reference, claim.item, claim.version, claim.procedure, why="ran out")
        row = book.rows[claim.block]
        book.write(claim, writeoff.give_back(row.sums, claim.share), named)
    for reference in dict.fromkeys(claim.reference for claim in out):
        _endorse(book, reference, at)
        book.save()
        events.append(RUN_OUT, permit.subject, party=permit.party, actor=events.SYSTEM, at=at,
                      data={"reference": reference})
    return len(out)


def _endorse(book: Book, reference: str, at: datetime) -> None:
    """In the name of whoever released the items: nobody else saw the goods."""
    who = next((claim.by for claim in book.own(reference) if claim.consumed and claim.by is not None), None)
    if who is None:
        return
    actor = Actor(label=f"person:{who.pk}", name=who.name, party=book.permit.party, person_id=who.pk)
    made = releasing.release(book, reference, actor=actor, at=at)
    if isinstance(made, Refusal):
        raise RuntimeError(f"{book.permit.number}: {made.code}")


@job
def settle_foreign(*, at: datetime, paper: int, reference: str) -> None:
    """What a declaration set aside on another Party's paper and did not release in time is free again. Run again, it
    finds nothing left to do."""
    foreign_calls.settle(paper, reference, at)


@job
def settle_draws(*, at: datetime, paper: int, reference: str) -> None:
    """Tell another system's register what it should have of a permit that it counts. Run again, it asks the same."""
    drawing.settle(paper, reference, at)


@job
def settle_partly_used(*, at: datetime, party_code: str, number: str) -> None:
    """A document for several consignments ended before it was used up: what moved is used, the rest is free again."""
    permit = permit_of(party_code, number)
    if permit is None or at.date() <= permit.valid_until:
        return
    with transaction.atomic():
        book = Book.lock(permit, actor=events.SYSTEM, at=at)
        if permit.status.state != PermitState.PARTLY_USED.value or crossing.is_for_many(permit.kind):
            return
        moved = book.consumed()
        last = Endorsement.objects.filter(permit=permit).order_by("-turn").first()
        if last is not None:
            act = (PermitAct.EXPORT_ENDORSED if last.stage == Endorsement.Stage.EXPORT else PermitAct.IMPORT_ENDORSED)
            books.settle(permit, act, moved, actor=books.SYSTEM, at=at)
            events.append(accounts.WRITTEN_OFF, permit.subject, party=permit.party, actor=events.SYSTEM, at=at,
                          data={"stage": last.stage, "ended": True})
