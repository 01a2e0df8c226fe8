"""What failed for good begins again when an administrator says so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.letters import mailing
from wildgate.apps.letters.models import Mail
from wildgate.apps.letters.selectors import dead_jobs
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs


def begin_again(*, actor: Actor, what: str, key: int, at: datetime) -> Refusal | None:
    """Run a dead job or send a failed mail once more, from the first try on."""
    if refused := require(actor, Action.VIEW_UNDONE):
        return refused
    with transaction.atomic():
        if what == "job":
            job = dead_jobs(actor.party).select_for_update().filter(pk=key).first()
            if job is None:
                return GONE
            name = job.name
            jobs.revive(job, at)
        else:
            mail = Mail.objects.select_for_update().filter(party=actor.party, pk=key, state=Mail.State.FAILED).first()
            if mail is None:
                return GONE
            name = "mail"
            mailing.retry(mail, at=at)
        events.append("begun-again", f"{what}:{key}"[:80], party=actor.party, actor=actor.label, at=at,
                      data={"name": name})
    return None


GONE = refuse("not-undone", "It is not among what failed any more.")
