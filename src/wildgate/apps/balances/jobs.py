"""What the ledger does by itself: watchers are told, and what nobody released in time comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.balances import watching
from wildgate.apps.permits.selectors import permit_of
from wildgate.kit import events
from wildgate.kit.models import Event


def tell_watchers(*, subject: str, seq: int, at: datetime) -> None:
    """A permit's state changed: tell every open declaration that asked about it. Run again, it is told again, with
    the state of now: a notice twice is better than none."""
    number = subject.removeprefix("permit:").rpartition("/")[0]
    for event in Event.objects.filter(subject=subject, seq=seq):
        permit = permit_of(event.party, number)
        if permit is not None and permit.subject == subject:
            with transaction.atomic():
                watching.tell(permit, event.kind, at=at)


for act in watching.TOLD:
    events.subscribe(act.value)(tell_watchers)
