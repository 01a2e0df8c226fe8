"""The arithmetic of a permit line's quantity: what is authorised, set aside for a declaration, written off, given back.

Seven movements and no others (after Implementing Regulation (EU) 2024/2145). What is set aside and what is written off
never exceed what the permit authorises, unless somebody with a name overrode it, with a reason, and with the word of
an authority above them. An override covers what it was given for: it shrinks with the quantity that needed it.

Pure: rows, locks and rights are kept elsewhere. Quantities are in the unit of the permit line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Code

BASIS = ("Art. VI.5", "Res. Conf. 12.3, box 14")
NOTHING = Decimal(0)


class Kind(Code):
    """The kinds of movements."""

    AUTHORISED = "authorised"
    RESERVED = "reserved"
    CONSUMED = "consumed"
    RELEASED_BACK = "released-back"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an override rests on: who does it, why, and which higher authority was asked."""

    person: str
    reason: str
    authority: str

    @property
    def whole(self) -> bool:
        return bool(self.person.strip() and self.reason.strip() and self.authority.strip())


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the ledger. `held` is the part of a consumption that was set aside; `before` what an amendment
    changes from; `grounds` stand on overrides only."""

    kind: Kind
    quantity: Decimal
    held: Decimal = NOTHING
    before: Decimal = NOTHING
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one item of one declaration has of a line."""

    reserved: Decimal = NOTHING
    consumed: Decimal = NOTHING

    def after(self, move: Movement) -> Share:
        """The share after one movement of its own."""
        if move.kind is Kind.RESERVED:
            return replace(self, reserved=self.reserved + move.quantity)
        if move.kind is Kind.RELEASED_BACK:
            return replace(self, reserved=self.reserved - move.quantity)
        if move.kind is Kind.CONSUMED:
            return Share(self.reserved - move.held, self.consumed + move.quantity)
        if move.kind is Kind.AMENDED:
            return replace(self, consumed=self.consumed - move.before + move.quantity)
        if move.kind is Kind.WITHDRAWN:
            return replace(self, consumed=self.consumed - move.quantity)
        return self


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a permit line stands."""

    authorised: Decimal = NOTHING
    overridden: Decimal = NOTHING
    reserved: Decimal = NOTHING
    consumed: Decimal = NOTHING

    @property
    def taken(self) -> Decimal:
        return self.reserved + self.consumed

    @property
    def free(self) -> Decimal:
        return self.authorised + self.overridden - self.taken

    def after(self, move: Movement) -> Balance:
        """The balance after one movement. Raises ValueError where it cannot be."""
        new = _moved(self, move)
        if move.quantity < 0 or min(new.authorised, new.overridden, new.reserved, new.consumed, new.free) < 0:
            raise ValueError(f"{move.kind} of {plain(move.quantity)} at {self}")
        if move.kind is Kind.OVERRIDE and (move.grounds is None or not move.grounds.whole):
            raise ValueError("an override has a person, a reason and a higher authority")
        if move.held > move.quantity:
            raise ValueError("more was set aside for a consumption than it takes")
        return new

    def refuse(self, asked: Decimal, *, block: str = "") -> Refusal:
        """Why `asked` is too much."""
        return refuse("exhausted", "%(left)s of %(authorised)s are left on line %(block)s: %(consumed)s written off, "
                      "%(reserved)s set aside. %(asked)s cannot be taken.", block=block or "A", basis=BASIS,
                      left=plain(self.free), authorised=plain(self.authorised + self.overridden), asked=plain(asked),
                      consumed=plain(self.consumed), reserved=plain(self.reserved), field="quantity")


def _moved(at: Balance, move: Movement) -> Balance:
    kind, amount = move.kind, move.quantity
    if kind is Kind.AUTHORISED:
        return replace(at, authorised=at.authorised + amount)
    if kind is Kind.OVERRIDE:
        return replace(at, overridden=at.overridden + amount)
    share = Share(at.reserved, at.consumed).after(move)
    new = replace(at, reserved=share.reserved, consumed=share.consumed)
    if kind in (Kind.RELEASED_BACK, Kind.AMENDED, Kind.WITHDRAWN):
        return replace(new, overridden=min(at.overridden, max(new.taken - new.authorised, NOTHING)))
    return new


Moves = tuple[Movement, ...]


def fold(moves: Iterable[Movement]) -> Balance:
    """The balance that a ledger leads to. Raises ValueError for movements that could not have happened so."""
    balance = Balance()
    for move in moves:
        balance = balance.after(move)
    return balance


def reserve(at: Balance, own: Share, amount: Decimal, *, block: str = "") -> Moves | Refusal:
    """Set aside for a declaration that was accepted. What its version before had set aside counts towards it.

    Only the difference moves: what is given up and taken again could be lost between the two, where an override has
    filled the line meanwhile.
    """
    if own.consumed:
        return RELEASED
    if amount <= 0:
        return NO_QUANTITY
    if amount > at.free + own.reserved:
        return at.refuse(amount, block=block)
    if amount < own.reserved:
        return _back(own.reserved - amount)
    return (Movement(Kind.RESERVED, amount - own.reserved),)


def consume(at: Balance, own: Share, amount: Decimal, *, block: str = "") -> Moves | Refusal:
    """Write off what was released. What was set aside beyond it is free again."""
    if own.consumed:
        return RELEASED
    if amount <= 0:
        return NO_QUANTITY
    held = min(own.reserved, amount)
    if amount - held > at.free:
        return at.refuse(amount, block=block)
    return (Movement(Kind.CONSUMED, amount, held=held), *_back(own.reserved - held))


def give_back(at: Balance, own: Share) -> Moves | Refusal:
    """The goods were not released: what was set aside is free again."""
    if not own.reserved:
        return refuse("nothing-reserved", "Nothing is set aside for this item of the declaration.", basis=BASIS)
    return _back(own.reserved)


def amend(at: Balance, own: Share, amount: Decimal, *, block: str = "") -> Moves | Refusal:
    """The declaration was corrected after release: the written-off quantity becomes `amount`, more or less."""
    if not own.consumed:
        return NOT_RELEASED
    if amount <= 0:
        return NO_QUANTITY
    if amount - own.consumed > at.free:
        return at.refuse(amount, block=block)
    return (Movement(Kind.AMENDED, amount, before=own.consumed),)


def withdraw(at: Balance, own: Share) -> Moves | Refusal:
    """The declaration was invalidated after release: what was written off is free again."""
    if not own.consumed:
        return NOT_RELEASED
    return (Movement(Kind.WITHDRAWN, own.consumed),)


def override(at: Balance, own: Share, amount: Decimal, grounds: Grounds) -> Moves | Refusal:
    """Write off against the balance: as much as is missing is added, and the override stands in the ledger for ever."""
    if not grounds.whole:
        return refuse("override-without-grounds", "An override needs a reason and the higher authority that was asked.",
                      basis=BASIS, field="reason")
    if amount <= 0:
        return NO_QUANTITY
    held = min(own.reserved, amount)
    missing = max(amount - held - at.free, NOTHING)
    return (Movement(Kind.OVERRIDE, missing, grounds=grounds), Movement(Kind.CONSUMED, amount, held=held),
            *_back(own.reserved - held))


def _back(amount: Decimal) -> Moves:
    return (Movement(Kind.RELEASED_BACK, amount),) if amount else ()


NO_QUANTITY = refuse("quantity-missing", "Give a quantity above zero.", field="quantity")
RELEASED = refuse("already-released", "This item was written off already: amend or withdraw it instead.", basis=BASIS)
NOT_RELEASED = refuse("nothing-written-off", "Nothing was written off for this item of the declaration.", basis=BASIS)
