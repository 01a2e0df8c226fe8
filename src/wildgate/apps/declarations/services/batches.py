"""A message with many declarations is lodged in pieces, each a transaction of its own that keeps its answers.

Killed between two pieces nothing is lost or done twice: the same message sent again, or the job that was asked for when
it came, goes on where it stopped. Between pieces everybody else who writes gets a turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.declarations.models import AnsweredEntry, DeclaredMessage
from wildgate.apps.declarations.reading.entries import Entry
from wildgate.apps.declarations.services import lodging
from wildgate.apps.declarations.services.lodging import Told
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import jobs

PIECE: Final = 20
"""Declarations in one transaction (house value): half a second of work where nothing else runs."""
DONE: Final = 200
FINISHED_AFTER: Final = timedelta(minutes=10)
"""A message that is not answered by then is finished by a job (house value)."""
TURN: Final = 0.11
"""Seconds between two pieces on SQLite, which asks whoever waits for the file to look again each tenth of a second."""
Teller = Callable[[Entry, Told], Mapping[str, Any]]


def begin(message: DeclaredMessage, at: datetime) -> None:
    """Whatever happens to the caller, the message will be answered. Inside the transaction that keeps it."""
    jobs.enqueue("declarations.finish_message", f"{message.pk}", party=message.party, at=at + FINISHED_AFTER,
                 message=message.pk)


def lodge(actor: Actor, entries: Sequence[Entry], message: int, at: datetime, *, told: Teller) -> dict[str, Any]:
    """The answer to the whole message: to each declaration by itself, in the order of the message."""
    order = sorted(range(len(entries)), key=lambda i: entries[i].reference)
    again = _again(entries)
    while (answer := _piece(actor, entries, order, again, message, at, told)) is None:
        if connection.vendor == "sqlite":
            time.sleep(TURN)
    return answer


def _piece(actor: Actor, entries: Sequence[Entry], order: Sequence[int], again: frozenset[int], message: int,
           at: datetime, told: Teller) -> dict[str, Any] | None:
    """Lodge the next declarations that are not answered yet; the whole answer once none is left."""
    with transaction.atomic():
        held = DeclaredMessage.objects.select_for_update(of=("self",)).select_related("program").defer("body").get(
            pk=message)
        if held.status:
            return dict(held.answer)
        done = set(AnsweredEntry.objects.filter(message=held).values_list("position", flat=True))
        left = [i for i in order if i not in done]
        now = left[:PIECE]
        answers = _answers(actor, entries, now, again, held, at)
        AnsweredEntry.objects.bulk_create([
            AnsweredEntry(message=held, position=i, body=dict(told(entries[i], answers[i]))) for i in now])
        return _conclude(held) if len(left) <= PIECE else None


def _answers(actor: Actor, entries: Sequence[Entry], now: Sequence[int], again: frozenset[int],
             message: DeclaredMessage, at: datetime) -> dict[int, Told]:
    if refused := require(actor, Action.LODGE_DECLARATION):  # who sent it lost the right before it was finished
        return dict.fromkeys(now, refused)
    fresh = [i for i in now if i not in again]
    found = lodging.lodge_all(actor=actor, entries=[entries[i] for i in fresh], message=message, at=at)
    return {i: _twice(entries[i].reference) for i in now if i in again} | dict(zip(fresh, found, strict=True))


def _again(entries: Sequence[Entry]) -> frozenset[int]:
    """Where a reference stands that the message had before; what cannot be read is told its own faults."""
    seen: set[str] = set()
    out = set()
    for i, entry in enumerate(entries):
        if entry.reference in seen and not entry.faults:
            out.add(i)
        seen.add(entry.reference)
    return frozenset(out)


def _twice(reference: str) -> Refusal:
    return refuse("reference-used", "%(reference)s stands in this message twice: send the second by itself.",
                  reference=reference, field="reference")


def _conclude(message: DeclaredMessage) -> dict[str, Any]:
    """All are answered: the message gets the answer as it is given again, whoever asks."""
    told = list(message.entries.order_by("position").values_list("body", flat=True))
    refused = sum(1 for each in told if "title" in each)
    answer = {"message_id": message.message_id, "declarations": told, "taken": len(told) - refused, "refused": refused}
    message.status, message.answer = DONE, answer
    message.save(update_fields=["status", "answer"])
    message.entries.all().delete()
    return answer
