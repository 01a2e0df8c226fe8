"""Questions between Parties: asked on in the hub's name, answered with the other side's own bytes, nothing kept."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from wildgate.apps.exchange.adapters import Acknowledged, Envelope, Got, adapter_of
from wildgate.apps.exchange.answering import CONFIRM, FINAL, STATE
from wildgate.apps.hub import passing, ways
from wildgate.apps.hub.models import Passage
from wildgate.apps.partners.models import Partner
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api
from wildgate.message.soap import Answer, Call

HUB = uuid.UUID("6f2b5c1e-64a5-4d0c-9a43-5d1d3c0fd6d7")
"""Makes the same confirmation, said again, the same message."""


def ask(caller: Partner, call: Call, at: datetime, *, who: str = "") -> Answer | Refusal:
    """Put a Party's question to another, and bring the answer back as it is."""
    asked = json.dumps(asdict(replace(call, token="")), default=str, sort_keys=True).encode()
    receiver = ways.receiver_of(caller, call.country)
    if isinstance(receiver, Refusal):
        passing.note_refused(caller, call.country, call.operation, call.number, asked, receiver, at)
        return receiver
    answer = _answer(caller, receiver, call, at)
    _write_down(caller, receiver, call, asked, answer, at, who)
    return answer


def _answer(caller: Partner, receiver: Partner, call: Call, at: datetime) -> Answer | Refusal:
    talk, adapter = ways.talk(receiver, caller.subject, at, call.token), adapter_of(receiver)
    if call.operation == STATE:
        word = adapter.state(talk)
        return word if isinstance(word, Refusal) else Answer(call.version, STATE, state=word)
    if call.operation == CONFIRM:
        return _confirm(caller, receiver, call, talk, at)
    got = adapter.get(talk, call.number, final=call.operation == FINAL)
    if isinstance(got, Got):
        return Answer(call.version, call.operation, got.payload, got.attachments, state=got.state)
    return got


def _confirm(caller: Partner, receiver: Partner, call: Call, talk: ways.PassingTalk, at: datetime) -> Answer | Refusal:
    """The quantities go along, every one of them with its unit."""
    if "confirmed" not in adapter_of(receiver).pushes:
        return passing.NO_WAY
    positions = {each.block: [plain(each.quantity), each.unit] for each in call.positions}
    key = str(uuid.uuid5(HUB, json.dumps([caller.code, receiver.code, call.number, positions], sort_keys=True)))
    said = adapter_of(receiver).send(talk, Envelope(
        key, "confirmed", caller.code, receiver.code, receiver.code, call.number, 0, at, {"positions": positions}))
    if isinstance(said, Acknowledged) and said.state == "rejected":
        return refuse("said-no", "The partner refused: %(said)s", said="; ".join(said.reasons)[:300])
    return Answer(call.version, CONFIRM, state=said.state) if isinstance(said, Acknowledged) else said


def _write_down(caller: Partner, receiver: Partner, call: Call, asked: bytes, answer: Answer | Refusal, at: datetime,
                who: str) -> None:
    """Hashes of what was asked and answered, and whether it was."""
    told = api.written(answer.as_json()) if isinstance(answer, Refusal) else answer.payload or answer.state.encode()
    with transaction.atomic():
        made = Passage.objects.create(
            party=settings.PARTY, sender=caller.code, receiver=receiver.code, operation=call.operation,
            number=call.number[:60], key=f"ask:{uuid.uuid4()}", sha256=hashlib.sha256(asked).hexdigest(),
            size=len(told), came_at=at, answered_at=at, answer_sha256=hashlib.sha256(told).hexdigest(),
            state=Passage.State.REFUSED if isinstance(answer, Refusal) else Passage.State.DELIVERED,
            error=answer.reason[:200] if isinstance(answer, Refusal) else "",
            answer={"by": who} if who else {})
        passing.tell(made, at)
