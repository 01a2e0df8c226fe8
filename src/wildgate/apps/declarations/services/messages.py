"""A message comes in: kept byte for byte, answered once, answered again when it is sent again."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.declarations.models import DeclaredMessage
from wildgate.apps.declarations.reading.entries import Entry, Said, read
from wildgate.apps.declarations.reading.fields import MESSAGE_ID
from wildgate.apps.declarations.services import batches, lodging
from wildgate.apps.gateway.actors import actor_for
from wildgate.apps.gateway.models import Program
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api

KEPT: Final = api.BATCH
PARTS: Final = ("faults", "findings", "declarations")
"""Lists within an answer whose rows have sentences of their own."""
UNSAFE: Final = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a door hands it on. `single`: it holds one declaration; `function` is what the address means:
    original or amendment; `reference` the declaration that the address names."""

    kind: str
    body: bytes
    program: Program | None = None
    message_id: str = ""
    name: str = ""
    single: bool = True
    function: str = ""
    reference: str = ""

    @property
    def address(self) -> str:
        """What the address means: one or many, original or amendment, of which declaration."""
        return f"{'one' if self.single else 'many'} {self.function} {self.reference}".strip()[:120]


@dataclass(frozen=True, slots=True)
class Taken:
    """What is answered: an HTTP status and a body; `repeated`: it was answered before."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False
    message: int = 0

    @property
    def told(self) -> dict[str, Any]:
        """The body as a program is answered."""
        return _bare(self.body)

    @property
    def refused(self) -> bool:
        return self.status >= 400


def take(*, actor: Actor, incoming: Incoming, at: datetime) -> Taken | Refusal:
    """Keep a message, lodge what it declares, answer it. Nothing of a message that cannot be read is lodged.

    One declaration is one transaction with its message. Many are lodged in pieces: see `batches`.
    """
    if refused := require(actor, Action.LODGE_DECLARATION):
        return refused
    said = read(incoming.kind, incoming.body, party=actor.party, at=at, single=incoming.single,
                function=incoming.function, reference=incoming.reference)
    number = incoming.message_id or said.message_id
    if number and not MESSAGE_ID.fullmatch(number):
        said, number = Said.of(refuse("message-id-form", "A message number has 1 to 64 printed signs without spaces.",
                                      field="message_id")), ""
    with transaction.atomic():
        message, before = _slot(actor, incoming, number, at)
        if before is not None:
            return before
        if said.faults or incoming.single:
            taken = _lodge(actor, incoming, said, message, at)
            message.status, message.code = taken.status, str(taken.body.get("code", ""))[:60] if taken.refused else ""
            message.answer = dict(taken.body)
            message.save(update_fields=["status", "code", "answer"])
            return Taken(taken.status, taken.body, message=message.pk)
        batches.begin(message, at)
    return _many(actor, said, message, at)


def finish(*, message: int, at: datetime) -> None:
    """Lodge what a message with many declarations was not answered for yet, by whoever sent it."""
    row = DeclaredMessage.objects.select_related("sender", "program__person").filter(pk=message, status=0).first()
    if row is None:
        return
    actor = actor_for(row.program, at) if row.program else actor_of(row.sender, at.date())
    _many(actor, read(row.kind, bytes(row.body or b""), party=row.party, at=at, single=False), row, at)


def _many(actor: Actor, said: Said, message: DeclaredMessage, at: datetime) -> Taken:
    """Piece after piece, until all are answered; of two who do it at once each takes what the other has not done."""
    body = batches.lodge(actor, said.entries, message.pk, at, told=_told)
    return Taken(batches.DONE, body, message=message.pk)


def keep_refused(*, actor: Actor, program: Program | None, size: int, refusal: Refusal, at: datetime) -> None:
    """A message that was too large to be read is kept as a line of the file: who, when, how large."""
    DeclaredMessage.objects.create(
        party=actor.party, sender_id=actor.own_id, program=program, kind="json", size=size, received_at=at,
        status=api.status_of(refusal), code=refusal.code, answer=_problem(refusal))


def _same(held: DeclaredMessage, incoming: Incoming) -> bool:
    """Is it the message that was taken under this number: same kind, content and address? The same body at another
    address is another message."""
    return (held.kind == incoming.kind and held.digest == hashlib.sha256(incoming.body).hexdigest()
            and held.address in ("", incoming.address))


def _slot(actor: Actor, incoming: Incoming, number: str, at: datetime) -> tuple[DeclaredMessage, Taken | None]:
    """The row of this message, ours to answer; or what was answered to it before. Of two at the same moment one waits
    for the other here."""
    row = DeclaredMessage(
        party=actor.party, sender_id=actor.own_id, program=incoming.program, message_id=number, counts=bool(number),
        attempt=uuid.uuid4().hex, kind=incoming.kind, name=safe_name(incoming.name), size=len(incoming.body),
        address=incoming.address,
        digest=hashlib.sha256(incoming.body).hexdigest(), body=incoming.body[:KEPT], received_at=at)
    if not number:
        row.save(force_insert=True)
        return row, None
    DeclaredMessage.objects.bulk_create([row], ignore_conflicts=True)
    held = DeclaredMessage.objects.select_for_update().get(sender_id=actor.own_id, message_id=number, counts=True)
    if held.attempt == row.attempt:
        return held, None
    same = _same(held, incoming)
    if same and not held.status:
        return held, None
    if same:
        return held, Taken(held.status, held.answer, repeated=True, message=held.pk)
    refusal = refuse("message-id-used", "The message number %(number)s was used for another message.", number=number,
                     field="message_id")
    row.counts, row.status, row.code, row.answer = False, 409, refusal.code, _problem(refusal)
    row.pk = None
    row.save(force_insert=True)
    return row, Taken(409, row.answer, message=row.pk)


def safe_name(name: str) -> str:
    """A file's name as it may be shown and saved: its last part, without what a system would read as a command."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return UNSAFE.sub("_", bare).strip(" .")[:120]


def _lodge(actor: Actor, incoming: Incoming, said: Said, message: DeclaredMessage, at: datetime) -> Taken:
    if said.faults:
        return Taken(_status(said.faults[0].code), _problem(said.faults[0].refusal(), said.faults))
    answers = lodging.lodge_all(actor=actor, entries=said.entries, message=message, at=at)
    return _single(said.entries[0], answers[0])


def _single(entry: Entry, answer: Mapping[str, Any] | Refusal) -> Taken:
    if isinstance(answer, Refusal):
        faults = entry.faults if entry.lodged is None else ()
        return Taken(_status(answer.code), _problem(answer, faults))
    return Taken(201 if entry.function == "original" else 200, answer)


def _told(entry: Entry, answer: Mapping[str, Any] | Refusal) -> Mapping[str, Any]:
    if isinstance(answer, Refusal):
        return {"reference": entry.reference, **_problem(answer, entry.faults)}
    return answer


def _status(code: str) -> int:
    return api.status_of(refuse(code, ""))


def _problem(refusal: Refusal, faults: tuple[Any, ...] = ()) -> dict[str, Any]:
    """A refusal as it is stored with the message: as it is answered, and what words it anew on a page."""
    status = api.status_of(refusal)
    out = {"type": api.TYPE + refusal.code, "title": refusal.code.replace("-", " ").capitalize(), "status": status,
           "detail": refusal.reason, **{name: value for name, value in refusal.as_kept().items() if name != "reason"}}
    return out | ({"faults": [each.as_kept() for each in faults]} if faults else {})


def _bare(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what words it anew."""
    out = {name: value for name, value in answer.items() if name not in ("template", "values")}
    return out | {name: [_bare(each) for each in out[name]] for name in PARTS if name in out}
