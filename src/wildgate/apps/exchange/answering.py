"""The one door behind SOAP, REST, the hub and the accounts of partners: who may have which of our permits (W2-1, W2-2).

Issued permits only, in the bytes that were signed. A number that is not ours, one that was not issued, and one that was
not granted are answered alike. Every call is written down before it is answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When

from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.selectors import endorsements_of
from wildgate.apps.customs.services.correcting import USED
from wildgate.apps.exchange import quantities, transport
from wildgate.apps.exchange.models import Entry, Line, Taken
from wildgate.apps.exchange.transport import Wire
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import may, secret_of
from wildgate.apps.permits import documents
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.message.d22a import write_d22a
from wildgate.message.soap import Answer, Attachment, Call
from wildgate.message.xml import Box14, write_v1, write_v2

PER_MINUTE: Final = 300
"""House value: calls that one partner may make in a minute."""
WELL: Final = "available"
ACCEPTED: Final = "accepted"
BASIS: Final = ("House rule: what another Party may ask for",)
NOT_HERE: Final = refuse("no-such-thing", "There is no permit with this number that you may see.", basis=BASIS)
BAD_TOKEN: Final = refuse("token-wrong", "The TokenId is not the one that was agreed.", basis=BASIS)
GET, FINAL, CONFIRM, STATE = ("GetNonFinalCitesCertificate", "GetFinalCitesCertificate", "ConfirmQuantities",
                              "ServiceState")
Write = Callable[[Answer | Refusal], bytes]


def answer(*, partner: Partner, call: Call, at: datetime, who: str = "", channel: str = "account") -> Answer | Refusal:
    """The answer to a call that did not come over a line: of a partner's officer at a page, or of the hub."""
    body = json.dumps(asdict(replace(call, token="")), default=str, sort_keys=True).encode()
    wire = Wire(channel, who or partner.subject, body)
    return serve(partner=partner, call=call, at=at, wire=wire, write=_payload, token=False)[0]


def _payload(outcome: Answer | Refusal) -> bytes:
    return outcome.reason.encode() if isinstance(outcome, Refusal) else outcome.payload or outcome.state.encode()


def serve(*, partner: Partner, call: Call | Refusal, at: datetime, wire: Wire, write: Write,
          token: bool = True) -> tuple[Answer | Refusal, bytes]:
    """Write the call down, answer it, write the answer down; the answer, and as it goes out.

    `token`: the caller is a program, which sends the text that was agreed; an officer's second factor stands for it.
    """
    operation, number = ("", "") if isinstance(call, Refusal) else (call.operation, call.number)
    permit = permit_of(settings.PARTY, number.strip()) if number else None
    ends = permit.valid_until if permit else None
    asked = transport.keep(wire, partner=partner.code, way=Entry.Way.IN, operation=operation or "unreadable",
                           number=number, outcome="taken", at=at, ends=ends)
    outcome = call if isinstance(call, Refusal) else (
        busy(partner, at) or (_wrong_token(partner, call) if token else None) or _answer(partner, call, permit, at))
    said = write(outcome)
    transport.keep(Wire(wire.channel, events.SYSTEM, said), partner=partner.code, way=Entry.Way.OUT,
                   operation=asked.operation, number=number, at=at, ends=ends, answers=asked,
                   outcome=outcome.code if isinstance(outcome, Refusal) else "answered")
    return outcome, said


def busy(partner: Partner, at: datetime) -> Refusal | None:
    """Count this call, unless it is one too many: one statement, so that no two processes count past the limit."""
    minute = int(at.timestamp() // 60)
    mine = Line.objects.filter(party=settings.PARTY, partner=partner.code)
    room = ~Q(minute=minute, calls__gte=PER_MINUTE)
    moved = {"calls": Case(When(minute=minute, then=F("calls") + 1), default=Value(1), output_field=IntegerField()),
             "minute": minute}
    if mine.filter(room).update(**moved):
        return None
    Line.objects.bulk_create([Line(party=settings.PARTY, partner=partner.code)], ignore_conflicts=True)
    if mine.filter(room).update(**moved):
        return None
    return refuse("too-many-calls", "The program makes more than %(most)s calls a minute. Wait for the next one.",
                  most=PER_MINUTE)


def _wrong_token(partner: Partner, call: Call) -> Refusal | None:
    secret = secret_of(partner)
    return BAD_TOKEN if secret is not None and not secret.is_text(call.token) else None


def _answer(partner: Partner, call: Call, permit: Permit | None, at: datetime) -> Answer | Refusal:
    if call.country not in ("", settings.PARTY):
        return refuse("callee-not-found", "This is the service of %(here)s, not of %(asked)s.", here=settings.PARTY,
                      asked=call.country[:2])
    if call.operation == STATE:
        return may(partner, STATE, None, at) or Answer(call.version, STATE, state=WELL)
    if call.operation == CONFIRM:
        return _confirm(partner, call, permit, at)
    kind = DocumentKind(permit.kind) if permit else None
    refused = may(partner, call.operation, kind, at)
    if permit is None or refused is not None:
        return NOT_HERE
    given = _final(permit, call) if call.operation == FINAL else _as_issued(permit, call)
    if not isinstance(given, Refusal):
        note_taken(partner, permit, at)
    return given


def _as_issued(permit: Permit, call: Call) -> Answer | Refusal:
    """The signed message to the byte. In another form it is written anew and the signed one goes with it."""
    signed, printed = documents.read(permit, "xml"), Attachment(f"{permit.number}.pdf", documents.read(permit, "pdf"))
    if call.version == "v2":
        return Answer(call.version, call.operation, signed, (printed,))
    write = write_v1 if call.version == "v1" else write_d22a
    other = write(permit.record, _seal_text(permit))
    if isinstance(other, Refusal):
        return other
    return Answer(call.version, call.operation, other, (Attachment(f"{permit.number}.xml", signed), printed))


def _final(permit: Permit, call: Call) -> Answer | Refusal:
    """The permit with boxes 14 and 15, once customs have filled them; the signed message goes with it.

    The figures are those that stand now. A withdrawn endorsement says nothing, unless the permit is used up with it: it
    cannot serve again after its last day, and zero is what moved.
    """
    now = quantities.as_it_stands(permit)
    found = list(endorsements_of(permit))
    standing = [each for each in found if not _withdrawn(each, now)]
    if not standing and permit.status.state not in USED:
        return refuse("not-final", "Customs have not endorsed the permit yet. Ask for it as issued.", basis=BASIS)
    boxes = tuple(_box_14(each, now) for each in standing or found)
    write = write_v1 if call.version == "v1" else write_v2
    signed = Attachment(f"{permit.number}.xml", documents.read(permit, "xml"))
    return Answer(call.version, call.operation, write(permit.record, _seal_text(permit), boxes), (signed,))


def _seal_text(permit: Permit) -> str:
    return "\n".join(documents.code_text(permit, page) for page in range(1, len(permit.seals) + 1))


def _withdrawn(found: Endorsement, now: Mapping[int, Decimal]) -> bool:
    """Customs corrected what it let pass down to nothing, line by line."""
    lines = list(found.lines.all())
    return any(line.pk in now for line in lines) and not any(now.get(line.pk, line.quantity) for line in lines)


def _box_14(found: Endorsement, now: Mapping[int, Decimal]) -> Box14:
    """What customs let pass, as they corrected it since, without the officer's name: it is not exchanged."""
    lines = tuple((line.permit_line.block, now.get(line.pk, line.quantity), line.permit_line.unit)
                  for line in found.lines.all() if line.permit_line)
    return Box14(found.at, found.port, "", lines, transport_document=found.transport_document)


def _confirm(partner: Partner, call: Call, permit: Permit | None, at: datetime) -> Answer | Refusal:
    """Quantities for a permit of ours or, from whoever may send us its permits, for one of its own.

    Which of the two it was, the answer does not tell.
    """
    if permit is not None and may(partner, CONFIRM, DocumentKind(permit.kind), at) is None:
        issuer, number = settings.PARTY, permit.number
    elif may(partner, "push", None, at) is None:
        issuer, number = partner.code, transport.printable(call.number)[:60]
    else:
        return NOT_HERE
    kept = quantities.report(partner=partner.code, issuer=issuer, number=number, positions=call.positions, at=at)
    return kept if isinstance(kept, Refusal) else Answer(call.version, CONFIRM, state=ACCEPTED)


def note_taken(partner: Partner, permit: Permit, at: datetime) -> None:
    """The partner has the permit from now on: that is a read of it, and the partner hears of every change."""
    with transaction.atomic():
        Taken.objects.bulk_create([Taken(party=permit.party, partner=partner.code, permit=permit, at=at)],
                                  ignore_conflicts=True)
        events.note_read(permit.subject, party=permit.party, actor=partner.subject, at=at)
