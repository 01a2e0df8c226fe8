"""Messages between other Parties: taken once, passed on signed and unchanged, kept only while the receiver is away.

A message whose receiver answers is passed on while its sender waits, and the answer goes back. Where the receiver
cannot be reached, the sender hears `received`, and the message waits here; asked again, the hub tells the answer that
came meanwhile.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse

from wildgate.apps.exchange import receiving
from wildgate.apps.exchange.adapters import Acknowledged, Envelope, adapter_of
from wildgate.apps.exchange.adapters.rest import FINAL_STATES, JSON, Rest
from wildgate.apps.exchange.receiving import Pushed
from wildgate.apps.exchange.talking import of_the_line
from wildgate.apps.exchange.wire import Reply
from wildgate.apps.hub import ways
from wildgate.apps.hub.models import Passage
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api, events, jobs

LEASE: Final = timedelta(minutes=3)
FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(days=14)
"""House value: what could not be delivered in this time is dead, and its body goes."""
JOB: Final = "hub.pass_on"
SENDER: Final = refuse("sender-other", "The certificate is that of another Party than the message says it is from.",
                       basis=ways.BASIS)
NO_WAY: Final = refuse("adapter-not-available", "The receiver's service has no way for this kind of message.",
                       basis=ways.BASIS)
DEAD: Final = refuse("not-delivered", "The receiver could not be reached for 14 days; the message was given up.",
                     basis=ways.BASIS)


def forward(caller: Partner, message: dict[str, Any], raw: bytes, at: datetime) -> HttpResponse:
    """Take a message for another Party and pass it on, now if the receiver is there."""
    read = receiving.read(raw)
    if isinstance(read, Refusal):
        return api.problem(read)
    if read.sender != caller.code:
        return api.problem(SENDER, status=403)
    receiver = ways.receiver_of(caller, read.to)
    if isinstance(receiver, Refusal):
        note_refused(caller, read.to, read.kind, read.number, raw, receiver, at)
        return api.problem(receiver, status=404 if receiver.code == "callee-not-found" else 403)
    kept = take(caller, read, raw, at)
    if isinstance(kept, Refusal):
        return api.problem(kept)
    if kept.state == Passage.State.WAITING:
        bring(kept.pk, at)
        kept.refresh_from_db()
    return said(kept)


def said(passage: Passage) -> HttpResponse:
    """What the sender hears: the receiver's own answer, or that the message waits here."""
    if passage.state == Passage.State.DEAD:
        return api.problem(DEAD, status=410)
    if passage.state == Passage.State.REFUSED:
        told = passage.answer
        return api.problem(refuse(str(told.get("code", "said-no")), "The partner refused: %(said)s",
                                  said=str(told.get("detail", ""))[:300]), status=int(told.get("status", 422)))
    waits = {"id": passage.key, "state": "received", "code": "43", "reasons": []}
    return api.answered(passage.answer if passage.state == Passage.State.DELIVERED else waits)


def take(caller: Partner, read: Pushed, raw: bytes, at: datetime) -> Passage | Refusal:
    """The row of this message: a new one, or the one that it got when it came before."""
    digest = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        row = Passage(party=settings.PARTY, sender=caller.code, receiver=read.to, operation=read.kind,
                      number=read.number, key=read.key, sequence=read.sequence, sha256=digest, size=len(raw), body=raw,
                      came_at=at)
        Passage.objects.bulk_create([row], ignore_conflicts=True)
        found = Passage.objects.get(party=settings.PARTY, sender=caller.code, key=read.key)
        if found.sha256 != digest:
            return refuse("message-id-used", "A message %(list)s with another content was taken in on %(day)s.",
                          list=read.key, day=found.came_at.date(), field="id")
        if found.state == Passage.State.REFUSED:
            Passage.objects.filter(pk=found.pk).update(body=raw, answered_at=None, state=Passage.State.WAITING)
            found.refresh_from_db()
    return found


def bring(key: int, at: datetime) -> None:
    """Try to deliver one message. Whoever holds its lease is alone with it."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    mine = Passage.objects.filter(free, pk=key, body__isnull=False, answered_at=None)
    if not mine.update(lease_until=at + LEASE):
        return
    passage = Passage.objects.get(pk=key)
    try:
        receiver = partner_of(passage.receiver)
        outcome = _overtaking(passage) or _sent(passage, receiver, at) if receiver is not None else NO_WAY
        _note(passage, outcome, at)
    finally:
        Passage.objects.filter(pk=key).update(lease_until=None)


def _overtaking(passage: Passage) -> Refusal | None:
    """An earlier message about the same permit is still here: this one waits behind it."""
    before = Passage.objects.filter(party=passage.party, sender=passage.sender, receiver=passage.receiver,
                                    number=passage.number, sequence__lt=passage.sequence, state=Passage.State.WAITING)
    return refuse("partner-behind", "An earlier message about this permit waits.") if before.exists() else None


def _sent(passage: Passage, receiver: Partner, at: datetime) -> dict[str, Any] | Refusal:
    talk = ways.talk(receiver, f"partner:{passage.sender}", at)
    adapter, raw = adapter_of(receiver), bytes(passage.body or b"")
    if not isinstance(adapter, Rest):
        return _translated(passage, receiver, raw, talk)
    reply = talk.send(passage.operation, passage.number, url=f"{receiver.endpoint.rstrip('/')}/messages", body=raw,
                      headers=JSON)
    if isinstance(reply, Refusal):
        return reply
    told = api.read_json(reply.body)
    good = isinstance(told, dict) and told.get("id") == passage.key and told.get("state") in FINAL_STATES
    if reply.status in (200, 201) and good:
        return told
    return _answered_no(reply, told)


def _answered_no(reply: Reply, told: Any) -> Refusal:
    problem = told if isinstance(told, dict) else {}
    return Refusal(str(problem.get("code", "other-answer"))[:60], str(problem.get("detail", ""))[:300], values={
        "status": str(reply.status if 400 <= reply.status < 500 else 502)})


def _translated(passage: Passage, receiver: Partner, raw: bytes, talk: ways.PassingTalk) -> dict[str, Any] | Refusal:
    """For a service that knows no messages: the act behind this one, where it has a way for it."""
    read, adapter = receiving.read(raw), adapter_of(receiver)
    if isinstance(read, Refusal) or read.kind not in adapter.pushes:
        return NO_WAY
    outcome = adapter.send(talk, Envelope(read.key, read.kind, read.sender, read.to, read.issuer, read.number,
                                          read.sequence, read.at or passage.came_at, read.data, read.body))
    if isinstance(outcome, Acknowledged):
        return {"id": passage.key, "state": outcome.state, "code": outcome.code, "reasons": list(outcome.reasons)}
    return outcome


def _note(passage: Passage, outcome: dict[str, Any] | Refusal, at: datetime) -> None:
    with transaction.atomic():
        passage.tries += 1
        waits = of_the_line(outcome) if isinstance(outcome, Refusal) else outcome["state"] == "received"
        if waits and at - passage.came_at < PATIENCE:
            passage.state = Passage.State.WAITING
            passage.error = outcome.reason[:200] if isinstance(outcome, Refusal) else ""
            jobs.enqueue(JOB, str(passage.pk), party=passage.party, at=at + _pause(passage.tries), passage=passage.pk)
        else:
            _close(passage, outcome, at, dead=waits)
        passage.save()


def _close(passage: Passage, outcome: dict[str, Any] | Refusal, at: datetime, *, dead: bool) -> None:
    """It has its answer: the body goes, at once or after the hours that are set."""
    if isinstance(outcome, Refusal):
        passage.state = Passage.State.DEAD if dead else Passage.State.REFUSED
        passage.answer = {"code": outcome.code, "detail": outcome.reason,
                          "status": outcome.values.get("status", "422")}
        passage.error = outcome.reason[:200]
    else:
        passage.state, passage.error = Passage.State.DELIVERED, ""
        passage.answer = {name: outcome.get(name) for name in ("id", "state", "code", "reasons")}
    passage.answer_sha256 = hashlib.sha256(api.written(passage.answer)).hexdigest()
    passage.answered_at = at
    if settings.HUB_KEEP_HOURS:
        jobs.enqueue("hub.forget", str(passage.pk), party=passage.party, passage=passage.pk,
                     at=at + timedelta(hours=settings.HUB_KEEP_HOURS))
    else:
        passage.body = None
    tell(passage, at)


def tell(passage: Passage, at: datetime) -> None:
    """What passed, in the event chain: between whom, its hash, and how it ended."""
    told = {"to": passage.receiver, "operation": passage.operation, "number": passage.number, "sha256": passage.sha256,
            "answer": passage.answer_sha256}
    events.append(f"hub-{passage.state}", passage.subject, party=passage.party, actor=f"partner:{passage.sender}",
                  at=at, data=told)


def note_refused(caller: Partner, to: str, operation: str, number: str, raw: bytes, why: Refusal, at: datetime) -> None:
    """A message that may not pass is written down and not kept."""
    with transaction.atomic():
        made = Passage.objects.create(
            party=settings.PARTY, sender=caller.code, receiver=to[:2], operation=operation[:40], number=number[:60],
            key=_fresh(), sha256=hashlib.sha256(raw).hexdigest(), size=len(raw), came_at=at, answered_at=at,
            state=Passage.State.REFUSED, error=why.reason[:200], answer={"code": why.code, "detail": why.reason})
        tell(made, at)


def _fresh() -> str:
    import uuid
    return f"hub:{uuid.uuid4()}"


def _pause(tries: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(tries - 1, 12)), LONGEST_WAIT)
