"""The calls of a customs single window: match, check, reserve, consume, give back, amend, withdraw, override, record,
list, outage (after Implementing Regulation (EU) 2024/2145). Desk, phone and programs end in the same ledger.

Each call is idempotent by declaration reference, item and version: sent again with the same content it is answered
again, with another content it is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances import finding, watching
from wildgate.apps.balances.asking import Documents, Notice, Outcome, Record, Search, WriteOff
from wildgate.apps.balances.finding import Meant
from wildgate.apps.balances.ledger import Book
from wildgate.apps.balances.models import Call, Claim
from wildgate.apps.balances.outages import announce
from wildgate.apps.balances.records import enter
from wildgate.apps.balances.selectors import standing_of, sums_of
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import claiming, correcting, endorsing, foreign_calls, overriding, releasing
from wildgate.apps.customs.services.knowing import Known, known_of
from wildgate.apps.customs.services.listing import documents
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.customs.services.rejecting import rejected
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import state_of
from wildgate.convention import writeoff
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import jobs
from wildgate.kit.prepared import Insert

RESERVED_FOR: Final = timedelta(days=30)
"""What is set aside comes back after so long when nobody released it (house value)."""
BASIS: Final = ("Art. VI.5", "50 CFR 23.26(c)(18)")
LONGEST_REFERENCE: Final = 80
Work = Callable[[Book, Known], Outcome | Refusal]


def match(*, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """May this document be used for this procedure, and are quantities counted? Nothing is written."""
    if refused := require(actor, Action.VIEW_BALANCES):
        return refused
    if foreign_calls.is_foreign(actor.party, asked):
        seen = foreign_calls.look("match", actor.party, asked, at)
        return seen if isinstance(seen, Refusal) else seen[1]
    permit = _permit(actor.party, asked)
    if isinstance(permit, Refusal):
        return permit
    found = finding.usable(permit, asked, at)
    if isinstance(found, Refusal):
        return found
    return Outcome("match", permit.number, permit.kind, found[0].value, permit.valid_until, found[1].managed,
                   stage=found[1].stage)


def check(*, actor: Actor, asked: WriteOff, at: datetime, known: Permit | None = None) -> Outcome | Refusal:
    """Is the document there, usable, and enough for what is declared? A declaration that checked is told of changes.

    `known`: the permit that the number was found to be, where the caller has it: it is not looked up again.
    """
    if refused := require(actor, Action.VIEW_BALANCES):
        return refused
    if foreign_calls.is_foreign(actor.party, asked):
        seen = foreign_calls.look("check", actor.party, asked, at)
        return seen if isinstance(seen, Refusal) else seen[1]
    permit = _permit(actor.party, asked, known)
    if isinstance(permit, Refusal):
        return permit
    if asked.reference:
        with transaction.atomic():
            watching.watch(permit, asked.reference[:LONGEST_REFERENCE], asked.item, actor=actor.label, at=at)
    it = finding.meant(permit, asked, at, quantity=asked.quantity is not None)
    if isinstance(it, Refusal):
        return it
    sums = sums_of(it.line)
    own = Claim.objects.filter(balance__permit_line=it.line, reference=asked.reference, item=asked.item).first()
    free = sums.free + (own.reserved if own else 0)
    if it.rule.managed:
        if refused := claiming.taken_by_others(it, asked.reference, actor):
            return refused
        if it.quantity > free:
            others = Claim.objects.filter(balance__permit_line=it.line).exclude(reference=asked.reference)
            return claiming.too_little(sums.refuse(it.quantity, block=it.line.block), list(others[:20]), actor)
    return outcome_of("check", it, quantity=it.quantity or None, sums=sums)


def reserve(*, actor: Actor, asked: WriteOff, at: datetime, known: Permit | None = None) -> Outcome | Refusal:
    """The declaration was accepted: set its quantity aside. A newer version replaces what the one before set aside."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        it = finding.meant(book.permit, asked, at, house=book.house())
        if isinstance(it, Refusal) or not it.rule.managed:
            return it if isinstance(it, Refusal) else outcome_of("reserve", it, quantity=it.quantity)
        claim = claiming.own(book, it, asked, actor)
        if isinstance(claim, Refusal):
            return claim
        claiming.move_line(book, it, asked, claim)
        moves = writeoff.reserve(book.rows[it.line.block].sums, claim.share, it.quantity, block=it.line.block)
        if isinstance(moves, Refusal):
            return claiming.too_little(moves, book.others(asked.reference), actor)
        if refused := book.write(claim, moves, claiming.named(asked), until=at + RESERVED_FOR, stage=it.rule.stage,
                                 by_id=actor.person_id):
            return refused
        watching.watch(book.permit, asked.reference, asked.item, actor=actor.label, at=at)
        book.save()
        jobs.enqueue("customs.give_back_run_out", f"{claim.pk}", party=actor.party, at=at + RESERVED_FOR,
                     party_code=actor.party, number=book.permit.number)
        return _saved("reserve", book, it, claim)
    return _call("reserve", actor, asked, at, work, known)


def consume(*, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """The goods were released or left: what was set aside is written off, and the permit is endorsed with the last
    item of the declaration that was set aside on it."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        it = finding.meant(book.permit, asked, at, house=book.house())
        if isinstance(it, Refusal):
            return it
        if not it.rule.managed:
            return _crossed(actor, it, asked, at)
        claim = take(book, it, asked, actor, at)
        return claim if isinstance(claim, Refusal) else _released("consume", book, it, claim, actor, at, found)
    return _call("consume", actor, asked, at, work)


def take(book: Book, it: Meant, asked: WriteOff, actor: Actor, at: datetime,
         strange: releasing.Strange = not_ours) -> Claim | Refusal:
    """Write off in the book what is released: the claim that has it. A refusal leaves the book as it was."""
    box = releasing.box_14(actor, asked, at, strange)
    if isinstance(box, Refusal):
        return box
    claim = claiming.own(book, it, asked, actor)
    if isinstance(claim, Refusal):
        return claim
    moves = writeoff.consume(book.rows[it.line.block].sums, claim.share, it.quantity, block=it.line.block)
    if isinstance(moves, Refusal):
        return claiming.too_little(moves, book.others(asked.reference), actor)
    return book.write(claim, moves, claiming.named(asked), stage=it.rule.stage, box_14=box,
                      by_id=actor.person_id) or claim


def give_back(*, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """The goods were not released: what was set aside is free again."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        claim = claiming.found(book, asked)
        if isinstance(claim, Refusal):
            return claim
        held, block = claim.reserved, claim.block
        if refused := book.write(claim, writeoff.give_back(book.rows[block].sums, claim.share), claiming.named(asked)):
            return refused
        return _after("give-back", book, claim, held, actor, at, found)
    return _call("give-back", actor, asked, at, work)


def amend(*, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """The declaration was corrected after release: the written-off quantity becomes `asked.quantity`."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        claim = claiming.found(book, asked)
        if isinstance(claim, Refusal):
            return claim
        line = book.lines[claim.block]
        amount = finding.in_unit(line, asked)
        if isinstance(amount, Refusal):
            return amount
        before = claim.consumed
        moves = writeoff.amend(book.rows[line.block].sums, claim.share, amount, block=line.block)
        if refused := book.write(claim, moves, claiming.named(asked)):
            return refused
        correcting.correct(book, claim, before, actor=actor, at=at, why="amended")
        return _after("amend", book, claim, amount, actor, at, found)
    return _call("amend", actor, asked, at, work)


def withdraw(*, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """The declaration was invalidated after release: what was written off is free again."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        claim = claiming.found(book, asked)
        if isinstance(claim, Refusal):
            return claim
        before, block = claim.consumed, claim.block
        if refused := book.write(claim, writeoff.withdraw(book.rows[block].sums, claim.share), claiming.named(asked)):
            return refused
        correcting.correct(book, claim, before, actor=actor, at=at, why="withdrawn")
        return _after("withdraw", book, claim, before, actor, at, found)
    return _call("withdraw", actor, asked, at, work)


def override(*, actor: Actor, asked: WriteOff, at: datetime, reason: str = "",
             authority: str = "") -> Outcome | Refusal:
    """A supervisor writes off against the ledger's answer: with a reason, and the authority that was asked."""
    def work(book: Book, found: Known) -> Outcome | Refusal:
        line = finding.line_meant(book.permit, asked)
        amount = line if isinstance(line, Refusal) else finding.in_unit(line, asked)
        if isinstance(line, Refusal) or isinstance(amount, Refusal):
            return line if isinstance(line, Refusal) else amount  # type: ignore[return-value]
        stage = overriding.stage_of(book.permit, asked.procedure, at)
        made = overriding.write_off(
            book, {line.block: amount}, claiming.named(asked, why=reason, authority=authority), actor=actor, at=at,
            stage=stage, box=(asked.post, asked.transport_document, asked.packages))
        if isinstance(made, Refusal):
            return made
        claim = book.claim(line.block, asked.reference, asked.item)
        return _after("override", book, claim, amount, actor, at, found, endorsement=made.digest)
    return _call("override", actor, asked, at, work)


def record(*, actor: Actor, asked: Record, at: datetime) -> Outcome | Refusal:
    """Enter what a sector law wants from customs; a later entry of the same declaration and item replaces it."""
    if refused := require(actor, Action.WRITE_OFF):
        return refused
    permit = _permit(actor.party, WriteOff(asked.number))
    if isinstance(permit, Refusal):
        return permit
    if refused := enter(permit, asked, actor=actor.label, at=at):
        return refused
    return _plain("record", permit, at)


def list_documents(*, actor: Actor, asked: Search, at: datetime) -> Documents | Refusal:
    """The documents that fit the parameters, a page at a time."""
    return require(actor, Action.VIEW_BALANCES) or documents(actor.party, asked, at)


def outage(*, actor: Actor, asked: Notice, at: datetime) -> int | Refusal:
    """Announce that the system is or will be out of reach; the key of the announcement."""
    made = announce(actor=actor, notice=asked, at=at)
    return made if isinstance(made, Refusal) else int(made.pk)


def _call(name: str, actor: Actor, asked: WriteOff, at: datetime, work: Work,
          known: Permit | None = None) -> Outcome | Refusal:
    """Rights, names, the permit under its lock; then once, and answered again when it is sent again."""
    if refused := may(name, actor, asked):
        return refused
    if foreign_calls.is_foreign(actor.party, asked):
        return foreign_calls.call(name, actor, asked, at)
    with transaction.atomic():
        permit = finding.permit_locked(actor.party, asked) if known is None else known
        if isinstance(permit, Refusal):
            return permit
        book = Book.lock(permit, actor=actor, at=at, reference=asked.reference, locked=known is None)
        found = known_of(permit, name, asked)
        if found.rejected and (refused := rejected(actor.party, actor.party, permit.number)):
            return refused
        if found.call is not None:
            return _again(Call.objects.get(pk=found.call), asked, book, at)
        outcome = work(book, found)
        if isinstance(outcome, Refusal):
            transaction.set_rollback(True)
            return outcome
        calls.save([answered(permit, asked, outcome, at)])
        return outcome


calls: Final = Insert(Call)


def answered(permit: Permit, asked: WriteOff, outcome: Outcome, at: datetime) -> Call:
    """What is kept of a call that was answered with yes."""
    return Call(party=permit.party, call=outcome.call, reference=asked.reference, item=asked.item,
                version=asked.version, digest=_digest(asked), at=at, answer={
        "permit": permit.pk, "block": outcome.standing.block if outcome.standing else "", "managed": outcome.managed,
        "stage": outcome.stage, "quantity": plain(outcome.quantity) if outcome.quantity is not None else "",
        "endorsement": outcome.endorsement})


def _digest(asked: WriteOff) -> str:
    return hashlib.sha256(repr(sorted(asdict(asked).items())).encode()).hexdigest()


def _permit(party: str, asked: WriteOff, known: Permit | None = None) -> Permit | Refusal:
    """The permit, unless a paper of its number was rejected at some post."""
    permit = finding.permit_meant(party, asked) if known is None else known
    if isinstance(permit, Refusal):
        return permit
    return rejected(party, party, permit.number) or permit


def may(name: str, actor: Actor, asked: WriteOff) -> Refusal | None:
    action = Action.OVERRIDE_BALANCE if name == "override" else Action.WRITE_OFF
    if name == "override":
        own = Claim.objects.filter(party=actor.party, reference=asked.reference, item=asked.item).first()
        if refused := require(actor, action, own):
            return refused
    elif refused := require(actor, action):
        return refused
    if not asked.reference.strip() or len(asked.reference) > LONGEST_REFERENCE or not asked.reference.isprintable():
        return refuse("reference-missing", "Give the reference of the declaration, at most %(most)s characters.",
                      most=LONGEST_REFERENCE, field="reference")
    if not (0 < asked.item < 100_000 and 0 < asked.version < 100_000):
        return refuse("item-out-of-range", "Items and versions of a declaration are counted from 1.", field="item")
    return None


def _again(before: Call, asked: WriteOff, book: Book, at: datetime) -> Outcome | Refusal:
    if before.digest != _digest(asked) or before.answer.get("permit") != book.permit.pk:
        return refuse("version-used", "This item and version of the declaration said something else before: send a new "
                      "version.", field="version")
    told, permit = before.answer, book.permit
    line = book.lines.get(told["block"])
    state = state_of(permit.status, permit.valid_until, at.date())
    return Outcome(before.call, permit.number, permit.kind, state.value, permit.valid_until, told["managed"],
                   standing=standing_of(line, usable=state in finding.OPEN, sums=book.rows[line.block].sums
                                        ) if line else None,
                   quantity=Decimal(told["quantity"]) if told["quantity"] else None,
                   endorsement=told["endorsement"], repeated=True, stage=told["stage"])


def _crossed(actor: Actor, it: Meant, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """A document whose quantities are not counted: its crossing is written down where there is one."""
    if not it.rule.stage:
        return outcome_of("consume", it, quantity=it.quantity)
    quantities = {line.block: it.quantity if line.pk == it.line.pk else Decimal(0) for line in it.permit.lines.all()}
    key = hashlib.sha256(f"{it.permit.subject} {asked.reference} {asked.item} {asked.version}".encode()).hexdigest()
    made = endorsing.endorse(actor=actor, number=it.permit.number, stage=it.rule.stage, quantities=quantities,
                             port=asked.post, transport_document=asked.transport_document, at=at, key=key,
                             packages=asked.packages)
    if isinstance(made, Refusal):
        return made
    it.permit.status.refresh_from_db()
    return outcome_of("consume", it, quantity=it.quantity, endorsement=made.digest)


def _released(name: str, book: Book, it: Meant, claim: Claim, actor: Actor, at: datetime,
              known: Known) -> Outcome | Refusal:
    made = releasing.release(book, claim.reference, actor=actor, at=at, known=known)
    if isinstance(made, Refusal):
        return made
    watching.close_one(known.watch, at=at)
    return outcome_of(name, it, quantity=claim.consumed, movement=book.written[-1].pk,
                    endorsement=made.digest if isinstance(made, Endorsement) else "",
                    sums=book.rows[it.line.block].sums)


def _saved(name: str, book: Book, it: Meant, claim: Claim) -> Outcome:
    return outcome_of(name, it, quantity=it.quantity, movement=book.written[-1].pk, reserved_until=claim.until,
                    sums=book.rows[it.line.block].sums)


def _after(name: str, book: Book, claim: Claim, amount: Decimal, actor: Actor, at: datetime, known: Known, *,
           endorsement: str = "") -> Outcome | Refusal:
    """Save, let the declaration's other items be endorsed where this was the last one open, and tell the balance."""
    if name == "give-back":
        done = releasing.release(book, claim.reference, actor=actor, at=at, known=known)
        if isinstance(done, Refusal):
            return done
        endorsement = done.digest if done else ""
    book.save()
    watching.close_one(known.watch, at=at)
    permit = book.permit
    if endorsement or claim.endorsed:
        permit.status.refresh_from_db()
    state = state_of(permit.status, permit.valid_until, at.date())
    line = book.lines[claim.block]
    return Outcome(name, permit.number, permit.kind, state.value, permit.valid_until, True,
                   standing=standing_of(line, usable=state in finding.OPEN, sums=book.rows[line.block].sums),
                   quantity=amount,
                   movement=book.written[-1].pk if book.written else None,
                   endorsement=endorsement or claim.endorsed, stage=claim.stage)


def outcome_of(name: str, it: Meant, *, quantity: Decimal | None = None, movement: int | None = None,
             reserved_until: datetime | None = None, endorsement: str = "",
             sums: writeoff.Balance | None = None) -> Outcome:
    state = it.permit.status.state
    usable = state in finding.OPEN_STATES
    return Outcome(name, it.permit.number, it.permit.kind, state, it.permit.valid_until, it.rule.managed,
                   standing_of(it.line, usable=usable, sums=sums), quantity, movement, reserved_until, endorsement,
                   stage=it.rule.stage)


def _plain(name: str, permit: Permit, at: datetime) -> Outcome:
    state = state_of(permit.status, permit.valid_until, at.date())
    return Outcome(name, permit.number, permit.kind, state.value, permit.valid_until,
                   not crossing.is_for_many(permit.kind))
