"""After an event: the notices that are due for it; receipts by machine; what nobody received; the day's imports."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.duties import services
from wildgate.apps.duties.matrix import KINDS
from wildgate.apps.duties.services import relaying
from wildgate.apps.duties.services.receiving import TAKEN
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.jobs import job
from wildgate.kit.models import Event


def tell_other(*, subject: str, seq: int, at: datetime) -> None:
    """Give the notices of an event. Run again, nothing is left to do."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        services.give(event, at=at)


for kind in KINDS:
    events.subscribe(kind)(tell_other)


@events.subscribe(TAKEN)
def note_taken(*, subject: str, seq: int, at: datetime) -> None:
    """The other side's system took a notice. Run again, it is noted."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        services.taken(event, at=at)


@job
def look_again(*, at: datetime, notice: int) -> None:
    """A notice's time is over: who stands above is told, once, unless it was received."""
    services.escalate(notice, at=at)


@events.subscribe(PermitAct.IMPORT_ENDORSED.value)
def plan_relay(*, subject: str, seq: int, at: datetime) -> None:
    """An import was let in: it goes out with the file of this evening. Run again, it is the same file."""
    for event in Event.objects.filter(subject=subject, seq=seq, subject__startswith="foreign:"):
        with transaction.atomic():
            relaying.plan(event.party, at)


@job
def relay_day(*, at: datetime, party_code: str) -> None:
    """Tell the Management Authority of the imports that were in no file yet. Run again, there are none."""
    relaying.relay(party_code, by=events.SYSTEM, at=at)


@job
def mail_relay(*, at: datetime, relay: int) -> None:
    """Mail one file. Run again, it is not mailed again."""
    relaying.mail(relay, at=at)
