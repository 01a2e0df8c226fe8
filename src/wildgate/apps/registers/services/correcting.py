"""After customs corrected a release: specimens that did not leave are in the account again, months later too."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wildgate.apps.registers.models import Mark, OperationOutput, Specimen, SpecimenHold
from wildgate.apps.registers.services.holding import let_out
from wildgate.apps.registers.services.telling import OPEN, Happened, tell

HeldState = SpecimenHold.State
OutputState = OperationOutput.State
CLOSED = (HeldState.EXPORTED, HeldState.RETURNED, HeldState.UNCLEAR)


def correct(*, subject: str, block: str, now: Decimal, permitted: Decimal, actor: str, at: datetime,
            bind_again: bool = False) -> None:
    """So many of the block's specimens left after all: all of them, none, or some, and then an officer says which.

    `bind_again`: the permit serves again, so they are on it again. Inside the transaction of the correction.
    """
    rows = list(SpecimenHold.objects.select_for_update().filter(subject=subject, block=block, state__in=CLOSED)
                .order_by("pk"))
    specimens = {row.pk: row for row in Specimen.objects.select_for_update()
                 .filter(pk__in=[row.specimen_id for row in rows]).order_by("pk")}
    for row in rows:
        row.specimen = specimens[row.specimen_id]
        if now >= len(rows):
            _left(row, actor, at)
        else:
            _stayed(row, _state(now, bind_again), actor, at)
    for one in OperationOutput.objects.select_for_update().filter(subject=subject, block=block).exclude(
            state=OutputState.HELD).order_by("-pk")[:1]:
        one.state = OutputState.USED if now else OutputState.HELD if bind_again else OutputState.RETURNED
        one.quantity = now or permitted
        one.save(update_fields=["state", "quantity"])


def _state(now: Decimal, bind_again: bool) -> HeldState:
    if now:
        return HeldState.UNCLEAR
    return HeldState.BOUND if bind_again else HeldState.RETURNED


def _left(row: SpecimenHold, actor: str, at: datetime) -> None:
    """It left after all, unless something else became of it meanwhile."""
    if row.state == HeldState.EXPORTED or row.specimen.state != Specimen.State.ALIVE:
        return
    if not row.specimen.holds.filter(state__in=OPEN).exclude(pk=row.pk).exists():
        let_out(row, actor, at)


def _stayed(row: SpecimenHold, state: HeldState, actor: str, at: datetime) -> None:
    """It did not leave, or nobody knows: in the account again, with those of its marks that nothing else bears now."""
    before, specimen = row.state, row.specimen
    if before == state:
        return
    if before == HeldState.EXPORTED and specimen.state == Specimen.State.EXPORTED:
        specimen.state = Specimen.State.ALIVE
        specimen.save(update_fields=["state"])
        _marks_again(specimen)
    if state in OPEN and (specimen.state != Specimen.State.ALIVE or specimen.offered_to_id
                          or specimen.holds.filter(state__in=OPEN).exclude(pk=row.pk).exists()):
        state = HeldState.RETURNED
    row.state = state
    row.save(update_fields=["state"])
    if state == HeldState.BOUND:
        tell(specimen, Happened.PERMIT, actor=actor, at=at, note=row.subject)
    elif state == HeldState.RETURNED:
        tell(specimen, Happened.RETURNED, actor=actor, at=at, note="corrected")


def _marks_again(specimen: Specimen) -> None:
    for mark in specimen.marks.filter(in_use=False):
        taken = Mark.objects.filter(party=mark.party, kind=mark.kind, value=mark.value, in_use=True).exists()
        if not taken:
            mark.in_use = True
            mark.save(update_fields=["in_use"])
