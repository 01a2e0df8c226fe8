"""Reads that leave a trace: a report, a search, the reason for RED, an export. No content stands in any of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.intelligence.models import Alert, Report
from wildgate.apps.intelligence.selectors import facing
from wildgate.apps.intelligence.services.marking import NOT_FOUND
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.models import Event

RED_REASON: Final = "red-reason-given"
LASTS: Final = timedelta(minutes=15)
"""So long a reason opens a RED report for the person who gave it; then it is asked for again."""


def note_read(actor: Actor, found: Report, at: datetime) -> None:
    """Somebody read a report."""
    events.note_read(found.subject, party=found.party, actor=actor.label, at=at)


def note_search(actor: Actor, text: str, at: datetime) -> None:
    """Somebody searched: a keyed digest tells two searches apart, and what was asked for cannot be guessed from it."""
    digest = salted_hmac("intelligence-search", " ".join(text.casefold().split()), algorithm="sha256").hexdigest()
    with transaction.atomic():
        events.append("intelligence-searched", "intelligence", party=actor.party, actor=actor.label, at=at,
                      data={"digest": digest})


def note_export(actor: Actor, what: str, rows: int, at: datetime) -> None:
    """Somebody took something out as a file."""
    with transaction.atomic():
        events.append("intelligence-exported", "intelligence", party=actor.party, actor=actor.label, at=at,
                      data={"what": what, "rows": rows})


def give_reason(*, actor: Actor, found: Report | Alert, reason: str, at: datetime) -> Report | Alert | Refusal:
    """Say why a RED report or alert is opened; it opens for a quarter of an hour."""
    if require(actor, Action.READ_INTELLIGENCE, facing(actor, found, at)):
        return NOT_FOUND
    reason = " ".join(reason.split())
    if len(reason) < 5 or len(reason) > 500:
        return refuse("red-reason", "Say why you open it, in 5 to 500 characters.", field="reason",
                      basis=("House rule: TLP:RED is opened with a reason",))
    with transaction.atomic():
        events.append(RED_REASON, found.subject, party=found.party, actor=actor.label, at=at, note=reason)
    return found


def reason_given(actor: Actor, found: Report | Alert, at: datetime) -> bool:
    """Whether this person gave a reason for it within the last quarter of an hour."""
    return Event.objects.filter(party=found.party, kind=RED_REASON, subject=found.subject, actor=actor.label,
                                at__gt=at - LASTS, at__lte=at).exists()
