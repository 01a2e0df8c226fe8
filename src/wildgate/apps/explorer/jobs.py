"""Each night: our own events go into the trade store. The night's run asks for the next one itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.explorer import services
from wildgate.kit.jobs import enqueue, job


def begin(party: str, at: datetime) -> None:
    """A worker starts: make sure that the coming night's run is asked for."""
    due = services.next_night(at)
    with transaction.atomic():
        enqueue(each_night, due.date().isoformat(), party=party, at=due, party_code=party)


@job
def each_night(*, at: datetime, party_code: str) -> None:
    """Write the own rows, and ask for the next night's run first, so that a failure ends no chain."""
    begin(party_code, at)
    services.append(party_code, at=at)


@job
def append_own(*, at: datetime, party_code: str) -> None:
    """An officer asked for it. Run again, the rows are the same."""
    services.append(party_code, at=at)
    begin(party_code, at)
