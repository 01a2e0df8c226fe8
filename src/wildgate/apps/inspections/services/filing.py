"""Photographs, papers and samples: judged by their bytes, kept with their SHA-256, never changed or taken out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.inspections import numbers, words
from wildgate.apps.inspections.models import Card, Filed, Inspection, Request, Sample, Seizure
from wildgate.apps.inspections.services.identifying import locked_request
from wildgate.apps.inspections.services.planning import locked
from wildgate.apps.inspections.services.seizing import locked_seizure
from wildgate.apps.permits.services.attaching import PDF, judged
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.uploads import services as files

LARGEST: Final = 12_000_000
MOST: Final = 40
Place = Inspection | Seizure | Request | Card


def file_in(*, actor: Actor, place: str, key: str, name: str, parts: Iterable[bytes], at: datetime, caption: str = "",
            author: str = "", licence: str = "") -> Filed | Refusal:
    """Keep a file with an inspection, a seizure, a request or a card. The same bytes twice in one place are one file.

    Pictures of cards are printed by others, so they name their author and licence.
    """
    said = words.text(caption, "caption", "a caption", 200, needed=False)
    who = words.text(author, "author", "who made the picture", 120, needed=place == "card")
    terms = words.text(licence, "licence", "the licence", 80, needed=place == "card")
    if fault := words.first_refusal(said, who, terms):
        return fault
    with transaction.atomic():
        found = _open(actor, place, key)
        if isinstance(found, Refusal):
            return found
        kept = Filed.objects.filter(**{place: found})
        if kept.count() >= MOST:
            return refuse("too-many", "Up to %(most)s files are kept in one place.", most=MOST, field="file")
        upload = files.keep(parts, name, judge=judged, largest=LARGEST, party=actor.party, by=actor.label, at=at,
                            choices={"place": place, "key": key[:80]})
        if isinstance(upload, Refusal):
            return upload
        twin = kept.select_related("upload").filter(upload__digest=upload.digest).first()
        refused = refuse("not-a-picture", "A card takes JPEG or PNG pictures.", field="file")
        if twin is not None or (place == "card" and upload.kind == PDF):
            files.forget(upload.pk)
            upload.delete()
            return twin or refused
        made = Filed.objects.create(party=actor.party, upload=upload, caption=str(said), author=str(who),
                                    licence=str(terms), by_id=actor.own_id, at=at, **{place: found})
        subject = f"card:{found.taxon}" if isinstance(found, Card) else found.subject
        events.append("filed", subject, party=actor.party, actor=actor.label, at=at,
                      data={"file": made.pk, "digest": upload.digest, "kind": upload.kind, "size": upload.size})
    return made


def _open(actor: Actor, place: str, key: str) -> Place | Refusal:
    """The place, where the actor may add to it."""
    found: Place | Refusal
    if place == "inspection":
        found = locked(actor, key)
        return found if isinstance(found, Refusal) else require(actor, Action.INSPECT, found) or found
    if place == "seizure":
        found = locked_seizure(actor, key)
        if isinstance(found, Refusal) or can(actor, Action.DISPOSE, found):
            return found
        return require(actor, Action.SEIZE, found) or found
    if place == "request":
        return locked_request(actor, key)
    if refused := require(actor, Action.KEEP_CARDS):
        return refused
    card = Card.objects.filter(party=actor.party, taxon=key).first()
    return card or refuse("no-such-card", "There is no card of %(taxon)s.", taxon=key[:80])


def take_sample(*, actor: Actor, what: str, sent_to: str, at: datetime, inspection: str = "", seizure: str = "",
                seal: str = "") -> Sample | Refusal:
    """Write down a sample; its label is its number."""
    piece = words.text(what, "what", "what was taken", 200)
    where = words.text(sent_to, "sent_to", "where it is sent", 120)
    closed = words.text(seal, "seal", "the seal", 40, needed=False)
    if fault := words.first_refusal(piece, where, closed):
        return fault
    with transaction.atomic():
        found = locked(actor, inspection) if inspection else locked_seizure(actor, seizure)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.INSPECT if inspection else Action.SEIZE, found):
            return refused
        if isinstance(found, Seizure) and found.gone:
            return refuse("specimens-gone", "The specimens were disposed of: no sample can be taken of them any more.")
        made = Sample.objects.create(
            party=actor.party, label=numbers.next_of(actor.party, numbers.SAMPLE, at.year), what=str(piece),
            seal=str(closed), sent_to=str(where), by_id=actor.own_id, at=at,
            inspection=found if isinstance(found, Inspection) else None,
            seizure=found if isinstance(found, Seizure) else None)
        events.append("sample-taken", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"label": made.label, "seal": made.seal})
    return made


def answer_sample(*, actor: Actor, label: str, answer: str, at: datetime) -> Sample | Refusal:
    """What the laboratory found, once."""
    told = words.text(answer, "answer", "the answer", 500)
    if isinstance(told, Refusal):
        return told
    with transaction.atomic():
        found = (Sample.objects.select_for_update(of=("self",)).select_related("inspection", "seizure")
                 .filter(party=actor.party, label=label).first())
        place: Inspection | Seizure | None = (found.inspection or found.seizure) if found is not None else None
        if found is None or place is None or require(
                actor, Action.INSPECT if found.inspection else Action.SEIZE, place):
            return refuse("no-such-sample", "There is no such sample, or you may not see it.")
        if found.answered_at is not None:
            return refuse("answered-already", "%(number)s was answered already.", number=found.label)
        found.answer, found.answered_at = told, at
        found.save(update_fields=["answer", "answered_at"])
        events.append("sample-answered", place.subject, party=actor.party, actor=actor.label, at=at,
                      data={"label": found.label}, note=told)
    return found
