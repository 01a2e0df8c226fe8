"""After an event that internal control looks at: its notes, and the draw of control samples."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.controls import raising, samples
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.models import Event


@events.subscribe(PermitAct.ISSUED.value)
def control_issue(*, subject: str, seq: int, at: datetime) -> None:
    """Look at a permit that was issued; its day gets a draw, and days that are over are drawn."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind=PermitAct.ISSUED.value):
        raising.look_at_issue(event)
        samples.keep(event.party, at)


@events.subscribe("override")
def control_override(*, subject: str, seq: int, at: datetime) -> None:
    """Look at a rule that was passed over."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind="override"):
        raising.look_at_override(event)


def control_edit(*, subject: str, seq: int, at: datetime) -> None:
    """Look at a change of a case."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind__in=raising.EDITS):
        raising.look_at_edit(event)


for kind in sorted(raising.EDITS):
    events.subscribe(kind)(control_edit)
