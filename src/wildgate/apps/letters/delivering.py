"""Machine notices: each event goes to each address that wants it, signed, in order, until it is taken.

One job works through what waits for one address. When a try fails everything for that address waits, longer each time;
after `MOST_FAILURES` failures in a row the address is switched off and the administrators are told. A notice may come
twice (the answer got lost, a worker died): its `seq` says so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from wildgate.apps.letters import posting
from wildgate.apps.letters.border import RECEIPTS
from wildgate.apps.letters.models import Delivery, Webhook
from wildgate.apps.letters.notices import Who
from wildgate.apps.letters.posting import Answer
from wildgate.apps.letters.subjects import link_of, things
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs, outgoing
from wildgate.kit.models import Event

WAITS: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
                timedelta(hours=2), timedelta(hours=6), timedelta(hours=12))
MOST_FAILURES: Final = len(WAITS) + 1
AT_ONE_GO: Final = 50
ENOUGH: Final = 30.0
"""Seconds after which the worker turns to other jobs; what is left for the address waits for its next turn."""
LEASE: Final = timedelta(minutes=2)
JOB: Final = "letters.deliver"


def queue(event: Event, *, at: datetime) -> int:
    """Put an event in line for every address that wants it; run again, it is there already. In a transaction."""
    wanting = [each for each in Webhook.objects.filter(party=event.party) if each.wants(event.kind)]
    Delivery.objects.bulk_create([
        Delivery(webhook=each, party=event.party, seq=event.seq, kind=event.kind, subject=event.subject, at=event.at)
        for each in wanting], ignore_conflicts=True)
    for each in wanting:
        if each.active:
            wake(each, at=max(at, each.next_at) if each.next_at else at)
    return len(wanting)


def wake(webhook: Webhook, *, at: datetime) -> None:
    jobs.enqueue(JOB, webhook.subject, party=webhook.party, at=at, webhook=webhook.pk)


def deliver(key: int, *, at: datetime) -> int:
    """Send what waits for one address, oldest first, up to the first that is not taken; how many were."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    if not Webhook.objects.filter(free, pk=key, active=True).update(lease_until=at + LEASE):
        return _not_now(key, at)
    webhook = Webhook.objects.get(pk=key)
    done, begun = 0, time.monotonic()
    try:
        if webhook.next_at is None or webhook.next_at <= at:
            for each in list(webhook.deliveries.filter(delivered_at=None).order_by("seq")[:AT_ONE_GO]):
                if time.monotonic() - begun > ENOUGH or not _try(webhook, each, at):
                    break
                done += 1
    finally:
        Webhook.objects.filter(pk=key).update(lease_until=None)
    _go_on(key, at)
    return done


def _not_now(key: int, at: datetime) -> int:
    """Switched off or gone: nothing. Another worker is at it: look again when that one is done."""
    found = Webhook.objects.filter(pk=key, active=True).first()
    if found is not None:
        with transaction.atomic():
            wake(found, at=at + WAITS[0])
    return 0


def _go_on(key: int, at: datetime) -> None:
    webhook = Webhook.objects.filter(pk=key, active=True).first()
    if webhook is not None and webhook.deliveries.filter(delivered_at=None).exists():
        with transaction.atomic():
            wake(webhook, at=webhook.next_at or at)


def _try(webhook: Webhook, delivery: Delivery, at: datetime) -> bool:
    answer = _send(webhook, delivery, at)
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            tries=F("tries") + 1, tried_at=at, status=answer.status, error=answer.error,
            delivered_at=at if answer.taken else None)
        if answer.taken:
            Webhook.objects.filter(pk=webhook.pk).update(failures=0, next_at=None)
            _note_receipt(webhook, delivery, at)
        else:
            _failed(webhook, at)
    return answer.taken


def _note_receipt(webhook: Webhook, delivery: Delivery, at: datetime) -> None:
    """The system of an authority took a notice that asks for a receipt: the chain keeps that it did, and when."""
    if webhook.side and delivery.kind in RECEIPTS:
        events.append(RECEIPTS[delivery.kind], delivery.subject, party=webhook.party, actor=webhook.subject, at=at,
                      data={"side": webhook.side, "of": delivery.seq})


def _failed(webhook: Webhook, at: datetime) -> None:
    from wildgate.apps.letters.services.telling import tell_administrators  # which enqueues mails
    webhook.failures += 1
    if webhook.failures < MOST_FAILURES:
        webhook.next_at = at + WAITS[webhook.failures - 1]
        webhook.save(update_fields=["failures", "next_at"])
        return
    webhook.active, webhook.next_at = False, None
    webhook.save(update_fields=["failures", "next_at", "active"])
    tell_administrators("webhook-disabled", webhook.subject, {}, at=at, party=webhook.party,
                        key=f"{webhook.subject}:{at.isoformat()}")


def _send(webhook: Webhook, delivery: Delivery, at: datetime) -> Answer:
    found = outgoing.checked(webhook.url)
    if isinstance(found, Refusal):
        return Answer(error=found.code)
    body = body_of(delivery)
    stamp = str(int(at.timestamp()))
    return posting.post(found, body, {
        "Content-Type": "application/json", "User-Agent": "Wildgate", "Wildgate-Timestamp": stamp,
        "Wildgate-Signature": posting.signature(secret_of(webhook), stamp, body)})


def body_of(delivery: Delivery) -> bytes:
    """What is sent: codes and numbers; who it is about is told to whoever opens the link and may see it."""
    thing = things(delivery.party, [delivery.subject]).get(delivery.subject)
    told = {"kind": delivery.kind, "subject": delivery.subject, "party": delivery.party, "seq": delivery.seq,
            "at": delivery.at.astimezone(UTC).isoformat(timespec="seconds"),
            "link": f"{settings.BASE_URL}{link_of(delivery.subject, Who.OFFICERS.value, thing) or '/'}"}
    return json.dumps(told, separators=(",", ":")).encode()


def secret_of(webhook: Webhook) -> str:
    """The secret that both sides know. It is not in the database: whoever reads a copy of that can sign nothing."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"wildgate webhook {webhook.party} {webhook.salt}".encode(),
                    hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
