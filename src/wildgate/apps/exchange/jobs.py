"""After an event: it is put in line for partners. The post itself, and what is over and forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from wildgate.apps.exchange import outbox, telling, transport
from wildgate.kit import events
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.models import Event


def tell_partners(*, subject: str, seq: int, at: datetime) -> None:
    """Run again, nothing is left to do."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        telling.tell(event, at=at)


for kind in (*telling.KIND_OF, "foreign-registered"):
    events.subscribe(kind)(tell_partners)


@events.subscribe("partner-resumed")
@events.subscribe("partner-link-confirmed")
def take_up_again(*, subject: str, seq: int, at: datetime) -> None:
    """The exchange goes on, or goes another way: what waits for the partner is tried."""
    code = subject.removeprefix("partner:")
    outbox.note_seen(code, at)  # the pause was for the old way
    with transaction.atomic():
        outbox.wake(code, at=at)


@job
def deliver_post(*, at: datetime, partner_code: str) -> None:
    """Send what waits for one partner. Run again, what was answered is not sent again."""
    outbox.deliver(partner_code, at=at)


def begin(party: str, at: datetime) -> None:
    """A worker starts: whatever waits is tried, and the day's run is asked for."""
    outbox.wake_all(at)
    with transaction.atomic():
        enqueue(each_day, "daily", party=party, at=at, party_code=party)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Forget bodies whose time is over, and ask for tomorrow's run."""
    transport.forget_old(party_code, at.date())
    with transaction.atomic():
        enqueue(each_day, "daily", party=party_code, at=at + timedelta(days=1), party_code=party_code)
