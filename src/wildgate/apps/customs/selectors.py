"""What the border desk reads: a permit and what may be done now, endorsements, and the text of their labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.customs.services.endorsing import usable
from wildgate.apps.customs.services.importing import needs_import_permit, why_not
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.documents import verify_base
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.refusal import Refusal
from wildgate.seal.text import to_url

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit


@dataclass(frozen=True, slots=True)
class AtBorder:
    """A home permit as the border page shows it. `stage` is where it may be endorsed; `refusal` says why not now."""

    permit: Permit
    state: PermitState
    stage: str
    refusal: Refusal | None
    endorsement: Endorsement | None

    @property
    def may_endorse(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class ForeignAtBorder:
    """A foreign paper as the border page shows it. `needs_import_permit`: some line needs one of ours to come in."""

    paper: ForeignPermit
    refusal: Refusal | None
    needs_import_permit: bool
    endorsement: Endorsement | None

    @property
    def may_endorse(self) -> bool:
        return self.refusal is None


def at_border(actor: Actor, number: str, at: datetime) -> AtBorder | None:
    """A home permit and what may be done with it now; None when there is none or the actor may not see it."""
    permit = permits.permit(actor, number)
    if permit is None:
        return None
    stage = crossing.stage_of(permit.kind)
    refusal = require(actor, Action.ENDORSE, permit) or usable(permit, stage, at)
    return AtBorder(
        permit,
        permits.state_of(permit.status, permit.valid_until, at.date()),
        stage,
        refusal,
        endorsements_of(permit).first(),
    )


def foreign_at_border(actor: Actor, country: str, number: str, issued_on: date, at: datetime) -> ForeignAtBorder | None:
    """A registered foreign paper; None when there is none or the actor may not see endorsements."""
    paper = (
        ForeignPermit.objects.prefetch_related("lines")
        .filter(party=actor.party, country=country, number=number, issued_on=issued_on)
        .first()
    )
    if paper is None or not can(actor, Action.VIEW_PERMIT, paper):
        return None
    refusal = require(actor, Action.ENDORSE) or why_not(paper, at.date())
    return ForeignAtBorder(
        paper, refusal, any(map(needs_import_permit, paper.lines.all())), _full().filter(foreign=paper).first()
    )


def foreign_papers(actor: Actor, text: str = "", limit: int = 50) -> list[ForeignPermit]:
    """Foreign papers by part of their number, those still open first; an empty list for who may not endorse."""
    if not can(actor, Action.ENDORSE):
        return []
    found = ForeignPermit.objects.filter(party=actor.party)
    if text:
        found = found.filter(number__icontains=text)
    return list(found.order_by("state", "-registered_at", "-pk")[:limit])


def endorsements_of(permit: Permit) -> QuerySet[Endorsement]:
    """The endorsements of one home permit, oldest first. Ask for the permit first: this does not ask who reads."""
    return _full().filter(permit=permit).order_by("pk")


def recent(actor: Actor, port: str = "", limit: int = 20) -> list[Endorsement]:
    """The newest endorsements of the home Party, at one port when given; an empty list for who may not endorse."""
    if not can(actor, Action.ENDORSE):
        return []
    found = _full().filter(party=actor.party)
    if port:
        found = found.filter(port=port)
    return list(found.order_by("-at", "-pk")[:limit])


def endorsement(actor: Actor, digest: str) -> Endorsement | None:
    """One endorsement by its digest; None when there is none or the actor may not see its permit."""
    found = _full().filter(party=actor.party, digest=digest).first()
    return found if found is not None and can(actor, Action.VIEW_PERMIT, found.permit or found.foreign) else None


def label_text(found: Endorsement) -> str:
    """What the QR code of the endorsement's label says: the address of the check page and the sealed digits."""
    return to_url(verify_base(), found.seal)


def _full() -> QuerySet[Endorsement]:
    return Endorsement.objects.select_related("permit", "foreign", "officer").prefetch_related(
        "lines__permit_line", "lines__foreign_line"
    )
