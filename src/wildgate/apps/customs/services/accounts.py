"""What an endorsement does to the ledger of the permit's lines, and what the ledger says to an endorsement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances import procedures, watching
from wildgate.apps.balances.ledger import Book, Named, write_off_counted
from wildgate.apps.customs import crossing
from wildgate.apps.customs.crossing import Act
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import plain
from wildgate.convention.procedures import Rule
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events, jobs
from wildgate.kit.events import Told

if TYPE_CHECKING:
    from wildgate.apps.balances.models import Claim
    from wildgate.apps.permits.models import Permit

WRITTEN_OFF, WRITTEN_BACK, DIFFERS = "written-off", "written-back", "quantity-differs"
AT_DESK: Final = {crossing.EXPORT: "1", crossing.IMPORT: "4"}
"""The procedure that a desk's endorsement stands for."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Of a document for several consignments: what is left after this one, what moved in all, by block, and who settles
    what is left once the document has ended."""

    left: bool
    total: Mapping[str, Decimal]
    asked: tuple[jobs.Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Tale:
    """What an act tells the chain, and the jobs that it asks for: all at once, at its end."""

    told: tuple[Told, ...] = ()
    asked: tuple[jobs.Wanted, ...] = ()


def procedure_of(permit: Permit, stage: str) -> str:
    """The customs procedure of an endorsement at the desk."""
    return "3" if permit.kind == DocumentKind.RE_EXPORT.value else AT_DESK.get(stage, "")


def several(permit: Permit, stage: str, at: datetime, house: Sequence[Rule] | None = None) -> bool:
    """Does the house let this kind of document be written off in several consignments? `house`: its rows of the
    procedure table, where they are known."""
    rule = procedures.rule(permit.party, procedure_of(permit, stage), permit.kind, PermitState.VALID.value, at.date(),
                           house)
    return rule is not None and rule.several


def rest_after(permit: Permit, act: Act) -> Rest:
    """What this consignment leaves of a document for several. Under the permit's lock."""
    book = Book.lock(permit, actor=events.SYSTEM, at=act.at, locked=True)
    return rest_of(book, {block: amount + act.quantities[block] for block, amount in book.consumed().items()})


def rest_of(book: Book, total: Mapping[str, Decimal]) -> Rest:
    """What is left when so much has moved in all."""
    if not any(total[block] < row.authorised for block, row in book.rows.items()):
        return Rest(False, total)
    due = datetime.combine(book.permit.valid_until + timedelta(days=1), time(), UTC)
    return Rest(True, total, (jobs.wanted("customs.settle_partly_used", book.permit.number, due=due,
                                          party_code=book.permit.party, number=book.permit.number),))


@dataclass(frozen=True, slots=True)
class Counted:
    """What was declared of each line before it was counted, and the claims that hold nothing any more."""

    declared: Mapping[str, Decimal]
    closed: Sequence[Claim]


def count(permit: Permit, act: Act, digest: str, actor: Actor, *, several: bool = False,
          ) -> Mapping[str, Decimal] | Refusal:
    """Write off what an officer counted; what was declared of each line, for `tell`. Open reservations of the
    consignment are consumed or come back; `several`: the document serves several consignments, so those of others
    stay. Under the permit's lock."""
    when = act.arrived or act.at
    book = Book.lock(permit, actor=actor, at=when, locked=True)
    done = counted(book, act, digest, several=several)
    if isinstance(done, Refusal):
        return done
    book.save()
    close_watches(permit, done.closed, when)
    return done.declared


def counted(book: Book, act: Act, digest: str, *, several: bool) -> Counted | Refusal:
    """`count` in the book, which is not saved. Where it is refused the book is spoilt: it must not be saved."""
    declared = {block: sum((claim.reserved for claim in book.of(block)), Decimal(0)) for block in book.lines}
    own = [claim for claim in book.claims if claim.reserved]
    named = Named(act.reference or f"desk:{digest[:16]}", procedure=procedure_of(book.permit, act.stage), post=act.port)
    mine = act.reference or (named.reference if several else "")
    if refused := write_off_counted(book, act.quantities, named, endorsed=digest, stage=act.stage, reference=mine):
        return refused
    return Counted(declared, [claim for claim in own if not claim.reserved])


def close_watches(permit: Permit, closed: Sequence[Claim], at: datetime) -> None:
    """Their declarations' items are done with."""
    for claim in closed:
        watching.close(permit, claim.reference, claim.item, at=at)


def tell(permit: Permit, act: Act, digest: str, actor: Actor, declared: Mapping[str, Decimal], tale: Tale) -> None:
    """Append the events of a write-off, and ask for what follows."""
    events.append_each(told_of(permit, act, digest, declared, tale), party=permit.party, actor=actor.label,
                       at=act.arrived or act.at, asked=tale.asked)


def told_of(permit: Permit, act: Act, digest: str, declared: Mapping[str, Decimal], tale: Tale) -> list[Told]:
    """The events of a write-off after those of `tale`: that it happened, and on which lines another quantity moved than
    was declared, or than is permitted where nothing was declared."""
    quantities = {block: plain(amount) for block, amount in act.quantities.items()}
    told = [*tale.told, Told(WRITTEN_OFF, permit.subject, {
        "stage": act.stage, "endorsement": digest, "quantities": quantities})]
    lines = {line.block: line for line in permit.lines.all()}
    differs = {
        block: {"counted": plain(amount), "declared": plain(declared.get(block) or Decimal(0)),
                "permitted": plain(lines[block].quantity), "unit": lines[block].unit}
        for block, amount in act.quantities.items() if amount != (declared.get(block) or lines[block].quantity)}
    if differs:
        told.append(Told(DIFFERS, permit.subject, {"stage": act.stage, "endorsement": digest, "lines": differs}))
    return told
