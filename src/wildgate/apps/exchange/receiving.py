"""Messages that partners push: taken once, in the order of each permit, judged, and acknowledged.

The answer is `accepted` (1), `accepted-with-warnings` (44) or `rejected` (8) with reasons. The same message again gets
the same answer and does nothing more. What arrives late, behind a newer message about the permit, undoes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from wildgate.apps.exchange import copies, outbox, quantities, transport
from wildgate.apps.exchange.adapters.base import CODES
from wildgate.apps.exchange.adapters.rest import decoded
from wildgate.apps.exchange.answering import NOT_HERE, busy
from wildgate.apps.exchange.models import Entry, ForeignCopy, Message, Received
from wildgate.apps.exchange.transport import Wire
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import may
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.apps.permits.selectors import permit_of
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say, whole
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import api, events
from wildgate.kit.sentences import as_kept
from wildgate.message.soap import Position

ACCEPTED, WARNED, REJECTED = "accepted", "accepted-with-warnings", "rejected"
STATES: Final = frozenset({"valid", "partly-used", "export-endorsed", "used", "suspended", "cancelled", "replaced",
                           "lost"})
ARRIVED, TOLD = "foreign-permit-arrived", "foreign-permit-told"
COUNTS: Final = (Message.Kind.ENDORSED.value, Message.Kind.CONFIRMED.value)
MOST_POSITIONS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message as read. `issuer` is whose permit it is about: the sender's or, when quantities are confirmed, ours."""

    key: str
    kind: str
    sender: str
    to: str
    issuer: str
    number: str
    sequence: int
    at: datetime | None
    data: dict[str, Any]
    body: bytes

    @property
    def digest(self) -> str:
        """What makes it the same message: all of it but the time on it."""
        told = [self.kind, self.sender, self.to, self.issuer, self.number, self.sequence, self.data,
                hashlib.sha256(self.body).hexdigest()]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer."""

    state: str
    reasons: tuple[str, ...] = ()


LATE: Final = Judged(WARNED, (say("A newer message about this permit was taken before: nothing was changed."),))
NOT_KNOWN: Final = Judged(WARNED, (say("This permit was not known here before."),))


def read(data: bytes) -> Pushed | Refusal:
    """A message from its JSON, every field looked at."""
    found = api.read_json(data)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, dict):
        return refuse("not-as-described", "The message is no object.")
    texts = {name: found.get(name, "") for name in ("id", "kind", "from", "to", "permit", "issuer", "at", "body")}
    for name, text in texts.items():
        if not isinstance(text, str) or (name != "body" and (len(text) > 80 or not text.isprintable())):
            return refuse("not-as-described", "%(name)s is no text of at most %(most)s characters.", name=name, most=80,
                          field=name)
    for name in ("id", "kind", "from", "to", "permit"):
        if not texts[name].strip():
            return refuse("missing", "Write %(what)s.", what=name, field=name)
    return _pushed(texts, found)


def _pushed(texts: dict[str, str], found: dict[str, Any]) -> Pushed | Refusal:
    sequence, told, body = found.get("sequence", 0), found.get("data") or {}, decoded(texts["body"])
    if texts["kind"] not in Message.Kind.values:
        return refuse("not-as-described", "%(name)s is no kind of message.", name=texts["kind"], field="kind")
    if not isinstance(sequence, int) or not 0 <= sequence < 2**31 or not isinstance(told, dict):
        return refuse("not-as-described", "sequence is a whole number, and data an object.", field="sequence")
    if body is None:
        return refuse("not-as-described", "The body is not written in base64.", field="body")
    return Pushed(texts["id"].strip(), texts["kind"], texts["from"].strip().upper(), texts["to"].strip().upper(),
                  texts["issuer"].strip().upper() or texts["from"].strip().upper(), texts["permit"].strip()[:60],
                  sequence, _moment(texts["at"]), told, body)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # years 1 and 9999 end in UTC for some offsets
        return None


def sender_of(caller: Partner, message: Pushed) -> Partner | Refusal:
    """From whom the message is: from the caller, or from a Party that is reached through the hub that calls."""
    if message.sender == caller.code:
        return caller
    sender = partner_of(message.sender)
    if not caller.is_hub or sender is None or sender.through_id != caller.pk:
        return refuse("sender-other", "The certificate is that of %(caller)s, the message says it is from %(sender)s.",
                      caller=caller.code, sender=message.sender[:2])
    return sender


def take(*, caller: Partner, message: Pushed, raw: bytes, at: datetime, channel: str = "rest",
         headers: dict[str, str] | None = None) -> Received | Refusal:
    """Take a message, or find the answer that it got before. Both ways it is in the log."""
    wire = Wire(channel, caller.subject, raw, headers or {}, message.at)
    entry = transport.keep(wire, partner=message.sender, way=Entry.Way.IN, operation=message.kind,
                           number=message.number, outcome="taken", at=at, message=message.key)
    outcome = busy(caller, at) or _take(caller, message, at)
    said = api.written(outcome.as_json())
    transport.keep(Wire(channel, events.SYSTEM, said), partner=message.sender, way=Entry.Way.OUT,
                   operation=message.kind, number=message.number, at=at, answers=entry, message=message.key,
                   outcome=outcome.code if isinstance(outcome, Refusal) else outcome.state)
    outbox.note_seen(caller.code, at)
    return outcome


def _take(caller: Partner, message: Pushed, at: datetime) -> Received | Refusal:
    sender = sender_of(caller, message)
    if isinstance(sender, Refusal):
        return sender
    if message.to != settings.PARTY:
        return refuse("callee-not-found", "This is the service of %(here)s, not of %(asked)s.", here=settings.PARTY,
                      asked=message.to[:2])
    if refused := may(sender, "push", None, at):
        return refused
    if (before := _before(sender, message)) is not None:
        return before
    try:
        with transaction.atomic():
            judged = _judge(sender, message, at)
            return Received.objects.create(
                party=settings.PARTY, partner=sender.code, key=message.key, digest=message.digest, kind=message.kind,
                number=message.number, sequence=message.sequence, state=judged.state, code=CODES[judged.state],
                reasons=[as_kept(why) for why in judged.reasons], at=at, partner_at=message.at)
    except IntegrityError:  # the same message came in twice at once: the first one answers for both
        return _before(sender, message) or refuse("message-busy", "This message is being taken in. Send it again.")


def _before(sender: Partner, message: Pushed) -> Received | Refusal | None:
    found = Received.objects.filter(party=settings.PARTY, partner=sender.code, key=message.key).first()
    if found is None:
        return None
    if found.digest != message.digest:
        return refuse("message-id-used", "A message %(list)s with another content was taken in on %(day)s.",
                      list=message.key, day=found.at.date(), field="id")
    Received.objects.filter(pk=found.pk).update(times=F("times") + 1)
    return found


def _judge(sender: Partner, message: Pushed, at: datetime) -> Judged:
    """What it means, inside one transaction with its row: both or neither."""
    if message.kind in COUNTS:
        return _counted(sender, message, at)
    if message.issuer != sender.code:
        return Judged(REJECTED, (say("%(sender)s cannot say this of a permit of %(issuer)s.", sender=sender.code,
                                     issuer=message.issuer),))
    late = _newest(sender, message.number) > message.sequence
    if message.kind == Message.Kind.ISSUED:
        return _issued(sender, message, at)
    return _became(sender, message, at, late)


def _newest(sender: Partner, number: str, kinds: tuple[str, ...] = tuple(Message.Kind.values)) -> int:
    rows = Received.objects.filter(party=settings.PARTY, partner=sender.code, number=number, kind__in=kinds)
    return int(rows.exclude(state=REJECTED).aggregate(last=Max("sequence"))["last"] or 0)


def _issued(sender: Partner, message: Pushed, at: datetime) -> Judged:
    found = copies.read(message.body, issuer=message.issuer, number=message.number, at=at)
    if isinstance(found, Refusal):
        return Judged(REJECTED, (whole(found),))
    kind = str(found.facts.get("kind") or "")
    if kind in {each.value for each in DocumentKind} and (refused := may(sender, "push", DocumentKind(kind), at)):
        return Judged(REJECTED, (whole(refused),))
    copy = copies.keep(found, issuer=message.issuer, number=message.number, partner=sender.code,
                       how=ForeignCopy.How.SENT, who=sender.subject, at=at,
                       state=told if (told := str(message.data.get("state", ""))) in STATES else "")
    events.append(ARRIVED, f"copy:{copy.issuer}/{copy.number}"[:80], party=settings.PARTY, actor=sender.subject, at=at,
                  data={"kind": kind, "sha256": copy.sha256, "sound": copy.sound})
    return Judged(WARNED, tuple(found.warnings)) if found.warnings else Judged(ACCEPTED)


def _became(sender: Partner, message: Pushed, at: datetime, late: bool) -> Judged:
    """Cancelled, replaced, or any other change of state. With the new permit in it, that is kept too."""
    state = {"cancelled": "cancelled", "replaced": "replaced"}.get(message.kind, str(message.data.get("state", "")))
    if state not in STATES:
        return Judged(REJECTED, (say("%(state)s is no state of a permit.", state=state[:20] or "–"),))
    if late:
        return LATE
    since = _moment(str(message.data.get("since", ""))) or message.at or at
    about = copies.note_state(message.issuer, message.number, state, since)
    events.append(TOLD, f"copy:{message.issuer}/{message.number}"[:80], party=settings.PARTY, actor=sender.subject,
                  at=at, data={"state": state})
    return Judged(ACCEPTED) if about else NOT_KNOWN


def _counted(sender: Partner, message: Pushed, at: datetime) -> Judged:
    if message.issuer not in (sender.code, settings.PARTY):
        return Judged(REJECTED, (say("%(issuer)s is neither side of this.", issuer=message.issuer),))
    positions = positions_of(message.data.get("positions"))
    if isinstance(positions, Refusal):
        return Judged(REJECTED, (whole(positions),))
    if 0 < message.sequence < _newest(sender, message.number, COUNTS):  # 0: of a service that counts no messages
        return LATE
    if message.issuer == settings.PARTY:
        permit = permit_of(settings.PARTY, message.number)
        if permit is None or may(sender, "confirm", DocumentKind(permit.kind), at):
            return Judged(REJECTED, (whole(NOT_HERE),))
    known = quantities.ours(message.issuer, message.number)
    kept = quantities.report(partner=sender.code, issuer=message.issuer, number=message.number, positions=positions,
                             at=at)
    if isinstance(kept, Refusal):
        return Judged(REJECTED, (whole(kept),))
    copy = copies.newest(message.issuer, message.number) if message.issuer == sender.code else None
    if copy is not None:
        ForeignCopy.objects.filter(pk=copy.pk).update(exported=kept.positions)
    return Judged(ACCEPTED) if known else NOT_KNOWN


def positions_of(told: Any) -> tuple[Position, ...] | Refusal:
    """`{block: [quantity, unit]}` with quantities as decimal text: a JSON number may have been rounded on its way."""
    if not isinstance(told, dict) or not 0 < len(told) <= MOST_POSITIONS:
        return refuse("not-as-described", "positions names each block with its quantity and unit.", field="positions")
    found = []
    for block, pair in told.items():
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            return refuse("not-as-described", "positions names each block with its quantity and unit.",
                          field="positions")
        amount = Decimal(0) if pair[0].strip("0.") == "" and pair[0] else parse_quantity(pair[0], field="positions")
        if isinstance(amount, Refusal):
            return amount
        found.append(Position(str(block)[:4], amount, pair[1][:3]))
    return tuple(found)
