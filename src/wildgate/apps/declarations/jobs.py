"""What is done by itself: programs are told of a permit that an open declaration rests on, and of an outage; a message
that was cut off half way is finished.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from wildgate.apps.declarations import services
from wildgate.apps.declarations.models import Declaration
from wildgate.apps.gateway.models import Program
from wildgate.apps.gateway.services import notify
from wildgate.kit import events
from wildgate.kit.jobs import job
from wildgate.kit.models import Event


@job
def finish_message(*, at: datetime, message: int) -> None:
    """A message with many declarations whose sender did not ask again. Run again, it finds nothing left to do."""
    services.finish(message=message, at=at)


@events.subscribe("write-off-watch")
def tell_of_permit(*, subject: str, seq: int, at: datetime) -> None:
    """Whoever asked about the permit for a declaration that is still open is told what became of it."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind="write-off-watch"):
        data = json.loads(event.data)
        asked = _person(data.get("for", ""))
        programs = set(Program.objects.filter(party=event.party, ended_at=None, person_id__in=[asked] if asked else [])
                       .values_list("pk", flat=True))
        lodged = Declaration.objects.filter(party=event.party, reference=data["reference"], program__isnull=False)
        if lodged.filter(state=Declaration.State.WITHDRAWN).exists():
            continue
        programs |= set(lodged.values_list("program", flat=True))
        with transaction.atomic():
            notify(programs, party=event.party, kind=event.kind, subject=subject, cause=f"event:{event.seq}", at=at,
                   data={name: data[name] for name in ("reference", "item", "act", "state") if name in data})


@events.subscribe("outage-announced")
@events.subscribe("outage-ended")
def tell_of_outage(*, subject: str, seq: int, at: datetime) -> None:
    """Every program is told at once, so that it works by the rules for an outage."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        programs = Program.objects.filter(party=event.party, ended_at=None).values_list("pk", flat=True)
        data = {name: value for name, value in json.loads(event.data).items() if name in ("planned", "begins_at",
                                                                                          "ends_at")}
        with transaction.atomic():
            notify(programs, party=event.party, kind=event.kind, subject=subject, cause=f"event:{event.seq}", at=at,
                   data=data)


def _person(label: str) -> int | None:
    return int(label[7:]) if label.startswith("person:") and label[7:].isdigit() else None
