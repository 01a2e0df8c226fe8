"""Talking both ways without a name: the receipt leads to the tip, the desk answers where the receipt is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.letters import services as letters
from wildgate.apps.tips import buckets, receipts
from wildgate.apps.tips.models import Message, Tip
from wildgate.apps.tips.models.tip import LONGEST
from wildgate.apps.tips.services import attaching, desk
from wildgate.apps.tips.services.intake import TELLER
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ANSWERED: Final = "tip-answered"
SAID: Final = "tip-message"
READ: Final = "tip-message-read"
MOST: Final = 200
"""Messages of one tip."""
UNKNOWN: Final = refuse("no-such-receipt", "No tip has this receipt. Look at the sixteen digits again.",
                        field="receipt")


def found(typed: str, at: datetime) -> Tip | Refusal:
    """The tip of a receipt. Whatever was typed costs one token of all guessers together and one slow hash."""
    party = settings.PARTY
    if seconds := buckets.take(buckets.GUESS, party, at):
        return refuse("guess-later", "Too many receipts were tried just now. Try again in %(seconds)s seconds.",
                      seconds=seconds, wait=seconds)
    tip = Tip.objects.filter(party=party, receipt=receipts.digest_of(receipts.as_typed(typed))).first()
    return tip or UNKNOWN


def answer(*, tip: Tip, text: str, files: Sequence[UploadedFile[bytes]] = (), at: datetime) -> Message | Refusal:
    """The teller says more, in words, files or both; whoever holds the receipt is the teller."""
    if wrong := _wrong(text, empty=not files):
        return wrong
    held = attaching.held(files, party=tip.party, at=at)
    if isinstance(held, Refusal):
        return held
    with transaction.atomic():
        tip = Tip.objects.select_for_update().get(pk=tip.pk)
        last = tip.messages.order_by("-pk").first()
        if last is not None and last.by_id is None and last.text == text.strip() and not held:
            return last  # the page was sent twice
        if tip.messages.count() >= MOST:
            return refuse("too-many-messages", "This tip has as many messages as it can hold. Give a new tip.",
                          field="text")
        made = Message.objects.create(party=tip.party, tip=tip, text=text.strip(), at=at)
        attaching.hang(tip, held, at=at, message=made)
        tip.unread = True
        tip.save(update_fields=["unread"])
        events.append(ANSWERED, tip.subject, party=tip.party, actor=TELLER, at=at)
        letters.tell(_at_work(tip, at), ANSWERED, tip.subject, {"number": tip.number}, at=at, party=tip.party,
                     key=f"{ANSWERED}:{made.pk}")
    return made


def _at_work(tip: Tip, at: datetime) -> list[int]:
    """Who did something about the tip and may see it still: a word after its end must find somebody."""
    people = Person.objects.filter(pk__in=tip.worked_by, is_active=True)
    return [person.pk for person in people if can(actor_of(person, at.date()), Action.VIEW_TIPS, tip)]


def say(*, actor: Actor, number: str, text: str, at: datetime) -> Message | Refusal:
    """The desk asks or tells; it stands where the receipt is shown. The teller sees no name."""
    if wrong := _wrong(text):
        return wrong
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        made = Message.objects.create(party=tip.party, tip=tip, by_id=actor.own_id, text=text.strip(), at=at)
        tip.unread = False
        tip.save(update_fields=["unread"])
        desk.note_act(tip, "say", actor=actor, at=at)
        events.append(SAID, tip.subject, party=tip.party, actor=actor.label, at=at, data=actor.signed)
    return made


def mark_read(*, actor: Actor, number: str, at: datetime) -> Tip | Refusal:
    """What the teller added was read and asks for no answer: the list says no more that it is new."""
    with transaction.atomic():
        tip = desk.locked(actor, number)
        if isinstance(tip, Refusal):
            return tip
        if not tip.unread:
            return desk.AGAIN
        tip.unread = False
        tip.save(update_fields=["unread"])
        desk.note_act(tip, "mark-read", actor=actor, at=at)
        events.append(READ, tip.subject, party=tip.party, actor=actor.label, at=at, data=actor.signed)
    return tip


def _wrong(text: str, *, empty: bool = True) -> Refusal | None:
    if len(text) > LONGEST:
        return refuse("tip-long", "Write at most %(most)s characters at once; you can send several messages.",
                      most=LONGEST, field="text")
    if not text.strip() and empty:
        return refuse("tip-empty", "Write something first.", field="text")
    return None
