"""The paper on a permit's page: who printed it where, and for the holder what "the original" means."""

from __future__ import annotations

from dataclasses import dataclass

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.paper import selectors
from wildgate.apps.paper.models import Assignment, PrintOffice
from wildgate.apps.paper.selectors import Told
from wildgate.apps.permits.documents import for_use
from wildgate.apps.permits.handing_out import HandOut, handed_out
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.page_cards import Card, card


@dataclass(frozen=True, slots=True)
class PaperCard:
    """What the card shows. `taken` names who fetched the PDF, for officials; `asks` are offices a holder may choose."""

    permit: Permit
    prints: list[Told]
    times: int
    taken: list[HandOut]
    assignment: Assignment | None
    here: bool
    asks: list[PrintOffice]
    own: bool
    keeps: bool
    gives: bool
    ends: bool


@card
def paper_card(actor: Actor, permit: Permit) -> Card:
    """The card of the permit's own page."""
    return Card("paper/card.html", on_paper(actor, permit))


def on_paper(actor: Actor, permit: Permit) -> PaperCard:
    """Every print with its sheet, every time the PDF was fetched, and where the permit is to be printed."""
    times = handed_out(permit)
    at = (Assignment.objects.filter(permit=permit).exclude(state=Assignment.State.CLOSED)
          .select_related("office").first())
    own, keeps = permit.organisation_id in actor.organisations, bool(can(actor, Action.KEEP_PAPER))
    of_use = for_use(permit)
    accepted = at is not None and at.state == Assignment.State.ACCEPTED and bool(can(actor, Action.PRINT, at.office))
    here = of_use and accepted
    return PaperCard(
        permit, selectors.told(selectors.prints_of(permit.pk)), len(times), times[::-1] if actor.official else [],
        at, here, _choices(permit) if own and at is None and permit.status.state == "valid" else [], own, keeps,
        gives=keeps and at is None and of_use, ends=here or keeps)


def _choices(permit: Permit) -> list[PrintOffice]:
    return [each for each in selectors.offices(permit.party)
            if each.organisation_id in (None, permit.organisation_id)]
