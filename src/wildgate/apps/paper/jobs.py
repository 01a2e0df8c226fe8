"""After a permit is cancelled, replaced or reported lost: its sheets are written off, whatever became of the paper."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.paper.services.printing import write_off
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.models import Event

WHY = {PermitAct.CANCELLED: "cancelled", PermitAct.REPLACED: "replaced", PermitAct.LOST: "lost"}


def write_off_sheets(*, subject: str, seq: int, at: datetime) -> None:
    """Write off what the permit of this event was printed on. Run again, nothing is left to do."""
    number = subject.removeprefix("permit:").partition("/")[0]
    for event in Event.objects.filter(subject=subject, seq=seq):
        permit = permit_of(event.party, number)
        if permit is not None and permit.subject == subject:
            write_off(permit, why=WHY[PermitAct(event.kind)], actor=events.SYSTEM, at=at)


for act in WHY:
    events.subscribe(act.value)(write_off_sheets)
