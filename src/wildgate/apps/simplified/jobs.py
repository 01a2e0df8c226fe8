"""After a permit came back unused: what it drew of its master file is free again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.simplified.models import Certificate
from wildgate.apps.simplified.services import give_back
from wildgate.convention.lifecycle import PermitAct
from wildgate.kit import events
from wildgate.kit.models import Event


@events.subscribe(PermitAct.RETURNED.value)
def give_back_unused(*, subject: str, seq: int, at: datetime) -> None:
    """Run again, it finds nothing left to do."""
    number = subject.removeprefix("permit:").partition("/")[0]
    with transaction.atomic():
        for event in Event.objects.filter(subject=subject, seq=seq):
            papers = list(Certificate.objects.select_for_update(of=("self",)).filter(
                party=event.party, permit__number=number))
            if papers:
                give_back(papers, actor=events.SYSTEM, at=at)
