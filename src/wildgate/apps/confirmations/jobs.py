"""After customs noticed a missing export endorsement: the question to the exporting authority is drawn up."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.confirmations import exports
from wildgate.kit import events
from wildgate.kit.models import Event


@events.subscribe("endorsement-missing")
def draw_up_question(*, subject: str, seq: int, at: datetime) -> None:
    """Run again, it is the same question."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind="endorsement-missing"):
        exports.draw_up(event)
