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

from wildgate.apps.accounts.models import Knock, Link, Organisation
from wildgate.kit import events
from wildgate.kit.jobs import enqueue, job
from wildgate.kit.models import Event

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
    """Links that no longer work, sessions that ended, counts of public forms, old failures of sign-in."""
    Link.objects.filter(Q(expires_at__lt=at) | Q(used_at__isnull=False)).delete()
    Knock.objects.filter(at__lt=at - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    AccessAttempt.objects.filter(attempt_time__lt=at - FAILURES_KEPT).delete()
    for log in (AccessLog, AccessFailureLog):
        log.objects.filter(attempt_time__lt=at - FAILURES_KEPT).delete()
