"""The exchange in the demo world: Quartzland was told of exports, counted two skins fewer, rejected a message, and sent
a permit that says less than the paper that was shown at our border."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.exchange import answering, outbox, quantities, receiving
from wildgate.apps.exchange.answering import GET
from wildgate.apps.exchange.models import Message
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import Address, PermitRecord, Reference
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Source
from wildgate.message.soap import Call, Position
from wildgate.message.xml import write_v2

FEWER = Decimal(2)
SHOWN = "26QZ000231E"
"""The paper of `scenes_balances`, of which goods were set aside at the border."""
MOST = 6


def play(people: dict[str, Actor], at: datetime) -> None:
    """Quartzland asks for our newest permits to it; customs there counted; one message found no way."""
    partner = partner_of("QZ")
    if partner is None:
        return
    permits = list(Permit.objects.filter(party=settings.PARTY, importer_country="QZ").select_related("status")
                   .order_by("-issued_at")[:MOST])
    if permits:
        _send(partner, permits[0].record, at - timedelta(hours=6))
    for permit in permits:
        answering.answer(partner=partner, call=Call("v2", GET, permit.number), at=at - timedelta(hours=5),
                         channel="soap-v2")
    moved = next((each for each in permits if each.status.state == PermitState.EXPORTED.value), None)
    if moved is not None:
        counted = quantities.counted(moved.party, moved.number)
        told = tuple(Position(each.block, each.quantity - FEWER, each.unit) for each in counted
                     if each.quantity > FEWER)
        if told:
            quantities.report(partner="QZ", issuer=moved.party, number=moved.number, positions=told,
                              at=at - timedelta(hours=2))
    for permit in permits[:2]:
        with transaction.atomic():
            outbox.queue(partner=partner, kind=Message.Kind.STATUS.value, issuer=permit.party, number=permit.number,
                         cause=f"demo#{permit.pk}", at=at - timedelta(hours=4),
                         data={"state": permit.status.state, "since": permit.status.changed_at.isoformat()})
    first = Message.objects.filter(party=settings.PARTY, partner="QZ").order_by("pk").first()
    if first is not None:
        Message.objects.filter(pk=first.pk).update(
            state=Message.State.REJECTED, code="8", tries=1, tried_at=at - timedelta(hours=3),
            answered_at=at - timedelta(hours=3), reasons=["There is no permit with this number that you may see."])


def _send(partner: Partner, like: PermitRecord, at: datetime) -> None:
    """Quartzland pushes its permit for 40 skins of royal pythons: the paper at Kivu-2 says 60."""
    first = replace(like.lines[0], taxon="Python regius", common_name="royal python", quantity=Decimal(40), unit="NAR",
                    source=Source.WILD, description="dried skins", marks=(), quota_used=None, quota=None,
                    origin=Reference(partner.code))
    record = replace(like, party=partner.code, number=SHOWN, importer=like.exporter, exporter=like.importer,
                     lines=(first,), issued_at=at - timedelta(days=20), place="Quartz City", official="",
                     valid_until=at.date() + timedelta(days=100),
                     authority=Address(f"{partner.name} Management Authority", "1 Basalt Street, Quartz City",
                                       partner.code))
    raw = json.dumps({
        "id": "demo-python", "kind": Message.Kind.ISSUED.value, "from": partner.code, "to": settings.PARTY,
        "permit": SHOWN, "sequence": 1, "at": at.isoformat(), "body": base64.b64encode(write_v2(record)).decode()})
    message = receiving.read(raw.encode())
    if not isinstance(message, Refusal):
        receiving.take(caller=partner, message=message, raw=raw.encode(), at=at)
