"""The pulse: the row that open streams read. It says that something happened, to whom it may be said, and no more."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.intelligence.models import Alert, Mark, Pulse, Report


def pulse(kind: str, *, party: str, report: Report | None = None, alert: Alert | None = None, at: datetime,
          mark: Mark | None = None) -> Pulse:
    """Tell open streams. `mark` where the news is stricter than its thing: a part that not every reader gets.

    After the event of the same transaction: its lock puts the keys in the order of the commits.
    """
    held = mark or (alert.mark if alert is not None else report.mark if report is not None else None)
    if held is None:
        raise ValueError("a pulse is of a report or of an alert, or has a mark of its own")
    return Pulse.objects.create(party=party, mark=held, kind=kind, report=report, alert=alert, at=at)
