"""A customs system released the goods: once the last item of the declaration is decided, the permit is endorsed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.balances.ledger import Book
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs import crossing
from wildgate.apps.customs.crossing import Act
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import accounts
from wildgate.apps.customs.services.endorsing import KEY_USED, into_stock, keep, last_crossing, seal, spend
from wildgate.apps.customs.services.knowing import Known
from wildgate.apps.customs.services.places import not_ours
from wildgate.convention.permit import plain
from wildgate.convention.procedures import Rule
from wildgate.convention.refusal import Refusal
from wildgate.convention.writeoff import NOTHING
from wildgate.seal.keys import SigningKey
from wildgate.seal.token import permit_digest

Strange = Callable[[Actor, str, datetime], Refusal | None]


def box_14(actor: Actor, asked: WriteOff, at: datetime, strange: Strange = not_ours) -> dict[str, object] | Refusal:
    """What the endorsement will say of the place and the transport, read when an item is released. `strange` says why
    nothing is endorsed at a place."""
    box = crossing.read_box_14(asked.post, asked.transport_document)
    if isinstance(box, Refusal):
        return box
    refused = strange(actor, box[0], at)
    return refused or {"port": box[0], "transport_document": box[1], "packages": asked.packages}


def release(book: Book, reference: str, *, actor: Actor, at: datetime,
            known: Known | None = None) -> Endorsement | Refusal | None:
    """Endorse what the declaration released of this permit, when none of its items is still set aside; else nothing.

    Inside a transaction, under the permit's lock; what waits in the book is written in any case. What was declared and
    not released stays out of the endorsement. `known`: what was read of the permit under its lock, where it was.
    """
    if not (done := to_endorse(book, reference)):
        book.save()
        return None
    permit = book.permit
    last = last_crossing(permit) if known is None else known.last
    sealed = seal_done(book, done, reference, at, last, book.house())
    book.save()
    tale = spend(permit, sealed.act, sealed.token, actor=actor, rest=sealed.rest)
    if isinstance(tale, Refusal):
        return tale
    try:
        endorsement = keep(permit, list(book.lines.values()), sealed.act, sealed.token, actor, last)
    except IntegrityError:
        return KEY_USED
    accounts.tell(permit, sealed.act, sealed.digest, actor, {}, tale)
    into_stock(endorsement, actor)
    return endorsement


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a declaration released of a permit, sealed and marked in its book; nothing of it is written."""

    act: Act
    token: bytes
    digest: str
    rest: accounts.Rest | None


def to_endorse(book: Book, reference: str) -> list[Claim]:
    """What the declaration released and no endorsement holds yet; nothing while any of its items is set aside."""
    own = book.own(reference)
    return [] if any(claim.reserved for claim in own) else [
        claim for claim in own if claim.consumed and not claim.endorsed]


def seal_done(book: Book, done: Sequence[Claim], reference: str, at: datetime, last: Endorsement | None,
              house: Sequence[Rule], key: SigningKey | None = None) -> Sealed:
    """Seal what was released, after the crossing before it."""
    act = _act(book, done, reference, at)
    token = seal(book.permit, act, [act.quantities[block] for block in book.lines], last, key)
    digest = permit_digest(token).hex()
    book.endorse(done, digest)
    several = accounts.several(book.permit, act.stage, at, house)
    return Sealed(act, token, digest, accounts.rest_of(book, book.consumed()) if several else None)


def _act(book: Book, done: Sequence[Claim], reference: str, at: datetime) -> Act:
    quantities = {block: sum((claim.consumed for claim in done if claim.block == block), start=NOTHING)
                  for block in book.lines}
    box = done[-1].box_14
    versions = ",".join(f"{claim.item}.{claim.version}.{plain(claim.consumed)}" for claim in done)
    key = hashlib.sha256(f"{book.permit.subject} {reference} {versions}".encode()).hexdigest()
    return Act(done[-1].stage, quantities, box["port"], box["transport_document"], at, key, box["packages"],
               reference=reference)
