"""When letters become a mail: at once, or once a day. Whoever writes a letter asks for it here; `mailing` does it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from wildgate.apps.accounts.models import Person
from wildgate.apps.letters.models import Preference
from wildgate.kit import jobs

DAILY_HOUR = 6
"""UTC. The daily mail goes out when there is something to tell."""
By = Preference.By
GATHER, DAILY = "letters.gather_mail", "letters.send_daily"


def plan(people: Collection[int], *, party: str, at: datetime) -> None:
    """Ask for the mails that these people want: at once, or with the next daily one. Inside a transaction."""
    wishes = dict(Preference.objects.filter(person__in=people).values_list("person_id", "mail"))
    for person in sorted(people):
        if wishes.get(person, By.AT_ONCE) == By.AT_ONCE:
            jobs.enqueue(GATHER, f"person:{person}", party=party, at=at, party_code=party, person=person)
    if By.DAILY in wishes.values():
        due = next_daily(at)
        jobs.enqueue(DAILY, due.date().isoformat(), party=party, at=due, party_code=party)


def next_daily(at: datetime) -> datetime:
    today = at.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    return today if at < today else today + timedelta(days=1)


def alone_for(person: int) -> None:
    """Two who gather for one person take turns. Who writes a letter to them does not wait: it names their row and then
    asks for this very job, so a stronger lock would have each wait for the other."""
    Person.objects.select_for_update(no_key=True).filter(pk=person).first()
