"""The ledger at work: one permit's lines under its lock, each change written as movements and saved at once.

The permit's status row is locked first, always; only then its balances, the quotas and the event chain. So two calls on
one permit wait for each other, and two on different permits do not. Every caller is inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.models import Balance, Claim, Movement
from wildgate.apps.permits.models import Permit, PermitLine, PermitStatus
from wildgate.convention import writeoff
from wildgate.convention.refusal import Refusal
from wildgate.convention.writeoff import Kind, Moves


@dataclass(frozen=True, slots=True)
class Named:
    """What every movement of one act names: declaration, item, version, procedure and post; why, where it is said."""

    reference: str
    item: int = 1
    version: int = 1
    procedure: str = ""
    post: str = ""
    why: str = ""
    authority: str = ""


@dataclass(slots=True)
class Book:
    """A permit's lines with their balances and claims, locked, and the movements to be written."""

    permit: Permit
    actor: str
    at: datetime
    lines: dict[str, PermitLine]
    rows: dict[str, Balance]
    claims: list[Claim]
    written: list[Movement] = field(default_factory=list)

    @classmethod
    def lock(cls, permit: Permit, *, actor: Actor | str, at: datetime, reference: str = "") -> Book:
        """Lock the permit and read its ledger; a line that has no balance yet gets one. Claims that hold nothing any
        more are read for `reference` only."""
        permit.status = PermitStatus.objects.select_for_update().get(permit=permit)
        label = actor if isinstance(actor, str) else actor.label
        lines = {line.block: line for line in permit.lines.all()}
        found = {row.permit_line_id: row for row in
                 Balance.objects.select_for_update(of=("self",)).filter(permit_line__permit=permit).order_by("pk")}
        missing = [line for line in lines.values() if line.pk not in found]
        if missing:
            found |= {row.permit_line_id: row for row in _opened(permit, missing, at)}
        rows = {block: found[line.pk] for block, line in lines.items()}
        live = Q(reserved__gt=0) | Q(consumed__gt=0) | Q(reference=reference)
        claims = list(Claim.objects.filter(live, balance__in=[row.pk for row in rows.values()]).order_by("pk"))
        return cls(permit, label, at, lines, rows, claims)

    def of(self, block: str) -> list[Claim]:
        """The claims on one line, the oldest first."""
        return [claim for claim in self.claims if claim.balance_id == self.rows[block].pk]

    def block_of(self, claim: Claim) -> str:
        return next(block for block, row in self.rows.items() if row.pk == claim.balance_id)

    def claim(self, block: str, reference: str, item: int) -> Claim:
        """The claim of a declaration's item on a line; a new, unsaved one where there is none."""
        for claim in self.of(block):
            if (claim.reference, claim.item) == (reference, item):
                return claim
        return Claim(party=self.permit.party, balance=self.rows[block], reference=reference, item=item, version=0,
                     changed_at=self.at)

    def own(self, reference: str) -> list[Claim]:
        """All claims of one declaration on this permit."""
        return [claim for claim in self.claims if claim.reference == reference]

    def others(self, reference: str) -> list[Claim]:
        """Claims of other declarations that hold or used something."""
        return [claim for claim in self.claims if claim.reference != reference and (claim.reserved or claim.consumed)]

    def write(self, claim: Claim, moves: Moves | Refusal, named: Named, **box: Any) -> Refusal | None:
        """Take the movements of one claim into the book. A refusal is handed through and changes nothing."""
        if isinstance(moves, Refusal):
            return moves
        block = self.block_of(claim)
        row, sums, share = self.rows[block], self.rows[block].sums, claim.share
        for move in moves:
            sums, share = sums.after(move), share.after(move)
            self.written.append(_row(row, move, named, self.actor, self.at))
        row.authorised, row.overridden = sums.authorised, sums.overridden
        row.reserved, row.consumed = sums.reserved, sums.consumed
        claim.reserved, claim.consumed, claim.changed_at = share.reserved, share.consumed, self.at
        claim.version, claim.procedure = named.version, named.procedure or claim.procedure
        if not claim.reserved:
            claim.until = None
        for name, value in box.items():
            setattr(claim, name, value)
        if claim.pk is None:
            self.claims.append(claim)
        claim.save()
        return None

    def save(self) -> list[Movement]:
        """Write the movements. The database moves the balances by them, and checks each once more."""
        made = Movement.objects.bulk_create(self.written)
        self.written = []
        return made

    def consumed(self, reference: str | None = None) -> dict[str, Decimal]:
        """What was written off of each line, by one declaration or by all."""
        if reference is None:
            return {block: row.consumed for block, row in self.rows.items()}
        out = dict.fromkeys(self.lines, writeoff.NOTHING)
        for claim in self.own(reference):
            out[self.block_of(claim)] += claim.consumed
        return out


def write_off_counted(book: Book, moved: Mapping[str, Decimal], named: Named, *, endorsed: str, stage: str,
                      reference: str = "") -> Refusal | None:
    """What an officer counted at the desk, line by line: open reservations are consumed first, the rest comes from the
    free balance under `named.reference`. Reservations of the consignment that are not needed come back.

    `reference`: only that declaration's reservations belong to the consignment; empty: all of them do.
    """
    for block, amount in moved.items():
        open_ = [claim for claim in book.of(block) if claim.reserved and reference in ("", claim.reference)]
        if refused := _count_line(book, block, open_, amount, named, endorsed, stage):
            return refused
    return None


def _count_line(book: Book, block: str, open_: list[Claim], amount: Decimal, named: Named, endorsed: str,
                stage: str) -> Refusal | None:
    left = amount
    for claim in open_:
        part = min(claim.reserved, left)
        if claim is open_[-1] and left > part:
            part = left                      # counted beyond what was declared: the last item of the line takes it
        told = Named(claim.reference, claim.item, claim.version, claim.procedure or named.procedure, named.post)
        sums = book.rows[block].sums
        moves = (writeoff.consume(sums, claim.share, part, block=block) if part
                 else writeoff.give_back(sums, claim.share))
        if refused := book.write(claim, moves, told, endorsed=endorsed if part else "", stage=stage):
            return replace(refused, field=f"quantities[{block}]")
        left -= part
    if not left:
        return None
    own = book.claim(block, named.reference, named.item)
    refused = book.write(own, writeoff.consume(book.rows[block].sums, own.share, left, block=block), named,
                         endorsed=endorsed, stage=stage)
    return replace(refused, field=f"quantities[{block}]") if refused else None


def _opened(permit: Permit, lines: Iterable[PermitLine], at: datetime) -> list[Balance]:
    """Balances for lines that nobody asked for yet, with their first movement. Under the permit's lock."""
    rows = Balance.objects.bulk_create([
        Balance(party=permit.party, permit_line=line, unit=line.unit, authorised=writeoff.NOTHING) for line in lines])
    named = Named("", 0, 0)
    for row in rows:
        row.authorised = row.permit_line.quantity
    Movement.objects.bulk_create([
        _row(row, writeoff.Movement(Kind.AUTHORISED, row.authorised), named, "system", at) for row in rows])
    return rows


def _row(row: Balance, move: writeoff.Movement, named: Named, actor: str, at: datetime) -> Movement:
    return Movement(party=row.party, balance=row, kind=move.kind.value, quantity=move.quantity, held=move.held,
                    before=move.before, unit=row.unit, reference=named.reference, item=named.item,
                    version=named.version, procedure=named.procedure, post=named.post, actor=actor, at=at,
                    why=named.why, authority=named.authority)
