"""What the platform says after a notice, and notices to which it says nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.notices.models import Answer, Notice
from wildgate.apps.notices.services.drafting import MOST_TEXT, NO_NOTICE, locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ANSWERED, SILENT = "platform-notice-answered", "platform-notice-no-answer"
PATIENCE: Final = timedelta(days=30)
"""House value: after so long without a word the notice counts as not answered. A later answer is noted all the same."""
OUTCOMES: Final = {Answer.Kind.REMOVED: Notice.Outcome.REMOVED, Answer.Kind.PARTLY: Notice.Outcome.PARTLY,
                   Answer.Kind.KEPT: Notice.Outcome.KEPT}


def record_answer(*, actor: Actor, number: str, kind: str, said_at: datetime, at: datetime, reference: str = "",
                  text: str = "") -> Answer | Refusal:
    """Note what the platform answered. It is its word: whether the listing is gone, only a look tells."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    if kind not in Answer.Kind.values:
        return refuse("answer-kind", "Choose what the platform answered.", field="kind")
    if len(text) > MOST_TEXT or len(reference) > 80:
        return refuse("answer-long", "The text or the reference is too long.", field="text")
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_NOTICE
        if found.sent_at is None:
            return refuse("notice-not-sent", "Notice %(number)s was not sent, so there is no answer to it.",
                          number=number)
        if not found.sent_at <= said_at <= at:
            return refuse("answer-time", "The answer lies between the sending of the notice and now.", field="said_at")
        if kind == Answer.Kind.ACKNOWLEDGED and found.state == Notice.State.ACTED:
            return refuse("answer-late", "The platform decided already: a receipt changes nothing.", field="kind")
        made = Answer.objects.create(notice=found, kind=kind, said_at=said_at, reference=reference.strip(),
                                     text=text.strip(), by_id=actor.own_id, at=at)
        outcome = OUTCOMES.get(Answer.Kind(kind))
        found.state = Notice.State.ACTED if outcome else Notice.State.ACKNOWLEDGED
        found.outcome, found.reference = outcome or "", made.reference or found.reference
        found.save(update_fields=["state", "outcome", "reference"])
        events.append(ANSWERED, found.subject, party=found.party, actor=actor.label, at=at, data={"kind": kind})
    return made


def close_silent(party: str, *, at: datetime) -> int:
    """Notices that went out long ago and to which nothing was said; how many."""
    late = Notice.objects.filter(party=party, state=Notice.State.SENT, out_at__lte=at - PATIENCE)
    done = 0
    for number in late.values_list("number", flat=True):
        with transaction.atomic():
            found = locked(party, number)
            if found is None or found.state != Notice.State.SENT:
                continue
            found.state = Notice.State.NO_ANSWER
            found.save(update_fields=["state"])
            events.append(SILENT, found.subject, party=party, actor=events.SYSTEM, at=at)
            done += 1
    return done
