"""Mails of notices, and once a day: which re-checks are due, and which notices nobody answered."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.notices import services
from wildgate.apps.notices.models import ReCheck
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job

HOUR: Final = 5
"""UTC: before the desks open."""
DUE: Final = "platform-notice-recheck-due"


def begin(party: str, at: datetime) -> None:
    """Ask for the next morning's run; one that waits already is enough."""
    enqueue_daily(each_morning, "daily", HOUR, party=party, at=at)


@job
def each_morning(*, at: datetime, party_code: str) -> None:
    """Tell of re-checks that came due, close notices nobody answered, and ask for the next morning."""
    begin(party_code, at)
    tell_due(party_code, at)
    services.close_silent(party_code, at=at)


def tell_due(party: str, at: datetime) -> int:
    """One event for each re-check that came due and was not told yet; how many."""
    with transaction.atomic():
        found = list(ReCheck.objects.select_for_update(of=("self",)).filter(
            party=party, sighting=None, told_at=None, due_at__lte=at).select_related("notice"))
        for each in found:
            events.append(DUE, each.notice.subject, party=party, actor=events.SYSTEM, at=at,
                          data={"after": each.after, "listing": each.notice.listing})
        ReCheck.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return len(found)


@job
def mail_notice(*, at: datetime, party_code: str, number: str) -> None:
    """Mail one notice."""
    services.mail(party_code, number, at=at)
