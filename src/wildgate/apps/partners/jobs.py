"""Every day: certificates of partners that end soon are told of, 60, 30 and 7 days ahead and once they have ended.

The day's run asks for the next day's, so a worker that once began keeps on; `begin` asks for today's.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction

from wildgate.apps.partners.models import Certificate
from wildgate.apps.partners.selectors import WARNINGS, ending
from wildgate.kit import events
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.models import Event

KIND = "partner-certificate-ending"


def begin(party: str, at: datetime) -> None:
    """Ask for the daily run now; one that waits already is enough."""
    with transaction.atomic():
        enqueue(each_day, "daily", party=party, at=at, party_code=party)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Tell, and ask for tomorrow's run."""
    tell_of_endings(party_code, at)
    with transaction.atomic():
        enqueue(each_day, "daily", party=party_code, at=at + timedelta(days=1), party_code=party_code)


@events.subscribe("partner-certificate-added")
def watch(*, subject: str, seq: int, at: datetime) -> None:
    """From the first certificate on, somebody looks every day."""
    for event in Event.objects.filter(subject=subject, seq=seq, kind="partner-certificate-added"):
        begin(event.party, at)


def tell_of_endings(party: str, at: datetime) -> int:
    """An event for each certificate and each warning that is due; told once, and only the nearest one."""
    return sum(_tell(each, left, at) for each, left in ending(party, at))


def step(left: int) -> int:
    """The warning that is due with so many days left; 0 once it has ended."""
    return 0 if left < 0 else min(each for each in WARNINGS if left <= each)


def _tell(found: Certificate, left: int, at: datetime) -> bool:
    data = {"days": step(left), "fingerprint": found.fingerprint, "until": found.not_after.date().isoformat()}
    subject = found.partner.subject
    with transaction.atomic():
        events.lock_head(found.party)
        told = Event.objects.filter(party=found.party, kind=KIND, subject=subject,
                                    data=json.dumps(data, sort_keys=True, separators=(",", ":")))
        if told.exists():
            return False
        events.append(KIND, subject, party=found.party, actor=events.SYSTEM, at=at, data=data)
        return True
