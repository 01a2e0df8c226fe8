"""Endorsements that were made without a signal arrive: in order, once, through the same ledger as all others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import device as devices
from wildgate.apps.customs.device import Record
from wildgate.apps.customs.models import DeviceKey, Endorsement, OfflineRecord
from wildgate.apps.customs.services.doubling import open_case
from wildgate.apps.customs.services.endorsing import endorse
from wildgate.apps.customs.services.enrolling import unusable
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_RECORDS = 200
UNANSWERED = frozenset({"records-missing", "record-exchanged", "record-unchained"})


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as a device sends it: the text that it signed, and the signature in hexadecimal."""

    body: str
    signature: str


def sync(*, actor: Actor, device: str, records: Iterable[Sent], at: datetime) -> list[OfflineRecord | Refusal]:
    """Take the records of one device in order, each for itself. The first that cannot be taken at all ends the list.

    A record that came before gets the answer that it got then. A record that is in order but cannot be endorsed any
    more (used elsewhere meanwhile, cancelled, over the balance) is kept with its refusal and opens a case.
    """
    out: list[OfflineRecord | Refusal] = []
    for sent in records:
        out.append(receive(actor=actor, device=device, sent=sent, at=at))
        if isinstance(out[-1], Refusal):
            break
    return out


def receive(*, actor: Actor, device: str, sent: Sent, at: datetime) -> OfflineRecord | Refusal:
    """Take one record: the row that answers it, or why it cannot be taken at all (nothing is written then)."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    record = devices.read_record(sent.body)
    if isinstance(record, Refusal):
        return record
    with transaction.atomic():
        own = DeviceKey.objects.select_for_update().filter(party=actor.party, thumbprint=device[:64]).first()
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
    endorsed = outcome if isinstance(outcome, Endorsement) else None
    kept = OfflineRecord.objects.create(
        party=own.party, device=own, sequence=record.sequence, digest=record.digest, body=sent.body,
        signature=sent.signature, permit=permit_of(own.party, record.number), made_at=record.made_at, arrived_at=at,
        endorsement=endorsed, refusal=outcome.as_json() | {"template": outcome.template, "values": dict(outcome.values)}
        if isinstance(outcome, Refusal) else None)
    own.sequence, own.head = record.sequence, record.digest
    own.save(update_fields=["sequence", "head"])
    events.append("offline-record", own.subject, party=own.party, actor=actor.label, at=at, data={
        "sequence": record.sequence, "record": record.digest,
        "answer": outcome.code if isinstance(outcome, Refusal) else outcome.digest})
    if isinstance(outcome, Refusal):
        open_case(kept, outcome, actor=actor, at=at)
    return kept


def _endorse(record: Record, actor: Actor, at: datetime) -> Endorsement | Refusal:
    """The same service, ledger and lock as online. `key` is the record's digest: sent twice, it is one endorsement."""
    permit = permit_of(actor.party, record.number)
    if permit is None or permit.seal_digest != record.permit:
        return refuse("other-seal", "The register has no permit %(number)s with the seal that was read there.",
                      number=record.number, basis=devices.BASIS)
    blocks = list(permit.lines.values_list("block", flat=True))
    if len(blocks) != len(record.quantities):
        return refuse("other-lines", "The record counts %(found)s lines but the permit has %(lines)s.",
                      found=len(record.quantities), lines=len(blocks), basis=devices.BASIS)
    return endorse(
        actor=actor, number=record.number, stage=record.stage, at=record.made_at, arrived=at, key=record.digest,
        quantities=dict(zip(blocks, record.quantities, strict=True)), port=record.port,
        transport_document=record.transport_document, packages=record.packages)
