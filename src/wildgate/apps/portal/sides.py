"""Whose submissions somebody works on: one's own country's, and for reviewers what others handed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.partners.selectors import partner_of
from wildgate.apps.portal.models import Submission
from wildgate.convention.refusal import Refusal

OWN_TO_ITSELF = (Submission.State.DRAFT, Submission.State.RETURNED)


@dataclass(frozen=True, slots=True)
class Side:
    """The country somebody speaks for, and whether they review what others hand in."""

    country: str
    reviews: bool

    def sees(self, submission: Submission) -> bool:
        return submission.country == self.country or (self.reviews and (
            submission.current > 0 or submission.state not in OWN_TO_ITSELF))

    @property
    def query(self) -> Q:
        """The same as `sees`, of the database."""
        own = Q(country=self.country)
        return own | Q(current__gt=0) | ~Q(state__in=OWN_TO_ITSELF) if self.reviews else own


def side_of(actor: Actor) -> Side | Refusal | None:
    """None for who may not submit; a refusal for an officer of another Party with whom the exchange does not run."""
    if not can(actor, Action.SUBMIT_TO_PORTAL):
        return None
    if not actor.has(Role.FOREIGN):
        return Side(actor.party, bool(can(actor, Action.REVIEW_SUBMISSION)))
    partner = partner_of(actor)
    return partner if isinstance(partner, Refusal) else Side(partner.code, False)
