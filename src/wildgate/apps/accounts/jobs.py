"""Every day: registrations that end soon, and personal data that nobody needs any more.

The day's run asks for the next day's, so a worker that once began keeps on; `begin` asks for today's.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts import mailing
from wildgate.apps.accounts.models import Emergency, Knock, Link, Organisation, Person, Post, Role
from wildgate.apps.accounts.services import emergencies
from wildgate.kit import events
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.models import Event, Hold

NOTICE = timedelta(days=14)
"""A registration that ends is announced so long before (W7-9)."""
FAILURES_KEPT = timedelta(days=30)
"""Failed sign-ins are kept so long, with the address they came from: enough to look into an attack."""


def begin(party: str, at: datetime) -> None:
    """Ask for the daily run now; one that waits already is enough."""
    with transaction.atomic():
        enqueue(each_day, "daily", party=party, at=at, party_code=party)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Announce, clean up, and ask for tomorrow's run."""
    announce_endings(party_code, at)
    clean_up(at)
    emergencies.remind(party_code, at)
    with transaction.atomic():
        enqueue(each_day, "daily", party=party_code, at=at + timedelta(days=1), party_code=party_code)


def announce_endings(party: str, at: datetime) -> None:
    """An event for each registration or regularity that ends within two weeks; once for each day of ending."""
    on = at.date()
    soon = Q(registered_until__range=(on, on + NOTICE)) | Q(regular_until__range=(on, on + NOTICE))
    for organisation in Organisation.objects.filter(soon, party=party, state=Organisation.State.VERIFIED):
        for what, until in (("registration", organisation.registered_until),
                            ("regularity", organisation.regular_until)):
            if until is not None and on <= until <= on + NOTICE:
                _announce(organisation, what, until, at)


def _announce(organisation: Organisation, what: str, until: date, at: datetime) -> None:
    data = {"until": until.isoformat(), "what": what}
    with transaction.atomic():
        events.lock_head(organisation.party)
        told = Event.objects.filter(party=organisation.party, kind="registration-ending", subject=organisation.subject,
                                    data=json.dumps(data, sort_keys=True, separators=(",", ":")))
        if not told.exists():
            events.append("registration-ending", organisation.subject, party=organisation.party, actor=events.SYSTEM,
                          at=at, data=data)


def clean_up(at: datetime) -> None:
    """Links that no longer work, sessions that ended, counts of public forms, old failures of sign-in.

    What tells of a person whom a hold names stays.
    """
    held = [int(subject.removeprefix("person:")) for subject in Hold.objects.filter(
        lifted_at=None, subject__startswith="person:").values_list("subject", flat=True)]
    addresses = Person.objects.filter(pk__in=held).values("email")
    Link.objects.filter(Q(expires_at__lt=at) | Q(used_at__isnull=False)).exclude(email__in=addresses).delete()
    Knock.objects.filter(at__lt=at - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=at).exclude(
        session_key__in=UserSession.objects.filter(user__in=held).values("session_key")).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).exclude(user__in=held).delete()
    for log in (AccessAttempt, AccessLog, AccessFailureLog):
        log.objects.filter(attempt_time__lt=at - FAILURES_KEPT).exclude(username__in=addresses).delete()


@job
def mail_forgotten(*, at: datetime, link: int) -> None:
    """The mail to whoever forgot a password. The address is erased with it; a mail server that does not answer is asked
    again by the job. Run again, or after the person asked anew, it does nothing."""
    asked = Link.objects.filter(pk=link, purpose=Link.Purpose.FORGOTTEN).first()
    if asked is not None:
        mailing.forgotten(asked.email, asked.answers.get("language", ""))
        asked.delete()


@events.subscribe(emergencies.OPENED)
def ring(*, subject: str, seq: int, at: datetime) -> None:
    """The alarm: a mail for each auditor, administrator and countersigner, whatever mail they want otherwise."""
    found = Emergency.objects.get(pk=int(subject.removeprefix("emergency:")))
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=at.date()), party=found.party, person__is_active=True,
                                role__in=[Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTERSIGNER])
    with transaction.atomic():
        for person in sorted(set(posts.values_list("person_id", flat=True)) - {found.person_id}):
            enqueue(mail_alarm, f"{subject}:{person}", party=found.party, at=at, emergency=found.pk, person=person)


@job
def mail_alarm(*, at: datetime, emergency: int, person: int) -> None:
    """One mail of the alarm. It names nobody; a mail server that does not answer is asked again by the job."""
    mailing.alarm(Person.objects.get(pk=person).email, emergency)
