"""The post to partners: what waits is sent in order for each permit, again and again, until it is answered.

A row is written in the transaction of the act behind it, so nothing is lost when a process dies; its key makes the same
message the same for the partner, however often it comes. While a line is down everything for that partner waits, longer
each time; a message that could not be delivered for two weeks is dead, and a person decides.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from wildgate.apps.exchange.adapters import Acknowledged, Envelope, adapter_of
from wildgate.apps.exchange.models import Line, Message, Taken
from wildgate.apps.exchange.models.post import WAITING
from wildgate.apps.exchange.talking import Exchange, Talk, of_the_line
from wildgate.apps.exchange.wire import exchange
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.apps.permits import documents
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs

WAITS: Final = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10),
                timedelta(minutes=30), timedelta(hours=1))
"""How long a line rests after the first, second, … failure in a row; after the last of them always as long as that."""
PATIENCE: Final = timedelta(days=14)
"""House value: a message that was not delivered in this time is dead."""
AT_ONE_GO: Final = 50
ENOUGH: Final = 30.0
"""Seconds after which the worker turns to other jobs."""
LEASE: Final = timedelta(minutes=4)
LOOK_AGAIN: Final = timedelta(minutes=10)
"""After this time a partner that only received a message is sent it again: the answer is its judgement."""
JOB: Final = "exchange.deliver_post"
DEAD: Final = "exchange-dead"
WITH_BODY: Final = frozenset({Message.Kind.ISSUED.value, Message.Kind.REPLACED.value})
OPEN_LINE: Final = exchange


def queue(*, partner: Partner, kind: str, issuer: str, number: str, cause: str, at: datetime,
          data: Mapping[str, Any] | None = None) -> Message | None:
    """Put a message in line, in the caller's transaction. None: the partner's service has no way for this kind.

    `cause` names the event behind it: run again, it is the same message.
    """
    if kind not in adapter_of(partner).pushes:
        return None
    line = line_of(partner.code, locked=True)
    known = Message.objects.filter(party=settings.PARTY, partner=partner.code, cause=cause).first()
    if known is not None:
        return known
    before = Message.objects.filter(party=settings.PARTY, partner=partner.code, issuer=issuer, number=number)
    last = before.aggregate(last=Max("sequence"))["last"] or 0
    made = Message.objects.create(
        party=settings.PARTY, partner=partner.code, key=str(uuid.uuid4()), cause=cause, kind=kind, issuer=issuer,
        number=number, sequence=last + 1, data=dict(data or {}), queued_at=at)
    if issuer == settings.PARTY and (permit := permit_of(issuer, number)) is not None:
        Taken.objects.bulk_create([Taken(party=issuer, partner=partner.code, permit=permit, at=at)],
                                  ignore_conflicts=True)
    wake(partner.code, at=max(at, line.next_at) if line.next_at else at)
    return made


def line_of(code: str, *, locked: bool = False) -> Line:
    """The row of a partner's line; locked, it puts those who number messages in one line."""
    Line.objects.bulk_create([Line(party=settings.PARTY, partner=code)], ignore_conflicts=True)
    rows = Line.objects.select_for_update() if locked else Line.objects
    return rows.get(party=settings.PARTY, partner=code)


def wake(code: str, *, at: datetime) -> None:
    jobs.enqueue(JOB, code, party=settings.PARTY, at=at, partner_code=code)


def deliver(code: str, *, at: datetime, line: Exchange = OPEN_LINE, who: str = events.SYSTEM) -> int:
    """Send what waits for one partner, the oldest first and each permit in its order; how many were answered."""
    partner, row = partner_of(code), line_of(code)
    if partner is None or partner.suspended_at is not None:
        return 0
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    if not Line.objects.filter(free, pk=row.pk).update(lease_until=at + LEASE):
        with transaction.atomic():
            wake(code, at=at + WAITS[0])
        return 0
    done, begun = 0, time.monotonic()
    try:
        if row.next_at is None or row.next_at <= at:
            for message in _due(code, at):
                if time.monotonic() - begun > ENOUGH or not _try(partner, message, at, line, who):
                    break
                done += 1
    finally:
        Line.objects.filter(pk=row.pk).update(lease_until=None)
    _go_on(code, at)
    return done


def _due(code: str, at: datetime) -> list[Message]:
    """One message for each permit, the first of its order, so that none overtakes another; more come at the next go."""
    waiting = Message.objects.filter(party=settings.PARTY, partner=code, state__in=WAITING, closed_at=None)
    found: dict[tuple[str, str], Message] = {}
    for each in waiting.order_by("pk")[:AT_ONE_GO * 4]:
        found.setdefault((each.issuer, each.number), each)
    return [each for each in found.values() if _ripe(each, at)][:AT_ONE_GO]


def _ripe(message: Message, at: datetime) -> bool:
    judging = message.state == Message.State.RECEIVED and message.tried_at is not None
    return not (judging and message.tried_at and at < message.tried_at + LOOK_AGAIN)


def _try(partner: Partner, message: Message, at: datetime, line: Exchange, who: str) -> bool:
    """Send one. False when the line failed: then all others wait as well."""
    permit = permit_of(settings.PARTY, message.number) if message.issuer == settings.PARTY else None
    talk = Talk(partner, who, at, line, permit.valid_until if permit else None, message.key)
    outcome = adapter_of(partner).send(talk, envelope_of(message))
    with transaction.atomic():
        if isinstance(outcome, Refusal) and of_the_line(outcome):
            return _line_failed(message, outcome, at)
        _line_good(partner.code, at)
        if isinstance(outcome, Refusal):
            _bury(message, outcome.reason, at)
        else:
            _note(message, outcome, at)
    return True


def envelope_of(message: Message) -> Envelope:
    """A message as it leaves, with the permit where its kind carries it. The permit never changes, so nor does this."""
    permit = permit_of(settings.PARTY, message.number) if message.issuer == settings.PARTY else None
    with_permit = permit is not None and message.kind in WITH_BODY
    return Envelope(
        message.key, message.kind, message.party, message.partner, message.issuer, message.number, message.sequence,
        message.queued_at, message.data,
        documents.read(permit, "xml") if permit is not None and with_permit else b"",
        documents.read(permit, "pdf") if permit is not None and with_permit else b"")


def _note(message: Message, said: Acknowledged, at: datetime) -> None:
    answered = said.state not in (Message.State.SENT.value, Message.State.RECEIVED.value)
    message.state, message.code, message.reasons = said.state, said.code, list(said.reasons)
    message.tries, message.tried_at, message.error = message.tries + 1, at, ""
    message.sent_at, message.partner_at = message.sent_at or at, said.at
    message.answered_at = at if answered else None
    message.closed_at = at if said.over else None
    message.save()
    if message.state == Message.State.REJECTED:
        events.append("exchange-rejected", message.subject, party=message.party, actor=f"partner:{message.partner}",
                      at=at, data={"number": message.number, "partner": message.partner, "kind": message.kind})


def _bury(message: Message, why: str, at: datetime) -> None:
    """Trying again does not help: a person looks."""
    message.state, message.error = Message.State.DEAD, why[:200]
    message.tries, message.tried_at = message.tries + 1, at
    message.save(update_fields=["state", "error", "tries", "tried_at"])
    events.append(DEAD, message.subject, party=message.party, actor=events.SYSTEM, at=at,
                  data={"number": message.number, "partner": message.partner, "kind": message.kind})


def _line_failed(message: Message, why: Refusal, at: datetime) -> bool:
    """Whether the message arrived nobody knows: it is sent again under its key. Too old, it is dead."""
    if at - (message.again_at or message.queued_at) > PATIENCE:
        _bury(message, why.reason, at)
    else:
        message.state = Message.State.SENT if why.code == "partner-timeout" else message.state
        message.tries, message.tried_at, message.error = message.tries + 1, at, why.reason[:200]
        message.save(update_fields=["state", "tries", "tried_at", "error"])
    line = line_of(message.partner, locked=True)
    line.next_at = at + WAITS[min(line.failures, len(WAITS) - 1)]
    line.failures, line.failed_at, line.error = line.failures + 1, at, why.reason[:200]
    line.save(update_fields=["failures", "failed_at", "error", "next_at"])
    return False


def _line_good(code: str, at: datetime) -> None:
    Line.objects.filter(party=settings.PARTY, partner=code).update(failures=0, next_at=None, error="", good_at=at)


def _go_on(code: str, at: datetime) -> None:
    """Ask for the next go while anything waits."""
    left = Message.objects.filter(party=settings.PARTY, partner=code, state__in=WAITING, closed_at=None)
    if not left.exists():
        return
    line = line_of(code)
    ready = bool(_due(code, at))
    with transaction.atomic():
        wake(code, at=line.next_at or (at if ready else at + LOOK_AGAIN))


def wake_all(at: datetime) -> int:
    """Ask for a go for every partner for whom something waits: a worker that starts forgets none."""
    codes = set(Message.objects.filter(party=settings.PARTY, state__in=WAITING, closed_at=None)
                .values_list("partner", flat=True))
    with transaction.atomic():
        for code in sorted(codes):
            wake(code, at=at)
    return len(codes)


def note_seen(code: str, at: datetime) -> None:
    """A partner called or answered: its side is there again, so what waits for it is tried now."""
    if Line.objects.filter(party=settings.PARTY, partner=code, next_at__gt=at).update(next_at=None):
        with transaction.atomic():
            wake(code, at=at)


