"""What carriers and customs write: parcels checked, lists taken in, leads decided, parcels handed over and received."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.carriers import judging
from wildgate.apps.carriers.judging import HOLD, Answer
from wildgate.apps.carriers.models import DayCount, Handover, Lead, ShipmentList
from wildgate.apps.carriers.parcels import Parcel, Rows
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.signs import hidden
from wildgate.kit import events, jobs, waybill
from wildgate.kit.numbering import next_number
from wildgate.kit.uploads import services as files
from wildgate.kit.uploads.models import Upload

PARCEL_HELD, HANDED_OVER = "parcel-held", "parcel-handed-over"
LEAD_DECIDED, PARCEL_RECEIVED, LIST_TAKEN = "lead-decided", "parcel-received", "carrier-list-taken"
MOST_HELD: Final = 200
"""House value: leads that one call may raise; more of them come with the next call."""
KEPT: Final = timedelta(days=90)
"""House value: so long after its decision a lead keeps the names of sender and receiver."""
LARGEST_PICTURE: Final = 5_000_000
PICTURES: Final = {b"\xff\xd8\xff": "carrier-jpeg", b"\x89PNG\r\n\x1a\n": "carrier-png"}
NO_LEAD: Final = refuse("no-such-lead", "There is no such lead.")
NO_PARCEL: Final = refuse("no-such-parcel", "No parcel of this number is on hold or was looked at by customs.")


@dataclass(frozen=True, slots=True)
class Carrier:
    """The firm for which somebody acts, as rights ask for it."""

    party: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Message:
    """What a carrier writes about a parcel that it hands to customs."""

    parcel: str
    place: str
    reason: str
    air_waybill: str = ""
    picture: bytes = b""


def carrier_of(actor: Actor, action: Action = Action.CHECK_PARCELS) -> Carrier | Refusal:
    """The one firm of the actor; who acts for several says nothing here."""
    if refused := require(actor, action):
        return refused
    if len(actor.organisations) != 1:
        return refuse("not-allowed", "You may not do this: it takes a post at one carrier.",
                      basis=("House rule: rights",))
    firm = Carrier(actor.party, min(actor.organisations))
    return require(actor, action, firm) or firm


def check(*, actor: Actor, rows: Rows, at: datetime) -> list[Answer] | Refusal:
    """Answer for some parcels. What looks wrong goes to customs as a lead; the carrier is told to hold it."""
    firm = carrier_of(actor)
    if isinstance(firm, Refusal):
        return firm
    answers = judging.judge(actor.party, firm.organisation_id, rows, at)
    with transaction.atomic():
        _hold(actor, firm, rows, answers, at)
        _count(firm, answers, at)
    return answers


def take_list(*, actor: Actor, list_id: str, rows: Rows, way: ShipmentList.Way, at: datetime,
              unknown: Sequence[str] = ()) -> ShipmentList | Refusal:
    """Take a list in before shipment. Sent again under the same number it gets the answers that it got. `unknown`:
    names of columns that were not read; they are kept and told."""
    firm = carrier_of(actor)
    if isinstance(firm, Refusal):
        return firm
    name = list_id.strip()
    if not name or len(name) > 60 or not name.isprintable():
        return refuse("list-without-number", "Give the list a number of at most %(most)s characters.", most=60,
                      field="list")
    digest = _digest(rows)
    if (before := _before(firm, name, digest)) is not None:
        return before
    answers = judging.judge(actor.party, firm.organisation_id, rows, at)
    try:
        with transaction.atomic():
            made = ShipmentList.objects.create(
                party=actor.party, organisation_id=firm.organisation_id, list_id=name, digest=digest, way=way.value,
                received_at=at, received_by_id=actor.own_id, rows=len(rows), counts=Counter(
                    each.answer for each in answers), answers=[each.as_kept() for each in answers],
                unknown=list(unknown))
            _hold(actor, firm, rows, answers, at)
            _count(firm, answers, at)
            events.append(LIST_TAKEN, made.subject, party=actor.party, actor=actor.label, at=at,
                          data={"rows": made.rows, "digest": digest, "counts": dict(made.counts)})
    except IntegrityError:  # the same list came in twice at once: the first one answers for both
        return _before(firm, name, digest) or refuse("list-busy", "This list is being taken in. Send it again.")
    return made


def _digest(rows: Rows) -> str:
    found = [asdict(row) if isinstance(row, Parcel) else [row.parcel, row.why.code] for row in rows]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _before(firm: Carrier, name: str, digest: str) -> ShipmentList | Refusal | None:
    found = ShipmentList.objects.filter(organisation=firm.organisation_id, list_id=name).first()
    if found is None or found.digest == digest:
        return found
    return refuse("message-id-used", "A list %(list)s with other rows was taken in on %(day)s.", list=name,
                  day=found.received_at.date(), field="list")


def _hold(actor: Actor, firm: Carrier, rows: Rows, answers: Sequence[Answer], at: datetime) -> None:
    """A lead for each parcel that is held for the first time, and an event for each lead."""
    held = [(row, each) for row, each in zip(rows, answers, strict=True)
            if each.answer == HOLD and each.suspicion and isinstance(row, Parcel)][:MOST_HELD]
    leads = [_lead(firm, row, each, at) for row, each in held]
    Lead.objects.bulk_create(leads, ignore_conflicts=True)
    kept = Lead.objects.filter(key__in=[each.key for each in leads]).values_list("key", flat=True) if leads else ()
    there = set(kept)
    for lead in leads:
        if lead.key in there:
            events.append(PARCEL_HELD, lead.subject, party=firm.party, actor=actor.label, at=at,
                          data={"carrier": firm.organisation_id, "reasons": lead.reasons, "taxa": lead.taxa,
                                "from": lead.departure, "to": lead.destination})


def _lead(firm: Carrier, row: Parcel, answer: Answer, at: datetime) -> Lead:
    return Lead(
        party=firm.party, organisation_id=firm.organisation_id, key=secrets.token_hex(8), parcel=row.parcel,
        waybill=waybill.read(row.air_waybill).number, description=row.description, hs=row.hs, mass=row.mass,
        value=row.value, currency=row.currency, departure=row.departure, destination=row.destination,
        sender=row.sender, receiver=row.receiver, numbers=list(row.permits),
        reasons=["number-unknown", *answer.suspicion, *answer.doubts], taxa=list(answer.taxa), raised_at=at)


def _count(firm: Carrier, answers: Iterable[Answer], at: datetime) -> None:
    """The day's figures that both sides see."""
    for answer, parcels in sorted(Counter(each.answer for each in answers).items()):
        row = {"organisation_id": firm.organisation_id, "day": at.date(), "answer": answer}
        more = {"parcels": F("parcels") + parcels}
        if not DayCount.objects.filter(**row).update(**more):
            DayCount.objects.bulk_create([DayCount(party=firm.party, **row)], ignore_conflicts=True)
            DayCount.objects.filter(**row).update(**more)


def decide(*, actor: Actor, key: str, state: str, note: str, at: datetime) -> Lead | Refusal:
    """Customs says of a held parcel that it may go on, or that it is to be handed over."""
    with transaction.atomic():
        lead = Lead.objects.select_for_update().filter(party=actor.party, key=key).first()
        if lead is None or require(actor, Action.VIEW_LEADS):
            return NO_LEAD
        if refused := require(actor, Action.DECIDE_LEAD):
            return refused
        if lead.state != Lead.State.OPEN:
            return refuse("lead-decided", "This lead was decided already.")
        if state not in (Lead.State.RELEASED, Lead.State.TAKEN):
            return refuse("choice-unknown", "Choose one of the offered values.", field="state")
        if not note.strip():
            return refuse("missing", "Write %(what)s.", what="why", field="note")
        lead.state, lead.note, lead.decided_at, lead.decided_by_id = state, note.strip()[:500], at, actor.own_id
        lead.save(update_fields=["state", "note", "decided_at", "decided_by"])
        events.append(LEAD_DECIDED, lead.subject, party=actor.party, actor=actor.label, at=at,
                      data={"state": state}, note=lead.note)
        jobs.enqueue(forget_names, lead.key, party=actor.party, at=at + KEPT, lead=lead.key)
    return lead


@jobs.job
def forget_names(*, lead: str, at: datetime) -> None:
    """The names of sender and receiver go when they have served."""
    Lead.objects.filter(key=lead).exclude(state=Lead.State.OPEN).update(sender="", receiver="")


def hand_over(*, actor: Actor, message: Message, at: datetime) -> Handover | Refusal:
    """A carrier hands a parcel to customs. Sent again it is the same parcel, with the receipt once there is one."""
    firm = carrier_of(actor)
    if isinstance(firm, Refusal):
        return firm
    if fault := _incomplete(message):
        return fault
    before = Handover.objects.filter(organisation=firm.organisation_id, parcel=message.parcel.strip()).first()
    if before is not None:
        return before
    picture = _picture(actor, message, at) if message.picture else None
    if isinstance(picture, Refusal):
        return picture
    try:
        with transaction.atomic():
            lead = Lead.objects.filter(organisation=firm.organisation_id, parcel=message.parcel.strip()).first()
            made = Handover.objects.create(
                party=actor.party, organisation_id=firm.organisation_id, key=secrets.token_hex(8), lead=lead,
                parcel=message.parcel.strip(), waybill=waybill.read(message.air_waybill).number,
                place=message.place.strip(), reason=message.reason.strip(), picture=picture, handed_at=at,
                handed_by_id=actor.own_id)
            events.append(HANDED_OVER, made.subject, party=actor.party, actor=actor.label, at=at,
                          data={"carrier": firm.organisation_id, "handover": made.key, "picture": picture is not None})
    except IntegrityError:
        return Handover.objects.get(organisation=firm.organisation_id, parcel=message.parcel.strip())
    return made


def _incomplete(message: Message) -> Refusal | None:
    for name, what, most in (("parcel", "the number of the parcel", 40), ("place", "where the parcel is", 120),
                             ("reason", "why it is handed over", 500)):
        text = str(getattr(message, name)).strip()
        if not text:
            return refuse("missing", "Write %(what)s.", what=what, field=name)
        if hidden(text):
            return refuse("hidden-signs", "%(path)s holds signs that cannot be printed.", path=name, field=name)
        if len(text) > most:
            return refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.", what=what,
                          length=len(text), longest=most, field=name)
    return None


def _picture(actor: Actor, message: Message, at: datetime) -> Upload | Refusal:
    return files.keep([message.picture], f"{message.parcel.strip()}.jpg", judge=_is_picture, largest=LARGEST_PICTURE,
                      party=actor.party, by=actor.label, at=at, until=at + 4 * KEPT)


def _is_picture(file: Path) -> str | Refusal:
    with file.open("rb") as found:
        start = found.read(8)
    return next((kind for magic, kind in PICTURES.items() if start.startswith(magic)),
                refuse("not-a-picture", "The picture is neither JPEG nor PNG.", field="picture"))


def receive(*, actor: Actor, key: str, at: datetime) -> Handover | Refusal:
    """Customs has the parcel: the receipt goes back to the carrier."""
    with transaction.atomic():
        found = (Handover.objects.select_for_update(of=("self",)).select_related("lead")
                 .filter(party=actor.party, key=key).first())
        if found is None or require(actor, Action.VIEW_LEADS):
            return NO_PARCEL
        if refused := require(actor, Action.RECEIVE_PARCEL):
            return refused
        if found.receipt:
            return found
        serial = next_number(actor.party, "parcel-receipt", at.year)
        found.receipt, found.received_at, found.received_by_id = f"{actor.party}-R-{at.year}-{serial:05d}", at, \
            actor.own_id
        found.save(update_fields=["receipt", "received_at", "received_by"])
        events.append(PARCEL_RECEIVED, found.subject, party=actor.party, actor=actor.label, at=at,
                      data={"receipt": found.receipt})
    return found
