"""Endorsements that were made without a signal arrive: in order, once, through the same ledger as all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import device as devices
from wildgate.apps.customs.device import Record
from wildgate.apps.customs.models import DeviceKey, Endorsement, OfflineRecord
from wildgate.apps.customs.services import arriving
from wildgate.apps.customs.services.arriving import PIECE, Sent
from wildgate.apps.customs.services.doubling import open_case
from wildgate.apps.customs.services.endorsing import endorse
from wildgate.apps.customs.services.enrolling import unusable
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_RECORDS: Final = 200
Answer = OfflineRecord | Refusal


def sync(*, actor: Actor, device: str, records: Iterable[Sent], at: datetime) -> list[Answer]:
    """Take the records of one device in order, each for itself. The first that cannot be taken at all ends the list.

    A record that came before gets the answer that it got then. A record that is in order but cannot be endorsed any
    more (used elsewhere meanwhile, cancelled, over the balance) is kept with its refusal and opens a case. As many as
    can be are written together (`arriving`): a message that is lost half-way was taken up to some record, and sent
    again it goes on after that one.
    """
    out: list[Answer] = []
    left = list(records)
    while left and not (out and isinstance(out[-1], Refusal)):
        answers = _next(actor, device, left[:PIECE], at)
        out += answers
        left = left[len(answers):]
    return out


def _next(actor: Actor, device: str, piece: Sequence[Sent], at: datetime) -> Sequence[Answer]:
    """The next answers, at least one. Where the database refuses them together, each is asked by itself."""
    alone = piece[:1]
    if len(piece) > 1 and require(actor, Action.ENDORSE) is None:
        try:
            if together := arriving.arrive(actor=actor, device=device, sent=piece, at=at):
                return together
        except DatabaseError:
            alone = piece
    out: list[Answer] = []
    for sent in alone:
        out.append(receive(actor=actor, device=device, sent=sent, at=at))
        if isinstance(out[-1], Refusal):
            break
    return out


def receive(*, actor: Actor, device: str, sent: Sent, at: datetime) -> Answer:
    """Take one record: the row that answers it, or why it cannot be taken at all (nothing is written then)."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    record = devices.read_record(sent.body)
    if isinstance(record, Refusal):
        return record
    with transaction.atomic():
        own = arriving.locked(actor, device)
        if own is None or record.device != own.thumbprint:
            return refuse("device-unknown", "This device is not enrolled here.", basis=devices.BASIS)
        if refused := _not_from(own, sent, actor, at):
            return refused
        before = OfflineRecord.objects.filter(device=own, digest=record.digest).first()
        if before is not None:
            return before
        if refused := devices.out_of_order(record, own.sequence, own.head):
            return refused
        return _answered(own, record, sent, actor, at)


def _not_from(own: DeviceKey, sent: Sent, actor: Actor, at: datetime) -> Refusal | None:
    if refused := unusable(own, actor, at):
        return refused
    if not devices.signed(sent.body, sent.signature, own.public_key):
        return refuse("record-signature", "The signature of the record is wrong: it was changed on its way.",
                      basis=devices.BASIS)
    return None


def _answered(own: DeviceKey, record: Record, sent: Sent, actor: Actor, at: datetime) -> OfflineRecord:
    """Endorse, and write down what became of the record; the device's chain has moved on in either case."""
    last = own.records.order_by("-sequence").values_list("made_at", flat=True).first()
    late = devices.wrong_clock(record, since=own.enrolled_at, until=own.expires_at, last=last, at=at)
    outcome = late or _endorse(record, actor, at)
    kept = arriving.kept_as(own, record, sent, permit_of(own.party, record.number), outcome, at)
    kept.save()
    own.sequence, own.head = record.sequence, record.digest
    own.save(update_fields=["sequence", "head"])
    events.append_each([arriving.told_of(own, record, outcome)], party=own.party, actor=actor.label, at=at)
    if isinstance(outcome, Refusal):
        open_case(kept, outcome, actor=actor, at=at)
    return kept


def _endorse(record: Record, actor: Actor, at: datetime) -> Endorsement | Refusal:
    """The same service, ledger and lock as online. `key` is the record's digest: sent twice, it is one endorsement."""
    permit = permit_of(actor.party, record.number)
    blocks = list(permit.lines.values_list("block", flat=True)) if permit else []
    if refused := arriving.unlike(record, permit, len(blocks)):
        return refused
    return endorse(
        actor=actor, number=record.number, stage=record.stage, at=record.made_at, arrived=at, key=record.digest,
        quantities=dict(zip(blocks, record.quantities, strict=True)), port=record.port,
        transport_document=record.transport_document, packages=record.packages, dead=record.died(blocks))
