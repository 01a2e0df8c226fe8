"""Taking a tip in: the door's toll and budget, one transaction for all of it, and a receipt that is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from wildgate.apps.tips import boxes, buckets, clocks, folding, receipts, weighing
from wildgate.apps.tips.models import Identity, SpentPuzzle, Tip
from wildgate.apps.tips.puzzles import Puzzle
from wildgate.apps.tips.sampling import sampled
from wildgate.apps.tips.services import attaching
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.jobs import enqueue
from wildgate.kit.numbering import next_number

RECEIVED: Final = "tip-received"
TELLER: Final = "anyone"
"""What events call whoever told: the same word for everybody."""
COMPARED: Final = 500
"""So many of the newest tips are looked at for nearly the same words."""
IDENTITY_DAYS: Final = 365
"""How long a name is kept in its box."""
SPENT: Final = refuse("puzzle-spent", "This page was sent before. Send it again: it carries a new question now.",
                      field="total")


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told, as it came through the door."""

    text: str
    kind: str
    language: str
    happened: str = ""
    place: str = ""
    species: str = ""
    transport: str = ""
    alive: str = "unknown"
    who: boxes.Who = field(default_factory=boxes.Who)


@dataclass(frozen=True, slots=True)
class Taken:
    """A tip that was taken in: its receipt, which is nowhere else, and the tip."""

    receipt: str
    tip: Tip


def take_in(*, told: Told, puzzle: Puzzle, files: Sequence[UploadedFile[bytes]] = (), at: datetime) -> Taken | Refusal:
    """Take a tip in from whoever stands at the door. Refused with nothing kept when the budget is used up.

    Files are cleaned before the transaction, which takes seconds; all else is written together or not at all.
    """
    party = settings.PARTY
    if seconds := buckets.wait(buckets.INTAKE, party, at):
        return come_again(seconds)
    if SpentPuzzle.objects.filter(party=party, digest=puzzle.digest).exists():
        return SPENT
    held = attaching.held(files, party=party, at=at)
    if isinstance(held, Refusal):
        return held
    receipt = receipts.new_receipt()
    tip = _drawn_up(told, party, at, receipts.digest_of(receipt))
    refused = _kept(tip, told, puzzle, held, at)
    if refused is not None:
        attaching.let_go(held, at=at)
        return refused
    return Taken(receipt, tip)


def _kept(tip: Tip, told: Told, puzzle: Puzzle, held: Sequence[int], at: datetime) -> Refusal | None:
    """All of it in one transaction, or the reason why none of it: the last token and the puzzle go to one teller."""
    try:
        with transaction.atomic():
            if seconds := buckets.take(buckets.INTAKE, tip.party, at):
                return come_again(seconds)
            SpentPuzzle.objects.create(party=tip.party, digest=puzzle.digest, until=puzzle.until)
            _write(tip, told, held, at)
    except IntegrityError:
        if SpentPuzzle.objects.filter(party=tip.party, digest=puzzle.digest).exists():
            return SPENT
        raise
    return None


def come_again(seconds: int) -> Refusal:
    """The budget is used up; `wait` is what Retry-After says."""
    return refuse("come-again", "More was sent to us than we can take in just now. What you wrote is still on this "
                  "page: send it again in %(minutes)s minutes.", minutes=max(-(-seconds // 60), 1), wait=seconds)


def _drawn_up(told: Told, party: str, at: datetime, receipt: str) -> Tip:
    """The tip as far as it can be said without a lock."""
    listed = weighing.names_appendix_one(told.species, told.text, party)
    suffering = told.kind == Tip.Kind.SUFFERING or told.alive == Tip.Said.YES
    urgent = listed or suffering
    return Tip(
        party=party, receipt=receipt, kind=told.kind, text=told.text, happened=told.happened, place=told.place,
        species=told.species, transport=told.transport, alive=told.alive, language=told.language,
        about_officials=told.kind == Tip.Kind.OFFICIALS, appendix_one=listed, urgent=urgent,
        sketch=folding.sketch_of(told.text), received_at=at, due_at=clocks.first_look(party, at, urgent=urgent))


def _write(tip: Tip, told: Told, held: Sequence[int], at: datetime) -> None:
    """Number, tip, box, files, event and reminders."""
    events.lock_head(tip.party)
    tip.number = f"{tip.party}-T-{at.year}-{next_number(tip.party, 'tip', at.year):06d}"
    tip.sampled = sampled(tip.party, tip.number)
    tip.first = _first_of(tip)
    tip.spam = weighing.spam(told.text, has_facts=bool(told.happened or told.place or told.transport),
                             folded=tip.first is not None)
    tip.save(force_insert=True)
    if told.who:
        Identity.objects.create(party=tip.party, tip=tip, box=boxes.close(told.who, tip.subject), made_at=at,
                                erase_at=at + timedelta(days=IDENTITY_DAYS))
    attaching.hang(tip, held, at=at)
    events.append(RECEIVED, tip.subject, party=tip.party, actor=TELLER, at=at)
    remind(tip, at)


def remind(tip: Tip, at: datetime) -> None:
    """Look at the clock of the first look when half of it is over, and when it is over."""
    for share, moment in ((50, clocks.half(tip.received_at, tip.due_at)), (100, tip.due_at)):
        enqueue("tips.look_again", f"{tip.number}:look:{share}", party=tip.party, at=max(moment, at),
                party_code=tip.party, number=tip.number, clock="look", share=share)


def _first_of(tip: Tip) -> Tip | None:
    """The earliest recent tip of nearly the same words, on the same side of the wall."""
    recent = Tip.objects.filter(party=tip.party, about_officials=tip.about_officials).order_by("-id")
    best: tuple[float, int, int | None] | None = None
    for key, sketch, first in recent.values_list("pk", "sketch", "first_id")[:COMPARED]:
        near = folding.alike(tip.sketch, sketch)
        if near >= folding.NEAR and (best is None or near >= best[0]):
            best = (near, key, first)
    return Tip.objects.get(pk=best[2] or best[1]) if best else None
