"""Specimens and output on a permit: taken at issue, gone when customs let them out, free again when it is not used.

Locks are taken in the order of keys: operations first, then specimens. Every caller is inside a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.registers.models import Operation, OperationOutput, Specimen, SpecimenHold
from wildgate.apps.registers.services.telling import OPEN, Happened, locked, tell
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.prepared import Prepared

HeldState = SpecimenHold.State
OutputState = OperationOutput.State


@dataclass(frozen=True, slots=True)
class Output:
    """What one block takes of an operation's output. `taxon` is the operation's own that covers it."""

    operation: int
    block: str
    taxon: str
    year: int
    quantity: Decimal
    unit: str


def lock(operations: Sequence[int], specimens: Sequence[int]) -> None:
    """Put those who issue at once in one line, before the register is asked for the last time."""
    if operations:
        list(Operation.objects.select_for_update().filter(pk__in=set(operations)).order_by("pk"))
    if specimens:
        list(Specimen.objects.select_for_update().filter(pk__in=set(specimens)).order_by("pk"))


def hold(*, party: str, subject: str, specimens: Mapping[str, Sequence[Specimen]], outputs: Sequence[Output],
         until: date, actor: str, at: datetime) -> None:
    """Take locked specimens, by block, and output for a permit that holds until a day."""
    for block, found in specimens.items():
        for specimen in found:
            SpecimenHold.objects.create(specimen=specimen, subject=subject, block=block, until=until)
            tell(specimen, Happened.PERMIT, actor=actor, at=at, note=subject)
    OperationOutput.objects.bulk_create([
        OperationOutput(operation_id=one.operation, subject=subject, block=one.block, taxon=one.taxon, year=one.year,
                        quantity=one.quantity, unit=one.unit, until=until) for one in outputs])
    if specimens or outputs:
        due = max(at, datetime.combine(until + timedelta(days=1), time(), UTC))
        jobs.enqueue("registers.return_expired", until.isoformat(), party=party, at=due, party_code=party)


def left(*, subject: str, moved: Mapping[str, Decimal], crossing: bool, actor: str, at: datetime) -> None:
    """Customs counted what left, by block. Where fewer left than are held, an officer says which.

    `crossing`: the papers are for coming back, so the crossing is logged and the specimens stay on them.
    """
    by_block: dict[str, list[SpecimenHold]] = {}
    for row in _holds(subject) if _any_held.rows(subject=subject) else ():
        by_block.setdefault(row.block, []).append(row)
    for block, rows in by_block.items():
        count = moved.get(block, Decimal(0))
        for row in rows:
            if crossing:
                tell(row.specimen, Happened.CROSSING, actor=actor, at=at, note=subject)
            elif count >= len(rows):
                let_out(row, actor, at)
            elif not count:
                _back(row, actor, at, subject)
            else:
                row.state = HeldState.UNCLEAR
                row.save(update_fields=["state"])
    if crossing:
        return
    for one in _outputs(subject) if _any_output.rows(subject=subject) else ():
        quantity = moved.get(one.block, Decimal(0))
        one.state, one.quantity = (OutputState.USED, quantity) if quantity else (OutputState.RETURNED, one.quantity)
        one.save(update_fields=["state", "quantity"])


def give_back(*, subject: str, why: str, actor: str, at: datetime) -> None:
    """A permit that will not be used sets its specimens and its output free."""
    for row in _holds(subject):
        _back(row, actor, at, why)
    _outputs(subject).update(state=OutputState.RETURNED)


def pass_on(*, subject: str, heir: str, actor: str, at: datetime) -> None:
    """What is on a permit goes onto the permit after it; no other permit can take it in between."""
    for row in _holds(subject):
        row.subject = heir
        row.save(update_fields=["subject"])
        tell(row.specimen, Happened.PERMIT, actor=actor, at=at, note=heir)
    _outputs(subject).update(subject=heir)


def settle_unclear(*, actor: Actor, specimen: str, gone: bool, at: datetime) -> Specimen | Refusal:
    """An officer says whether a specimen was among those that customs let out."""
    if no := require(actor, Action.KEEP_REGISTERS):
        return no
    with transaction.atomic():
        row = locked(actor.party, specimen)
        if isinstance(row, Refusal):
            return row
        held = row.holds.filter(state=HeldState.UNCLEAR).first()
        if held is None:
            return refuse("nothing-unclear", "It is clear where specimen %(number)s is.", number=row.number)
        held.specimen = row
        if gone:
            let_out(held, actor.label, at)
        else:
            _back(held, actor.label, at, "stayed")
    return row


def return_expired(*, party: str, on: date, at: datetime) -> int:
    """Set free what permits that ended before `on` still hold; how many of them did. Run again, it finds nothing."""
    late = {"until__lt": on}
    subjects = {*SpecimenHold.objects.filter(state=HeldState.BOUND, specimen__party=party, **late)
                .values_list("subject", flat=True),
                *OperationOutput.objects.filter(state=OutputState.HELD, operation__party=party, **late)
                .values_list("subject", flat=True)}
    for subject in sorted(subjects):
        with transaction.atomic():
            give_back(subject=subject, why="expired", actor=events.SYSTEM, at=at)
    return len(subjects)


def _holds(subject: str) -> list[SpecimenHold]:
    """The open holds of a subject, with their specimens locked in order."""
    rows = SpecimenHold.objects.filter(subject=subject, state__in=OPEN)
    specimens = {row.pk: row for row in Specimen.objects.select_for_update()
                 .filter(pk__in=list(rows.values_list("specimen_id", flat=True))).order_by("pk")}
    found = list(rows.order_by("pk"))
    for row in found:
        row.specimen = specimens[row.specimen_id]
    return found


_any_held: Final = Prepared(lambda subject: SpecimenHold.objects.filter(
    subject=subject, state__in=OPEN).values_list("pk")[:1])
_any_output: Final = Prepared(lambda subject: OperationOutput.objects.filter(
    subject=subject, state=OutputState.HELD).values_list("pk")[:1])
"""Asked of every permit that is used up; most hold neither."""


def _outputs(subject: str) -> QuerySet[OperationOutput]:
    return OperationOutput.objects.filter(subject=subject, state=OutputState.HELD).order_by("pk")


def let_out(row: SpecimenHold, actor: str, at: datetime) -> None:
    """It left the country: out of the account, its marks free for the day it comes back."""
    specimen = row.specimen
    row.state, specimen.state = HeldState.EXPORTED, Specimen.State.EXPORTED
    row.save(update_fields=["state"])
    specimen.save(update_fields=["state"])
    specimen.marks.update(in_use=False)
    tell(specimen, Happened.EXPORTED, actor=actor, at=at, sender=specimen.organisation_id, note=row.subject)


def _back(row: SpecimenHold, actor: str, at: datetime, why: str) -> None:
    row.state = HeldState.RETURNED
    row.save(update_fields=["state"])
    tell(row.specimen, Happened.RETURNED, actor=actor, at=at, note=why)
