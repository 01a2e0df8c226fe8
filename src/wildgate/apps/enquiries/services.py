"""Making a note: the answer "no document is needed" as a sealed paper that anyone can check."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.enquiries.answering import Answer, ItemAnswer, answer
from wildgate.apps.enquiries.models import Note
from wildgate.apps.enquiries.trip import Enquiry
from wildgate.apps.permits.sealing import keys, publish_trust
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.standing import next_change
from wildgate.kit import events
from wildgate.kit.keys import KeyFault, Use
from wildgate.kit.numbering import next_number
from wildgate.seal import note as sealed
from wildgate.seal.facts import note_facts
from wildgate.seal.token import permit_digest, seal_note

BASIS: Final = ("House rule: notes",)
CARRIED: Final = {"luggage": "luggage", "household": "household", "post": "sent", "bought-online": "sent"}


def make_note(*, actor: Actor, enquiry: Enquiry, at: datetime) -> Note | Refusal:
    """Seal the exempt items of `enquiry` into a note. The law is asked again: only what holds today is written.

    Refused where nothing is exempt, the trip lies beyond the note's last day, or the day's notes are used up.
    """
    party = settings.PARTY
    with transaction.atomic():
        events.lock_head(party)
        if known := Note.objects.filter(party=party, enquiry=enquiry.id).first():
            return known
        found = answer(enquiry, party)
        if refused := _refused(enquiry, found, party, at):
            return refused
        law = law_of(party)
        last = last_day(enquiry, found.exempt, law, at.date())
        if enquiry.day > last:
            return refuse(
                "note-too-early",
                "A note made today is valid until %(last)s, before your journey: make it after %(first)s.",
                basis=BASIS,
                last=last,
                first=enquiry.day - timedelta(days=_days()),
            )
        try:
            key = keys().signing_key(party, Use.NOTE, at)
        except KeyFault as fault:
            return refuse("no-key", "Notes cannot be sealed on this installation: %(fault)s", fault=fault)
        number = f"{party}-N-{at.year}-{next_number(party, 'note', at.year):06d}"
        drawn = draw_up(enquiry, found, party=party, number=number, at=at, last=last)
        token = seal_note(drawn, key)
        made = Note.objects.create(
            party=party,
            number=number,
            key=secrets.token_urlsafe(12),
            enquiry=enquiry.id,
            law=found.law,
            facts=note_facts(drawn),
            token=token.hex(),
            digest=permit_digest(token).hex(),
            made_at=at,
            valid_until=last,
        )
        publish_trust(party, at)
        events.append(
            "note-made",
            f"note:{number}",
            party=party,
            actor=actor.label,
            at=at,
            data={"items": len(drawn.items), "digest": made.digest, "law": found.law},
        )
        return made


def last_day(enquiry: Enquiry, items: tuple[ItemAnswer, ...], law: Law, today: date) -> date:
    """The earliest of the setting's days and of the day before a change of listing that is known already."""
    last = today + timedelta(days=_days())
    for each in items:
        changed = next_change(law, each.item.taxon, each.item.origin or enquiry.sender, today, last)
        if changed:
            last = min(last, changed - timedelta(days=1))
    return last


def draw_up(enquiry: Enquiry, found: Answer, *, party: str, number: str, at: datetime, last: date) -> sealed.Note:
    """The note as it will be sealed."""
    items = tuple(
        sealed.NoteItem(
            each.item.taxon,
            each.ruling.appendix if each.ruling else None,
            each.item.term,
            each.item.amount or 1,  # type: ignore[arg-type]
            each.item.unit,
            each.item.origin or enquiry.sender,
            each.reason,
            (each.ruling.rule or "") if each.ruling and each.reason in ("personal-effects", "exempt") else "",
        )
        for each in found.exempt
    )
    return sealed.Note(
        party,
        number,
        at.astimezone(UTC).replace(microsecond=0),
        datetime.combine(last, time(23, 59, 59), UTC),
        enquiry.sender,
        enquiry.receiver,
        CARRIED[enquiry.way],
        "T" if enquiry.why == "sale" else "P",
        date.fromisoformat(found.law[:10]),
        items,
    )


def _refused(enquiry: Enquiry, found: Answer, party: str, at: datetime) -> Refusal | None:
    if not found.exempt:
        return refuse(
            "nothing-exempt", "No note can be made: none of these goods is sure to need no document.", basis=BASIS
        )
    if Note.objects.filter(party=party, made_at__gte=at - timedelta(days=1)).count() >= settings.NOTES_A_DAY:
        return refuse(
            "notes-used-up",
            "Many notes were made today: no more can be made before tomorrow. Your answer "
            "stands without it: print this page.",
            basis=BASIS,
        )
    return None


def _days() -> int:
    days: int = settings.NOTE_DAYS
    return days
