"""After an event: letters to people, notices to machines; the mails themselves; what failed for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.letters import delivering, mailing, warning
from wildgate.apps.letters.border import GIVEN
from wildgate.apps.letters.cover import ENDED, ENTERED
from wildgate.apps.letters.notices import FOR_MACHINES
from wildgate.apps.letters.services import telling
from wildgate.apps.letters.services.telling import tell_administrators
from wildgate.apps.letters.services.telling import tell_of as tell
from wildgate.kit import events
from wildgate.kit.jobs import job, when_dead
from wildgate.kit.models import Event, Job


def tell_of(*, subject: str, seq: int, at: datetime) -> None:
    """Write the letters of an event and put it in line for machines. Run again, nothing is left to do."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        with transaction.atomic():
            tell(event, at=at)
            delivering.queue(event, at=at)


@events.subscribe(ENTERED)
@events.subscribe(ENDED)
def tell_of_absence(*, subject: str, seq: int, at: datetime) -> None:
    """Write to who is away and who stands in. Run again, nothing is left to do."""
    for event in Event.objects.filter(subject=subject, seq=seq):
        telling.tell_of_absence(event, at=at)


for kind in FOR_MACHINES:
    if kind != GIVEN:  # the matrix itself puts its notices in line, by what was agreed for the row
        events.subscribe(kind)(tell_of)
for kind in warning.KINDS:
    events.subscribe(kind)(warning.warn)


@job
def gather_mail(*, at: datetime, party_code: str, person: int) -> None:
    """Put together what one person has not read. Run again, there is nothing new in it."""
    mailing.gather(party_code, person, at=at)


@job
def send_mail(*, at: datetime, party_code: str, mail: int) -> None:
    """Send one mail. Run again, it is not sent again."""
    mailing.send(mail, at=at)


@job
def send_daily(*, at: datetime, party_code: str) -> None:
    """Put together the daily mails. Run again on the same day, there are none left."""
    mailing.gather_daily(party_code, at=at)


@job
def deliver(*, at: datetime, webhook: int) -> None:
    """Send what waits for one address of another system."""
    delivering.deliver(webhook, at=at)


@when_dead
def report_dead(*, at: datetime, dead: int) -> None:
    """Tell the administrators of a job that is dead and still lies there."""
    for found in Job.objects.filter(pk=dead, state=Job.State.DEAD):
        tell_administrators("job-dead", f"job:{dead}", {}, at=at, party=found.party, key=f"job:{dead}:{found.attempts}")
