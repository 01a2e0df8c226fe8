"""What the hub does by itself: bring what waits, forget bodies in time, ask whether Parties' services run."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from wildgate.apps.exchange.adapters import adapter_of
from wildgate.apps.exchange.models import Line
from wildgate.apps.exchange.outbox import line_of, note_seen
from wildgate.apps.hub import passing, ways
from wildgate.apps.hub.models import Passage
from wildgate.apps.partners.selectors import live
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.convention.refusal import Refusal
from wildgate.kit.jobs import enqueue, job

EVERY = timedelta(minutes=5)
"""So often each Party's service is asked whether it runs."""


@job
def pass_on(*, at: datetime, passage: int) -> None:
    """Run again, what was delivered is not sent again."""
    passing.bring(passage, at)


@job
def forget(*, at: datetime, passage: int) -> None:
    """The hours are over: the hash stays."""
    Passage.objects.filter(pk=passage).exclude(state=Passage.State.WAITING).update(body=None)


@job
def look(*, at: datetime, code: str) -> None:
    """Ask one Party's service whether it runs, write down what it said, and ask again later."""
    partner = partner_of(code)
    if partner is None or not settings.HUB:
        return
    word = adapter_of(partner).state(ways.talk(partner, "system", at))
    down = isinstance(word, Refusal)
    fields = {"failed_at": at, "error": word.reason[:200]} if isinstance(word, Refusal) else {
        "good_at": at, "error": ""}
    Line.objects.filter(pk=line_of(code).pk).update(**fields)
    if not down:
        note_seen(code, at)
        for key in Passage.objects.filter(party=settings.PARTY, receiver=code, state=Passage.State.WAITING).order_by(
                "id").values_list("pk", flat=True)[:200]:
            passing.bring(key, at)
    with transaction.atomic():
        enqueue(look, code, party=settings.PARTY, at=at + EVERY, code=code)


def begin(party: str, at: datetime) -> None:
    """A worker starts: every Party that is reached here is looked at."""
    if settings.HUB:
        with transaction.atomic():
            for partner in live(at).filter(is_hub=False):
                enqueue(look, partner.code, party=party, at=at, code=partner.code)
