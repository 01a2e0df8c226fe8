"""An override: a supervisor lets goods pass against the ledger's answer, with a reason, a higher authority, an alert.

It goes against an exhausted balance, a used permit and a last day that has passed. It does not go against the
Management Authority: a permit that is cancelled, lost, replaced or suspended stays stopped; so does suspended trade.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances import procedures
from wildgate.apps.balances.finding import trade_suspended
from wildgate.apps.balances.ledger import Book, Named
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs import crossing
from wildgate.apps.customs.crossing import Act
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import accounts, correcting, endorsing
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.permits.selectors import permit_of
from wildgate.apps.quotas import correcting as quotas
from wildgate.convention import lifecycle, writeoff
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.writeoff import Grounds, Kind, Movement
from wildgate.kit import events
from wildgate.seal.token import permit_digest

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

OVERRIDDEN: Final = "balance-overridden"
AGAINST: Final = frozenset({PermitState.VALID.value, PermitState.PARTLY_USED.value, PermitState.EXPORTED.value,
                            PermitState.USED.value})
BASIS: Final = ("Art. VI.5", "House rule: override")
Box = tuple[str, str, int | None]


def override_counted(*, actor: Actor, number: str, quantities: Mapping[str, Decimal | str], port: str,
                     transport_document: str, reason: str, authority: str, at: datetime, key: str = "",
                     packages: int | None = None) -> Endorsement | Refusal:
    """At the desk: endorse what is there although the permit does not allow it."""
    permit = permit_of(actor.party, number)
    if permit is None:
        return refuse("no-such-permit", "There is no permit %(number)s.", number=number[:30], field="number")
    if refused := require(actor, Action.OVERRIDE_BALANCE, permit):
        return refused
    if crossing.is_for_many(permit.kind):
        return refuse("not-overridable", "Quantities of this document are not counted: nothing is to be overridden.",
                      basis=BASIS)
    act = crossing.read_act(stage=crossing.stage_of(permit.kind), quantities=quantities,
                            lines=list(permit.lines.all()), port=port, transport_document=transport_document, at=at,
                            key=key, packages=packages, most=False)
    if isinstance(act, Refusal):
        return act
    if (again := endorsing.repeated(actor.party, act, permit=permit)) is not None:
        return again
    with transaction.atomic():
        book = Book.lock(permit, actor=actor, at=at)
        named = Named(f"desk:{hashlib.sha256((key or at.isoformat()).encode()).hexdigest()[:16]}",
                      procedure=accounts.procedure_of(permit, act.stage), post=act.port,
                      why=" ".join(reason.split())[:500], authority=" ".join(authority.split())[:200])
        made = write_off(book, {block: amount for block, amount in act.quantities.items() if amount}, named,
                         actor=actor, at=at, stage=act.stage, box=(port, transport_document, packages), key=key)
        if isinstance(made, Refusal):
            transaction.set_rollback(True)
            return made
        book.save()
    return made


def write_off(book: Book, amounts: Mapping[str, Decimal], named: Named, *, actor: Actor, at: datetime, stage: str,
              box: Box, key: str = "") -> Endorsement | Refusal:
    """Write the amounts off against the balance and endorse them. Inside a transaction; the caller saves the book."""
    permit = book.permit
    if refused := _stopped(permit, named, at):
        return refused
    read = crossing.read_box_14(box[0], box[1])
    if isinstance(read, Refusal):
        return read
    if refused := not_ours(actor, read[0], at):
        return refused
    added = Decimal(0)
    claims = []
    for block, amount in amounts.items():
        claim = book.claim(block, named.reference, named.item)
        before = claim.consumed
        moves = _moves(book, claim, block, amount, Grounds(actor.label, named.why, named.authority))
        if isinstance(moves, Refusal):
            return moves
        book.write(claim, moves, named, stage=stage, by_id=actor.person_id)
        added += sum((move.quantity for move in moves if move.kind is Kind.OVERRIDE), Decimal(0))
        if before:
            correcting.correct(book, claim, before, actor=actor, at=at, why="overridden")
        claims.append((claim, before))
    state = permit.status.state
    events.append(OVERRIDDEN, permit.subject, party=permit.party, actor=actor.label, at=at, data={
        "stage": stage, "quantities": {block: plain(amount) for block, amount in amounts.items()},
        "beyond": plain(added), "state": state, "reference": named.reference, **actor.signed}, note=named.why)
    book.save()  # the database asks the balance whether so much may be endorsed
    corrected = [claim for claim, before in claims if before and claim.endorsed]
    if corrected:
        return Endorsement.objects.get(party=permit.party, digest=corrected[0].endorsed)
    return _endorse(book, amounts, claims=[claim for claim, _ in claims], actor=actor, at=at, stage=stage,
                    box=(*read, box[2]), key=key)


def _moves(book: Book, claim: Claim, block: str, amount: Decimal, grounds: Grounds) -> writeoff.Moves | Refusal:
    """A first write-off, or the correction of one upwards."""
    sums = book.rows[block].sums
    if not claim.consumed:
        return writeoff.override(sums, claim.share, amount, grounds)
    missing = max(amount - claim.consumed - sums.free, Decimal(0))
    checked = writeoff.override(sums, writeoff.Share(), amount, grounds)
    if isinstance(checked, Refusal):
        return checked
    return (Movement(Kind.OVERRIDE, missing, grounds=grounds),
            Movement(Kind.AMENDED, amount, before=claim.consumed))


def _stopped(permit: Permit, named: Named, at: datetime) -> Refusal | None:
    if not named.why or not named.authority:
        return refuse("override-without-grounds", "An override needs a reason and the higher authority that was asked.",
                      field="reason" if not named.why else "authority", basis=BASIS)
    if permit.status.state not in AGAINST:
        return refuse("not-overridable", "The permit is %(state)s: only its Management Authority can change that.",
                      state=permit.status.state, basis=BASIS)
    return trade_suspended(permit, at.date())


def _endorse(book: Book, amounts: Mapping[str, Decimal], *, claims: list[Claim], actor: Actor, at: datetime,
             stage: str, box: Box, key: str) -> Endorsement | Refusal:
    """The sealed endorsement. A permit that was used before stays used; its quota takes what moved more."""
    permit, lines = book.permit, list(book.lines.values())
    act = Act(stage, {block: amounts.get(block, Decimal(0)) for block in book.lines}, box[0], box[1], at, key, box[2])
    last = endorsing.last_crossing(permit)
    token = endorsing.seal(permit, act, [act.quantities[line.block] for line in lines], last)
    deed, tale = endorsing.act_of(permit, stage), accounts.Tale()
    if isinstance(lifecycle.act(PermitState(permit.status.state), deed), Refusal):
        for block, amount in amounts.items():
            if stage == crossing.EXPORT:
                quotas.correct(party=permit.party, subject=permit.application.subject, block=block, difference=amount,
                               actor=actor.label, at=at)
    elif isinstance(spent := endorsing.spend(permit, act, token, actor=actor), Refusal):
        return spent
    else:
        tale = spent
    try:
        with transaction.atomic():
            endorsement = endorsing.keep(permit, lines, act, token, actor, last)
    except IntegrityError:
        return endorsing.KEY_USED
    digest = permit_digest(token).hex()
    book.endorse(claims, digest)
    book.save()
    accounts.tell(permit, act, digest, actor, {}, tale)
    endorsing.into_stock(endorsement, actor)
    return endorsement


def stage_of(permit: Permit, procedure: str, at: datetime) -> str:
    """Where a document is endorsed under a procedure; by its kind where the table does not say."""
    rule = procedures.rule(permit.party, procedure, permit.kind, PermitState.VALID.value, at.date())
    return rule.stage if rule is not None and rule.stage else crossing.stage_of(permit.kind)
