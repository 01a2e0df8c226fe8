"""The ledger at work: one permit's lines under its lock, each change written as movements and saved at once.

The permit's status row is locked first, always; only then its balances, the quotas and the event chain. So two calls on
one permit wait for each other, and two on different permits do not. Every caller is inside a transaction. The balances
themselves need no lock: nobody moves them without the permit's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances import procedures
from wildgate.apps.balances.models import Balance, Claim, Movement
from wildgate.apps.permits.models import Permit, PermitLine, PermitStatus
from wildgate.convention import writeoff
from wildgate.convention.procedures import Rule
from wildgate.convention.refusal import Refusal
from wildgate.convention.writeoff import Kind, Moves
from wildgate.kit.prepared import Insert, Prepared, Update, loaded


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
    """A permit's lines with their balances and claims, under the permit's lock, and the movements to be written.

    Nothing of it is in the database before `save`. `written`: all movements that this book has written so far.
    """

    permit: Permit
    actor: str
    at: datetime
    lines: dict[str, PermitLine]
    rows: dict[str, Balance]
    claims: list[Claim]
    written: list[Movement] = field(default_factory=list)
    _waiting: list[Movement] = field(default_factory=list)
    _changed: list[Claim] = field(default_factory=list)
    _house: list[Rule] | None = None

    @classmethod
    def lock(cls, permit: Permit, *, actor: Actor | str, at: datetime, reference: str = "",
             locked: bool = False) -> Book:
        """Lock the permit and read its ledger; a line without a balance gets one when something is written. Claims that
        hold nothing any more are read for `reference` only. `locked`: `permit.status` is its row under its lock."""
        if not locked:
            permit.status = PermitStatus.objects.select_for_update().get(permit=permit)
        book = cls._read(permit, _both.rows(permit=permit.pk), actor, at)
        book._add(_claims.rows(permit=permit.pk, reference=reference) if book._blocks() else ())
        return book

    @classmethod
    def of_each(cls, permits: Iterable[Permit], *, actor: Actor, at: datetime,
                references: Iterable[str]) -> dict[int, Book]:
        """The books of several permits whose statuses are under their locks, by the permit's key: two questions."""
        known = {permit.pk: permit for permit in permits}
        lines: dict[int, list[tuple[Any, ...]]] = {key: [] for key in known}
        for row in _joined(PermitLine.objects.filter(permit__in=known)):
            lines[row[LINE.index("permit_id")]].append(row)
        books = {key: cls._read(permit, lines[key], actor, at) for key, permit in known.items()}
        blocks = {balance: book for book in books.values() for balance in book._blocks()}
        if blocks:
            for each in _speaking(Claim.objects.filter(Q(reference__in=set(references)) | HOLDING, balance__in=blocks)):
                blocks[each[CLAIM.index("balance_id")]]._add([each])
        return books

    @classmethod
    def _read(cls, permit: Permit, found: Iterable[tuple[Any, ...]], actor: Actor | str, at: datetime) -> Book:
        return cls(permit, actor if isinstance(actor, str) else actor.label, at, *_lines_of(permit, found), [])

    def _blocks(self) -> dict[int, str]:
        return {row.pk: block for block, row in self.rows.items() if row.pk is not None}

    def _add(self, found: Iterable[tuple[Any, ...]]) -> None:
        blocks = self._blocks()
        for each in found:
            claim = loaded(Claim, CLAIM, each)
            claim.block = blocks[claim.balance_id]
            self.claims.append(claim)

    def house(self) -> list[Rule]:
        """The rows of the house's procedure table on that day, read once."""
        if self._house is None:
            self._house = procedures.rows_in_force(self.permit.party, self.at.date())
        return self._house

    def of(self, block: str) -> list[Claim]:
        """The claims on one line, the oldest first."""
        return [claim for claim in self.claims if claim.block == block]

    def claim(self, block: str, reference: str, item: int) -> Claim:
        """The claim of a declaration's item on a line; a new, unsaved one where there is none."""
        for claim in self.of(block):
            if (claim.reference, claim.item) == (reference, item):
                return claim
        made = Claim(party=self.permit.party, reference=reference, item=item, version=0, changed_at=self.at)
        made.block = block
        return made

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
        row = self.rows[claim.block]
        sums, share = row.sums, claim.share
        for move in moves:
            sums, share = sums.after(move), share.after(move)
            self._waiting.append(_row(row, move, named, self.actor, self.at))
        row.authorised, row.overridden = sums.authorised, sums.overridden
        row.reserved, row.consumed = sums.reserved, sums.consumed
        claim.reserved, claim.consumed, claim.changed_at = share.reserved, share.consumed, self.at
        claim.version, claim.procedure = named.version, named.procedure or claim.procedure
        if not claim.reserved:
            claim.until = None
        for name, value in box.items():
            setattr(claim, name, value)
        self._change(claim)
        return None

    def endorse(self, claims: Iterable[Claim], digest: str) -> None:
        """These went into the endorsement of that digest."""
        for claim in claims:
            claim.endorsed = digest
            self._change(claim)

    def _change(self, claim: Claim) -> None:
        for kept in (self._changed, self.claims):
            if all(each is not claim for each in kept):
                kept.append(claim)

    def save(self) -> list[Movement]:
        """Write what changed since the last time. The database moves the balances by the movements, and checks each
        once more."""
        return save_all([self])

    @property
    def newest(self) -> Movement:
        """The last movement of this book, written or waiting."""
        return (self._waiting or self.written)[-1]

    def consumed(self, reference: str | None = None) -> dict[str, Decimal]:
        """What was written off of each line, by one declaration or by all."""
        if reference is None:
            return {block: row.consumed for block, row in self.rows.items()}
        out = dict.fromkeys(self.lines, writeoff.NOTHING)
        for claim in self.own(reference):
            out[claim.block] += claim.consumed
        return out


def save_all(books: Sequence[Book]) -> list[Movement]:
    """Write what changed in several books, all of one kind together: the movements of each stay in their order."""
    opened, made, changed = [], [], []
    for book in books:
        if book._waiting:
            opened += [(row, book.at) for row in book.rows.values() if row.pk is None]
        made += book._waiting
        book.written += book._waiting
        changed += [(claim, book.rows[claim.block]) for claim in book._changed]
        book._waiting, book._changed = [], []
    first = _opened(opened)
    for move in made:
        move.balance_id = move.balance.pk
    _movements.save(first + made)
    for claim, row in changed:
        if claim.pk is None:
            claim.balance = row
        else:
            _claim.save(claim)
    _new_claims.save([claim for claim, _row in changed if claim.pk is None])
    return made


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


LINE: Final = tuple(each.attname for each in PermitLine._meta.concrete_fields)
BALANCE: Final = tuple(each.attname for each in Balance._meta.concrete_fields)
CLAIM: Final = tuple(each.attname for each in Claim._meta.concrete_fields)
HOLDING: Final = Q(reserved__gt=0) | Q(consumed__gt=0)


def _joined(lines: QuerySet[PermitLine]) -> QuerySet[PermitLine, tuple[Any, ...]]:
    return lines.order_by("position").values_list(*LINE, *(f"balance__{name}" for name in BALANCE))


def _speaking(claims: QuerySet[Claim]) -> QuerySet[Claim, tuple[Any, ...]]:
    return claims.order_by("pk").values_list(*CLAIM)


_both: Final = Prepared(lambda permit: _joined(PermitLine.objects.filter(permit=permit)), numbers=("permit",))
_claims: Final = Prepared(lambda permit, reference: _speaking(Claim.objects.filter(
    HOLDING | Q(reference=reference), balance__permit_line__permit=permit)), numbers=("permit",))
_balances: Final = Insert(Balance)
_movements: Final = Insert(Movement)
_new_claims: Final = Insert(Claim)
_claim: Final = Update(Claim, "version", "procedure", "stage", "reserved", "consumed", "until", "box_14", "by",
                       "changed_at", "endorsed")


def _lines_of(permit: Permit, found: Iterable[tuple[Any, ...]]) -> tuple[dict[str, PermitLine], dict[str, Balance]]:
    """The permit's lines, kept with it since they never change, and where each stands now."""
    lines: dict[str, PermitLine] = {}
    rows: dict[str, Balance] = {}
    for row in found:
        line = loaded(PermitLine, LINE, row[:len(LINE)])
        lines[line.block] = line
        line.permit = permit
        rows[line.block] = (loaded(Balance, BALANCE, row[len(LINE):]) if row[len(LINE)] is not None else Balance(
            party=permit.party, permit_line=line, unit=line.unit, authorised=line.quantity))
    known = permit.lines.all()
    known._result_cache = list(lines.values())
    permit.__dict__.setdefault("_prefetched_objects_cache", {})["lines"] = known
    return lines, rows


def _opened(rows: Sequence[tuple[Balance, datetime]]) -> list[Movement]:
    """Make balances for lines that nobody wrote on yet; with nothing in them but their first movements, returned."""
    empty = [Balance(party=row.party, permit_line_id=row.permit_line_id, unit=row.unit, authorised=writeoff.NOTHING)
             for row, _at in rows]
    _balances.save(empty)
    for (row, _at), made in zip(rows, empty, strict=True):
        row.pk, row._state.adding = made.pk, False
    named = Named("", 0, 0)
    return [_row(row, writeoff.Movement(Kind.AUTHORISED, row.permit_line.quantity), named, "system", at)
            for row, at in rows]


def _row(row: Balance, move: writeoff.Movement, named: Named, actor: str, at: datetime) -> Movement:
    return Movement(party=row.party, balance=row, kind=move.kind.value, quantity=move.quantity, held=move.held,
                    before=move.before, unit=row.unit, reference=named.reference, item=named.item,
                    version=named.version, procedure=named.procedure, post=named.post, actor=actor, at=at,
                    why=named.why, authority=named.authority)
